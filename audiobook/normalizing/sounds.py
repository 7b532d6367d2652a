"""Stutters, drawn-out words and noises, in English."""

from __future__ import annotations

import re

from audiobook.normalizing.numerals import roman_value
from audiobook.normalizing.rules import Rule

_DASH = re.compile(r"(?<![^\W_])[A-Za-z]{1,3}[-–‑][A-Za-z]")
_STUTTER = re.compile(r"(?<![\w’'.-])((?:[A-Za-z]{1,3}[-–‑]){1,6})([A-Za-z]{2,30})(?![-–‑]?\w)")
_STUTTER_ALLOWED = re.compile(r"[^aeiou]{1,3}", re.IGNORECASE)
_NO_STUTTERS = frozenset(
    "d-day h-hour t-tests b-boy b-boys b-ball t-top k-kill c-class s-series v-vectors".split()
)
_VOICED = frozenset("that this the these those they them then there their than though thus".split())
"""Words whose th is voiced."""

_CLIPPED = {"th": "the", "wi": "with"}
_AVE = {"Ave": "Av", "ave": "av"}
_DIALECT = re.compile(r"(?<![\w'’])([Tt]h|[Ww]i)['’](?=[\s-]['’]?\w)|(?<![\w'’])['’]([Aa]ve)(?![\w'’])")
_APOSTROPHE = re.compile("['’]")
"""What engines spell (th’) or say as another word (’Ave)."""
_RUN = re.compile(r"([A-Za-z])\1\1", re.IGNORECASE)
_DRAWN = re.compile(
    r"(?<![\w@#./’'])(?=[A-Za-z]{0,30}?([A-Za-z])\1\1)[A-Za-z]{3,40}(?![\w@./]*\.[a-z]|['’]\w{3}|\w)",
    re.IGNORECASE,
)
_SINGLE = re.compile(r"([a-z])\1{2,}", re.IGNORECASE)
_DOUBLED = frozenset(
    "soon good too look cool moon food room school see sweet sleep need keep feel been meet deep week "
    "free three bee feet queen green three bleed creep speed all ball hall fall call tell hell hello "
    "yell bell well still kill will hill pull full miss kiss pass boss off stuff puff add odd egg whee "
    "eek wee boo moo zoo woo yahoo fool noon book goose loose choose smooth freeze please speech street "
    "tree knee really silly pretty sorry happy funny hurry puppy mommy mummy daddy yummy little better "
    "letter middle goodbye coffee toffee bloody foolish baboon goo ooze woohoo hoo hooray weee teen "
    "hiss vroom seen cheese cheers beer deer steer roof tooth".split()
)
_NOISES = re.compile(
    r"(?<![\w’'-])(?<!\w\.)(?:m{2,}|hm|h+m{3,}|hmm+|mhm+|mm+[- ]?hm+|s+h{2,}|sh(?=[!.…—])|p+s{2,}t+|p+f{2,}t*"
    r"|b+r{2,}|g+r{2,}|a+w{2,}|o+w{1,}"
    r"|e+w{1,}|u+h{2,}|a{2,}r+g+h+|a+r{1,}g+h*|a{2,}h*|o{3,}h*|e{3,}k+|z{3,})(?![\w’'-])",
    re.IGNORECASE,
)
_NOISE = re.compile(
    r"(?<![^\W_])(?:mm|hm\b|hmm|mhm|s+hh|sh\b|p+ss|p+ff|b+rr|g+rr|a+ww|o+w\b|oww|e+w|u+hh|aa|a+r+g|ooo|eee|zzz)",
    re.IGNORECASE,
)


def _read_stutter(match: re.Match[str]) -> str | None:
    pieces, word = re.findall("[A-Za-z]+", match[1]), match[2]
    if match[0].lower() in _NO_STUTTERS or not all(_may_stutter(piece, word) for piece in pieces):
        return None
    sounds = [_onset(piece.lower(), word.lower()) for piece in pieces]
    if pieces[0][0].isupper():
        sounds[0] = sounds[0].capitalize()
    return "-".join([*sounds, word])


def _may_stutter(piece: str, word: str) -> bool:
    """Tell whether a piece is how a word begins; "I-I" and "a-and" are said well as they stand."""
    return word.lower().startswith(piece.lower()) and _STUTTER_ALLOWED.fullmatch(piece) is not None


def _onset(letters: str, word: str) -> str:
    """Return a syllable that begins as the word does: wuh for wait, the for that."""
    if letters in ("t", "th") and word in _VOICED:
        return "the"
    for sound in ("th", "sh", "ch", "wh"):
        if word.startswith(sound) and letters in (sound[0], sound):
            return {"wh": "huh" if word.startswith("who") else "wuh"}.get(sound, f"{sound}uh")
    if letters == "k" and word.startswith("kn"):
        return "nuh"
    if letters == "c" and word[1:2] in ("e", "i", "y"):
        return "suh"
    if letters == "y":
        return "yih"
    return f"{letters}uh"


_AS_SAID = {
    "m": "hmm",
    "h": "hmm",
    "s": "shush",
    "p": "psst",
    "b": "burr",
    "g": "gurr",
    "a": "ah",
    "o": "oh",
    "e": "eek",
    "u": "uh",
}


def _read_noise(match: re.Match[str]) -> str | None:
    found = match[0]
    low = found.lower()
    if low in ("aa", "mm") and found.isupper():
        return None
    said = _say_noise(low)
    if said is None or said == low:
        return None
    return said.capitalize() if found[0].isupper() else said


def _say_noise(low: str) -> str | None:
    if "h" in low and low.startswith("m"):
        return "um-hum" if low[0] == "m" and "h" in low[1:] else "hmm"
    if low.startswith("pf") or "pff" in low:
        return "puft"
    if low.startswith("a"):
        if "g" in low:
            return "argh"
        return "awe" if "w" in low else "ah"
    if low.startswith("o"):
        return "ouw" if "w" in low else "ooh"
    if low.startswith("e"):
        return "eeyoo" if "w" in low else "eek"
    return None if low.startswith("z") else _AS_SAID[low[0]]


def _read_drawn(match: re.Match[str]) -> str | None:
    word = match[0]
    if roman_value(word) or "III" in word or word.lower().startswith("www") or _is_one_letter(word):
        return None
    if word[1:].strip("zZ") == "" and word[0] in "bB":
        return f"{word[0]}uzz"
    double = _SINGLE.sub(r"\1\1", word)
    if double.lower() in _DOUBLED or (double.lower() == "toooo"):
        return double
    return _SINGLE.sub(r"\1", word)


def _is_one_letter(word: str) -> bool:
    return len(set(word.lower())) == 1


STUTTER = Rule(name="sounds: stutter", needs=_DASH, pattern=_STUTTER, read=_read_stutter)
NOISE = Rule(name="sounds: noise", needs=_NOISE, pattern=_NOISES, read=_read_noise)
DRAWN = Rule(name="sounds: drawn", needs=_RUN, pattern=_DRAWN, read=_read_drawn)
DIALECT = Rule(
    name="sounds: dialect",
    needs=_APOSTROPHE,
    pattern=_DIALECT,
    read=lambda match: match[1][0] + _CLIPPED[match[1].lower()][1:] if match[1] else _AVE[match[2]],
)
