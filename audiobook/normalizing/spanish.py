"""Spanish: abbreviations, ordinals, times, money, Roman numerals.  Years are said as numbers are."""

from __future__ import annotations

import re

from audiobook.normalizing.letters import SEVERAL_INITIALS
from audiobook.normalizing.numerals import roman_value
from audiobook.normalizing.rules import DIGIT, NUMERAL, Rule, ends_text, next_word, one_of, one_or_many

_TITLES = {
    "Sr": "señor",
    "Sra": "señora",
    "Srta": "señorita",
    "Sta": "Santa",
    "Sto": "Santo",
    "Sres": "señores",
    "Dr": "doctor",
    "Dra": "doctora",
    "D": "don",
    "Dª": "doña",
    "D.ª": "doña",
    "Dña": "doña",
    "Gral": "general",
    "Mons": "monseñor",
    "Lic": "licenciado",
    "Ing": "ingeniero",
    "Avda": "avenida",
}
_TITLE = re.compile(
    rf"(?<![\w.])({one_of(_TITLES)})(?<!ª)(?:\.|(?<=\bSt[ao]))(?=\s{{1,3}}[A-ZÁÉÍÓÚÑ])"
    r"|(?<![\w.])(D\.?ª)(?= [A-ZÁÉÍÓÚÑ])"
)
_WORDS = {
    "p. ej.": "por ejemplo",
    "p.ej.": "por ejemplo",
    "EE. UU.": "Estados Unidos",
    "EE.UU.": "Estados Unidos",
    "EE UU": "Estados Unidos",
    "a. C.": "antes de Cristo",
    "d. C.": "después de Cristo",
    "Cía.": "compañía",
    "c/": "calle",
}
_WORD = re.compile(rf"(?<![\w.])({one_of(_WORDS)})(?!\w)")
_COUNTED = {
    "núm": "número",
    "n.º": "número",
    "nº": "número",
    "N.º": "número",
    "Nº": "número",
    "pág": "página",
    "págs": "páginas",
    "p": "página",
    "pp": "páginas",
    "cap": "capítulo",
    "vol": "volumen",
    "fig": "figura",
}
_CENTURIES = {"s": "siglo", "S": "Siglo", "ss": "siglos"}
_NUMBER = re.compile(
    rf"(?<![\w.])(?:({one_of(_COUNTED)})\.?[ \u00a0](?=\d|[IVXLC]{{1,8}}\b)"
    r"|(ss?|S)\.[ \u00a0](?=[IVXLC]{2,8}\b))"
)
_ORDINALS = "primer segund tercer cuart quint sext séptim octav noven décim".split()
_ORDINAL = re.compile(r"(?<![\w.,])([1-9]|10)\.?(º|ª|er|o|a)(?!\w)")
_RULER = re.compile(r"\b([A-ZÁÉÍÓÚ][a-zñáéíóú]{2,15}) (?P<at>[IVX]{1,4})(?![\w.])")
_KINGS = frozenset(
    "Alfonso Carlos Felipe Fernando Enrique Juan Pedro Jaime Sancho Ramiro Francisco Jorge Pío Napoleón "
    "Alejandro Nicolás Luis Guillermo Federico Eduardo Ricardo Jacobo Pablo Benedicto".split()
)
_QUEENS = frozenset("Isabel Catalina Juana María".split())
_CENTURY = re.compile(r"\b(siglos?|capítulo|tomo|parte|acto|libro) (?P<at>[IVXLC])(?!\w)", re.IGNORECASE)
_LETTERS = {"I": "uno", "V": "cinco", "X": "diez"}
_CLOCK = re.compile(r"(?<![\w:.,])([01]?\d|2[0-3]):0(\d)(?![\w:]|[.,]\d)(?: ?(?:h|horas)\b)?")
_PRICE = re.compile(r"(?<![\w.,])(\d{1,3}(?:\.\d{3}){0,3})(?:,(\d\d))? ?€")
_DOLLAR = re.compile(r"(?<![\w$£])([$£])(\d[\d.,]{0,14})(?<!\D)(?!\d)")
_UNITS = {
    "km/h": "kilómetros por hora",
    "km": "kilómetros",
    "m": "metros",
    "cm": "centímetros",
    "mm": "milímetros",
    "kg": "kilogramos",
    "g": "gramos",
    "l": "litros",
    "ha": "hectáreas",
    "°C": "grados Celsius",
    "h": "horas",
    "m²": "metros cuadrados",
    "km²": "kilómetros cuadrados",
}
_UNIT = re.compile(rf"(?<=\d)[ \u00a0\u202f]?({one_of(_UNITS)})(?![\w/²])")
_HALF_OF = {"a": "media", "o": "medio"}
"""Half of something: medio litro, media hora."""
_FRACTION = re.compile(r"(?<![\w.,/])([1-3])/([234])(?![\w/])")
_FRACTIONS = {
    (1, 2): "un medio",
    (1, 3): "un tercio",
    (2, 3): "dos tercios",
    (1, 4): "un cuarto",
    (3, 4): "tres cuartos",
}
_HALF = re.compile(r"(\d?) ?½")
_RANGE = re.compile(r"(?<![\w.,:/–-])(\d{1,4}) ?([–-]) ?(\d{1,4})(?![\w/:–-]|[.,]\d)")


def _read_ordinal(match: re.Match[str]) -> str:
    stem = _ORDINALS[int(match[1]) - 1]
    if match[2] == "er":
        return stem if stem.endswith("er") else f"{stem}o"
    return stem + ("a" if match[2] in "ªa" else "o")


def _read_ruler(match: re.Match[str]) -> str | None:
    name, value = match[1], roman_value(match[2])
    ending = "o" if name in _KINGS else "a" if name in _QUEENS else ""
    # From eleven on numbers are said, as engines do.
    return f"{_ORDINALS[value - 1]}{ending}" if ending and 0 < value <= 10 else None


def _read_price(match: re.Match[str]) -> str:
    whole, cents = match.groups()
    if whole == "0" and cents and int(cents):
        return f"{int(cents)} céntimo{'' if int(cents) == 1 else 's'}"
    said = f"{whole} euro{'' if whole == '1' else 's'}"
    return f"{said} con {int(cents)}" if cents and int(cents) else said


def _read_fraction(match: re.Match[str]) -> str | None:
    parts = int(match[1]), int(match[2])
    thing = next_word(match)
    if parts == (1, 2) and thing[-1:] in _HALF_OF:
        return _HALF_OF[thing[-1:]]
    said = _FRACTIONS.get(parts)
    return said.replace("tos", "tas").replace("cios", "ceras") if said and thing == "partes" else said


def _read_title(match: re.Match[str]) -> str:
    return _TITLES[match[1] or match[2]]


def _read_clock(match: re.Match[str]) -> str:
    return f"{match[1]} y {match[2]}" if match[2] != "0" else f"{match[1]} en punto"


RULES = (
    Rule(name="Spanish: clock", needs=DIGIT, pattern=_CLOCK, read=_read_clock),
    Rule(name="Spanish: price", needs=DIGIT, pattern=_PRICE, read=_read_price),
    Rule(
        name="Spanish: dollar",
        needs=re.compile("[$£]"),
        pattern=_DOLLAR,
        read=lambda m: f"{m[2]} {'dólares' if m[1] == '$' else 'libras'}",
    ),
    Rule(name="Spanish: ordinal", needs=DIGIT, pattern=_ORDINAL, read=_read_ordinal),
    Rule(name="Spanish: fraction", needs=DIGIT, pattern=_FRACTION, read=_read_fraction),
    Rule(
        name="Spanish: half",
        needs=re.compile("½"),
        pattern=_HALF,
        read=lambda m: f"{m[1]} y medio" if m[1] else "medio",
    ),
    Rule(name="Spanish: range", needs=DIGIT, pattern=_RANGE, read=lambda m: f"{m[1]} a {m[3]}"),
    Rule(name="Spanish: unit", needs=DIGIT, pattern=_UNIT, read=lambda m: f" {one_or_many(m, _UNITS[m[1]])}"),
    Rule(name="Spanish: title", needs=re.compile(r"\w\.|ª|\bSt[ao] "), pattern=_TITLE, read=_read_title),
    Rule(
        name="Spanish: word",
        needs=re.compile(r"\w\.|EE|c/"),
        pattern=_WORD,
        read=lambda m: f"{_WORDS[m[1]]}." if ends_text(m) and m[0].endswith(".") else _WORDS[m[1]],
    ),
    Rule(
        name="Spanish: number",
        needs=re.compile(r"[.º]"),
        pattern=_NUMBER,
        read=lambda m: f"{_COUNTED.get(m[1]) or _CENTURIES[m[2]]} ",
    ),
    Rule(
        name="Spanish: century",
        needs=NUMERAL,
        pattern=_CENTURY,
        read=lambda m: _LETTERS.get(m[2]),
    ),
    Rule(name="Spanish: ruler", needs=NUMERAL, pattern=_RULER, read=_read_ruler),
    SEVERAL_INITIALS,
)
