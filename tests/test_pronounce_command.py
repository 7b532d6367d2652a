"""`narrate pronounce`: names first, what no dictionary has, how it sounds, and what to write about it."""

from __future__ import annotations

import json
import os
import re
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.engines.base import PronouncingEngine
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.tone import ToneEngine
from audiobook.errors import EngineError
from audiobook.normalizing import keep_uncommon
from tests.conftest import TONES
from tests.test_cli import narrate

CORPUS = os.environ.get("NARRATE_CORPUS")
NewProject = Callable[..., Path]

STORY = """\
"The sisters walked to Xanthopoulou's house," said Bourgh. "Kuznetsova was there."

Kuznetsova's brother Bourgh laughed. The grommlings of London, the colonels and both Kuznetsovas sang. It is
the parlour that a grommling likes on Monday. Elizabeth went to Xanthopoulou.
"""


def words_of(*arguments: str) -> dict[str, dict[str, object]]:
    done = narrate("pronounce", *arguments, "--json")
    assert done.exit_code == 0, done.output
    return {word["word"]: word for word in json.loads(done.stdout)["words"]}


def test_names_come_first_and_what_everybody_knows_is_left_out(new_project: NewProject) -> None:
    new_project(settings="", a=STORY)
    found = words_of("a")
    assert list(found) == ["Bourgh", "Kuznetsova", "Xanthopoulou", "grommling"]
    assert [(word["kind"], word["count"]) for word in found.values()] == [
        ("character", 2),
        ("name", 3),
        ("name", 2),
        ("word", 2),
    ]
    bourgh = found["Bourgh"]
    assert (bourgh["notation"], bourgh["ipa"]) == ("b'3:g", "bˈɜːɡ")
    assert bourgh["yaml"] == 'Bourgh: {espeak: "b\'3:g"}'
    assert bourgh["known"] is bourgh["stated"] is False
    assert "Bourgh" in str(bourgh["sentence"])


@pytest.mark.parametrize(
    "settings",
    [
        "pronunciations: {Bourgh: burr}",
        "characters: {Bourgh: {pronunciations: {Bourgh: burr}}}",
        "narrator: {pronunciations: {bourgh: burr}}",
        "stories: {a: {pronunciations: {Bourgh: {ipa: bɜː}}}}",
    ],
)
def test_what_is_stated_leaves_the_list(new_project: NewProject, settings: str) -> None:
    new_project(settings=settings, a=STORY)
    assert "Bourgh" not in words_of("a")
    assert words_of("a", "Bourgh", "colonels")["Bourgh"]["stated"] is True
    assert words_of("a", "--all")["Bourgh"]["stated"] is True


def test_what_the_list_proposes_changes_nothing_by_itself(new_project: NewProject) -> None:
    """The line to paste states each word as it is said already, and voices.yaml takes it."""
    project = new_project(settings="", a=STORY)
    found = words_of("a", "--all")
    assert len(found) > 20
    lines = "\n".join(f"  {word['yaml']}" for word in found.values())
    (project / "voices.yaml").write_text(f"pronunciations:\n{lines}\n", encoding="utf-8")
    stated = words_of("a", "--all")
    assert [word["notation"] for word in stated.values()] == [word["notation"] for word in found.values()]
    assert all(word["stated"] for word in stated.values())
    engine = EspeakEngine()
    for word in found.values():
        notation = str(word["notation"])
        assert engine.transcribe(notation, "espeak", "en-gb-x-rp") == notation


@pytest.mark.slow
def test_the_table_and_an_audition(new_project: NewProject) -> None:
    project = new_project(settings="", a=STORY)
    done = narrate("pronounce", "a", "--audition")
    assert done.exit_code == 0, done.output
    assert "Kuznetsova" in done.output
    assert "under pronunciations: of voices.yaml" in done.output
    file = project / "output" / "previews" / "pronounce - a.mp3"
    before = file.read_bytes()
    assert len(before) > 50_000
    (project / "voices.yaml").write_text("pronunciations: {Bourgh: burr}", encoding="utf-8")
    again = narrate("pronounce", "a", "Kuznetsova", "Bourgh", "--audition", "--json")
    assert json.loads(again.stdout)["audition"].endswith("pronounce - a.mp3")
    assert file.read_bytes() != before


@pytest.mark.parametrize(
    ("arguments", "settings", "status", "message"),
    [
        (["a", "Zzz"], "", 1, "the word 'Zzz' does not stand there"),
        (["a", "Bourgh", "--all"], "", 2, "--all lists every word"),
        (["a"], TONES, 1, "the engine 'tone' can't tell how it says a word"),
        (["b"], "", 1, "b"),
    ],
)
def test_mistakes(
    new_project: NewProject, arguments: list[str], settings: str, status: int, message: str
) -> None:
    new_project(settings=settings, a=STORY)
    done = narrate("pronounce", *arguments)
    assert done.exit_code == status
    assert message in done.stderr


def test_a_story_without_a_doubtful_word_says_so(new_project: NewProject) -> None:
    new_project(settings="", a="All was well. The house was quiet.")
    assert "No word is in doubt" in narrate("pronounce", "a").output
    assert narrate("pronounce", "a", "--audition").exit_code == 1


@pytest.mark.parametrize(
    ("word", "is_known"),
    [
        ("Elizabeth", True),
        ("colonels", True),
        ("don't", True),
        ("Siobhan", True),
        ("Netherfield", False),
        ("walked", False),
        ("FBI", False),
        ("xqzt", False),
    ],
)
def test_espeak_tells_its_dictionary_from_its_rules(word: str, is_known: bool) -> None:
    (sound,) = EspeakEngine().pronounce([word], "en-us")
    assert (sound.word, sound.is_known) == (word, is_known)


def test_words_of_other_voices() -> None:
    engine = EspeakEngine()
    assert isinstance(engine, PronouncingEngine)
    assert not isinstance(ToneEngine(), PronouncingEngine)
    (french,) = engine.pronounce(["oiseau"], "fr-fr+f2")
    assert french.ipa == "wazˈo"
    assert engine.pronounce([], "en-us") == ()
    with pytest.raises(EngineError, match="did you mean 'en-us'"):
        engine.pronounce(["a"], "en-uss")


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=12), min_size=1, max_size=30))
def test_any_words_are_answered_one_by_one(words: list[str]) -> None:
    assert [sound.word for sound in EspeakEngine().pronounce(words, "en-us")] == words


@pytest.mark.slow
def test_common_words_by_language() -> None:
    assert keep_uncommon(["house", "honour", "grommling", "don’t"], "en-GB") == ["grommling"]
    assert keep_uncommon(["London", "Bingley", "Darcy"], "en", are_names=True) == ["Bingley", "Darcy"]
    assert keep_uncommon(["Haus", "Grommel"], "de") == ["Grommel"]
    assert keep_uncommon(["house"], "xx") == ["house"]


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="NARRATE_CORPUS names no folder with books")
def test_the_words_of_a_novel_take_a_second_or_two() -> None:
    text = Path(CORPUS or "", "books", "pg1342-pride-and-prejudice.txt").read_text(encoding="utf-8")
    words = list(Counter(re.findall(r"[^\W\d_]+", text)))
    start = time.perf_counter()
    sounds = EspeakEngine().pronounce(words, "en-gb-x-rp")
    assert time.perf_counter() - start < 30
    assert len(sounds) == len(words) > 6000


def test_a_german_noun_is_no_name(new_project: NewProject) -> None:
    words = "Der Regen hing über der Stadt, und das Fenster war offen. Krawutschke wartete dort."
    new_project(settings="stories: {stadt: {language: de}}", stadt=words)
    assert list(words_of("stadt")) == ["Krawutschke"]
