"""A page of (X)HTML becomes blocks of a flow: what is read, what is left out, and where links lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audiobook.languages import is_same_language, read_tag
from audiobook.model import Pronunciation
from audiobook.reading.choices import ReadingChoices
from audiobook.reading.elements import (
    BLOCKS,
    SECTIONS,
    UNREAD,
    heading_level,
    is_data_row,
    is_for_listeners,
    is_hidden,
    is_number,
    is_scene_break,
    is_stanza,
    says_something,
)
from audiobook.reading.flow import PLAIN, Flow, Said, Style, tidy
from audiobook.reading.markup import attribute, language_of, text_of, types_of
from audiobook.reading.notes import Notes, Resolve, is_marker, note_at, says_it_is_a_note
from audiobook.reading.semantics import matter_of_types

if TYPE_CHECKING:
    from lxml.etree import _Element

FOOTNOTE = "footnote"
DESCRIPTION = "picture description"
NEW_LINE = "\u2028"
"""What `tidy` turns into a line feed that stays."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page to be read: its name in the book, and how its links are resolved."""

    name: str
    root: _Element
    resolve: Resolve
    language: str = ""
    """The book's language; paragraphs in another say so."""


class PageReader:
    """Reads one page into a flow."""

    def __init__(self, flow: Flow, page: Page, notes: Notes, choices: ReadingChoices) -> None:
        self._flow = flow
        self._page = page
        self._notes = notes
        self._choices = choices
        self._note_elements = self._find_notes() if notes.markers else set()
        self._buffer: list[str] = []
        self._said: list[Said] = []
        self._markers: list[str] = []
        self._descriptions: list[str] = []
        self._plain = 0
        self._links = 0
        self.link_blocks: list[int] = []
        """Indices of blocks that are nothing but links within the book, as in a list of contents."""

    def read(self, style: Style = PLAIN) -> None:
        """Add the page's blocks to the flow."""
        self._flow.mark(self._page.name)
        root = self._page.root
        body = root if root.tag == "body" else root.find("body")
        start = root if body is None else body
        self._walk(start, replace(style, language=self._language(root, style)), in_link=False, inline=0)
        self._flush(style)

    def _find_notes(self) -> set[_Element]:
        found = set()
        for element in self._page.root.iter():
            identity = element.get("id") or (element.get("name") if element.tag == "a" else None)
            if identity and f"{self._page.name}#{identity}" in self._notes.markers:
                note = note_at(element)
                if note is not None and not any(heading_level(child) for child in note.iter("*")):
                    found.add(note)
                    label = note.getprevious() if note.tag == "dd" else None
                    if label is not None and label.tag == "dt":
                        found.add(label)
        return found

    def _language(self, element: _Element, style: Style) -> str | None:
        stated = language_of(element)
        if not stated:
            return style.language
        primary, own = stated.partition("-")[0].lower(), self._page.language.partition("-")[0].lower()
        return None if primary == own else stated

    def _walk(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        """Read an element and what follows up to its end tag.

        `inline` is 0 where blocks stand for themselves; 1 where they are joined by spaces (a table's
        cell), 2 by line ends (a stanza).
        """
        tag = element.tag
        if not isinstance(tag, str) or tag in UNREAD or is_hidden(element):
            self._mark(element)
            return
        around = style.language or self._page.language
        style = self._style(element, style)
        is_block = tag in BLOCKS
        if is_block and not inline:
            self._flush(replace(style, level=0) if not style.level else style)
        self._mark(element)
        if self._is_left_out(element) or (tag == "a" and self._take_marker(element)):
            return
        if self._walk_special(element, style, in_link=in_link, inline=inline):
            return
        if inline and is_block and self._buffer:
            self._buffer.append(NEW_LINE if inline == 2 else " ")
        self._note_pronunciation(element)
        if not is_block:
            self._note_language(element, around)
        self._walk_children(element, style, in_link=in_link or self._is_inner_link(element), inline=inline)
        if inline and is_block:
            self._buffer.append(NEW_LINE if inline == 2 else " ")
        elif is_block:
            self._flush(style)

    def _walk_children(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        keeps_lines = element.tag == "pre"
        self._say(element.text, style, in_link=in_link, keeps_lines=keeps_lines)
        for child in element:
            self._walk(child, style, in_link=in_link, inline=inline)
            self._say(child.tail, style, in_link=in_link, keeps_lines=keeps_lines)

    def _walk_special(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> bool:
        """Read elements that are more than their children; False where it is none of those."""
        tag = element.tag
        if tag == "br":
            self._buffer.append(NEW_LINE)
        elif tag == "hr":
            self._flush(style)
            self._flow.add_scene_break()
        elif tag == "img":
            self._take_picture(element, style)
        elif tag == "math":
            self._buffer.append(element.get("alttext") or text_of(element))
        elif tag == "q":
            self._buffer.append("“")
            self._walk_children(element, style, in_link=in_link, inline=inline)
            self._buffer.append("”")
        elif tag == "sup" and self._is_bare_marker(element):
            pass
        elif tag == "tr" and not inline and is_data_row(element):
            self._walk_row(element, style, in_link=in_link)
        elif not inline and is_stanza(element):
            self._walk_children(element, style, in_link=in_link, inline=2)
            self._flush(style)
        else:
            if is_scene_break(element):
                self._flow.add_scene_break()
            return False
        return True

    def _walk_row(self, row: _Element, style: Style, *, in_link: bool) -> None:
        """Read a table's row as one paragraph, a comma between the cells."""
        cells: list[str] = []
        for cell in row:
            outer, self._buffer = self._buffer, []
            self._walk(cell, style, in_link=in_link, inline=1)
            words = tidy("".join(self._buffer))
            self._buffer = outer
            if words:
                cells.append(words)
        self._buffer.append(", ".join(cells))
        self._plain += 1
        self._flush(style)

    def _style(self, element: _Element, style: Style) -> Style:
        language = self._language(element, style)
        matter, skip, level = style.matter, style.skip, style.level
        types = types_of(element)
        # Who reads aloud reads the dedication, but not the title page that it stands on.
        is_kept = style.is_kept or is_for_listeners(element, types)
        if is_kept:
            matter = None
        elif types and element.tag in SECTIONS:
            matter = matter or matter_of_types(types)
        if (
            skip is None
            and matter != "notes"
            and (element in self._note_elements or says_it_is_a_note(element))
        ):
            skip = FOOTNOTE
        level = heading_level(element) or level
        return Style(level=level, matter=matter, skip=skip, language=language, is_kept=is_kept)

    def _is_left_out(self, element: _Element) -> bool:
        """Tell whether an element is a page's or line's number, or a note that is read elsewhere."""
        if is_number(element):
            return True
        return self._choices.footnotes == "paragraph" and element in self._note_elements

    def _take_marker(self, link: _Element) -> bool:
        """Leave out a note's marker, and keep in mind which note it is of."""
        if not is_marker(link):
            return False
        target = self._page.resolve(link.get("href", ""))
        if target:
            self._markers.append(target)
        return True

    def _is_bare_marker(self, element: _Element) -> bool:
        """Tell whether a raised number without a link is a note's: behind a word's or sentence's end."""
        before = next((words.rstrip() for words in reversed(self._buffer) if words.strip()), "")
        if element.find(".//a") is not None or not re.fullmatch(r"\d{1,3}", text_of(element)):
            return False
        return before[-1:] in set(".,;:!?”’\"'")

    def _take_picture(self, image: _Element, style: Style) -> None:
        words = " ".join(image.get("alt", "").split())
        is_letter = len(words) == 1 and words.isalpha() and not "".join(self._buffer).strip()
        # A picture of a chapter's first letter, or of its title.
        if is_letter or (style.level and says_something(words)):
            self._buffer.append(words if is_letter else f" {words} ")
            self._plain += sum(map(str.isalnum, words))
        elif says_something(words):
            self._descriptions.append(words)

    def _note_pronunciation(self, element: _Element) -> None:
        sound = attribute(element, "ssml", "ph").strip()
        if sound:
            at: _Element | None = element
            alphabet = ""
            while at is not None and not alphabet:
                alphabet = attribute(at, "ssml", "alphabet")
                at = at.getparent()
            entry = Pronunciation(words="", ph=sound, alphabet=alphabet or "ipa")
            self._said.append(Said(text_of(element), self._plain + self._links, entry))

    def _note_language(self, element: _Element, around: str) -> None:
        """Note words within a block that state another language; what stands in such words goes with them."""
        stated = read_tag(language_of(element))
        above = element.getparent()
        while above is not None and above.tag not in BLOCKS and not language_of(above):
            above = above.getparent()
        is_outermost = above is None or above.tag in BLOCKS
        if stated and is_outermost and not is_same_language(stated, around):
            entry = Pronunciation(words="", language=stated)
            self._said.append(Said(text_of(element), self._plain + self._links, entry))

    def _is_inner_link(self, element: _Element) -> bool:
        return element.tag == "a" and self._page.resolve(element.get("href", "")) is not None

    def _mark(self, element: _Element) -> None:
        for name in (element.get("id"), element.get("name") if element.tag == "a" else None):
            if name:
                self._flow.mark(f"{self._page.name}#{name}")

    def _say(self, words: str | None, style: Style, *, in_link: bool, keeps_lines: bool) -> None:
        if not words:
            return
        if keeps_lines:
            paragraphs = re.split(r"\n[ \t\r]*\n", words)
            for paragraph in paragraphs[:-1]:
                self._buffer.append(paragraph.replace("\n", NEW_LINE))
                self._plain += len(paragraph)
                self._flush(style)
            words = paragraphs[-1].replace("\n", NEW_LINE)
        length = sum(map(str.isalnum, words))
        self._links += length if in_link else 0
        self._plain += 0 if in_link else length
        self._buffer.append(words)

    def _flush(self, style: Style) -> None:
        """End the block that is being written, and add what belongs behind it."""
        before = len(self._flow.blocks)
        if self._buffer:
            self._flow.add("".join(self._buffer), style, self._said)
        if len(self._flow.blocks) > before and self._links and not self._plain:
            self.link_blocks.append(before)
        markers, descriptions = self._markers, self._descriptions
        self._buffer, self._said, self._markers, self._descriptions = [], [], [], []
        self._plain = self._links = 0
        for words in descriptions:
            skip = style.skip or (None if self._choices.descriptions else DESCRIPTION)
            self._flow.add(words, replace(style, level=0, skip=skip))
        if self._choices.footnotes == "paragraph" and style.skip is None:
            for target in markers:
                self._flow.add(self._notes.texts.get(target, ""), replace(style, level=0))
