"""Engines that forget words, as neural ones do.

Of one the sound spells what it says, for an ear that reads it, so that runs can be heard without a model.
The other one is eSpeak, for a real recognizer.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from audiobook.building import recipe, takes
from audiobook.engines import registry
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.model import Clip, EngineCast, Phonemes, Voice, VoiceEntry
from audiobook.project.shared_engines import forget_engines

SAMPLE_RATE = 16_000
USUAL_RATE = 155
_LEVEL = 64
_LETTER, _GAP, _PAUSE, _FADE = 80, 20, 1200, 400
_WORDS_FORGOTTEN = 3
_ESPEAK_FADE = 1500


def forget(text: str, voice: Voice) -> str:
    """Leave out a line's end: of a "harbour" plainly, of a "tower" unless slowly, of a "cellar" always."""
    is_slow = voice.rate < USUAL_RATE
    forgets = text.startswith("The harbour") or ("tower" in text and not is_slow) or "cellar" in text
    return " ".join(text.split()[:-_WORDS_FORGOTTEN]) if forgets else text


class TelegraphEngine:
    """Spells: each letter is a stretch of one level, words are apart, and the end fades as speech does."""

    fingerprint = "telegraph 1"
    is_fallible = True

    def voices(self) -> tuple[VoiceEntry, ...]:
        return (VoiceEntry(engine="telegraph", id="key", name="Key", language="en"),)

    def find_fault(self, voice_id: str) -> str | None:
        return None if voice_id == "key" else f"the voice key, got {voice_id!r}"

    def synthesize(self, text: str, voice: Voice) -> Clip:
        samples = array("h")
        for word in forget(text, voice).split():
            for letter in word:
                samples.extend([ord(letter) * _LEVEL if ord(letter) < 128 else 0] * _LETTER + [0] * _GAP)
            samples.extend([0] * _PAUSE)
        samples.extend([_LEVEL] * _FADE)
        return Clip(samples=samples.tobytes(), sample_rate=SAMPLE_RATE)

    def close(self) -> None: ...


class ForgetfulEngine(EspeakEngine):
    """ESpeak, whose lines fade here, so that they are judged as a neural voice's are."""

    is_fallible = True

    def built_in_cast(self, language: str) -> EngineCast | None:
        cast = super().built_in_cast(language)
        return cast and replace(cast, narrator=replace(cast.narrator, engine="forgetful"))

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        assert not phonemes
        clip = super().synthesize(forget(text, voice), voice)
        wave = np.frombuffer(clip.samples, "<i2").astype(np.float64)
        wave[-_ESPEAK_FADE:] *= np.linspace(1, 0, _ESPEAK_FADE) ** 2
        return Clip(samples=wave.astype("<i2").tobytes(), sample_rate=clip.sample_rate)


class TelegraphEar:
    """Reads what the engine has spelled."""

    def __init__(self, log: Path) -> None:
        self._log = log

    def hear(self, wave: Any, *, carefully: bool = False) -> str:
        with self._log.open("a") as file:
            file.write("carefully\n" if carefully else "once\n")
        text, silent = "", 1
        for value in (wave * (1 << 15)).round().astype(int).tolist():
            letter = value // _LEVEL if value > _LEVEL else 0
            if letter and silent:
                text += (" " if silent >= _PAUSE else "") + chr(letter)
            silent = 0 if letter else silent + 1
        return text.strip()


def add_engine(monkeypatch: pytest.MonkeyPatch, name: str, kind: str) -> None:
    """Let this process, and those forked from it, speak by one of these engines."""
    monkeypatch.setitem(registry.BUILT_IN, name, f"{__name__}:{kind}")
    forget_engines()


def listen_by_telegraph(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    """Have runs of this process speak and listen by telegraph; `log` gets a line for all that is heard."""
    log.touch()
    add_engine(monkeypatch, "telegraph", "TelegraphEngine")
    monkeypatch.setattr(recipe, "choose_recognizer", lambda wish: None if wish is False else log)
    monkeypatch.setattr(takes, "name_recognizer", lambda _: "telegraph")
    monkeypatch.setattr(takes, "_keep_ear", lambda *_: TelegraphEar(log))
