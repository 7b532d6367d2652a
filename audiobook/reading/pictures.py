"""Pictures and formulas in the midst of text: what of them are words of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING

from audiobook.reading.elements import BLOCKS, is_text, says_something, why_unread
from audiobook.reading.open_paragraph import DESCRIPTION, OpenParagraph

if TYPE_CHECKING:
    from lxml.etree import _Element

FORMULA = "formula"
_LONGEST_GLYPHS = 12
"""Letters of a picture that stands for a part of a word: a ligature, a character that no font has."""
_FARTHEST = 8
"""Elements without words between a picture and the rest of its word."""
_ROW = frozenset({"math", "mrow", "mi", "mn", "mo", "mtext", "ms", "mspace", "mstyle", "semantics"})
_NOTATION = frozenset({"annotation", "annotation-xml"})


def put_picture(paragraph: OpenParagraph, image: _Element, *, is_heading: bool) -> None:
    """Read a picture that is letters of the text or a chapter's title; else set its description beside."""
    words = " ".join(image.get("alt", "").split())
    if _draws_letters(image, words, paragraph.end):
        paragraph.put_made(words)
    elif is_heading and says_something(words):
        paragraph.put_made(f" {words} ")
    elif says_something(words) and not (len(words) == 1 and words.isalpha()):
        paragraph.set_beside(words, DESCRIPTION, image)
        paragraph.made.append(words)


def put_formula(paragraph: OpenParagraph, math: _Element) -> None:
    """Read a formula by its description, or a plain row of symbols as it stands; set the rest beside."""
    described = " ".join(math.get("alttext", "").split())
    symbols, notation, is_row = _divide_formula(math)
    words = described or (symbols if is_row else "")
    before, after = paragraph.end[-1:], (math.tail or "")[:1]
    if words:
        paragraph.put(" " * before.isalnum() + words + " " * after.isalnum())
    elif before.isalnum() and after.isalnum():
        paragraph.put(" ")
    if described:
        paragraph.made.append(described)
    paragraph.set_beside(f"{'' if words and not described else symbols} {notation}", FORMULA, math)


def _draws_letters(image: _Element, words: str, before: str) -> bool:
    """Tell whether a picture is letters of the text: a chapter's first, or a character within a word.

    `before` is what of the paragraph stands before it.  A picture alone is described by its words instead.
    """
    if not words.isalpha() or len(words) > _LONGEST_GLYPHS:
        return False
    after = _text_after(image)
    if len(words) > 1:
        return after[:1].isalpha() and before[-1:].isalpha()
    is_glued = after[:1].isalpha() or before[-1:].isalpha()
    return is_glued or (not before.strip() and after.strip()[:1].isalpha())


def _text_after(element: _Element) -> str:
    """Return the next words of the same paragraph."""
    at: _Element | None = element
    while at is not None and at.tag not in BLOCKS:
        words = at.tail or ""
        for following in islice(at.itersiblings(), _FARTHEST):
            if words:
                break
            if following.tag in BLOCKS:
                return ""
            words = "" if why_unread(following) else "".join(map(str, following.itertext()))
            words += following.tail or ""
        if words:
            return words
        at = at.getparent()
    return ""


def _divide_formula(math: _Element) -> tuple[str, str, bool]:
    """Return a formula's symbols, what another notation says of it, and whether it is a plain row."""
    pieces = list(_list_pieces(math, is_notation=False))
    symbols = [words for tag, words in pieces if tag not in _NOTATION]
    notation = [words for tag, words in pieces if tag in _NOTATION]
    is_row = all(tag in _ROW for tag, _ in pieces if tag not in _NOTATION)
    return " ".join(" ".join(symbols).split()), " ".join(" ".join(notation).split()), is_row


def _list_pieces(element: _Element, *, is_notation: bool) -> Iterator[tuple[str, str]]:
    """Yield the pieces of text in a formula, each with the name of the element that it is of."""
    if not is_text(element):
        return
    name = "annotation" if is_notation else str(element.tag)
    yield name, element.text or ""
    for child in element.iterchildren("*"):
        yield from _list_pieces(child, is_notation=is_notation or child.tag in _NOTATION)
        yield name, child.tail or ""
