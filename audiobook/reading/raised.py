"""Numbers that a page raises, written as such: 10<sup>6</sup> as 10⁶, 1<sup>1</sup>⁄<sub>2</sub> as 1 1⁄2."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBER = re.compile(r"\s*[-−–+]?\d{1,4}\s*")
RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans("0123456789-−–+", f"{RAISED}⁻⁻⁻⁺")
_BASE = re.compile(r"[^\W_]|[)\]]")
_BEGINS = re.compile(r"[\u00a0\u202f]?[“‘\"«„(\[]?[^\W\d_]")
SLASHES = ("/", "⁄", "∕")
"""What a raised number stands before that is a fraction's."""


def raise_numbers(root: _Element) -> None:
    """Change the raised numbers of a page in place; those of links are the signs of notes."""
    for element in root.iter("sup"):
        words = element.text or ""
        is_linked = any(above.tag == "a" for above in element.iterancestors())
        if is_linked or len(element) or not _NUMBER.fullmatch(words):
            continue
        before = _before(element)
        if (element.tail or "").lstrip().startswith(SLASHES):
            if before[-1:].isdigit():
                _append_before(element, " ")
        elif _BASE.fullmatch(before[-1:]):
            element.text = words.translate(_RAISED)
        elif is_verse_number(before, element.tail or ""):
            element.text = f"{words} "


def is_verse_number(before: str, after: str) -> bool:
    """Tell a raised number that belongs to what follows, as a verse's does, from a note's.

    A note's sign clings to the word before it, a verse's number to the one behind it, or a hard space does.
    """
    return not before[-1:].strip() and _BEGINS.match(after) is not None


def _before(element: _Element) -> str:
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        return previous.tail or (previous.text or "" if not len(previous) else "")
    return (parent.text or "") if parent is not None else ""


def _append_before(element: _Element, words: str) -> None:
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        previous.tail = f"{previous.tail or ''}{words}"
    elif parent is not None:
        parent.text = f"{parent.text or ''}{words}"
