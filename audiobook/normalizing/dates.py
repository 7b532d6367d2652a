"""Dates, years and decades in English."""

from __future__ import annotations

import re

from audiobook.normalizing.numerals import cardinal, decade_words, ordinal, year_words
from audiobook.normalizing.rules import DIGIT, Rule, next_word, one_of, word_before

_MONTHS = (
    "January February March April May June July August September October November December"  # in order
).split()
_SHORT = {month[:3]: month for month in _MONTHS} | {"Sept": "September"}
_SHORT.pop("May")
_MONTH = one_of(" ".join([*_MONTHS, *(month.upper() for month in _MONTHS)]))
_SHORT_MONTH = one_of(_SHORT)
_YEAR = r"1[0-9]\d\d|20\d\d"
_PREPOSITIONS = frozenset("on by of since until till from before after to through for".split())

_ISO = re.compile(r"(?<![\w./-])([12]\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(?![\w/-]|[.,]\d)")
_SLASHED = re.compile(r"(?<![\w./-])([0-3]?\d)/([0-3]?\d)/([12]\d{3}|\d\d)(?![\w/-]|[.,]\d)")
_DAY_MONTH = re.compile(
    rf"(?<![\w.,/:$£€-])((?i:the) )?([1-9]|[12]\d|3[01]) (?:({_MONTH})|({_SHORT_MONTH})\b\.?)(?![\w’'-])"
    rf"(?:(,?) ({_YEAR})(?![\w,/:-]|\.\d))?"
)
_MONTH_DAY = re.compile(
    rf"(?<![\w-])(?:({_MONTH})|({_SHORT_MONTH})\b\.?) ([1-9]|[12]\d|3[01])(st|nd|rd|th|d)?"
    r"(?![\w:/$%°-]|[.,]\d)"
    rf"(?:(,?) ({_YEAR})(?![\w,/:-]|\.\d))?"
)
_MONTH_YEAR = re.compile(rf"(?<![\w-])({_SHORT_MONTH})\.,? (?={_YEAR})")
_SPAN = re.compile(
    r"(?<![\w.,:/#$£€+-])(1[1-9]\d\d|20\d\d) ?[–-] ?(1[1-9]\d\d|20\d\d|\d\d)(?![\w/–-]|[.,:]\d)"
)
_DECADE = re.compile(
    r"(?:(?<![\w.,$£€-])|(?<=\bmid-)|(?<=\bearly-)|(?<=\blate-))(?:(1[1-9]|20)(\d)0|['’‘]?([2-9])0)(?:['’]?s)(?![\w’'])"
)
_YEAR_ALONE = re.compile(rf"(?<![\w.,:/#$£€+−–])({_YEAR})(?![^\W¹²³⁰⁴-⁹]|[%°$£€½¼¾]|[.,:/–-]\d| \d| [½¼¾])")

_PAIRED = re.compile(r"(?<!\d)(?:1\d|20)\d\d (?:and|or|to|till) \Z")
"""After a year and "and", as in "between 1750 and 1788"."""
_STRONG = frozenset(
    "in since until till during circa year years spring summer autumn fall winter early late mid "
    "christmas easter of between".split()
) | {month.lower() for month in _MONTHS}
_NUMBERED = frozenset(
    "no nos number page pages p pp line lines room flight route box apartment suite bus verse lot "
    "highway unit channel model radio frequency".split()
)
"""Words after which a number counts or names something."""
_AFTER_YEAR = frozenset(
    "is was were are had has have did does will would could should can may might must when and or but "
    "to in on at by for from with as that which who whose the a an he she it they we i you his her "
    "their its our my your this there then than so if after before until till since while where not be "
    "been came went saw began made became brought gave marked took ended started all both no some many "
    "most they even only just also because though although however during through without under over "
    "about election edition census war revolution".split()
)
"""Lower-case words that may follow a year; any other makes the number count what it names."""
_AFTER_MONTH = frozenset("was is and had has were the he she they we it i to through until".split())
_DETERMINERS = frozenset("the a an this that his her its their our my your".split())
_SINGULAR_IN_S = frozenset("is was has his its this as us census congress crisis less unless always".split())
_COUNTED = frozenset(
    "men women people feet horse foot miles yards pounds dollars souls acres head sheep cattle tons".split()
)


def _read_iso(match: re.Match[str]) -> str:
    year, month, day = (int(part) for part in match.groups())
    return f"{_MONTHS[month - 1]} {ordinal(day)}, {year_words(year)}"


def _read_slashed(match: re.Match[str]) -> str | None:
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if not (1 <= first <= 31 and 1 <= second <= 31) or min(first, second) > 12:
        return None
    said_year = year_words(year) if year > 99 else cardinal(year) if year > 9 else f"oh {cardinal(year)}"
    if first > 12:
        return f"{_MONTHS[second - 1]} {ordinal(first)}, {said_year}"
    if second > 12:
        return f"{_MONTHS[first - 1]} {ordinal(second)}, {said_year}"
    # Which is the month depends on the country, so the numbers are read as they stand.
    return f"{cardinal(first)}, {cardinal(second)}, {said_year}"


def _read_day_month(match: re.Match[str]) -> str | None:
    _, day, month, short, comma, year = match.groups()
    if month in ("May", "March", "MAY", "MARCH") and not year and next_word(match).islower():
        follows = next_word(match)
        if follows not in _AFTER_YEAR:
            return None
    article = match[1] or "the "
    said = f"{article}{ordinal(int(day))} of {month.capitalize() if month else _SHORT[short]}"
    return f"{said}{comma} {year_words(int(year))}" if year else said


def _read_month_day(match: re.Match[str]) -> str | None:
    month, short, day, _, comma, year = match.groups()
    if month in ("May", "March", "MAY", "MARCH") and not year and not match[4]:
        follows = next_word(match)
        if (
            word_before(match).lower() not in _PREPOSITIONS
            and follows.islower()
            and follows not in _AFTER_MONTH
        ):
            return None  # "March 3 miles", "May 5 men come?"
    said = f"{month.capitalize() if month else _SHORT[short]} {ordinal(int(day))}"
    return f"{said}{comma} {year_words(int(year))}" if year else said


def _read_span(match: re.Match[str]) -> str | None:
    first, second = int(match[1]), int(match[2])
    if second < 100:
        if second <= first % 100:
            return None
        return f"{year_words(first)} to {cardinal(second) if second > 9 else 'oh ' + cardinal(second)}"
    return f"{year_words(first)} to {year_words(second)}" if first < second else None


def _read_decade(match: re.Match[str]) -> str:
    century, ten, short = match.groups()
    return decade_words(int(short) * 10) if short else decade_words(int(f"{century}{ten}0"))


def _read_year(match: re.Match[str]) -> str | None:
    year = int(match[1])
    start = match.start()
    before = word_before(match).lower()
    if 2000 <= year <= 2009 or year == 1000 or before in _NUMBERED:
        return None  # "two thousand seven" is what engines say
    if match.string[start - 1 : start] == "-" and not match.string[max(0, start - 2) : start - 1].isalpha():
        return None
    is_strong = before in _STRONG or _PAIRED.search(match.string, max(0, start - 9), start) is not None
    if year < 1100 and not (is_strong and before != "of"):
        return None
    follows = next_word(match)
    if follows.lower() in _COUNTED:
        return None
    is_plural = follows.endswith("s") and follows.lower() not in _SINGULAR_IN_S
    if is_strong and before not in ("of", "between"):
        return None if is_plural and follows.islower() else year_words(year)
    if not follows or follows in _AFTER_YEAR:
        return year_words(year)
    if is_plural or (follows.islower() and before not in _DETERMINERS):
        return None
    return year_words(year)


ISO = Rule(name="dates: iso", needs=DIGIT, pattern=_ISO, read=_read_iso)
SLASHED = Rule(name="dates: slashed", needs=DIGIT, pattern=_SLASHED, read=_read_slashed)
DAY_MONTH = Rule(name="dates: day month", needs=DIGIT, pattern=_DAY_MONTH, read=_read_day_month)
MONTH_DAY = Rule(name="dates: month day", needs=DIGIT, pattern=_MONTH_DAY, read=_read_month_day)
MONTH_YEAR = Rule(
    name="dates: month year", needs=DIGIT, pattern=_MONTH_YEAR, read=lambda match: f"{_SHORT[match[1]]} "
)
SPAN = Rule(name="dates: span", needs=DIGIT, pattern=_SPAN, read=_read_span)
DECADE = Rule(name="dates: decade", needs=DIGIT, pattern=_DECADE, read=_read_decade)
YEAR = Rule(name="dates: year", needs=DIGIT, pattern=_YEAR_ALONE, read=_read_year)
