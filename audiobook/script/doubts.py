"""The lines whose speaker is least sure, with what a person needs to judge and to settle them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audiobook.model import LineFix, Quotation, Script
from audiobook.script.layout import list_passages
from audiobook.script.line_fixes import LineFinder
from audiobook.script.marks import DOUBLE, SINGLE, find_quoted
from audiobook.script.utterances import clean

_CONTEXT = 160
"""Characters of the story shown before and after a line: about two lines of a terminal."""
_NEIGHBOURS = 6
_SNIPPET_WORDS = (4, 7, 12, 30)
_AFTER_WORDS = (4, 8, 16)
_LOOSE_ENDS = ",;:—–- "
"""Left off at the end of a snippet, which most often spares the line its YAML quotes."""


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
    quoted = find_quoted(script.book.text, list_passages(script.book))
    finder = LineFinder(script.book.text, quoted, {quotation.start for quotation in script.quotations})
    starts = [span.start for span in quoted]
    return tuple(_describe(script, index, finder, starts) for index in doubtful)


def _describe(script: Script, index: int, finder: LineFinder, starts: Sequence[int]) -> Doubt:
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
        fix=_find_fix(text, quotation, finder, starts),
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


def _find_fix(text: str, quotation: Quotation, finder: LineFinder, starts: Sequence[int]) -> LineFix | None:
    """Return the shortest of a few ways to mean a line that means it alone."""
    for snippet, after in _word_choices(text, quotation):
        fix = LineFix(snippet=snippet, speaker=quotation.speaker or "", after=after)
        found = finder.find(fix)
        if found.line is not None and starts[found.line] == quotation.start:
            return fix
    return None


def _word_choices(text: str, quotation: Quotation) -> Iterator[tuple[str, str | None]]:
    said = clean(text[quotation.start : quotation.end]).split()
    earlier = clean(text[max(0, quotation.start - 600) : quotation.start]).split()
    lengths = [length for length in _SNIPPET_WORDS if length < len(said)]
    snippets = [" ".join(said[:length]).rstrip(_LOOSE_ENDS) for length in (*lengths, len(said))]
    yield from ((snippet, None) for snippet in snippets)
    for length in _AFTER_WORDS:
        # The mark that opens the line stands between; the words before it are what a person sees.
        yield snippets[-1], " ".join(earlier[-length:]).strip(DOUBLE + SINGLE + " ")
