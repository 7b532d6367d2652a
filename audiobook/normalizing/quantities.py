"""Fractions, units, ranges, scores and numbers of things in English."""

from __future__ import annotations

import re

from audiobook.normalizing.numerals import cardinal, ordinal
from audiobook.normalizing.rules import DIGIT, Rule, next_word, word_before

_LENGTHS = {
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    "mi": ("mile", "miles"),
}
_UNITS = {
    "km": ("kilometre", "kilometres"),
    "m": ("metre", "metres"),
    "cm": ("centimetre", "centimetres"),
    "mm": ("millimetre", "millimetres"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "lb": ("pound", "pounds"),
    "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"),
    "ft": ("foot", "feet"),
    "in": ("inch", "inches"),
    "yd": ("yard", "yards"),
    "yds": ("yard", "yards"),
    "mi": ("mile", "miles"),
    "mph": ("mile an hour", "miles an hour"),
    "km/h": ("kilometre an hour", "kilometres an hour"),
    "kph": ("kilometre an hour", "kilometres an hour"),
    "kmh": ("kilometre an hour", "kilometres an hour"),
    "m/s": ("metre a second", "metres a second"),
    "ml": ("millilitre", "millilitres"),
    "mL": ("millilitre", "millilitres"),
    "l": ("litre", "litres"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "Hz": ("hertz", "hertz"),
    "kB": ("kilobyte", "kilobytes"),
    "KB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "kW": ("kilowatt", "kilowatts"),
    "hr": ("hour", "hours"),
    "hrs": ("hour", "hours"),
    "min": ("minute", "minutes"),
    "mins": ("minute", "minutes"),
    "sec": ("second", "seconds"),
    "secs": ("second", "seconds"),
    "sq ft": ("square foot", "square feet"),
    **{f"{unit}²": (f"square {one}", f"square {many}") for unit, (one, many) in _LENGTHS.items()},
    **{f"{unit}³": (f"cubic {one}", f"cubic {many}") for unit, (one, many) in _LENGTHS.items()},
    "°C": ("degree Celsius", "degrees Celsius"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "° C": ("degree Celsius", "degrees Celsius"),
    "° F": ("degree Fahrenheit", "degrees Fahrenheit"),
}
_NUMBER = r"(\d{1,3}(?:,\d{3}){1,4}|\d{1,12})(\.\d{1,6})?"
_UNIT_NAMES = "|".join(re.escape(unit) for unit in sorted(_UNITS, key=lambda unit: (-len(unit), unit)))
_UNIT = re.compile(
    rf"(?<![\w$£€#]){_NUMBER}( |-|)(?:(in)\b(?=\.(?![\W_]*\Z)| [x×])|(in)(?<=\din)\b|(?!in\b)({_UNIT_NAMES}))"
    r"(?![\w/²³'’&])(\.(?=[\W_]{0,4}[a-z0-9,;:]))?"
)
_SHORT_UNIT = re.compile(r"(?:ft|in|yds|lbs|oz)\.")
_WORD_UNIT = re.compile(
    r"(?<=two|six|ten|our|ive|ven|ght|ine|ree)[ -](ft|in|yds|lbs|oz)\.(?=[\W_]{0,4}[a-z0-9])"
)
"""After a number in words: "five ft. seven in. in height"."""
_TALL = re.compile(
    r"(?<![\w.,])(\d{1,2})(?:['’] ?(1[01]|\d)(?:[\"”]|['’]['’]|\b)|′ ?(?:(1[01]|\d)(?:″|\b))?)"
)
_FEET_INCHES = re.compile(r"(?<![\w.,])(\d{1,4}) ?(?:ft\.?|feet) (\d{1,2}) ?in\b(?:\.(?! [A-Z]))?")
_INCHES = re.compile(r"(?<![\w.,])(\d{1,3})″")
_SIZE = re.compile(r"(?<![\w.,])(\d{1,4}(?:\.\d{1,3})?)( ?)[x×]( ?)(?=\d{1,4}(?![\w]))")
_COMPASS = {"N": "north", "S": "south", "E": "east", "W": "west"}
_ANGLE = re.compile(r"(?<![\w.,])(\d{1,3})°(?: ?(\d{1,2})[′'’])?(?: ?([NSEW])\b\.?)?(?! ?[CF]\b)")
_FRACTION = re.compile(
    r"(?<![\w.,/:$£€–-])(?:(\d{1,3})[ -])?(\d{1,2})[/⁄∕](\d{1,3})(?![\w/]|[.,:]\d)(?:[\"″](?= [a-z]))?"
)
_GLYPH = re.compile(r"(?<=\d) ?([½¼¾⅓⅔⅛⅜⅝⅞])")
_GLYPHS = dict(
    zip(
        "½¼¾⅓⅔⅛⅜⅝⅞",
        "half|quarter|three quarters|third|two thirds|eighth|three eighths|five eighths|seven eighths".split(
            "|"
        ),
        strict=True,
    )
)
_PARTS = {2: ("half", "halves"), 4: ("quarter", "quarters")}
_DENOMINATORS = frozenset((2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 20, 32, 64, 100))
_FIXED = {(9, 11): "nine eleven", (24, 7): "twenty-four seven", (50, 50): "fifty-fifty"}
_DASHED = re.compile(
    r"(?<![\w.,/:$£€–—+-])(\d{1,3}(?:,\d{3})?)( ?)([-–])\2(\d{1,3}(?:,\d{3})?)(?![\w/:–—-]|[.,]\d)"
)
_SUM = re.compile(r"[-+×*/=] ?\Z")
_EQUALS = re.compile(r" ?[-+×*/=] ?\d| ?=")
_LONG_RANGE = re.compile(r"(?<![\w.,/:$£€–—-])(\d{4,9}) ?– ?(\d{4,9})(?![\w/:–—-]|[.,]\d)")
_NUMBERED = re.compile(r"(?<![\w.])([Nn]o|N[º°])(s?)\.? ?(?=(\d{1,7})(?!\d))")
_IN_SENTENCE = re.compile(r"[a-z],? \Z")
_SPACED = re.compile(
    r"(?<![\w.,])\d{1,3}(?:[\u00a0\u2009\u202f]\d{3}(?!\d)){1,4}"
    r"|(?<![\w.,] )(?<![\w.,])\d{1,3}(?: 000){1,4}(?!\d)"
)
_ARTICLE = re.compile(r"(?<![\w/])(?:a|an) \Z", re.IGNORECASE)
_MEASURES = frozenset(
    "cup teaspoon tablespoon pint quart gallon litre liter pound ounce inch foot yard mile hour acre".split()
)
"""What recipes and journeys are measured in; in the plural ("1/2 cups") the fraction is said as it is."""
_ARMS = frozenset(
    "pistol pistols gun guns rifle rifles round rounds bullet bullets ammo ammunition automatic cannon "
    "film lens".split()
)
"""What has its bore or width before its name."""
_ALTERNATIVES = {
    "and/or": "and or",
    "he/she": "he or she",
    "she/he": "she or he",
    "his/her": "his or her",
    "him/her": "him or her",
    "s/he": "he or she",
    "c/o": "care of",
    "w/o": "without",
}
_SLASH = re.compile(
    r"(?<![\w/])(and/or|s?he/s?he|his/her|him/her|s/he|c/o|w/o|w/(?= \w))(?![\w/])", re.IGNORECASE
)
_COUNTED_BEFORE = frozenset(
    "pages pp lines verses years about between from chapters numbers nos ages".split()
)
_AFTER_NUMBER = frozenset(
    "is was has had will would and or in on at of to from by for with the a an which that who downing "
    "street".split()
)


def _read_unit(match: re.Match[str]) -> str | None:
    whole, part, gap = match[1], match[2] or "", match[3]
    unit = match[4] or match[5] or match[6]
    if unit in ("m", "l", "g", "in", "mi") and gap == "-":
        return None
    if unit in ("m", "min", "l") and not gap and unit == "m":
        return None  # 5m is five million as often
    one, many = ("pound", "pounds") if unit == "l" and match[7] else _UNITS[unit]  # 10,000 l. of old
    is_one = whole == "1" and not part
    if gap == "-":
        return f"{whole}{part}-{one}"
    if _ARTICLE.search(match.string, max(0, match.start() - 4), match.start()) or next_word(match) in _ARMS:
        return f"{whole}{part} {one}"  # a 5 km run, 9mm pistols
    stop = "." if match[7] and "°" in unit else ""  # no abbreviation's
    return f"{whole}{part} {one if is_one else many}{stop}"


def _read_tall(match: re.Match[str]) -> str | None:
    inches = match[2] or match[3]
    if not inches:
        return f"{match[1]} feet"
    return f"{match[1]} foot {inches}"


def _read_size(match: re.Match[str]) -> str | None:
    if "=" in match.string[match.end() : match.end() + 8]:
        return f"{match[1]} times "
    return f"{match[1]} by "


def _read_angle(match: re.Match[str]) -> str | None:
    degrees, minutes, point = match.groups()
    if not minutes and not point and degrees != "1":
        return None
    said = f"{degrees} degree{'' if degrees == '1' else 's'}"
    if minutes:
        said += f" {minutes} minute{'' if minutes == '1' else 's'}"
    return f"{said} {_COMPASS[point]}" if point else said


def _read_fraction(match: re.Match[str]) -> str | None:
    said = _say_fraction(match)
    return f"{said} inch" if said and match[0][-1] in '"″' else said


def _say_fraction(match: re.Match[str]) -> str | None:
    whole, above, below = match[1], int(match[2]), int(match[3])
    if (above, below) in _FIXED and not whole:
        return _FIXED[above, below]
    if (above, below) == (20, 20) and next_word(match) in ("vision", "hindsight", "eyesight"):
        return "twenty-twenty"
    if below in (4, 8) and not whole and next_word(match) == "time":
        return f"{cardinal(above)}-{cardinal(below)}"  # of music
    if below == 10 and above <= below and not whole and next_word(match) != "of":
        return f"{above} out of 10"
    if not 0 < above < below or below not in _DENOMINATORS:
        return f"{above} out of {below}" if above == below and not whole and below in (5, 20, 100) else None
    one, many = _PARTS.get(below, (ordinal(below), f"{ordinal(below)}s"))
    if not whole:
        measured = _measure(match, one, above)
        if measured:
            return measured
        return f"{cardinal(above)} {one if above == 1 else many}"
    if above == 1:
        return f"{whole} and {'an' if one == 'eighth' else 'a'} {one}"
    return f"{whole} and {cardinal(above)} {many}"


def _measure(match: re.Match[str], one: str, above: int) -> str | None:
    """Return "half a cup", "three quarters of a cup" where a measure follows in the singular."""
    thing = next_word(match)
    if one == "half" and thing in ("a", "an"):
        return "half"
    if thing not in _MEASURES:
        return None
    article = "an" if thing in ("inch", "ounce", "hour", "acre") else "a"
    if one == "half":
        return f"half {article}"
    part = f"{'an' if one == 'eighth' else 'a'} {one}" if above == 1 else f"{cardinal(above)} {one}s"
    return f"{part} of {article}"


def _read_glyph(match: re.Match[str]) -> str:
    words = _GLYPHS[match[1]]
    article = "" if " " in words else "an " if words == "eighth" else "a "
    return f" and {article}{words}"


def _read_dashed(match: re.Match[str]) -> str | None:
    first, second = match[1], match[4]
    if (first[0] == "0" and len(first) > 1) or (second[0] == "0" and len(second) > 1):
        return None
    if match[2] and match[3] == "-" and _SUM.search(match.string, max(0, match.start() - 3), match.start()):
        return None  # "5 + 3 - 2"
    if match[2] and match[3] == "-" and _EQUALS.match(match.string, match.end()):
        return None  # "5 - 3 = 2"
    if (first, second) == ("7", "11") and word_before(match).lower() in ("the", "a", "local"):
        return "7 eleven"  # the shops
    if (first, second) == ("10", "4") and word_before(match).lower() not in _COUNTED_BEFORE:
        return "10 4"  # as radio operators say yes
    if next_word(match) in ("punch", "combination"):
        return f"{first} {second}"
    is_counting = word_before(match).lower() in _COUNTED_BEFORE or next_word(match).islower()
    if match[3] == "-" and min(len(first), len(second)) > 2 and not is_counting:
        return None  # "737-800"
    return f"{first} to {second}"


def _read_numbered(match: re.Match[str]) -> str | None:
    before = match.string[: match.start()].strip(" \"“‘'(")
    if not before and match[1] == "No" and "." in match[0]:
        after = re.compile(r"\d+ ([a-z]{1,30})").match(match.string, match.end())
        if after and after[1] not in _AFTER_NUMBER:
            return None  # "No. 10 men came."
    if (
        match[1] in ("no", "No")
        and "." not in match[0]
        and not (
            match[1] == "No" and _IN_SENTENCE.search(match.string, max(0, match.start() - 3), match.start())
        )
    ):
        return None
    return "numbers " if match[2] else "number "


def _read_slash(match: re.Match[str]) -> str:
    found = match[1].lower()
    return _ALTERNATIVES.get(found, "with")


def _read_spaced(match: re.Match[str]) -> str:
    return re.sub(r"\s", "", match[0])


RAISED_UNIT = Rule(
    name="quantities: unit",
    needs=re.compile("[²³]"),
    pattern=re.compile(_UNIT.pattern.replace(_UNIT_NAMES, "|".join(u for u in _UNITS if u[-1] in "²³"))),
    read=_read_unit,
)
"""Before powers, which a unit's raised number is not."""
UNIT = Rule(name="quantities: unit", needs=DIGIT, pattern=_UNIT, read=_read_unit)
TALL = Rule(name="quantities: tall", needs=DIGIT, pattern=_TALL, read=_read_tall)
INCHES = Rule(
    name="quantities: inches", needs=DIGIT, pattern=_INCHES, read=lambda match: f"{match[1]} inches"
)
WORD_UNIT = Rule(
    name="quantities: word unit",
    needs=_SHORT_UNIT,
    pattern=_WORD_UNIT,
    read=lambda match: f" {_UNITS[match[1]][1]}",
)
FEET_INCHES = Rule(
    name="quantities: feet inches",
    needs=DIGIT,
    pattern=_FEET_INCHES,
    read=lambda m: f"{m[1]} feet {m[2]} inches",
)
SIZE = Rule(name="quantities: size", needs=DIGIT, pattern=_SIZE, read=_read_size)
ANGLE = Rule(name="quantities: angle", needs=DIGIT, pattern=_ANGLE, read=_read_angle)
FRACTION = Rule(name="quantities: fraction", needs=DIGIT, pattern=_FRACTION, read=_read_fraction)
GLYPH = Rule(name="quantities: glyph", needs=DIGIT, pattern=_GLYPH, read=_read_glyph)
DASHED = Rule(name="quantities: dashed", needs=DIGIT, pattern=_DASHED, read=_read_dashed)
LONG_RANGE = Rule(
    name="quantities: long range",
    needs=DIGIT,
    pattern=_LONG_RANGE,
    read=lambda match: f"{match[1]} to {match[2]}",
)
NUMBERED = Rule(name="quantities: numbered", needs=DIGIT, pattern=_NUMBERED, read=_read_numbered)
SPACED = Rule(name="quantities: spaced", needs=DIGIT, pattern=_SPACED, read=_read_spaced)
SLASH = Rule(name="quantities: slash", needs=re.compile("/"), pattern=_SLASH, read=_read_slash)
