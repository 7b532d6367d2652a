"""An EPUB's package: what the book is called, what it is made of, in which order.

Sources: EPUB 3.3 (https://www.w3.org/TR/epub-33/) sections 4 and 5, OPF 2.0.1 (https://idpf.org/epub/20/spec/).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.reading.archive import Archive, resolve
from audiobook.reading.flaws import Flaws
from audiobook.reading.markup import parse_xml, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_ENCRYPTION = "META-INF/encryption.xml"
PAGES = frozenset(
    {
        "application/xhtml+xml",
        "text/html",
        "application/x-dtbook+xml",
        "text/x-oeb1-document",
        "image/svg+xml",
    }
)
"""Media types of pages of text."""
_OPF = "{http://www.idpf.org/2007/opf}"
# Fonts are mangled in free books too (EPUB 3.3 section 4.4; Adobe's older way); that is no protection.
_FONT_MANGLING = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file of the book: its name in the archive, media type and properties."""

    name: str
    media_type: str
    properties: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """What the package says about the book; see `Book` for the fields."""

    title: str | None = None
    author: str | None = None
    language: str | None = None
    year: str | None = None
    series: str | None = None
    series_part: str | None = None
    description: str | None = None
    publisher: str | None = None
    identifiers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """`spine` is in reading order, with whether an item belongs to it (`linear`).

    `name` is the package document's own in the archive, `root` the document.
    """

    name: str
    root: _Element
    metadata: Metadata
    items: Mapping[str, Item]
    spine: tuple[tuple[Item, bool], ...]
    nav: Item | None
    ncx: Item | None
    cover: Item | None
    guide: tuple[tuple[str, str], ...]
    """(type, target) of EPUB 2's guide."""


def read_package(archive: Archive, flaws: Flaws) -> Package:
    """Read an EPUB's package, and note what is wrong with it.

    Raises `SourceError` where it is none, is protected, or too broken to tell what the book is made of.
    """
    _refuse_protected(archive, flaws)
    name = _find_document(archive, flaws)
    root = parse_xml(archive.read_markup(name), f"{archive.source}: {name}", flaws=flaws)
    manifest = _read_manifest(root, name, archive)
    items = {identity: found[0] for identity, found in manifest.items()}
    spine = _read_spine(root, name, manifest, archive, flaws)
    every = [item for found in manifest.values() for item in found]
    return Package(
        name=name,
        root=root,
        metadata=_read_metadata(root),
        items={item.name: item for item in (*every, *(item for item, _ in spine))},
        spine=spine,
        nav=next((item for item in every if "nav" in item.properties), None),
        ncx=_find_ncx(root, items),
        cover=_find_cover(root, items),
        guide=_read_guide(root, name, archive),
    )


def _find_document(archive: Archive, flaws: Flaws) -> str:
    """Return the name of the package's document: as the container says, else the only one there is."""
    place = None
    if archive.find(_CONTAINER):
        where = f"{archive.source}: {_CONTAINER}"
        container = parse_xml(archive.read_markup(_CONTAINER), where, flaws=flaws)
        paths = [rootfile.get("full-path", "") for rootfile in container.iter("{*}rootfile")]
        place = resolve("", paths[0]) if paths and paths[0] else None
        name = archive.find(place[0]) if place else None
        if name:
            return name
    packages = archive.list_names(".opf")
    if len(packages) == 1:
        flaws.note(f"{archive.source}: {_CONTAINER}", f"is missing or wrong; {packages[0]} is read")
        return packages[0]
    if archive.find(_CONTAINER) is None:
        raise SourceError(f"{archive.source}: is no EPUB: {_CONTAINER} is missing from it")
    if place is None:
        raise SourceError(f"{archive.source}: {_CONTAINER} names no package inside the book")
    raise SourceError(f"{archive.source}: {place[0]} is missing from it; the file is incomplete")


def read_metadata(data: bytes, source: str) -> Metadata:
    """Read what a package that stands alone says about its book.  Raises `SourceError`."""
    return _read_metadata(parse_xml(data, source))


def _refuse_protected(archive: Archive, flaws: Flaws) -> None:
    """Raise `SourceError` where a book is under digital rights management."""
    if archive.find(_ENCRYPTION):
        where = f"{archive.source}: {_ENCRYPTION}"
        root = parse_xml(archive.read_markup(_ENCRYPTION), where, flaws=flaws)
        methods = {method.get("Algorithm", "") for method in root.iter("{*}EncryptionMethod")}
        if methods - set(_FONT_MANGLING):
            raise SourceError(
                f"{archive.source}: is protected (DRM) and can't be read; "
                "buy or borrow it without protection, or ask its publisher"
            )
    if archive.find(_RIGHTS):
        raise SourceError(f"{archive.source}: is protected (DRM: {_RIGHTS}) and can't be read")


def _read_manifest(root: _Element, name: str, archive: Archive) -> dict[str, list[Item]]:
    """Return the items by their ids; several may have one id, in books that are wrong."""
    items: dict[str, list[Item]] = {}
    for element in root.iterfind("{*}manifest/{*}item"):
        place = resolve(name, element.get("href", ""))
        if place:
            item = Item(
                name=archive.find(place[0]) or archive.find_alike(place[0]) or place[0],
                media_type=element.get("media-type", "").strip().lower(),
                properties=frozenset(element.get("properties", "").split()),
            )
            items.setdefault(element.get("id", ""), []).append(item)
    return items


def _read_spine(
    root: _Element, name: str, manifest: Mapping[str, list[Item]], archive: Archive, flaws: Flaws
) -> tuple[tuple[Item, bool], ...]:
    """Return the reading order; what it names and the book does not have is noted."""
    spine: dict[str, tuple[Item, bool]] = {}
    left = {identity: list(items) for identity, items in manifest.items()}
    by_name = {item.name: item for items in manifest.values() for item in items}
    for reference in root.iterfind("{*}spine/{*}itemref"):
        idref = reference.get("idref", "")
        # Where several items have one id, each reference means the next of them.
        found = left.get(idref, [])
        item = found.pop(0) if len(found) > 1 else found[0] if found else None
        if item is None:
            place = resolve(name, idref)
            member = archive.find(place[0]) if place and place[0] else None
            item = by_name.get(member or "") or _make_item(member)
            flaws.note(archive.source, f"the reading order names {idref!r}, which the book does not have")
        if item is not None and archive.find(item.name) is None:
            flaws.note(f"{archive.source}: {item.name}", "is missing from the book; the rest of it is read")
        elif item is not None:
            spine.setdefault(item.name, (item, reference.get("linear", "yes") != "no"))
    if not spine:
        pages = [item for items in manifest.values() for item in items if archive.find(item.name)]
        spine = {item.name: (item, True) for item in pages if item.media_type in PAGES}
        flaws.note(archive.source, "has no reading order (spine); its pages are read as they are listed")
    if not spine:
        raise SourceError(f"{archive.source}: its package has no reading order (spine), and so no text")
    return tuple(spine.values())


def _make_item(member: str | None) -> Item | None:
    return Item(name=member, media_type="", properties=frozenset()) if member else None


def _find_ncx(root: _Element, items: Mapping[str, Item]) -> Item | None:
    spine = root.find("{*}spine")
    named = items.get(spine.get("toc", "")) if spine is not None else None
    of_type = (item for item in items.values() if item.media_type == "application/x-dtbncx+xml")
    return named or next(of_type, None)


def _find_cover(root: _Element, items: Mapping[str, Item]) -> Item | None:
    """Find the cover's picture: by its property (EPUB 3), by `meta name="cover"`, by its id."""
    for item in items.values():
        if "cover-image" in item.properties:
            return item
    names = [meta.get("content", "") for meta in root.iter("{*}meta") if meta.get("name") == "cover"]
    found = [items[name] for name in (*names, "cover-image", "cover") if name in items]
    return next((item for item in found if item.media_type.startswith("image/")), None)


def _read_guide(root: _Element, name: str, archive: Archive) -> tuple[tuple[str, str], ...]:
    found = []
    for reference in root.iterfind("{*}guide/{*}reference"):
        place = resolve(name, reference.get("href", ""))
        if place:
            found.append(
                (
                    reference.get("type", ""),
                    "#".join(filter(None, (archive.find(place[0]) or place[0], place[1]))),
                )
            )
    return tuple(found)


def _read_metadata(root: _Element) -> Metadata:
    metadata = root.find("{*}metadata")
    if metadata is None:
        return Metadata()
    refined: dict[str, dict[str, str]] = {}
    named: dict[str, str] = {}
    for meta in metadata.iter("{*}meta"):
        about = meta.get("refines", "").removeprefix("#")
        if about:
            refined.setdefault(about, {}).setdefault(meta.get("property", ""), text_of(meta))
        elif meta.get("name"):
            named.setdefault(meta.get("name", ""), " ".join(meta.get("content", "").split()))

    def values(name: str) -> list[str]:
        found = (text_of(element) for element in metadata.iter(f"{{*}}{name}"))
        return [value for value in found if value]

    series, part = _read_series(metadata, refined, named)
    years = [match[0] for date in _dates(metadata) if (match := re.search(r"\d{4}", date))]
    return Metadata(
        title=_read_title(metadata, refined),
        author="; ".join(_read_authors(metadata, refined)) or None,
        language="; ".join(values("language")) or None,
        year=years[0] if years else None,
        series=series,
        series_part=part,
        description=_plain(next(iter(values("description")), "")) or None,
        publisher=next(iter(values("publisher")), None),
        identifiers=tuple(dict.fromkeys(values("identifier"))),
    )


def _read_title(metadata: _Element, refined: Mapping[str, Mapping[str, str]]) -> str | None:
    """Return the main title; without one, the first."""
    titles = [(element.get("id", ""), text_of(element)) for element in metadata.iter("{*}title")]
    main = [words for name, words in titles if refined.get(name, {}).get("title-type") == "main"]
    return next((words for words in (*main, *(words for _, words in titles)) if words), None)


def _read_authors(metadata: _Element, refined: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the creators who are authors; all of them where none is called one."""
    authors: dict[str, None] = {}
    creators: dict[str, None] = {}
    for element in metadata.iter("{*}creator"):
        words = text_of(element)
        role = refined.get(element.get("id", ""), {}).get("role") or element.get(f"{_OPF}role") or ""
        if words and words not in creators:
            creators[words] = None
            if role in {"", "aut"}:
                authors[words] = None
    return list(authors or creators)


def _read_series(
    metadata: _Element, refined: Mapping[str, Mapping[str, str]], named: Mapping[str, str]
) -> tuple[str | None, str | None]:
    """Return a series and the book's place in it: as EPUB 3 says it, else as Calibre does."""
    for meta in metadata.iter("{*}meta"):
        details = refined.get(meta.get("id", ""), {})
        if meta.get("property") == "belongs-to-collection" and details.get("collection-type") == "series":
            return text_of(meta), details.get("group-position")
    name = named.get("calibre:series")
    index = named.get("calibre:series_index", "")
    return name or None, (re.sub(r"\.0+$", "", index) or None) if name else None


def _dates(metadata: _Element) -> list[str]:
    """Return the dates, that of publication first."""
    dates = [(element.get(f"{_OPF}event", ""), text_of(element)) for element in metadata.iter("{*}date")]
    order = {"publication": 0, "original-publication": 0, "": 1, "creation": 2}
    return [date for event, date in sorted(dates, key=lambda pair: order.get(pair[0], 3)) if event in order]


def _plain(description: str) -> str:
    """Take markup out of a description (Calibre and Standard Ebooks write HTML there)."""
    return " ".join(re.sub(r"<[^>]{0,500}>", " ", description).split())
