"""Learn the weights of `audiobook/script/chain.py`: a conditional random field over the talks of books.

The likelihood is that of all right ways through each talk: a turn of unknown speaker, or one whose speaker is
not among its candidates, may be anybody's.  Its slope comes from forward and backward passes over many talks
side by side; L-BFGS climbs it, with an L2 penalty.  Each weight is the sum of one for all modes and one of
the mode's own; texts as short as a story add more of their own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.optimize import minimize

from audiobook.script.chain import BY_HAND, FOLLOWS, Link, weigh_by_hand
from audiobook.script.ranker import IN_STORIES

PENALTY, STORY_PENALTY = 6.0, 15.0
"""What the square of a weight costs, and of one that only texts as short as a story add: these are few.  With
3 for both, of turns that no tag settles .762 instead of .774 are right in seven novels by authors left out,
.748 instead of .771 in twelve stories."""
STEPS = 45
"""Steps of L-BFGS; 80 change nothing that a listener would hear."""
_ALL = "all"
_LEAST = 1e-17

Array = NDArray[Any]


@dataclass(slots=True)
class Talk:
    """A stretch of a talk to learn from: `right` says of each candidate whether it may be the speaker."""

    links: list[Link]
    right: list[list[bool]]
    is_story: bool
    heft: float = 1.0


@dataclass(slots=True)
class _Step:
    """The turns at one place of all talks that are so long, in rows from `first`.

    `last[t, z, y]` tells whether candidate z is candidate y of the turn before, `back` the same of the turn
    before that.
    """

    first: int
    valid: Array
    last: Array
    back: Array
    right: Array


class Talks:
    """Talks as arrays, the longest first, and what is to be learned of them."""

    def __init__(self, talks: Sequence[Talk]) -> None:
        self.talks = sorted(talks, key=lambda talk: -len(talk.links))
        self.width = max(len(link.candidates) for talk in talks for link in talk.links)
        self.own: dict[tuple[str, str], int] = {}
        self.follow: dict[tuple[str, str], int] = {}
        self._own_at: list[tuple[int, int]] = []
        self._follow_at: list[tuple[int, int]] = []
        self.steps: list[_Step] = []
        self.heft = np.array([talk.heft for talk in self.talks])
        by_hand: list[list[float]] = []
        for place in range(len(self.talks[0].links)):
            going = [talk for talk in self.talks if len(talk.links) > place]
            self.steps.append(self._lay_out(going, place, len(by_hand)))
            by_hand += [weigh_by_hand(talk.links[place]) for talk in going]
        self.rows, self.by_hand = len(by_hand), np.array(by_hand)
        self.of_own = _matrix(self._own_at, self.rows * self.width, len(self.own))
        self.of_follow = _matrix(self._follow_at, self.rows, len(self.follow))
        sections = [section for section, _ in self.own]
        sections += [section for section, _ in self.follow for _ in FOLLOWS]
        self.penalty = np.array([STORY_PENALTY if s.endswith(IN_STORIES) else PENALTY for s in sections])
        self.heft_of_row = np.concatenate([self.heft[: len(step.valid)] for step in self.steps])

    def _lay_out(self, talks: Sequence[Talk], place: int, first: int) -> _Step:
        shape = (len(talks), self.width)
        step = _Step(
            first, np.zeros(shape, bool), np.zeros((*shape, self.width)), np.zeros((*shape, self.width)),
            np.zeros(shape),
        )  # fmt: skip
        for row, talk in enumerate(talks):
            link = talk.links[place]
            step.valid[row, : len(link.candidates)] = True
            step.right[row, : len(link.candidates)] = talk.right[place]
            for table, earlier in ((step.last, place - 1), (step.back, place - 2)):
                if earlier >= 0:
                    for z, person in enumerate(link.candidates):
                        for y, other in enumerate(talk.links[earlier].candidates):
                            table[row, z, y] = person is not None and person == other
            self._note(talk, link, first + row)
        return step

    def _note(self, talk: Talk, link: Link, row: int) -> None:
        for z, clues in enumerate(link.clues):
            for clue in clues:
                for section in (_ALL, link.mode, *([link.mode + IN_STORIES] if talk.is_story else [])):
                    column = self.own.setdefault((section, clue), len(self.own))
                    self._own_at.append((row * self.width + z, column))
        for clue in link.links:
            if clue in BY_HAND:
                continue
            for section in ("", *([IN_STORIES] if talk.is_story else [])):
                self._follow_at.append((row, self.follow.setdefault((section, clue), len(self.follow))))


def _matrix(places: Sequence[tuple[int, int]], rows: int, columns: int) -> Any:
    at = np.array(places).reshape(-1, 2).T
    return sparse.csr_matrix((np.ones(at.shape[1]), (at[0], at[1])), shape=(rows, columns))


def learn_weights(talks: Sequence[Talk]) -> dict[str, dict[str, float]]:
    """Return the weights, by section, that make the right ways through the talks likeliest."""
    laid = Talks(talks)
    count, follows = len(laid.own), len(laid.follow)

    def climb(weights: Array) -> tuple[float, Array]:
        own, ways = _exponentials(laid, weights[:count], weights[count:].reshape(follows, len(FOLLOWS)))
        every, of_own, of_ways = _expect(laid, own, ways, only_right=False)
        right, right_own, right_ways = _expect(laid, own, ways, only_right=True)
        cost = float((laid.heft * (every - right)).sum() + (laid.penalty / 2 * weights**2).sum())
        heft = laid.heft_of_row[:, None]
        slope = [
            laid.of_own.T @ ((of_own - right_own) * heft).ravel(),
            (laid.of_follow.T @ ((of_ways - right_ways) * heft)).ravel(),
        ]
        return cost, np.concatenate(slope) + laid.penalty * weights

    start = np.zeros(count + follows * len(FOLLOWS))
    found = minimize(climb, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x
    return _name(laid, found[:count], found[count:].reshape(follows, len(FOLLOWS)))


def _name(laid: Talks, own: Array, follow: Array) -> dict[str, dict[str, float]]:
    """Return the weights by section and clue; what all modes share is added to each of them."""
    weights: dict[str, dict[str, float]] = {}
    for (section, clue), column in laid.own.items():
        if section != _ALL:
            shared = 0.0 if section.endswith(IN_STORIES) else own[laid.own[_ALL, clue]]
            weights.setdefault(section, {})[clue] = float(own[column] + shared)
    for (section, clue), column in laid.follow.items():
        for way, weight in zip(FOLLOWS, follow[column], strict=True):
            weights.setdefault(way + section, {})[clue] = float(weight)
    return weights


def _exponentials(laid: Talks, own: Array, follow: Array) -> tuple[Array, Array]:
    sums = (laid.of_own @ own).reshape(laid.rows, laid.width)
    valid = np.concatenate([step.valid for step in laid.steps])
    sums = np.where(valid, sums, -np.inf)
    likely = np.exp(sums - sums.max(1, keepdims=True))
    ways = np.exp(np.clip(laid.of_follow @ follow + laid.by_hand, -15, 15))
    return np.maximum(likely, _LEAST) * valid, ways


def _expect(laid: Talks, own: Array, ways: Array, *, only_right: bool) -> tuple[Array, Array, Array]:
    """Return the logarithm of each talk's sum over all ways, how likely each candidate is, and each follow.

    `chain.py` has the same passes for one talk, in plain Python.
    """
    tables: list[Array] = []
    scales: list[Array] = []
    sums = np.zeros(len(laid.talks))
    for step in laid.steps:
        rows = slice(step.first, step.first + len(step.valid))
        weighed = own[rows] * step.right if only_right else own[rows]
        if tables:
            table = _follow(laid.steps[len(tables) - 1], step, tables[-1], weighed, ways[rows])
        else:
            table = np.zeros((*weighed.shape, laid.width))
            table[:, 0, :] = weighed
        scale = table.sum((1, 2))
        sums[: len(scale)] += np.log(scale)
        tables.append(table / scale[:, None, None])
        scales.append(scale)
    likely, follows = np.zeros_like(own), np.zeros_like(ways)
    after = np.ones((0, laid.width, laid.width))
    for at in range(len(laid.steps) - 1, -1, -1):
        step = laid.steps[at]
        rows = slice(step.first, step.first + len(step.valid))
        after = np.concatenate([after, np.ones((len(step.valid) - len(after), laid.width, laid.width))])
        likely[rows] = (tables[at] * after).sum(1)
        if at:
            weighed = own[rows] * step.right if only_right else own[rows]
            weighed = weighed[:, None, :] * after / scales[at][:, None, None]
            before = tables[at - 1][: len(step.valid)]
            after, follows[rows] = _look_back(laid.steps[at - 1], step, before, weighed, ways[rows])
    return sums, likely, follows


def _follow(earlier: _Step, step: _Step, before: Array, own: Array, ways: Array) -> Array:
    table = before[: len(own)]
    twice = earlier.last[: len(own)].transpose(0, 2, 1)
    total, again = table.sum(1), (table * twice).sum(1)
    stays = ways[:, 1:2] * again + ways[:, 0:1] * (total - again)
    back = np.matmul(step.back, table).transpose(0, 2, 1)
    moves = total[:, :, None] + (ways[:, 2] - 1)[:, None, None] * back
    same = step.last.transpose(0, 2, 1)
    found: Array = (same * stays[:, :, None] + (1 - same) * moves) * own[:, None, :]
    return found


def _look_back(
    earlier: _Step, step: _Step, before: Array, weighed: Array, ways: Array
) -> tuple[Array, Array]:
    """Return what the turns from one on say of the state before it, and how likely each follow is."""
    twice = earlier.last[: len(weighed)].transpose(0, 2, 1)
    same = step.last.transpose(0, 2, 1)
    stays, moves = (weighed * same).sum(2)[:, None, :], weighed * (1 - same)
    back = np.matmul(moves, step.back).transpose(0, 2, 1)
    goes_on, again, alternates = (ways[:, way][:, None, None] for way in range(len(FOLLOWS)))
    follows = np.stack(
        [
            (goes_on * before * (1 - twice) * stays).sum((1, 2)),
            (again * before * twice * stays).sum((1, 2)),
            (alternates * before * back).sum((1, 2)),
        ],
        axis=1,
    )
    after = (again * twice + goes_on * (1 - twice)) * stays + moves.sum(2)[:, None, :]
    return after + (alternates - 1) * back, follows
