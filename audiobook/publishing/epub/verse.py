"""Which paragraphs of a plain text are verse, whose line ends are meant."""

from __future__ import annotations

from audiobook.model import Book

_SHORT = 0.75
"""Of the text's usual line: prose that was broken by hand fills its lines to over nine tenths."""


def usual_width(book: Book) -> int:
    """Return how many characters the full lines of a hard-wrapped text have; 0 where it is not wrapped."""
    widths = sorted(
        len(line.strip())
        for chapter in book.chapters
        for paragraph in chapter.paragraphs
        for line in book.text[paragraph.start : paragraph.end].split("\n")[:-1]
    )
    return widths[len(widths) * 3 // 4] if len(widths) >= 20 else 0


def is_verse(text: str, width: int) -> bool:
    """Tell whether a paragraph of a plain text keeps its line ends: several lines, all of them short."""
    lines = [line.strip() for line in text.strip().split("\n")]
    return len(lines) > 1 and width > 0 and all(0 < len(line) <= width * _SHORT for line in lines)
