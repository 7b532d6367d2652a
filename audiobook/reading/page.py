"""A page of (X)HTML becomes blocks of a flow: what is read, what is left out, and where links lead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audiobook.languages import is_same_language
from audiobook.reading.choices import ReadingChoices
from audiobook.reading.elements import (
    BLOCKS,
    SECTIONS,
    choose_branch,
    heading_level,
    is_code,
    is_data_row,
    is_for_listeners,
    is_scene_break,
    is_stanza,
    is_text,
    why_unread,
)
from audiobook.reading.flow import NEW_LINE, PLAIN, Flow, SaidWords, Style, tidy
from audiobook.reading.line_breaks import ends_paragraph
from audiobook.reading.markup import Resolve, language_of, text_of, types_of
from audiobook.reading.notes import FOOTNOTE, BookNotes, identities, says_it_is_a_note
from audiobook.reading.open_paragraph import DESCRIPTION, OpenParagraph
from audiobook.reading.pictures import put_formula, put_picture
from audiobook.reading.raised import raise_numbers
from audiobook.reading.semantics import matter_of_types
from audiobook.reading.signs import is_marker, is_reference, is_unlinked_sign
from audiobook.reading.sounds import stated_language, stated_sound

if TYPE_CHECKING:
    from lxml.etree import _Element

NOTE_SIGN = "note sign"
ALTERNATIVE = "alternative"
CODE = "program code"


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

    def __init__(self, flow: Flow, page: Page, notes: BookNotes, choices: ReadingChoices) -> None:
        self._flow = flow
        self._page = page
        self._notes = notes
        self._choices = choices
        self._note_elements = notes.find(page.root, page.name)
        self._paragraph = OpenParagraph()
        self.link_blocks: list[int] = []
        """Indices of blocks that are nothing but links within the book, as in a list of contents."""

    def read(self, style: Style = PLAIN) -> None:
        """Add the page's blocks to the flow."""
        self._flow.mark(self._page.name)
        root = self._page.root
        raise_numbers(root)
        self._walk(root, replace(style, language=self._language(root, style)), in_link=False, inline=0)
        self._flush(style)

    def _language(self, element: _Element, style: Style) -> str | None:
        stated = language_of(element)
        if not stated:
            return style.language
        return None if is_same_language(stated, self._page.language) else stated

    def _walk(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        """Read an element and what follows up to its end tag.

        `inline` is 0 where blocks stand for themselves; 1 where they are joined by spaces (a table's
        cell), 2 by line ends (a stanza).
        """
        tag = element.tag
        if not isinstance(tag, str) or not is_text(element):
            self._mark(element)
            return
        around = style.language or self._page.language
        is_block = tag in BLOCKS
        if is_block and not inline:
            self._flush(style)
        style = self._style(element, style)
        if self._leave_out(element, style, inline=inline):
            return
        self._mark(element)
        if self._walk_special(element, style, in_link=in_link, inline=inline):
            return
        if inline and is_block and self._paragraph.pieces:
            self._paragraph.put(NEW_LINE if inline == 2 else " ")
        for entry in (stated_sound(element), None if is_block else stated_language(element, around)):
            if entry is not None:
                self._paragraph.note(text_of(element), entry)
        self._walk_children(element, style, in_link=in_link or self._is_inner_link(element), inline=inline)
        if inline and is_block:
            self._paragraph.put(NEW_LINE if inline == 2 else " ")
        elif is_block:
            self._flush(style)

    def _walk_children(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        self._say(element, style, in_link=in_link, inline=inline)
        for child in element:
            self._walk(child, style, in_link=in_link, inline=inline)
            self._say_tail(child, style, in_link=in_link, inline=inline)

    def _end_line(self, element: _Element, style: Style, *, inline: int) -> None:
        """End a line, and the paragraph where two line ends, or one and an indent, part paragraphs."""
        self._paragraph.put(NEW_LINE)
        ends = ends_paragraph(self._paragraph.end, element.tail or "")
        if ends and not inline and not style.level:
            self._flush(style)

    def _walk_special(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> bool:
        """Read elements that are more than their children; False where it is none of those."""
        tag = element.tag
        if tag in {"br", "hr", "img"}:
            self._put_mark(element, style, inline=inline)
            # Nothing can be in these but where a page is broken.
            self._walk_children(element, style, in_link=in_link, inline=inline)
        elif tag == "math":
            put_formula(self._paragraph, element)
        elif tag in {"title", "desc"}:
            # Of a drawing, which is described by them as another picture by its alt.
            words = " ".join("".join(self._list_words(element)).split())
            self._paragraph.set_beside(words, DESCRIPTION, element)
        elif tag == "q":
            self._paragraph.put("“")
            self._walk_children(element, style, in_link=in_link, inline=inline)
            self._paragraph.put("”")
        elif tag == "text":
            self._walk_drawn_words(element, style, in_link=in_link, inline=inline)
        elif (branch := choose_branch(element)) is not None:
            self._walk_branch(element, branch, style, in_link=in_link, inline=inline)
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

    def _put_mark(self, element: _Element, style: Style, *, inline: int) -> None:
        if element.tag == "br":
            self._end_line(element, style, inline=inline)
        elif element.tag == "img":
            put_picture(self._paragraph, element, is_heading=style.level > 0)
        elif inline:
            self._paragraph.put(" ")
        else:
            self._flush(style)
            self._flow.add_scene_break()

    def _walk_row(self, row: _Element, style: Style, *, in_link: bool) -> None:
        """Read a table's row as one paragraph, a comma between the cells."""
        cells: list[str] = []
        around, self._paragraph.pieces = self._paragraph.pieces, []
        self._say(row, style, in_link=in_link, inline=1)
        for cell in row:
            self._walk(cell, style, in_link=in_link, inline=1)
            self._say_tail(cell, style, in_link=in_link, inline=1)
            words = tidy("".join(self._paragraph.pieces))
            self._paragraph.pieces = []
            if words:
                cells.append(words)
        self._paragraph.pieces = [*around, ", ".join(cells)]
        self._paragraph.plain += 1
        self._flush(style)

    def _walk_drawn_words(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        """Read the words of a drawing: a paragraph of their own, but where they stand in one."""
        stands_alone = not inline and not self._paragraph.has_words
        self._paragraph.put(" ")
        self._say(element, style, in_link=in_link, inline=inline)
        for child in element:
            if child.get("x") or child.get("y") or child.get("dy"):
                self._paragraph.put(" ")
            self._walk(child, style, in_link=in_link, inline=inline)
            self._say_tail(child, style, in_link=in_link, inline=inline)
        self._paragraph.put(" ")
        if stands_alone:
            self._flush(style)

    def _walk_branch(
        self, element: _Element, branch: _Element, style: Style, *, in_link: bool, inline: int
    ) -> None:
        """Read one branch of a switch; the others say the same."""
        self._say(element, style, in_link=in_link, inline=inline)
        for child in element:
            if child is branch:
                self._walk(child, style, in_link=in_link, inline=inline)
            else:
                self._set_beside(child, ALTERNATIVE, style, inline=inline)
            self._say_tail(child, style, in_link=in_link, inline=inline)

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
        if skip is None and is_code(element):
            skip = CODE
        level = heading_level(element) or level
        return Style(level=level, matter=matter, skip=skip, language=language, is_kept=is_kept)

    def _leave_out(self, element: _Element, style: Style, *, inline: int) -> bool:
        """Leave an element out, by name, where it is not read, or not here; False where it is."""
        if self._choices.footnotes == "paragraph" and element in self._note_elements:
            for each in element.iter("*"):
                self._mark(each)
            return True
        reason = why_unread(element)
        is_within = inline or element.tag not in BLOCKS
        if reason is None and is_within and style.skip == FOOTNOTE:
            is_note = element in self._note_elements or says_it_is_a_note(element)
            reason = FOOTNOTE if is_note else None
        if reason is None and style.skip is None and self._take_sign(element):
            reason = NOTE_SIGN
        if reason is None:
            return False
        self._set_beside(element, reason, style, inline=inline)
        return True

    def _set_beside(self, element: _Element, reason: str, style: Style, *, inline: int) -> None:
        """Skip what an element says: blocks where they are, words of a paragraph behind it."""
        is_within = inline or self._paragraph.has_words
        if not is_within and any(each.tag in BLOCKS for each in element.iter("*")):
            self._mark(element)
            left_out = replace(style, level=0, skip=style.skip or reason)
            self._walk_children(element, left_out, in_link=False, inline=0)
            self._flush(left_out)
            return
        words = " ".join("".join(self._list_words(element)).split())
        self._paragraph.set_beside(words, reason, element)

    def _list_words(self, element: _Element) -> Iterator[str]:
        """Yield all words of an element, but of notes that are read elsewhere."""
        self._mark(element)
        is_elsewhere = self._choices.footnotes == "paragraph" and element in self._note_elements
        if is_text(element) and not is_elsewhere:
            yield f" {element.text or ''}"
            for child in element.iterchildren("*"):
                yield from self._list_words(child)
                yield f" {child.tail or ''}"

    def _take_sign(self, element: _Element) -> bool:
        """Tell whether an element is the sign of a note, which is not read; keep in mind which note's."""
        if element.tag not in {"a", "noteref"}:
            return element.tag == "sup" and is_unlinked_sign(element, self._paragraph.end)
        is_sign = is_marker(element)
        target = self._page.resolve(element.get("href") or element.get("idref") or "")
        if target in self._notes.targets and (is_sign or is_reference(element)):
            self._paragraph.markers.append((element, target))
        return is_sign

    def _is_inner_link(self, element: _Element) -> bool:
        return element.tag == "a" and self._page.resolve(element.get("href", "")) is not None

    def _mark(self, element: _Element) -> None:
        for name in identities(element):
            self._flow.mark(f"{self._page.name}#{name}")

    def _say(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        """Add an element's text up to its first child."""
        keeps_lines = element.tag == "pre"
        self._put(element.text or "", style, in_link=in_link, inline=inline, keeps_lines=keeps_lines)

    def _say_tail(self, element: _Element, style: Style, *, in_link: bool, inline: int) -> None:
        """Add the text behind an element, which is its parent's."""
        above = element.getparent()
        keeps_lines = above is not None and above.tag == "pre"
        self._put(element.tail or "", style, in_link=in_link, inline=inline, keeps_lines=keeps_lines)

    def _put(self, words: str, style: Style, *, in_link: bool, inline: int, keeps_lines: bool) -> None:
        if keeps_lines:
            paragraphs = re.split(r"\n[ \t\r]*\n", words) if not inline else [words]
            for paragraph in paragraphs[:-1]:
                self._paragraph.put(paragraph.replace("\n", NEW_LINE))
                self._flush(style)
            words = paragraphs[-1].replace("\n", NEW_LINE)
        if words:
            self._paragraph.put(words, in_link=in_link)

    def _flush(self, style: Style) -> None:
        """End the paragraph that is being written, and add what belongs behind it."""
        done, self._paragraph = self._paragraph, OpenParagraph()
        before = len(self._flow.blocks)
        self._add(done.take_text(self._page.root), style, done.said)
        if len(self._flow.blocks) > before and done.links and not done.plain:
            self.link_blocks.append(before)
        self._flow.made += done.made
        for each in done.list_beside():
            is_read = each.reason == DESCRIPTION and self._choices.descriptions
            skip = style.skip or (None if is_read else each.reason)
            self._add(each.words, replace(style, level=0, skip=skip), element=each.element)
        if self._choices.footnotes == "paragraph" and style.skip is None:
            for link, target in done.markers:
                self._add(self._notes.say(target), replace(style, level=0), element=link)

    def _add(
        self,
        words: str,
        style: Style,
        said: list[SaidWords] | None = None,
        element: _Element | None = None,  # noqa: ARG002  (for readers that trace where words come from)
    ) -> None:
        """Add a block: the paragraph's own words, or what an element says beside it."""
        self._flow.add(words, style, said)
