"""How much markup of a stranger is read: bytes, tags, attributes, depth; and the looks that hold to it.

A parser takes memory by elements and attributes rather than by bytes, and some are quadratic in the
attributes of one tag, so those are counted before it sees them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from audiobook.errors import SourceError

if TYPE_CHECKING:
    from lxml.etree import _Element

MAX_MARKUP = 40_000_000
"""Bytes of one file of markup.  A book of 2.3 million words on one page has 14 MB."""
MAX_TAGS = 200_000
"""Angle brackets of a package, a table of contents or a lexicon."""
MAX_PAGE_TAGS = 2_200_000
"""Angle brackets of one page.  A long novel on one page has 6,000, a textbook of a million elements two
million; each costs about 5 µs and 150 bytes."""
MAX_DEPTH = 200
"""Elements within elements; real books stay under 40."""
_MAX_ATTRIBUTES = 500
"""Of one tag."""
_MAX_ALL_ATTRIBUTES = 500_000
"""Of one file; about 220 bytes each."""

# What tags look like to a browser (HTML standard, 13.2.5 Tokenization).
_OPENING = re.compile(r"<(?:(!--)|([!?])|(/?[A-Za-z][^\s/>]*+))")
_ATTRIBUTE = re.compile(r"[\s/]*+[^\s>/][^\s=>/]*+(?:\s*+=\s*+(?:\"[^\"]*+\"|'[^']*+'|[^\s>]*+))?+")
_RAW = frozenset({"script", "style", "xmp", "iframe", "noembed", "noframes", "title", "textarea", "noscript"})


def check_markup(text: str, source: str, max_tags: int) -> None:
    """Raise `SourceError` where a file of markup holds more than any of a book does."""
    if text.count("<") > max_tags:
        raise SourceError(f"{source}: has {text.count('<')} tags, more than any page of a book ({max_tags})")
    if text.count("=") > max(_MAX_ALL_ATTRIBUTES, 2 * max_tags):
        raise SourceError(f"{source}: has {text.count('=')} attributes, more than any page of a book")


def check_attributes(text: str, source: str) -> None:
    """Raise `SourceError` where HTML holds a tag, or tags, with more attributes than any book's."""
    total = 0
    at = 0
    while opening := _OPENING.search(text, at):
        at = opening.end()
        if opening[1]:
            at = _skip_past(text, "-->", at - 2)
        elif opening[2]:
            at = _skip_past(text, ">", at)
        else:
            count = 0
            while attribute := _ATTRIBUTE.match(text, at):
                at = attribute.end()
                count += 1
                if count > _MAX_ATTRIBUTES or total + count > _MAX_ALL_ATTRIBUTES:
                    raise SourceError(f"{source}: has a tag with more attributes than any page of a book")
            total += count
            name = opening[3].lower()
            if name in _RAW:
                end = re.compile(rf"</{name}", re.IGNORECASE).search(text, at)
                at = end.start() if end else len(text)


def _skip_past(text: str, mark: str, at: int) -> int:
    found = text.find(mark, at)
    return found + len(mark) if found >= 0 else len(text)


def check_depth(root: _Element, source: str) -> None:
    """Raise `SourceError` where elements lie deeper within each other than in any book."""
    from lxml import etree

    depth = 0
    for event, _ in etree.iterwalk(root, events=("start", "end")):
        depth += 1 if event == "start" else -1
        if depth > MAX_DEPTH:
            raise SourceError(f"{source}: elements are nested more than {MAX_DEPTH} deep")
