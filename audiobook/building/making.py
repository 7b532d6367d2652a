"""The jobs of a run: given to this machine's processes or to a cluster, and collected as they end."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiobook.building.editions import make_edition
from audiobook.building.jobs import TrackResult, make_track
from audiobook.building.report import RunListener, UnclearLine
from audiobook.building.run import Run
from audiobook.building.schedule import EditionJob, Job, SpeakJob, TrackJob, schedule
from audiobook.building.survey import StoryWork
from audiobook.building.takes import speak_clips
from audiobook.building.unclear import find_unclear, is_told_by, keep_unclear
from audiobook.building.workers import Workers
from audiobook.caching.silences import forget_silences
from audiobook.caching.track_words import keep_words
from audiobook.caching.waveforms import forget_waveform
from audiobook.engines.base import find_destination
from audiobook.errors import ClusterError, NarrateError, StorageError
from audiobook.project.shared_engines import shared_engine

if TYPE_CHECKING:
    from audiobook.building.cluster.workers import ClusterWorkers

_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of the work on a story: `clips` were made, `unmade` files were not, `errors` say why.

    So many lines were spoken `again`; the `unclear` ones of a preview are nowhere else.
    """

    clips: int = 0
    again: int = 0
    unclear: tuple[UnclearLine, ...] = ()
    unmade: frozenset[Path] = frozenset()
    errors: tuple[str, ...] = ()


def make_tracks(
    run: Run, stories: Sequence[StoryWork], jobs: int, listener: RunListener
) -> dict[StoryWork, Made]:
    """Make what the stories lack by so many processes, and return what became of each.

    Raises `ClusterError` where a cluster can't be worked with; what was made by then stays.
    """
    making = _Making(run, stories, listener)
    listener.work_begins(jobs)
    engines = {name for story in stories for track in story.tracks for name in track.makers}
    if run.options.scheduler is not None and engines:
        _keep_servers_here(engines)
        # Whoever has no cluster never loads this.
        from audiobook.building.cluster.workers import open_cluster

        with open_cluster(run.options.scheduler, engines, run.settings.output.ffmpeg) as cluster:
            making.work_through(cluster)
    # Whole-book files are made of tracks that lie here, and no other machine sees.
    with Workers(jobs) as workers:
        making.work_through(workers)
    return making.conclude()


def _keep_servers_here(makers: Iterable[str]) -> None:
    """Refuse to have a cluster ask servers: its machines have lists of their own of what is allowed."""
    for name in makers:
        engine = name.partition(" ")[0]
        if find_destination(shared_engine(engine)) is not None:
            raise ClusterError(f"{engine} is a server, which a cluster does not ask: leave out --scheduler")


class _Making:
    """The work on some stories, and what has become of it so far."""

    def __init__(self, run: Run, stories: Sequence[StoryWork], listener: RunListener) -> None:
        self._run, self._listener = run, listener
        self._schedule = schedule(stories, in_order=run.options.in_order)
        self._left = {
            story: {*(track.path for track in story.tracks), *(each.path for each in story.editions)}
            for story in stories
        }
        self._clips: Counter[StoryWork] = Counter()
        self._again: Counter[StoryWork] = Counter()
        self._unclear: dict[StoryWork, list[UnclearLine]] = defaultdict(list)
        self._errors: dict[StoryWork, list[str]] = defaultdict(list)

    def conclude(self) -> dict[StoryWork, Made]:
        """Return what became of each story."""
        return {
            story: Made(
                clips=self._clips[story],
                again=self._again[story],
                unclear=tuple(self._unclear[story]),
                unmade=frozenset(left),
                errors=tuple(self._errors[story]),
            )
            for story, left in self._left.items()
        }

    def work_through(self, workers: Workers | ClusterWorkers) -> None:
        """Speak what is missing, and make each track as soon as its clips are there."""
        tracks_only, plan = not isinstance(workers, Workers), self._schedule
        while True:
            while workers.has_room and (job := plan.next_job(tracks_only=tracks_only)):
                self._submit(job, workers)
            if workers.is_idle and not plan.has_job(tracks_only=tracks_only):
                return
            self._listener.tick()
            for label, future in workers.finished(_POLL_S):
                assert isinstance(label, Job)  # noqa: S101 - submitted above
                try:
                    self._collect(label, future.result(), workers)
                except NarrateError as error:
                    self._fail(label.story, str(error))
                if isinstance(label, SpeakJob):
                    plan.clips_settled(label)

    def _submit(self, job: Job, workers: Workers | ClusterWorkers) -> None:
        run, partial = self._run, self._run.project.partial
        if isinstance(job, SpeakJob):
            workers.submit(job, functools.partial(speak_clips, anew=run.options.force), job.specs, run.cache)
        elif isinstance(job, EditionJob):
            workers.submit(job, make_edition, job.edition, run.encoder, partial)
        elif isinstance(workers, Workers):
            workers.submit(job, make_track, job.track, run.cache, run.encoder, partial)
        else:
            workers.submit_track(job, job.track)

    def _collect(self, job: Job, result: Any, workers: Workers | ClusterWorkers) -> None:
        """Count what a job came to."""
        story, name = job.story, job.story.report.name
        if isinstance(job, SpeakJob):
            self._clips[story] += result.clips
            self._again[story] += result.again
            self._listener.clips_spoken(name, len(job.specs), job.work_s)
            return
        if isinstance(job, TrackJob):
            self._collect_track(job, result, workers)
        else:
            self._left[story].remove(job.edition.path)
            self._listener.track_made(name, job.edition.path)
        if not self._left[story]:
            self._listener.story_done(name)

    def _collect_track(self, job: TrackJob, result: Any, workers: Workers | ClusterWorkers) -> None:
        story, track, name = job.story, job.track, job.story.report.name
        if not isinstance(workers, Workers):
            self._listener.clips_spoken(name, result.clips, story.report.work[track.path].speech_s)
            result = workers.receive_track(track, result, self._run.project.partial)
        if track.codec == story.plan.tracks[0].codec:  # each clip counts once, not in each codec
            self._clips[story] += result.clips_repaired
        try:
            forget_silences(track.fingerprint, self._run.cache)
            forget_waveform(track.fingerprint, self._run.cache)
            keep_words(track.fingerprint, result.track.cues, self._run.cache)
            self._keep_unclear(job, result)
        except StorageError as error:  # the file itself is there
            self._listener.note(f"warning: {name}: {error}")
        self._left[story].remove(track.path)
        if track.is_part:
            self._listener.part_made(name, track.tags.title)
        else:
            self._listener.track_made(name, track.path)
        if len(self._left[story]) == len(story.editions):  # which come last
            self._schedule.tracks_settled(story)

    def _keep_unclear(self, job: TrackJob, result: TrackResult) -> None:
        """Note the lines of a track that are unclear, now that it is there; a preview's only for this run."""
        if not is_told_by(job.track, job.story.tracks):
            return
        books = (
            book.path for book in job.story.editions for part in book.parts if part.path == job.track.path
        )
        path = next(books, job.track.path)
        found = find_unclear(job.track, path, result.track, self._run.cache)
        if self._run.options.scope.preview is None:
            fingerprint, name = job.track.fingerprint, job.story.plan.name
            keep_unclear(self._run.project, name, "making", {fingerprint: found})
        else:
            self._unclear[job.story] += found

    def _fail(self, story: StoryWork, message: str) -> None:
        """Note an error; with the first, nothing more is done for the story."""
        if story not in self._schedule.given_up:
            self._schedule.given_up.add(story)
            self._listener.story_done(story.report.name)
        if message not in self._errors[story]:
            self._errors[story].append(message)
