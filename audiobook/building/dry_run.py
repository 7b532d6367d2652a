"""What a run would make, and why, without making any of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.building.recipe import plan_stories
from audiobook.building.report import Report, RunListener
from audiobook.building.run import Options
from audiobook.building.sent import SentText, count_sent
from audiobook.building.survey import StoryWork
from audiobook.building.takes import measure_clip
from audiobook.building.workers import choose_jobs
from audiobook.building.workload import estimate_speaking_s, estimate_work_s, find_efforts
from audiobook.caching.clips import ClipCache
from audiobook.planning.estimate import estimate_speech_s, silence_s
from audiobook.planning.plans import TrackPlan
from audiobook.project.layout import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunStory:
    """What would become of one story.

    `files` are those to be made, with the reasons; `finished` counts those that are left alone.  Clips
    are counted once each, `clips_to_speak` and `clips_cached` of those files; `clips_to_hear` are new to the
    recognizer, if one listens, spoken before or not.  `audio_s` is the
    length of those files: of cached clips to the sample, of the others by an estimate.  `work_s` is a
    rough guess.  `sent` is what of the clips to speak goes to servers.  `notes` are those of its report.
    """

    name: str
    title: str
    files: Mapping[Path, tuple[str, ...]]
    finished: int
    clips_to_speak: int
    clips_cached: int
    clips_to_hear: int
    audio_s: float
    work_s: float
    sent: tuple[SentText, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun:
    """A run that did not take place: its report as far as it goes, and the stories that could be read."""

    report: Report
    stories: tuple[DryRunStory, ...]


def dry_run_stories(
    project: Project, names: Sequence[str], options: Options, listener: RunListener, *, cache_folder: Path
) -> DryRun:
    """Find out what `make_stories` would make, and why.  Raises `NarrateError` as that does."""
    report, planned = plan_stories(project, names, options, listener, cache_folder=cache_folder, listens=True)
    works = [work for work in planned if work is not None]
    cache = ClipCache(cache_folder / "clips")
    missing = (spec for work in works for spec in work.missing.values())
    jobs = options.jobs or choose_jobs(find_efforts(missing))
    asked_for: set[str] = set()
    stories = tuple(_foretell(work, cache, jobs, asked_for, options) for work in works)
    return DryRun(report=report, stories=stories)


def _foretell(
    work: StoryWork, cache: ClipCache, jobs: int, asked_for: set[str], options: Options
) -> DryRunStory:
    """Count a story's work; clips that a story before it has `asked_for` are not spoken again.

    On a cluster the cache is of no use: every clip is spoken where its track is made.
    """
    on_cluster = options.scheduler is not None
    needed = {spec.key: spec for track in work.tracks for spec in track.specs}
    missing = needed if on_cluster else {k: spec for k, spec in work.missing.items() if k not in asked_for}
    asked_for.update(missing)
    unspoken = [k for k in missing if on_cluster or options.force or cache.measure(k) is None]
    audio_s = sum(_measure(track, work, cache) for track in work.tracks)
    made = len(work.all_editions) - len(work.editions)
    speech_s = sum(map(estimate_speaking_s, missing.values()))
    return DryRunStory(
        name=work.plan.name,
        title=work.report.title,
        files=work.report.reasons,
        finished=_count_files(work.plan.tracks) - _count_files(work.tracks) + made,
        clips_to_speak=len(unspoken),
        clips_cached=len(needed) - len(unspoken),
        clips_to_hear=sum(spec.to_hear is not None for spec in missing.values()),
        audio_s=audio_s,
        work_s=estimate_work_s(speech_s, audio_s, jobs) if work.tracks else 0.0,
        sent=tuple(count_sent(missing[key] for key in unspoken)),
        notes=work.report.notes,
    )


def _count_files(tracks: Sequence[TrackPlan]) -> int:
    return sum(not track.is_part for track in tracks)


def _measure(track: TrackPlan, work: StoryWork, cache: ClipCache) -> float:
    seconds = silence_s(track.utterances, track.spacing)
    for spec in track.specs:
        size = None if spec.key in work.missing else measure_clip(spec, cache)
        seconds += size[0] / size[1] if size else estimate_speech_s(spec.text, spec.voice)
    return seconds
