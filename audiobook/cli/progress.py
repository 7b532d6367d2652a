"""Progress while a run goes on: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.cli.console import open_console
from audiobook.cli.tables import write_clock
from audiobook.production import Listener, Meter, Silent, StoryReport

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

LINE_S = 10
"""Seconds between two plain lines that tell how far a run is."""

_SHARE_OF_ENCODING = 0.8
"""How much of a story's bar is its files, the rest being its clips (docs/performance.md)."""


class Notes(Silent):
    """Says what a person should know, and nothing of the work, since none is done: for `--dry-run`."""

    def __init__(self) -> None:
        self._console = open_console(stderr=True)

    def story_done(self, story: StoryReport) -> None:
        for warning in story.warnings:
            self.note(f"{story.name}: warning: {warning}")

    def note(self, message: str) -> None:
        self._console.print(message, soft_wrap=True)


def describe(meter: Meter) -> str:
    """Say in a line how far a run is."""
    chapters = f"{meter.files_made}/{meter.files} {_plural('chapter', meter.files)}"
    counts = f"{chapters}, {meter.clips_spoken}/{meter.clips} {_plural('clip', meter.clips)}"
    left = meter.left_s
    if left is None:
        return counts
    is_done = meter.files_made == meter.files
    when = f"in {write_clock(meter.elapsed_s)}" if is_done else f"about {write_clock(left)} left"
    return f"{counts}, {meter.times_real_time:.0f} × real time, {when}"


class _Lines(Silent):
    """A plain line for everything that happened, and now and then how far it is; for pipes and logs."""

    def __init__(self, console: Console, *, verbose: bool, jobs: int | None) -> None:
        self._console = console
        self._verbose = verbose
        self._meter = Meter(jobs) if jobs else None
        self._said = time.monotonic()

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        if tracks:
            saved = 1 - clips / max(story.clips_reused, 1)
            there = f" ({saved:.0%} of its clips are there)" if saved > 0 else ""
            self._say(
                f"{story.name}: {clips} clips to speak, {tracks} {_plural('file', tracks)} to make{there}"
            )
        elif self._verbose:
            self._say(f"{story.name}: up to date")
        if self._verbose:
            for path, reasons in story.reasons.items():
                self._say(f"{story.name}: making {path}: {'; '.join(reasons)}")
        if self._meter:
            self._meter.plan(story, clips, tracks)
        self._said = time.monotonic()

    def clips_spoken(self, story: StoryReport, count: int) -> None:
        if self._verbose:
            self._say(f"{story.name}: spoke {count} {_plural('clip', count)}")
        if self._meter:
            self._meter.advance(story, clips=count)

    def track_made(self, story: StoryReport, path: Path) -> None:
        self._say(f"{story.name}: made {path}")
        if self._meter:
            self._meter.advance(story, files=1)

    def part_made(self, story: StoryReport, title: str) -> None:
        if self._verbose:
            self._say(f"{story.name}: encoded {title!r}")
        if self._meter:
            self._meter.advance(story, files=1)

    def story_done(self, story: StoryReport) -> None:
        for warning in story.warnings:
            self._say(f"{story.name}: warning: {warning}")

    def tick(self) -> None:
        if self._meter and time.monotonic() - self._said >= LINE_S:
            self._said = time.monotonic()
            self._say(describe(self._meter))

    def note(self, message: str) -> None:
        self._say(message)

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)


class _Bars(Silent):
    """A bar for each story that has work, and one for all together with the time left."""

    def __init__(self, progress: Progress, *, verbose: bool, jobs: int) -> None:
        self._progress = progress
        self._lines = _Lines(progress.console, verbose=True, jobs=None) if verbose else None
        self._meter = Meter(jobs)
        self._own: dict[str, Meter] = {}
        self._bars: dict[str, TaskID] = {}
        self._last: TaskID | None = None

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        self._meter.plan(story, clips, tracks)
        if tracks:
            own = self._own[story.name] = Meter(1)
            own.clips, own.files = clips, tracks
            self._bars[story.name] = self._progress.add_task(story.title, total=1.0, state=describe(own))
        if self._lines:
            self._lines.story_planned(story, clips, tracks)

    def clips_spoken(self, story: StoryReport, count: int) -> None:
        self._own[story.name].clips_spoken += count
        self._meter.advance(story, clips=count)
        self._show(story)
        if self._lines:
            self._lines.clips_spoken(story, count)

    def track_made(self, story: StoryReport, path: Path) -> None:
        self._own[story.name].files_made += 1
        self._meter.advance(story, files=1)
        self._show(story)
        if self._lines:
            self._lines.track_made(story, path)

    def part_made(self, story: StoryReport, title: str) -> None:
        self._own[story.name].files_made += 1
        self._meter.advance(story, files=1)
        self._show(story)
        if self._lines:
            self._lines.part_made(story, title)

    def _show(self, story: StoryReport) -> None:
        own = self._own[story.name]
        share = _SHARE_OF_ENCODING if own.clips else 1.0
        done = share * own.files_made / own.files
        done += (1 - share) * own.clips_spoken / own.clips if own.clips else 0.0
        self._progress.update(self._bars[story.name], completed=done, state=describe(own))
        self.tick()

    def story_done(self, story: StoryReport) -> None:
        for warning in story.warnings:
            self.note(f"{story.name}: warning: {warning}")

    def tick(self) -> None:
        """Bring the line for all to the present moment."""
        left = self._meter.left_s
        if left is not None:
            if self._last is None:
                self._last = self._progress.add_task("together", total=1.0, state="")
            passed = self._meter.elapsed_s
            self._progress.update(self._last, completed=passed / (passed + left), state=describe(self._meter))
        self._progress.refresh()

    def note(self, message: str) -> None:
        self._progress.console.print(message)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


@contextmanager
def open_listener(*, quiet: bool, verbose: bool, jobs: int = 1) -> Iterator[Listener]:
    """Choose how progress is shown, on standard error: not at all, as bars, or as plain lines.

    `jobs` is the number of processes at work, for the forecast.
    """
    if quiet:
        yield Silent()
        return
    console = open_console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, verbose=verbose, jobs=jobs)
        return
    from rich.progress import BarColumn, Progress, TextColumn

    # Refreshed by hand: a refreshing thread would have to be forked around.
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[state]}", markup=False),
        console=console,
        auto_refresh=False,
    )
    with progress:
        yield _Bars(progress, verbose=verbose, jobs=jobs)
