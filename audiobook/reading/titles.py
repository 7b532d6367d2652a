"""Titles: compared by their letters, and made of file names."""

from __future__ import annotations

import re

# Short words stay small inside an English title (Chicago Manual of Style 8.159).
_SMALL = frozenset(
    "a an and as at but by for from in into nor of on onto or over per the to up via vs with".split()
)


def letters_of(words: str) -> str:
    """Return the letters and digits by which titles are compared, large and small alike."""
    return "".join(filter(str.isalnum, words.casefold()))


def make_title(stem: str) -> str:
    """Make a title of a file name without its ending: `lost-in-the-haze` becomes "Lost in the Haze".

    A name that a person wrote with spaces or capitals keeps its own.
    """
    words = re.sub(r"[_\s]+", " ", stem).strip()
    if not re.search(r"[A-Z ]", words):
        words = words.replace("-", " ")
    if words != words.lower():
        return words or stem
    parts = words.split()
    titled = [
        part if 0 < index < len(parts) - 1 and part in _SMALL else part[:1].upper() + part[1:]
        for index, part in enumerate(parts)
    ]
    return " ".join(titled) or stem
