"""French: abbreviations, ordinals, times, money, Roman numerals.  Years are said as numbers are."""

from __future__ import annotations

import re

from audiobook.normalizing.letters import SEVERAL_INITIALS
from audiobook.normalizing.numerals import cardinal, ordinal, roman_value
from audiobook.normalizing.rules import DIGIT, DOTTED, NUMERAL, Rule, ends_text, one_of, one_or_many

_TITLE = re.compile(
    r"(?<![\w.’'-])(MM|M)\.(?=[\s\u00a0]{1,3}"
    r"(?:(?!(?:Ils?|Elles?|On|Je|Tu|Nous|Vous|Les?|La|Une?|Ce|Mais|Et|Puis)\b)[A-ZÀ-Þ]|d[’']|de |le |et M))"
)
_BARE = {"Vve": "Veuve", "Mgr": "Monseigneur", "Mmes": "Mesdames", "Mlles": "Mesdemoiselles"}
_BARE_TITLE = re.compile(rf"(?<![\w.])({one_of(_BARE)})\.?(?= [A-ZÀ-Þ])")
_WORDS = {
    "p. ex.": "par exemple",
    "c.-à-d.": "c'est-à-dire",
    "C.-à-d.": "C'est-à-dire",
    "av. J.-C.": "avant Jésus-Christ",
    "apr. J.-C.": "après Jésus-Christ",
    "ap. J.-C.": "après Jésus-Christ",
}
_WORD = re.compile(rf"(?<![\w.])({one_of(_WORDS)})")
_NUMBER = re.compile(r"(?<!\w)[nN]([°º]|os|o\.?)[ \u00a0\u202f]?(?=\d)")
_COUNTED = {"p": "page", "pp": "pages", "vol": "volume", "chap": "chapitre", "fig": "figure", "t": "tome"}
_PAGE = re.compile(rf"(?<![\w.])({one_of(_COUNTED)})\.[ \u00a0](?=\d|[IVXLC]{{1,8}}\b)")
_ORDINAL = re.compile(r"(?<![\w.,])(\d{1,3})(?:e|ème|ième|è)(s?)(?![\w])")
_FIRST = re.compile(r"(?<![\w.,])1(re|ère|res|ers)(?!\w)")
_ROMAN_ORDINAL = re.compile(r"(?<![\w.])([IVXLC]{2,8}|[VX])(?:e|ème|è)(?!\w)")
_ROMAN_FIRST = re.compile(r"(?<![\w.])I(er|re|ère)(?!\w)")
_ROMAN = re.compile(r"\b([A-ZÀ-Þa-zà-ÿ][\wà-ÿ’'-]{2,20})\.?[ \u00a0](?P<at>[IVXLC]{1,9})(?![\w’'-])")
_PARTS = frozenset(
    "chapitre chap vol livre tome partie acte scène volume chant section article annexe numéro".split()
)
_HOUR = re.compile(r"(?<![\w.,/])([01]?\d|2[0-4])[ \u00a0\u202f]?h(?:[ \u00a0\u202f]?([0-5]\d))?(?![\w/])")
_PRICE = re.compile(r"(?<![\w.,])(\d{1,3}(?:[ \u00a0\u202f.]\d{3}){0,3}),(\d\d)[ \u00a0\u202f]?(€|euros?\b)")
_FRACTION = re.compile(r"(?<![\w.,/])([1-3])/([2345])(?![\w/])")
_FRACTIONS = {
    (1, 2): "un demi",
    (1, 3): "un tiers",
    (2, 3): "deux tiers",
    (1, 4): "un quart",
    (3, 4): "trois quarts",
    (1, 5): "un cinquième",
    (2, 5): "deux cinquièmes",
    (3, 5): "trois cinquièmes",
}
_HALF = re.compile(r"(?<=\d) ?½")
_UNITS = {
    "km/h": "kilomètres à l'heure",
    "m": "mètres",
    "g": "grammes",
    "l": "litres",
    "°C": "degrés Celsius",
    "m²": "mètres carrés",
    "km²": "kilomètres carrés",
}
_UNIT = re.compile(rf"(?<=\d)[ \u00a0\u202f]?({one_of(_UNITS)})(?![\w/²’'])")
_RANGE = re.compile(r"(?<![\w.,:/–-])(\d{1,4}) ?([–-]) ?(\d{1,4})(?![\w/:–-]|[.,]\d)")


def _read_roman(match: re.Match[str]) -> str | None:
    value = roman_value(match[2])
    word = match[1]
    if not value or (len(match[2]) == 1 and word.lower() not in _PARTS and match[2] not in "VX"):
        return None
    if word.lower() not in _PARTS and (not word[0].isupper() or (len(match[2]) == 1 and word not in _RULERS)):
        return None
    return cardinal(value, "fr")


_RULERS = frozenset(
    "Charles Philippe Henri Georges Édouard Pie Alphonse Urbain Grégoire Paul Sixte Innocent".split()
)


def _read_hour(match: re.Match[str]) -> str:
    hour, minute = int(match[1]), match[2]
    said = f"{cardinal(hour, 'fr') if hour != 1 else 'une'} heure{'s' if hour > 1 else ''}"
    if hour == 21:
        said = "vingt et une heures"
    return f"{said} {int(minute)}" if minute and minute != "00" else said


def _read_price(match: re.Match[str]) -> str:
    whole, cents = match[1], int(match[2])
    if whole == "0":
        return f"{cents} centime{'s' if cents > 1 else ''}"
    euros = f"{whole} euro{'' if whole == '1' else 's'}"
    return f"{euros} {cents}" if cents else euros


RULES = (
    Rule(name="French: hour", needs=DIGIT, pattern=_HOUR, read=_read_hour),
    Rule(
        name="French: price",
        needs=DIGIT,
        pattern=_PRICE,
        read=_read_price,
    ),
    Rule(
        name="French: ordinal",
        needs=DIGIT,
        pattern=_ORDINAL,
        read=lambda m: ordinal(int(m[1]), "fr") + m[2] if int(m[1]) > 1 else None,
    ),
    Rule(
        name="French: first",
        needs=DIGIT,
        pattern=_FIRST,
        read=lambda m: {"res": "premières", "ers": "premiers"}.get(m[1], "première"),
    ),
    Rule(
        name="French: fraction",
        needs=DIGIT,
        pattern=_FRACTION,
        read=lambda m: _FRACTIONS.get((int(m[1]), int(m[2]))),
    ),
    Rule(name="French: half", needs=DIGIT, pattern=_HALF, read=lambda _: " et demi"),
    Rule(name="French: range", needs=DIGIT, pattern=_RANGE, read=lambda m: f"{m[1]} à {m[3]}"),
    Rule(name="French: unit", needs=DIGIT, pattern=_UNIT, read=lambda m: f" {one_or_many(m, _UNITS[m[1]])}"),
    Rule(
        name="French: number",
        needs=DIGIT,
        pattern=_NUMBER,
        read=lambda m: "numéros " if m[1] == "os" else "numéro ",
    ),
    Rule(
        name="French: title",
        needs=DOTTED,
        pattern=_TITLE,
        read=lambda m: "Monsieur" if m[1] == "M" else "Messieurs",
    ),
    Rule(
        name="French: bare title",
        needs=re.compile("M[gml]|Vve"),
        pattern=_BARE_TITLE,
        read=lambda m: _BARE[m[1]],
    ),
    Rule(
        name="French: word",
        needs=DOTTED,
        pattern=_WORD,
        read=lambda m: f"{_WORDS[m[1]]}." if ends_text(m) else _WORDS[m[1]],
    ),
    Rule(name="French: page", needs=DOTTED, pattern=_PAGE, read=lambda m: f"{_COUNTED[m[1]]} "),
    Rule(
        name="French: roman first",
        needs=re.compile("I[er]|Iè"),
        pattern=_ROMAN_FIRST,
        read=lambda m: "premier" if m[1] == "er" else "première",
    ),
    Rule(
        name="French: roman ordinal",
        needs=re.compile("[IVXLC]"),
        pattern=_ROMAN_ORDINAL,
        read=lambda m: ordinal(roman_value(m[1]), "fr") if roman_value(m[1]) > 1 else None,
    ),
    Rule(name="French: roman", needs=NUMERAL, pattern=_ROMAN, read=_read_roman),
    SEVERAL_INITIALS,
)
