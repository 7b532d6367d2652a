"""Which phonemes of a sentence belong to which of its words, which by themselves are said otherwise."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence

from audiobook.engines.spoken_words import trace

_STRESS = "ˈˌ"


def find_word_edges(signs: Sequence[str], alone: Sequence[Sequence[str]]) -> list[tuple[int, int, int]]:
    """Return words by their numbers, and from which of the signs to which each is said, the last included.

    `signs` are a text's phonemes with spaces and marks, `alone` those of each word by itself.  The two are
    laid side by side; a word begins at a space where it can, but some are said in one ("of the"), and numbers
    in several.  Words that nothing is said for by itself are left out.
    """
    spoken = [place for place, sign in enumerate(signs) if _is_sound(sign)]
    said = [(number, sign) for number, word in enumerate(alone) for sign in word if _is_sound(sign)]
    if not spoken or not said:
        return []
    origins = trace([signs[place] for place in spoken], [sign for _, sign in said])
    owners = {place: said[origin][0] for place, origin in zip(spoken, origins, strict=True)}
    begins = _find_begins(signs, owners)
    found = []
    for place, (number, begin) in enumerate(begins):
        limit = begins[place + 1][1] if place + 1 < len(begins) else len(signs)
        found.append((number, begin, max(each for each in spoken if each < limit)))
    return found


def _find_begins(signs: Sequence[str], owners: dict[int, int]) -> list[tuple[int, int]]:
    """Return which word begins at which sign, in order.

    A word begins in the first group of signs between spaces that is mostly its own, or else in the one that
    most of its sounds are in: a stray one before or behind that is its neighbour's.
    """
    groups, group = [], 0
    for sign in signs:
        group += sign == " "
        groups.append(group)
    counts = Counter((number, groups[place]) for place, number in owners.items())
    most = {home: max(size for (_, each), size in counts.items() if each == home) for _, home in counts}
    homes: dict[int, int] = {}
    for (number, home), size in sorted(counts.items()):
        known = homes.get(number)
        if known is None or (size > counts[number, known] and counts[number, known] < most[known]):
            homes[number] = home
    begins: list[tuple[int, int]] = []
    taken: set[int] = set()
    for number, home in sorted(homes.items()):
        own = [
            place
            for place, owner in owners.items()
            if groups[place] == home and (owner == number or home not in taken)
        ]
        begin = min(own)
        while begin and signs[begin - 1] in _STRESS:
            begin -= 1
        if not begins or begin > begins[-1][1]:
            begins.append((number, begin))
            taken.add(home)
    return begins


def _is_sound(sign: str) -> bool:
    return any(char.isalnum() and unicodedata.category(char) != "Lm" for char in sign)
