"""German: abbreviations, dates, years, times, money, units, Roman numerals."""

from __future__ import annotations

import re

from audiobook.normalizing.letters import SEVERAL_INITIALS
from audiobook.normalizing.numerals import cardinal, ordinal, roman_value, year_words
from audiobook.normalizing.rules import (
    DIGIT,
    DOTTED,
    NUMERAL,
    Rule,
    ends_text,
    next_word,
    one_of,
    word_before,
)

_TITLES = {
    "Hr": "Herr",
    "Hrn": "Herrn",
    "Fr": "Frau",
    "Frl": "Fräulein",
    "Dr": "Doktor",
    "Prof": "Professor",
    "St": "Sankt",
    "Dipl": "Diplom",
}
_TITLE = re.compile(rf"(?<![\w.])({one_of(_TITLES)})\.(?=\s{{1,3}}[A-ZÄÖÜ]\w)")
_WORDS = {
    "z. B.": "zum Beispiel",
    "d. h.": "das heißt",
    "u. a.": "unter anderem",
    "u. U.": "unter Umständen",
    "z. T.": "zum Teil",
    "v. Chr.": "vor Christus",
    "n. Chr.": "nach Christus",
    "i. d. R.": "in der Regel",
    "o. ä.": "oder ähnlich",
    "s. o.": "siehe oben",
    "s. u.": "siehe unten",
    "usw.": "und so weiter",
    "usf.": "und so fort",
    "etc.": "et cetera",
    "bzw.": "beziehungsweise",
    "ca.": "circa",
    "vgl.": "vergleiche",
    "evtl.": "eventuell",
    "ggf.": "gegebenenfalls",
    "sog.": "sogenannt",
    "geb.": "geboren",
    "gest.": "gestorben",
    "inkl.": "inklusive",
    "Mio.": "Millionen",
    "Mrd.": "Milliarden",
    "Jh.": "Jahrhundert",
    "Nr.": "Nummer",
    "Bd.": "Band",
    "Kap.": "Kapitel",
    "Std.": "Stunden",
    "Min.": "Minuten",
    "Sek.": "Sekunden",
}
_NEEDS_NUMBER = frozenset("Nr. Bd. Kap.".split())
_FOLLOWS_NUMBER = frozenset("Mio. Mrd. Std. Min. Sek.".split())
_FORMS = {form.replace(" ", ""): spoken for form, spoken in _WORDS.items()}
_SPACED = "|".join(
    re.escape(form).replace(r"\ ", r"[ \u00a0\u202f]?")
    for form in sorted(_WORDS, key=lambda form: -len(form))
)
_WORD = re.compile(rf"(?<![\w.])(?:{_SPACED})(?!\w)")
_BLANK = re.compile(r"\s")
_PAGE = re.compile(r"(?<![\w.])S\.[ \u00a0](?=\d)")
_STREET = re.compile(r"(?<!\w)(\w{2,20}s)tr\.(?=\s+\d|,|[\W_]*\Z)|(?<![\w.])Str\.")

_MONTHS = "Januar Februar März April Mai Juni Juli August September Oktober November Dezember"
_COUNTED = "Jahrhundert|Kapitel|Band|Teil|Buch|Akt|Weltkrieg"
_ROMAN_ORDINAL = re.compile(rf"(?<![\w.])([IVX]{{1,7}})\.(?= (?:{_COUNTED})\b)")
_DAY = re.compile(rf"(?<![\w.,])([1-9]|[12]\d|3[01])\.(?= (?:{one_of(_MONTHS)}|{_COUNTED}|Jh)\b)")
_FIRST_DAY = re.compile(
    r"(?<![\w.,])([1-9]|[12]\d|3[01])\."
    rf"(?= (?:bis|und|oder|bis zum) (?:[1-9]|[12]\d|3[01])\. (?:{one_of(_MONTHS)})\b)"
)
"""The first of two days of a month: vom 3. bis 5. Mai."""
_OPENING = "Er Sie Es Das Die Der Und Ich Wir Ihr Aber Da In"
_OPENING_WORDS = frozenset(_OPENING.split())
"""Words that begin a sentence more often than they follow a numeral."""
_PLACED = re.compile(
    r"(?<=am |im |om |em |er |as |ie |en |um )([1-9]|[1-9]\d)\."
    rf"(?= (?!(?:{one_of(_OPENING)})\b)[A-ZÄÖÜ][a-zäöüß]{{2}})"
)
"""After an article or a preposition with one, before a noun: am 3. Tag, die 2. Frau."""
_ARTICLES = frozenset("am im vom beim zum dem einem der das die den zur".split())
_DATIVE = re.compile(
    r"\b(?:in|an|auf|aus|bei|mit|nach|seit|von|zu|vor|unter|über|hinter|neben|zwischen|während|wegen) der \Z",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"(?<![\w.,/-])([1-9]|0[1-9]|[12]\d|3[01])\.[ \u00a0]?(0?[1-9]|1[0-2])\."
    r"(?:[ \u00a0]?([12]\d{3})(?![\w.,]\d|\w))?"
    r"(?![\w/]|[.,]\d)"
)
_BEFORE_DATES = frozenset("am vom zum dem den ab seit bis".split())
_YEAR = re.compile(r"(?<![\w.,:/#€$–-])(1[1-9]\d\d)(?![\w%°€$]|[.,:/–-]\d|er\b)")
_STRONG = frozenset(
    "jahr jahre jahres jahren seit um anno sommer winter herbst frühling frühjahr ende anfang".split()
) | {month.lower() for month in _MONTHS.split()}
_SPAN = re.compile(r"(?<![\w.,:/€$–-])(1[1-9]\d\d|20\d\d) ?[–-] ?(1[1-9]\d\d|20\d\d)(?![\w/–-]|[.,:]\d)")
_DECADE = re.compile(r"(?<![\w.,])(1[1-9]\d0)er(?!\w)")
_CLOCK = re.compile(r"(?<![\w:.,])(\d{1,2})[:.]([0-5]\d) ?Uhr(?!\w)")
_PRICE = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3}){0,3}),(\d\d) ?(€|Euro\b|EUR\b)")
_DOLLAR = re.compile(r"(?<![\w$£])([$£])(\d[\d.,]{0,14})(?<!\D)(?!\d)")
_UNITS = {
    "km/h": "Kilometer pro Stunde",
    "km": "Kilometer",
    "m": "Meter",
    "cm": "Zentimeter",
    "mm": "Millimeter",
    "kg": "Kilogramm",
    "g": "Gramm",
    "l": "Liter",
    "ml": "Milliliter",
    "ha": "Hektar",
    "m²": "Quadratmeter",
    "km²": "Quadratkilometer",
    "°C": "Grad Celsius",
}
_UNIT = re.compile(rf"(?<=\d)[ \u00a0\u202f]?({one_of(_UNITS)})(?![\w/²])")
_RANGE = re.compile(r"(?<![\w.,:/–-])(\d{1,4}) ?([–-]) ?(\d{1,4})(?![\w/:–-]|[.,]\d)")
_ROMAN_PART = re.compile(r"\b(Kapitel|Teil|Band|Buch|Akt|Szene|Abschnitt) (?P<at>[IVXLC]{1,9})(?!\w)")
_RULER = re.compile(r"\b([A-ZÄÖÜ][a-zäöüß]{2,20}) (?P<at>([IVX]{1,7})\.)(?=[\s,;:!?)“«”]|\Z)")
_RULERS = frozenset(
    "Albrecht Alexander August Benedikt Christian Elisabeth Ferdinand Franz Friedrich Georg Gregor "
    "Heinrich Johannes Josef Joseph Karl Katharina Konrad Leo Leopold Ludwig Maximilian Nikolaus Otto "
    "Paul Peter Philipp Pius Rudolf Sigismund Wilhelm".split()
)

_QUEENS = frozenset("Elisabeth Katharina".split())


def _full(word: str, match: re.Match[str]) -> str:
    return f"{word}." if ends_text(match) else word


def _read_word(match: re.Match[str]) -> str | None:
    form = _BLANK.sub("", match[0])
    if form in _NEEDS_NUMBER and not match.string[match.end() : match.end() + 2].strip()[:1].isdigit():
        return None
    if form in _FOLLOWS_NUMBER and not word_before(match)[-1:].isdigit():
        return None
    return _full(_FORMS[form], match)


def _read_day(match: re.Match[str]) -> str:
    return _inflect(int(match[1]), match)


def _read_roman_ordinal(match: re.Match[str]) -> str | None:
    value = roman_value(match[1])
    return _inflect(value, match) if value else None


def _inflect(number: int, match: re.Match[str]) -> str:
    """Return an ordinal with the ending that what stands around it asks for."""
    before = word_before(match).lower()
    word = ordinal(number, "de")
    if before in ("der", "die", "das"):
        # "in der zweiten Klasse", but "der zweite Mann".
        return f"{word}n" if before == "der" and _DATIVE.search(match.string, 0, match.start()) else word
    if before:
        return f"{word}n"
    return f"{word}s" if next_word(match) in ("Jahrhundert", "Jh", "Kapitel", "Buch") else f"{word}r"


def _read_date(match: re.Match[str]) -> str | None:
    """Read am 24.12.2020; without a year only where a word before tells that it is a date."""
    day, month, year = int(match[1]), int(match[2]), match[3]
    before = word_before(match).lower()
    if not year and before not in _BEFORE_DATES:
        return None  # "Kapitel 1.1."
    ending = "" if before == "der" else "n" if before in _BEFORE_DATES else "r"
    said = f"{ordinal(day, 'de')}{ending} {ordinal(month, 'de')}{ending}"
    if not year:
        return _full(said, match)
    return f"{said} {year_words(int(year), 'de') if year < '2000' else year}"


def _read_year(match: re.Match[str]) -> str | None:
    before, follows = word_before(match).lower(), next_word(match)
    if before in ("nummer", "seite", "über", "rund", "etwa", "fast", "nr"):
        return None
    if before not in _STRONG and follows[:1].isupper():
        return None  # nouns: "1500 Mann"
    return year_words(int(match[1]), "de")


def _read_clock(match: re.Match[str]) -> str | None:
    hour, minute = int(match[1]), int(match[2])
    if hour > 24:
        return None
    return f"{hour} Uhr {minute}" if minute else f"{hour} Uhr"


def _read_price(match: re.Match[str]) -> str:
    whole, cents = match[1], int(match[2])
    if whole == "0":
        return f"{cents} Cent"
    return f"{whole} Euro {cents}" if cents else f"{whole} Euro"


def _read_ruler(match: re.Match[str]) -> str | None:
    value = roman_value(match[3])
    if match[1] not in _RULERS or not 0 < value < 30:
        return None
    word = ordinal(value, "de").capitalize()
    article = "die" if match[1] in _QUEENS else "der"
    ends = ends_text(match) or next_word(match) in _OPENING_WORDS
    return f"{article} {word}{'.' if ends else ''}"


def _read_part(match: re.Match[str]) -> str | None:
    value = roman_value(match[2])
    return cardinal(value, "de") if value else None


RULES = (
    Rule(name="German: clock", needs=DIGIT, pattern=_CLOCK, read=_read_clock),
    Rule(
        name="German: price",
        needs=DIGIT,
        pattern=_PRICE,
        read=_read_price,
    ),
    Rule(
        name="German: dollar",
        needs=re.compile("[$£]"),
        pattern=_DOLLAR,
        read=lambda m: f"{m[2]} {'Dollar' if m[1] == '$' else 'Pfund'}",
    ),
    Rule(name="German: date", needs=DIGIT, pattern=_DATE, read=_read_date),
    Rule(name="German: day", needs=DIGIT, pattern=_DAY, read=_read_day),
    Rule(name="German: first day", needs=DIGIT, pattern=_FIRST_DAY, read=_read_day),
    Rule(
        name="German: placed",
        needs=DIGIT,
        pattern=_PLACED,
        read=lambda m: _read_day(m) if word_before(m).lower() in _ARTICLES else None,
    ),
    Rule(
        name="German: span",
        needs=DIGIT,
        pattern=_SPAN,
        read=lambda m: f"{year_words(int(m[1]), 'de')} bis {year_words(int(m[2]), 'de')}",
    ),
    Rule(
        name="German: decade", needs=DIGIT, pattern=_DECADE, read=lambda m: f"{year_words(int(m[1]), 'de')}er"
    ),
    Rule(name="German: year", needs=DIGIT, pattern=_YEAR, read=_read_year),
    Rule(name="German: range", needs=DIGIT, pattern=_RANGE, read=lambda m: f"{m[1]} bis {m[3]}"),
    Rule(name="German: unit", needs=DIGIT, pattern=_UNIT, read=lambda m: f" {_UNITS[m[1]]}"),
    Rule(name="German: title", needs=DOTTED, pattern=_TITLE, read=lambda m: _TITLES[m[1]]),
    Rule(name="German: word", needs=DOTTED, pattern=_WORD, read=_read_word),
    Rule(name="German: page", needs=DIGIT, pattern=_PAGE, read=lambda _: "Seite "),
    Rule(
        name="German: street",
        needs=DOTTED,
        pattern=_STREET,
        read=lambda m: _full(f"{m[1]}traße" if m[1] else "Straße", m),
    ),
    Rule(name="German: roman part", needs=NUMERAL, pattern=_ROMAN_PART, read=_read_part),
    Rule(name="German: ruler", needs=NUMERAL, pattern=_RULER, read=_read_ruler),
    Rule(name="German: roman ordinal", needs=NUMERAL, pattern=_ROMAN_ORDINAL, read=_read_roman_ordinal),
    SEVERAL_INITIALS,
)
