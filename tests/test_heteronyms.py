"""English words of two sounds are said as meant; `cases/senses/english.txt` has examples."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.tone import ToneEngine
from audiobook.model import Pronunciation, Utterance, Voice
from audiobook.normalizing import find_heteronyms
from audiobook.normalizing.heteronyms import read_senses
from audiobook.planning.pronouncing import Pronouncer

CASES = [
    line.split(" => ")
    for line in (Path(__file__).parent / "cases" / "senses" / "english.txt")
    .read_text(encoding="utf-8")
    .splitlines()
    if line and not line.startswith("#")
]
US = Voice(engine="pyttsx3", id="en-us")


def utter(text: str) -> Utterance:
    return Utterance(paragraph=1, start=0, end=len(text), kind="speech", speaker=None, text=text)


@pytest.fixture(scope="module")
def spoken_by_itself() -> dict[str, str]:
    """What eSpeak makes of each sentence without being told anything."""
    sentences = [sentence for sentence, _ in CASES]
    return {s.word: s.notation for s in EspeakEngine().pronounce(sentences, "en-us")}


@pytest.mark.slow
@pytest.mark.parametrize(("sentence", "expected"), CASES, ids=[case[0] for case in CASES])
def test_a_word_is_said_as_it_is_meant(
    sentence: str, expected: str, spoken_by_itself: dict[str, str]
) -> None:
    word, sound = expected.split()
    text, phonemes = Pronouncer(()).spell(utter(sentence), US)
    assert text == sentence
    told = [each.notation for each in phonemes if text[each.start : each.end].lower() == word]
    if told:
        assert told == [sound]
    else:
        heard = re.split(r"[ ;]|_:", spoken_by_itself[sentence])
        assert any(part.rstrip("r-") == sound for part in heard), heard


def test_no_other_language_is_touched() -> None:
    assert find_heteronyms("She read the letter.", "en-GB")
    assert not find_heteronyms("She read the letter.", "de")
    assert not find_heteronyms("She wrote the letter.", "en")


def test_what_is_stated_stands_over_a_rule() -> None:
    stated = [Pronunciation(words="read", respelling="read"), Pronunciation(words="lead pipe", ph="lid paɪp")]
    pronouncer = Pronouncer(stated)
    assert pronouncer.spell(utter("She read it."), US) == ("She read it.", ())
    _, phonemes = pronouncer.spell(utter("The lead pipe broke."), US)
    assert [each.notation for each in phonemes] == ["l'i:d p'aIp"]


def test_an_engine_without_phonemes_reads_a_respelling_and_nobody_is_warned() -> None:
    pronouncer = Pronouncer(())
    tone = Voice(engine="tone", id=ToneEngine().voices()[0].id)
    assert pronouncer.spell(utter("She read it; he wound the clock."), tone) == (
        "She red it; he wownd the clock.",
        (),
    )
    assert pronouncer.warnings("voices.yaml") == []


@pytest.mark.parametrize("voice", ["en-us", "en-gb-x-rp", "en-gb-scotland+f4", "en-029", "en-gb-x-gbcwmd"])
def test_each_sense_can_be_said_in_each_accent(voice: str) -> None:
    engine = EspeakEngine()
    for sense in read_senses():
        assert sense.respelling
        assert engine.transcribe(sense.ph, sense.alphabet, voice)


@pytest.mark.slow
@given(st.text())
def test_any_text_can_be_had(text: str) -> None:
    for sense in find_heteronyms(f"{text} read {text} wound", "en"):
        assert sense.start < sense.end


@pytest.mark.slow
def test_a_sentence_costs_little_however_long() -> None:
    text = "they read and wound the lead about to close the use of wind " * 2000
    start = time.process_time()
    find_heteronyms(text, "en")
    assert time.process_time() - start < 5
