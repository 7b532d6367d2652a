"""Links and references of a page: each leads to something that is there, or is taken away."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING
from urllib.parse import quote

from audiobook.publishing.epub.overlay import href
from audiobook.publishing.epub.page import XHTML_NS
from audiobook.publishing.epub.wrap import local_name

if TYPE_CHECKING:
    from lxml.etree import _Element

Resolve = Callable[[str], tuple[str, str] | None]
Targets = Mapping[str, frozenset[str] | None]
"""The files of the archive: pages with the ids in them, others with None."""

_SCHEME = re.compile(r"(?:https?|mailto|tel|ftp):[^\s<>\"{}|\\^`]+", re.IGNORECASE)
_REMOTE = re.compile(r"(?:https?:)?//", re.IGNORECASE)
_EMBEDDING = frozenset("img audio video source track script embed iframe object input".split())
_TEMPLATE = "application/vnd.adobe-page-template+xml"
_CONTROLS = frozenset("form input button select textarea".split())


def repair_links(name: str, root: _Element, resolve: Resolve, targets: Targets) -> set[str]:
    """Take away what a page refers to in vain, and return the pages that it links to."""
    linked = set()
    for element in list(root.iter(f"{{{XHTML_NS}}}*")):
        kind = local_name(element)
        if (
            kind == "base"
            or (kind == "meta" and not element.get("name"))
            or (kind == "link" and _is_idle(element))
        ):
            _remove(element)
            continue
        for key in ("href", "src", "data", "poster"):
            link = element.get(key)
            if link is None or (key == "data" and kind != "object"):
                continue
            kept = _repair(name, link.strip(), resolve, targets)
            if kept is not None:
                element.set(key, kept)
                place = resolve(kept) if kind in {"a", "area"} else None
                linked.update([place[0]] if place else [])
            elif kind in {"link", "script", "source", "track"}:
                _remove(element)
            elif kind == "img":
                _describe(element)
            else:
                del element.attrib[key]
    return linked


def _is_idle(link: _Element) -> bool:
    return not link.get("href") or not link.get("rel") or link.get("type") == _TEMPLATE


def _repair(name: str, link: str, resolve: Resolve, targets: Targets) -> str | None:
    if re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", link) or link.startswith("//"):
        return link if _SCHEME.fullmatch(link) else None
    place = resolve(link)
    if place is None or place[0] not in targets:
        return None
    file, fragment = place
    known = targets[file]
    if fragment and known is not None and fragment not in known:
        fragment = ""
    path = href(name, file) if file != name or not fragment else ""
    return f"{path}#{quote(fragment)}" if fragment else path


def _describe(image: _Element) -> None:
    """Put in a missing picture's place what it shows."""
    words = image.get("alt", "")
    image.attrib.clear()
    image.tag = f"{{{XHTML_NS}}}span"
    image.text = words or None


def _remove(element: _Element) -> None:
    parent = element.getparent()
    if parent is None:
        return
    before = element.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + (element.tail or "") or None
    else:
        parent.text = (parent.text or "") + (element.tail or "") or None
    parent.remove(element)


def find_properties(root: _Element) -> set[str]:
    """Return what the package must say that a page holds (EPUB 3.3, appendix D.5)."""
    found = set()
    for element in root.iter():
        name = local_name(element)
        found |= {"svg"} if name == "svg" else set()
        found |= {"mathml"} if name == "math" else set()
        found |= {"switch"} if name == "switch" else set()
        is_code = name == "script" and re.search(r"^$|javascript|ecmascript|module", element.get("type", ""))
        if is_code or name in _CONTROLS or any(str(key).startswith("on") for key in element.attrib):
            found.add("scripted")
        if name in _EMBEDDING and _REMOTE.match(element.get("src") or element.get("data") or ""):
            found.add("remote-resources")
    return found
