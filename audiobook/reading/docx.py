"""DOCX: the document's XML becomes a page of HTML, and is read as that.

Source: ECMA-376 Part 1 (WordprocessingML), chapter 17; core properties in Part 2, chapter 11.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.archive import Archive
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.html import read_tree
from audiobook.reading.markup import parse_xml, text_of
from audiobook.reading.package import Metadata

if TYPE_CHECKING:
    from lxml.etree import _Element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_DOCUMENT = "word/document.xml"
_MAX_DOCUMENT = 20_000_000
"""Bytes of the document's XML, which is about ten times its text."""
_MAX_TAGS = 500_000
"""Angle brackets of all its parts; Word writes about one for a word at worst."""
_WRAPPERS = frozenset({"sdt", "sdtContent", "ins", "moveTo", "customXml", "smartTag"})
_TITLE_STYLES = frozenset({"title", "subtitle", "author", "date"})
_TITLE = 0
"""The "level" of what stands on the title page; those of headings begin at 2."""
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADING_STYLE = re.compile(
    r"(?:heading|überschrift|berschrift|titre|título|titolo|kop|rubrik)\s*([1-6])", re.IGNORECASE
)


def read_docx(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a DOCX.  Chapters begin at paragraphs in heading styles, or with an outline level.

    Deleted text, comments, headers, footers and hidden text are not read.  Raises `SourceError` where
    it is none, is broken, has a password, or holds nothing to speak.
    """
    source = str(path)
    if data.startswith(_OLE):
        raise SourceError(f"{source}: is an old .doc, or has a password; save it as .docx without one")
    with Archive(source, data, max_tags=_MAX_TAGS) as archive:
        if archive.find(_DOCUMENT) is None:
            raise SourceError(f"{source}: is no DOCX: {_DOCUMENT} is missing from it")
        document = _parse(archive, _DOCUMENT)
        converter = _Converter(_read_styles(archive))
        notes = {
            kind: _parse(archive, f"word/{kind}s.xml") if archive.find(f"word/{kind}s.xml") else None
            for kind in ("footnote", "endnote")
        }
        metadata = _read_properties(archive)
    root = converter.convert(document, notes)
    return read_tree(path, root, choices, metadata)


def _parse(archive: Archive, name: str) -> _Element:
    return parse_xml(archive.read_markup(name, _MAX_DOCUMENT), f"{archive.source}: {name}", _MAX_TAGS)


def _read_properties(archive: Archive) -> Metadata:
    if archive.find("docProps/core.xml") is None:
        return Metadata()
    root = _parse(archive, "docProps/core.xml")

    def value(name: str) -> str | None:
        element = root.find(f"{{*}}{name}")
        return (text_of(element) or None) if element is not None else None

    return Metadata(
        title=value("title"),
        author=value("creator"),
        language=value("language"),
        description=value("description"),
        identifiers=tuple(filter(None, [value("identifier")])),
    )


def _read_styles(archive: Archive) -> dict[str, int]:
    """Return the heading level of each paragraph style that has one, by the style's id."""
    levels: dict[str, int] = {}
    if archive.find("word/styles.xml") is None:
        return levels
    parents: dict[str, str] = {}
    for style in _parse(archive, "word/styles.xml").iter(f"{_W}style"):
        identity = style.get(f"{_W}styleId", "")
        name = _value(style.find(f"{_W}name"))
        outline = _value(style.find(f"{_W}pPr/{_W}outlineLvl"))
        named = _HEADING_STYLE.match(name)
        if name.lower() in _TITLE_STYLES:
            levels[identity] = _TITLE
        elif named:
            # Below the book's title, which has a style of its own.
            levels[identity] = min(6, int(named[1]) + 1)
        elif outline.isdigit() and int(outline) < 6:
            levels[identity] = min(6, int(outline) + 2)
        parents[identity] = _value(style.find(f"{_W}basedOn"))
    for identity, parent in parents.items():
        level = levels.get(parent, _TITLE)
        if identity not in levels and level != _TITLE and parents.get(parent, "") != identity:
            levels[identity] = level
    return levels


def _value(element: _Element | None) -> str:
    return element.get(f"{_W}val", "") if element is not None else ""


class _Converter:
    """Turns WordprocessingML into the elements that the reader of pages knows."""

    def __init__(self, levels: Mapping[str, int]) -> None:
        self._levels = levels
        self._is_instruction = False
        self._has_begun = False
        """Text that is no heading has been met."""
        self._words: list[str] = []
        """Of the paragraph so far, since its last element."""

    def convert(self, document: _Element, notes: Mapping[str, _Element | None]) -> _Element:
        from lxml import etree

        root = etree.Element("html")
        body = etree.SubElement(root, "body")
        start = document.find(f"{_W}body")
        if start is not None:
            self._blocks(start, body)
        for kind, part in notes.items():
            for note in part.iter(f"{_W}{kind}") if part is not None else ():
                if note.get(f"{_W}type") in {None, "normal"}:
                    aside = etree.SubElement(
                        body, "aside", role="doc-footnote", id=f"{kind}-{note.get(f'{_W}id')}"
                    )
                    self._blocks(note, aside)
        return root

    def _blocks(self, parent: _Element, out: _Element) -> None:
        from lxml import etree

        for child in parent:
            name = str(child.tag).removeprefix(_W)
            if name == "p":
                self._paragraph(child, out)
            elif name == "tbl":
                table = etree.SubElement(out, "table")
                for row in _inside(child, "tr"):
                    line = etree.SubElement(table, "tr")
                    for cell in _inside(row, "tc"):
                        self._blocks(cell, etree.SubElement(line, "td"))
            elif name in _WRAPPERS:
                is_contents = child.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
                if _value(is_contents) == "Table of Contents":
                    self._blocks(child, etree.SubElement(out, "nav", role="doc-toc"))
                else:
                    self._blocks(child, out)

    def _paragraph(self, paragraph: _Element, out: _Element) -> None:
        from lxml import etree

        self._is_instruction = False
        properties = paragraph.find(f"{_W}pPr")
        style = _value(properties.find(f"{_W}pStyle")) if properties is not None else ""
        outline = _value(properties.find(f"{_W}outlineLvl")) if properties is not None else ""
        level = self._levels.get(style, 0)
        if outline.isdigit() and int(outline) < 6:
            level = min(6, int(outline) + 2)
        if self._levels.get(style) == _TITLE and not self._has_begun:
            out = etree.SubElement(out, "section", role="doc-titlepage")
            level = 1
        elif self._levels.get(style) == _TITLE:
            # A title in the midst of the text heads a chapter.
            level = 2
        elif not level:
            self._has_begun = self._has_begun or any(
                (words.text or "").strip() for words in paragraph.iter(f"{_W}t")
            )
        if re.match(r"(?i)toc\s*\d", style):
            out = etree.SubElement(out, "nav", role="doc-toc")
        element = etree.SubElement(out, f"h{level}" if level else "p")
        language = next((_lang(r) for r in paragraph.iter(f"{_W}lang")), "") if not level else ""
        if language:
            element.set("lang", language)
        self._inline(paragraph, element)
        self._put_words(element)

    def _inline(self, parent: _Element, out: _Element) -> None:
        for child in parent:
            name = str(child.tag).removeprefix(_W)
            if name == "r":
                self._run(child, out)
            elif name in {
                "hyperlink",
                "ins",
                "moveTo",
                "smartTag",
                "sdt",
                "sdtContent",
                "fldSimple",
                "customXml",
            }:
                is_page = name == "fldSimple" and "PAGE" in child.get(f"{_W}instr", "").upper().split()
                if not is_page:
                    self._inline(child, out)

    def _run(self, run: _Element, out: _Element) -> None:
        from lxml import etree

        properties = run.find(f"{_W}rPr")
        if properties is not None and properties.find(f"{_W}vanish") is not None:
            return
        for child in run:
            name = str(child.tag).removeprefix(_W)
            if name == "fldChar":
                self._is_instruction = child.get(f"{_W}fldCharType") == "begin"
            elif name == "t" and not self._is_instruction:
                self._words.append(child.text or "")
            elif name == "tab":
                self._words.append(" ")
            elif name in {"br", "cr"}:
                if child.get(f"{_W}type") in {None, "textWrapping"}:
                    self._put_words(out)
                    etree.SubElement(out, "br")
            elif name == "noBreakHyphen":
                self._words.append("-")
            elif name in {"footnoteReference", "endnoteReference"}:
                target = f"#{name.removesuffix('Reference')}-{child.get(f'{_W}id')}"
                self._put_words(out)
                etree.SubElement(out, "a", role="doc-noteref", href=target).text = "*"
            elif name == "drawing":
                words = next((e.get("descr", "") for e in child.iter("{*}docPr")), "")
                self._put_words(out)
                etree.SubElement(out, "img", alt=words)

    def _put_words(self, out: _Element) -> None:
        """Add the words at an element's end."""
        words = "".join(self._words)
        self._words = []
        last = next(out.iterchildren(reversed=True), None)
        if last is not None:
            last.tail = (last.tail or "") + words
        else:
            out.text = (out.text or "") + words


def _inside(parent: _Element, name: str) -> Iterator[_Element]:
    """Yield a table's rows or a row's cells, those in wrappers too, but not those of tables within."""
    for child in parent:
        if child.tag == f"{_W}{name}":
            yield child
        elif str(child.tag).removeprefix(_W) in _WRAPPERS:
            yield from _inside(child, name)


def _lang(element: _Element) -> str:
    return element.get(f"{_W}val", "")
