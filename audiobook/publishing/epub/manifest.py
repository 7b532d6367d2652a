"""The source's files and reading order, in the new package."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from audiobook.publishing.epub.opf import PackageFile
from audiobook.publishing.epub.overlay import Overlay
from audiobook.publishing.epub.source import PAGE_TYPES, XHTML, SourceEpub, SourceItem
from audiobook.reading.markup import XML_NS

_NCNAME = re.compile(r"[A-Za-z_][\w.-]*")
_TYPES = {
    "image/jpg": "image/jpeg",
    "text/x-oeb1-css": "text/css",
    "text/javascript": "application/javascript",
}
_FONTS = {"ttf": "font/ttf", "otf": "font/otf", "woff": "font/woff", "woff2": "font/woff2"}
_SPINE_TYPES = PAGE_TYPES | {"image/svg+xml"}


def set_root(package: PackageFile, epub: SourceEpub) -> None:
    """Take over the attributes of the package itself."""
    keys = [f"{{{XML_NS}}}lang", *(("dir", "prefix") if epub.is_modern else ())]
    for key in keys:
        value = epub.package.root.get(key)
        if value and value.strip():
            package.root.set(key, value)


def list_files(
    package: PackageFile,
    epub: SourceEpub,
    items: Sequence[SourceItem],
    properties: Mapping[str, frozenset[str]],
    overlays: Mapping[str, Overlay],
) -> dict[str, str]:
    """Add the files to the manifest, and return their ids by their names."""
    cover = epub.package.cover
    known = {item.identity for item in items}
    taken: set[str] = set()
    identities: dict[str, str] = {}
    for number, item in enumerate(items, 1):
        identity = item.identity
        if not _NCNAME.fullmatch(identity) or identity in taken:
            identity = f"narrate-item-{number}"
        taken.add(identity)
        identities[item.name] = identity
        own = set(properties.get(item.name, item.properties if epub.is_modern else ()))
        own |= item.properties & {"nav", "cover-image"} if epub.is_modern else set()
        if cover is not None and item.name == cover.name and item.media_type.startswith("image/"):
            own.add("cover-image")
        overlay = overlays.get(item.name)
        package.add_item(
            identity,
            item.name,
            _media_type(item),
            fallback=item.fallback if item.fallback in known and _NCNAME.fullmatch(item.fallback) else "",
            properties=" ".join(sorted(own)),
            media_overlay=overlay.identity if overlay else "",
        )
    return identities


def _media_type(item: SourceItem) -> str:
    if item.media_type in PAGE_TYPES:
        return XHTML
    ending = item.name.rpartition(".")[2].lower()
    is_font = "font" in item.media_type or "opentype" in item.media_type
    if is_font and ending in _FONTS:
        return _FONTS[ending]
    return _TYPES.get(item.media_type, item.media_type) or "application/octet-stream"


def order_pages(
    package: PackageFile, epub: SourceEpub, identities: Mapping[str, str], linked: set[str]
) -> None:
    """Set the reading order, with the pages of an EPUB 2 that are outside of it but linked to."""
    spine = epub.package.root.find("{*}spine")
    direction = spine.get("page-progression-direction") if spine is not None and epub.is_modern else None
    if direction:
        package.spine.set("page-progression-direction", direction)
    own = {item.identity: item for item in epub.items}
    placed = set()
    for reference in spine.iterfind("{*}itemref") if spine is not None else ():
        item = own.get(reference.get("idref", ""))
        if item is None or item.name in placed or item.name not in identities:
            continue
        if not epub.is_modern and item.media_type not in _SPINE_TYPES and not item.fallback:
            continue
        placed.add(item.name)
        attributes = {"properties": reference.get("properties", "")} if epub.is_modern else {}
        # EPUB 3 wants every page outside the reading order to be linked to.
        is_aside = reference.get("linear") == "no" and (epub.is_modern or item.name in linked)
        attributes |= {"linear": "no"} if is_aside else {}
        package.add_to_spine(identities[item.name], **{k: v for k, v in attributes.items() if v})
    for item in epub.items:
        is_lost = item.is_page and item.name in linked and item.name not in placed
        if not epub.is_modern and is_lost and item.name in identities:
            package.add_to_spine(identities[item.name], linear="no")
