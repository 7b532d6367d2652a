"""Plain text: paragraphs by blank lines, hard-wrapped lines, scene breaks, front matter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.languages import read_tag
from audiobook.model import Book, Skip
from audiobook.reading.chapters import assemble
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.cuts import TITLE_PAGE, Cut
from audiobook.reading.decode import decode_text
from audiobook.reading.flow import Block
from audiobook.reading.frontmatter import find_front_matter
from audiobook.reading.gutenberg import HEADER, LICENCE, Frame, find_frame, find_notes
from audiobook.reading.headings import find_headings
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
    """Read a plain text file: chapters by its headings, or one, named like the book.

    Raises `SourceError` where it is not text or holds no letter and no digit to speak.
    """
    source = str(path)
    text, warnings = decode_text(data, source)
    return make_text_book(path, text, choices=choices, warnings=warnings)


def make_text_book(path: Path, text: str, *, choices: ReadingChoices, warnings: tuple[str, ...] = ()) -> Book:
    """Make a book of plain text that is decoded already.  Raises as `read_text`."""
    source = str(path)
    front = find_front_matter(text, source)
    frame = find_frame(text)
    values = (frame.values if frame else {}) | (front.values if front else {})
    begin = max(front.end if front else 0, frame.start if frame else 0)
    skipped = [Skip(start=front.start, end=front.end, reason=FRONT_MATTER)] if front else []
    skipped += _skip_frame(text, frame, front.end if front else 0)
    blocks: list[Block] = []
    follows_scene_break = False
    for start, end, is_mark in _find_blocks(text, begin, frame.end if frame else len(text)):
        if is_mark:
            skipped.append(Skip(start=start, end=end, reason=SCENE_BREAK))
            follows_scene_break = bool(blocks)
        else:
            blocks.append(Block(start=start, end=end, follows_scene_break=follows_scene_break))
            follows_scene_break = False
    if not any(character.isalnum() for block in blocks for character in text[block.start : block.end]):
        what = "is empty" if not text.strip() else "holds nothing to speak (no letter, no digit)"
        raise SourceError(f"{source}: {what}")
    title = values.get("title") or make_title(path.stem)
    cuts = _find_cuts(blocks, text, title, is_framed=frame is not None)
    chapters, left_out = assemble(blocks, text, cuts, title=title, choices=choices)
    if not chapters:
        raise SourceError(f"{source}: holds nothing to speak")
    # A rule on a title page or among the contents goes with that.
    skipped = [skip for skip in skipped if not any(o.start <= skip.start < o.end for o in left_out)]
    return Book(
        name=path.stem,
        source=source,
        text=text,
        title=title,
        author=values.get("author"),
        language=read_tag(values.get("language")),
        year=values.get("year"),
        series=values.get("series"),
        series_part=values.get("series_part"),
        description=values.get("description"),
        chapters=chapters,
        skipped=tuple(sorted([*skipped, *left_out], key=lambda skip: skip.start)),
        warnings=warnings + (front.warnings if front else ()),
    )


def _skip_frame(text: str, frame: Frame | None, begin: int) -> list[Skip]:
    """Return the skips of Project Gutenberg's header and licence, without white space around them."""
    skips = []
    if frame:
        for start, end, reason in ((begin, frame.start, HEADER), (frame.end, len(text), LICENCE)):
            if text[start:end].strip():
                left, right, _ = _trim(text, start, end, is_mark=False)
                skips.append(Skip(start=left, end=right, reason=reason))
    return skips


def _find_cuts(blocks: list[Block], text: str, title: str, *, is_framed: bool) -> list[Cut]:
    """Find where chapters begin, and say of each block whether it is a heading or left out, and why."""
    texts = [text[block.start : block.end] for block in blocks]
    if is_framed:
        for index, reason in find_notes(texts).items():
            blocks[index].skip = reason
    headings, contents = find_headings(texts)
    for index, reason in contents.items():
        blocks[index].matter = reason
    cuts: list[Cut] = []
    part = ""
    for heading in headings:
        for index in range(heading.index, heading.last + 1):
            blocks[index].level = heading.level
        part = heading.label if heading.level == 1 else part
        cuts.append(
            Cut(
                start=blocks[heading.index].start, title=heading.title, part=part if heading.level > 1 else ""
            )
        )
    if headings and _is_title_page(texts[: headings[0].index], blocks, title):
        for block in blocks[: headings[0].index]:
            block.matter = block.matter or (None if block.skip else TITLE_PAGE)
    return cuts


def _is_title_page(texts: list[str], blocks: list[Block], title: str) -> bool:
    """Tell whether what stands before the first heading is the book's name and its author's, no more."""
    own = [words for words, block in zip(texts, blocks, strict=False) if not (block.matter or block.skip)]
    if not own or sum(len(words.split()) for words in own) > _LONGEST_TITLE_PAGE:
        return False
    letters = "".join(filter(str.isalnum, title.casefold()))
    first = own[0].strip(" _")
    named = "".join(filter(str.isalnum, first.casefold())) in letters or first == first.upper()
    return named or any(re.match(r"_?by\b", words.strip(), re.IGNORECASE) for words in own)


_LONGEST_TITLE_PAGE = 60
"""Words."""


def _find_blocks(text: str, position: int, stop: int) -> Iterator[tuple[int, int, bool]]:
    """Yield the span of every paragraph and scene-break mark, and whether it is a mark."""
    lines = list(_split_lines(text, position, stop))
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


def _split_lines(text: str, position: int, stop: int) -> Iterator[_Line]:
    for match in _LINE.finditer(text, position, stop):
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
