"""Footnotes that no markup tells: "[Footnote 1: …]", and "[1] …" below a text in which stands "so.[1]"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiobook.reading.flow import Block
from audiobook.reading.notes import FOOTNOTE

_SIGN = r"\d{1,3}|[A-Za-z]|[*†‡§]{1,3}"
_NAMED = re.compile(rf"\[(?:Foot|End)note(?:\s+(?:{_SIGN}))?\s*:\s", re.IGNORECASE)
_SIGNED = re.compile(rf"\[(?P<sign>{_SIGN})\][ \t]+\S|(?P<raised>[⁰¹²³⁴-⁹]{{1,3}})[ \t]*[^\W\d]")
_REFERENCE = re.compile(
    rf"(?<=[^\W_])[.,;:!?…]?[”’\"»)]?(?:\[(?P<sign>{_SIGN})\]|(?P<raised>[⁰¹²³⁴-⁹]{{1,3}})(?![\w/⁄]))"
)
_BRACKET = re.compile(r"[\[\]]")
_MOST_BLOCKS = 12
"""Paragraphs of a note in brackets; one that is not closed by then is none."""


def mark_written_notes(blocks: Sequence[Block], text: str) -> None:
    """Give a reason to the paragraphs that are notes: named so, or begun with a sign that was seen before."""
    referred: set[str] = set()
    read = [block for block in blocks if block.skip is None and not block.level]
    for index, block in enumerate(read):
        if block.skip is not None:
            continue
        words = text[block.start : block.end]
        if _NAMED.match(words):
            for part in read[index : _find_end(read, text, index)]:
                part.skip = FOOTNOTE
            continue
        signed = _SIGNED.match(words)
        if signed and (signed["sign"] or signed["raised"]) in referred:
            block.skip = FOOTNOTE
        elif "[" in words or not words.isascii():
            referred.update(match["sign"] or match["raised"] for match in _REFERENCE.finditer(words))


def _find_end(blocks: Sequence[Block], text: str, first: int) -> int:
    """Return the index after a bracketed note's last paragraph: where it is closed, else its own.

    Where the story goes on behind the bracket, it is `first`: nothing is left out.
    """
    depth = 0
    for index in range(first, min(first + _MOST_BLOCKS, len(blocks))):
        for bracket in _BRACKET.finditer(text, blocks[index].start, blocks[index].end):
            depth += 1 if bracket[0] == "[" else -1
            if depth == 0:
                goes_on = any(map(str.isalnum, text[bracket.end() : blocks[index].end]))
                return first if goes_on else index + 1
    return first + 1
