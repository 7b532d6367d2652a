"""What every engine must keep to, tried on each of the engines of this package."""

from __future__ import annotations

import hashlib
import multiprocessing
import random
import subprocess
import sys
import threading
from array import array
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.engines import open_engine
from audiobook.engines.base import Engine, PhoneticEngine, PronouncingEngine
from audiobook.engines.espeak_text import plain_text
from audiobook.errors import EngineError, PhonemeError, SynthesisError
from audiobook.model import Clip, Phonemes, Voice

ROOT = Path(__file__).parent.parent
VOICES = {
    "pyttsx3": Voice(engine="pyttsx3", id="en-us+f2"),
    "tone": Voice(engine="tone", id="tone-high"),
    "piper": Voice(engine="piper", id="en_US-tiny-low#bob"),
    "kokoro": Voice(engine="kokoro", id="af_bella*0.7+af_sky*0.3"),
}
SAMPLE_RATES = {"kokoro": 24000}
TEXTS = [
    "Hello.",
    "“You're going to collapse on stage,” Max teased, and nobody laughed.",
    "She counted: 1, 2, 3… then 1,024!",
    "Naïve café — Привет, Γειά, こんにちは.",
    "A rather long sentence, with clauses; it goes on, and on, until at last it stops.",
]


@pytest.fixture(name="engine", params=sorted(VOICES), scope="module")
def open_each(request: pytest.FixtureRequest, tiny_voices: Path) -> Iterator[Engine]:
    assert tiny_voices
    engine = open_engine(request.param)
    yield engine
    engine.close()


@pytest.fixture(name="voice")
def voice_of(engine: Engine) -> Voice:
    return VOICES[engine.voices()[0].engine]


def speak(job: tuple[str, Voice]) -> Clip:
    """Speak in a worker process, which keeps no engine."""
    text, voice = job
    engine = open_engine(voice.engine)
    try:
        return engine.synthesize(text, voice)
    finally:
        engine.close()


def level(clip: Clip) -> float:
    wave = np.frombuffer(clip.samples, "<i2").astype(float)
    return float(np.sqrt((wave**2).mean()))


def median_f0(clip: Clip) -> float:
    """Estimate the voice's fundamental frequency by autocorrelation of 40 ms frames, 60 to 900 Hz."""
    wave = np.frombuffer(clip.samples, "<i2").astype(float)
    size, estimates = int(0.04 * clip.sample_rate), []
    low, high = clip.sample_rate // 900, clip.sample_rate // 60
    for start in range(0, len(wave) - size, size):
        frame = wave[start : start + size] - wave[start : start + size].mean()
        correlation = np.correlate(frame, frame, "full")[size - 1 :]
        after = low + int(np.argmax(correlation[low:high] < 0))  # past the peak at no lag
        lag = after + int(correlation[after:high].argmax())
        if correlation[lag] > 0.5 * correlation[0] > 0:
            estimates.append(clip.sample_rate / lag)
    return float(np.median(estimates))


def test_listed_voices_have_no_fault(engine: Engine) -> None:
    entries = random.Random(1).sample(list(engine.voices()), 5)
    assert all(engine.find_fault(entry.id) is None for entry in entries)


def test_unknown_voice(engine: Engine, voice: Voice) -> None:
    fault = engine.find_fault("no such voice")
    assert fault is not None
    assert fault.startswith("a voice of ")
    with pytest.raises(EngineError, match="expected a voice of "):
        engine.synthesize("Hello.", replace(voice, id="no such voice"))


def test_fingerprint_is_stable_and_needs_no_start(engine: Engine, voice: Voice) -> None:
    assert engine.fingerprint == open_engine(voice.engine).fingerprint != ""


def test_clips_are_sound_at_the_stated_rate(engine: Engine, voice: Voice) -> None:
    for text in TEXTS:
        clip = engine.synthesize(text, voice)
        assert clip.sample_rate == SAMPLE_RATES.get(voice.engine, 22050)
        assert len(clip.samples) % 2 == 0
        assert 0.3 < clip.seconds / (len(text) / 15) < 5  # foreign letters are spelled
        assert level(clip) > 500


def test_no_silence_around_a_clip(engine: Engine, voice: Voice) -> None:
    for text in TEXTS:
        wave = array("h", engine.synthesize(text, voice).samples)
        assert max(map(abs, wave[:200])) > 32
        assert max(map(abs, wave[-200:])) > 32


def test_equal_bytes_in_any_order_and_process(engine: Engine, voice: Voice) -> None:
    first = [engine.synthesize(text, voice) for text in TEXTS]
    other = replace(voice, rate=200, pitch=70)
    engine.synthesize("Something else altogether!", other)
    assert [engine.synthesize(text, voice) for text in reversed(TEXTS)] == first[::-1]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(speak, [(text, voice) for text in TEXTS])) == first


def test_equal_bytes_in_a_forked_process(engine: Engine, voice: Voice) -> None:
    if "fork" not in multiprocessing.get_all_start_methods():
        pytest.skip("this system can't fork")
    first = engine.synthesize(TEXTS[1], voice)
    # A program that has threads may not fork, so the forking is done by one that has none.
    program = (
        "import hashlib, multiprocessing\n"
        "from audiobook.engines import open_engine; from audiobook.model import Voice\n"
        f"engine = open_engine({voice.engine!r}); voice = {voice!r}; text = {TEXTS[1]!r}\n"
        "def digest(_): return hashlib.sha256(engine.synthesize(text, voice).samples).hexdigest()\n"
        "results = {digest(0)}\n"
        "class Child(multiprocessing.get_context('fork').Process):\n"
        "    def run(self): queue.put(digest(0))\n"
        "queue = multiprocessing.get_context('fork').SimpleQueue(); children = [Child() for _ in range(3)]\n"
        "[child.start() for child in children]; results |= {queue.get() for _ in children}\n"
        "[child.join() for child in children]; results.add(digest(0)); print(*results)"
    )
    run = subprocess.run(
        [sys.executable, "-W", "error", "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (run.stdout.strip(), run.stderr) == (hashlib.sha256(first.samples).hexdigest(), "")


def test_threads_may_share_an_engine(engine: Engine, voice: Voice) -> None:
    first = [engine.synthesize(text, voice) for text in TEXTS]
    results: dict[int, Clip] = {}

    def work(index: int) -> None:
        results[index] = engine.synthesize(TEXTS[index % len(TEXTS)], voice)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(results[index] == first[index % len(TEXTS)] for index in range(20))


def test_rate_changes_the_duration(engine: Engine, voice: Voice) -> None:
    slow, normal, fast = (
        engine.synthesize(TEXTS[4], replace(voice, rate=rate)).seconds for rate in (80, 160, 450)
    )
    assert slow > 1.6 * normal > 1.6 * 1.6 * fast


def test_pitch_changes_the_fundamental_frequency(engine: Engine, voice: Voice) -> None:
    low, middle, high = (
        median_f0(engine.synthesize("All our women were away.", replace(voice, pitch=pitch)))
        for pitch in (10, 50, 90)
    )
    assert low * 1.15 < middle < high / 1.15


def test_volume_changes_the_level_alone(engine: Engine, voice: Voice) -> None:
    full = engine.synthesize(TEXTS[1], voice)
    assert max(map(abs, array("h", full.samples))) < 32767
    for volume in (0.5, 0.05):
        soft = engine.synthesize(TEXTS[1], replace(voice, volume=volume))
        assert abs(level(soft) / level(full) - volume) < 0.1 * volume
        assert abs(soft.seconds - full.seconds) < 0.02
    silent = engine.synthesize(TEXTS[1], replace(voice, volume=0))
    assert silent.seconds == full.seconds
    assert not any(silent.samples)


@pytest.mark.parametrize("text", ["", "   ", "…", "***", "\x00", "\u200b"])
def test_nothing_to_say_is_an_error(engine: Engine, voice: Voice, text: str) -> None:
    with pytest.raises(SynthesisError):
        engine.synthesize(text, voice)


def test_markup_is_read_as_it_stands(engine: Engine, voice: Voice) -> None:
    for text in (
        '<break time="900s"/>a',
        "<speak>hello</speak>",
        "[[h@l'oU]] there",
        "a &amp; b",
        "\x0150P hello",
    ):
        assert 0.1 < engine.synthesize(text, voice).seconds < 20


@pytest.mark.slow
def test_a_hundred_thousand_characters(engine: Engine, voice: Voice) -> None:
    text = (" ".join(TEXTS[:3]) + " ") * 1000
    short, long = (
        engine.synthesize(text[:size], replace(voice, rate=449)).seconds for size in (10_000, 100_000)
    )
    assert len(text) > 100_000
    assert 9.5 < long / short < 10.5


@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=30).filter(lambda text: any(map(str.isalnum, plain_text(text)))))
def test_any_text_is_spoken(engine: Engine, text: str) -> None:
    voice = VOICES[engine.voices()[0].engine]
    assert engine.synthesize(text, voice).seconds > 0


def test_phonemes_change_the_words_that_they_are_for(engine: Engine, voice: Voice) -> None:
    if not isinstance(engine, PhoneticEngine):
        pytest.skip("this engine takes no phonemes")
    notation = engine.transcribe("təˈmɑːtəʊ", "ipa", voice.id)
    phonemes = (Phonemes(start=2, end=8, notation=notation),)
    plain = engine.synthesize("A tomato fell.", voice)
    spoken = engine.synthesize("A tomato fell.", voice, phonemes)
    assert engine.synthesize("A tomato fell.", voice, ()) == plain != spoken
    assert engine.synthesize("A tomato fell.", voice, phonemes) == spoken
    with pytest.raises(PhonemeError):
        engine.transcribe("7", "ipa", voice.id)


def test_how_words_sound_is_told_word_by_word(engine: Engine, voice: Voice) -> None:
    if not isinstance(engine, PronouncingEngine):
        pytest.skip("this engine can't tell how it says a word")
    words = ["tomato", "Xanthopoulou", "tomato", "don't", "…", ""]
    sounds = engine.pronounce(words, voice.id)
    assert [sound.word for sound in sounds] == words
    assert sounds[0] == sounds[2] != sounds[1]
    assert all(sound.notation or sound.ipa for sound in sounds[:4])
    assert not sounds[1].is_known
    with pytest.raises(EngineError):
        engine.pronounce(["a"], "no-such-voice")


def test_nothing_is_printed(engine: Engine, voice: Voice, capfd: pytest.CaptureFixture[str]) -> None:
    engine.close()
    engine.synthesize(TEXTS[3], voice)
    assert capfd.readouterr() == ("", "")
