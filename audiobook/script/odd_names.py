"""Names that their letters don't tell: HAL, R2-D2, Q, Unit 7.  Who speaks in a tag has a name."""

from __future__ import annotations

import re
from collections.abc import Iterator

from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon

OddName = tuple[str, ...]
"""Its words as written, without the full stop that a letter at the end of a sentence has."""

_CAPITALS = re.compile(r"[A-ZÀ-Þ]{2,}(?:['’-][A-ZÀ-Þ]+)*|[B-HJ-NP-Z]\.?")
_WITH_DIGITS = re.compile(r"(?:[A-ZÀ-Þ]|\d+-?[A-ZÀ-Þ])[^\W_]*(?:-[^\W_]+)*")
_NUMBER = re.compile(r"\d{1,4}|(?!I\Z)[IVX]{1,4}|[B-HJ-Z]")
_WORD = re.compile(r"[^\W\d_a-zß-öø-ÿ][^\W\d_]+")
_FINITE = ("past", "present")


def find_odd_names(tokens: Tokens, quoted: bytearray) -> frozenset[OddName]:
    """Return the names that stand beside a verb of speech right after speech, or right before it."""
    found: set[OddName] = set()
    for at in _find_edges(quoted):
        found.update(_read_after(tokens, quoted, at))
        found.update(_read_before(tokens, quoted, at))
    return frozenset(found)


def plain(word: str) -> str:
    """Return a word without the full stop of a single letter."""
    return word[0] if len(word) == 2 and word[1] == "." else word


def _find_edges(quoted: bytearray) -> Iterator[int]:
    """Yield the first token after each stretch of speech, and the first of it."""
    yield from (i for i in range(1, len(quoted)) if quoted[i] != quoted[i - 1])


def _read_after(tokens: Tokens, quoted: bytearray, at: int) -> Iterator[OddName]:
    """Read "…,” said HAL" and "…,” HAL said"."""
    if quoted[at]:
        return
    while at < len(quoted) and not tokens.texts[at][0].isalnum() and not quoted[at]:
        at += 1
    for begin in (at, at + 1):
        name = _name_at(tokens, begin)
        verb = begin - 1 if begin > at else begin + len(name)
        if name and _speaks(tokens, verb):
            yield tuple(map(plain, name))


def _read_before(tokens: Tokens, quoted: bytearray, at: int) -> Iterator[OddName]:
    """Read "HAL said: “…"."""
    if not quoted[at]:
        return
    verb = at - 1
    while verb > 0 and not tokens.texts[verb][0].isalnum() and tokens.texts[verb] not in ".!?":
        verb -= 1
    for length in (1, 2):
        name = _name_at(tokens, verb - length) if verb >= length and _speaks(tokens, verb) else ()
        if len(name) == length:
            yield tuple(map(plain, name))


def _name_at(tokens: Tokens, at: int) -> OddName:
    """Return the odd name that begins at a token, or nothing."""
    first, second = (*tokens.texts[at : at + 2], "", "")[:2]
    if _WORD.fullmatch(first) and _NUMBER.fullmatch(second) and not first.isupper():
        return () if first.lower() in lexicon().section("not names") else (first, second)
    has_digit = any(map(str.isdigit, first)) and _WITH_DIGITS.fullmatch(first)
    return (first,) if has_digit or _CAPITALS.fullmatch(first) else ()


def _speaks(tokens: Tokens, at: int) -> bool:
    texts = tokens.texts
    return at < len(texts) and texts[at].islower() and lexicon().speech_verbs.get(texts[at]) in _FINITE
