"""A story's script as the page shows it, chapter by chapter: what has not changed is not written again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from audiobook.model import Cast, Quotation, Script, ScriptChapter, Utterance
from audiobook.studio.answers import encode
from audiobook.studio.views import colour_speakers

_SURE = 0.5
"""Confidence is the share of the weight that the chosen speaker got: below this, others got more."""


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter as JSON, with all that this was made of; `first` is the number of its first utterance."""

    chapter: ScriptChapter
    first: int
    quotations: Sequence[Quotation]
    json: bytes


def show_chapters(script: Script, before: Sequence[ChapterView] = ()) -> list[ChapterView]:
    """Write each chapter that has words, but for those that are the same in `before`.

    Utterances are numbered in spoken order, from 0; a quotation goes by where in the text it starts,
    which stays when others come and go.
    """
    starts = [quotation.start for quotation in script.quotations]
    views: list[ChapterView] = []
    first = 0
    for chapter in script.chapters:
        if not chapter.utterances:
            continue
        low, high = min(u.start for u in chapter.utterances), max(u.end for u in chapter.utterances)
        quotations = script.quotations[bisect_left(starts, low) : bisect_left(starts, high)]
        known = before[len(views)] if len(views) < len(before) else None
        if known and (known.first, known.chapter, known.quotations) == (first, chapter, quotations):
            views.append(known)
        else:
            views.append(ChapterView(chapter, first, quotations, encode(_show(chapter, first, quotations))))
        first += len(chapter.utterances)
    return views


def show_script(name: str, script: Script, cast: Cast, chapters: Sequence[ChapterView]) -> bytes:
    """Write a story's script, with its chapters as `show_chapters` wrote them."""
    book = script.book
    head = encode(
        {
            "name": name,
            "title": book.title,
            "author": book.author,
            "language": book.language,
            "characters": [
                {"name": speaker, "color": colour} for speaker, colour in colour_speakers(cast).items()
            ],
        }
    )
    return head[:-1] + b',"chapters":[' + b",".join(each.json for each in chapters) + b"]}"


def _show(chapter: ScriptChapter, first: int, quotations: Sequence[Quotation]) -> dict[str, object]:
    quoted = _find_quotations(chapter, quotations)
    numbers = iter(range(first, first + len(chapter.utterances)))
    return {
        "number": chapter.number,
        "title": chapter.title,
        "paragraphs": [
            _show_paragraph(number, list(utterances), quoted, numbers)
            for number, utterances in groupby(chapter.utterances, key=lambda u: u.paragraph)
        ],
    }


def _find_quotations(chapter: ScriptChapter, quotations: Sequence[Quotation]) -> dict[Utterance, Quotation]:
    """Return of every utterance that is speech its quotation."""
    waiting = list(reversed(quotations))
    found: dict[Utterance, Quotation] = {}
    for utterance in chapter.utterances:
        if utterance.kind != "speech":
            continue
        while waiting and waiting[-1].end <= utterance.start:
            waiting.pop()
        if waiting and waiting[-1].start <= utterance.start:
            found[utterance] = waiting[-1]
    return found


def _show_paragraph(
    number: int,
    utterances: Sequence[Utterance],
    quoted: Mapping[Utterance, Quotation],
    numbers: Iterator[int],
) -> dict[str, object]:
    return {
        "number": number,
        "heading": utterances[0].kind == "heading",
        "scene": utterances[0].follows == "scene",
        "utterances": [_show_utterance(next(numbers), each, quoted.get(each)) for each in utterances],
    }


def _show_utterance(number: int, utterance: Utterance, quotation: Quotation | None) -> dict[str, object]:
    return {
        "id": number,
        "text": utterance.text,
        "kind": utterance.kind,
        "speaker": utterance.speaker,
        "quotation": quotation.start if quotation else None,
        "type": quotation.type if quotation else None,
        "evidence": quotation.evidence if quotation else None,
        "confidence": round(quotation.confidence, 3) if quotation else None,
        "doubtful": quotation is not None and (quotation.speaker is None or quotation.confidence < _SURE),
    }
