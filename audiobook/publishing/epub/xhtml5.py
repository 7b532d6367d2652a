"""Pages of EPUB 2 (XHTML 1.1) and of tag soup become XHTML as EPUB 3 wants it.

What HTML no longer has is said by style attributes: what was red stays red.  Element names and
attributes change, the text never does.
Sources: HTML Living Standard, sections 4 and 16.2 (obsolete features); EPUB 3.3 section 6.1.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audiobook.publishing.epub.page import XHTML_NS
from audiobook.publishing.epub.wrap import is_block, local_name
from audiobook.reading.markup import EPUB_NS, SSML_NS, XML_NS

if TYPE_CHECKING:
    from lxml.etree import _Element

_GLOBAL = frozenset("id class style title lang dir hidden tabindex accesskey role".split())
_OWN = {
    element: frozenset(names.split())
    for element, names in {
        "a": "href hreflang rel target type download",
        "area": "alt coords href shape",
        "audio": "src controls loop muted preload autoplay",
        "blockquote": "cite",
        "body": "onload",
        "col": "span",
        "colgroup": "span",
        "del": "cite datetime",
        "embed": "src type width height",
        "form": "action method name",
        "iframe": "src width height name",
        "img": "alt src usemap width height srcset",
        "input": "type name value checked disabled readonly maxlength size src alt",
        "ins": "cite datetime",
        "li": "value",
        "link": "href rel type media hreflang",
        "map": "name",
        "meta": "name content",
        "object": "data type width height name usemap",
        "ol": "start type",
        "option": "value selected",
        "param": "name value",
        "q": "cite",
        "script": "src type",
        "select": "name",
        "source": "src type media srcset",
        "style": "type media",
        "td": "colspan rowspan headers",
        "textarea": "rows cols name",
        "th": "colspan rowspan headers scope abbr",
        "time": "datetime",
        "track": "src kind srclang label",
        "video": "src controls loop muted preload autoplay width height poster",
    }.items()
}
_KNOWN = frozenset(
    "a abbr address area article aside audio b base bdi bdo blockquote body br button caption cite code col"
    " colgroup dd del details dfn div dl dt em embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6"
    " head header hgroup hr html i iframe img input ins kbd label legend li link main map mark meta nav"
    " noscript object ol optgroup option p param picture pre q rp rt ruby s samp script section select small"
    " source span strong style sub summary sup table tbody td template textarea tfoot th thead time title tr"
    " track u ul var video wbr".split()
)
_RENAMED = {
    "acronym": ("abbr", ""),
    "big": ("span", "font-size: larger"),
    "center": ("div", "text-align: center"),
    "dir": ("ul", ""),
    "menu": ("ul", ""),
    "font": ("span", ""),
    "strike": ("s", ""),
    "tt": ("span", "font-family: monospace"),
}
_FORMATS = {
    "b": "font-weight: bold",
    "strong": "font-weight: bold",
    "i": "font-style: italic",
    "em": "font-style: italic",
    "cite": "font-style: italic",
    "u": "text-decoration: underline",
    "small": "font-size: smaller",
}
"""How inline elements look, for those that hold blocks and have to be blocks themselves."""
_INLINE = frozenset("b strong i em cite u small span sub sup code s q abbr dfn kbd samp var label p".split())
_SIDES = frozenset({"left", "right", "center", "justify"})
_FONT_SIZES = ("x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large")


def modernise(root: _Element) -> None:
    """Make a page's elements and attributes those of HTML5."""
    seen: set[str] = set()
    _settle_feet(root)
    for element in list(root.iter(f"{{{XHTML_NS}}}*")):
        name = local_name(element)
        _name_anchor(element, name)
        style = _restyle(element, name)
        if name in _RENAMED:
            name, look = _RENAMED[name]
            style = [*filter(None, [look]), *style]
        elif name not in _KNOWN:
            name = "span"
        element.tag = f"{{{XHTML_NS}}}{name}"
        _drop_attributes(element, name)
        if style:
            element.set("style", "; ".join([*style, *filter(None, [element.get("style")])]))
        _keep_unique(element, seen)
    _sort_blocks(root)


def _name_anchor(element: _Element, name: str) -> None:
    """Let the target of a link be known by its id, as it was by its name."""
    target = element.get("name", "")
    if name in {"a", "img", "map"} and target and not element.get("id"):
        element.set("id", target)


def _restyle(element: _Element, name: str) -> list[str]:
    """Return as style what attributes that HTML no longer has say of looks."""
    get = element.get
    style = []
    align = (get("align") or "").lower()
    if align in _SIDES and name == "img":
        style += [f"float: {align}"] if align in {"left", "right"} else []
    elif align == "center" and name in {"table", "hr"}:
        style.append("margin-left: auto; margin-right: auto")
    elif align in _SIDES and name not in {"table", "hr"}:
        style.append(f"text-align: {align}")
    if (get("valign") or "").lower() in {"top", "middle", "bottom", "baseline"}:
        style.append(f"vertical-align: {get('valign', '').lower()}")
    if _is_colour(get("bgcolor")):
        style.append(f"background-color: {get('bgcolor')}")
    if name == "font":
        style += [f"color: {get('color')}"] if _is_colour(get("color")) else []
        size = re.fullmatch(r"([1-7])", get("size", "").strip())
        style += [f"font-size: {_FONT_SIZES[int(size[1]) - 1]}"] if size else []
    if name == "br" and get("clear"):
        style.append("clear: both")
    if name == "table" and re.fullmatch(r"[1-9]\d?", get("border", "")):
        style.append(f"border: {get('border')}px solid")
    if get("nowrap") is not None:
        style.append("white-space: nowrap")
    return style + _resize(element, name)


def _is_colour(value: str | None) -> bool:
    return re.fullmatch(r"#[0-9a-fA-F]{3}(?:[0-9a-fA-F]{3})?|[A-Za-z]{3,20}", value or "") is not None


def _resize(element: _Element, name: str) -> list[str]:
    """Return widths and heights as style, except where they may stay: whole numbers on pictures."""
    style = []
    for side in ("width", "height"):
        value = (element.get(side) or "").strip()
        match = re.fullmatch(r"(\d{1,4}(?:\.\d+)?)\s*(px|%|em)?", value)
        if side in _OWN.get(name, ()) and re.fullmatch(r"\d+", value):
            element.set(side, value)
            continue
        if match and name in {"img", "table", "td", "th", "col", "hr", "object", "iframe", "tr"}:
            style.append(f"{side}: {match[1]}{match[2] or 'px'}")
        if element.get(side) is not None:
            del element.attrib[side]
    return style


def _drop_attributes(element: _Element, name: str) -> None:
    for key in map(str, list(element.attrib)):
        space, _, local = key.rpartition("}")
        if space:
            is_kept = space[1:] in {EPUB_NS, SSML_NS} or (space[1:] == XML_NS and local == "lang")
        else:
            is_kept = key in _GLOBAL | _OWN.get(name, frozenset()) or key.startswith(("aria-", "data-"))
        if not is_kept:
            del element.attrib[key]
    language = f"{{{XML_NS}}}lang"
    if element.get("lang") and element.get(language):
        element.set("lang", element.get(language, ""))
    if name in {"img", "area"} and element.get("alt") is None:
        element.set("alt", "")
    if name == "ol" and element.get("type") not in {None, "1", "a", "A", "i", "I"}:
        del element.attrib["type"]
    for key in ("start", "value", "colspan", "rowspan", "span"):
        if name not in {"input", "option", "param"} and element.get(key) is not None:
            number = element.get(key, "").strip()
            if not re.fullmatch(r"-?\d+", number) or (key not in {"start", "value"} and int(number) < 1):
                del element.attrib[key]
    for key in ("class", "title", "dir"):
        if element.get(key) is not None and not element.get(key, "").strip():
            del element.attrib[key]


def _keep_unique(element: _Element, seen: set[str]) -> None:
    identity = element.get("id")
    if identity is None:
        return
    if not identity or identity in seen or re.search(r"\s", identity):
        del element.attrib["id"]
    seen.add(identity)


def _sort_blocks(root: _Element) -> None:
    """Make blocks of inline elements and paragraphs that hold blocks, and the reverse within headings."""
    holding: set[_Element] = set()
    for element in root.iter(f"{{{XHTML_NS}}}*"):
        if is_block(element) or local_name(element) == "hr":
            holding.update(element.iterancestors())
    for element in list(root.iter(f"{{{XHTML_NS}}}*")):
        name = local_name(element)
        if re.fullmatch(r"h[1-6]|pre|caption", name) and element in holding:
            for inner in element.iterdescendants(f"{{{XHTML_NS}}}*"):
                if is_block(inner):
                    _become(inner, "span", "display: block")
        elif name in _INLINE and element in holding and is_block_inside(element):
            _become(element, "div", _FORMATS.get(name, ""))


def is_block_inside(element: _Element) -> bool:
    """Tell whether an element holds a block."""
    return any(is_block(inner) for inner in element.iterdescendants(f"{{{XHTML_NS}}}*"))


def _become(element: _Element, name: str, look: str) -> None:
    element.tag = f"{{{XHTML_NS}}}{name}"
    _drop_attributes(element, name)
    if look:
        element.set("style", "; ".join(filter(None, [look, element.get("style")])))


def _settle_feet(root: _Element) -> None:
    """Call a table's foot that stands before its body a body: HTML5 wants it last, and order is time here."""
    for foot in root.iter(f"{{{XHTML_NS}}}tfoot"):
        if any(local_name(after) in {"tbody", "tr"} for after in foot.itersiblings()):
            foot.tag = f"{{{XHTML_NS}}}tbody"
