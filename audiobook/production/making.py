"""The jobs of a run: given to this machine's processes or to a cluster, and collected as they end."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio import Encoder
from audiobook.errors import NarrateError
from audiobook.production.afar import FarTrack, make_track_afar, pack_track, receive_track
from audiobook.production.clips import ClipCache
from audiobook.production.cluster import ClusterWorkers
from audiobook.production.editions import make_edition
from audiobook.production.jobs import TrackResult, make_track, speak_clips
from audiobook.production.report import Listener, StoryReport
from audiobook.production.schedule import EditionJob, Job, Schedule, SpeakJob, StoryWork, TrackJob, schedule
from audiobook.production.tools import name_tools
from audiobook.production.workers import Workers

_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """What tracks are made with.

    `scheduler` is a cluster's address, or None for `jobs` processes of this machine; `ffmpeg` the
    setting by which a cluster's workers find theirs.
    """

    jobs: int
    scheduler: str | None
    cache: ClipCache
    encoder: Encoder
    ffmpeg: str
    partial: Path


def make_tracks(stories: Sequence[StoryWork], bench: Bench, listener: Listener) -> None:
    """Make what the stories lack, and write into their reports what became of it.

    Raises `ClusterError` where a cluster can't be worked with; what was made by then stays.
    """
    plan = schedule(stories)
    engines = {name for story in stories for track in story.tracks for name in track.makers}
    if bench.scheduler is not None and engines:
        tools = name_tools(engines, bench.ffmpeg)
        with ClusterWorkers(bench.scheduler, tools, ffmpeg=bench.ffmpeg) as cluster:
            _work_through(plan, cluster, bench, listener)
    # Whole-book files are made of tracks that lie here, and no other machine sees.
    with Workers(bench.jobs) as workers:
        _work_through(plan, workers, bench, listener)


def _work_through(
    plan: Schedule, workers: Workers | ClusterWorkers, bench: Bench, listener: Listener
) -> None:
    """Speak what is missing, and make each track as soon as its clips are there."""
    tracks_only = isinstance(workers, ClusterWorkers)
    while True:
        while workers.has_room and (job := plan.next_job(tracks_only=tracks_only)):
            _submit(job, workers, bench)
        if workers.is_idle and not plan.has_job(tracks_only=tracks_only):
            return
        listener.tick()
        for label, future in workers.finished(_POLL_S):
            if isinstance(label, SpeakJob):
                _collect_clips(label, future, listener)
                plan.clips_settled(label)
            elif isinstance(label, TrackJob):
                _collect_track(label, future, bench, listener)
                if not label.story.tracks:
                    plan.tracks_settled(label.story)
            elif isinstance(label, EditionJob):
                _collect_edition(label, future, listener)


def _submit(job: Job, workers: Workers | ClusterWorkers, bench: Bench) -> None:
    if isinstance(job, SpeakJob):
        workers.submit(job, speak_clips, job.orders, bench.cache)
    elif isinstance(job, EditionJob):
        workers.submit(job, make_edition, job.edition, bench.encoder, bench.partial)
    elif isinstance(workers, ClusterWorkers):
        workers.submit(job, make_track_afar, pack_track(job.track), workers.tools, bench.ffmpeg)
    else:
        workers.submit(job, make_track, job.track, bench.cache, bench.encoder, bench.partial)


def _collect_clips(job: SpeakJob, future: Future[int], listener: Listener) -> None:
    report = job.story.report
    try:
        spoken = future.result()
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    _count_made(report, sum(job.story.uses[key] for key in {order.key for order in job.orders}))
    listener.clips_spoken(report, spoken)


def _collect_track(
    job: TrackJob, future: Future[TrackResult | FarTrack], bench: Bench, listener: Listener
) -> None:
    report = job.story.report
    try:
        result = future.result()
        if isinstance(result, FarTrack):
            listener.clips_spoken(report, result.clips)
            result = receive_track(job.track, result, bench.partial)
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    if job.track.codec == job.story.plan.tracks[0].codec:  # each utterance counts once, not in each codec
        _count_made(report, result.clips_repaired)
    job.story.tracks.remove(job.track)
    if job.track.is_part:
        listener.part_made(report, job.track.tags.title)
    else:
        listener.track_made(report, job.track.path)
    if not job.story.tracks and not job.story.editions:
        listener.story_done(report)


def _collect_edition(job: EditionJob, future: Future[Path], listener: Listener) -> None:
    try:
        path = future.result()
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    job.story.editions.remove(job.edition)
    listener.track_made(job.story.report, path)
    if not job.story.editions:
        listener.story_done(job.story.report)


def _count_made(report: StoryReport, utterances: int) -> None:
    """Count what was made by utterances, so that made and reused add up to the story's."""
    report.clips_made += utterances
    report.clips_reused -= utterances


def _fail(story: StoryWork, message: str, listener: Listener) -> None:
    """Note an error; with the first, nothing more is done for the story."""
    errors = story.report.errors
    if not errors:
        errors.append(message)
        listener.story_done(story.report)
    elif message not in errors:
        errors.append(message)
