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
from audiobook.reading.markup import parse_xml, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element

_CONTAINER = "META-INF/container.xml"
_RIGHTS = "META-INF/rights.xml"
_ENCRYPTION = "META-INF/encryption.xml"
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
    """`spine` is in reading order, with whether an item belongs to it (`linear`)."""

    metadata: Metadata
    items: Mapping[str, Item]
    spine: tuple[tuple[Item, bool], ...]
    nav: Item | None
    ncx: Item | None
    cover: Item | None
    guide: tuple[tuple[str, str], ...]
    """(type, target) of EPUB 2's guide."""
    warnings: tuple[str, ...] = ()


def read_package(archive: Archive) -> Package:
    """Read an EPUB's package.  Raises `SourceError` where it is none, is broken, or is protected."""
    _refuse_protected(archive)
    if archive.find(_CONTAINER) is None:
        raise SourceError(f"{archive.source}: is no EPUB: {_CONTAINER} is missing from it")
    container = parse_xml(archive.read_markup(_CONTAINER), f"{archive.source}: {_CONTAINER}")
    paths = [rootfile.get("full-path", "") for rootfile in container.iter("{*}rootfile")]
    place = resolve("", paths[0]) if paths and paths[0] else None
    if place is None:
        raise SourceError(f"{archive.source}: {_CONTAINER} names no package inside the book")
    name = place[0]
    root = parse_xml(archive.read_markup(name), f"{archive.source}: {name}")
    items = _read_manifest(root, name, archive)
    spine, warnings = _read_spine(root, items, archive)
    return Package(
        metadata=_read_metadata(root),
        items={item.name: item for item in items.values()},
        spine=spine,
        nav=next((item for item in items.values() if "nav" in item.properties), None),
        ncx=_find_ncx(root, items),
        cover=_find_cover(root, items),
        guide=_read_guide(root, name, archive),
        warnings=warnings,
    )


def read_metadata(data: bytes, source: str) -> Metadata:
    """Read what a package that stands alone says about its book.  Raises `SourceError`."""
    return _read_metadata(parse_xml(data, source))


def _refuse_protected(archive: Archive) -> None:
    """Raise `SourceError` where a book is under digital rights management."""
    if archive.find(_ENCRYPTION):
        root = parse_xml(archive.read_markup(_ENCRYPTION), f"{archive.source}: {_ENCRYPTION}")
        methods = {method.get("Algorithm", "") for method in root.iter("{*}EncryptionMethod")}
        if methods - set(_FONT_MANGLING):
            raise SourceError(
                f"{archive.source}: is protected (DRM) and can't be read; "
                "buy or borrow it without protection, or ask its publisher"
            )
    if archive.find(_RIGHTS):
        raise SourceError(f"{archive.source}: is protected (DRM: {_RIGHTS}) and can't be read")


def _read_manifest(root: _Element, name: str, archive: Archive) -> dict[str, Item]:
    items = {}
    for element in root.iterfind("{*}manifest/{*}item"):
        place = resolve(name, element.get("href", ""))
        if place:
            items[element.get("id", "")] = Item(
                name=archive.find(place[0]) or place[0],
                media_type=element.get("media-type", "").lower(),
                properties=frozenset(element.get("properties", "").split()),
            )
    return items


def _read_spine(
    root: _Element, items: Mapping[str, Item], archive: Archive
) -> tuple[tuple[tuple[Item, bool], ...], tuple[str, ...]]:
    spine: dict[str, tuple[Item, bool]] = {}
    warnings = []
    for reference in root.iterfind("{*}spine/{*}itemref"):
        idref = reference.get("idref", "")
        item = items.get(idref)
        if item is None:
            warnings.append(
                f"{archive.source}: the reading order names {idref!r}, which the book does not have"
            )
        elif archive.find(item.name) is None:
            raise SourceError(f"{archive.source}: {item.name} is missing from it; the file is incomplete")
        else:
            spine.setdefault(item.name, (item, reference.get("linear", "yes") != "no"))
    if not spine:
        raise SourceError(f"{archive.source}: its package has no reading order (spine), and so no text")
    return tuple(spine.values()), tuple(warnings)


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
        language=next(iter(values("language")), None),
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
