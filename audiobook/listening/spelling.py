"""Words as they are compared: in small letters, numbers in words, and what else is written in two ways."""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Sequence

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")

_TITLES = {
    "mr": "mister", "mrs": "missus", "ms": "miss", "dr": "doctor", "st": "saint", "vs": "versus",
    "ok": "okay", "etc": "etcetera",
}  # fmt: skip
_SIGNS = {
    "&": " and ",
    "%": " percent ",
    "+": " plus ",
    "=": " equals ",
    "$": " dollars ",
    "£": " pounds ",
    "€": " euros ",
}
_CENT_DIGITS = 2
_MOST_DIGITS = 36
"""Beyond them a recognizer repeats itself, and there are no words for such numbers."""
_BACK = 40
"""How many letters before a word are looked at for the mark that ends a sentence."""
_NUMBER = re.compile(r"(?<![\d.])(?:([$£€])\s?)?(\d+(?:\.\d+)?)(st|nd|rd|th|s)?(?![\d])")
_GROUPED = re.compile(r"(?<=\d),(?=\d{3})")
_CLOCK = re.compile(r"\b(\d{1,2})(?::|\.(?=\d\d\s?[ap]\.?m))(\d{2})\b")


def list_words(text: str, expected: Collection[str] = ()) -> list[str]:
    """Return a text's words as they are compared.

    A number that may be said in several ways is said as in `expected`, the words that it is compared with,
    where they tell: 1813 as "eighteen thirteen" or as "one thousand eight hundred and thirteen".
    """
    text = _CLOCK.sub(r"\1 \2", _GROUPED.sub("", text))
    text = _NUMBER.sub(lambda found: f" {_say_number(found, expected)} ", text)
    for sign, spoken in _SIGNS.items():
        text = text.replace(sign, spoken)
    words = (word.replace("’", "'").lower() for word in WORD.findall(text))
    return [_TITLES.get(word, word) for word in words]


def _say_number(found: re.Match[str], expected: Collection[str]) -> str:
    unit, digits, ending = found.groups()
    ways = [_clean(way) for way in _ways_to_say(digits, ending or "")]
    if not ways:
        return found[0]
    chosen = max(ways, key=lambda way: _share(way.split(), expected))
    return _say_money(digits, unit, chosen) if unit else chosen


def _say_money(digits: str, unit: str, spoken: str) -> str:
    """Say a sum as people do: five dollars and fifty cents, one pound."""
    from num2words import num2words

    whole, _, part = digits.partition(".")
    name = _SIGNS[unit].strip()
    if len(part) != _CENT_DIGITS or len(whole) > _MOST_DIGITS:
        return f"{spoken} {name if digits != '1' else name.removesuffix('s')}"
    small = "pence" if unit == "£" else "cents"
    return _clean(f"{num2words(int(whole))} {name} and {num2words(int(part))} {small}")


def _clean(way: str) -> str:
    return way.replace("-", " ").replace(",", "")


def _share(words: Sequence[str], expected: Collection[str]) -> float:
    return sum(word in expected for word in words) / max(1, len(words))


def _ways_to_say(digits: str, ending: str) -> Iterator[str]:
    """Yield what a number may be in words, the most usual first; with "and" and without."""
    from num2words import num2words

    if len(digits) > _MOST_DIGITS:
        yield " ".join(num2words(int(digit)) for digit in digits if digit.isdecimal())
        return
    if "." in digits:
        yield num2words(float(digits))
        return
    value = int(digits)
    kinds = ["cardinal"]
    if ending in {"st", "nd", "rd", "th"}:
        kinds = ["ordinal"]
    elif len(digits) == 4 or (len(digits) == 3 and not ending):
        kinds.append("year")
    for kind in kinds:
        spoken = num2words(value, to=kind)
        if ending == "s":
            spoken = f"{spoken[:-1]}ies" if spoken.endswith("y") else f"{spoken}s"
        yield spoken
        yield spoken.replace(" and ", " ")
        yield spoken.replace("one hundred", "a hundred").replace("one thousand", "a thousand")
    if not ending:
        if len(digits) == 3:
            yield f"{num2words(value // 100)} {num2words(value % 100)}"
        yield " ".join(num2words(int(digit)) for digit in digits)
        yield " ".join("oh" if digit == "0" else num2words(int(digit)) for digit in digits)


@functools.lru_cache(maxsize=4)
def find_names(text: str) -> frozenset[str]:
    """Return the words that always stand with a capital, and not only where a sentence begins."""
    words = [
        (found[0], text[max(0, found.start() - _BACK) : found.start()].rstrip(" \"'“”‘’(")[-1:])
        for found in WORD.finditer(text)
    ]
    small = {word.lower() for word, _ in words if word[:1].islower()}
    capital = {
        word.replace("’", "'")
        for word, before in words
        if word[:1].isupper() and len(word) > 1 and before and before not in ".!?…:;—–\n"
    }
    return frozenset({w.lower() for w in capital} | {w.lower().removesuffix("'s") for w in capital}) - small
