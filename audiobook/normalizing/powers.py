"""Raised numbers: powers are read, the signs of notes are not.  And numerals that are one character."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

from audiobook.normalizing.numerals import cardinal, ordinal, roman_value
from audiobook.normalizing.romans import RULERS
from audiobook.normalizing.rules import Rule, word_before

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_PLAIN = str.maketrans(_RAISED, "0123456789")
_POWER = re.compile(
    rf"(?<![^\W_])(?:\d{{1,3}}(?:[.,]\d{{1,6}})?|[A-Za-zπ]|(?:(?<=[=×*])|(?<=[=×*] ))[a-z]{{2}}|(?<=[)\]]))"
    rf"(?P<at>\^?([⁻⁺]?)([{_RAISED}]{{1,3}})|\^([-−]?)(\d{{1,3}})(?![\d^]))"
    r"(?![^\W_]{2})"
)
"""Of numbers and single letters; four digits are a year, and words are words."""
_SQUARES: Mapping[str, tuple[str, str]] = {
    "en": ("squared", "cubed"),
    "de": ("zum Quadrat", "hoch 3"),
    "fr": ("au carré", "au cube"),
    "es": ("al cuadrado", "al cubo"),
}
_TO_THE: Mapping[str, tuple[str, str]] = {
    "de": ("hoch", "minus"),
    "fr": ("puissance", "moins"),
    "es": ("elevado a", "menos"),
}

_BRACKETED = r"\[(?:\d{1,3}|[A-Za-z]|[ivx]{2,4}|[*†‡§]{1,3}|citation needed|(?:note|nb|fn) ?\d{0,3})\]"
_NOTE = re.compile(
    rf"(?<=[\w.,;:!?”’\"»)\]…]){_BRACKETED}|\A(?!\[[AaIi]\]){_BRACKETED}(?=\s[a-z])"
    rf"|(?<![⁻⁺{_RAISED}])[{_RAISED}]{{1,3}}(?![\w/⁄])"
    r"|(?<=[\w.,;:!?”’\"»)\]…])[*†‡§]{1,3}(?![\w*])|\A[*†‡§]{1,3}\s(?=[a-z])"
    r"|(?<=[.!?])\(\d{1,2}\)(?=\s|\Z)|\A\(\d{1,2}\)(?=\s(?:he|she|they|said|asked)\b)"
)
"""Signs that cling to what they explain, or stand where a tag after a quotation begins."""
_SURE_NOTE = re.compile(
    rf"(?<=[\w.,;:!?”’\"»)\]…。！？」』]){_BRACKETED}"
    rf"|(?:(?<=[^\W\d_]{{4}})|(?<=[.,;:!?”’»)\]…。！？」』]))(?:[{_RAISED}]{{1,3}}|[*†‡§]{{1,3}})(?![\w/⁄*])"
)
"""Those that can be no power, where no rule reads powers: "km²"."""
_HAS_SIGN = re.compile(rf"[\[*†‡§(^]|[{_RAISED}]")

_ONE_CHARACTER = re.compile(
    "[\u2160-\u217f]{1,8}|[\u2460-\u249b\u24ea-\u24ff\u2776-\u2793\uff10-\uff19]{1,8}"
)


def read_powers(language: str) -> Rule:
    """Return the rule for powers in a language: 10⁶, x², 10⁻³."""

    def read(match: re.Match[str]) -> str | None:
        sign = match[2] or ("⁻" if match[4] else "")
        raised = int((match[3] or match[5]).translate(_PLAIN))
        if raised < 2 and not sign:
            return None  # the sign of a note
        if not sign and raised in (2, 3):
            return f" {_SQUARES[language][raised - 2]}"
        if language == "en":
            return f" to the minus {cardinal(raised)}" if sign == "⁻" else f" to the {ordinal(raised)}"
        words, minus = _TO_THE[language]
        return f" {words} {minus if sign == '⁻' else ''} {raised}".replace("  ", " ")

    return Rule(name="powers: power", needs=_HAS_SIGN, pattern=_POWER, read=read)


def read_numerals(language: str) -> Rule:
    """Return the rule for numerals of one character: Ⅳ, ④, ４."""

    def read(match: re.Match[str]) -> str | None:
        written = match[0]
        if not "\u2160" <= written[0] <= "\u217f":
            return "".join(str(int(unicodedata.numeric(each))) for each in written)
        value = roman_value(unicodedata.normalize("NFKC", written))
        if not value:
            return None
        is_ruler = language == "en" and word_before(match) in RULERS
        return f"the {ordinal(value)}" if is_ruler else cardinal(value, language)

    return Rule(name="powers: one character", needs=_ONE_CHARACTER, pattern=_ONE_CHARACTER, read=read)


def _read_note(match: re.Match[str]) -> str | None:
    closes = match[0].startswith("*") and match.string.count("*", 0, match.start()) % 2
    return None if closes else " "  # *sigh*


SPELLED = Rule(
    name="ruby: in brackets",
    needs=re.compile("（"),
    pattern=re.compile("(?<=[\u3005\u3400-\u9fff])（[\u3041-\u3096\u30a1-\u30fc]{1,12}）"),
    read=lambda _: " ",
)
"""How the Japanese characters before it are read, which the reader has just read."""
NOTE = Rule(name="notes: sign", needs=_HAS_SIGN, pattern=_NOTE, read=_read_note)
SURE_NOTE = Rule(name=NOTE.name, needs=_HAS_SIGN, pattern=_SURE_NOTE, read=_read_note)
