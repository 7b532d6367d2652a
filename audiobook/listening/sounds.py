"""How words sound, as letters of IPA without stress and length, and how far two of them lie apart."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol


class Sound(Protocol):
    """How a word sounds; `engines.base.WordSound` is one."""

    @property
    def ipa(self) -> str: ...
    @property
    def is_known(self) -> bool: ...


AskSounds = Callable[[Sequence[str], str], Sequence[Sound]]
"""Says how words sound in an accent, in order; `is_known` where that is no guess."""

ACCENTS = ("en-us", "en-gb")
"""Two words are alike where they are in one of them."""

_NOT_SOUNDS = re.compile(r"[^\w]|[ˈˌːˑʲ\u0329_]")

_KINDS = (
    "iɪyᵻ",
    "eɛæɐa",
    "ɑɒɔʌoɐa",
    "uʊwɵ",
    "əɜɚɐʌᵻɪ",
    "pb",
    "tdɾʔ",
    "kɡg",
    "fvθ",
    "θðtdsz",
    "szʃʒ",
    "mnŋ",
    "lɹrɾ",
)
"""Sounds of which one is easily heard for another."""


def _name_neighbours() -> frozenset[tuple[str, str]]:
    return frozenset((a, b) for kind in _KINDS for a in kind for b in kind if a != b)


_NEIGHBOURS = _name_neighbours()
_VOWELS = frozenset("iɪyᵻeɛæɐaɑɒɔʌouʊɵəɜɚ")


@dataclass(slots=True)
class Sounds:
    """The sounds of words, each asked for once, and many at a time: a question to eSpeak takes 50 ms."""

    ask: AskSounds
    _known: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _guessed: set[str] = field(default_factory=set)

    def learn(self, words: Iterable[str]) -> None:
        """Ask how words sound that are not known yet."""
        new = sorted(set(words) - self._known.keys())
        if not new:
            return
        heard = [self.ask(new, accent) for accent in ACCENTS]
        for place, word in enumerate(new):
            self._known[word] = tuple(strip_stress(each[place].ipa) for each in heard)
            if not heard[0][place].is_known:
                self._guessed.add(word)

    def of(self, words: Sequence[str]) -> tuple[str, ...]:
        """Return the sounds of words one after the other, in each accent."""
        return tuple("".join(parts) for parts in zip(*map(self._look_up, words), strict=True))

    def keys(self, words: Sequence[str]) -> list[str]:
        """Return what is equal of words that sound the same in the first accent."""
        return [self._look_up(word)[0] or word for word in words]

    def is_guess(self, word: str) -> bool:
        """Tell whether nobody knows how a word sounds, as of names and invented words."""
        return word in self._guessed

    def _look_up(self, word: str) -> tuple[str, ...]:
        if word not in self._known:
            self.learn([word])
        return self._known[word]


def strip_stress(ipa: str) -> str:
    """Leave out stress, length, and what else is no sound of its own."""
    return _NOT_SOUNDS.sub("", ipa)


def differ(first: Sequence[str], second: Sequence[str]) -> float:
    """Return how much the sounds of two words differ, as `count_changes`, in the accent that is kinder."""
    return min(count_changes(*pair) for pair in zip(first, second, strict=True))


@functools.lru_cache(maxsize=1 << 16)
def count_changes(first: str, second: str) -> float:
    """Return how many sounds one must change to make the other; of neighbours half a sound."""
    row = [float(n) for n in range(len(second) + 1)]
    for i, a in enumerate(first, 1):
        before, row[0] = row[0], float(i)
        for j, b in enumerate(second, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + _cost(a, b))
    return row[-1]


def _cost(a: str, b: str) -> float:
    if a == b:
        return 0.0
    return 0.5 if (a, b) in _NEIGHBOURS or (a in _VOWELS and b in _VOWELS) else 1.0
