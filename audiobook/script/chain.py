"""Decode who speaks the turns of a talk, all at once.

A linear chain of the second order: a state is who speaks a turn and who spoke the one before.  What speaks
for a candidate by itself is one weight, that the turn is the last speaker's or the one's before another.
Forward and backward passes give the probability of each candidate over all ways in which the talk may go, as
in a conditional random field (Lafferty, McCallum and Pereira, 2001).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audiobook.script.ranker import Choice, Weights

GOES_ON, GOES_ON_AGAIN, ALTERNATES = "goes on", "goes on again", "alternates"
FOLLOWS = (GOES_ON, GOES_ON_AGAIN, ALTERNATES)
"""How a turn may follow: spoken by the last speaker, by who has spoken the last two, by who spoke two turns
ago.  Somebody else's turn is what these are weighed against."""
BY_HAND: Mapping[str, tuple[float, float, float]] = {
    "nothing stands between": (-6.0, -6.0, 0.0),
    "the tag says that they go on": (4.0, 4.0, -2.0),
}
"""What is not learned, by way of following: writers seldom show it, and then mean it."""
SUREST = 0.95
"""What a choice is never surer than."""
_TELLS = {GOES_ON: "spoke last", GOES_ON_AGAIN: "spoke the last two turns", ALTERNATES: "spoke 2 turns ago"}
CLASHES = -2.0
"""What speaks, on top of what is learned, against a woman of whom a tag says "he": in novels some genders are
mistaken.  Of openings and stories left out (learned from these alone) .627 and .845 are right, .624 and .845
without."""
_LEAST = 40.0
"""Below the best candidate by so much a weight is taken for no less."""


@dataclass(slots=True)
class Link:
    """A turn in its talk: who may speak it, what speaks for each of them, and how it may follow.

    `candidates` are people's ids; None is somebody of whom nothing is known, and nobody's equal.  `order` is
    how much counts what is learned of how turns follow each other.
    """

    turn: int
    mode: str
    candidates: list[int | None]
    clues: list[list[str]]
    links: list[str] = field(default_factory=list)
    order: float = 1.0

    @property
    def is_settled(self) -> bool:
        """Whether nothing is to be chosen."""
        return len(self.candidates) < 2


@dataclass(frozen=True, slots=True)
class _Step:
    """A turn's weights: of each candidate by itself, and of the ways in which it may follow."""

    own: list[float]
    goes_on: float
    goes_on_again: float
    alternates: float


_Table = list[list[float]]
"""Probability by who spoke the turn before, then by who speaks the turn."""


def weigh_by_hand(link: Link) -> list[float]:
    """Return what is not learned of each way in which a turn may follow."""
    return [sum(BY_HAND[clue][way] for clue in link.links if clue in BY_HAND) for way in range(len(FOLLOWS))]


def weigh_links(link: Link, weights: Weights) -> tuple[list[float], list[float]]:
    """Return the sums of the weights of each candidate, and of each way in which the turn may follow."""
    own = weights.get(link.mode, {})
    sums = [sum(own.get(clue, 0.0) for clue in clues) for clues in link.clues]
    if link.mode == "pronoun":
        sums = [
            value + CLASHES * ("gender clashes" in clues)
            for value, clues in zip(sums, link.clues, strict=True)
        ]
    follows = []
    for way, by_hand in zip(FOLLOWS, weigh_by_hand(link), strict=True):
        table = weights.get(way, {})
        follows.append(by_hand + link.order * sum(table.get(clue, 0.0) for clue in link.links))
    return sums, follows


def decode_talk(talk: Sequence[Link], weights: Weights) -> list[list[float]]:
    """Return for each turn of a talk the probability of each of its candidates."""
    steps = []
    for link in talk:
        sums, follows = weigh_links(link, weights)
        best = max(sums)
        own = [math.exp(max(value - best, -_LEAST)) for value in sums]
        steps.append(_Step(own, *map(math.exp, follows)))
    tables, scales = _pass_forward(talk, steps)
    return _pass_backward(talk, steps, tables, scales)


def _find(person: int | None, candidates: Sequence[int | None]) -> int | None:
    """Return where a person stands among candidates."""
    return candidates.index(person) if person is not None and person in candidates else None


def _pass_forward(talk: Sequence[Link], steps: Sequence[_Step]) -> tuple[list[_Table], list[float]]:
    tables: list[_Table] = []
    scales: list[float] = []
    for at, step in enumerate(steps):
        table = _follow(talk, at, step, tables[-1]) if at else [step.own[:]]
        scale = sum(map(sum, table))
        tables.append([[value / scale for value in row] for row in table])
        scales.append(scale)
    return tables, scales


def _follow(talk: Sequence[Link], at: int, step: _Step, before: _Table) -> _Table:
    """Return the table of a turn, not yet scaled, from that of the turn before."""
    now, last = talk[at].candidates, talk[at - 1].candidates
    back = talk[at - 2].candidates if at > 1 else [None]
    sums = [sum(column) for column in zip(*before, strict=True)]
    table = [[0.0] * len(now) for _ in last]
    for z, person in enumerate(now):
        own, twice = step.own[z], _find(person, back)
        same = _find(person, last)
        alternating = before[twice] if twice is not None else None
        for y, total in enumerate(sums):
            if y == same:
                again = alternating[y] if alternating is not None else 0.0
                table[y][z] = own * (step.goes_on_again * again + step.goes_on * (total - again))
            elif alternating is not None:
                table[y][z] = own * (total + (step.alternates - 1) * alternating[y])
            else:
                table[y][z] = own * total
    return table


def _pass_backward(
    talk: Sequence[Link], steps: Sequence[_Step], tables: Sequence[_Table], scales: Sequence[float]
) -> list[list[float]]:
    likely: list[list[float]] = []
    after = [[1.0] * len(row) for row in tables[-1]]
    for at in range(len(talk) - 1, -1, -1):
        table = tables[at]
        likely.append(
            [
                sum(row[z] * later[z] for row, later in zip(table, after, strict=True))
                for z in range(len(table[0]))
            ]
        )
        if at:
            after = _look_back(talk, at, steps[at], [[v / scales[at] for v in row] for row in after])
    return likely[::-1]


def _look_back(talk: Sequence[Link], at: int, step: _Step, after: _Table) -> _Table:
    """Return what the turns from one on say of the state before it."""
    now, last = talk[at].candidates, talk[at - 1].candidates
    back = talk[at - 2].candidates if at > 1 else [None]
    moved = [[0.0] * len(last) for _ in back]
    for y, person in enumerate(last):
        weighed = [own * later for own, later in zip(step.own, after[y], strict=True)]
        same = _find(person, now)
        stays = weighed[same] if same is not None else 0.0
        others = sum(weighed) - stays
        for x, earlier in enumerate(back):
            if earlier is not None and earlier == person:
                moved[x][y] = others + step.goes_on_again * stays
                continue
            twice = _find(earlier, now)
            alternating = weighed[twice] if twice is not None else 0.0
            moved[x][y] = others + step.goes_on * stays + (step.alternates - 1) * alternating
    return moved


def choose(talk: Sequence[Link], at: int, likely: Sequence[Sequence[float]], weights: Weights) -> Choice:
    """Return the likeliest candidate of a turn of a decoded talk, and what told most for it.

    That is what speaks for it and not for the next best: clues, and how it follows those chosen before it.
    """
    link, shares = talk[at], likely[at]
    ranked = sorted(range(len(shares)), key=lambda i: -shares[i])
    best, rival = ranked[0], ranked[1] if len(ranked) > 1 else None
    own = weights.get(link.mode, {})
    others = set(link.clues[rival]) if rival is not None else set()
    told = {clue: own[clue] for clue in link.clues[best] if clue not in others and own.get(clue, 0.0) > 0}
    follows = dict(zip(FOLLOWS, weigh_links(link, weights)[1], strict=True))
    way = _find_way(talk, at, best, likely)
    against = follows.get(_find_way(talk, at, rival, likely), 0.0) if rival is not None else 0.0
    if way in _TELLS and follows[way] > against:
        told[_TELLS[way]] = follows[way] - against
    telling = sorted(told, key=lambda clue: -told[clue])
    return Choice(best, min(SUREST, shares[best]), tuple(telling[:2]))


def _find_way(talk: Sequence[Link], at: int, choice: int, likely: Sequence[Sequence[float]]) -> str:
    """Return how a candidate follows the likeliest speakers before; empty for somebody else."""
    person = talk[at].candidates[choice]
    last, earlier = (
        talk[i].candidates[max(range(len(likely[i])), key=lambda j: likely[i][j])] if i >= 0 else None
        for i in (at - 1, at - 2)
    )
    if person is None or person not in (last, earlier):
        return ""
    if person != last:
        return ALTERNATES
    return GOES_ON_AGAIN if person == earlier else GOES_ON
