"""A source EPUB as it has to be known for taking it over: its package, its pages, what its links lead to."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.reading.archive import Archive, resolve
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.flaws import Flaws
from audiobook.reading.package import Package, read_package

if TYPE_CHECKING:
    from lxml.etree import _Element

PAGE_TYPES = frozenset({"application/xhtml+xml", "text/html", "text/x-oeb1-document"})
XHTML = "application/xhtml+xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceItem:
    """A file that the package lists; `name` is its path in the archive."""

    identity: str
    name: str
    media_type: str
    properties: frozenset[str]
    fallback: str

    @property
    def is_page(self) -> bool:
        """Whether it holds text."""
        return self.media_type in PAGE_TYPES


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceEpub:
    """`is_modern` says that it is an EPUB 3 with a navigation document."""

    source: str
    archive: Archive
    package: Package
    items: tuple[SourceItem, ...]
    is_modern: bool

    @property
    def folder(self) -> str:
        """A folder of the archive that is not taken, with a slash at its end."""
        base = posixpath.dirname(self.package.name)
        stem = posixpath.join(base, "narrate")
        while any(item.name.startswith(f"{stem}/") for item in self.items):
            stem += "-2"
        return f"{stem}/"

    def resolver(self, base: str) -> Callable[[str], tuple[str, str] | None]:
        """Return what resolves the links of a file to a member's own name and a fragment."""

        def resolve_link(link: str) -> tuple[str, str] | None:
            place = resolve(base, link)
            if place is None:
                return None
            return self.archive.find(place[0]) or place[0], place[1]

        return resolve_link

    def read(self, name: str) -> bytes:
        """Return the bytes of a page or another file of markup.  Raises `SourceError`."""
        return self.archive.read(name, MAX_MARKUP)


def open_source(source: str, archive: Archive) -> SourceEpub:
    """Read what there is to know of a source.  Raises `SourceError`."""
    package = read_package(archive, Flaws())
    return SourceEpub(
        source=source,
        archive=archive,
        package=package,
        items=tuple(_list_items(package.root, package.name, archive).values()),
        is_modern=package.root.get("version", "").startswith("3") and package.nav is not None,
    )


def _list_items(root: _Element, name: str, archive: Archive) -> Mapping[str, SourceItem]:
    """Return the listed files that are there, each once."""
    items: dict[str, SourceItem] = {}
    for element in root.iterfind("{*}manifest/{*}item"):
        place = resolve(name, element.get("href", ""))
        own = archive.find(place[0]) if place else None
        if own is not None and own not in items and own != name and not own.endswith("/"):
            items[own] = SourceItem(
                identity=element.get("id", ""),
                name=own,
                media_type=element.get("media-type", "").strip().lower(),
                properties=frozenset(element.get("properties", "").split()),
                fallback=element.get("fallback", ""),
            )
    return items
