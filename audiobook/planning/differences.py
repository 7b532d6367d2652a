"""Why a finished file must be made anew, in words: two records compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from audiobook.casting import ChosenBy
from audiobook.choices import USUAL_ENGINE
from audiobook.model import NARRATOR, Cast, Utterance, Voice
from audiobook.planning.records import Record, RecordedLine
from audiobook.plurals import count

_EXCERPT = 40
_MOST_SPEAKERS = 4
"""Where more than so many change in the same way, they are counted instead of named."""

_SAME_TEXT = 0.5
"""Share of equal lines from which on two files are taken for the same chapter."""

_TAG_NAMES = {
    "title": "the chapter's title",
    "album": "the book's title",
    "author": "the author",
    "language": "the language",
    "year": "the year",
    "series": "the series",
    "series_part": "the part of the series",
    "description": "the description",
    "publisher": "the publisher",
    "cover": "the cover",
    "scenes": "the marks of scenes",
    "text": "the text in the tag (marks, notes, white space)",
    "voices": "the voices in the tag",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a record does not know of a track: whose lines they are, and what a person stated.

    `stated` are the speakers of whose voice voices.yaml says something; `engine` speaks for whoever is not
    given another, and `chosen_by` says by what it was chosen.  `formerly` names by their voices those who
    speak no more, since a person has corrected whose lines are whose.
    """

    utterances: Sequence[Utterance]
    cast: Cast
    stated: Collection[str | None]
    engine: str
    chosen_by: ChosenBy
    formerly: Mapping[Voice, Sequence[str]] = field(default_factory=dict)


def is_same_chapter(one: Record, other: Record) -> bool:
    """Tell whether two records are of the same text, give or take some lines."""
    words, others = (Counter(line.written for line in record.lines) for record in (one, other))
    shared = (words & others).total()
    return shared > _SAME_TEXT * max(words.total(), others.total())


def describe_changes(old: Record, new: Record, around: Surroundings) -> tuple[str, ...]:
    """Say what makes the new file another than the old one; most general first, never empty."""
    reasons = [
        *_engine(old, new, around),
        *_versions(old, new),
        *_lines(old, new, around),
        *_pauses(old, new),
        *_tags(old, new),
    ]
    if old.origin != new.origin:
        verb = "into" if new.origin == "texts" else "out of"
        reasons.append(f"the story was moved {verb} texts/")
    return tuple(reasons) or ("something that decides its bytes changed",)


def _engine(old: Record, new: Record, around: Surroundings) -> Iterator[str]:
    """Tell that another engine speaks now than any that did, and who chose it."""
    before, after = ({line.voice.engine for line in record.lines} for record in (old, new))
    if around.engine not in after - before or not before - after:
        return
    change = f"{' and '.join(sorted(before - after))} → {around.engine}"
    if around.chosen_by == "--engine":
        yield f"--engine {around.engine}: {change}"
    elif around.chosen_by == "voices.yaml":
        yield f"voices.yaml: engine: {change}"
    elif around.engine == USUAL_ENGINE:
        yield f"engine: auto finds no better one here than {around.engine} now: {change}"
    else:
        yield f"{around.engine} was installed: {change}"


def _versions(old: Record, new: Record) -> Iterator[str]:
    if old.version != new.version:
        yield "narrate makes files otherwise since its last version"
    if old.mastering != new.mastering:
        yield f"mastering changed (version {old.mastering} → {new.mastering})"
    if old.makers.encoder != new.makers.encoder:
        yield f"the encoder changed: {_differing(old.makers.encoder, new.makers.encoder)}"
    for name, version in new.makers.engines.items():
        before = old.makers.engines.get(name, version)
        if before != version and " " in name:
            yield f"{name.partition(' ')[2]} changed: {_differing(before, version)}"
        elif before != version:
            yield f"the engine {name} changed: {_differing(before, version)}"


def _differing(old: str, new: str) -> str:
    """Show two versions without the words that both end in."""
    one, other = old.split(" "), new.split(" ")
    while len(one) > 1 and len(other) > 1 and one[-1] == other[-1]:
        one.pop()
        other.pop()
    return f"{' '.join(one)} → {' '.join(other)}"


def _lines(old: Record, new: Record, around: Surroundings) -> Iterator[str]:
    """Describe changes of the words, and those of voice, spelling and pauses in the lines that stayed."""
    pairs, changed, added, removed = _align(old.lines, new.lines)
    if new.lines and not pairs:
        yield "the whole text is another"
        return
    for numbers, what in ((changed, "changed"), (added, "added")):
        if numbers:
            verb = "" if what == "changed" else ("was " if len(numbers) == 1 else "were ")
            text = "the text of " if what == "changed" else ""
            yield f"{text}{count(len(numbers), 'line')} {verb}{what}, {_quote(around, numbers[0])}"
    if removed:
        yield f"{count(removed, 'line')} {'was' if removed == 1 else 'were'} removed"
    yield from _voices(old, new, pairs, around)
    spelled = [j for i, j in pairs if old.lines[i].spoken != new.lines[j].spoken]
    if spelled:
        yield f"pronunciations: {count(len(spelled), 'line')} spoken otherwise, {_quote(around, spelled[0])}"
    yield from _deliveries(old, new, pairs, around)
    if old.pace != new.pace:
        yield "its words are longer or shorter than before, and it is read the faster or slower for that"
    if any(old.lines[i].follows != new.lines[j].follows for i, j in pairs) and not (
        changed or added or removed
    ):
        yield "paragraphs or scenes are divided otherwise"


def _align(
    old: Sequence[RecordedLine], new: Sequence[RecordedLine]
) -> tuple[list[tuple[int, int]], list[int], list[int], int]:
    """Return the pairs of equal lines, the new numbers of changed and added ones, how many were removed."""
    one, other = [line.written for line in old], [line.written for line in new]
    if one == other:
        return [(number, number) for number in range(len(one))], [], [], 0
    pairs: list[tuple[int, int]] = []
    changed: list[int] = []
    added: list[int] = []
    removed = 0
    for what, i, i_end, j, j_end in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if what == "equal":
            pairs += zip(range(i, i_end), range(j, j_end), strict=True)
            continue
        both = min(i_end - i, j_end - j)
        changed += range(j, j + both)
        added += range(j + both, j_end)
        removed += i_end - i - both
    return pairs, changed, added, removed


def _voices(
    old: Record, new: Record, pairs: Sequence[tuple[int, int]], around: Surroundings
) -> Iterator[str]:
    """Tell a voice that changed from lines that went to somebody else."""
    owners: dict[Voice, list[str | None]] = {}
    for role in around.cast.roles:
        owners.setdefault(role.voice, []).append(role.speaker)
    speakers = Counter(around.utterances[j].speaker for _, j in pairs)
    had = {(around.utterances[j].speaker, old.lines[i].voice) for i, j in pairs}
    moves: Counter[tuple[str | None, Voice, Voice]] = Counter()
    for i, j in pairs:
        if old.lines[i].voice != new.lines[j].voice:
            moves[(around.utterances[j].speaker, old.lines[i].voice, new.lines[j].voice)] += 1
    recast: dict[tuple[bool, str], list[str]] = {}
    names: Sequence[str | None]
    came = {line.voice.engine for line in new.lines} - {line.voice.engine for line in old.lines}
    for (speaker, before, after), number in moves.items():
        if after.engine in came and after.engine == around.engine:  # said once of them all (`_engine`)
            continue
        gone = around.formerly.get(before, ())
        # Who has the voice now, but had another for all lines that stayed, did not speak these.
        holders = owners.get(before, ())
        names = gone or [each for each in holders if each not in speakers or (each, before) in had]
        if number == speakers[speaker] and not names:
            kind = (speaker in around.stated, _compare_voices(before, after))
            recast.setdefault(kind, []).append(_name(speaker))
        else:
            # Of a voice that several share nobody knows any more whose the lines were.
            whose = f"{_name(names[0])}'s" if len(names) == 1 else f"in the voice {before.id}"
            verb = "was" if number == 1 else "were"
            yield f"{count(number, 'line')} now {_name(speaker)}'s ({verb} {whose})"
    for (is_stated, change), names in recast.items():
        where = "voices.yaml: " if is_stated else ""
        if len(names) > _MOST_SPEAKERS:
            yield f"{where}{len(names)} voices changed: {change}"
        else:
            yield from (f"{where}{name}'s voice changed: {change}" for name in names)


def _deliveries(
    old: Record, new: Record, pairs: Sequence[tuple[int, int]], around: Surroundings
) -> Iterator[str]:
    """Tell of lines that their speakers deliver otherwise, by the names of the deliveries."""
    changed: dict[str, list[int]] = {}
    for i, j in pairs:
        before, after = old.lines[i].delivery, new.lines[j].delivery
        if before != after:
            changed.setdefault(_differing_names(before, after), []).append(j)
    for names, numbers in changed.items():
        yield f"delivery of {names} changed: {count(len(numbers), 'line')}, {_quote(around, numbers[0])}"


def _differing_names(before: str, after: str) -> str:
    """Return the deliveries that only one of two has, or else those of both, which are other ones now."""
    one, other = (each.partition(": ")[0].split(", ") if each else [] for each in (before, after))
    return ", ".join([name for name in [*one, *other] if (name in one) != (name in other)] or other)


def _compare_voices(old: Voice, new: Voice) -> str:
    if (old.engine, old.id) != (new.engine, new.id):
        words = [f"{old.engine}:{old.id}", f"{new.engine}:{new.id}"]
        if old.engine == new.engine:
            words = [old.id, new.id]
        changes = [" → ".join(words)]
    else:
        changes = []
    for key in ("rate", "pitch", "volume", "range"):
        before, after = getattr(old, key), getattr(new, key)
        if before != after:
            changes.append(f"{key} {before:g} → {after:g}")
    return ", ".join(changes)


def _pauses(old: Record, new: Record) -> Iterator[str]:
    for key, after in new.pauses.items():
        before = old.pauses.get(key, after)
        if before != after:
            yield f"pauses.{key}_ms: {before} → {after}"


def _tags(old: Record, new: Record) -> Iterator[str]:
    """Describe what players show; what follows from changed lines is not said again."""
    same_words = [line.written for line in old.lines] == [line.written for line in new.lines]
    same_voices = [line.voice for line in old.lines] == [line.voice for line in new.lines]
    numbers = [(record.tags.get("number"), record.tags.get("count")) for record in (old, new)]
    if numbers[0] != numbers[1]:
        yield "it is file {} of {} now (was {} of {})".format(*numbers[1], *numbers[0])
    told = {
        "text": not same_words,
        "scenes": not same_words,
        "voices": not same_voices,
        # A drawn cover shows them.
        "cover": any(old.tags.get(key) != new.tags.get(key) for key in ("album", "author")),
    }
    for key, name in _TAG_NAMES.items():
        before, after = old.tags.get(key), new.tags.get(key)
        if before == after or told.get(key, False):
            continue
        is_long = key in {"text", "voices", "description", "cover", "scenes"}
        yield f"{name} changed" if is_long else f"{name} changed: {before or 'none'} → {after or 'none'}"


def _name(speaker: str | None) -> str:
    return "the narrator" if speaker == NARRATOR else speaker or "somebody unnamed"


def _quote(around: Surroundings, number: int) -> str:
    words = around.utterances[number].text
    return f"“{words if len(words) <= _EXCERPT else words[: _EXCERPT - 1].rstrip() + '…'}”"
