"""Plain text: paragraphs by blank lines, hard-wrapped lines, scene breaks, front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book, Chapter, Paragraph, Skip
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.decode import decode_text
from audiobook.reading.frontmatter import find_front_matter
from audiobook.reading.titles import make_title

SCENE_BREAK = "scene-break mark"
FRONT_MATTER = "front matter"

_LINE = re.compile(r"[^\r\n\f\v]*(?:\r\n|[\r\n\f\v]|\Z)")
_SCENE_MARK = re.compile(r"[\s*\-–—_#~⁂•·=+§⸻❦❧◆◇☙]+")
_ENDS_SENTENCE = re.compile(r"[.!?…:—–-][\"'”’»)\]_*]*$|[\"”»]$")

LONGEST_WRAPPED_LINE = 100
"""Editors and Project Gutenberg wrap at 60 to 80 columns; a longer line was not wrapped."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip())


def read_text(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a plain text file: one chapter, named like the book.

    Raises `SourceError` where it is not text or holds no letter and no digit to speak.
    """
    source = str(path)
    text, warnings = decode_text(data, source)
    front = find_front_matter(text, source)
    values = front.values if front else {}
    skipped = [Skip(start=front.start, end=front.end, reason=FRONT_MATTER)] if front else []
    paragraphs: list[Paragraph] = []
    follows_scene_break = False
    for start, end, is_mark in _find_blocks(text, front.end if front else 0):
        if is_mark:
            skipped.append(Skip(start=start, end=end, reason=SCENE_BREAK))
            follows_scene_break = bool(paragraphs)
        else:
            paragraphs.append(Paragraph(start=start, end=end, follows_scene_break=follows_scene_break))
            follows_scene_break = False
    if not any(character.isalnum() for p in paragraphs for character in text[p.start : p.end]):
        what = "is empty" if not text.strip() else "holds nothing to speak (no letter, no digit)"
        raise SourceError(f"{source}: {what}")
    title = values.get("title") or make_title(path.stem)
    return Book(
        name=path.stem,
        source=source,
        text=text,
        title=title,
        author=values.get("author"),
        language=values.get("language", "en"),
        year=values.get("year"),
        series=values.get("series"),
        series_part=values.get("series_part"),
        description=values.get("description"),
        chapters=(Chapter(number=1, title=title, paragraphs=tuple(paragraphs)),),
        skipped=tuple(skipped),
        warnings=warnings + (front.warnings if front else ()),
    )


def _find_blocks(text: str, position: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the span of every paragraph and scene-break mark, and whether it is a mark."""
    lines = list(_split_lines(text, position))
    width = max((len(line.text) for line in lines if len(line.text) <= LONGEST_WRAPPED_LINE), default=0)
    block: list[_Line] = []
    for line in lines:
        is_blank = not line.text.strip("\0 \t\xa0")
        is_mark = not is_blank and _SCENE_MARK.fullmatch(line.text) is not None
        if block and (is_blank or is_mark or _starts_paragraph(block[-1], line, width)):
            yield _trim(text, block[0].start, block[-1].end, is_mark=False)
            block = []
        if is_mark:
            yield _trim(text, line.start, line.end, is_mark=True)
        elif not is_blank:
            block.append(line)
    if block:
        yield _trim(text, block[0].start, block[-1].end, is_mark=False)


def _split_lines(text: str, position: int) -> Iterator[_Line]:
    for match in _LINE.finditer(text, position):
        line = match[0].rstrip("\r\n\f\v")
        yield _Line(match.start(), match.start() + len(line), line)


def _starts_paragraph(before: _Line, line: _Line, width: int) -> bool:
    """Tell whether a line without a blank one before it begins a paragraph all the same.

    It does where the text is not wrapped (a line a paragraph), where it is indented more than the
    line before, and where the line before ended a sentence although the next word had fitted on it
    (clearly so, unless a speech begins).
    """
    if len(before.text) > LONGEST_WRAPPED_LINE or len(line.text) > LONGEST_WRAPPED_LINE:
        return True
    if line.indent >= before.indent + 2:
        return True
    first_word = line.text.split(maxsplit=1)[0]
    room = width - _RAGGED if _OPENS_SPEECH.match(first_word) else width * _SHORT
    had_fitted = len(before.text.rstrip()) + 1 + len(first_word) <= room
    return had_fitted and _ENDS_SENTENCE.search(before.text.rstrip()) is not None


_OPENS_SPEECH = re.compile(r"[\"“‘«„]|[—–-]\S")
_RAGGED = 8
"""How much shorter than the longest a wrapped line may be although the next word had fitted."""
_SHORT = 0.6
"""The share of the longest line below which a line was not ended by wrapping, however ragged."""


def _trim(text: str, start: int, end: int, *, is_mark: bool) -> tuple[int, int, bool]:
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip()), is_mark
