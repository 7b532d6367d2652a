"""A page of (X)HTML becomes blocks of a flow: what is read, what is left out, and where links lead."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from audiobook.model import Pronunciation
from audiobook.reading.choices import ReadingChoices
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

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form header hgroup html legend li main menu nav ol p pre section summary table tbody td"
    " tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
_UNREAD = frozenset(
    "head script style template noscript rt rp rtc svg audio video object embed iframe canvas input button"
    " select textarea map".split()
)
_SECTIONS = frozenset(
    "body section nav article aside div ol ul dl header footer main figure p blockquote".split()
)
_HEADING = re.compile(r"h([1-6])")
_PAGE_CLASS = re.compile(r"^(?:page-?num(?:ber)?s?|page-?no|pagebreak|pb|newpage|folio)$", re.IGNORECASE)
_LINE_CLASS = re.compile(r"^(?:l(?:ine)?[-_]?num(?:ber)?s?|linenum)$", re.IGNORECASE)
_VERSE_CLASS = re.compile(
    r"^(?:line-?group|stanza|verse|poem|poetry|lg|canto|strophe|linegroup)$", re.IGNORECASE
)
_VERSE_TYPES = frozenset({"z3998:verse", "z3998:poem", "z3998:song", "z3998:hymn", "verse", "poem"})
_BREAK_CLASS = re.compile(
    r"^(?:scene|section|thought|space|text|story)[-_]?break$|^(?:ornament|asterism|tb|scenebreak)$",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_NO_DESCRIPTION = re.compile(
    r"\W*(?:(?:cover|title[ -]?page|book)?\W*"
    r"(?:image|picture|illustration|photo|figure|cover|logo|decoration)?(?: \d+)?"
    r"|\S+\.(?:jpe?g|png|gif|svg|webp)|\[?image unavailable.*)\W*",
    re.IGNORECASE,
)


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
                if note is not None and not any(_HEADING.fullmatch(child.tag) for child in note.iter("*")):
                    found.add(note)
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
        if not isinstance(tag, str) or tag in _UNREAD or self._is_hidden(element):
            self._mark(element)
            return
        style = self._style(element, style)
        is_block = tag in _BLOCKS
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
            self._take_picture(element)
        elif tag == "math":
            self._buffer.append(element.get("alttext") or text_of(element))
        elif tag == "q":
            self._buffer.append("“")
            self._walk_children(element, style, in_link=in_link, inline=inline)
            self._buffer.append("”")
        elif tag == "tr" and not inline and _is_data_row(element):
            self._walk_row(element, style, in_link=in_link)
        elif not inline and _is_stanza(element):
            self._walk_children(element, style, in_link=in_link, inline=2)
            self._flush(style)
        else:
            if tag in {"p", "div"} and any(_BREAK_CLASS.match(c) for c in element.get("class", "").split()):
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
        if types and element.tag in _SECTIONS:
            matter = matter or matter_of_types(types)
        if (
            skip is None
            and matter != "notes"
            and (element in self._note_elements or says_it_is_a_note(element))
        ):
            skip = FOOTNOTE
        heading = _HEADING.fullmatch(element.tag)
        if heading:
            level = int(heading[1])
        elif element.get("role") == "heading":
            level = min(6, max(1, int(re.sub(r"\D", "", element.get("aria-level", "")) or 2)))
        elif element.tag == "hgroup":
            first = next((child for child in element if _HEADING.fullmatch(str(child.tag))), None)
            level = int(first.tag[1]) if first is not None else level
        return Style(level=level, matter=matter, skip=skip, language=language)

    def _is_hidden(self, element: _Element) -> bool:
        return (
            element.get("hidden") is not None
            or element.get("aria-hidden") == "true"
            or _HIDDEN.search(element.get("style", "")) is not None
        )

    def _is_left_out(self, element: _Element) -> bool:
        """Tell whether an element is a page's or line's number, or a note that is read elsewhere."""
        classes = element.get("class", "").split()
        if {"pagebreak", "doc-pagebreak"} & set(types_of(element)):
            return True
        if any(_PAGE_CLASS.match(c) or _LINE_CLASS.match(c) for c in classes) and len(text_of(element)) < 20:
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

    def _take_picture(self, image: _Element) -> None:
        words = " ".join(image.get("alt", "").split())
        if len(words) == 1 and words.isalpha() and not "".join(self._buffer).strip():
            # A picture of a chapter's first letter.
            self._buffer.append(words)
        elif words and not _NO_DESCRIPTION.fullmatch(words):
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


def _is_data_row(row: _Element) -> bool:
    """Tell a row of data from one that lays out a page."""
    if len(row) < 2:
        return False
    return not any(child.tag in {"table", "h1", "h2", "h3"} for child in row.iter("*")) and all(
        len(cell.findall(".//p")) < 2 for cell in row
    )


def _is_verse(element: _Element) -> bool:
    return any(_VERSE_CLASS.match(c) for c in element.get("class", "").split()) or bool(
        _VERSE_TYPES & set(types_of(element))
    )


def _is_stanza(element: _Element) -> bool:
    """Tell whether an element's blocks are a poem's lines."""
    if element.tag not in {"div", "section", "p", "ul", "ol", "blockquote"} or not _is_verse(element):
        return False
    inner = [child for child in element.iter("*") if child is not element]
    return not any(
        _HEADING.fullmatch(child.tag)
        or (child.tag == "p" and child.find(".//br") is not None)
        or _is_verse(child)
        for child in inner
    )
