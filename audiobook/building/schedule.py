"""Which job comes next: a track whose clips are all there, else the next clips to speak."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from audiobook.building.survey import StoryWork
from audiobook.building.workload import divide_work, estimate_speaking_s
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.editions import EditionPlan
from audiobook.planning.plans import TrackPlan


@dataclass(slots=True, kw_only=True, eq=False)
class SpeakJob:
    """Clips to speak; they belong to `story`, though others may wait for them too."""

    story: StoryWork
    specs: tuple[ClipSpec, ...]
    work_s: float


@dataclass(slots=True, kw_only=True, eq=False)
class TrackJob:
    """A track to make, and how many of its clips are not there yet."""

    story: StoryWork
    track: TrackPlan
    waits_for: int = 0


@dataclass(slots=True, kw_only=True, eq=False)
class EditionJob:
    """A whole-book file to make, now that its tracks are there."""

    story: StoryWork
    edition: EditionPlan


Job = SpeakJob | TrackJob | EditionJob


@dataclass(slots=True, kw_only=True)
class Schedule:
    """The jobs of a run in order, in time linear in their number; none of stories that were `given_up`."""

    speaking: deque[Job] = field(default_factory=deque)
    ready: deque[Job] = field(default_factory=deque)
    editions: deque[Job] = field(default_factory=deque)
    waiting: dict[str, list[TrackJob]] = field(default_factory=dict)
    given_up: set[StoryWork] = field(default_factory=set)

    def next_job(self, *, tracks_only: bool = False) -> Job | None:
        """Take the next job; None where nothing is ready.  `tracks_only`: no whole-book file."""
        return queue.popleft() if (queue := self._next_queue(tracks_only=tracks_only)) else None

    def has_job(self, *, tracks_only: bool = False) -> bool:
        """Tell whether `next_job` would return one."""
        return bool(self._next_queue(tracks_only=tracks_only))

    def _next_queue(self, *, tracks_only: bool) -> deque[Job] | None:
        """Return the queue that the next job is the first of; those of stories given up are dropped."""
        later = [] if tracks_only else [self.editions]
        for queue in [self.ready, *later, self.speaking]:
            while queue and queue[0].story in self.given_up:
                job = queue.popleft()
                if isinstance(job, SpeakJob):
                    self.clips_settled(job)
            if queue:
                return queue
        return None

    def tracks_settled(self, story: StoryWork) -> None:
        """Note that a story lacks no track any more: now come its whole-book files."""
        self.editions.extend(EditionJob(story=story, edition=edition) for edition in story.editions)

    def clips_settled(self, job: SpeakJob) -> None:
        """Note that clips are there, or given up: a track that misses one then speaks it for itself."""
        for spec in job.specs:
            for track in self.waiting.pop(spec.key, ()):
                track.waits_for -= 1
                if track.waits_for == 0:
                    self.ready.append(track)


def schedule(stories: Sequence[StoryWork], *, in_order: bool = False) -> Schedule:
    """Order the work: the story with the longest track first, and of each story the longest track.

    Or `in_order`: the stories as they are given, the chapters as they are read, for who listens meanwhile.

    A track is encoded by one process, so that a long one begun last would keep the others waiting
    (Graham, "Bounds on multiprocessing timing anomalies", 1969: longest first ends within 4/3 of the best).
    A clip that several tracks need is spoken for the first.
    """
    plan = Schedule()
    if in_order:
        by_story = [(story, sorted(story.tracks, key=_place)) for story in stories]
    else:
        by_story = [(story, sorted(story.tracks, key=_letters, reverse=True)) for story in stories]
        by_story.sort(key=lambda pair: max(map(_letters, pair[1]), default=0), reverse=True)
    for story, tracks in by_story:
        for track in tracks:
            fresh: dict[str, ClipSpec] = {}
            job = TrackJob(story=story, track=track)
            for spec in {spec.key: spec for spec in track.specs if spec.key in story.missing}.values():
                if spec.key not in plan.waiting:
                    plan.waiting[spec.key] = []
                    fresh[spec.key] = spec
                plan.waiting[spec.key].append(job)
                job.waits_for += 1
            if job.waits_for == 0:
                plan.ready.append(job)
            plan.speaking.extend(_batch(story, fresh.values()))
        if not tracks:
            plan.tracks_settled(story)
    return plan


def _place(track: TrackPlan) -> tuple[bool, int]:
    """Return where among the story's files a track stands; a sample of it stands last."""
    return track.longest_s is not None, track.tags.number


def _letters(track: TrackPlan) -> int:
    return sum(len(spec.text) for spec in track.specs)


def _batch(story: StoryWork, specs: Iterable[ClipSpec]) -> Iterator[SpeakJob]:
    for batch in divide_work([(estimate_speaking_s(spec), spec) for spec in specs]):
        yield SpeakJob(
            story=story, specs=tuple(spec for _, spec in batch), work_s=sum(work_s for work_s, _ in batch)
        )
