"""When the words of finished files sound: as is kept of them, or as their engines tell, or as is heard.

Clips of an earlier narrate, or that the cache has no more, are spoken again for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from audiobook.audio import Encoder
from audiobook.building.hearing import RECOGNIZER_EFFORT, is_known, keep_recognizer, keep_wave
from audiobook.building.report import RunListener
from audiobook.building.run import Run
from audiobook.building.takes import find_take, plan_to_hear, speak_clips
from audiobook.building.workers import Workers, choose_jobs
from audiobook.building.workload import divide_work, estimate_speaking_s, find_efforts
from audiobook.caching.clips import ClipCache
from audiobook.caching.track_words import keep_words, recall_words
from audiobook.engines.base import can_time_words
from audiobook.listening.reading_along import SaidLine, align_lines
from audiobook.listening.recognizer import find_recognizer, has_package
from audiobook.listening.windows import group_lines
from audiobook.model import Book, Clip, Cue, Release, Track, WordTime
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.plans import TrackPlan
from audiobook.planning.written_times import add_words
from audiobook.plurals import count
from audiobook.project.shared_engines import shared_engine

_PIECE_S = 150.0
"""So much is read along in one go, as it is heard (`hearing.py`)."""

_TOLERANCE_S = 0.001
"""By which a clip may differ from its place in a file: resampled, it may be a sample longer."""

_POLL_S = 0.2


def time_release(
    run: Run, plans: Sequence[TrackPlan], release: Release, listener: RunListener
) -> tuple[Release, list[str]]:
    """Return a release whose cues have their words, as far as it can be known when these sound.

    Of what can't be known a warning is returned.  Raises `NarrateError` where clips can't be spoken.
    """
    tracks, warnings = [], list[str]()
    for plan, track in zip(plans, release.tracks, strict=True):
        cues = recall_words(plan.fingerprint, track.cues, run.cache)
        if cues is None or not _are_timed(cues):
            known = replace(track, cues=cues or track.cues)
            cues = _time_cues(run, listener, _as_heard(run, plan, release.book), known, release.book.language)
            keep_words(plan.fingerprint, cues, run.cache)
        tracks.append(replace(track, cues=cues))
    unknown = sum(cue.words is None for track in tracks for cue in track.cues)
    if unknown:
        warning = _explain(unknown, {spec.voice.engine for plan in plans for spec in plan.specs})
        listener.note(f"warning: {release.book.name}: {warning}")
        warnings.append(warning)
    return replace(release, tracks=tuple(tracks)), warnings


def _as_heard(run: Run, plan: TrackPlan, book: Book) -> TrackPlan:
    """Return a track's plan with the lines to hear, by which the take that was kept of each is found."""
    if run.recognizer is None:
        return plan
    return replace(plan, specs=plan_to_hear(plan.utterances, plan.specs, book, run.recognizer))


def _are_timed(cues: Sequence[Cue]) -> bool:
    return all(cue.words is not None for cue in cues)


def _explain(unknown: int, engines: Iterable[str]) -> str:
    """Say of how many lines the words have no times, why, and what helps."""
    silent = sorted(name for name in engines if not can_time_words(shared_engine(name)))
    by_whom = f" ({' and '.join(silent)} does not tell)" if silent else ""
    remedy = ""
    if find_recognizer() is None or not has_package():
        remedy = "; a recognizer finds those of English: narrate voices install whisper"
    return f"the words of {count(unknown, 'line')} have no times{by_whom}{remedy}"


def _time_cues(
    run: Run, listener: RunListener, plan: TrackPlan, track: Track, language: str
) -> tuple[Cue, ...]:
    """Time the words of a finished file: by its clips, spoken again where need be, or by ear."""
    specs = plan.specs[: len(track.cues)]
    again = {
        spec.key: spec
        for cue, spec in zip(track.cues, specs, strict=True)
        if cue.words is None
        and can_time_words(shared_engine(spec.voice.engine))
        and not _is_timed(spec, run.cache)
    }
    if again:
        listener.note(f"{track.title}: {count(len(again), 'clip')} spoken again, to time the words")
        batches = divide_work([(estimate_speaking_s(spec), spec) for spec in again.values()])
        jobs = choose_jobs(find_efforts(again.values()))
        speak_anew = partial(speak_clips, anew=True)
        work = [(speak_anew, [spec for _, spec in batch], run.cache) for batch in batches]
        _work_through(run, listener, work, jobs)
    spoken = [_find_fitting(cue, spec, run.cache) for cue, spec in zip(track.cues, specs, strict=True)]
    timed = add_words(track.cues, specs, spoken)
    cues = tuple(old if old.words is not None else new for old, new in zip(track.cues, timed, strict=True))
    recognizer = find_recognizer()
    if _are_timed(cues) or recognizer is None or not has_package():
        return cues
    return _hear_words(run, listener, plan.path, cues, recognizer=recognizer, language=language)


def _hear_words(
    run: Run, listener: RunListener, path: Path, cues: Sequence[Cue], *, recognizer: Path, language: str
) -> tuple[Cue, ...]:
    """Time the words that are not timed by a recognizer, which reads along with the finished file."""

    def is_wanted(cue: Cue) -> bool:
        return cue.words is None and is_known(cue.utterance.language or language)

    pieces = [
        which
        for which in group_lines([(cue.start_s, cue.end_s) for cue in cues], range(len(cues)), _PIECE_S)
        if any(is_wanted(cues[number]) for number in which)
    ]
    if pieces:
        listener.note(f"{path.name}: the recognizer reads along, to time the words")
    lines = [SaidLine(cue.utterance.text, cue.start_s, cue.end_s) for cue in cues]
    work = [(read_along, path, run.encoder, recognizer, lines, which) for which in pieces]
    heard = _work_through(run, listener, work, choose_jobs([RECOGNIZER_EFFORT]))
    timed = list(cues)
    for which, words in zip(pieces, heard, strict=True):
        for number, own in zip(which, words, strict=True):
            if is_wanted(cues[number]):
                timed[number] = replace(cues[number], words=own)
    return tuple(timed)


def read_along(
    path: Path, ffmpeg: Encoder, recognizer: Path, lines: Sequence[SaidLine], which: range
) -> list[tuple[WordTime, ...] | None]:
    """Decode a file, and time the words of some of its lines; what a worker process does.

    A file that can't be decoded has no times.
    """
    wave = keep_wave(path, ffmpeg)
    if isinstance(wave, str):
        return [None] * len(which)
    return list(align_lines(keep_recognizer(recognizer), wave, lines, which))


def _work_through(run: Run, listener: RunListener, work: Sequence[tuple[Any, ...]], jobs: int) -> list[Any]:
    """Have functions called with their arguments by so many processes; return what they return."""
    results: dict[int, Any] = {}
    queue = list(enumerate(work))[::-1]
    with Workers(run.options.jobs or jobs) as workers:
        while queue or not workers.is_idle:
            while queue and workers.has_room:
                number, (job, *arguments) = queue.pop()
                workers.submit(number, job, *arguments)
            listener.tick()
            for label, future in workers.finished(_POLL_S):
                assert isinstance(label, int)  # noqa: S101 - submitted above
                results[label] = future.result()
    return [results[number] for number in range(len(work))]


def _read_clip(spec: ClipSpec, cache: ClipCache) -> Clip | None:
    """Return what sounds of a line: its clip, or the take that was kept in its place."""
    take = find_take(spec, cache)
    return cache.get(take.clip if take else spec.key)


def _is_timed(spec: ClipSpec, cache: ClipCache) -> bool:
    clip = _read_clip(spec, cache)
    return clip is not None and clip.words is not None


def _find_fitting(cue: Cue, spec: ClipSpec, cache: ClipCache) -> tuple[WordTime, ...] | None:
    """Return the words of a clip that is as long as what sounds in the file."""
    clip = _read_clip(spec, cache)
    if clip is None or abs(clip.seconds - (cue.end_s - cue.start_s)) > _TOLERANCE_S:
        return None
    return clip.words
