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
from audiobook.reading.archive import Archive, OversizeError
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.docx_chunks import read_chunks
from audiobook.reading.flaws import Flaws
from audiobook.reading.flow import SourceText
from audiobook.reading.html import read_tree
from audiobook.reading.markup import parse_xml, text_of
from audiobook.reading.package import Metadata
from audiobook.reading.proof import document_text, page_text
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
    flaws = Flaws()
    with Archive(source, data, max_tags=_MAX_TAGS) as archive:
        if archive.find(_DOCUMENT) is None:
            raise SourceError(f"{source}: is no DOCX: {_DOCUMENT} is missing from it")
        document = _parse(archive, _DOCUMENT, flaws)
        notes = _read_notes(archive, document, flaws)
        unread = {
            "comment": _read_parts(archive, flaws, "comments"),
            "running head": _read_parts(archive, flaws, "header", "footer"),
        }
        chunks = read_chunks(archive, _DOCUMENT, document, flaws)
        levels = _read_styles(archive, flaws)
        metadata = _read_properties(archive, flaws)
    parts = [document, *notes.values(), *chain(*unread.values())]
    sources = [SourceText("", document_text(part)) for part in parts]
    sources += [SourceText("", page_text(page)) for page in chunks.values()]
    root = Converter(levels, chunks).convert(document, notes, unread)
    return read_tree(path, root, choices, metadata, sources, warnings=flaws.warnings)


def _parse(archive: Archive, name: str, flaws: Flaws) -> _Element:
    data = archive.read_markup(name, _MAX_DOCUMENT)
    for strict, transitional in _STRICT_NAMES:
        data = data.replace(strict, transitional)
    return parse_xml(data, f"{archive.source}: {name}", _MAX_TAGS, flaws)


def _parse_side(archive: Archive, name: str, flaws: Flaws) -> _Element | None:
    """Return a part that the text can be read without, or None where it is missing or broken."""
    if archive.find(name) is None:
        return None
    try:
        return _parse(archive, name, flaws)
    except OversizeError:
        raise
    except SourceError as error:
        flaws.note(str(error), "the text is read without it")
        return None


def _read_notes(archive: Archive, document: _Element, flaws: Flaws) -> dict[str, _Element]:
    """Return the parts with footnotes and endnotes, by the names of the elements in them."""
    notes: dict[str, _Element] = {}
    for kind in ("footnote", "endnote"):
        name = f"word/{kind}s.xml"
        part = _parse_side(archive, name, flaws)
        if part is not None:
            notes[kind] = part
        elif archive.find(name) is None and next(document.iter(f"{W}{kind}Reference"), None) is not None:
            flaws.note(f"{archive.source}: {name}", "is missing; the text refers to notes in it")
    return notes


def _read_properties(archive: Archive, flaws: Flaws) -> Metadata:
    root = _parse_side(archive, "docProps/core.xml", flaws)
    if root is None:
        return Metadata()

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


def _read_styles(archive: Archive, flaws: Flaws) -> dict[str, int]:
    """Return the heading level of each paragraph style that has one, by the style's id."""
    levels: dict[str, int] = {}
    parents: dict[str, str] = {}
    styles = _parse_side(archive, "word/styles.xml", flaws)
    for style in styles.iter(f"{W}style") if styles is not None else ():
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


def _read_parts(archive: Archive, flaws: Flaws, *kinds: str) -> list[_Element]:
    """Return the parts of some kinds, of which a document may have several (header1, header2 …)."""
    pattern = re.compile(rf"word/(?:{'|'.join(kinds)})\d*\.xml")
    parts = (_parse_side(archive, name, flaws) for name in archive.names if pattern.fullmatch(name))
    return [part for part in parts if part is not None]
