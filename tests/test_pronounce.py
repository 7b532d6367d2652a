"""Words are respelled whole, once, the longest first."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.casting import make_finder, spell_out
from audiobook.model import Phonemes, Pronunciation


def respell(text: str, respellings: dict[str, str]) -> str:
    """Return the text as it is spoken with words respelled."""
    stated = [Pronunciation(words=words, respelling=sound) for words, sound in respellings.items()]
    composed = unicodedata.normalize("NFC", text)
    spelled, phonemes = spell_out(composed, make_finder(stated)(composed))
    assert phonemes == ()
    return spelled


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
    assert respell(text, pronunciations) == expected


@given(st.text(), st.dictionaries(st.text(), st.text(), max_size=4))
def test_any_text_and_key_can_be_had(text: str, pronunciations: dict[str, str]) -> None:
    respell(text, pronunciations)


@given(st.text(st.characters(codec="ascii")))
def test_a_text_without_the_word_stays(text: str) -> None:
    assert respell(text, {"ñandú": "nyandoo"}) == text


def test_a_thousand_words_cost_no_more_than_one() -> None:
    text = "the quick brown fox jumps over the lazy dog " * 2000
    pronunciations = {f"word{n}": "x" for n in range(5000)}
    start = time.process_time()
    assert respell(text, pronunciations) == text
    assert time.process_time() - start < 20


def test_what_is_spoken_by_phonemes_keeps_its_words() -> None:
    stated = [
        Pronunciation(words="Nguyen", ph="ŋwiən", respelling="nwin"),
        Pronunciation(words="Read", ph="rɛd", matches_case=True),
        Pronunciation(words="Ann", ph="?", respelling="Anne"),
    ]
    text = "NGUYEN’s wife Ann read it. Read it, READ it, Nguyen!"
    places = make_finder(stated)(text)
    spelled, phonemes = spell_out(text, places, lambda each: "" if each.ph == "?" else each.ph.upper())
    assert spelled == "NGUYEN’s wife Anne read it. Read it, READ it, Nguyen!"
    assert [(spelled[p.start : p.end], p.notation) for p in phonemes] == [
        ("NGUYEN", "ŊWIƏN"),
        ("Read", "RƐD"),
        ("Nguyen", "ŊWIƏN"),
    ]
    assert phonemes[0] == Phonemes(start=0, end=6, notation="ŊWIƏN")
