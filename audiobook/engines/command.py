"""Any program as an engine: a command line in voices.yaml, its sound from a file or its standard output.

Only programs on the user's own list are started (`allowing.py`), never a shell, and each in an empty
folder (`programs.py`); what comes back is believed only as far as it can be checked (`sound_files.py`).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from audiobook.engines.allowing import find_objection, find_program
from audiobook.engines.base import Limit
from audiobook.engines.command_line import TEXTS, CommandLine, parse, to_ascii
from audiobook.engines.program_output import (
    NORMAL_RATE,
    cut_to_size,
    find_length_fault,
    one_line,
    scale_volume,
)
from audiobook.engines.programs import Limits, ProgramFailure, run_program
from audiobook.engines.silence import trim_noise
from audiobook.engines.sound_files import SoundFileFault, read_sound
from audiobook.errors import EngineError, SynthesisError
from audiobook.model import Clip, Voice, VoiceEntry
from audiobook.scratch import open_scratch

NAME = "command"

_ADAPTER = 1
"""Counts the changes of this adapter that change the sound."""

_LIMIT_S = 30.0
_LIMIT_S_PER_CHARACTER = 0.05
"""For programs that load a model of some hundred megabytes, and then speak no faster than a person."""

_FILE_BYTES = 50_000_000
_FILE_BYTES_PER_CHARACTER = 100_000
"""Half a second of 32-bit stereo at 48 kHz is 190 kB; a character takes 65 ms at the normal rate."""

_ATTEMPTS = 2

_PIECE = 20_000
"""Characters given at once: Linux takes 128 KiB in one argument (MAX_ARG_STRLEN), UTF-8 up to 4 for each."""


class CommandEngine:
    """Programs that speak; see `audiobook.engines.base.Engine` for what each member promises.

    A voice's id is its command line.  `allowed` is the list of programs that may be started, where it is not
    the user's own; `time_limit_s` is what a clip may take beyond 50 ms a character.
    """

    fingerprint = f"command, adapter {_ADAPTER}"

    def __init__(self, *, allowed: Path | None = None, time_limit_s: float = _LIMIT_S) -> None:
        self._allowed = allowed
        self._time_limit_s = time_limit_s

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List nothing: what a program can speak with only its own documentation tells."""
        return ()

    def limits(self, voice_id: str) -> frozenset[Limit]:
        """Name what a command line has no place for, besides the list of voices."""
        command = parse(voice_id)
        places = command.places if command else frozenset()
        found: set[Limit] = {"listing"}
        if not places & {"rate", "speed", "stretch"}:
            found.add("rate")
        if "pitch" not in places:
            found.add("pitch")
        if "ascii" not in places:
            found.add("unicode")
        return frozenset(found)

    def find_fault(self, voice_id: str) -> str | None:
        """Look at the command line, and whether its program is there and may be started by it."""
        command = parse(voice_id)
        if command is None:
            return f"a command like [flite, -t, '{{text}}', -o, '{{out}}'], got '{voice_id}'"
        return command.find_fault() or find_objection(command.program, self._allowed)

    def voice_fingerprint(self, voice_id: str) -> str:
        """Name the program's path, size and time, and those of the files that its arguments name whole.

        Raises `EngineError` as `synthesize`.
        """
        command, program = self._find(voice_id)
        digest = hashlib.sha256()
        for path in (program, *map(Path, command.words[1:])):
            if path.is_absolute() and path.is_file():
                status = path.stat()
                digest.update(f"{path}\0{status.st_size}\0{status.st_mtime_ns}\0".encode(errors="replace"))
        return f"{program.name} {digest.hexdigest()[:12]}"

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Have the program speak `text`, a second time where the first fails; cut the silence around it.

        Volume is the program's where it has a place for it, else the samples are scaled.
        Raises `SynthesisError` where it fails, takes too long, or gives what can't be the whole text's sound.
        """
        command, program = self._find(voice.id)
        text = one_line(text)
        if not any(map(str.isalnum, text)):
            raise SynthesisError(f"there is nothing to say in {text[:40]!r}")
        parts = [self._speak(command, program, piece, voice) for piece in cut_to_size(text, _PIECE)]
        rates = {part.sample_rate for part in parts}
        if len(rates) > 1:
            raise SynthesisError(f"{program.name} changed its sample rate: {sorted(rates)}")
        samples = b"".join(part.samples for part in parts)
        has_place = "volume" in command.places and voice.volume > 0
        if not has_place:
            samples = scale_volume(samples, voice.volume)
        return Clip(samples=samples, sample_rate=rates.pop())

    def close(self) -> None:
        """Do nothing: every program has ended when its clip is there."""

    def _find(self, voice_id: str) -> tuple[CommandLine, Path]:
        fault = self.find_fault(voice_id)
        command = parse(voice_id)
        program = find_program(command.program) if command else None
        if fault or command is None or program is None:
            raise EngineError(f"expected {fault}")
        return command, program

    def _speak(self, command: CommandLine, program: Path, text: str, voice: Voice) -> Clip:
        fault = ""
        spoken = to_ascii(text) if "ascii" in command.places else text
        for _ in range(_ATTEMPTS):
            try:
                clip = self._run(command, program, text, voice)
            except (ProgramFailure, SoundFileFault) as error:
                fault = str(error)
                continue
            samples = trim_noise(clip.samples, clip.sample_rate)
            clip = Clip(samples=samples, sample_rate=clip.sample_rate)
            rate = NORMAL_RATE if "rate" in self.limits(voice.id) else voice.rate
            fault = find_length_fault(clip, spoken, rate) or ""
            if not fault:
                return clip
        raise SynthesisError(
            f"{program}: {fault}; the text was {text[:60]!r}: "
            f"try the command of voices.yaml by hand: {voice.id}"
        )

    def _run(self, command: CommandLine, program: Path, text: str, voice: Voice) -> Clip:
        size = len(text)
        limits = Limits(
            seconds=self._time_limit_s + _LIMIT_S_PER_CHARACTER * size,
            file_bytes=_FILE_BYTES + _FILE_BYTES_PER_CHARACTER * size,
        )
        with open_scratch() as folder:
            (folder / "work").mkdir()
            out = folder / "work" / "out.wav"
            stdin = b"" if command.places & set(TEXTS) else f"{text}\n".encode()
            words = command.fill(text, str(out), voice)
            written = run_program([str(program), *words], folder, stdin, limits)
            if "out" in command.places:
                if not out.is_file() or out.is_symlink():
                    raise SoundFileFault("it wrote no file to {out}")
                written = out.read_bytes()
        try:
            return read_sound(written)
        except SoundFileFault as error:
            where = "the file at {out}" if "out" in command.places else "its standard output"
            raise SoundFileFault(f"{where} can't be used: {error}") from error
