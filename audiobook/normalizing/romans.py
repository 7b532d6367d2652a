"""Roman numerals in English: after names of rulers, in titles of parts, standing alone."""

from __future__ import annotations

import re

from audiobook.normalizing.numerals import cardinal, ordinal, roman_value
from audiobook.normalizing.rules import NUMERAL, Rule, ends_text, next_word, word_before

RULERS = frozenset(
    "Alexander Alfonso Alphonse Amenhotep Anne Baldwin Benedict Boniface Carl Catherine Cesare Charles "
    "Christian Clement Constantine Cosimo Cyrus Darius David Edmund Edward Elizabeth Ethelred Ferdinand "
    "Francis Frederick George Frederic Friedrich Gregory Gustav Gustavus Haakon Harald Harold Henri Henry "
    "Innocent Isabella Ivan James John Joseph Julius Justinian Kenneth Leo Leopold Lothair Louis Ludwig "
    "Malcolm Manuel Maria Mary Matilda Maximilian Mehmed Mithridates Mohammed Muhammad Murad Napoleon "
    "Nicholas Olaf Otto Paul Pedro Peter Philip Philippe Pius Ptolemy Ramses Rameses Richard Robert "
    "Rudolf Selim Seti Sigismund Sixtus Sophia Stephen Suleiman Theodosius Thutmose Umberto Urban "
    "Valentinian Victor Victoria Wilhelm William Xerxes Yoshinobu".split()
)
"""Names that kings, queens, emperors and popes bore with a number (Europe, Egypt, Rome)."""
_TITLES = "King|Queen|Emperor|Empress|Pope|Tsar|Czar|Kaiser|Sultan|Prince|Duke|Pharaoh|Shah"

_PARTS = (
    "chapter part book volume act scene canto section article psalm stave letter appendix figure table plate "
    "number phase stage type class lesson verse vol chap bk episode season world war wars level grade "
    "category apollo title schedule division corps army bowl vatican rocky fantasy symphony sonata concerto "
    "opus page pages"
).split()
_WORD = r"(?<![\w.])(\w[\w’']{1,24})\.? "
_NUMBERED = re.compile(_WORD + r"(?P<at>[IVXLCivxlc]{1,9})(?![\w’']|-[A-Za-z]|\.\w)")
_POSSESSIVE = re.compile(_WORD + r"(?P<at>[IVXLC]{1,9})(?=['’]s?(?!\w))")
_FIRST_OF_LIST = re.compile(r"(?<![\w’'])I(?=,? (?:and |or )?II\b)")
_ALONE = re.compile(r"(?<![\w.&’'-])([IVXLC]{2,9})(?![\w&]|['’-]\w|\.\w)")
_LISTED = re.compile(r"\([ivx]")
_LOWER_LIST = re.compile(r"(?<=\()([ivx]{2,6})(?=\))")
_ORDINAL = re.compile(
    r"(?:(?<![\w.])([A-Z][a-z]{1,20}) )?(?<![\w.])(?P<at>([IVXLC]{2,8}|[VX](?=th))(?:th|st|nd|rd|d))(?!\w)"
)
_ORDINAL_NEED = re.compile(r"[IVXLC](?:th|st|nd|rd|d)\b")
_TITLE_OF_PART = re.compile(r"\A([IVX]|[IVXLC]{2,8})(\.(?= )|[.:—–]{0,2}\Z)")
_LETTERS = frozenset("CC CI CL CV LI LV LX XC XL XX XXL XXX CIV LIV".split())
"""What is letters (sizes, kisses, carbon copies) or a word, where nothing says that it is a numeral."""
_KISSES = frozenset("XX XXX".split())
_DRIP = frozenset("an the her his my your".split())


def _read_numbered(match: re.Match[str]) -> str | None:
    word, numeral = match[1], match[2]
    value = roman_value(numeral)
    if not value or not (numeral.isupper() or numeral.islower()):
        return None
    gap = match[0][len(word) : match.start(2) - match.start()]
    if word.lower() in _PARTS:
        if not _may_number(word, numeral, match):
            return None
        return cardinal(value)
    if word in RULERS and numeral.isupper() and gap == " " and value < 31:
        return f"the {ordinal(value)}" if len(numeral) > 1 or _is_ruler(match) else None
    return None


def _may_number(word: str, numeral: str, match: re.Match[str]) -> bool:
    """Tell whether what follows "part", "book", "act" is its number."""
    if len(numeral) > 1:
        return (
            numeral.isupper()
            or numeral not in ("ill", "mix", "vi", "xi", "ix", "iv")
            or word.lower() != "type"
        )
    if numeral.islower():
        return numeral in "vx" and word.lower() in ("chapter", "act", "scene", "canto", "section", "page")
    if numeral != "I":
        return numeral in "VX" and word[0].isupper()
    # "Chapter I", but not "the part I took" nor "Part I liked".
    follows = next_word(match)
    return word[0].isupper() and (
        not follows or follows[0].isupper() or follows in ("of", "and", "is", "was", "to")
    )


def _is_ruler(match: re.Match[str]) -> bool:
    """Tell whether a name and a single letter are a ruler: Henry V, King James I, Charles I of England."""
    if match[2] in "VX" and match[1] not in ("Malcolm", "John", "Robert", "David", "Mary", "Victor", "Paul"):
        return True
    if match[2] not in "IVX":
        return False
    before = match.string[max(0, match.start() - 12) : match.start()]
    if re.search(rf"(?:{_TITLES}) \Z", before):
        return next_word(match) in ("", "of", "and", "was", "is", "had", "in", "to", "who")
    return match[2] == "I" and next_word(match) == "of"


def _read_possessive(match: re.Match[str]) -> str | None:
    word, numeral = match[1], match[2]
    value = roman_value(numeral)
    if not value or word not in RULERS or value > 30:
        return None
    return f"the {ordinal(value)}"


def _read_alone(match: re.Match[str]) -> str | None:
    numeral = match[1]
    value = roman_value(numeral)
    if not value:
        return None
    if match.start() == 0 and ends_text(match) and numeral in _KISSES:
        return cardinal(value)  # the heading of a chapter that was not taken for one
    if numeral in _KISSES or (numeral == "IV" and word_before(match) in _DRIP):
        return " ".join(numeral)
    return None if numeral in _LETTERS else _cardinal_or_third(match, value)


def _cardinal_or_third(match: re.Match[str], value: int) -> str:
    """After two names a small numeral is a descendant's: Thurston Howell the third."""
    if value in (2, 3):
        before = match.string[max(0, match.start() - 60) : match.start()]
        name = re.search(r"(?:^|[^.\w])[A-Z][a-z]{1,20}\.? (?:[A-Z]\.? )?([A-Z][a-z]{1,20}),? \Z", before)
        if name and name[1].lower() not in _PARTS:
            return f"the {ordinal(value)}"
    return cardinal(value)


def _read_ordinal(match: re.Match[str]) -> str | None:
    value = roman_value(match[3])
    if not value:
        return None
    return f"the {ordinal(value)}" if match[1] in RULERS else ordinal(value)


def title_of_part(language: str) -> Rule:
    """Return the rule for a heading that is a numeral, or begins with one: "I", "IV. A Storm"."""

    def read(match: re.Match[str]) -> str | None:
        value = roman_value(match[1])
        return f"{cardinal(value, language).capitalize()}{match[2]}" if value else None

    return Rule(name="romans: title of part", needs=NUMERAL, pattern=_TITLE_OF_PART, read=read)


POSSESSIVE = Rule(name="romans: possessive", needs=NUMERAL, pattern=_POSSESSIVE, read=_read_possessive)
NUMBERED = Rule(name="romans: numbered", needs=NUMERAL, pattern=_NUMBERED, read=_read_numbered)
LISTED = Rule(
    name="romans: listed",
    needs=_LISTED,
    pattern=_LOWER_LIST,
    read=lambda m: cardinal(roman_value(m[1])) if roman_value(m[1]) else None,
)
FIRST_OF_LIST = Rule(
    name="romans: first of list", needs=_FIRST_OF_LIST, pattern=_FIRST_OF_LIST, read=lambda _: "one"
)
ALONE = Rule(name="romans: alone", needs=NUMERAL, pattern=_ALONE, read=_read_alone)
ORDINAL = Rule(name="romans: ordinal", needs=_ORDINAL_NEED, pattern=_ORDINAL, read=_read_ordinal)
