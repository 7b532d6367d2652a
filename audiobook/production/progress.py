"""How far a run is: chapters and clips counted as they come, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable

from audiobook.production.forecast import Forecast
from audiobook.production.report import StoryReport, TrackWork


class Meter:
    """Counts a run's chapters and clips, of all stories together, and forecasts its end."""

    def __init__(self, jobs: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._jobs = jobs
        self._clock = clock
        self._works: list[TrackWork] = []
        self._letters_a_clip: dict[str, float] = {}
        self._forecast: Forecast | None = None
        self._began = 0.0
        self.clips = self.clips_spoken = 0
        self.files = self.files_made = 0
        self._letters = 0.0
        self._files_before = 0

    def plan(self, story: StoryReport, clips: int, tracks: int) -> None:
        """Add a story's work; the clock starts with the last of those that are read together."""
        if self._forecast is not None:
            # The next lot of a long shelf: its work alone is known, so it has a forecast of its own.
            self._works.clear()
            self._forecast, self._letters, self._files_before = None, 0.0, self.files_made
        self._works += story.work.values()
        letters = sum(work.letters for work in story.work.values())
        self._letters_a_clip[story.name] = letters / clips if clips else 0.0
        self.clips += clips
        self.files += tracks
        self._began = self._clock()

    def advance(self, story: StoryReport, *, clips: int = 0, files: int = 0) -> None:
        """Count what was done."""
        self.clips_spoken += clips
        self.files_made += files
        self._letters += clips * self._letters_a_clip.get(story.name, 0.0)
        if self._forecast is None:
            self._forecast = Forecast(self._works, self._jobs)
        files = self.files_made - self._files_before
        self._forecast.learn(self.elapsed_s, letters=self._letters, files=files)

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
