"""How fast audiobooks are: eSpeak's voices are alike, and every story lies within the norm."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from audiobook.casting import load_settings
from audiobook.engines.espeak.calibration import PLAIN, STANDARD_LUFS, STANDARD_S, calibrate, read_table
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.project.shared_engines import known_engines, shared_engine
from benchmarks.calibration import measure
from benchmarks.pace import NORM, measure_chapters

SETTINGS = load_settings(None, engines=known_engines(), engine="pyttsx3")
VOICES = [SETTINGS.general.narrator, *(v for pool in SETTINGS.general.pools.values() for v in pool)]


def test_a_voice_is_put_together_of_accent_and_variant() -> None:
    table = read_table()
    assert {voice.id for voice in VOICES} <= table.keys()
    accent, variant = table["en-gb-scotland"], table["+m7"]
    assert calibrate("en-gb-scotland+m7") == (accent.pace * variant.pace, accent.gain * variant.gain)
    assert calibrate("fr-fr+m7") == variant
    assert calibrate("fr-fr") == PLAIN


@pytest.mark.slow
@pytest.mark.parametrize("story", sorted((Path(__file__).parents[1] / "texts").glob("*.txt")), ids=str)
def test_every_story_is_read_as_fast_as_audiobooks_are(story: Path) -> None:
    for chapter in measure_chapters(story, SETTINGS):
        assert NORM[0] <= chapter.words_per_minute <= NORM[1]
    shared_engine("pyttsx3").close()


@pytest.mark.slow
def test_the_built_in_voices_are_equally_fast_and_loud() -> None:
    engine = EspeakEngine()
    for voice in VOICES:
        seconds, lufs, _ = measure(engine, replace(voice, rate=155))
        assert seconds == pytest.approx(STANDARD_S, rel=0.02), voice.id
        assert lufs == pytest.approx(STANDARD_LUFS, abs=2), voice.id
        slow, _, _ = measure(engine, replace(voice, rate=120))
        assert slow == pytest.approx(STANDARD_S * 155 / 120, rel=0.03), voice.id
    engine.close()
