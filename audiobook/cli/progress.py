"""Progress while a run goes on: bars on a terminal, plain lines elsewhere."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.building.progress import RunMeter
from audiobook.building.report import RunListener, StoryReport
from audiobook.cli.console import WARNING, open_console, print_note
from audiobook.cli.tables import write_clock
from audiobook.plurals import count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

LINE_S = 10
"""Seconds between two plain lines that tell how far a run is."""

_WIDE = 100
"""Columns from which on a bar has room for counts, speed and time; in fewer the time stands alone."""

_TITLE = 18
"""Columns of a title beside a bar in a narrow terminal."""

_LEAST_SPEED = 0.05
"""Times real time that are not shown as 0.0."""


class Notes(RunListener):
    """Says what a person should know, and nothing of the work, since none is done: for `--dry-run`."""

    def __init__(self, console: Console | None = None) -> None:
        self._console = console or open_console(stderr=True)

    def note(self, message: str) -> None:
        print_note(self._console, message)


def _say_of_story(listener: RunListener, story: StoryReport, *, has_work: bool) -> None:
    """Say before a story is made what a person should know of it; its notes only where it is made."""
    for warning in story.warnings:
        listener.note(f"{WARNING}{story.name}: {warning}")
    for note in story.notes if has_work else ():
        listener.note(f"{story.name}: {note}")


def count_up(meter: RunMeter) -> str:
    """Say how much of a story, or of all, is there."""
    chapters = f"{meter.files_made}/{count(meter.files, 'chapter')}"
    return f"{chapters}, {count_briefly(meter)}"


def count_briefly(meter: RunMeter) -> str:
    """Say in two words how much of a story is there."""
    return f"{meter.clips_spoken:,}/{count(meter.clips, 'clip')}"


def describe(meter: RunMeter, *, is_brief: bool = False) -> str:
    """Say in a line how far a run is; briefly, only how long it will take, where that is known."""
    counts = count_up(meter)
    left = meter.left_s
    if left is None:
        return count_briefly(meter) if is_brief else counts
    is_done = meter.files_made == meter.files
    when = f"in {write_clock(meter.elapsed_s)}" if is_done else f"about {write_clock(left)} left"
    if is_brief:
        return when
    speed = meter.times_real_time
    if speed < _LEAST_SPEED:
        return f"{counts}, {when}"
    return f"{counts}, {speed:.{0 if speed >= 10 else 1}f} × real time, {when}"


class _Lines(RunListener):
    """A plain line for everything that happened, and now and then how far it is; for pipes and logs."""

    def __init__(self, console: Console, *, verbose: bool, counts: bool = True) -> None:
        self._console = console
        self._verbose = verbose
        self._meter = RunMeter() if counts else None
        self._said = time.monotonic()

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        _say_of_story(self, story, has_work=tracks > 0)
        if tracks:
            saved = 1 - clips / max(story.clips_reused, 1)
            there = f" ({saved:.0%} of its clips are there)" if saved > 0 else ""
            self._say(
                f"{story.name}: {count(clips, 'clip')} to speak, {count(tracks, 'file')} to make{there}"
            )
        elif self._verbose:
            self._say(f"{story.name}: up to date")
        if self._verbose:
            for path, reasons in story.reasons.items():
                self._say(f"{story.name}: making {path}: {'; '.join(reasons)}")
        if self._meter:
            self._meter.plan(story.work.values(), clips, tracks)
        self._said = time.monotonic()

    def work_begins(self, jobs: int) -> None:
        if self._meter:
            self._meter.begin(jobs)

    def clips_spoken(self, story: str, clips: int, work_s: float) -> None:
        if self._verbose:
            self._say(f"{story}: spoke {count(clips, 'clip')}")
        if self._meter:
            self._meter.advance(clips=clips, work_s=work_s)

    def track_made(self, story: str, path: Path) -> None:
        self._say(f"{story}: made {path}")
        if self._meter:
            self._meter.advance(files=1)

    def part_made(self, story: str, title: str) -> None:
        if self._verbose:
            self._say(f"{story}: encoded {title!r}")
        if self._meter:
            self._meter.advance(files=1)

    def tick(self) -> None:
        if self._meter and time.monotonic() - self._said >= LINE_S:
            self._said = time.monotonic()
            self._say(describe(self._meter))

    def note(self, message: str) -> None:
        print_note(self._console, message)

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)


class _Bars(RunListener):
    """A bar for each story that has work, and one for all together with the time left."""

    def __init__(self, progress: Progress, *, verbose: bool) -> None:
        self._progress = progress
        self._lines = _Lines(progress.console, verbose=True, counts=False) if verbose else None
        self._meter = RunMeter()
        self._own: dict[str, RunMeter] = {}
        self._bars: dict[str, TaskID] = {}
        self._last: TaskID | None = None
        self._is_narrow = progress.console.width < _WIDE
        self._count_up = count_briefly if self._is_narrow else count_up
        self._reading: TaskID | None = progress.add_task("reading the stories", total=None, state="")

    def end_reading(self) -> None:
        """Take away what says that the stories are read."""
        if self._reading is not None:
            self._progress.remove_task(self._reading)
            self._reading = None

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        if not self._lines:
            _say_of_story(self, story, has_work=tracks > 0)
        self._meter.plan(story.work.values(), clips, tracks)
        if tracks:
            own = self._own[story.name] = RunMeter()
            own.plan(story.work.values(), clips, tracks)
            self._bars[story.name] = self._progress.add_task(
                self._cut(story.title), total=1.0, state=self._count_up(own)
            )
        if self._lines:
            self._lines.story_planned(story, clips, tracks)

    def work_begins(self, jobs: int) -> None:
        self.end_reading()
        for meter in (self._meter, *self._own.values()):
            meter.begin(jobs)

    def clips_spoken(self, story: str, clips: int, work_s: float) -> None:
        self._count(story, clips=clips, work_s=work_s)
        if self._lines:
            self._lines.clips_spoken(story, clips, work_s)

    def track_made(self, story: str, path: Path) -> None:
        self._count(story, files=1)
        if self._lines:
            self._lines.track_made(story, path)

    def part_made(self, story: str, title: str) -> None:
        self._count(story, files=1)
        if self._lines:
            self._lines.part_made(story, title)

    def _count(self, story: str, *, clips: int = 0, work_s: float = 0.0, files: int = 0) -> None:
        own = self._own[story]
        for meter in (self._meter, own):
            meter.advance(clips=clips, work_s=work_s, files=files)
        self._progress.update(self._bars[story], completed=own.share, state=self._count_up(own))
        self.tick()

    def tick(self) -> None:
        """Bring the line for all to the present moment."""
        left = self._meter.left_s
        if left is not None:
            if self._last is None:
                self._last = self._progress.add_task("together", total=1.0, state="")
            passed = self._meter.elapsed_s
            state = describe(self._meter, is_brief=self._is_narrow)
            self._progress.update(self._last, completed=passed / (passed + left), state=state)
        self._progress.refresh()

    def note(self, message: str) -> None:
        print_note(self._progress.console, message)

    def _cut(self, title: str) -> str:
        from rich.text import Text

        text = Text(title)
        text.truncate(_TITLE if self._is_narrow else 2 * _TITLE, overflow="ellipsis")
        return text.plain


@contextmanager
def open_listener(*, quiet: bool, verbose: bool) -> Iterator[RunListener]:
    """Choose how progress is shown, on standard error: not at all, as bars, or as plain lines."""
    if quiet:
        yield RunListener()
        return
    console = open_console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, verbose=verbose)
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    # Refreshed by hand: a refreshing thread would have to be forked around.
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(10 if console.width < _WIDE else 24),
        TaskProgressColumn(),
        TextColumn("{task.fields[state]}", markup=False),
        console=console,
        auto_refresh=False,
    )
    bars = _Bars(progress, verbose=verbose)
    with progress:
        try:
            yield bars
        finally:
            bars.end_reading()
