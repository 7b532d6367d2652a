"""HTML: one page, chapters by its headings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.languages import read_tag
from audiobook.model import Book
from audiobook.reading.assembly import add_unread_notes, make_book, mark_link_lists
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.cuts import TITLE_PAGE, Cut, cuts_at_headings, mark_book_title, mark_plain_headings
from audiobook.reading.flow import Flow, SourceText
from audiobook.reading.gutenberg import mark_frame
from audiobook.reading.line_breaks import part_glued, part_lines
from audiobook.reading.links import Links
from audiobook.reading.markup import language_of, parse_page, text_of
from audiobook.reading.navigation import mark_navigation
from audiobook.reading.package import Metadata
from audiobook.reading.page import Page, PageReader
from audiobook.reading.proof import page_text
from audiobook.reading.written_notes import mark_written_notes

if TYPE_CHECKING:
    from lxml.etree import _Element

_NAMES = {
    "author": ("author", "dc.creator", "dcterms.creator"),
    "description": ("description", "dc.description"),
    "publisher": ("publisher", "dc.publisher"),
    "language": ("dc.language", "dcterms.language", "content-language"),
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


def read_tree(
    path: Path,
    root: _Element,
    choices: ReadingChoices,
    metadata: Metadata | None = None,
    sources: Sequence[SourceText] = (),
    *,
    warnings: tuple[str, ...] = (),
) -> Book:
    """Make a book of a parsed page; `metadata` overrules what the page says of itself.

    `sources` are the texts of what the page was made from, if it is not the source itself; `warnings` tell
    what was mended or left out by then.
    """
    metadata = metadata or read_page_metadata(root)
    flow = Flow(str(path))
    flow.sources += sources or [SourceText("", page_text(root))]
    links = Links()
    links.collect(root, "", _resolve)
    notes = links.settle()
    if choices.footnotes == "paragraph":
        notes.keep_texts(root, "")
    page = Page(name="", root=root, resolve=_resolve, language=read_tag(metadata.language))
    reader = PageReader(flow, page, notes, choices)
    reader.read()
    add_unread_notes(flow, notes)
    mark_link_lists(flow, reader.link_blocks)
    flow.blocks = part_glued(part_lines(flow.blocks, flow.text), flow.text)
    return make_flow_book(path, flow, metadata, choices, warnings=warnings)


def make_flow_book(
    path: Path,
    flow: Flow,
    metadata: Metadata,
    choices: ReadingChoices,
    cuts: Sequence[Cut] = (),
    *,
    warnings: tuple[str, ...] = (),
) -> Book:
    """Make a book of one flow, with the chapters that its headings tell, where no `cuts` do."""
    metadata = _leave_out_frame(flow, metadata)
    mark_navigation(flow.blocks, flow.text)
    if choices.footnotes == "skip":
        mark_written_notes(flow.blocks, flow.text)
    if metadata.title is None:
        metadata = replace(metadata, title=_title_of(flow))
    found = cuts or _find_cuts(flow, metadata)
    return make_book(path, flow, found, choices=choices, metadata=metadata, warnings=warnings)


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
    mark_book_title(flow, metadata.title or "", metadata.author or "")
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
            named.setdefault((meta.get("name") or meta.get("http-equiv") or "").lower(), content)
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
    stated = (language_of(root), language_of(body) if body is not None else "", values["language"])
    return Metadata(
        title=title or None,
        author=author,
        language="; ".join(filter(None, stated)) or None,
        description=values["description"],
        publisher=values["publisher"],
    )


def _leave_out_frame(flow: Flow, metadata: Metadata) -> Metadata:
    """Leave out Project Gutenberg's header, licence and notes; its header knows title and author best."""
    values = mark_frame(flow)
    return replace(
        metadata,
        title=values.get("title", metadata.title),
        author=values.get("author", metadata.author),
        language=metadata.language or values.get("language"),
    )
