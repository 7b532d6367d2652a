"""Is the time left that narrate shows right?  A cold run of a generated book, watched to its end.

    python -m benchmarks.time_left [--words 60000] [--chapters 30] [--jobs 2] [--processor-time]
    python -m benchmarks.time_left --engine kokoro --words 800 --chapters 4

Prints what was forecast at each tenth of the run's time, and the largest error from the first tenth on, as
a share of the time that really was left (while at least 5 % of the run were: less is rounding).
Exit status 1 where it is over 20 %.  On a machine that others use at the same time, `--processor-time`
counts the time that the run's own processes were given, a process each.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from audiobook.building.progress import RunMeter
from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener, StoryReport
from audiobook.building.run import Options
from audiobook.project.layout import open_project
from benchmarks.speed import family
from benchmarks.torture import make_book

_MOST_ERROR = 0.2
_FROM, _TO = 0.1, 0.95


class _Watch(RunListener):
    """A listener that notes the forecast, at every poll of the run."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._meter = RunMeter(clock)
        self.clock = clock
        self.seen: list[tuple[float, float]] = []
        self.began = self.ended = 0.0

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        self._meter.plan(story.work.values(), clips, tracks)

    def work_begins(self, jobs: int) -> None:
        self._meter.begin(jobs)
        self.began = self.clock()

    def clips_spoken(self, story: str, count: int, work_s: float) -> None:
        del story
        self._meter.advance(clips=count, work_s=work_s)

    def track_made(self, story: str, path: Path) -> None:
        del story, path
        self.ended = self.clock()
        self._meter.advance(files=1)

    def tick(self) -> None:
        left = self._meter.left_s
        if left is not None:
            self.seen.append((self.clock() - self.began, left))


def watch(
    folder: Path,
    text: str,
    jobs: int,
    clock: Callable[[], float] = time.monotonic,
    *,
    engine: str = "pyttsx3",
) -> list[tuple[float, float, float]]:
    """Make a book; return for each moment the share of time passed, what was left, what was forecast."""
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "book.txt").write_text(text, encoding="utf-8")
    listener = _Watch(clock)
    project = open_project(folder, engine=engine)
    report = make_stories(project, (), Options(jobs=jobs), listener, cache_folder=folder / "cache")
    took = listener.ended - listener.began
    assert not report.failed, report.stories[0].errors
    return [(at / took, took - at, left) for at, left in listener.seen if at < took]


def processor_s() -> float:
    """Return the processor time that this process and all its descendants have had, in seconds."""
    ticks = 0
    for pid in family(os.getpid()):
        # A process may end between any two looks at it.
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            ticks += sum(map(int, fields[11:15]))  # its own time, and that of its children that ended
    return ticks / os.sysconf("SC_CLK_TCK")


def largest_error(moments: list[tuple[float, float, float]], until: float = _TO) -> float:
    """Return the largest error of a forecast, as a share of what was left."""
    return max(abs(left - really) / really for at, really, left in moments if _FROM <= at <= until)


def main() -> int:
    """Run from the command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, default in (("words", 60_000), ("chapters", 30), ("jobs", 2)):
        parser.add_argument(f"--{name}", type=int, default=default)
    parser.add_argument("--engine", default="pyttsx3")
    parser.add_argument("--processor-time", action="store_true", help="for a busy machine (Linux)")
    args = parser.parse_args()
    clock = (lambda: processor_s() / args.jobs) if args.processor_time else time.monotonic
    with tempfile.TemporaryDirectory() as name:
        moments = watch(
            Path(name), make_book(args.words, args.chapters), args.jobs, clock, engine=args.engine
        )
    print(f"{moments[0][1] / (1 - moments[0][0]):.0f} s in all; load {os.getloadavg()[0]:.1f}")
    for tenth in range(1, 10):
        at, really, left = next(moment for moment in moments if moment[0] >= tenth / 10)
        print(
            f"{at:4.0%} of the time: {left:6.1f} s forecast, {really:6.1f} s left, {left / really - 1:+4.0%}"
        )
    error = largest_error(moments)
    print(f"largest error {error:.0%} (at most {_MOST_ERROR:.0%})")
    return 0 if error <= _MOST_ERROR else 1


if __name__ == "__main__":
    raise SystemExit(main())
