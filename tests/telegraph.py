"""An engine whose sound spells what it says, and an ear that reads it: listening without a model.

Each letter is a stretch of one level, the words are apart, and the end fades as speech does.  It forgets the
last words of some lines, in some ways of speaking them, as neural engines do.
"""

from __future__ import annotations

from array import array
from pathlib import Path
from typing import Any

import pytest

from audiobook.building import recipe, takes
from audiobook.engines import registry
from audiobook.model import Clip, Voice, VoiceEntry
from audiobook.project.shared_engines import shared_engine

SAMPLE_RATE = 16_000
USUAL_RATE = 155
_LEVEL = 64
_LETTER, _GAP, _PAUSE, _FADE = 80, 20, 1200, 400
_WORDS_FORGOTTEN = 3


class TelegraphEngine:
    """Spells; of a "harbour" it forgets the end plainly, of a "tower" unless slowly, of a "cellar" always."""

    fingerprint = "telegraph 1"
    is_fallible = True

    def voices(self) -> tuple[VoiceEntry, ...]:
        return (VoiceEntry(engine="telegraph", id="key", name="Key", language="en"),)

    def find_fault(self, voice_id: str) -> str | None:
        return None if voice_id == "key" else f"the voice key, got {voice_id!r}"

    def synthesize(self, text: str, voice: Voice) -> Clip:
        is_plain = text.startswith("The harbour")
        is_slow = voice.rate < USUAL_RATE
        words = text.split()
        if "cellar" in text or is_plain or ("tower" in text and not is_slow):
            words = words[:-_WORDS_FORGOTTEN]
        samples = array("h")
        for word in words:
            for letter in word:
                samples.extend([ord(letter) * _LEVEL if ord(letter) < 128 else 0] * _LETTER + [0] * _GAP)
            samples.extend([0] * _PAUSE)
        samples.extend([_LEVEL] * _FADE)
        return Clip(samples=samples.tobytes(), sample_rate=SAMPLE_RATE)

    def close(self) -> None: ...


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


def listen_by_telegraph(monkeypatch: pytest.MonkeyPatch, log: Path) -> None:
    """Have runs of this process speak and listen by telegraph; `log` gets a line for all that is heard."""
    log.touch()
    monkeypatch.setitem(registry.BUILT_IN, "telegraph", "tests.telegraph:TelegraphEngine")
    shared_engine.cache_clear()
    monkeypatch.setattr(recipe, "choose_recognizer", lambda wish: None if wish is False else log)
    monkeypatch.setattr(takes, "name_recognizer", lambda _: "telegraph")
    monkeypatch.setattr(takes, "_keep_ear", lambda *_: TelegraphEar(log))
