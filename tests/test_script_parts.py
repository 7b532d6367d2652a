"""The parts of the script stage by themselves: verbs, sentences, marks, names, genders, weights."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from audiobook.model import KnownCharacter
from audiobook.script.chain import Link, choose, decode_talk
from audiobook.script.layout import tokenize
from audiobook.script.lexicon import inflect, lexicon
from audiobook.script.ranker import learned_weights
from audiobook.script.sentences import split_sentences
from tests.test_script import read_aloud


@pytest.mark.parametrize(
    ("entry", "past", "present", "participle"),
    [
        ("say/said", "said", "says", "saying"),
        ("reply", "replied", "replies", "replying"),
        ("whisper", "whispered", "whispers", "whispering"),
        ("beg*", "begged", "begs", "begging"),
        ("tease", "teased", "teases", "teasing"),
        ("hiss", "hissed", "hisses", "hissing"),
        ("pray", "prayed", "prays", "praying"),
    ],
)
def test_verbs_are_inflected(entry: str, past: str, present: str, participle: str) -> None:
    forms = inflect(entry)
    assert forms[past] == "past"
    assert forms[present] == "present"
    assert forms[participle] == "participle"


def test_the_table_of_first_names_is_large_and_agrees_with_itself() -> None:
    names = lexicon().first_names
    assert len(names) > 1500
    assert names["rachel"] == "female"
    assert names["max"] == "male"
    assert names["alex"] == "unknown"


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("He sat. She rose.", ["He sat.", "She rose."]),
        ("Mr. Hale met Dr. J. R. Finch. It rained.", ["Mr. Hale met Dr. J. R. Finch.", "It rained."]),
        ("“Yes!” he said. “No.”", ["“Yes!” he said.", "“No.”"]),
        ("It was 5 p.m. and dark… He left.", ["It was 5 p.m. and dark…", "He left."]),
        ("It was 5 ft. 3 in. high. I left.", ["It was 5 ft. 3 in. high.", "I left."]),
        ("On Fri. we read vol. 3 of it. I left.", ["On Fri. we read vol. 3 of it.", "I left."]),
        ("We met Fr. Brown, Insp. Lane and Cmdr. Cole.", ["We met Fr. Brown, Insp. Lane and Cmdr. Cole."]),
        ("no stop at all", ["no stop at all"]),
        ("  \n ", []),
    ],
)
def test_sentences(text: str, sentences: list[str]) -> None:
    assert [text[start:end] for start, end in split_sentences(text)] == sentences


@pytest.mark.slow
def test_sentences_warn_of_nothing_where_no_module_has_been_compiled(tmp_path: Path) -> None:
    code = """
import sys
from audiobook.script.sentences import split_sentences
split_sentences("“Why, I. Smith,” he said. no.")
assert "pysbd" in sys.modules
"""
    command = [sys.executable, "-W", "error", "-X", f"pycache_prefix={tmp_path}", "-c", code]
    subprocess.run(command, check=True)


def test_tokens_keep_names_and_abbreviations_whole() -> None:
    tokens = tokenize("Mrs. O'Brien's Anne-Marie—don't!")
    assert tokens.texts == ["Mrs.", "O'Brien", "'s", "Anne-Marie", "—", "don't", "!"]


@pytest.mark.parametrize(
    ("text", "gender", "evidence"),
    [
        ('"No," said Mrs. Hale.', "female", "title: 'Mrs. Hale'"),
        ('"No," said Max.', "male", "first name: 'Max'"),
        ('"No," said Zorblax.', "unknown", "nothing tells"),
        ('Zorblax took his hat. Zorblax shook his head. "No," said Zorblax.', "male", "pronouns: 'he'"),
        ('"No," the old bartender said.', "unknown", "nothing tells"),
        ('"No," said the landlady.', "female", "role: 'landlady'"),
    ],
)
def test_gender_comes_with_its_evidence(text: str, gender: str, evidence: str) -> None:
    (character,) = read_aloud(text).characters
    assert character.gender == gender
    assert character.gender_evidence.startswith(evidence)


def test_a_stated_gender_overrules_a_title() -> None:
    known = KnownCharacter(name="Mrs. Hale", gender="male")
    (character,) = read_aloud('"No," said Mrs. Hale.', known).characters
    assert character.gender == "male"


def test_months_places_and_titles_are_nobody() -> None:
    script = read_aloud("In May they went to London. The Morning Star sailed on Monday. Chapter Two began.")
    assert script.characters == ()


def test_weights_have_words_that_a_person_can_read() -> None:
    weights = learned_weights(False)
    assert {"alone", "pronoun", "role"} <= set(weights)
    assert weights["pronoun"]["gender fits"] > 0 > weights["pronoun"]["gender clashes"]
    assert weights["alone"]["was called by name last, at once"] > 1


def test_the_choice_is_the_heaviest_and_says_why() -> None:
    talk = [Link(0, "alone", [1, 2], [["near"], ["near", "called"]])]
    weights = {"alone": {"near": 1.0, "called": 2.0}}
    choice = choose(talk, 0, decode_talk(talk, weights), weights)
    assert choice.index == 1
    assert choice.reasons == ("called",)
    assert choice.probability == pytest.approx(0.881, abs=0.001)


def test_scripts_are_the_same_each_time() -> None:
    text = 'Max met Rachel.\n\n"Hello," he said.\n\n"Hello."\n\n"You are late, Max."'
    assert read_aloud(text) == read_aloud(text)
