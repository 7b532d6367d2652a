"""HTML: one page, chapters by its headings."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.assembly import make_book, mark_link_lists
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.cuts import TITLE_PAGE, Cut, cuts_at_headings, mark_plain_headings
from audiobook.reading.flow import Flow
from audiobook.reading.gutenberg import HEADER, LICENCE, find_frame, find_notes
from audiobook.reading.markup import language_of, parse_page, text_of
from audiobook.reading.notes import Notes, collect_notes, collect_texts
from audiobook.reading.package import Metadata
from audiobook.reading.page import Page, PageReader

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = {
    "author": ("author", "dc.creator", "dcterms.creator"),
    "description": ("description", "dc.description"),
    "publisher": ("publisher", "dc.publisher"),
    "language": ("dc.language", "dcterms.language"),
}


def read_html(
    path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES, metadata: Metadata | None = None
) -> Book:
    """Read an HTML or XHTML file; `metadata` overrules what it says of itself.

    Raises `SourceError` where it holds nothing to speak.
    """
    if len(data) > MAX_MARKUP:
        raise SourceError(
            f"{path}: {len(data) / 1e6:.0f} MB of markup; at most {MAX_MARKUP / 1e6:.0f} MB are read"
        )
    return read_tree(path, parse_page(data, str(path)), choices, metadata)


def read_tree(path: Path, root: _Element, choices: ReadingChoices, metadata: Metadata | None = None) -> Book:
    """Make a book of a parsed page; `metadata` overrules what the page says of itself."""
    metadata = metadata or read_page_metadata(root)
    flow = Flow(str(path))
    notes = Notes()
    collect_notes(root, _resolve, notes)
    collect_texts(root, "", notes)
    page = Page(name="", root=root, resolve=_resolve, language=metadata.language or "")
    reader = PageReader(flow, page, notes, choices)
    reader.read()
    mark_link_lists(flow, reader.link_blocks)
    metadata = _leave_out_frame(flow, metadata)
    if metadata.title is None:
        metadata = replace(metadata, title=_title_of(flow))
    return make_book(path, flow, _find_cuts(flow, metadata), choices=choices, metadata=metadata)


def _title_of(flow: Flow) -> str | None:
    """Return the first heading, where all other headings are below it."""
    headings = [block for block in flow.blocks if block.level and block.skip is None]
    if not headings or any(block.level <= headings[0].level for block in headings[1:]):
        return None
    if len(headings) == 1 and headings[0].level > 1:
        return None
    return " ".join(flow.text[headings[0].start : headings[0].end].split())


def _find_cuts(flow: Flow, metadata: Metadata) -> list[Cut]:
    """Find the chapters; a heading that names the author or the book alone is none."""
    text = flow.text
    author = (metadata.author or "").casefold()
    for block in [block for block in flow.blocks if block.skip is None][:8]:
        words = " ".join(text[block.start : block.end].split()).casefold()
        if block.level and words.startswith("by ") and (not author or author in words):
            block.matter = TITLE_PAGE
    mark_plain_headings(flow)
    return cuts_at_headings(flow)


def _resolve(href: str) -> str | None:
    return href if href.startswith("#") and len(href) > 1 else None


def read_page_metadata(root: _Element) -> Metadata:
    """Read title, author and language of a page's head."""
    named: dict[str, str] = {}
    for meta in root.iter("meta"):
        content = " ".join(meta.get("content", "").split())
        if content:
            named.setdefault(meta.get("name", "").lower(), content)
    values = {
        field: next((named[name] for name in names if name in named), None) for field, names in _NAMES.items()
    }
    title_element = root.find(".//title")
    title = text_of(title_element) if title_element is not None else ""
    author = values["author"]
    before, by, after = title.rpartition(", by ")
    if by and author in {None, after}:
        title, author = before, after
    body = root.find("body")
    language = language_of(root) or (language_of(body) if body is not None else "") or values["language"]
    return Metadata(
        title=title or None,
        author=author,
        language=language or None,
        description=values["description"],
        publisher=values["publisher"],
    )


def _leave_out_frame(flow: Flow, metadata: Metadata) -> Metadata:
    """Leave out Project Gutenberg's header, licence and notes; its header knows title and author best."""
    text = flow.text
    frame = find_frame(text)
    if frame is None:
        return metadata
    inside = []
    for block in flow.blocks:
        if block.end <= frame.start:
            block.skip = HEADER
        elif block.start >= frame.end:
            block.skip = LICENCE
        elif block.start < frame.start:
            block.skip = HEADER
        elif block.skip is None:
            inside.append(block)
    for index, reason in find_notes([text[block.start : block.end] for block in inside]).items():
        inside[index].skip = reason
    return replace(
        metadata,
        title=frame.values.get("title", metadata.title),
        author=frame.values.get("author", metadata.author),
        language=metadata.language or frame.values.get("language"),
    )
