"""Whether a word is one that everybody knows, by how often people write it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache

_COMMON_NAME = 400
"""Times that a word stands in the corpus of pyspellchecker: `london` and `monday` have about 1,000,
`darcy` 200, `gardiner` 50."""

_BRITISH = (("our", "or"), ("is", "iz"), ("yse", "yze"), ("ll", "l"), ("tre", "ter"), ("ence", "ense"))
"""Spellings of which its list has but the American ones."""


def keep_uncommon(words: Iterable[str], language: str, *, are_names: bool = False) -> list[str]:
    """Leave out the words that dictionaries of a language (BCP 47) have, in any capitals.

    Of names only the best known go: such a list has first names and places too, and these are what is
    said wrong.  Languages without a list keep all.
    """
    count = _count_in(language.partition("-")[0].lower())
    most = _COMMON_NAME if are_names else 0
    return [word for word in words if max(map(count, _spellings(word))) <= most]


def _spellings(word: str) -> list[str]:
    plain = word.casefold().replace("’", "'")
    return [plain, *(plain.replace(british, american) for british, american in _BRITISH if british in plain)]


@cache
def _count_in(language: str) -> Callable[[str], int]:
    from spellchecker import SpellChecker

    if language not in SpellChecker.languages():
        return lambda _word: 0
    frequencies = SpellChecker(language=language).word_frequency
    return lambda word: frequencies[word] if word in frequencies else 0  # noqa: SIM401 - it is no mapping
