"""The jobs of a run: given to this machine's processes or to a cluster, and collected as they end."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from audiobook.audio import Encoder
from audiobook.building.editions import make_edition
from audiobook.building.jobs import make_track, speak_clips
from audiobook.building.report import Listener
from audiobook.building.schedule import EditionJob, Job, SpeakJob, TrackJob, schedule
from audiobook.building.survey import StoryWork
from audiobook.building.workers import Workers
from audiobook.caching.clips import ClipCache
from audiobook.errors import NarrateError

if TYPE_CHECKING:
    from audiobook.building.cluster.workers import ClusterWorkers

_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What became of the work on a story: `clips` were made, `unmade` files were not, `errors` say why."""

    clips: int = 0
    unmade: frozenset[Path] = frozenset()
    errors: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True, eq=False)
class _Tally:
    """What of a story is still to be made, and what was."""

    tracks: set[Path]
    editions: set[Path]
    clips: int = 0
    errors: list[str] = field(default_factory=list)


class Making:
    """The work on some stories, which several pools of workers may go through one after the other."""

    def __init__(
        self,
        stories: Sequence[StoryWork],
        listener: Listener,
        *,
        cache: ClipCache,
        encoder: Encoder,
        partial: Path,
        in_order: bool,
    ) -> None:
        """Order the work; `partial` is the folder of files in the making, `in_order` as `schedule` has it."""
        self._listener = listener
        self._cache, self._encoder, self._partial = cache, encoder, partial
        self._schedule = schedule(stories, in_order=in_order)
        self._tallies = {
            story: _Tally(
                tracks={track.path for track in story.tracks},
                editions={edition.path for edition in story.editions},
            )
            for story in stories
        }

    def conclude(self, story: StoryWork) -> Made:
        """Return what became of one of the stories."""
        tally = self._tallies[story]
        return Made(clips=tally.clips, unmade=frozenset(tally.tracks), errors=tuple(tally.errors))

    def work_through(self, workers: Workers | ClusterWorkers) -> None:
        """Speak what is missing, and make each track as soon as its clips are there.

        A cluster's workers make no whole-book files: those are made of tracks that lie here.
        Raises `ClusterError` where a cluster can't be worked with; what was made by then stays.
        """
        tracks_only, jobs = not isinstance(workers, Workers), self._schedule
        while True:
            while workers.has_room and (job := jobs.next_job(tracks_only=tracks_only)):
                self._submit(job, workers)
            if workers.is_idle and not jobs.has_job(tracks_only=tracks_only):
                return
            self._listener.tick()
            for label, future in workers.finished(_POLL_S):
                assert isinstance(label, Job)  # noqa: S101 - submitted above
                try:
                    self._collect(label, future, workers)
                except NarrateError as error:
                    self._fail(label.story, str(error))
                if isinstance(label, SpeakJob):
                    jobs.clips_settled(label)

    def _submit(self, job: Job, workers: Workers | ClusterWorkers) -> None:
        if isinstance(job, SpeakJob):
            workers.submit(job, speak_clips, job.specs, self._cache)
        elif isinstance(job, EditionJob):
            workers.submit(job, make_edition, job.edition, self._encoder, self._partial)
        elif isinstance(workers, Workers):
            workers.submit(job, make_track, job.track, self._cache, self._encoder, self._partial)
        else:
            workers.submit_track(job, job.track)

    def _collect(self, job: Job, future: Future[Any], workers: Workers | ClusterWorkers) -> None:
        """Count what a job came to.  Raises `NarrateError` where it failed."""
        tally, name, result = self._tallies[job.story], job.story.report.name, future.result()
        if isinstance(job, SpeakJob):
            tally.clips += len(job.specs)
            self._listener.clips_spoken(name, result, job.work_s)
            return
        if isinstance(job, TrackJob):
            self._collect_track(job, tally, result, workers)
        else:
            tally.editions.remove(job.edition.path)
            self._listener.track_made(name, job.edition.path)
        if not tally.tracks and not tally.editions:
            self._listener.story_done(name)

    def _collect_track(
        self, job: TrackJob, tally: _Tally, result: Any, workers: Workers | ClusterWorkers
    ) -> None:
        track, report = job.track, job.story.report
        if not isinstance(workers, Workers):
            self._listener.clips_spoken(report.name, result.clips, report.work[track.path].speech_s)
            result = workers.receive_track(track, result, self._partial)
        if track.codec == job.story.plan.tracks[0].codec:  # each clip counts once, not in each codec
            tally.clips += result.clips_repaired
        tally.tracks.remove(track.path)
        if track.is_part:
            self._listener.part_made(report.name, track.tags.title)
        else:
            self._listener.track_made(report.name, track.path)
        if not tally.tracks:
            self._schedule.tracks_settled(job.story)

    def _fail(self, story: StoryWork, message: str) -> None:
        """Note an error; with the first, nothing more is done for the story."""
        errors = self._tallies[story].errors
        if not errors:
            self._listener.story_done(story.report.name)
            self._schedule.given_up.add(story)
        if message not in errors:
            errors.append(message)
