"""What clues are worth, and what is chosen by them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from audiobook.script.lexicon import read_lines

Weights = Mapping[str, Mapping[str, float]]
"""Mode of the turn, or how it follows another → clue → weight."""
LearnedWeights = Callable[[bool], Weights]
"""Returns the weights; its argument says whether they are for a text as short as a story."""
IN_STORIES = ", in stories"
"""Ends the name of a section whose weights are added for short texts."""


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest candidate (an index), its probability, and the clues that told most for it."""

    index: int
    probability: float
    reasons: tuple[str, ...]


@cache
def learned_weights(is_story: bool) -> Weights:
    """Return the weights of `data/speaker_weights.txt`; `is_story`: for a text as short as a story."""
    return parse_weights(read_lines("speaker_weights.txt"), is_story)


def parse_weights(lines: Iterable[str], is_story: bool) -> Weights:
    """Return the weights that lines of `[mode]` and of `clue weight` state."""
    weights: dict[str, dict[str, float]] = {}
    mode: dict[str, float] = {}
    for line in lines:
        if line.startswith("["):
            name = line.strip("[]")
            counts = is_story or not name.endswith(IN_STORIES)
            mode = weights.setdefault(name.removesuffix(IN_STORIES), {}) if counts else {}
        elif line and not line.startswith("#"):
            clue, _, weight = line.rpartition(" ")
            mode[clue] = mode.get(clue, 0.0) + float(weight)
    return weights
