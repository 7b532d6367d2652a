"""What of a script certainly changes with corrections: shown while the story is read with them.

Only what the corrections say themselves is applied: whose a line is, who is who, who is a woman, who is
nobody.  What follows from it (who speaks the lines around, say) is for `write_script` to find.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from audiobook.model import (
    CREDITS,
    NARRATOR,
    Character,
    Corrections,
    LineFix,
    Quotation,
    Script,
    ScriptChapter,
    StatedLine,
    Utterance,
)
from audiobook.script.corrections import SETTLED, STATED, Corrector
from audiobook.script.naming import fold_name

FindLine = Callable[[LineFix], range | None]
"""Returns the span of the line that a fix means, None where it means none (`LineWords.find`)."""


def foresee(script: Script, before: Corrections, now: Corrections, find_line: FindLine) -> Script:
    """Return a script that was written with the corrections `before` as far as is certain of it `now`.

    Chapters in which nothing changes are the very same objects; no words are lost, nor others found.
    """
    characters = list(script.characters)
    stated = _find_stated(script.stated, before, now, find_line)
    fixed = {
        line.start: _find_speaker(characters, line.fix.speaker, now)
        for line in stated
        if line.fix not in before.lines
    }
    spans = [(each.start, each.end, fixed[each.start]) for each in script.quotations if each.start in fixed]
    quotations = [_fix(each, fixed) for each in script.quotations if fixed.get(each.start) != NARRATOR]
    renamed: dict[str | None, Quotation] = {}
    if now.characters != before.characters:
        corrector = Corrector(script.book.text, now)
        samples = {each.speaker: each for each in quotations if each.speaker is not None}
        corrected = zip(samples, corrector.correct_quotations(list(samples.values())), strict=True)
        renamed = {name: each for name, each in corrected if each.speaker != name}
        quotations = [_rename(each, renamed) for each in quotations]
        characters = _state_genders(corrector.correct_characters(characters), now)
    lines = Counter(each.speaker for each in quotations)
    return replace(
        script,
        characters=tuple(replace(each, quotations=lines[each.name]) for each in characters),
        quotations=tuple(quotations),
        chapters=tuple(_change(chapter, spans, renamed) for chapter in script.chapters),
        stated=stated,
    )


def _find_stated(
    known: Sequence[StatedLine], before: Corrections, now: Corrections, find_line: FindLine
) -> tuple[StatedLine, ...]:
    """Return the lines that are stated now; of two statements about one the first counts."""
    spans = {line.fix: range(line.start, line.end) for line in known}
    stated: dict[int, StatedLine] = {}
    for fix in now.lines:
        span = spans.get(fix) if fix in before.lines else find_line(fix)
        if span is not None:
            line = StatedLine(start=span.start, end=span.stop, fix=replace(fix, origin=None))
            stated.setdefault(span.start, line)
    return tuple(stated[start] for start in sorted(stated))


def _find_speaker(characters: list[Character], name: str, now: Corrections) -> str:
    """Return under which name a speaker is listed; one who is not yet comes to the list."""
    if name == NARRATOR:
        return name
    folded = fold_name(name)
    known = {
        fold_name(each): stated.name for stated in now.characters for each in (stated.name, *stated.aliases)
    }
    for each in characters:
        if folded in map(fold_name, (each.name, *each.aliases)):
            return each.name
    proper = known.get(folded, name)
    if all(each.name != proper for each in characters):
        characters.append(Character(name=proper))
    return proper


def _fix(quotation: Quotation, fixed: Mapping[int, str]) -> Quotation:
    if quotation.start not in fixed:
        return quotation
    return replace(quotation, speaker=fixed[quotation.start], evidence=SETTLED, confidence=1.0)


def _rename(quotation: Quotation, renamed: Mapping[str | None, Quotation]) -> Quotation:
    sample = renamed.get(quotation.speaker)
    if sample is None:
        return quotation
    if sample.speaker is None:  # nobody's
        return replace(quotation, speaker=None, evidence=sample.evidence, confidence=0.0)
    return replace(quotation, speaker=sample.speaker)


def _state_genders(characters: Sequence[Character], now: Corrections) -> list[Character]:
    genders = {
        fold_name(name): stated.gender for stated in now.characters for name in (stated.name, *stated.aliases)
    }
    return [
        replace(each, gender=gender, gender_evidence=STATED)
        if (gender := genders.get(fold_name(each.name))) is not None
        else each
        for each in characters
    ]


def _change(
    chapter: ScriptChapter, spans: Sequence[tuple[int, int, str]], renamed: Mapping[str | None, Quotation]
) -> ScriptChapter:
    """Return a chapter with the speakers that its lines have now."""
    if not chapter.utterances or chapter.number == CREDITS:
        return chapter
    first, end = chapter.utterances[0].start, chapter.utterances[-1].end
    own = [span for span in spans if span[0] < end and span[1] > first]
    if not own and not any(each.speaker in renamed for each in chapter.utterances):
        return chapter
    utterances = tuple(_give(each, own, renamed) for each in chapter.utterances)
    return replace(chapter, utterances=utterances)


def _give(
    utterance: Utterance, spans: Sequence[tuple[int, int, str]], renamed: Mapping[str | None, Quotation]
) -> Utterance:
    if utterance.kind != "speech":
        return utterance
    speaker = utterance.speaker
    for start, end, name in spans:
        if start <= utterance.start < end:
            speaker = name
    speaker = renamed[speaker].speaker if speaker in renamed else speaker
    if speaker == utterance.speaker:
        return utterance
    return replace(utterance, speaker=speaker, kind="narration" if speaker == NARRATOR else "speech")
