"""Which chapters of a book a run is for: `--chapters 3-7`, `--from 3`, `--to 7`."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace

from audiobook.errors import SourceError
from audiobook.model import Script
from audiobook.reading import NO_WISH, ReadingWish

_RANGE = re.compile(r"\s*(?:(\d+)\s*(?:([-–])\s*(\d+)?)?|[-–]\s*(\d+))\s*")


@dataclass(frozen=True, slots=True, kw_only=True)
class ChapterChoice:
    """Ranges of chapter numbers, first and last included; a last of None is the book's end."""

    ranges: tuple[tuple[int, int | None], ...]

    def holds(self, number: int) -> bool:
        """Tell whether a chapter is among the chosen; credits never are."""
        return any(first <= number and (last is None or number <= last) for first, last in self.ranges)

    def __str__(self) -> str:
        return ", ".join(
            str(first) if first == last else f"{first}-{'' if last is None else last}"
            for first, last in self.ranges
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What of a book a run is for: the first `preview` paragraphs, some `chapters`, what `reading` keeps."""

    preview: int | None = None
    chapters: ChapterChoice | None = None
    reading: ReadingWish = NO_WISH

    @property
    def is_whole(self) -> bool:
        """Whether it is for all chapters."""
        return self.preview is None and self.chapters is None


WHOLE = Scope()


def parse_chapters(words: str) -> ChapterChoice:
    """Read "3-7", "5", "3-", "-4", or several with commas.  Raises `ValueError` saying what is wrong."""
    ranges: list[tuple[int, int | None]] = []
    for part in words.split(","):
        match = _RANGE.fullmatch(part)
        if match is None:
            raise ValueError(f"expected chapter numbers such as 3-7 or 1,4-, got {words!r}")
        first, dash, last, until = match.groups()
        start = int(first or 1)
        end = int(last or until) if last or until else (None if dash else start)
        if start < 1 or (end is not None and end < start):
            raise ValueError(f"{part.strip()!r} holds no chapter; they count from 1")
        ranges.append((start, end))
    return ChapterChoice(ranges=tuple(ranges))


def choose_chapters(numbers: Collection[int]) -> ChapterChoice | None:
    """Return the choice of these very chapters; None, which is all, for none."""
    return ChapterChoice(ranges=tuple((number, number) for number in sorted(numbers))) if numbers else None


def keep_chapters(script: Script, choice: ChapterChoice | None) -> Script:
    """Return the script with the chosen chapters and their quotations alone, under their own numbers.

    Raises `SourceError` where the book has none of them.
    """
    if choice is None:
        return script
    chapters = tuple(chapter for chapter in script.chapters if choice.holds(chapter.number))
    if not any(chapter.utterances for chapter in chapters):
        last = max(chapter.number for chapter in script.chapters)
        raise SourceError(
            f"{script.book.source}: has no chapter {choice}; it has {last} (narrate contents lists them)"
        )
    spans = [
        (min(u.start for u in chapter.utterances), max(u.end for u in chapter.utterances))
        for chapter in chapters
        if chapter.utterances
    ]
    quotations = (
        q for q in script.quotations if any(q.start < end and start < q.end for start, end in spans)
    )
    return replace(script, chapters=chapters, quotations=tuple(quotations))
