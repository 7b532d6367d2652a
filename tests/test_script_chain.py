"""The decoder of talks against every way in which a short talk may go."""

from __future__ import annotations

import math
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.script.chain import ALTERNATES, GOES_ON, GOES_ON_AGAIN, Link, choose, decode_talk
from audiobook.script.ranker import Weights

WEIGHTS: Weights = {
    "alone": {"was called": 1.5, "is far off": -1.0, "is near": 0.5},
    GOES_ON: {"any": -1.0, "asks": -0.5},
    GOES_ON_AGAIN: {"any": 0.4},
    ALTERNATES: {"any": 1.2, "asks": 0.7},
}


@st.composite
def talks(draw: st.DrawFn) -> list[Link]:
    talk = []
    for turn in range(draw(st.integers(1, 5))):
        people = draw(st.lists(st.integers(1, 4), min_size=1, max_size=3, unique=True))
        candidates: list[int | None] = [None] if draw(st.integers(0, 9)) == 0 else [*people]
        clues = [draw(st.lists(st.sampled_from([*WEIGHTS["alone"]]), max_size=2)) for _ in candidates]
        links = draw(st.lists(st.sampled_from(["any", "asks"]), max_size=2))
        talk.append(Link(turn, "alone", candidates, clues, links))
    return talk


def weigh(talk: list[Link], way: tuple[int, ...]) -> float:
    """Return the weight of one way through a talk, by the definition."""
    total = 0.0
    people = [link.candidates[choice] for link, choice in zip(talk, way, strict=True)]
    for at, (link, person) in enumerate(zip(talk, people, strict=True)):
        total += sum(WEIGHTS["alone"][clue] for clue in link.clues[way[at]])
        last, earlier = (people[i] if i >= 0 else None for i in (at - 1, at - 2))
        if person is None or person not in (last, earlier):
            continue
        follows = (GOES_ON_AGAIN if person == earlier else GOES_ON) if person == last else ALTERNATES
        total += sum(WEIGHTS[follows].get(clue, 0.0) for clue in link.links)
    return total


@given(talks())
def test_probabilities_are_those_of_all_ways_through_a_talk(talk: list[Link]) -> None:
    ways = list(product(*(range(len(link.candidates)) for link in talk)))
    worth = {way: math.exp(weigh(talk, way)) for way in ways}
    everything = sum(worth.values())
    for at, shares in enumerate(decode_talk(talk, WEIGHTS)):
        expected = [
            sum(each for way, each in worth.items() if way[at] == choice) / everything
            for choice in range(len(talk[at].candidates))
        ]
        assert shares == pytest.approx(expected)


def test_what_comes_later_tells_who_spoke_before() -> None:
    # Nothing is known of the first three turns but that two people take turns; the fourth is Ann's (1).
    talk = [Link(turn, "alone", [1, 2], [[], []], ["any"] if turn else []) for turn in range(3)]
    talk.append(Link(3, "alone", [1], [[]], ["any"]))
    likely = decode_talk(talk, WEIGHTS)
    assert [max(range(2), key=lambda i: shares[i]) for shares in likely[:3]] == [1, 0, 1]
    assert choose(talk, 2, likely, WEIGHTS).reasons == ("spoke 2 turns ago",)


def test_who_takes_over_is_not_who_spoke_last() -> None:
    talk = [
        Link(0, "alone", [1], [[]]),
        Link(1, "alone", [1, 2], [["was called"], []], ["nothing stands between"]),
    ]
    assert decode_talk(talk, WEIGHTS)[1][1] > 0.9
