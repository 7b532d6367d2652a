"""The jobs of a run: given to this machine's processes or to a cluster, and collected as they end."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiobook.building.editions import make_edition
from audiobook.building.jobs import TrackResult, make_track
from audiobook.building.report import Listener, StoryReport
from audiobook.building.run import Run
from audiobook.building.schedule import EditionJob, Job, Schedule, SpeakJob, StoryWork, TrackJob, schedule
from audiobook.building.takes import Spoken, speak_clips
from audiobook.building.unclear import find_unclear, keep_unclear, name_chapters
from audiobook.building.workers import Workers
from audiobook.errors import NarrateError

if TYPE_CHECKING:
    from audiobook.building.cluster.workers import ClusterWorkers

_POLL_S = 0.2


def make_tracks(run: Run, stories: Sequence[StoryWork], jobs: int) -> None:
    """Make what the stories lack by so many processes, and write into their reports what became of it.

    Raises `ClusterError` where a cluster can't be worked with; what was made by then stays.
    """
    plan = schedule(stories, in_order=run.options.in_order)
    run.listener.work_begins(jobs)
    engines = {name for story in stories for track in story.tracks for name in track.makers}
    if run.options.scheduler is not None and engines:
        # Whoever has no cluster never loads this.
        from audiobook.building.cluster.workers import open_cluster

        with open_cluster(run.options.scheduler, engines, run.settings.output.ffmpeg) as cluster:
            _work_through(run, plan, cluster)
    # Whole-book files are made of tracks that lie here, and no other machine sees.
    with Workers(jobs) as workers:
        _work_through(run, plan, workers)


def _work_through(run: Run, plan: Schedule, workers: Workers | ClusterWorkers) -> None:
    """Speak what is missing, and make each track as soon as its clips are there."""
    tracks_only = not isinstance(workers, Workers)
    while True:
        while workers.has_room and (job := plan.next_job(tracks_only=tracks_only)):
            _submit(run, job, workers)
        if workers.is_idle and not plan.has_job(tracks_only=tracks_only):
            return
        run.listener.tick()
        for label, future in workers.finished(_POLL_S):
            if isinstance(label, SpeakJob):
                _collect_clips(label, future, run.listener)
                plan.clips_settled(label)
            elif isinstance(label, TrackJob):
                _collect_track(run, label, future, workers)
                if not label.story.tracks:
                    plan.tracks_settled(label.story)
            elif isinstance(label, EditionJob):
                _collect_edition(label, future, run.listener)


def _submit(run: Run, job: Job, workers: Workers | ClusterWorkers) -> None:
    partial = run.project.partial
    if isinstance(job, SpeakJob):
        workers.submit(job, functools.partial(speak_clips, anew=run.options.force), job.specs, run.cache)
    elif isinstance(job, EditionJob):
        workers.submit(job, make_edition, job.edition, run.encoder, partial)
    elif isinstance(workers, Workers):
        workers.submit(job, make_track, job.track, run.cache, run.encoder, partial)
    else:
        workers.submit_track(job, job.track)


def _collect_clips(job: SpeakJob, future: Future[Spoken], listener: Listener) -> None:
    report = job.story.report
    try:
        spoken = future.result()
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    _count_made(report, spoken.clips)
    report.spoken_again += spoken.again
    listener.clips_spoken(report, len(job.specs), job.work_s)


def _collect_track(run: Run, job: TrackJob, future: Future[Any], workers: Workers | ClusterWorkers) -> None:
    listener, report = run.listener, job.story.report
    try:
        result = future.result()
        if not isinstance(workers, Workers):
            listener.clips_spoken(report, result.clips, report.work[job.track.path].speech_s)
            result = workers.receive_track(job.track, result, run.project.partial)
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    if job.track.codec == job.story.plan.tracks[0].codec:  # each clip counts once, not in each codec
        _count_made(report, result.clips_repaired)
    _keep_unclear(run, job, result)
    job.story.tracks.remove(job.track)
    if job.track.is_part:
        listener.part_made(report, job.track.tags.title)
    else:
        listener.track_made(report, job.track.path)
    if not job.story.tracks and not job.story.editions:
        listener.story_done(report)


def _keep_unclear(run: Run, job: TrackJob, result: TrackResult) -> None:
    """Note the lines of a track that are unclear, now that it is there; a preview's only for this run.

    Those of one format are enough: the others are made of the same clips.
    """
    if job.track.fingerprint not in name_chapters(job.story.plan):
        return
    found = find_unclear(job.track, result.track, run.cache)
    if run.options.preview is None:
        keep_unclear(run.project, job.story.plan.name, "making", {job.track.fingerprint: found})
    else:
        job.story.report.unclear += found


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


def _count_made(report: StoryReport, clips: int) -> None:
    """Count clips that were made; with those that were not, they are the story's, each counted once.

    On a cluster a clip that two files need is made twice.
    """
    report.clips_made += clips
    report.clips_reused = max(0, report.clips_reused - clips)


def _fail(story: StoryWork, message: str, listener: Listener) -> None:
    """Note an error; with the first, nothing more is done for the story."""
    errors = story.report.errors
    if not errors:
        errors.append(message)
        listener.story_done(story.report)
    elif message not in errors:
        errors.append(message)
