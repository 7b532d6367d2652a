"""Which rules there are in which language; of two that find the same place the earlier reads it."""

from __future__ import annotations

from collections.abc import Mapping

from audiobook.normalizing import (
    abbreviations,
    addresses,
    chat,
    dates,
    french,
    german,
    letters,
    money,
    quantities,
    romans,
    sounds,
    spanish,
    times,
)
from audiobook.normalizing.rules import Rule

_ENGLISH = (
    addresses.WEB,
    addresses.MAIL,
    addresses.HASHTAG,
    addresses.RANK,
    chat.SMILEY,
    chat.EMOJI,
    chat.SHORT,
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
    quantities.NUMBERED,
    quantities.SPACED,
    quantities.ANGLE,
    quantities.TALL,
    quantities.INCHES,
    quantities.FEET_INCHES,
    quantities.UNIT,
    quantities.WORD_UNIT,
    quantities.SIZE,
    quantities.FRACTION,
    quantities.GLYPH,
    quantities.DASHED,
    quantities.LONG_RANGE,
    quantities.SLASH,
    dates.YEAR,
    abbreviations.COUNTED,
    abbreviations.INSTANT,
    abbreviations.TITLE,
    abbreviations.CAPITAL_TITLE,
    abbreviations.BARE_MS,
    abbreviations.SAINT,
    abbreviations.STREET,
    abbreviations.WORD,
    abbreviations.COMPANY,
    abbreviations.VERSUS,
    romans.ORDINAL,
    romans.POSSESSIVE,
    romans.NUMBERED,
    romans.LISTED,
    romans.FIRST_OF_LIST,
    romans.ALONE,
    letters.INITIALS,
    letters.ANNO_DOMINI,
    letters.CAPITAL,
    sounds.STUTTER,
    sounds.NOISE,
    sounds.DRAWN,
)

RULES: Mapping[str, tuple[Rule, ...]] = {
    "en": _ENGLISH,
    "de": german.RULES,
    "fr": french.RULES,
    "es": spanish.RULES,
}
"""By primary language subtag (BCP 47)."""

HEADINGS: Mapping[str, tuple[Rule, ...]] = {language: (romans.title_of_part(language),) for language in RULES}
"""What comes before them in headings alone."""
