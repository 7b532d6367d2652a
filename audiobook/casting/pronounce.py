"""Where a text holds words that are to be said in a way of their own, and what is spoken for them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from audiobook.model import Phonemes, Pronunciation, Reading

_TOKEN = re.compile(r"\w+|[^\w\s]")
"""Where a respelled phrase may begin: at a word or at a sign."""
_APOSTROPHES = "'’"
_POSSESSIVE_OR_END = rf"(?!\w)(?![{_APOSTROPHES}](?![sS](?!\w))\w)"
"""After a phrase: no letter, and no apostrophe with one (don|'t), except the possessive 's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a text which pronunciation is asked for; `rule` names the rule that asks, if one does."""

    start: int
    end: int
    pronunciation: Pronunciation
    rule: str = ""


def make_finder(pronunciations: Sequence[Pronunciation]) -> Callable[[str], list[Place]]:
    """Return a function that finds the words of `pronunciations` in a text (NFC), in order, none twice.

    Only whole words are found, the longest phrase first; a possessive 's stays out.  Words in small
    letters match any capitals; words with a capital match as they stand or all in capitals (`Polish`
    leaves the verb alone), with `matches_case` only as they stand.  White space between the words of a
    phrase and the shape of an apostrophe do not matter.  Of two pronunciations of the same words the
    first counts.  The cost is linear in the text, however many pronunciations there are.
    """
    by_first: dict[str, list[tuple[str, Pronunciation]]] = {}
    # Longest first; of two keys that differ in capitals only, the one with capitals is the closer match.
    for each in sorted(pronunciations, key=lambda each: (-len(each.words), each.words)):
        phrase = unicodedata.normalize("NFC", each.words)
        first = _TOKEN.search(phrase)
        if first is not None:
            by_first.setdefault(first.group().casefold(), []).append((phrase.strip(), each))

    def find(text: str) -> list[Place]:
        places: list[Place] = []
        token = _TOKEN.search(text) if by_first else None
        while token is not None:
            end = token.end()
            for phrase, each in by_first.get(token.group().casefold(), ()):
                match = _pattern(phrase, each.matches_case).match(text, token.start())
                if match is not None:
                    end = match.end()
                    places.append(Place(start=match.start(), end=end, pronunciation=each))
                    break
            token = _TOKEN.search(text, end)
        return places

    return find


@dataclass(frozen=True, slots=True, kw_only=True)
class Spelled:
    """A text as it is spoken, what of that by phonemes, and which words in place of which."""

    text: str
    phonemes: tuple[Phonemes, ...] = ()
    readings: tuple[Reading, ...] = ()


def spell_out(
    text: str, places: Iterable[Place], transcribe: Callable[[Pronunciation], str] = lambda _: ""
) -> tuple[str, tuple[Phonemes, ...]]:
    """Return the text and the phonemes of what `spell` returns."""
    spelled = spell(text, places, transcribe)
    return spelled.text, spelled.phonemes


def spell(text: str, places: Iterable[Place], transcribe: Callable[[Pronunciation], str]) -> Spelled:
    """Return `text` with the respellings of its places, and what is to be spoken by phonemes.

    `transcribe` gives a pronunciation in the notation of the engine, or nothing where that can't be: then
    its respelling is read, and without one the words as they stand.
    """
    spelled = ""
    done = 0
    phonemes: list[Phonemes] = []
    readings: list[Reading] = []
    for place in places:
        spelled += text[done : place.start]
        words = text[place.start : place.end]
        notation = transcribe(place.pronunciation) if place.pronunciation.ph else ""
        if notation:
            start = len(spelled)
            phonemes.append(Phonemes(start=start, end=start + len(words), notation=notation))
        elif place.pronunciation.respelling:
            words = _set_apart(place.pronunciation.respelling, text, place)
            readings.append(Reading(start=place.start, end=place.end, spoken=words, rule=place.rule))
        spelled += words
        done = place.end
    return Spelled(text=spelled + text[done:], phonemes=tuple(phonemes), readings=tuple(readings))


def _set_apart(respelling: str, text: str, place: Place) -> str:
    """Return the respelling with spaces where it would run into a word (the & of Q&A)."""
    before, after = text[max(0, place.start - 1) : place.start], text[place.end : place.end + 1]
    left = " " if before.isalnum() and respelling[:1].isalnum() else ""
    right = " " if after.isalnum() and respelling[-1:].isalnum() else ""
    return f"{left}{respelling}{right}"


@cache
def _pattern(phrase: str, matches_case: bool) -> re.Pattern[str]:
    """Return what finds a phrase; made when its first word turns up, since most of a long list never does."""
    is_small = phrase == phrase.lower() and not matches_case
    forms = [phrase] if is_small or matches_case else [phrase, phrase.upper()]
    alternatives = "|".join(_pattern_text(form) for form in forms)
    flags = re.IGNORECASE if is_small else re.NOFLAG
    # A letter at either end is the end of a word; a sign there may stand next to anything.
    begin = rf"(?<!\w)(?<!\w[{_APOSTROPHES}])" if re.match(r"\w", phrase) else ""
    end = _POSSESSIVE_OR_END if re.match(r"\w", phrase[-1]) else ""
    return re.compile(f"{begin}(?:{alternatives}){end}", flags)


def _pattern_text(phrase: str) -> str:
    words = (re.escape(word) for word in phrase.split())
    return re.sub(rf"[{_APOSTROPHES}]", f"[{_APOSTROPHES}]", r"\s+".join(words))
