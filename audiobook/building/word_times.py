"""When the words of finished files sound: as it is kept of them, else as their engines tell, spoken once more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from audiobook.building.jobs import speak_clips
from audiobook.building.report import StoryReport
from audiobook.building.run import Run
from audiobook.building.workers import Workers, choose_jobs
from audiobook.building.workload import divide_work, estimate_speaking_s, find_efforts
from audiobook.caching.clips import ClipCache
from audiobook.caching.track_words import find_words, keep_words
from audiobook.engines.base import can_time_words
from audiobook.model import Cue, Release, Track, WordTime
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.plans import TrackPlan
from audiobook.planning.word_times import add_words
from audiobook.plurals import count
from audiobook.project.shared_engines import shared_engine

_TOLERANCE_S = 0.001
"""By which a clip may differ from its place in a file: resampled, it may be a sample longer."""

_POLL_S = 0.2


def time_release(run: Run, plans: Sequence[TrackPlan], release: Release, report: StoryReport) -> Release:
    """Return a release whose cues have their words, as far as it can be known when these sound.

    What can't be is named in the report.  Raises `NarrateError` where clips can't be spoken.
    """
    tracks = []
    for plan, track in zip(plans, release.tracks, strict=True):
        cues = find_words(plan.fingerprint, track.cues, run.cache)
        if cues is None or any(cue.words is None for cue in cues):
            cues = _time_cues(run, plan, track)
            keep_words(plan.fingerprint, cues, run.cache)
        tracks.append(replace(track, cues=cues))
    unknown = sum(cue.words is None for track in tracks for cue in track.cues)
    if unknown:
        report.warnings.append(
            f"{count(unknown, 'line')} of {release.book.title} have no times of their words"
        )
    return replace(release, tracks=tuple(tracks))


def _time_cues(run: Run, plan: TrackPlan, track: Track) -> tuple[Cue, ...]:
    specs = plan.specs[: len(track.cues)]
    again = {
        spec.key: spec
        for spec in specs
        if can_time_words(shared_engine(spec.voice.engine)) and _read_words(spec.key, run.cache) is None
    }
    if again:
        run.listener.note(f"{track.title}: {count(len(again), 'clip')} spoken again, to time the words")
        _speak_again(run, list(again.values()))
    spoken = [_find_fitting(cue, spec, run.cache) for cue, spec in zip(track.cues, specs, strict=True)]
    return add_words(track.cues, specs, spoken)


def _speak_again(run: Run, specs: Sequence[ClipSpec]) -> None:
    """Speak clips that were made before their words were timed, or are in the cache no more."""
    batches = divide_work([(estimate_speaking_s(spec), spec) for spec in specs])
    with Workers(run.options.jobs or choose_jobs(find_efforts(specs))) as workers:
        for batch in batches:
            workers.submit(batch, speak_clips, [spec for _, spec in batch], run.cache)
        while not workers.is_idle:
            run.listener.tick()
            for _, future in workers.finished(_POLL_S):
                future.result()


def _read_words(key: str, cache: ClipCache) -> tuple[WordTime, ...] | None:
    clip = cache.get(key)
    return None if clip is None else clip.words


def _find_fitting(cue: Cue, spec: ClipSpec, cache: ClipCache) -> tuple[WordTime, ...] | None:
    """Return the words of a clip that is as long as what sounds in the file."""
    clip = cache.get(spec.key)
    if clip is None or abs(clip.seconds - (cue.end_s - cue.start_s)) > _TOLERANCE_S:
        return None
    return clip.words
