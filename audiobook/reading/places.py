"""Where in an EPUB's own pages the text of a book stands.

A book's text is what `PageReader` took from the pages: with single spaces, without what is not read.
To find the way back, the pages are read again by a reader that keeps in mind where its words come from.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from audiobook.model import Book
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.epub import read_flow
from audiobook.reading.flow import CLEANING, Flow, SaidWords, Style
from audiobook.reading.notes import BookNotes
from audiobook.reading.page import Page, PageReader

if TYPE_CHECKING:
    from lxml.etree import _Element

# As `PageReader` ends the paragraphs of preformatted text: at an empty line.
_PARAGRAPHS = re.compile(r".*?\n[ \t\r]*\n|.+", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Characters of a book's text, and where they stand in a page.

    `element` is the index of an element of the page in document order, counted without comments and
    processing instructions.  The characters are those from `offset` on of its text, or, with `is_tail`,
    of what follows its end tag.  `offset` None: they are not in the page as text (a description, a note
    read elsewhere), and the element is the nearest to them.
    """

    start: int
    end: int
    page: str
    element: int
    is_tail: bool = False
    offset: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Places:
    """All stretches of a book's text in the text's order; between them is white space, or a made mark."""

    stretches: tuple[Stretch, ...]
    _starts: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", [stretch.start for stretch in self.stretches])

    def within(self, start: int, end: int) -> list[Stretch]:
        """Return the stretches of text[start:end], cut to these bounds."""
        index = max(0, bisect_right(self._starts, start) - 1)
        found = []
        while index < len(self.stretches) and self.stretches[index].start < end:
            one = self.stretches[index]
            if one.end > start:
                cut = max(0, start - one.start)
                offset = None if one.offset is None else one.offset + cut
                found.append(replace(one, start=one.start + cut, end=min(one.end, end), offset=offset))
            index += 1
        return found


def find_places(book: Book, data: bytes) -> Places | None:
    """Find where the text of a book stands in the EPUB `data` that it was read from.

    None where reading it again gives another text, since the file is another one by now.
    Raises `SourceError` where it can't be read.
    """
    for choices in _possible_choices():
        readers: list[_Tracer] = []

        def make_reader(
            flow: Flow,
            page: Page,
            notes: BookNotes,
            choices: ReadingChoices,
            readers: list[_Tracer] = readers,
        ) -> PageReader:
            readers.append(_Tracer(flow, page, notes, choices))
            return readers[-1]

        flow = read_flow(book.source, data, choices, make_reader)
        text = flow.text
        if text == book.text:
            found = [stretch for reader in readers for stretch in reader.stretches(text)]
            return Places(stretches=tuple(found))
    return None


def _possible_choices() -> Iterator[ReadingChoices]:
    """Yield the choices that change a text; a book does not tell those that it was read with."""
    yield DEFAULT_CHOICES
    yield replace(DEFAULT_CHOICES, footnotes="paragraph")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Origin:
    """Words on their way into a block; `offset` None where they do not stand in the page like that."""

    element: _Element
    words: str
    is_tail: bool = False
    offset: int | None = None


class _Tracer(PageReader):
    """Reads a page as any reader does, and notes which block has which words from where."""

    def __init__(self, flow: Flow, page: Page, notes: BookNotes, choices: ReadingChoices) -> None:
        super().__init__(flow, page, notes, choices)
        self._origins: list[_Origin] = []
        self._traced: list[tuple[int, Sequence[_Origin]]] = []

    def stretches(self, text: str) -> Iterator[Stretch]:
        """Yield the page's stretches, now that the whole text is known."""
        numbers = {element: number for number, element in enumerate(self._page.root.iter())}
        for index, origins in self._traced:
            block = self._flow.blocks[index]
            for start, end, origin, offset in _align(text, block.start, block.end, origins):
                yield Stretch(
                    start=start,
                    end=end,
                    page=self._page.name,
                    element=numbers[origin.element],
                    is_tail=origin.is_tail,
                    offset=offset,
                )

    def _say(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        self._trace(element, element.text, style, is_tail=False, in_link=in_link, inline=inline)

    def _say_tail(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        self._trace(element, element.tail, style, is_tail=True, in_link=in_link, inline=inline)

    def _trace(
        self, element: _Element, words: str | None, style: Style, *, is_tail: bool, in_link: bool, inline: int
    ) -> None:
        around = element.getparent() if is_tail else element
        keeps_lines = around is not None and around.tag == "pre"
        offset = 0
        # One by one, since each paragraph of a <pre> is a block of its own.
        for piece in _PARAGRAPHS.findall(words or "") if keeps_lines else filter(None, [words]):
            self._origins.append(_Origin(element=element, words=piece, is_tail=is_tail, offset=offset))
            offset += len(piece)
            self._put(piece, style, in_link=in_link, inline=inline, keeps_lines=keeps_lines)

    def _walk_special(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> bool:
        before = len(self._paragraph.pieces)
        is_special = super()._walk_special(element, style, in_link=in_link, inline=inline)
        if element.tag in {"img", "math"}:
            self._origins.append(_Origin(element=element, words="".join(self._paragraph.pieces[before:])))
        return is_special

    def _add(
        self, words: str, style: Style, said: list[SaidWords] | None = None, element: _Element | None = None
    ) -> None:
        """Note which words the block is made of: those of the page, or what an element says beside them."""
        before = len(self._flow.blocks)
        super()._add(words, style, said, element)
        if element is None:
            origins, self._origins = self._origins, []
        else:
            origins = [_Origin(element=element, words=words)]
        if len(self._flow.blocks) > before:
            self._traced.append((before, origins))


def _align(
    text: str, start: int, end: int, origins: Sequence[_Origin]
) -> Iterator[tuple[int, int, _Origin, int | None]]:
    """Yield the unbroken runs of text[start:end] in its origins: (start, end, origin, offset there).

    The letters and digits of the origins are those of the text, in order.  Marks may stand in either
    alone: a made comma between two cells, a mark that was cut off.
    """
    at = start
    for origin in origins:
        run: tuple[int, int] | None = None
        last = at
        for offset, raw in enumerate(origin.words):
            for char in raw.translate(CLEANING):
                if char.isspace():
                    continue
                place = at
                while place < end and text[place] != char and not text[place].isalnum():
                    place += 1
                if place >= end or text[place] != char:
                    continue
                if run is None or place - run[0] != offset - run[1]:
                    if run is not None:
                        yield _make_run(run, last, origin)
                    run = (place, offset)
                at = last = place + 1
        if run is not None:
            yield _make_run(run, last, origin)


def _make_run(run: tuple[int, int], end: int, origin: _Origin) -> tuple[int, int, _Origin, int | None]:
    return run[0], end, origin, None if origin.offset is None else origin.offset + run[1]
