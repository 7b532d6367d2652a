"""Progress while a run goes on: a bar a story on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.cli.console import open_console
from audiobook.production import Listener, StoryReport

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress, TaskID

_TRACK_STEPS = 0.25
"""How much of a bar a track's mastering and encoding is for each of its clips: encoding is the bill."""


class _Silent:
    """Says nothing; errors are in the report."""

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None: ...
    def clips_spoken(self, story: StoryReport, count: int) -> None: ...
    def track_made(self, story: StoryReport, path: Path) -> None: ...
    def edition_made(self, story: StoryReport, path: Path) -> None: ...
    def story_done(self, story: StoryReport) -> None: ...
    def note(self, message: str) -> None: ...


class Notes(_Silent):
    """Says what a person should know, and nothing of the work, since none is done: for `--dry-run`."""

    def __init__(self) -> None:
        self._console = open_console(stderr=True)

    def story_done(self, story: StoryReport) -> None:
        for warning in story.warnings:
            self.note(f"{story.name}: warning: {warning}")

    def note(self, message: str) -> None:
        self._console.print(message, soft_wrap=True)


class _Lines(_Silent):
    """A plain line for everything that happened; for pipes, logs and `--verbose`."""

    def __init__(self, console: Console, *, verbose: bool) -> None:
        self._console = console
        self._verbose = verbose

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        if tracks:
            self._say(f"{story.name}: {clips} clips to speak, {tracks} {_plural('file', tracks)} to make")
        elif self._verbose:
            self._say(f"{story.name}: up to date")
        if self._verbose:
            for path, reasons in story.reasons.items():
                self._say(f"{story.name}: making {path}: {'; '.join(reasons)}")

    def clips_spoken(self, story: StoryReport, count: int) -> None:
        if self._verbose:
            self._say(f"{story.name}: spoke {count} {_plural('clip', count)}")

    def track_made(self, story: StoryReport, path: Path) -> None:
        self._say(f"{story.name}: made {path}")

    def edition_made(self, story: StoryReport, path: Path) -> None:
        self._say(f"{story.name}: made {path}")

    def story_done(self, story: StoryReport) -> None:
        for warning in story.warnings:
            self._say(f"{story.name}: warning: {warning}")

    def note(self, message: str) -> None:
        self._say(message)

    def _say(self, line: str) -> None:
        self._console.print(line, soft_wrap=True)


class _Bars(_Silent):
    """A bar for each story that has work, with clips done and time left."""

    def __init__(self, progress: Progress, *, verbose: bool) -> None:
        self._progress = progress
        self._lines = _Lines(progress.console, verbose=verbose) if verbose else None
        self._bars: dict[str, TaskID] = {}
        self._steps: dict[str, float] = {}

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        if tracks:
            encoding = max(1.0, _TRACK_STEPS * story.clips_reused)
            self._steps[story.name] = encoding / tracks
            self._bars[story.name] = self._progress.add_task(
                story.title, total=clips + encoding, clips=f"0/{clips} clips", count=clips, spoken=0
            )
        if self._lines:
            self._lines.story_planned(story, clips, tracks)

    def clips_spoken(self, story: StoryReport, count: int) -> None:
        bar = self._bars[story.name]
        fields = self._progress.tasks[self._progress.task_ids.index(bar)].fields
        spoken = fields["spoken"] + count
        self._progress.update(bar, advance=count, spoken=spoken, clips=f"{spoken}/{fields['count']} clips")
        self._progress.refresh()
        if self._lines:
            self._lines.clips_spoken(story, count)

    def track_made(self, story: StoryReport, path: Path) -> None:
        self._progress.update(self._bars[story.name], advance=self._steps[story.name])
        self._progress.refresh()
        if self._lines:
            self._lines.track_made(story, path)

    def story_done(self, story: StoryReport) -> None:
        for warning in story.warnings:
            self.note(f"{story.name}: warning: {warning}")

    def note(self, message: str) -> None:
        self._progress.console.print(message)


def _plural(noun: str, count: int) -> str:
    return noun if count == 1 else f"{noun}s"


@contextmanager
def open_listener(*, quiet: bool, verbose: bool) -> Iterator[Listener]:
    """Choose how progress is shown, on standard error: not at all, as bars, or as plain lines."""
    if quiet:
        yield _Silent()
        return
    console = open_console(stderr=True)
    if not console.is_terminal:
        yield _Lines(console, verbose=verbose)
        return
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    # Refreshed by hand: a refreshing thread would have to be forked around.
    progress = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TextColumn("{task.fields[clips]}", markup=False),
        TimeRemainingColumn(compact=True, elapsed_when_finished=True),
        console=console,
        auto_refresh=False,
    )
    with progress:
        yield _Bars(progress, verbose=verbose)
