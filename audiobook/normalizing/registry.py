"""Which rules there are in which language; of two that find the same place the earlier reads it."""

from __future__ import annotations

from collections.abc import Mapping

from audiobook.normalizing import (
    abbreviations,
    addresses,
    chat,
    dates,
    french,
    games,
    german,
    letters,
    money,
    powers,
    quantities,
    romans,
    signs,
    sounds,
    spanish,
    times,
)
from audiobook.normalizing.rules import Rule

_ENGLISH = (
    signs.HASHES,
    powers.read_numerals("en"),
    addresses.WEB,
    addresses.MAIL,
    addresses.HASHTAG,
    addresses.RANK,
    chat.SMILEY,
    chat.EMOJI,
    chat.SHORT,
    quantities.RAISED_UNIT,
    powers.read_powers("en"),
    powers.NOTE,
    signs.EMPHASIS,
    games.SPELL_TIME,
    games.BONUS,
    games.LEVEL,
    games.STAT,
    games.DICE,
    games.COUNT,
    games.COIN,
    games.THOUSAND,
    games.RANK,
    signs.ARROW,
    signs.BAR,
    signs.DEGREE,
    money.OLD,
    money.RANGE,
    money.AMOUNT,
    money.CENT,
    addresses.PHONE,
    addresses.EMERGENCY,
    dates.ISO,
    dates.SLASHED,
    times.RANGE,
    times.CLOCK,
    times.DOTTED,
    dates.DAY_MONTH,
    dates.MONTH_DAY,
    dates.MONTH_YEAR,
    dates.SPAN,
    dates.DECADE,
    money.OLD_SUM,
    games.OF,
    signs.SIGN,
    quantities.NUMBERED,
    quantities.SPACED,
    quantities.ANGLE,
    quantities.TALL,
    quantities.INCHES,
    quantities.FEET_INCHES,
    quantities.UNIT,
    signs.POINT,
    quantities.WORD_UNIT,
    quantities.SIZE,
    quantities.FRACTION,
    quantities.GLYPH,
    quantities.DASHED,
    quantities.LONG_RANGE,
    quantities.SLASH,
    dates.YEAR,
    abbreviations.SCENE,
    abbreviations.COUNTED,
    abbreviations.INSTANT,
    abbreviations.TITLE,
    abbreviations.CAPITAL_TITLE,
    abbreviations.BARE_TITLE,
    abbreviations.BARE_MS,
    abbreviations.SAINT,
    abbreviations.STREET,
    abbreviations.BARE_STREET,
    abbreviations.WORD,
    abbreviations.COMPANY,
    abbreviations.VERSUS,
    romans.ORDINAL,
    romans.POSSESSIVE,
    romans.NUMBERED,
    romans.LISTED,
    romans.FIRST_OF_LIST,
    romans.ALONE,
    letters.FORMULA,
    letters.INITIALS,
    letters.ANNO_DOMINI,
    letters.CAPITAL,
    sounds.DIALECT,
    sounds.STUTTER,
    sounds.NOISE,
    sounds.DRAWN,
)


def _around(language: str, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
    """Return a language's rules with what every language needs beside its own."""
    return (powers.read_numerals(language), *rules, powers.read_powers(language), powers.NOTE)


RULES: Mapping[str, tuple[Rule, ...]] = {
    "en": _ENGLISH,
    "de": _around("de", german.RULES),
    "fr": _around("fr", french.RULES),
    "es": _around("es", spanish.RULES),
    "ja": (powers.SPELLED, powers.SURE_NOTE),
}
"""By primary language subtag (BCP 47)."""

ELSEWHERE = (powers.SURE_NOTE,)
"""In all other languages."""

HEADINGS: Mapping[str, tuple[Rule, ...]] = {
    "en": (romans.title_of_part("en"), signs.PADDED, signs.NUMBER_TWICE),
    **{language: (romans.title_of_part(language), signs.PADDED) for language in ("de", "fr", "es")},
}
"""What comes before them in headings alone."""
