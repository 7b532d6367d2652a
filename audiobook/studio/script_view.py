"""A story's script as the page shows it, chapter by chapter: what has not changed is not written again."""

from __future__ import annotations

import json
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from json.encoder import encode_basestring
from typing import TypeVar

from audiobook.model import Quotation, Script, ScriptChapter, StatedLine, Utterance
from audiobook.studio.answers import encode

_SURE = 0.5
"""Confidence is the share of the weight that the chosen speaker got: below this, others got more."""

_BOOLEANS = ("false", "true")
_PARAGRAPH = '{"number":%d,"heading":%s,"scene":%s,"utterances":[%s]}'
_QUOTED = (
    '{"id":%d,"text":%s,"kind":%s,"speaker":%s,"delivery":%s,"quotation":%d,"stated":%s,"type":%s,"evidence":%s,'
    '"confidence":%r,"doubtful":%s}'
)
_UNQUOTED = (
    '{"id":%d,"text":%s,"kind":%s,"speaker":%s,"delivery":%s,"quotation":null,"stated":%s,"type":null,'
    '"evidence":null,"confidence":null,"doubtful":false}'
)

_Line = tuple[Utterance, Quotation | None, int | None, str]
"""An utterance, what it is spoken of, where the line starts that something is stated of, and all as JSON."""

_Span = TypeVar("_Span", Quotation, StatedLine)


@dataclass(frozen=True, slots=True)
class ChapterView:
    """A chapter as JSON, with all that this was made of; `first` is the number of its first utterance."""

    chapter: ScriptChapter
    first: int
    quotations: Sequence[Quotation]
    stated: Sequence[StatedLine]
    lines: Sequence[_Line]
    json: bytes


def show_chapters(script: Script, before: Sequence[ChapterView] = ()) -> list[ChapterView]:
    """Write each chapter that has words, but for those that are the same in `before`.

    Utterances are numbered in spoken order, from 0; quotations and stated lines go by where in the text
    they start, which stays when others come and go.
    """
    views: list[ChapterView] = []
    first = 0
    for chapter in script.chapters:
        if not chapter.utterances:
            continue
        low, high = min(u.start for u in chapter.utterances), max(u.end for u in chapter.utterances)
        quotations, stated = _within(low, high, script.quotations), _within(low, high, script.stated)
        known = before[len(views)] if len(views) < len(before) else None
        now = (first, chapter, quotations, stated)
        if known and (known.first, known.chapter, known.quotations, known.stated) == now:
            views.append(known)
        else:
            views.append(_write(chapter, first, quotations, stated, known))
        first += len(chapter.utterances)
    return views


def _within(low: int, high: int, spans: Sequence[_Span]) -> Sequence[_Span]:
    """Return those of the spans, which are in order and apart, that reach into a stretch of the text."""
    begin = bisect_left(spans, low, key=lambda span: span.start)
    if begin and spans[begin - 1].end > low:  # what it opens with is not spoken ("… Yes.")
        begin -= 1
    return spans[begin : bisect_left(spans, high, begin, key=lambda span: span.start)]


def show_script(
    name: str,
    edition: str,
    script: Script,
    colours: Mapping[str | None, int],
    chapters: Sequence[ChapterView],
) -> bytes:
    """Write a story's script, with its chapters as `show_chapters` wrote them."""
    book = script.book
    head = encode(
        {
            "name": name,
            "edition": edition,
            "title": book.title,
            "author": book.author,
            "language": book.language,
            "characters": [{"name": speaker, "color": colour} for speaker, colour in colours.items()],
        }
    )
    return head[:-1] + b',"chapters":[' + b",".join(each.json for each in chapters) + b"]}"


def _write(
    chapter: ScriptChapter,
    first: int,
    quotations: Sequence[Quotation],
    stated: Sequence[StatedLine],
    known: ChapterView | None,
) -> ChapterView:
    """Write a chapter; a novel's lines are many, and written by hand in half the time of dictionaries.

    Lines of which all is the very same that is `known` at their place are taken over.
    """
    before = known.lines if known is not None and known.first == first else ()
    quoted, starts = _find_quotations(chapter, quotations), _find_stated(chapter, stated)
    lines: list[_Line] = []
    for place, (utterance, quotation, start) in enumerate(
        zip(chapter.utterances, quoted, starts, strict=True)
    ):
        line = before[place] if place < len(before) else None
        if line is None or line[0] is not utterance or line[1] is not quotation or line[2] != start:
            line = (utterance, quotation, start, _write_line(first + place, utterance, quotation, start))
        lines.append(line)
    paragraphs = [
        _write_paragraph(number, list(own))
        for number, own in groupby(lines, key=lambda line: line[0].paragraph)
    ]
    head = json.dumps({"number": chapter.number, "title": chapter.title}, ensure_ascii=False)
    written = f'{head[:-1]},"paragraphs":[{",".join(paragraphs)}]}}'.encode("utf-8", "replace")
    return ChapterView(chapter, first, quotations, stated, lines, written)


def _find_quotations(chapter: ScriptChapter, quotations: Sequence[Quotation]) -> list[Quotation | None]:
    """Return for every utterance the quotation that it is speech of, None where it is none."""
    waiting = list(reversed(quotations))
    found: list[Quotation | None] = []
    for utterance in chapter.utterances:
        if utterance.kind != "speech":
            found.append(None)
            continue
        while waiting and waiting[-1].end <= utterance.start:
            waiting.pop()
        found.append(waiting[-1] if waiting and waiting[-1].start <= utterance.start else None)
    return found


def _find_stated(chapter: ScriptChapter, stated: Sequence[StatedLine]) -> list[int | None]:
    """Return for every utterance where the stated line starts that it has words of, if it has any."""
    waiting = list(reversed(stated))
    found: list[int | None] = []
    for utterance in chapter.utterances:
        while waiting and waiting[-1].end <= utterance.start:
            waiting.pop()
        found.append(waiting[-1].start if waiting and waiting[-1].start < utterance.end else None)
    return found


def _write_paragraph(number: int, lines: Sequence[_Line]) -> str:
    is_heading, is_scene = lines[0][0].kind == "heading", lines[0][0].follows == "scene"
    return _PARAGRAPH % (
        number,
        _BOOLEANS[is_heading],
        _BOOLEANS[is_scene],
        ",".join([line[3] for line in lines]),
    )


def _write_line(number: int, utterance: Utterance, quotation: Quotation | None, stated: int | None) -> str:
    place = "null" if stated is None else str(stated)
    delivery = f"[{','.join(map(_text, utterance.delivery))}]"
    words = (_text(utterance.text), _text(utterance.kind), _text(utterance.speaker), delivery)
    if quotation is None:
        return _UNQUOTED % (number, *words, place)
    return _QUOTED % (
        number,
        *words,
        quotation.start,
        place,
        _text(quotation.type),
        _text(quotation.evidence),
        round(quotation.confidence, 3),
        _BOOLEANS[quotation.speaker is None or quotation.confidence < _SURE],
    )


def _text(words: str | None) -> str:
    return "null" if words is None else encode_basestring(words)
