"""Footnotes: which elements are the notes, and what those say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audiobook.reading.elements import is_text
from audiobook.reading.markup import text_of, types_of
from audiobook.reading.semantics import NOTE_TYPES
from audiobook.reading.signs import has_form_of_sign, is_backlink

if TYPE_CHECKING:
    from lxml.etree import _Element

FOOTNOTE = "footnote"
_CLASSES = re.compile(r"^(?:_id|mso)?(?:foot|end)notes?(?:-?text)?$", re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "li", "aside", "section", "dt", "dd", "td", "tr", "blockquote", "note"})
_WHOLE = frozenset({"math", "title", "desc"})
"""What is read or left out as a whole."""
_LONGEST_NOTE = 6000
"""Characters; what is longer is a chapter that a link with a number leads to."""
_HEADING = re.compile("h[1-6]")


@dataclass(slots=True)
class BookNotes:
    """What is known of a book's notes, by the target of their links (`file#id`).

    `targets` lead to notes.  `texts` is filled where notes are read at the words that refer to them: what
    each says, and in `signs` the number and the link back that are left out of it.
    """

    targets: set[str] = field(default_factory=set)
    texts: dict[str, str] = field(default_factory=dict)
    signs: dict[str, str] = field(default_factory=dict)
    _aliases: dict[str, str] = field(default_factory=dict)
    """The target that stands for a note, by the others that lead to it."""
    _said: set[str] = field(default_factory=set)

    def find(self, root: _Element, name: str) -> dict[_Element, str]:
        """Return a page's notes, and the labels of notes, with the target that stands for each."""
        found: dict[_Element, str] = {}
        for element in root.iter("*") if self.targets else ():
            for target in (f"{name}#{identity}" for identity in identities(element)):
                note = note_at(element) if target in self.targets else None
                if note is None or any(_HEADING.fullmatch(str(child.tag)) for child in note.iter("*")):
                    continue
                first = next((found[each] for each in (note, *note.iterancestors()) if each in found), target)
                found.setdefault(note, first)
                label = note.getprevious() if note.tag == "dd" else None
                if label is not None and label.tag == "dt":
                    found.setdefault(label, first)
                if first != target:
                    self._aliases[target] = first
        return found

    def keep_texts(self, root: _Element, name: str) -> None:
        """Keep what the notes of a page say, for reading them elsewhere."""
        found = self.find(root, name)
        for note, target in found.items():
            if any(above in found for above in note.iterancestors()):
                continue
            words, signs = _tell_apart(note)
            if note.tag == "dt":
                words, signs = "", f"{signs} {words}"
            self.texts[target] = f"{self.texts.get(target, '')} {words}".strip()
            self.signs[target] = f"{self.signs.get(target, '')} {signs}".strip()

    def say(self, target: str) -> str:
        """Return what a note says, and from the second time on nothing."""
        target = self._aliases.get(target, target)
        if target in self._said:
            return ""
        self._said.add(target)
        return self.texts.get(target, "")

    def list_rest(self) -> Iterator[str]:
        """Yield what was not said of the notes: numbers, and the whole of those that nothing led to."""
        for target, words in self.texts.items():
            yield self.signs[target] if target in self._said else f"{self.signs[target]} {words}"


def identities(element: _Element) -> Iterator[str]:
    """Yield the names by which links lead to an element."""
    for identity in (element.get("id"), element.get("name") if element.tag == "a" else None):
        if identity:
            yield identity


def find_note(element: _Element) -> _Element | None:
    """Return the element that says of itself that it is a note, and that this one stands in."""
    at: _Element | None = element
    while at is not None:
        if says_it_is_a_note(at):
            return at
        at = at.getparent()
    return None


def says_it_is_a_note(element: _Element) -> bool:
    """Tell whether an element's name, type, role or class is that of a note."""
    if element.tag == "note" or {name.removeprefix("doc-") for name in types_of(element)} & NOTE_TYPES:
        return True
    return element.tag in _BLOCKS and any(_CLASSES.match(c) for c in element.get("class", "").split())


def note_at(element: _Element) -> _Element | None:
    """Return the block that a marker's target belongs to; None where that is too long for a note."""
    own = find_note(element)
    at: _Element | None = element if own is None else own
    while at is not None and at is not own and at.tag not in _BLOCKS:
        at = at.getparent()
    if at is not None and at.tag == "td":
        # A note's number in a cell, its words in the next.
        row = at.getparent()
        at = row if row is not None and row.tag == "tr" and row[0] is at else at
    following = at.getnext() if at is not None and at.tag == "dt" else None
    if following is not None and following.tag == "dd":
        at = following
    if at is None or any(above.tag in _WHOLE or not is_text(above) for above in (at, *at.iterancestors())):
        return None
    size = 0
    for words in at.itertext():
        size += len(words)
        if size > _LONGEST_NOTE:
            return None
    return at


def _tell_apart(note: _Element) -> tuple[str, str]:
    """Return what a note says, and apart from it the marker at its beginning and its links back."""
    links: list[str] = []
    text = " ".join("".join(_pieces(note, links)).split())
    # Where its sign is a link, a number that follows is the note's own: "1 1984 was a dry year".
    is_link = any(map(has_form_of_sign, links))
    sign = re.match(r"[\s.:)\]]*" if is_link else r"(?:\[?\d{1,4}[\].):]*|[*†‡§¶‖]+)?\s*", text)
    at = sign.end() if sign else 0
    return text[at:], " ".join([text[:at], *links])


def _pieces(element: _Element, links: list[str]) -> list[str]:
    if not is_text(element):
        return []
    if element.tag == "a" and (is_backlink(element) or has_form_of_sign(text_of(element))):
        links.append(text_of(element))
        return []
    pieces = [element.text or ""]
    for child in element:
        pieces += _pieces(child, links)
        pieces.append(" " if child.tag in _BLOCKS else "")
        pieces.append(child.tail or "")
    return pieces
