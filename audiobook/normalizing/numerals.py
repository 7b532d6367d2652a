"""Numbers in words, and Roman numerals."""

from __future__ import annotations

import re
from functools import lru_cache

_ROMAN = re.compile(r"(?=.)(X{0,3}|XL|LX{0,3}|XC|CX{0,3})(IX|IV|V?I{0,3})\Z", re.IGNORECASE)
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}


@lru_cache(maxsize=2048)
def cardinal(number: int, language: str = "en") -> str:
    """Return a number in words (seventy-six)."""
    from num2words import num2words

    return str(num2words(number, lang=language)).replace(",", "")


@lru_cache(maxsize=2048)
def ordinal(number: int, language: str = "en") -> str:
    """Return an ordinal in words (seventy-sixth); German ones end in -e, Spanish ones are masculine."""
    from num2words import num2words

    return str(num2words(number, lang=language, to="ordinal"))


@lru_cache(maxsize=2048)
def year_words(year: int, language: str = "en") -> str:
    """Return a year as it is said: seventeen seventy-six, nineteen oh five, neunzehnhundertfünf."""
    if language != "en":
        from num2words import num2words

        return str(num2words(year, lang=language, to="year"))
    century, rest = divmod(year, 100)
    if century % 10 == 0 and rest < 10:
        return cardinal(year).replace(" and ", " ")
    if rest == 0:
        return f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {cardinal(rest) if rest > 9 else 'oh ' + cardinal(rest)}"


def decade_words(year: int) -> str:
    """Return an English decade: 1990 and 90 are (nineteen) nineties, 1800 eighteen hundreds."""
    words = year_words(year) if year > 99 else cardinal(year)
    return f"{words[:-1]}ies" if words.endswith("y") else f"{words}s"


def roman_value(numeral: str) -> int:
    """Return the value of a Roman numeral from I to CXXXIX in its usual form, or 0."""
    if not _ROMAN.match(numeral):
        return 0
    values = [_VALUES[letter] for letter in numeral.upper()]
    following = [*values[1:], 0]
    return sum(-value if value < after else value for value, after in zip(values, following, strict=True))
