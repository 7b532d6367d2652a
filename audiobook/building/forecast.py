"""When a run will be done: the schedule played through with the speeds measured so far.

Bars that extend the time per step are wrong here: speaking and encoding take turns on the same processes,
encoding is the larger part and comes later, and the last files leave processes idle.
"""

from __future__ import annotations

import bisect
import heapq
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from audiobook.building.workload import ENCODING_S_A_SECOND, TrackWork

_TRUST = 3
"""How much more a later report counts: the power of the time by which it came."""


@dataclass(frozen=True, slots=True)
class _Timeline:
    """A run played through: what is done when, all in order of time.

    `speech` is the work of speaking done by then, in seconds of one core, `sounds` the length of all files
    made by then, `work` the cost of both together.
    """

    times: tuple[float, ...]
    speech: tuple[float, ...]
    files: tuple[int, ...]
    sounds: tuple[float, ...]
    work: tuple[float, ...]

    @property
    def end(self) -> float:
        return self.times[-1]

    def at_file(self, number: int) -> int:
        """Return the index at which so many files are made."""
        return min(bisect.bisect_left(self.files, number), len(self.times) - 1)

    def when(self, work: float) -> float:
        """Return the time by which so much work is done, evenly between two events."""
        after = min(bisect.bisect_left(self.work, work), len(self.times) - 1)
        if not after:
            return 0.0
        before = after - 1
        step = self.work[after] - self.work[before]
        share = min(1.0, (work - self.work[before]) / step) if step else 1.0
        return self.times[before] + share * (self.times[after] - self.times[before])


def play(tracks: Sequence[TrackWork], jobs: int) -> _Timeline:
    """Play a run through: each process takes a file that is ready, else the next words to speak."""
    order = sorted(tracks, key=lambda track: track.all_letters, reverse=True)
    ready = deque(track for track in order if not track.jobs_s)
    speaking = deque(
        (work_s, track if number == len(track.jobs_s) else None)
        for track in order
        for number, work_s in enumerate(track.jobs_s, 1)
    )
    starting = [max((track.start_s for track in tracks), default=0.0)] * jobs
    queue: deque[tuple[float, float, TrackWork | None, bool]] = deque()
    busy: list[tuple[float, int, float, TrackWork | None, bool]] = []
    times, speech, files, sounds = [0.0], [0.0], [0], [0.0]
    now, number = 0.0, 0
    while ready or speaking or queue or busy:
        # One job waits for each process (workers.py), in the order in which it was chosen.
        while len(queue) + len(busy) < 2 * jobs and (ready or speaking):
            if ready:
                track = ready.popleft()
                queue.append((track.audio_s * ENCODING_S_A_SECOND, 0.0, track, True))
                continue
            batch, complete = speaking.popleft()
            start_s = starting.pop() if starting else 0.0
            queue.append((start_s + batch, batch, complete, False))
        while queue and len(busy) < jobs:
            number += 1
            takes_s, batch, done, is_file = queue.popleft()
            heapq.heappush(busy, (now + takes_s, number, batch, done, is_file))
        now, _, batch, done, is_file = heapq.heappop(busy)
        if done is not None and not is_file:
            ready.append(done)
        times.append(now)
        speech.append(speech[-1] + batch)
        files.append(files[-1] + is_file)
        sounds.append(sounds[-1] + (done.audio_s if done is not None and is_file else 0.0))
    work = (spoken + ENCODING_S_A_SECOND * sound for spoken, sound in zip(speech, sounds, strict=True))
    return _Timeline(tuple(times), tuple(speech), tuple(files), tuple(sounds), tuple(work))


class Forecast:
    """Learns from what was done by when, and tells how long the rest takes.  Times are in seconds.

    What is compared is the work that is done, a file counting when it is made, in the run and in the same
    run played through; their ratio is the machine's pace.  Files come early or late by chance, so the pace is
    a mean of what the reports so far suggest, the later ones counting more.
    """

    def __init__(self, tracks: Sequence[TrackWork], jobs: int) -> None:
        self._plan = play([track for track in tracks if track.all_letters], jobs)
        self._at, self._since, self._files = 0.0, 0.0, 0
        self._pace = 0.0
        self._weight = 0.0
        self.audio_s = self._plan.sounds[-1]

    def learn(self, elapsed_s: float, *, speech_s: float, files: int) -> None:
        """Note that after so many seconds so much of the speaking is done and so many files are made."""
        made = self._plan.sounds[self._plan.at_file(files)]
        reached = self._plan.when(speech_s + ENCODING_S_A_SECOND * made)
        if reached <= self._at:
            return
        weight = (reached - self._at) * reached**_TRUST
        self._weight += weight
        self._pace += (elapsed_s / reached - self._pace) * weight / self._weight
        self._at, self._since, self._files = reached, elapsed_s, files

    @property
    def share(self) -> float:
        """The share of the run that the last report was at, 0 to 1."""
        return self._at / self._plan.end if self._plan.end else 1.0

    def done(self, elapsed_s: float) -> float:
        """Return the share of the run's time that has passed, 0 to 1."""
        if not self._pace:
            return 0.0
        # Between two reports time goes on, but not past the next file, which is not there yet.
        following = self._plan.times[self._plan.at_file(self._files + 1)]
        now = self._at + (elapsed_s - self._since) / self._pace
        return min(now, max(self._at, following)) / self._plan.end

    def left_s(self, elapsed_s: float) -> float | None:
        """Return how many seconds the rest will take; None while nothing is known."""
        return (1 - self.done(elapsed_s)) * self._plan.end * self._pace if self._pace else None
