"""Which of the words that were said are which of those that were heard.

Words that sound the same are paired first.  Where the two differ in between, they are paired so that the
fewest sounds go wrong; there some words of either may be one together ("band mates" for "bandmates").
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audiobook.listening.sounds import Sounds, differ

_MOST_JOINED = 3
"""So many words may be written as one, or as another number of them."""

_LONGEST_STRETCH = 60
"""Words of a stretch in which nothing is equal, beyond which it is compared word by word alone."""

_STEPS = (
    (1, 1), (1, 0), (0, 1),
    *((m, n) for m in range(1, _MOST_JOINED + 1) for n in range(1, _MOST_JOINED + 1) if m != n),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class AlignedWords:
    """Words that were said, by their first and last place, and what was heard for them; either may be none.

    `changes` is how many sounds are other ones (`sounds.count_changes`), `sounds` how many were to be said.
    """

    start: int
    end: int
    heard: tuple[str, ...]
    changes: float
    sounds: int

    @property
    def is_missing(self) -> bool:
        """Whether nothing was heard."""
        return not self.heard

    @property
    def is_extra(self) -> bool:
        """Whether nothing was to be said."""
        return self.start == self.end


def align_words(said: Sequence[str], heard: Sequence[str], sounds: Sounds) -> list[AlignedWords]:
    """Pair words with words, in order; all of either are in one pair."""
    found: list[AlignedWords] = []
    i = j = 0
    for a, b in [*_find_equal(sounds.keys(said), sounds.keys(heard)), (len(said), len(heard))]:
        if i < a or j < b:
            found += _align_stretch(said[i:a], heard[j:b], sounds, i)
        if a < len(said):
            found.append(AlignedWords(a, a + 1, (heard[b],), 0.0, _length(sounds.of(said[a : a + 1]))))
        i, j = a + 1, b + 1
    return found


def _find_equal(said: Sequence[str], heard: Sequence[str]) -> list[tuple[int, int]]:
    """Return the places of equal words that most sounds are in; of several ways the earliest."""
    width = len(heard) + 1
    best = [[0.0] * width for _ in range(len(said) + 1)]
    for i in range(len(said) - 1, -1, -1):
        row, below, word = best[i], best[i + 1], said[i]
        weight = len(word) + 1
        for j in range(len(heard) - 1, -1, -1):
            value = below[j] if below[j] >= row[j + 1] else row[j + 1]
            if word == heard[j]:
                # Neighbours in one are neighbours in the other: a stretch stays in one piece.
                is_run = i + 1 < len(said) and j + 1 < len(heard) and said[i + 1] == heard[j + 1]
                value = max(value, below[j + 1] + weight + (0.5 if is_run else 0.0))
            row[j] = value
    pairs = []
    i = j = 0
    while i < len(said) and j < len(heard):
        if said[i] == heard[j]:
            is_run = i + 1 < len(said) and j + 1 < len(heard) and said[i + 1] == heard[j + 1]
            if best[i][j] == best[i + 1][j + 1] + len(said[i]) + 1 + (0.5 if is_run else 0.0):
                pairs.append((i, j))
                i, j = i + 1, j + 1
                continue
        if best[i][j] == best[i][j + 1]:
            j += 1
        else:
            i += 1
    return pairs


def _align_stretch(
    said: Sequence[str], heard: Sequence[str], sounds: Sounds, start: int
) -> list[AlignedWords]:
    """Pair the words of a stretch so that the fewest sounds are wrong."""
    steps = _STEPS if len(said) + len(heard) <= _LONGEST_STRETCH else _STEPS[:3]
    costs = [[float("inf")] * (len(heard) + 1) for _ in range(len(said) + 1)]
    taken: dict[tuple[int, int], tuple[int, int, float]] = {}
    costs[0][0] = 0.0
    for i in range(len(said) + 1):
        for j in range(len(heard) + 1):
            for m, n in steps:
                if m > i or n > j:
                    continue
                changes = _count(said[i - m : i], heard[j - n : j], sounds)
                cost = costs[i - m][j - n] + changes + 0.01 * (m + n if m + n > 2 else 0)
                if cost < costs[i][j]:
                    costs[i][j], taken[i, j] = cost, (m, n, changes)
    return list(_walk_back(said, heard, taken, sounds, start))[::-1]


def _walk_back(
    said: Sequence[str],
    heard: Sequence[str],
    taken: dict[tuple[int, int], tuple[int, int, float]],
    sounds: Sounds,
    start: int,
) -> Iterator[AlignedWords]:
    i, j = len(said), len(heard)
    while i or j:
        m, n, changes = taken[i, j]
        length = _length(sounds.of(said[i - m : i])) if m else 0
        yield AlignedWords(start + i - m, start + i, tuple(heard[j - n : j]), changes, length)
        i, j = i - m, j - n


def _count(said: Sequence[str], heard: Sequence[str], sounds: Sounds) -> float:
    """Return how many sounds differ between words; none where the letters are the same."""
    if not heard:
        return float(_length(sounds.of(said)))
    if not said:
        return float(_length(sounds.of(heard)))
    if "".join(said).replace("'", "") == "".join(heard).replace("'", ""):
        return 0.0
    return differ(sounds.of(said), sounds.of(heard))


def _length(sounds: Sequence[str]) -> int:
    return max(1, *map(len, sounds))
