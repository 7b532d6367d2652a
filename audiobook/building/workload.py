"""How much work a run is, before any is done."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from audiobook.engines.base import Effort
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.estimate import count_sounds, silence_s, time_sounds_s
from audiobook.planning.plans import TrackPlan
from audiobook.project.shared_engines import shared_engine

_BATCH_S = 0.1
"""Work in a synthesis job, if a clip is not more: so that progress and Ctrl-C are prompt."""

_USUAL_EFFORT = Effort(letter_s=1.4e-4, memory_mb=0)
ENCODING_S_A_SECOND = 6.8e-3
"""Seconds of one core's work: to speak a letter with an engine that states nothing else (eSpeak's), and to
master and encode a second of sound.

Measured on 15,000 and 100,000 words, eleven hours of sound; a guess before the work, which then measures its
own pace, so that it is their ratio that matters.
"""

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackWork:
    """The work on a file, estimated.

    `jobs_s` are the seconds of one core's work that its missing clips take, as they are given to processes,
    `start_s` those before a process's first clip, `all_letters` all letters that it holds, `audio_s` its
    length.
    """

    jobs_s: tuple[float, ...]
    start_s: float = 0.0
    all_letters: float
    audio_s: float

    @property
    def speech_s(self) -> float:
        """The seconds of one core's work that its missing clips take together."""
        return sum(self.jobs_s)


_HEARING = Effort(letter_s=0.003, clip_s=0.2, start_s=1.5, memory_mb=350)
"""What it costs to hear a clip (`narrate` with a recognizer): 22 of Kokoro's in 7.6 s, as `_EFFORT` there."""


def effort_of(engine: str) -> Effort:
    """Return what an engine's speech costs."""
    stated: Effort = getattr(shared_engine(engine), "effort", _USUAL_EFFORT)  # see `base.CostlyEngine`
    return stated


def find_efforts(specs: Iterable[ClipSpec]) -> list[Effort]:
    """Return what the speech of each engine costs that clips are spoken by, and hearing them."""
    kinds = dict.fromkeys((spec.voice.engine, spec.to_hear is not None) for spec in specs)
    efforts = [effort_of(engine) for engine in dict.fromkeys(engine for engine, _ in kinds)]
    return efforts + [_HEARING] * any(is_heard for _, is_heard in kinds)


def estimate_speaking_s(spec: ClipSpec) -> float:
    """Estimate the seconds of one core's work that it takes to speak a clip, and to hear it where it is."""
    return _speaking_s(count_sounds(spec.text), spec)


def _speaking_s(sounds: float, spec: ClipSpec) -> float:
    efforts = [effort_of(spec.voice.engine)] + [_HEARING] * (spec.to_hear is not None)
    return sum(effort.clip_s + effort.letter_s * sounds for effort in efforts)


def divide_work(clips: Iterable[tuple[float, T]]) -> Iterator[list[tuple[float, T]]]:
    """Divide a track's clips, each with the seconds of its work, into what a process speaks in one go.

    The longest come first, so that no long one is left at the end.
    """
    batch: list[tuple[float, T]] = []
    batch_s = 0.0
    for clip in sorted(clips, key=lambda each: -each[0]):
        batch.append(clip)
        batch_s += clip[0]
        if batch_s >= _BATCH_S:
            yield batch
            batch, batch_s = [], 0.0
    if batch:
        yield batch


def estimate_tracks(tracks: Sequence[TrackPlan], missing: Container[str]) -> dict[Path, TrackWork]:
    """Estimate the work on each track; a clip that several lack counts for the longest, as it is made."""
    letters = [[count_sounds(spec.text) for spec in track.specs] for track in tracks]
    spoken: set[str] = set()
    work: dict[Path, TrackWork] = {}
    for track, sizes in sorted(zip(tracks, letters, strict=True), key=lambda pair: -sum(pair[1])):
        own: list[tuple[float, str]] = []
        start_s = 0.0
        audio_s = silence_s(track.utterances, track.spacing)
        for spec, size in zip(track.specs, sizes, strict=True):
            audio_s += time_sounds_s(size, spec.text, spec.voice)
            if spec.key in missing and spec.key not in spoken:
                spoken.add(spec.key)
                own.append((_speaking_s(size, spec), spec.key))
                start_s = max(start_s, _start_s(spec))
        work[track.path] = TrackWork(
            jobs_s=tuple(sum(work_s for work_s, _ in batch) for batch in divide_work(own)),
            start_s=start_s,
            all_letters=sum(sizes),
            audio_s=audio_s,
        )
    return work


def _start_s(spec: ClipSpec) -> float:
    """Return what comes before a process's first clip of this kind."""
    return effort_of(spec.voice.engine).start_s + (_HEARING.start_s if spec.to_hear else 0.0)


def estimate_work_s(speech_s: float, audio_s: float, jobs: int) -> float:
    """Estimate the seconds that so much work of speaking takes, and to make so much sound of clips."""
    return (speech_s + audio_s * ENCODING_S_A_SECOND) / jobs
