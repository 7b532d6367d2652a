"""DOCX: the document's XML becomes a page of HTML, and is read as that.

Source: ECMA-376 Part 1 (WordprocessingML), chapter 17; core properties in Part 2, chapter 11.  "Strict Open
XML" is the same under other names (ISO/IEC 29500-1 annex A, and the transitional names in 29500-4).
"""

from __future__ import annotations

import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.archive import Archive
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.flow import SourceText
from audiobook.reading.html import read_tree
from audiobook.reading.markup import parse_xml, text_of
from audiobook.reading.package import Metadata
from audiobook.reading.proof import document_text
from audiobook.reading.wordprocessing import TITLE, Converter, W

if TYPE_CHECKING:
    from lxml.etree import _Element

_DOCUMENT = "word/document.xml"
_MAX_DOCUMENT = 20_000_000
"""Bytes of the document's XML, which is about ten times its text."""
_MAX_TAGS = 500_000
"""Angle brackets of all its parts; Word writes about one for a word at worst."""
_STRICT_NAMES = tuple(
    (
        f"http://purl.oclc.org/ooxml/{kind}/{name}".encode(),
        f"http://schemas.openxmlformats.org/{kind}/2006/{name}".encode(),
    )
    for kind, name in (("wordprocessingml", "main"), ("drawingml", "main"), ("officeDocument", "math"))
)
_TITLE_STYLES = frozenset({"title", "subtitle", "author", "date"})
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADING_STYLE = re.compile(
    r"(?:heading|überschrift|berschrift|titre|título|titolo|kop|rubrik)\s*([1-6])", re.IGNORECASE
)


def read_docx(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a DOCX.  Chapters begin at paragraphs in heading styles, or with an outline level.

    Deleted text, comments, headers, footers and hidden text are named as skipped.  Raises `SourceError` where
    it is none, is broken, has a password, or holds nothing to speak.
    """
    source = str(path)
    if data.startswith(_OLE):
        raise SourceError(f"{source}: is an old .doc, or has a password; save it as .docx without one")
    with Archive(source, data, max_tags=_MAX_TAGS) as archive:
        if archive.find(_DOCUMENT) is None:
            raise SourceError(f"{source}: is no DOCX: {_DOCUMENT} is missing from it")
        document = _parse(archive, _DOCUMENT)
        notes = {
            kind: _parse(archive, f"word/{kind}s.xml")
            for kind in ("footnote", "endnote")
            if archive.find(f"word/{kind}s.xml")
        }
        unread = {
            "comment": _read_parts(archive, "word/", "comments"),
            "running head": _read_parts(archive, "word/", "header", "footer"),
        }
        levels = _read_styles(archive)
        metadata = _read_properties(archive)
    root = Converter(levels).convert(document, notes, unread)
    parts = [document, *notes.values(), *chain(*unread.values())]
    return read_tree(path, root, choices, metadata, [SourceText("", document_text(part)) for part in parts])


def _parse(archive: Archive, name: str) -> _Element:
    data = archive.read_markup(name, _MAX_DOCUMENT)
    for strict, transitional in _STRICT_NAMES:
        data = data.replace(strict, transitional)
    return parse_xml(data, f"{archive.source}: {name}", _MAX_TAGS)


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
    for style in _parse(archive, "word/styles.xml").iter(f"{W}style"):
        identity = style.get(f"{W}styleId", "")
        name = _value(style.find(f"{W}name"))
        outline = _value(style.find(f"{W}pPr/{W}outlineLvl"))
        named = _HEADING_STYLE.match(name)
        if name.lower() in _TITLE_STYLES:
            levels[identity] = TITLE
        elif named:
            # Below the book's title, which has a style of its own.
            levels[identity] = min(6, int(named[1]) + 1)
        elif outline.isdigit() and int(outline) < 6:
            levels[identity] = min(6, int(outline) + 2)
        parents[identity] = _value(style.find(f"{W}basedOn"))
    for identity, parent in parents.items():
        level = levels.get(parent, TITLE)
        if identity not in levels and level != TITLE and parents.get(parent, "") != identity:
            levels[identity] = level
    return levels


def _value(element: _Element | None) -> str:
    return element.get(f"{W}val", "") if element is not None else ""


def _read_parts(archive: Archive, folder: str, *kinds: str) -> list[_Element]:
    """Return the parts of some kinds, of which a document may have several (header1, header2 …)."""
    pattern = re.compile(rf"{re.escape(folder)}(?:{'|'.join(kinds)})\d*\.xml")
    return [_parse(archive, name) for name in archive.names if pattern.fullmatch(name)]
