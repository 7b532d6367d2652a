"""Make a text safe for eSpeak without losing a letter or digit of it."""

from __future__ import annotations

import re
import unicodedata
from fractions import Fraction

_JOINERS = "\u200c\u200d"
"""Format characters that shape words of Persian and of Indic scripts; all others are dropped."""

_BRACKETS = re.compile(r"\[\[|\]\]")  # start and end of phoneme input
_RULES = re.compile(r"[~=#|^]{2,}")  # drawn lines, which would be read sign by sign
_EMPHASIS = re.compile(r"[*_]+")  # plain-text emphasis, footnote stars, scene marks

_LONG_WORD = re.compile(r"(\S{100})(?=\S)")
"""eSpeak holds a word in 160 bytes (N_WORD_BYTES in its translate.h)."""

_KIND_OF_LETTER = re.compile(r".*\b(?:LETTER|SYLLABLE|SIGN|NUMBER|DIGIT|LOGOGRAM|CHARACTER)[ -](?=.)")


def plain_text(text: str) -> str:
    """Return `text` composed (NFC), its white space single, without what eSpeak takes for commands.

    Control characters (a NUL would end the text), lone surrogates and code points without a meaning
    become spaces; decoration that is read aloud sign by sign (`***`, `_so_`) goes.
    """
    if not text.isprintable():
        text = "".join(char if char.isprintable() else _printable(char) for char in text)
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    text = _EMPHASIS.sub(_undecorated, text)
    text = _RULES.sub(" ", _BRACKETS.sub(" ", text))
    return " ".join(_LONG_WORD.sub(r"\1 ", text).split())


def letters_of(text: str) -> set[str]:
    """Return the letters and digits that must be heard: all but modifier letters (ʰ, ʻ), which are marks."""
    return {char for char in set(text) if char.isalnum() and unicodedata.category(char) != "Lm"}


def respellings(char: str) -> tuple[str, ...]:
    """Return ways to say a letter or digit that a voice has no sound for, best first.

    Its value as a number, its ordinary form (ﬁ → fi), its base letter (ǻ → a), its Unicode name
    (Ꮳ → "tsa"): the last is always made of ASCII letters.
    """
    ways = []
    value = unicodedata.numeric(char, None)
    if unicodedata.category(char) == "Nd":
        ways.append(str(unicodedata.decimal(char)))  # no spaces: it may be one of a number's digits
    elif value is not None:
        ways.append(f" {Fraction(value).limit_denominator(1000)} ".replace("/", " over "))
    for form in ("NFKC", "NFKD"):
        plain = "".join(filter(str.isalnum, unicodedata.normalize(form, char)))
        if plain and plain != char:
            ways.append(plain)
    name = unicodedata.name(char, f"character {ord(char):x}")
    ways.append(f" {_KIND_OF_LETTER.sub('', name).lower().replace('-', ' ')} ")
    return tuple(dict.fromkeys(ways))


def _printable(char: str) -> str:
    if char in _JOINERS:
        return char
    return "" if unicodedata.category(char) == "Cf" else " "


def _undecorated(match: re.Match[str]) -> str:
    """Keep a sign that stands for a word ("5 * 3"), part words that it joins, drop it elsewhere."""
    before = match.string[match.start() - 1 : match.start()] if match.start() else ""
    after = match.string[match.end() : match.end() + 1]
    if before.isalnum() and after.isalnum():
        return "*" if match.group() == "*" else " "
    return "*" if match.group() == "*" and before == after == " " else ""
