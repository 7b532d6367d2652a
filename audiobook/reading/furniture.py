"""What stands at the edges of printed pages beside the text: page numbers, running heads, a browser's own."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

from audiobook.reading.headings import is_label
from audiobook.reading.running_heads import RUNNING_HEAD
from audiobook.reading.semantics import matter_of_title
from audiobook.reading.titles import letters_of
from audiobook.reading.typeset import LARGER, PrintedLine

PAGE_NUMBER = "page number"
CONTENTS = "contents"

_DEEPEST = 2
"""Lines at a page's top and bottom that may be furniture, the second only behind the first."""
_SHARE = 3
"""Pages that have a head or a number, at least, for it to be one."""
_NUMBER = re.compile(
    r"\W*(?:(?:page|seite|p\.|pág\.|página) ?)?(\d{1,4}|(?-i:[ivxlc]{1,7}|[IVXLC]{1,7}))"
    r"(?:\s*(?:/|of|von|de|sur)\s*\d{1,4})?\W*",
    re.IGNORECASE,
)
_BROWSERS = re.compile(r"(?:(?:https?|file)://\S+.*\d+/\d+|\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d\d.*)")
"""What browsers print above and below a page unless they are told not to."""
_ENTRY_END = re.compile(r"[\s.…·]*(?<=[\s.…·])(?:\d{1,4}|[ivxlc]{1,6})\s*$")
_FEWEST_ENTRIES = 3
_ROMAN = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}
_SAME_PLACE = 3.0
"""Points."""
_APART = 1.5
"""Times the type's size between furniture and text, at least."""


def find_furniture(pages: Sequence[Sequence[PrintedLine]], body: float) -> dict[PrintedLine, str]:
    """Return the lines of pages that are beside the text, whose type is `body` high, and what they are."""
    edges = {(page, end): _list_edge(lines, end, body) for page, lines in enumerate(pages) for end in (1, -1)}
    offsets = Counter(
        (end, offset)
        for (page, end), lines in edges.items()
        for offset in {number - page for line in lines for number in _list_numbers(line.text)}
    )
    told = _Edges(pages=pages, offsets=offsets)
    shapes = Counter(
        (end, shape)
        for (page, end), lines in edges.items()
        for shape in {told.shape(line, page, end) for line in lines}
    )
    found: dict[PrintedLine, str] = {}
    for (page, end), lines in edges.items():
        for line in lines:
            reason = told.judge(line, page, end, shapes)
            if reason is None:
                break
            found[line] = reason
    return found


def find_contents(lines: Sequence[PrintedLine], body: float, titles: Sequence[str]) -> dict[PrintedLine, str]:
    """Return the lines of a printed table of contents, with its heading.

    That is a row of lines which are titles, with page numbers or without: of bookmarks (`titles`) or of
    headings further on.
    """
    large = {letters_of(line.text) for line in lines if line.size >= LARGER * body}
    known = {letters_of(title) for title in titles} | large
    found: dict[PrintedLine, str] = {}
    row: list[PrintedLine] = []
    heading: PrintedLine | None = None
    for before, line in pairwise([None, *lines, None]):
        words = line.text if line and line.size < LARGER * body else ""
        if line and {letters_of(words), letters_of(_ENTRY_END.sub("", words))} & known - {""}:
            heading = heading if row else before
            row.append(line)
            continue
        if len(row) >= _FEWEST_ENTRIES:
            is_named = heading is not None and matter_of_title(heading.text) == CONTENTS
            found |= dict.fromkeys([heading, *row] if is_named and heading else row, CONTENTS)
        row = []
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class _Edges:
    """The pages, and how often a number at their top (1) or bottom (-1) is so much more than the page's."""

    pages: Sequence[Sequence[PrintedLine]]
    offsets: Mapping[tuple[int, int], int]

    def is_counted(self, number: int, page: int, end: int) -> bool:
        """Tell whether a number is the page's, as others are."""
        return self.offsets.get((end, number - page), 0) >= _SHARE

    def shape(self, line: PrintedLine, page: int, end: int) -> str:
        """Return a line's words without the page's number."""
        words = line.text.casefold().split()
        kept = [word for word in words if not (_is_number(word) and self.is_counted(int(word), page, end))]
        # A label's number is its own, and so is one on a page that has its number elsewhere.
        return " ".join(words if is_label(line.text) or self.has_own_number(page) else kept)

    def has_own_number(self, page: int) -> bool:
        """Tell whether a page's number stands alone at one of its edges."""
        ends = {max(self.pages[page], key=lambda line: end * line.y): end for end in (1, -1)}
        found = ((_NUMBER.fullmatch(line.text), end) for line, end in ends.items())
        return any(match and self.is_counted(_read_number(match[1]), page, end) for match, end in found)

    def judge(
        self, line: PrintedLine, page: int, end: int, shapes: Mapping[tuple[int, str], int]
    ) -> str | None:
        """Say why a line at a page's edge is no text, None where it is."""
        if _BROWSERS.fullmatch(line.text):
            return RUNNING_HEAD
        lines = self.pages[page]
        match = _NUMBER.fullmatch(line.text)
        if match is not None:
            number = _read_number(match[1])
            is_last = self.offsets.get((end, number - page), 0) == len(self.pages)
            is_number = self.is_counted(number, page, end) or (is_last and _is_apart(line, end, lines))
            return PAGE_NUMBER if is_number else None
        repeats = shapes.get((end, self.shape(line, page, end)), 0)
        # A chapter's head runs over its pages alone.
        runs = repeats >= _SHARE
        has_number = self.shape(line, page, end) != " ".join(line.text.casefold().split())
        return RUNNING_HEAD if (runs or has_number) and _is_apart(line, end, lines) else None


def _list_edge(lines: Sequence[PrintedLine], end: int, body: float) -> list[PrintedLine]:
    """Return a page's first lines (`end` 1) or last ones (-1), the outermost first, up to a heading."""
    ordered = sorted(lines, key=lambda line: -end * line.y)[:_DEEPEST]
    return list(takewhile(lambda line: line.size < LARGER * body, ordered))


def _is_apart(line: PrintedLine, end: int, lines: Sequence[PrintedLine]) -> bool:
    """Tell whether there is room between a line and the text beside it."""
    gaps = [end * (line.y - other.y) for other in lines if abs(line.y - other.y) > _SAME_PLACE]
    return min((gap for gap in gaps if gap > 0), default=0.0) > _APART * line.size


def _list_numbers(text: str) -> set[int]:
    """Return the numbers at a line's ends, or the one that it is."""
    match = _NUMBER.fullmatch(text)
    if match:
        return {_read_number(match[1])}
    words = text.split()
    return {int(word) for word in (*words[:1], *words[-1:]) if _is_number(word)}


def _is_number(word: str) -> bool:
    return word.isdecimal() and len(word) < 5


def _read_number(digits: str) -> int:
    """Return the value of an Arabic or Roman number."""
    if digits.isdigit():
        return int(digits)
    values = [_ROMAN[letter] for letter in digits.lower()]
    return sum(-value if value < max(values[index:]) else value for index, value in enumerate(values))
