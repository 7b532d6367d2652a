"""The links of a book: which refer to notes, and which lead back from them.

A note's link back looks like the sign that refers to the note.  Taken for one it would make a footnote of
the paragraph that it leads to, which is the story.  So all links are collected before any is believed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audiobook.reading.markup import Resolve, text_of, types_of
from audiobook.reading.notes import BookNotes, identities, says_it_is_a_note
from audiobook.reading.semantics import matter_of_title, matter_of_types
from audiobook.reading.signs import (
    begins_with_sign,
    has_form_of_sign,
    is_backlink,
    is_marker,
    is_reference,
)

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd div dl dt figcaption figure footer h1 h2 h3 h4"
    " h5 h6 header html li main nav note ol p pre section table tbody td tfoot th thead tr ul".split()
)
_NOTE_ID = re.compile(
    r"(?:foot|end|rear|side)-?note|^_?(?:sd)?(?:ftn|edn|fn|en|note)[-_.:]?\d", re.IGNORECASE
)
"""What Pandoc, Word, LibreOffice, Calibre, Sigil and Project Gutenberg call the places of notes."""
_NOT_NOTE_ID = re.compile(r"ref|back|anchor|cit|ret|src|link", re.IGNORECASE)
_HEAD = 24
"""Characters of a paragraph's beginning that are kept, where a note has its sign."""


@dataclass(slots=True)
class _Block:
    """A paragraph, cell, list item …: its number in the book, its first words, whether it has any yet."""

    number: int
    page: str
    is_note: bool
    head: str = ""
    has_words: bool = False
    has_own_words: bool = False
    """Not only those of links."""
    refers: bool = False
    """Signs in it lead elsewhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Link:
    order: int
    block: _Block
    target: str
    words: str
    is_marker: bool
    """It is a sign, or says that it refers to a note."""
    is_named: bool
    is_back: bool
    leads: bool
    """Its paragraph begins with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    block: _Block
    leads: bool
    is_note: bool
    """It says so, or stands among notes."""


@dataclass(slots=True)
class Links:
    """What was collected of a book's links; see `settle`."""

    _links: list[_Link] = field(default_factory=list)
    _places: dict[str, _Place] = field(default_factory=dict)
    _blocks: int = 0

    def collect(self, root: _Element, name: str, resolve: Resolve) -> None:
        """Note the links of a page and the places that links may lead to."""
        from lxml import etree

        open_blocks = [self._open(name, is_note=False)]
        open_links = 0
        notes_level = 0
        """Of the heading that says that what follows are notes."""
        for event, element in etree.iterwalk(root, events=("start", "end")):
            if not isinstance(element.tag, str):
                continue
            is_block = element.tag in _BLOCKS
            if event == "start":
                if re.fullmatch("h[1-6]", element.tag):
                    level = int(element.tag[1])
                    is_title = matter_of_title(text_of(element)) == "notes"
                    notes_level = level if is_title else 0 if level <= notes_level else notes_level
                if is_block:
                    is_note = open_blocks[-1].is_note or says_it_is_a_note(element)
                    is_note = is_note or matter_of_types(types_of(element)) == "notes"
                    open_blocks.append(self._open(name, is_note=is_note))
                self._take(element, name, resolve, open_blocks[-1], is_note=notes_level > 0)
                open_links += element.tag == "a"
                _add_words(open_blocks[-1], element.text, in_link=open_links > 0)
            else:
                open_links -= element.tag == "a"
                if is_block:
                    _close(open_blocks.pop(), open_blocks[-1])
                _add_words(open_blocks[-1], element.tail, in_link=open_links > 0)

    def _open(self, page: str, *, is_note: bool) -> _Block:
        self._blocks += 1
        return _Block(self._blocks, page, is_note)

    def _take(self, element: _Element, name: str, resolve: Resolve, block: _Block, *, is_note: bool) -> None:
        is_note = is_note or block.is_note or says_it_is_a_note(element)
        leads = not block.has_words or has_form_of_sign(block.head)
        for identity in identities(element):
            place = _Place(block=block, leads=leads, is_note=is_note)
            self._places.setdefault(f"{name}#{identity}", place)
        href = element.get("href") or element.get("idref") if element.tag in {"a", "noteref"} else None
        target = resolve(href) if href else None
        if not target or "#" not in target:
            return
        is_named = is_reference(element)
        if not (is_named or is_marker(element) or leads or is_backlink(element)):
            return
        self._links.append(
            _Link(
                order=len(self._links),
                block=block,
                target=target,
                words=text_of(element)[:_HEAD],
                is_marker=is_named or is_marker(element),
                is_named=is_named,
                is_back=is_backlink(element) or is_note,
                leads=leads,
            )
        )

    def settle(self) -> BookNotes:
        """Tell which places are notes.

        Their text is taken away by that, so a place must show that it is one: by what it or the link is
        called, or by a link back.  That it begins with the link's own sign is believed only where no such
        place of its page refers to others, as the numbered sections of a game book do.
        """
        ways: dict[tuple[int, int], _Link] = {}
        for link in self._links:
            if link.target in self._places:
                ways.setdefault((link.block.number, self._places[link.target].block.number), link)
        notes = BookNotes()
        by_sign: dict[str, list[tuple[_Place, str]]] = {}
        for link, place in self._list_references(ways):
            link.block.refers = True
            identity = link.target.partition("#")[2]
            back = ways.get((place.block.number, link.block.number))
            if (
                place.is_note
                or link.is_named
                or (back is not None and _leads_back(back, link))
                or (_NOTE_ID.search(identity) and not _NOT_NOTE_ID.search(identity))
            ):
                notes.targets.add(link.target)
            elif begins_with_sign(place.block.head, link.words):
                by_sign.setdefault(place.block.page, []).append((place, link.target))
        for those in by_sign.values():
            if not any(place.block.refers for place, _ in those):
                notes.targets.update(target for _, target in those)
        return notes

    def _list_references(self, ways: Mapping[tuple[int, int], _Link]) -> Iterator[tuple[_Link, _Place]]:
        """Yield the links that may refer to notes, with the places that they lead to.

        Of two that lead to each other the first refers to a note and the second leads back from it; but one
        that its paragraph begins with leads back where the other stands in the midst.
        """
        for link in self._links:
            place = self._places.get(link.target)
            if place is None or not link.is_marker or link.is_back or place.block is link.block:
                continue
            back = ways.get((place.block.number, link.block.number))
            if back is not None and not back.is_back:
                way = ways[link.block.number, place.block.number]
                if way.leads if way.leads != back.leads else way.order > back.order:
                    continue
            is_in_text = link.block.has_own_words or link.is_named
            if place.is_note or (place.leads and is_in_text):
                yield link, place


def _leads_back(back: _Link, link: _Link) -> bool:
    """Tell a note's link back from one that happens to lead there: it begins the note, or has its sign."""
    return back.leads or back.is_back or begins_with_sign(back.words, link.words)


def _close(block: _Block, around: _Block) -> None:
    """Let what a block holds count for the one around it."""
    around.has_words = around.has_words or block.has_words
    around.has_own_words = around.has_own_words or block.has_own_words
    around.head = around.head or block.head


def _add_words(block: _Block, words: str | None, *, in_link: bool) -> None:
    if words and len(block.head) < _HEAD:
        block.head = f"{block.head}{words}".lstrip()[:_HEAD]
    if words and not (block.has_words and (in_link or block.has_own_words)):
        has_words = any(map(str.isalnum, words))
        block.has_words = block.has_words or has_words
        block.has_own_words = block.has_own_words or (has_words and not in_link)
