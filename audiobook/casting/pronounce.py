"""Respelling of words that a speech engine gets wrong."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from functools import cache, lru_cache

_TOKEN = re.compile(r"\w+|[^\w\s]")
"""Where a respelled phrase may begin: at a word or at a sign."""
_APOSTROPHES = "'’"
_POSSESSIVE_OR_END = rf"(?!\w)(?![{_APOSTROPHES}](?![sS](?!\w))\w)"
"""After a phrase: no letter, and no apostrophe with one (don|'t), except the possessive 's."""


def spell_out(text: str, pronunciations: Mapping[str, str]) -> str:
    """Return `text` with each word or phrase of `pronunciations` replaced by its respelling.

    Only whole words are replaced, the longest phrase first, in one pass, so that a respelling is never
    respelled; a possessive 's stays.  A key in small letters matches any capitals; a key with a
    capital matches as it stands or all in capitals (`Polish` leaves the verb alone).  White space
    between the words of a phrase and the shape of an apostrophe do not matter.
    """
    return make_speller(pronunciations)(text) if pronunciations else text


def make_speller(pronunciations: Mapping[str, str]) -> Callable[[str], str]:
    """Return the function that `spell_out` applies, made once for many texts.

    Its cost is linear in the text, however many pronunciations there are.
    """
    return _compile(tuple(pronunciations.items()))


@lru_cache(maxsize=16)
def _compile(pronunciations: tuple[tuple[str, str], ...]) -> Callable[[str], str]:
    by_first: dict[str, list[tuple[str, str]]] = {}
    # Longest first; of two keys that differ in capitals only, the one with capitals is the closer match.
    for key, respelling in sorted(pronunciations, key=lambda item: (-len(item[0]), item[0])):
        phrase = unicodedata.normalize("NFC", key)
        first = _TOKEN.search(phrase)
        if first is not None:
            by_first.setdefault(first.group().casefold(), []).append((phrase.strip(), respelling))

    def spell(text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        pieces: list[str] = []
        done = 0
        token = _TOKEN.search(text)
        while token is not None:
            end = token.end()
            for phrase, respelling in by_first.get(token.group().casefold(), ()):
                match = _pattern(phrase).match(text, token.start())
                if match is not None:
                    pieces += (text[done : token.start()], _set_apart(respelling, text, match))
                    done = end = match.end()
                    break
            token = _TOKEN.search(text, end)
        return "".join(pieces) + text[done:]

    return spell


def _set_apart(respelling: str, text: str, match: re.Match[str]) -> str:
    """Return the respelling with spaces where it would run into a word (the & of Q&A)."""
    before, after = text[max(0, match.start() - 1) : match.start()], text[match.end() : match.end() + 1]
    left = " " if before.isalnum() and respelling[:1].isalnum() else ""
    right = " " if after.isalnum() and respelling[-1:].isalnum() else ""
    return f"{left}{respelling}{right}"


@cache
def _pattern(phrase: str) -> re.Pattern[str]:
    """Return what finds a phrase; made when its first word turns up, since most of a long list never does."""
    forms = [phrase] if phrase == phrase.lower() else [phrase, phrase.upper()]
    alternatives = "|".join(_pattern_text(form) for form in forms)
    flags = re.IGNORECASE if phrase == phrase.lower() else re.NOFLAG
    # A letter at either end is the end of a word; a sign there may stand next to anything.
    begin = rf"(?<!\w)(?<!\w[{_APOSTROPHES}])" if re.match(r"\w", phrase) else ""
    end = _POSSESSIVE_OR_END if re.match(r"\w", phrase[-1]) else ""
    return re.compile(f"{begin}(?:{alternatives}){end}", flags)


def _pattern_text(phrase: str) -> str:
    words = (re.escape(word) for word in phrase.split())
    return re.sub(rf"[{_APOSTROPHES}]", f"[{_APOSTROPHES}]", r"\s+".join(words))
