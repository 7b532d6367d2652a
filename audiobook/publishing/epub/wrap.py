"""A stretch of a page's text gets an element of its own, whatever inline markup it begins and ends in.

Inline elements that cross the stretch's beginning or end are split in two, so that one `span` can hold
all of it.  That can't be done where the stretch goes over several blocks (the lines of a poem).
Stretches must be wrapped from the last to the first: then the places of those to come stay what they are.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lxml.etree import _Element

_BLOCKS = frozenset(
    "address article aside blockquote body caption center dd details dialog div dl dt fieldset figcaption"
    " figure footer form header hgroup hr html legend li main menu nav ol p pre section summary table tbody"
    " td tfoot th thead tr ul h1 h2 h3 h4 h5 h6".split()
)

_IDENTITIES = frozenset({"id", "name", "{http://www.w3.org/XML/1998/namespace}id"})


@dataclass(frozen=True, slots=True)
class Spot:
    """Before character `offset` of an element's text, or of what follows its end tag (`is_tail`)."""

    element: _Element
    is_tail: bool
    offset: int


@dataclass(slots=True)
class _Point:
    """Between characters of the text that stands before the parent's child `index` (or at its end)."""

    parent: _Element
    index: int
    offset: int


def local_name(element: _Element) -> str:
    """Return an element's name without its namespace, in small letters; nothing for a comment."""
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def is_block(element: _Element) -> bool:
    """Tell whether an element makes a paragraph, or a box of them."""
    return local_name(element) in _BLOCKS


def block_of(spot: Spot) -> _Element:
    """Return the block that a place stands in."""
    at = _container(spot)
    while not is_block(at) and (parent := at.getparent()) is not None:
        at = parent
    return at


def wrap(first: Spot, last: Spot, wrapper: _Element) -> bool:
    """Put what stands between two places of a page into `wrapper`; False where no one element can hold it."""
    if block_of(first) is not block_of(last):
        return False
    common = _common_parent(first, last)
    start, end = _point(first), _point(last)
    if any(is_block(child) for child in _between(start, end, common)):
        return False
    _lift_end(end, common)
    _lift_start(start, end, common)
    _enclose(start, end, wrapper)
    return True


def _container(spot: Spot) -> _Element:
    parent = spot.element.getparent() if spot.is_tail else None
    return spot.element if parent is None else parent


def _chain(element: _Element) -> list[_Element]:
    return [element, *element.iterancestors()]


def _common_parent(first: Spot, last: Spot) -> _Element:
    above = _chain(_container(first))
    common = next(element for element in _chain(_container(last)) if element in above)
    # Base and gloss of a ruby stay together.
    rubies = [element for element in _chain(common) if local_name(element) == "ruby"]
    parent = rubies[-1].getparent() if rubies else None
    return common if parent is None else parent


def _point(spot: Spot) -> _Point:
    if not spot.is_tail:
        return _Point(spot.element, 0, spot.offset)
    parent = _container(spot)
    return _Point(parent, parent.index(spot.element) + 1, spot.offset)


def _between(start: _Point, end: _Point, common: _Element) -> list[_Element]:
    """Return the elements that begin and end between two points."""

    def top(point: _Point) -> tuple[_Element | None, int]:
        at = point.parent
        if at is common:
            return None, point.index
        while (parent := at.getparent()) is not None and parent is not common:
            at = parent
        return at, common.index(at)

    first, from_index = top(start)
    last, to_index = top(end)
    inner = [child for child in list(common)[from_index:to_index] if child is not first]
    found = [element for child in inner for element in child.iter()]
    for element, point, is_start in ((first, start, True), (last, end, False)):
        if element is not None and not (first is last and not is_start):
            found += _inside(point, element, is_start=is_start)
    return found


def _inside(point: _Point, top: _Element, *, is_start: bool) -> list[_Element]:
    """Return what stands behind (before) a point in the element `top` of its page's tree."""
    found: list[_Element] = []
    at, index = point.parent, point.index
    while True:
        children = list(at)[index:] if is_start else list(at)[:index]
        found += [element for child in children for element in child.iter()]
        parent = at.getparent()
        if at is top or parent is None:
            return found
        at, index = parent, parent.index(at) + (1 if is_start else 0)


def _parent(element: _Element) -> _Element:
    parent = element.getparent()
    if parent is None:
        raise ValueError("the root of a page is in no other element")
    return parent


def _slot(point: _Point) -> str:
    text = point.parent[point.index - 1].tail if point.index else point.parent.text
    return text or ""


def _set_slot(point: _Point, text: str) -> None:
    if point.index:
        point.parent[point.index - 1].tail = text or None
    else:
        point.parent.text = text or None


def _lift_end(end: _Point, common: _Element) -> None:
    while end.parent is not common:
        inner = end.parent
        outer = _parent(inner)
        ends_here = end.index == len(inner) and not _slot(end)[end.offset :].strip()
        if not ends_here and local_name(inner) != "ruby":
            _split(end)
        end.parent, end.index, end.offset = outer, outer.index(inner) + 1, 0


def _lift_start(start: _Point, end: _Point, common: _Element) -> None:
    while start.parent is not common:
        inner = start.parent
        outer = _parent(inner)
        starts_here = start.index == 0 and not _slot(start)[: start.offset].strip()
        index = outer.index(inner)
        if not starts_here and local_name(inner) != "ruby":
            _split(start)
            index += 1
            if outer is common:
                end.index += 1
        start.parent, start.index = outer, index
        start.offset = len(_slot(start))


def _split(point: _Point) -> None:
    """Let what stands behind a point in its element be an element of the same kind, next to it."""
    element = point.parent
    outer = _parent(element)
    attributes = {str(key): str(value) for key, value in element.attrib.items() if key not in _IDENTITIES}
    spaces: dict[Any, str] = dict(element.nsmap.items())
    other = _parent(element).makeelement(element.tag, attributes, spaces)
    text = _slot(point)
    before = text[: point.offset]
    # The space between two sentences belongs to neither.
    kept = (
        before.rstrip()
        if before.strip() and local_name(block_of(Spot(element, False, 0))) != "pre"
        else before
    )
    _set_slot(point, kept)
    other.text = text[point.offset :] or None
    other.extend(list(element)[point.index :])
    other.tail, element.tail = element.tail, before[len(kept) :] or None
    outer.insert(outer.index(element) + 1, other)


def _enclose(start: _Point, end: _Point, wrapper: _Element) -> None:
    parent = start.parent
    text = _slot(start)
    if start.index == end.index:
        _set_slot(start, text[: start.offset])
        wrapper.text = text[start.offset : end.offset]
        wrapper.tail = text[end.offset :] or None
        parent.insert(start.index, wrapper)
        return
    rest = _slot(end)
    _set_slot(end, rest[: end.offset])
    _set_slot(start, text[: start.offset])
    wrapper.text = text[start.offset :] or None
    children = list(parent)[start.index : end.index]
    parent.insert(start.index, wrapper)
    wrapper.extend(children)
    wrapper.tail = rest[end.offset :] or None
