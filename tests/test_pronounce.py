"""Words are respelled whole, once, the longest first."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.casting import spell_out


@pytest.mark.parametrize(
    ("text", "pronunciations", "expected"),
    [
        ("Kuznetsova sang.", {"Kuznetsova": "kooz nyet SOH va"}, "kooz nyet SOH va sang."),
        ("KUZNETSOVA and kuznetsova", {"Kuznetsova": "K"}, "K and kuznetsova"),
        ("Lead, LEAD, lead, leader, mislead", {"lead": "leed"}, "leed, leed, leed, leader, mislead"),
        ("Polish the Polish table", {"Polish": "POH lish"}, "POH lish the POH lish table"),
        ("polish", {"Polish": "POH lish"}, "polish"),
        ("Polish polish", {"Polish": "POH lish", "polish": "pollish"}, "POH lish pollish"),
        ("Anne's and Anne’s, Annes", {"Anne": "Ann"}, "Ann's and Ann’s, Annes"),
        ("don't, O'don", {"don": "X", "t": "Y", "o": "Z"}, "don't, O'don"),
        ("rock 'don' and “don”", {"don": "X"}, "rock 'X' and “X”"),
        ("New York, New\n  York City", {"new york": "NY", "New York City": "NYC", "york": "Y"}, "NY, NYC"),
        ("a b a", {"a": "b", "b": "a"}, "b a b"),
        ("Mr. Hyde, Mr Hyde", {"Mr.": "Mister"}, "Mister Hyde, Mr Hyde"),
        ("Tom & Jerry&Co", {"&": "and"}, "Tom and Jerry and Co"),
        ("C++ and C", {"C++": "see plus plus"}, "see plus plus and C"),
        ("It’s o'clock", {"o’clock": "oh clock"}, "It’s oh clock"),
        ("Anne-Marie", {"Anne": "Ann"}, "Ann-Marie"),
        ("Cafe\u0301 caf\u00e9", {"caf\u00e9": "kaffay"}, "kaffay kaffay"),
        ("1984 and 19845", {"1984": "nineteen eighty-four"}, "nineteen eighty-four and 19845"),
        ("a.b", {"a.b": "x", ".": "dot"}, "x"),
        ("", {"a": "b"}, ""),
        ("as it is", {}, "as it is"),
        ("back\\1slash", {"back": r"\1"}, r"\1\1slash"),
    ],
)
def test_respelling(text: str, pronunciations: dict[str, str], expected: str) -> None:
    assert spell_out(text, pronunciations) == expected


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=4))
def test_any_text_and_key_can_be_had(text: str, pronunciations: dict[str, str]) -> None:
    spell_out(text, pronunciations)


@given(st.text(st.characters(codec="ascii")))
def test_a_text_without_the_word_stays(text: str) -> None:
    assert spell_out(text, {"ñandú": "nyandoo"}) == text


def test_a_thousand_words_cost_no_more_than_one() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 2000
    pronunciations = {f"word{n}": "x" for n in range(5000)}
    spell_out("", pronunciations)
    start = time.perf_counter()
    assert spell_out(text, pronunciations) == text
    assert time.perf_counter() - start < 2
