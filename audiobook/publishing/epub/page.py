"""A page of a source EPUB on its way to a page that is read along."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any

from audiobook.model import Utterance
from audiobook.publishing.epub.overlay import href
from audiobook.publishing.epub.wrap import Spot, block_of, local_name, wrap
from audiobook.reading.flaws import Flaws
from audiobook.reading.markup import EPUB_NS, XML_NS, parse_page
from audiobook.reading.places import Stretch

if TYPE_CHECKING:
    from lxml.etree import _Element

XHTML_NS = "http://www.w3.org/1999/xhtml"
_SVG_NS = "http://www.w3.org/2000/svg"
_MATH_NS = "http://www.w3.org/1998/Math/MathML"
_XLINK_NS = "http://www.w3.org/1999/xlink"
_SPACES: dict[Any, str] = {None: XHTML_NS}
_PREFIXES = {"epub": EPUB_NS, "xml": XML_NS, "xlink": _XLINK_NS}
_NAME = re.compile(r"[A-Za-z_][\w.-]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An element by its id, and how many of an utterance's letters it has."""

    identity: str
    letters: int


@dataclass(slots=True, kw_only=True)
class SourcePage:
    """A page as a tree; `is_xml` tells whether it was well-formed."""

    name: str
    root: _Element
    is_xml: bool
    elements: list[_Element]
    """In document order, as they were before anything was wrapped."""
    identities: set[str]
    prefix: str = field(init=False)

    def __post_init__(self) -> None:
        self.prefix = "u"
        while any(re.match(rf"{self.prefix}\d", identity) for identity in self.identities):
            self.prefix = f"narrate-{self.prefix}"

    def mark(self, number: int, utterance: Utterance, stretches: Sequence[Stretch]) -> list[Target]:
        """Give an utterance its element, or its elements where it goes over several blocks.

        None where the page does not have its words.  Utterances must be marked from the last to the first.
        """
        identity = f"{self.prefix}{number}"
        exact = [stretch for stretch in stretches if stretch.offset is not None]
        if not exact:
            return []
        if self._wrap(exact, identity, utterance):
            return [Target(identity=identity, letters=1)]
        whole = self._find_whole(exact, utterance)
        if whole is not None:
            return [self.point_to(whole, identity)]
        pieces = [list(group) for _, group in groupby(exact, key=lambda s: block_of(self._spot(s)))]
        targets = []
        for index, piece in reversed(list(enumerate(pieces))):
            own = f"{identity}-{index + 1}" if index else identity
            letters = sum(stretch.end - stretch.start for stretch in piece)
            if self._wrap(piece, own, utterance):
                targets.append(Target(identity=own, letters=letters))
            else:
                near = self.point_to(self.elements[piece[0].element], own)
                targets.append(Target(identity=near.identity, letters=letters))
        return targets[::-1]

    def _spot(self, stretch: Stretch, *, is_end: bool = False) -> Spot:
        offset = (stretch.offset or 0) + (stretch.end - stretch.start if is_end else 0)
        return Spot(self.elements[stretch.element], stretch.is_tail, offset)

    def _wrap(self, stretches: Sequence[Stretch], identity: str, utterance: Utterance) -> bool:
        kind = "narrate-speech" if utterance.kind == "speech" else "narrate-text"
        attributes = {"id": identity, "class": kind}
        wrapper = self.root.makeelement(f"{{{XHTML_NS}}}span", attributes, _SPACES)
        return wrap(self._spot(stretches[0]), self._spot(stretches[-1], is_end=True), wrapper)

    def _find_whole(self, stretches: Sequence[Stretch], utterance: Utterance) -> _Element | None:
        """Return the block that holds the utterance and nothing else (a table's row, say)."""
        blocks = {block_of(self._spot(stretch)) for stretch in stretches}
        shared = set.intersection(*({block, *block.iterancestors()} for block in blocks))
        first = block_of(self._spot(stretches[0]))
        common = next((e for e in [first, *first.iterancestors()] if e in shared), None)
        if common is None or _letters("".join(map(str, common.itertext()))) != _letters(utterance.text):
            return None
        return common

    def point_to(self, element: _Element, identity: str) -> Target:
        """Return an element as a target; it gets the id where it has none."""
        own = element.get("id")
        if not own:
            element.set("id", identity)
            own = identity
        return Target(identity=own, letters=1)

    def add_style(self, name: str) -> None:
        """Link to a stylesheet of the archive."""
        head = find_head(self.root)
        attributes = {"rel": "stylesheet", "type": "text/css", "href": href(self.name, name)}
        head.append(self.root.makeelement(f"{{{XHTML_NS}}}link", attributes, _SPACES))

    def write(self) -> str:
        """Return the page as XHTML."""
        from lxml import etree

        body = etree.tostring(self.root, encoding="unicode", with_tail=False)
        return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>\n{body}\n'


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", text)))


def open_page(name: str, data: bytes, source: str) -> SourcePage:
    """Parse a page as the reader does, with its namespaces.  Raises `SourceError`."""
    root = parse_page(data, f"{source}: {name}", keeps_namespaces=True, flaws=Flaws())
    is_xml = root.tag == f"{{{XHTML_NS}}}html"
    if not is_xml:
        root = _into_namespace(root)
    elements = list(root.iter())
    identities = {element.get("id", "") for element in elements}
    return SourcePage(name=name, root=root, is_xml=is_xml, elements=elements, identities=identities)


def find_head(root: _Element) -> _Element:
    """Return a page's head, with a title that is not empty; both are made where they are missing."""
    head = root.find(f"{{{XHTML_NS}}}head")
    if head is None:
        head = root.makeelement(f"{{{XHTML_NS}}}head", None, _SPACES)
        root.insert(0, head)
    title = head.find(f"{{{XHTML_NS}}}title")
    if title is None:
        title = head.makeelement(f"{{{XHTML_NS}}}title", None, _SPACES)
        head.insert(0, title)
    if not (title.text or "").strip():
        heading = next((e for e in root.iter() if re.fullmatch(r"h[1-6]", local_name(e))), None)
        words = " ".join("".join(map(str, heading.itertext())).split()) if heading is not None else ""
        title.text = words or "—"
    return head


def _into_namespace(root: _Element) -> _Element:
    """Copy a tree of plain HTML into the namespaces of XHTML, SVG and MathML, element by element."""
    from lxml import etree

    def copy(element: _Element, parent: _Element | None, namespace: str) -> _Element:
        name = local_name(element)
        namespace = {"svg": _SVG_NS, "math": _MATH_NS}.get(name, namespace)
        if namespace != XHTML_NS:
            name = str(element.tag).rpartition("}")[2]
        tag = f"{{{namespace}}}{name if _NAME.fullmatch(name) else 'span'}"
        if parent is None:
            new = etree.Element(tag, None, _SPACES | {"epub": EPUB_NS})
        else:
            spaces: dict[Any, str] = {None: namespace}
            new = etree.SubElement(parent, tag, None, spaces)
        for key, value in element.attrib.items():
            _copy_attribute(new, str(key), str(value))
        new.text, new.tail = element.text, element.tail
        below = XHTML_NS if name == "foreignObject" else namespace
        for child in element:
            copy(child, new, below)
        return new

    return copy(root, None, XHTML_NS)


def _copy_attribute(element: _Element, key: str, value: str) -> None:
    if key.startswith("{"):
        element.set(key, value)
        return
    prefix, _, rest = key.rpartition(":")
    if prefix in _PREFIXES and _NAME.fullmatch(rest):
        element.set(f"{{{_PREFIXES[prefix]}}}{rest}", value)
    elif not prefix and key != "xmlns" and _NAME.fullmatch(key):
        element.set(key.lower() if element.tag.startswith(f"{{{XHTML_NS}}}") else key, value)
