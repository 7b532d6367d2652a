"""How a book lies on the page: passages (paragraphs in order) and tokens (words and marks)."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass

from audiobook.model import Book

TOKEN = re.compile(
    r"(?:Mrs?|Ms|Drs?|St|Prof|Rev|Mme|Mlle|Messrs|Capt|Col|Gen|Lt|Sgt|Hon|Esq|Jr|Sr|(?:[A-Z]\.){0,4}[A-Z])\.(?=\W)"
    r"|['’]s(?![^\W_])"
    r"|[^\W_]+(?:(?:['’](?!s(?![^\W_]))|-)[^\W_]+)*"
    r"|--+|\.\.+|[^\w\s]"
)
"""A word (with inner apostrophes and hyphens), an abbreviated title or initial with its full stop,
a possessive `'s`, a dash of hyphens, an ellipsis, or one mark."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A paragraph of the book: where it lies, and in which chapter (index from 0)."""

    index: int
    chapter: int
    start: int
    end: int
    is_heading: bool = False
    opens_scene: bool = False


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words and marks of a text as parallel lists, in order."""

    texts: list[str]
    lowers: list[str]
    starts: list[int]
    ends: list[int]

    def between(self, start: int, end: int) -> range:
        """Return the indices of the tokens that begin in [start, end)."""
        return range(bisect_left(self.starts, start), bisect_left(self.starts, end))


def list_passages(book: Book) -> list[Passage]:
    """Return a book's paragraphs, numbered through all chapters."""
    passages: list[Passage] = []
    for chapter_index, chapter in enumerate(book.chapters):
        for position, paragraph in enumerate(chapter.paragraphs):
            passages.append(
                Passage(
                    index=len(passages),
                    chapter=chapter_index,
                    start=paragraph.start,
                    end=paragraph.end,
                    is_heading=paragraph.kind == "heading",
                    opens_scene=paragraph.follows_scene_break or position == 0,
                )
            )
    return passages


def tokenize(text: str) -> Tokens:
    """Cut a text into tokens; white space and underscores (emphasis marks) belong to none."""
    texts: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for match in TOKEN.finditer(text):
        texts.append(match.group())
        starts.append(match.start())
        ends.append(match.end())
    lowers = [word.lower().replace("’", "'") for word in texts]
    return Tokens(texts, lowers, starts, ends)
