"""Hear finished files: in pieces of some minutes, by as many processes as there are, with the time left."""

from __future__ import annotations

import functools
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.audio import Encoder
from audiobook.building.workers import Workers
from audiobook.checking import HeardLine, decode_mono
from audiobook.engines.base import Effort, may_fail
from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.errors import NarrateError
from audiobook.languages import primary_language
from audiobook.listening.hearing import LineToHear, Listener
from audiobook.listening.recognizer import LANGUAGE, SAMPLE_RATE, Recognizer, open_recognizer
from audiobook.listening.sounds import Sounds
from audiobook.listening.spelling import find_names
from audiobook.listening.verdicts import MACHINE, NATURAL, Heard, HearingLimits
from audiobook.listening.windows import group_lines
from audiobook.model import Cue, Script, Track
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.plans import TrackPlan
from audiobook.project.shared_engines import shared_engine

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_PIECE_S = 150.0
"""So much is heard in one go: little enough to say how far it is, much for decoding the file once more."""

_POLL_S = 0.2

RECOGNIZER_EFFORT = Effort(letter_s=0.0, memory_mb=350)
"""What a recognizer takes of a process's memory (measured: 350 MB), by which processes are counted."""

_SECOND_MB = 0.19
"""What a second of a file takes of it while that is decoded: 16,000 samples of four bytes, thrice."""

TellTime = Callable[[float, float, float], None]
"""Is told how many seconds of sound were heard, of how many, and how many are left to wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToHear:
    """A finished file, the lines that are in it, and the names of its book."""

    path: Path
    cues: tuple[Cue, ...]
    lines: tuple[LineToHear, ...]
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """Some lines of a file, one after the other."""

    file: FileToHear
    which: range

    @property
    def lines(self) -> Sequence[LineToHear]:
        return self.file.lines[self.which.start : self.which.stop]

    @property
    def seconds(self) -> float:
        return self.lines[-1].end_s - self.lines[0].start_s


def describe_lines(plan: TrackPlan, track: Track, script: Script) -> FileToHear | None:
    """Say what is to be heard in a finished file; None where its lines are others than are planned."""
    planned = {id(utterance): spec for utterance, spec in zip(plan.utterances, plan.specs, strict=True)}
    specs = [planned.get(id(cue.utterance)) for cue in track.cues]
    if not specs or None in specs:
        return None
    language = script.book.language
    lines = [
        _describe(cue, spec, language)
        for cue, spec in zip(track.cues, specs, strict=True)
        if spec is not None
    ]
    return FileToHear(path=plan.path, cues=track.cues, lines=tuple(lines), names=find_names(script.book.text))


def _describe(cue: Cue, spec: ClipSpec, language: str) -> LineToHear:
    return LineToHear(
        said=spec.text,
        written=cue.utterance.text,
        start_s=cue.start_s,
        end_s=cue.end_s,
        limits=choose_limits(spec.voice.engine) if is_known(cue.utterance.language or language) else None,
    )


def is_known(language: str) -> bool:
    """Tell whether the recognizer knows a language."""
    return primary_language(language) == LANGUAGE


@functools.cache
def choose_limits(engine: str) -> HearingLimits:
    """Return how well a recognizer must understand an engine's voices."""
    return NATURAL if may_fail(shared_engine(engine)) else MACHINE


def hear_files(
    files: Sequence[FileToHear], recognizer: Path, ffmpeg: Encoder, jobs: int, tell: TellTime | None
) -> Mapping[Path, Sequence[HeardLine]]:
    """Return the lines of each file as they were heard.

    Files that can't be decoded, or whose process was killed, are missing.
    Raises `EngineError` where the recognizer can't be loaded.
    """
    queue = [piece for file in files for piece in _cut(file)]
    queue.reverse()
    total, done, began = sum(piece.seconds for piece in queue), 0.0, time.monotonic()
    found: dict[Path, dict[int, HeardLine]] = defaultdict(dict)
    broken: set[Path] = set()
    with Workers(jobs) as workers:
        while queue or not workers.is_idle:
            while queue and workers.has_room:
                piece = queue.pop()
                workers.submit(piece, _hear_piece, piece, recognizer, ffmpeg)
            for label, future in workers.finished(_POLL_S):
                assert isinstance(label, _Piece)  # noqa: S101 - submitted above
                try:
                    verdicts = future.result()
                except NarrateError:
                    if not found:  # the recognizer itself
                        raise
                    verdicts = []  # of one file alone: its process was killed, say
                if not verdicts:
                    broken.add(label.file.path)
                for number, heard in zip(label.which, verdicts, strict=False):
                    found[label.file.path][number] = _tell_of(label.file.path, label.file.cues[number], heard)
                done += label.seconds
                if tell is not None:
                    tell(done, total, (time.monotonic() - began) / max(done, 1e-9) * (total - done))
    return {path: [lines[n] for n in sorted(lines)] for path, lines in found.items() if path not in broken}


def measure_effort(files: Sequence[FileToHear]) -> Effort:
    """Return what it takes of a process to hear the longest of the files."""
    longest_s = max((line.end_s for file in files for line in file.lines), default=0.0)
    return replace(RECOGNIZER_EFFORT, memory_mb=round(RECOGNIZER_EFFORT.memory_mb + _SECOND_MB * longest_s))


def _tell_of(path: Path, cue: Cue, heard: Heard) -> HeardLine:
    return HeardLine(
        file=path,
        text=cue.utterance.text,
        speaker=cue.utterance.speaker,
        start_s=cue.start_s,
        end_s=cue.end_s,
        heard=heard,
        span=(cue.utterance.start, cue.utterance.end),
    )


def _cut(file: FileToHear) -> Iterator[_Piece]:
    """Yield a file in pieces, without those of which the recognizer knows nothing."""
    times = [(line.start_s, line.end_s) for line in file.lines]
    for which in group_lines(times, range(len(times)), _PIECE_S):
        piece = _Piece(file=file, which=which)
        if any(line.limits is not None for line in piece.lines):
            yield piece


def _hear_piece(piece: _Piece, recognizer: Path, ffmpeg: Encoder) -> list[Heard]:
    """Decode a file, and hear some of its lines; what a worker process does."""
    wave = keep_wave(piece.file.path, ffmpeg)
    if isinstance(wave, str):
        return []
    listener = Listener(ear=keep_recognizer(recognizer), sounds=_keep_sounds(), names=piece.file.names)
    return listener.hear_lines(wave, piece.file.lines, piece.which)


@functools.lru_cache(maxsize=1)
def keep_wave(path: Path, ffmpeg: Encoder) -> NDArray[np.float32] | str:
    """Decode a file once for all its pieces, which come one after the other; return why where it can't be."""
    return decode_mono(path, ffmpeg, SAMPLE_RATE)


@functools.cache
def keep_recognizer(folder: Path) -> Recognizer:
    """Load a model once for a process."""
    return open_recognizer(folder)


@functools.cache
def _keep_sounds() -> Sounds:
    return Sounds(sound_in_ipa)
