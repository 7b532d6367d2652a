"""The system's own voices, SAPI5 on Windows and NSSpeech on macOS, through pyttsx3 and its event loop.

That loop loses sound and settings, so every text has a process and a loop to itself, with a time limit,
and a clip counts only when a second attempt has given one as long and as loud.  On Linux the same way leads
to eSpeak: nobody needs it there, where `pyttsx3` is the better way, but it proves this code.
"""

from __future__ import annotations

import json
import math
import platform
import sys
from array import array
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from audiobook.engines.base import Limit
from audiobook.engines.espeak.process import package_folder
from audiobook.engines.espeak.text import plain_text
from audiobook.engines.program_output import cut_to_size, find_length_fault, scale_volume
from audiobook.engines.programs import Limits, ProgramFailure, run_program
from audiobook.engines.silence import trim_noise
from audiobook.engines.sound_files import SoundFileFault, read_sound
from audiobook.engines.system import child as system_child
from audiobook.errors import EngineError, SynthesisError
from audiobook.model import Clip, Gender, Voice, VoiceEntry
from audiobook.scratch import open_scratch
from audiobook.suggesting import did_you_mean

NAME = "system"

_ADAPTER = 1
"""Counts the changes of this adapter that change the sound."""

_DRIVERS = {"win32": "sapi5", "darwin": "nsss"}
"""pyttsx3's names for what speaks, by platform; anywhere else it is eSpeak."""

_LIMIT_S = 60.0
_LIMIT_S_PER_CHARACTER = 0.1
"""A system that speaks into a file no faster than aloud takes 65 ms a character."""
_FILE_BYTES = 200_000_000

_PIECE = 2_000
"""Characters a process gets: eSpeak's driver takes time with the square of them (0.9 s for 5,000)."""

_ATTEMPTS = 8
"""Of 90 attempts by eSpeak's driver 8 came out empty and 2 at its own rate; were every third faulty, eight
would still lack two whole ones for one text in 400 alone."""
_SAME = 0.01
_SAME_LEVEL = 0.05
"""Two attempts are alike whose lengths, and whose levels, differ by no more than these shares.  A driver that
loses the volume speaks as long as ever, and a quarter louder than at `_ESPEAK_VOLUME`."""

_ESPEAK_VOLUME = 0.8
"""At its full volume some of eSpeak's voices clip (see `espeak/engine.py`)."""


class SystemEngine:
    """The system's voices; see `audiobook.engines.base.Engine` for what each member promises.

    `driver` is pyttsx3's name for what speaks, where it is not the platform's own.
    """

    def __init__(self, *, driver: str | None = None) -> None:
        self._driver = driver or _DRIVERS.get(sys.platform, "espeak")

    @cached_property
    def fingerprint(self) -> str:
        """The versions of pyttsx3, of the system whose voices they are, and of this adapter."""
        from importlib.metadata import PackageNotFoundError, version

        speaker = f"{self._driver} of {platform.system()} {platform.release()}"
        try:
            if self._driver == "espeak":
                speaker = f"espeakng-loader {version('espeakng-loader')}"
            return f"pyttsx3 {version('pyttsx3')} loop, {speaker}, adapter {_ADAPTER}"
        except PackageNotFoundError as error:
            raise EngineError(f"the package {error.name} is missing; pip install {error.name}") from error

    @cached_property
    def _known(self) -> Mapping[str, VoiceEntry]:
        entries = [_read_entry(each) for each in self._ask({})["voices"]]
        return {entry.id: entry for entry in entries}

    def limits(self, voice_id: str) -> frozenset[Limit]:  # noqa: ARG002 - all its voices are alike
        """Name what pyttsx3's driver for this platform has no way to do."""
        if self._driver == "espeak":
            return frozenset({"listing", "determinism"})
        return frozenset({"pitch", "determinism", "unicode"})

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List the voices that are installed; none of eSpeak's, which `pyttsx3` speaks better."""
        return () if self._driver == "espeak" else tuple(self._known.values())

    def find_fault(self, voice_id: str) -> str | None:
        """Look the voice up among the installed ones, which are asked for in a process apart."""
        try:
            known = self._known
        except EngineError as error:
            return f"a system that speaks, got none: {error}"
        if voice_id in known:
            return None
        hint = did_you_mean(voice_id, known, most=2)
        return f"a voice of this system, got {voice_id!r}{hint}; narrate voices lists them"

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak `text` twice at least, until two attempts are alike; cut the silence around it.

        Raises `SynthesisError` where eight attempts have no two alike.
        """
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        text = plain_text(text)
        if self._driver == "sapi5" and text.startswith("<"):
            text = text.replace("<", " ")  # what begins so, SAPI takes for XML
        if not any(map(str.isalnum, text)):
            raise SynthesisError(f"there is nothing to say in {text[:40]!r}")
        parts = [self._speak(piece, voice) for piece in cut_to_size(text, _PIECE)]
        samples = scale_volume(b"".join(part.samples for part in parts), voice.volume)
        return Clip(samples=samples, sample_rate=parts[0].sample_rate)

    def close(self) -> None:
        """Do nothing: every process has ended when its clip is there."""

    def _speak(self, text: str, voice: Voice) -> Clip:
        """Return the first clip that is as long and as loud as one before it."""
        clips: list[Clip] = []
        fault = ""
        for _ in range(_ATTEMPTS):
            try:
                clip = self._attempt(text, voice)
            except (ProgramFailure, SoundFileFault) as error:
                fault = str(error)
                continue
            found = find_length_fault(clip, text, voice.rate)
            if found is not None:
                fault = found
                continue
            if any(_are_alike(clip, other) for other in clips):
                return clip
            clips.append(clip)
        lengths = ", ".join(f"{clip.seconds:.2f} s" for clip in clips)
        tried = f"{_ATTEMPTS} attempts had no two alike" + (f" ({lengths})" if lengths else "")
        raise SynthesisError(
            f"voice {voice.id!r} of the system did not speak {text[:60]!r}: {tried}{fault and '; '}{fault}; "
            "try again, or choose another voice in voices.yaml"
        )

    def _attempt(self, text: str, voice: Voice) -> Clip:
        with open_scratch() as folder:
            # What its name says: macOS writes AIFF whatever it is called.
            out = folder / ("out.aiff" if self._driver == "nsss" else "out.wav")
            request: dict[str, Any] = {"text": text, "out": str(out), "voice": voice.id, "rate": voice.rate}
            if self._driver == "espeak":
                request |= {"pitch": voice.pitch, "volume": _ESPEAK_VOLUME}
            answer = self._ask(request)
            if str(answer["voice"]).lower() != voice.id.lower():
                raise ProgramFailure(f"the voice {answer['voice']!r} spoke instead")
            if answer["failed"] or not out.is_file():
                raise ProgramFailure(
                    f"no file was written: {'; '.join(answer['failed']) or 'nothing was said'}"
                )
            clip = read_sound(out.read_bytes())
        samples = trim_noise(clip.samples, clip.sample_rate)
        return Clip(samples=samples, sample_rate=clip.sample_rate)

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Ask a fresh process; raises `ProgramFailure`, or `EngineError` where the driver can't work."""
        whole = {**request, "driver": self._driver, "packages": str(package_folder("pyttsx3").parent)}
        if self._driver == "espeak":
            import espeakng_loader

            whole |= {"library": espeakng_loader.get_library_path(), "data": espeakng_loader.get_data_path()}
        limits = Limits(
            seconds=_LIMIT_S + _LIMIT_S_PER_CHARACTER * len(str(request.get("text", ""))),
            file_bytes=_FILE_BYTES,
        )
        command: Sequence[str] = (sys.executable, "-I", system_child.__file__)
        with open_scratch() as folder:
            (folder / "work").mkdir()
            try:
                said = run_program(command, folder, json.dumps(whole).encode(), limits)
            except ProgramFailure as error:
                if "text" in request:
                    raise
                raise EngineError(f"the voices of {self._driver} can't be listed: {error}") from error
        answer: dict[str, Any] = json.loads(said.decode("utf-8", "replace").strip().rpartition("\n")[2])
        if "error" in answer:
            raise EngineError(f"pyttsx3 can't speak through {self._driver}: {answer['error']}")
        return answer


def _are_alike(one: Clip, other: Clip) -> bool:
    lengths = len(one.samples), len(other.samples)
    levels = _level(one), _level(other)
    return (
        one.sample_rate == other.sample_rate
        and max(lengths) - min(lengths) <= _SAME * max(lengths)
        and max(levels) - min(levels) <= _SAME_LEVEL * max(levels)
    )


def _level(clip: Clip) -> float:
    samples = array("h", clip.samples)
    return math.sqrt(sum(sample * sample for sample in samples) / max(1, len(samples)))


def _read_entry(voice: Mapping[str, str]) -> VoiceEntry:
    said = voice["gender"].lower()
    # macOS says VoiceGenderFemale.
    gender: Gender = "female" if "female" in said else "male" if "male" in said else "unknown"
    return VoiceEntry(
        engine=NAME,
        id=voice["id"],
        name=voice["name"],
        language=voice["language"].replace("_", "-") or "und",
        gender=gender,
    )
