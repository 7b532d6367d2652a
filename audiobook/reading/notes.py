"""Footnotes: which links are markers, which elements are the notes, and what those say."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audiobook.reading.markup import text_of, types_of
from audiobook.reading.semantics import BACKLINK_TYPES, NOTE_TYPES, REFERENCE_TYPES

if TYPE_CHECKING:
    from lxml.etree import _Element

Resolve = Callable[[str], str | None]
"""A link as it is written → its target (`file#id`), or None where it leads out of the book."""

_MARKER = re.compile(
    r"[\[(]?\s*(?:\d{1,4}|[*†‡§¶‖]+|[a-z]|[ivxlc]{1,6}|(?:fn|note)\.?\s*\d+)\s*[\])]?", re.IGNORECASE
)
_BRACKETED = re.compile(r"\[\s*(?:\w{1,4}|[*†‡§]+)\s*\]|[*†‡§¶‖]+")
_CLASSES = re.compile(
    r"(?:^|[\s_-])(?:noteref|fnanchor|fnref|footnote-?ref|footnote-?reference|fn-?link)", re.IGNORECASE
)
_NOTE_CLASSES = re.compile(r"^(?:foot|end)notes?(?:-?text)?$", re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "li", "aside", "section", "dt", "dd", "td", "blockquote"})
_LONGEST_NOTE = 6000
"""Characters; what is longer is a chapter that a link with a number leads to."""


@dataclass(slots=True)
class Notes:
    """What is known of a book's notes, by the target of their links (`file#id`)."""

    markers: set[str] = field(default_factory=set)
    """Targets of all markers."""
    texts: dict[str, str] = field(default_factory=dict)


def is_marker(link: _Element) -> bool:
    """Tell whether a link is the marker of a note: by its type or class, else by its form.

    A bare number counts only where it is raised, so that "see chapter 5" is read.
    """
    types = {name.removeprefix("doc-") for name in types_of(link)}
    if types & REFERENCE_TYPES:
        return True
    if types & BACKLINK_TYPES or not link.get("href"):
        return False
    words = text_of(link)
    if not _MARKER.fullmatch(words):
        return False
    parent = link.getparent()
    raised = any(child.tag == "sup" for child in link.iter()) or (parent is not None and parent.tag == "sup")
    named = _CLASSES.search(link.get("class", "")) or (
        parent is not None and _CLASSES.search(parent.get("class", ""))
    )
    return bool(raised or named or _BRACKETED.fullmatch(words))


def collect_notes(root: _Element, resolve: Resolve, notes: Notes) -> None:
    """Note the targets of all markers of a page, except those of links back from a note."""
    for link in root.iter("a"):
        if is_marker(link) and find_note(link) is None:
            target = resolve(link.get("href", ""))
            if target and "#" in target:
                notes.markers.add(target)


def collect_texts(root: _Element, name: str, notes: Notes) -> None:
    """Keep what the notes of a page say, for reading them elsewhere."""
    for element in root.iter():
        identity = element.get("id") or (element.get("name") if element.tag == "a" else None)
        target = f"{name}#{identity}"
        if identity and target in notes.markers:
            note = note_at(element)
            if note is not None:
                notes.texts.setdefault(target, note_words(note))


def find_note(element: _Element) -> _Element | None:
    """Return the element that says of itself that it is a note, and that this one stands in."""
    at: _Element | None = element
    while at is not None:
        if says_it_is_a_note(at):
            return at
        at = at.getparent()
    return None


def says_it_is_a_note(element: _Element) -> bool:
    """Tell whether an element's type, role or class is that of a note."""
    if {name.removeprefix("doc-") for name in types_of(element)} & NOTE_TYPES:
        return True
    return element.tag in _BLOCKS and any(_NOTE_CLASSES.match(c) for c in element.get("class", "").split())


def note_at(element: _Element) -> _Element | None:
    """Return the block that a marker's target belongs to; None where that is too long for a note."""
    own = find_note(element)
    at: _Element | None = element if own is None else own
    while at is not None and at.tag not in _BLOCKS:
        at = at.getparent()
    following = at.getnext() if at is not None and at.tag == "dt" else None
    if following is not None and following.tag == "dd":
        at = following
    if at is None:
        return None
    size = 0
    for words in at.itertext():
        size += len(words)
        if size > _LONGEST_NOTE:
            return None
    return at


def note_words(note: _Element) -> str:
    """Return what a note says, without the marker at its beginning and the link back at its end."""
    text = " ".join("".join(_pieces(note)).split())
    return re.sub(r"^(?:\[?\d{1,4}[\].)]*|[*†‡§¶‖]+)\s*", "", text)


def _pieces(element: _Element) -> list[str]:
    if element.tag == "a" and (
        {name.removeprefix("doc-") for name in types_of(element)} & BACKLINK_TYPES
        or re.fullmatch(r"[\W\d]*", text_of(element))
    ):
        return []
    pieces = [element.text or ""]
    for child in element:
        pieces += _pieces(child)
        pieces.append(" " if child.tag in _BLOCKS else "")
        pieces.append(child.tail or "")
    return pieces
