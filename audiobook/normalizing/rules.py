"""What a rule is, and how it looks around the place that it has found."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Read = Callable[[re.Match[str]], str | None]
"""Says what is spoken for a match; None leaves it as it stands."""

UPPER = "A-ZÀ-ÖØ-Þ" + "".join(c for c in map(chr, range(0x100, 0x530)) if c.isupper())
"""Capitals of Latin, Greek and Cyrillic letters, for a class of a pattern."""
DIGIT = re.compile(r"\d")
DOT = re.compile(r"\.[\W_]{0,6}\w|&c")
"""A full stop that does not end the text."""
DOTTED = re.compile(r"\w\.")
CAPITALS = re.compile(r"[A-ZÀ-Þ]{2}")
NUMERAL = re.compile(r"(?<![^\W_])[IVXLCivxlc]{1,15}(?![^\W_])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A pattern and what is spoken for it; `name` is what people are told of who did it.

    `needs` is looked for first, once for all rules that share it: most sentences hold none of it.
    Both take time linear in the text: no part of a pattern repeats without a bound before a test that
    can fail.  Where only a part of the match is read otherwise, it is the group `at`.
    """

    name: str
    needs: re.Pattern[str]
    pattern: re.Pattern[str]
    read: Read


_NEXT = re.compile(r"\s{1,3}([^\W\d_]{1,40})")
_BEFORE = re.compile(r"([^\W_]{1,40})[.,]?[\s(“‘\"']{0,3}\Z")
_END = re.compile(r"[\W_]{0,8}\Z")
_LOOK_BACK = 48


def next_word(match: re.Match[str]) -> str:
    """Return the word that follows a match after nothing but white space, or ''."""
    found = _NEXT.match(match.string, match.end())
    return found[1] if found else ""


def word_before(match: re.Match[str]) -> str:
    """Return the word or number before a match (a full stop, comma or opening mark may lie between)."""
    found = _BEFORE.search(match.string, max(0, match.start() - _LOOK_BACK), match.start())
    return found[1] if found else ""


def ends_text(match: re.Match[str]) -> bool:
    """Tell whether nothing but a few signs follows a match."""
    return _END.match(match.string, match.end()) is not None


def one_of(words: str | dict[str, str]) -> str:
    """Return alternatives of a pattern for words in a string or a table, the longest first."""
    each = words.split() if isinstance(words, str) else list(words)
    return "|".join(re.escape(word) for word in sorted(each, key=lambda word: (-len(word), word)))


def one_or_many(match: re.Match[str], words: str) -> str:
    """Return the plural of a unit (kilómetros por hora), or its singular after the number 1."""
    before = match.string[max(0, match.start() - 2) : match.start()]
    if before not in ("1", " 1", "\u00a01"):
        return words
    first, gap, rest = words.partition(" ")
    return first.removesuffix("s") + gap + rest
