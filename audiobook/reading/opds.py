"""An OPDS 1.2 catalogue (https://specs.opds.io/opds-1.2): Atom feeds of books, and of further feeds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from audiobook.errors import SourceError
from audiobook.reading.markup import parse_xml, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_ATOM = "{http://www.w3.org/2005/Atom}"
_ACQUISITION = "http://opds-spec.org/acquisition"
_FREE = {_ACQUISITION, f"{_ACQUISITION}/open-access"}
"""Ways to a whole book that ask for nothing; others are to buy, borrow or subscribe, or a sample."""

FORMATS = {
    "application/epub+zip": ".epub",
    "application/fb2+xml": ".fb2",
    "application/x-fictionbook+xml": ".fb2",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ".docx",
    "application/vnd.oasis.opendocument.text": ".odt",
    "text/html": ".html",
    "application/xhtml+xml": ".xhtml",
    "text/markdown": ".md",
    "text/plain": ".txt",
    "application/rtf": ".rtf",
    "application/x-mobipocket-ebook": ".mobi",
    "application/pdf": ".pdf",
}
"""Media types of what is read, that which tells most of a book first, and the endings of their files."""


_ROOT = re.compile(
    rb"(?:\xef\xbb\xbf)?(?:\s|<\?.*?\?>|<!--.*?-->)*"
    rb"<(?:\w+:)?(?:feed|entry)\b[^>]*http://www\.w3\.org/2005/Atom",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueBook:
    """A book of a catalogue, with the address and ending of the best of its files that narrate reads."""

    title: str
    authors: str
    url: str
    suffix: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BookCatalogue:
    """A feed: its books that can be had, further feeds by title and address, and how many can't be had."""

    title: str
    books: tuple[CatalogueBook, ...]
    feeds: tuple[tuple[str, str], ...]
    others: int


def is_catalogue(data: bytes) -> bool:
    """Tell whether what was fetched is an Atom feed or an entry of one."""
    return _ROOT.match(data[:4000]) is not None


def read_catalogue(data: bytes, url: str) -> BookCatalogue:
    """Read a feed, or a single entry, that was fetched from an address.  Raises `SourceError`."""
    root = parse_xml(data, url)
    if root.tag not in {f"{_ATOM}feed", f"{_ATOM}entry"}:
        raise SourceError(f"{url}: is no catalogue: expected an Atom feed, got <{root.tag}>")
    entries = [root] if root.tag == f"{_ATOM}entry" else root.findall(f"{_ATOM}entry")
    books, feeds, others = [], [], 0
    for entry in entries:
        title = _read(entry, "title") or "untitled"
        if book := _find_book(entry, title, url):
            books.append(book)
        elif feed := next(_find_feeds(entry, url), None):
            feeds.append((title, feed))
        else:
            others += 1
    more = [
        urljoin(url, link.get("href", ""))
        for link in root.findall(f"{_ATOM}link")
        if link.get("rel") == "next"
    ]
    return BookCatalogue(
        title=_read(root, "title") or url,
        books=tuple(books),
        feeds=(*feeds, *(("more of this", each) for each in more)),
        others=others,
    )


def _find_book(entry: _Element, title: str, url: str) -> CatalogueBook | None:
    found = [
        (list(FORMATS).index(kind), urljoin(url, link.get("href", "")), FORMATS[kind])
        for link in entry.findall(f"{_ATOM}link")
        if link.get("rel") in _FREE and link.get("href")
        if (kind := _media_type(link.get("type", ""))) in FORMATS
    ]
    if not found:
        return None
    _, address, suffix = min(found, key=lambda each: each[0])
    names = [_read(author, "name") for author in entry.findall(f"{_ATOM}author")]
    return CatalogueBook(title=title, authors=", ".join(filter(None, names)), url=address, suffix=suffix)


def _find_feeds(entry: _Element, url: str) -> Iterator[str]:
    for link in entry.findall(f"{_ATOM}link"):
        if _media_type(link.get("type", "")) == "application/atom+xml" and link.get("href"):
            yield urljoin(url, link.get("href", ""))


def _media_type(stated: str) -> str:
    return stated.partition(";")[0].strip().lower()


def _read(element: _Element, name: str) -> str:
    found = element.find(f"{_ATOM}{name}")
    return "" if found is None else " ".join(text_of(found).split())
