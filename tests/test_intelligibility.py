"""The default pools hold clear voices only, none of them like another of its pool."""

from __future__ import annotations

import itertools

import pytest

from audiobook.casting import load_settings
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.model import Voice
from audiobook.project.shared_engines import known_engines
from benchmarks.intelligibility import LEAST_DISTANCE, MOST_ERRORS, Listener
from benchmarks.voice_distances import TEXT, measure

pytestmark = pytest.mark.slow
SETTINGS = load_settings(None, engines=known_engines(), engine="pyttsx3").general


def test_the_default_voices_are_understood_and_others_are_not() -> None:
    engine, listener = EspeakEngine(), Listener()
    pooled = [SETTINGS.narrator, *(voice for pool in SETTINGS.pools.values() for voice in pool)]
    errors = {voice.id: listener.score(engine, voice).errors for voice in pooled}
    assert max(errors.values()) <= MOST_ERRORS, errors
    garbled = Voice(engine="pyttsx3", id="en-us+shelby")
    assert listener.score(engine, garbled).errors > MOST_ERRORS
    engine.close()


def test_no_two_voices_of_a_pool_are_alike() -> None:
    engine = EspeakEngine()
    for pool in SETTINGS.pools.values():
        sounds = [measure(voice, engine.synthesize(TEXT, voice)) for voice in pool]
        for one, other in itertools.combinations(sounds, 2):
            assert one.distance(other) >= LEAST_DISTANCE, (one.voice.id, other.voice.id)
    engine.close()
