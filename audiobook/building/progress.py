"""How far a run is: chapters and clips counted as they come, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from audiobook.building.forecast import Forecast
from audiobook.building.workload import TrackWork


class RunMeter:
    """Counts a run's chapters and clips, of all stories together, and forecasts its end."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._works: list[TrackWork] = []
        self._forecast: Forecast | None = None
        self._began = 0.0
        self._spoken_s = 0.0
        self._files_before = 0
        self.clips = self.clips_spoken = 0
        self.files = self.files_made = 0

    def plan(self, work: Iterable[TrackWork], clips: int, tracks: int) -> None:
        """Add a story's work."""
        self._works += work
        self.clips += clips
        self.files += tracks

    def begin(self, jobs: int) -> None:
        """Start the clock: so many processes make what was planned.

        The next lot of a long shelf has a forecast of its own, since its work alone is known.
        """
        self._forecast = Forecast(self._works, jobs)
        self._works = []
        self._began = self._clock()
        self._spoken_s, self._files_before = 0.0, self.files_made

    def advance(self, *, clips: int = 0, work_s: float = 0.0, files: int = 0) -> None:
        """Count what was done: clips, which were `work_s` of work by the estimate, and files."""
        self.clips_spoken += clips
        self.files_made += files
        self._spoken_s += work_s
        if self._forecast is not None:
            made = self.files_made - self._files_before
            self._forecast.learn(self.elapsed_s, speech_s=self._spoken_s, files=made)

    @property
    def share(self) -> float:
        """How much of the work is done, 0 to 1."""
        return 0.0 if self._forecast is None else self._forecast.share

    @property
    def elapsed_s(self) -> float:
        """Seconds since the work began."""
        return self._clock() - self._began

    @property
    def left_s(self) -> float | None:
        """Seconds that the rest will take; None while nothing is known."""
        return None if self._forecast is None else self._forecast.left_s(self.elapsed_s)

    @property
    def times_real_time(self) -> float:
        """Seconds of audio made in a second."""
        if self._forecast is None:
            return 0.0
        return self._forecast.done(self.elapsed_s) * self._forecast.audio_s / max(self.elapsed_s, 0.001)
