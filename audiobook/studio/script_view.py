"""A story's script as the page shows it, chapter by chapter: what has not changed is not written again."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from json.encoder import encode_basestring

from audiobook.model import Cast, Quotation, Script, ScriptChapter, Utterance
from audiobook.studio.answers import encode
from audiobook.studio.views import colour_speakers

_SURE = 0.5
"""Confidence is the share of the weight that the chosen speaker got: below this, others got more."""

_BOOLEANS = ("false", "true")
_PARAGRAPH = '{"number":%d,"heading":%s,"scene":%s,"utterances":[%s]}'
_QUOTED = (
    '{"id":%d,"text":%s,"kind":%s,"speaker":%s,"quotation":%d,"type":%s,"evidence":%s,"confidence":%r,'
    '"doubtful":%s}'
)
_UNQUOTED = (
    '{"id":%d,"text":%s,"kind":%s,"speaker":%s,"quotation":null,"type":null,"evidence":null,'
    '"confidence":null,"doubtful":false}'
)


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
            views.append(ChapterView(chapter, first, quotations, _write(chapter, first, quotations)))
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


def _write(chapter: ScriptChapter, first: int, quotations: Sequence[Quotation]) -> bytes:
    """Write a chapter; a novel's lines are many, and written by hand in half the time of dictionaries."""
    quoted = _find_quotations(chapter, quotations)
    numbers = iter(range(first, first + len(chapter.utterances)))
    paragraphs = [
        _write_paragraph(number, list(utterances), quoted, numbers)
        for number, utterances in groupby(chapter.utterances, key=lambda u: u.paragraph)
    ]
    head = json.dumps({"number": chapter.number, "title": chapter.title}, ensure_ascii=False)
    return f'{head[:-1]},"paragraphs":[{",".join(paragraphs)}]}}'.encode("utf-8", "replace")


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


def _write_paragraph(
    number: int,
    utterances: Sequence[Utterance],
    quoted: Mapping[Utterance, Quotation],
    numbers: Iterator[int],
) -> str:
    lines = ",".join(
        _write_speech(next(numbers), each, quoted[each])
        if each in quoted
        else _UNQUOTED % (next(numbers), _text(each.text), _text(each.kind), _text(each.speaker))
        for each in utterances
    )
    is_heading, is_scene = utterances[0].kind == "heading", utterances[0].follows == "scene"
    return _PARAGRAPH % (number, _BOOLEANS[is_heading], _BOOLEANS[is_scene], lines)


def _write_speech(number: int, utterance: Utterance, quotation: Quotation) -> str:
    return _QUOTED % (
        number,
        _text(utterance.text),
        _text(utterance.kind),
        _text(utterance.speaker),
        quotation.start,
        _text(quotation.type),
        _text(quotation.evidence),
        round(quotation.confidence, 3),
        _BOOLEANS[quotation.speaker is None or quotation.confidence < _SURE],
    )


def _text(words: str | None) -> str:
    return "null" if words is None else encode_basestring(words)
