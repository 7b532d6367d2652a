"""Weigh clues: which candidate speaks, how sure that is, and why."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from audiobook.script.lexicon import read_lines

Weights = Mapping[str, Mapping[str, float]]
"""Mode of the turn → clue → weight."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest candidate (an index), its probability, and the clues that told most for it."""

    index: int
    probability: float
    reasons: tuple[str, ...]


@cache
def learned_weights() -> Weights:
    """Return the weights of `data/speaker_weights.txt`: lines of `[mode]` and of `clue weight`."""
    weights: dict[str, dict[str, float]] = {}
    mode: dict[str, float] = {}
    for line in read_lines("speaker_weights.txt"):
        if line.startswith("["):
            mode = weights.setdefault(line.strip("[]"), {})
        else:
            clue, _, weight = line.rpartition(" ")
            mode[clue] = float(weight)
    return weights


def choose(clues: Sequence[Sequence[str]], weights: Mapping[str, float]) -> Choice:
    """Weigh the clues of each candidate; there must be at least one.

    Probabilities are the softmax of the sums of weights.
    """
    sums = [sum(weights.get(clue, 0.0) for clue in own) for own in clues]
    best = max(range(len(sums)), key=lambda i: sums[i])
    total = sum(math.exp(value - sums[best]) for value in sums)
    others = sorted((s, i) for i, s in enumerate(sums) if i != best)
    rival = set(clues[others[-1][1]]) if others else set()
    telling = sorted(
        (clue for clue in clues[best] if clue not in rival and weights.get(clue, 0.0) > 0),
        key=lambda clue: -weights[clue],
    )
    return Choice(best, 1 / total, tuple(telling[:2]))
