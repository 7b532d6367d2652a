"""Plain text: its paragraphs, headings, scene breaks and front matter become a book."""

from __future__ import annotations

import re
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.languages import read_tag, read_tags
from audiobook.model import Book, Skip
from audiobook.reading.chapters import assemble
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.cuts import TITLE_PAGE, Cut
from audiobook.reading.decode import decode_text
from audiobook.reading.flow import Block
from audiobook.reading.frontmatter import find_front_matter
from audiobook.reading.gutenberg import HEADER, LICENCE, Frame, find_frame, find_notes
from audiobook.reading.headings import find_headings
from audiobook.reading.line_breaks import find_paragraphs, part_glued, trim
from audiobook.reading.navigation import mark_navigation
from audiobook.reading.titles import letters_of, make_title
from audiobook.reading.written_notes import mark_written_notes
from audiobook.words import count_words

SCENE_BREAK = "scene-break mark"
FRONT_MATTER = "front matter"


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
    for start, end, is_mark in find_paragraphs(text, begin, frame.end if frame else len(text)):
        if is_mark:
            skipped.append(Skip(start=start, end=end, reason=SCENE_BREAK))
            follows_scene_break = bool(blocks)
        else:
            blocks.append(Block(start=start, end=end, follows_scene_break=follows_scene_break))
            follows_scene_break = False
    blocks = part_glued(blocks, text)
    mark_navigation(blocks, text)
    if choices.footnotes == "skip":
        mark_written_notes(blocks, text)
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
        languages=read_tags(values.get("language")),
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
                left, right = trim(text, start, end)
                skips.append(Skip(start=left, end=right, reason=reason))
    return skips


def _find_cuts(blocks: list[Block], text: str, title: str, *, is_framed: bool) -> list[Cut]:
    """Find where chapters begin, and say of each block whether it is a heading or left out, and why."""
    texts = [text[block.start : block.end] if block.skip is None else "" for block in blocks]
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
        if heading.level > 2:
            continue
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
    if not own or sum(map(count_words, own)) > _LONGEST_TITLE_PAGE:
        return False
    letters = letters_of(title)
    # Text of the story, however little, is no title page.
    if any(len(words.split()) > _LONGEST_IMPRINT and _SENTENCE.search(words.strip()) for words in own):
        return False
    first = own[0].strip(" _")
    named = letters_of(first) in letters or first == first.upper()
    return named or any(_BY.search(words) for words in own)


_LONGEST_TITLE_PAGE = 60
"""Words."""
_LONGEST_IMPRINT = 12
"""Words of a sentence on a title page."""
_SENTENCE = re.compile(
    r"\A(?!_?(?:author|copyright|published|printed|originally|with|illustrat|translat|edited)\w*\b)"
    r".*[.!?…”\"]\Z",
    re.IGNORECASE | re.DOTALL,
)
_BY = re.compile(r"(?mi)^[ \t]*_?by\b")
