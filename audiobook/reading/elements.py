"""What an element of a page is: told by its name, its types and roles, its classes and its style."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiobook.reading.markup import text_of, types_of

if TYPE_CHECKING:
    from lxml.etree import _Element

BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form header hgroup html legend li main menu nav ol p pre section summary table tbody td"
    " tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)
NOT_TEXT = frozenset({"script", "style", "metadata"})
"""What holds no words for people; nor does the title in a page's head."""
_UNREAD = (
    ("ruby", frozenset({"rt", "rp", "rtc"})),
    ("fallback", frozenset({"audio", "video", "iframe", "noscript", "noframes", "canvas"})),
    ("form", frozenset({"button", "input", "select", "textarea", "datalist"})),
    ("hidden", frozenset({"template", "defs", "symbol", "clippath"})),
    ("page number", frozenset({"pagenum"})),
)
_WHY_UNREAD = {tag: reason for reason, tags in _UNREAD for tag in tags}
SECTIONS = frozenset(
    "body section nav article aside div ol ul dl header footer main figure p blockquote".split()
)
_HEADING = re.compile(r"h([1-6])")
_PAGE_CLASS = re.compile(r"^(?:page-?num(?:ber)?s?|page-?no|pagebreak|pb|newpage|folio)$", re.IGNORECASE)
_LINE_CLASS = re.compile(r"^(?:l(?:ine)?[-_]?num(?:ber)?s?|linenum)$", re.IGNORECASE)
_VERSE_CLASS = re.compile(
    r"^(?:line-?group|stanza|verse|poem|poetry|lg|canto|strophe|linegroup)$", re.IGNORECASE
)
_VERSE_TYPES = frozenset({"z3998:verse", "z3998:poem", "z3998:song", "z3998:hymn", "verse", "poem"})
_BREAK_CLASS = re.compile(
    r"^(?:scene|section|thought|space|text|story)[-_]?break$|^(?:ornament|asterism|tb|scenebreak)$",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_NO_DESCRIPTION = re.compile(
    r"\W*(?:(?:cover|title[ -]?page|book)?\W*"
    r"(?:image|picture|illustration|photo|figure|cover|logo|decoration)?(?: \d+)?"
    r"|\S+\.(?:jpe?g|png|gif|svg|webp)|\[?image unavailable.*)\W*",
    re.IGNORECASE,
)
_SHARE_OF_LINKS = 0.8
"""Of a site's navigation, by letters; the rest are marks between its links."""
_CODE_CLASS = re.compile(r"(?:^|\s)lang(?:uage)?-(?!text|plain|none|poem|verse)\w", re.IGNORECASE)
_LISTENERS_CLASS = re.compile(r"^(?:dedication|epigraph)$", re.IGNORECASE)


def is_text(element: _Element) -> bool:
    """Tell whether an element may hold words for people."""
    if element.tag != "title":
        return element.tag not in NOT_TEXT
    above = element.getparent()
    return above is None or above.tag != "head"


def why_unread(element: _Element) -> str | None:
    """Return why an element's words are no part of the text around it, or None where they are."""
    if element.tag in _WHY_UNREAD:
        return _WHY_UNREAD[str(element.tag)]
    if element.tag == LEFT_OUT:
        return element.get("reason", "")
    if is_hidden(element):
        return "hidden"
    if is_navigation(element):
        return "navigation"
    if is_number(element):
        is_line = any(_LINE_CLASS.match(name) for name in element.get("class", "").split())
        return "line number" if is_line else "page number"
    return None


WITHIN_TEXT = frozenset(
    "alternative,comment,deleted text,fallback,field code,footnote,form,formula,hidden,line number,note sign"
    ",page number,picture description,ruby,running head".split(",")
)
"""Why words within the text are not read."""
LEFT_OUT = "{narrate}left-out"
"""An element of pages that narrate makes itself of another format: not read, for the `reason` it states."""


def choose_branch(element: _Element) -> _Element | None:
    """Return which branch of a switch is read: XHTML's own, else the first; None for any other element.

    Sources: EPUB Content Documents 3.0.1 section 2.2.5, SVG 1.1 section 5.8.2.
    """
    if str(element.tag).rpartition(":")[2].lower() != "switch":
        return None
    branches = list(element.iterchildren("*"))
    own = (each for each in branches if str(each.tag).rpartition(":")[2].lower() == "default")
    return next(own, next(iter(branches), None))


def is_hidden(element: _Element) -> bool:
    """Tell whether a browser would not show it."""
    return (
        element.get("hidden") is not None
        or element.get("aria-hidden") == "true"
        or _HIDDEN.search(element.get("style", "")) is not None
    )


def is_navigation(element: _Element) -> bool:
    """Tell a site's own links to other pages ("Home", "Next chapter") from a book's list of contents."""
    if element.tag != "nav" or set(types_of(element)) - {"navigation"}:
        return False
    links = list(element.iter("a"))
    if not links or any(len(href) > 1 and href[0] == "#" for href in (a.get("href", "") for a in links)):
        return False
    return sum(len(text_of(link)) for link in links) >= _SHARE_OF_LINKS * len(text_of(element))


def is_number(element: _Element) -> bool:
    """Tell whether it is the number of a printed page or of a poem's line."""
    classes = element.get("class", "").split()
    named = {"pagebreak", "doc-pagebreak"} & set(types_of(element)) or any(
        _PAGE_CLASS.match(c) or _LINE_CLASS.match(c) for c in classes
    )
    return bool(named) and len(text_of(element)) < 20


def is_scene_break(element: _Element) -> bool:
    """Tell whether its class says that a new scene begins."""
    return element.tag in {"p", "div"} and any(
        _BREAK_CLASS.match(c) for c in element.get("class", "").split()
    )


def is_for_listeners(element: _Element, types: Sequence[str]) -> bool:
    """Tell whether it is a dedication or an epigraph, which are read wherever they stand."""
    if {name.removeprefix("doc-") for name in types} & {"dedication", "epigraph"}:
        return True
    return any(_LISTENERS_CLASS.match(c) for c in element.get("class", "").split())


def heading_level(element: _Element) -> int:
    """Return 1 to 6 for a heading, 0 for anything else."""
    heading = _HEADING.fullmatch(str(element.tag))
    if heading:
        return int(heading[1])
    if element.get("role") == "heading":
        return min(6, max(1, int(re.sub(r"\D", "", element.get("aria-level", ""))[:2] or 2)))
    if element.tag == "hgroup":
        return next((int(child.tag[1]) for child in element if _HEADING.fullmatch(str(child.tag))), 0)
    return 0


def says_something(description: str) -> bool:
    """Tell whether a picture's description is one, and no file name or "image"."""
    return bool(description) and _NO_DESCRIPTION.fullmatch(description) is None


def is_code(element: _Element) -> bool:
    """Tell whether it is a listing in a programming language that it names (a fence of Markdown does)."""
    return element.tag == "pre" and any(
        child.tag == "code" and _CODE_CLASS.search(child.get("class", "")) for child in element
    )


def is_data_row(row: _Element) -> bool:
    """Tell a row of data from one that lays out a page."""
    if len(row) < 2:
        return False
    return not any(child.tag in {"table", "h1", "h2", "h3"} for child in row.iter("*")) and all(
        len(cell.findall(".//p")) < 2 for cell in row
    )


def _is_verse(element: _Element) -> bool:
    return any(_VERSE_CLASS.match(c) for c in element.get("class", "").split()) or bool(
        _VERSE_TYPES & set(types_of(element))
    )


def is_stanza(element: _Element) -> bool:
    """Tell whether an element's blocks are a poem's lines."""
    if element.tag not in {"div", "section", "p", "ul", "ol", "blockquote"} or not _is_verse(element):
        return False
    inner = [child for child in element.iter("*") if child is not element]
    return not any(
        _HEADING.fullmatch(child.tag)
        or (child.tag == "p" and child.find(".//br") is not None)
        or _is_verse(child)
        for child in inner
    )
