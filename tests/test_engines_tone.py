"""The tone engine: who speaks, how long and how loud can be read off its samples."""

from __future__ import annotations

from array import array
from dataclasses import replace

from audiobook.engines.tone import SAMPLE_RATE, ToneEngine, tone_period
from audiobook.model import Voice

ENGINE = ToneEngine()
VOICE = Voice(engine="tone", id="tone-low")


def test_listed_voices_have_tones_of_their_own() -> None:
    periods = {tone_period(Voice(engine="tone", id=entry.id)) for entry in ENGINE.voices()}
    assert len(periods) == len(ENGINE.voices())


def test_any_word_after_tone_is_a_voice() -> None:
    assert ENGINE.find_fault("tone-rachel") is None
    assert ENGINE.find_fault("tone-Rachel") is not None
    assert ENGINE.find_fault("en-us") == (
        "a voice of the engine 'tone' such as 'tone-low' or 'tone-anything', got 'en-us'"
    )


def test_the_wave_repeats_with_the_voices_period() -> None:
    wave = array("h", ENGINE.synthesize("One two three.", VOICE).samples)
    period = tone_period(VOICE)
    assert wave[:period] == wave[period : 2 * period]
    assert len(wave) % period == 0


def test_length_follows_the_text_and_the_rate() -> None:
    clip = ENGINE.synthesize("x" * 60, replace(VOICE, rate=100))
    assert abs(clip.seconds - 6) < 2 * tone_period(VOICE) / SAMPLE_RATE


def test_pitch_is_an_octave_either_way() -> None:
    middle = tone_period(VOICE)
    assert abs(tone_period(replace(VOICE, pitch=100)) - middle / 2) <= 1
    assert abs(tone_period(replace(VOICE, pitch=0)) - middle * 2) <= 1
