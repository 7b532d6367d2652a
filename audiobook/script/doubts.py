"""The lines whose speaker is least sure, with what a person needs to judge and to settle them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from audiobook.model import LineFix, Quotation, Script
from audiobook.script.line_words import LineWords
from audiobook.script.utterances import clean

_CONTEXT = 160
"""Characters of the story shown before and after a line: about two lines of a terminal."""
_NEIGHBOURS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A line, its place, what stands around it, and the words that mean it and no other.

    `line` is the line of the source, `chapter` the chapter's number, both from 1.  `before` and `after`
    are the story's words around.  `others` are characters who speak near by, the nearest first.  `fix`
    states the present guess (an empty speaker where there is none); None where no words tell the line
    from others.
    """

    quotation: Quotation
    line: int
    chapter: int
    before: str
    text: str
    after: str
    others: tuple[str, ...]
    fix: LineFix | None


def find_doubtful(script: Script, count: int) -> tuple[Doubt, ...]:
    """Return the `count` lines with the least confidence, the least sure first; settled ones never."""
    open_ones = [index for index, quotation in enumerate(script.quotations) if quotation.confidence < 1]
    open_ones.sort(key=lambda index: (script.quotations[index].confidence, index))
    doubtful = open_ones[:count]
    if not doubtful:
        return ()
    words = LineWords(script.book)
    return tuple(_describe(script, index, words) for index in doubtful)


def _describe(script: Script, index: int, words: LineWords) -> Doubt:
    text, quotation = script.book.text, script.quotations[index]
    start, end = quotation.start, quotation.end
    chapter = next(
        (c.number for c in script.book.chapters for p in c.paragraphs[-1:] if start < p.end),
        len(script.book.chapters),
    )
    return Doubt(
        quotation=quotation,
        line=text.count("\n", 0, start) + 1,
        chapter=chapter,
        before=_shorten_left(_flatten(text[max(0, start - 3 * _CONTEXT) : start]).lstrip()),
        text=clean(text[start:end]),
        after=_shorten_right(_flatten(text[end : end + 3 * _CONTEXT]).rstrip()),
        others=_speakers_near(script, index),
        fix=words.find_fix(quotation, quotation.speaker or ""),
    )


def _flatten(words: str) -> str:
    """Return words with single spaces; one at either end stays."""
    return re.sub(r"\s+", " ", words)


def _shorten_left(words: str) -> str:
    return words if len(words) <= _CONTEXT else "…" + words[-_CONTEXT:].partition(" ")[2]


def _shorten_right(words: str) -> str:
    return words if len(words) <= _CONTEXT else words[:_CONTEXT].rpartition(" ")[0] + "…"


def _speakers_near(script: Script, index: int) -> tuple[str, ...]:
    """List who else speaks among the lines around, the nearest first."""
    near: dict[str, None] = {}
    for distance in range(1, _NEIGHBOURS + 1):
        for place in (index - distance, index + distance):
            if 0 <= place < len(script.quotations) and (speaker := script.quotations[place].speaker):
                near[speaker] = None
    near.pop(script.quotations[index].speaker or "", None)
    return tuple(near)
