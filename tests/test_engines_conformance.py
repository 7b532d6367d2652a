"""What every engine must keep to, tried on each of this package, and each check on one that breaks it."""

from __future__ import annotations

import functools
import math
import os
import random
import shutil
import subprocess
import sys
from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.engines import open_engine
from audiobook.engines.base import Engine, Limit, WordSound
from audiobook.engines.command import CommandEngine
from audiobook.engines.conformance import CHECKS, Check, Trial, open_trial, run_check, run_checks
from audiobook.engines.conformance.texts import measure_long
from audiobook.engines.espeak.text import plain_text
from audiobook.engines.tone import ToneEngine
from audiobook.errors import SynthesisError
from audiobook.model import Clip, Voice

FLITE = "flite -voice slt --setf duration_stretch={stretch} --setf int_f0_target_mean={pitch:90-250} "
VOICES = {
    "pyttsx3": "en-us+f2",
    "tone": "tone-high",
    "command": FLITE + "-t {ascii} -o {out}",
    "system": "gmw/en-us",
    "piper": "en_US-tiny-low#bob",
    "kokoro": "af_bella*0.7+af_sky*0.3",
}
ALWAYS = {"tone", "pyttsx3"}
"""Tried in each run; the others start programs, or load models.  What they are used for each day their own
tests try, in each run too."""

LONG_CHECKS = {
    "check_any_text", "check_long_texts", "check_new_processes", "check_forked_processes",
    "check_interruption", "check_sudden_end", "check_printing",
}  # fmt: skip
"""Half a second and more where an engine is more than a few sine waves."""
LONG_BREACHES = LONG_CHECKS - {"check_any_text", "check_long_texts"}


def name_check(check: Check) -> str:
    return check.__name__


@pytest.fixture(
    name="trial",
    params=[pytest.param(name, marks=() if name in ALWAYS else pytest.mark.slow) for name in VOICES],
    scope="module",
)
def open_each(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, tiny_voices: Path
) -> Iterator[Trial]:
    assert tiny_voices
    name: str = request.param
    factory: Callable[[], Engine] = functools.partial(open_engine, name)
    if name == "command":
        flite = shutil.which("flite")
        if flite is None:
            pytest.skip("flite is not installed")
        allowed = tmp_path_factory.mktemp("allowed") / "programs.txt"
        allowed.write_text(f"{os.path.realpath(flite)}\n")
        factory = functools.partial(CommandEngine, allowed=allowed)
    with open_trial(factory, Voice(engine=name, id=VOICES[name])) as trial:
        yield trial


@pytest.mark.parametrize(
    "check", [each for each in CHECKS if each.__name__ not in LONG_CHECKS], ids=name_check
)
def test_every_engine_passes(trial: Trial, check: Check) -> None:
    result = run_check(check, trial)
    assert result.passed, result.found


@pytest.mark.slow
@pytest.mark.parametrize("check", [each for each in CHECKS if each.__name__ in LONG_CHECKS], ids=name_check)
def test_every_engine_passes_what_takes_long(trial: Trial, check: Check) -> None:
    result = run_check(check, trial)
    assert result.passed, result.found


@pytest.mark.slow
@pytest.mark.parametrize("check", CHECKS, ids=name_check)
def test_espeak_passes_where_nothing_is_forked(check: Check, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_NO_FORK", "1")
    with open_trial(
        functools.partial(open_engine, "pyttsx3"), Voice(engine="pyttsx3", id=VOICES["pyttsx3"])
    ) as trial:
        result = run_check(check, trial)
    assert result.passed, result.found


@pytest.mark.slow
@pytest.mark.parametrize("check", [each for each in CHECKS if each.__name__ in LONG_CHECKS], ids=name_check)
def test_the_example_passes_what_takes_long(check: Check) -> None:
    """In each run, so that the long checks themselves are."""
    with open_trial(ToneEngine, Voice(engine="tone", id="tone-high")) as trial:
        result = run_check(check, trial)
    assert result.passed, result.found


@pytest.mark.slow
def test_a_hundred_thousand_characters(trial: Trial) -> None:
    if trial.voice.engine == "system":
        pytest.skip("eSpeak's driver loses a piece in ten, so that it would take a thousand processes")
    measure_long(trial, 10_000, 100_000)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(text=st.text(max_size=30).filter(lambda text: any(map(str.isalnum, plain_text(text)))))
def test_any_text_is_spoken(trial: Trial, text: str) -> None:
    if trial.voice.engine == "system":
        pytest.skip("each text takes two processes; the check of odd texts has some")
    assert trial.speak(text).seconds > 0


class Broken(ToneEngine):
    """An engine that keeps to everything; each of those below breaks one thing."""


class ListsWhatItRefuses(Broken):
    def find_fault(self, voice_id: str) -> str | None:
        return "another voice" if voice_id == "tone-flat" else super().find_fault(voice_id)


class TakesAnyVoice(Broken):
    def find_fault(self, voice_id: str) -> str | None:  # noqa: ARG002
        return None


class ChangesItsFingerprint(Broken):
    @property
    def fingerprint(self) -> str:  # type: ignore[override]
        return str(random.random())


class PadsWithSilence(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        clip = super().synthesize(text, voice)
        return replace(clip, samples=clip.samples + bytes(4000))


class CutsAfterAWhile(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize(text[:60], voice)


class LosesTheLastWord(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize("x" * max(20, 8 * round(len(text) / 24)), voice)


class RefusesOtherScripts(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        if not text.isascii():
            raise SynthesisError("not ASCII")
        return super().synthesize(text, voice)


class ObeysMarkup(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize("pause " * 60 if "break" in text else text, voice)


class SpeaksNothing(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize(text if any(map(str.isalnum, text)) else "nothing", voice)


class ClaimsPhonemes(Broken):
    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:  # noqa: ARG002
        return ph

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[object] = ()) -> Clip:  # noqa: ARG002
        return super().synthesize(text, voice)


class GuessesAtRandom(Broken):
    def pronounce(self, words: Sequence[str], voice_id: str) -> list[WordSound]:  # noqa: ARG002
        return [WordSound(word=word, notation=str(random.random()), ipa="", is_known=True) for word in words]


class LosesWords(Broken):
    def pronounce(self, words: Sequence[str], voice_id: str) -> list[WordSound]:  # noqa: ARG002
        return [WordSound(word=word, notation=word, ipa="", is_known=False) for word in set(words) if word]


class IgnoresRate(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize(text, replace(voice, rate=155))


class IgnoresPitch(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize(text, replace(voice, pitch=50))


class IgnoresVolume(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        return super().synthesize(text, replace(voice, volume=1.0))


class Understates(Broken):
    """Declares limits that it does not have."""

    def limits(self, voice_id: str) -> frozenset[Limit]:  # noqa: ARG002
        return frozenset({"listing", "rate", "pitch", "volume"})


class Remembers(Broken):
    """Speaks a little longer each time."""

    def __init__(self) -> None:
        self.spoken = 0

    def synthesize(self, text: str, voice: Voice) -> Clip:
        self.spoken += 1
        return super().synthesize(text + "x" * self.spoken, voice)


class ForgetsHowToSpeak(Broken):
    def __init__(self) -> None:
        self.is_open = True

    def close(self) -> None:
        self.is_open = False

    def synthesize(self, text: str, voice: Voice) -> Clip:
        if not self.is_open:
            raise SynthesisError("closed")
        return super().synthesize(text, voice)


class KnowsItsProcess(Broken):
    """Speaks otherwise in every process but the first, of which it knows by its environment."""

    def synthesize(self, text: str, voice: Voice) -> Clip:
        home = os.environ.setdefault("NARRATE_TEST_HOME", str(os.getpid()))
        return super().synthesize(text if home == str(os.getpid()) else text + " and more", voice)


class NeedsItsThread(Broken):
    def __init__(self) -> None:
        self.busy = 0

    def synthesize(self, text: str, voice: Voice) -> Clip:
        import threading
        import time

        if threading.current_thread() is threading.main_thread():
            return super().synthesize(text, voice)
        self.busy += 1
        try:
            time.sleep(0.05)
            return super().synthesize(text if self.busy == 1 else text + " and more", voice)
        finally:
            self.busy -= 1


class LeavesProcesses(Broken):
    """Starts a program with every clip, and lets it run."""

    def synthesize(self, text: str, voice: Voice) -> Clip:
        import time

        subprocess.Popen(["sleep", "30"], start_new_session=True).returncode = 0
        time.sleep(0.05)
        return super().synthesize(text, voice)


class SwallowsInterrupts(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        import time

        try:
            time.sleep(0.5)
        except KeyboardInterrupt:
            return Clip(
                samples=array("h", [int(9000 * math.sin(n)) for n in range(9000)]).tobytes(),
                sample_rate=22050,
            )
        return super().synthesize(text, voice)


class Prints(Broken):
    def synthesize(self, text: str, voice: Voice) -> Clip:
        sys.stdout.write("speaking\n")
        return super().synthesize(text, voice)


BREACHES: dict[str, list[type[Broken]]] = {
    "check_voices": [ListsWhatItRefuses, TakesAnyVoice, Understates],
    "check_fingerprint": [ChangesItsFingerprint],
    "check_sound": [PadsWithSilence],
    "check_whole_texts": [LosesTheLastWord, CutsAfterAWhile],
    "check_any_text": [RefusesOtherScripts],
    "check_markup": [ObeysMarkup],
    "check_nothing_to_say": [SpeaksNothing],
    "check_long_texts": [CutsAfterAWhile],
    "check_phonemes": [ClaimsPhonemes],
    "check_word_sounds": [GuessesAtRandom, LosesWords],
    "check_rate": [IgnoresRate, Understates],
    "check_pitch": [IgnoresPitch, Understates],
    "check_volume": [IgnoresVolume, Understates],
    "check_order": [Remembers],
    "check_closing": [ForgetsHowToSpeak],
    "check_threads": [NeedsItsThread],
    "check_new_processes": [KnowsItsProcess],
    "check_forked_processes": [KnowsItsProcess],
    "check_interruption": [LeavesProcesses, SwallowsInterrupts],
    "check_sudden_end": [LeavesProcesses],
    "check_printing": [Prints],
}


@pytest.mark.parametrize(("check", "broken"), [
    pytest.param(
        check,
        broken,
        id=f"{check.__name__}-{broken.__name__}",
        marks=pytest.mark.slow if check.__name__ in LONG_BREACHES else (),
    )
    for check in CHECKS
    for broken in BREACHES[check.__name__]
])  # fmt: skip
def test_every_check_can_fail(check: Check, broken: type[Broken], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_TEST_HOME", str(os.getpid()))
    with open_trial(broken, Voice(engine="tone", id="tone-high")) as trial:
        result = run_check(check, trial)
    assert not result.passed, result.found
    assert "Traceback" not in result.found


@pytest.mark.slow
def test_the_unbroken_one_passes() -> None:
    results = list(run_checks(Broken, Voice(engine="tone", id="tone-high")))
    assert len(results) == len(CHECKS)
    assert [result for result in results if not result.passed] == []


def test_each_check_has_an_engine_that_breaks_it() -> None:
    assert set(BREACHES) == {check.__name__ for check in CHECKS}
