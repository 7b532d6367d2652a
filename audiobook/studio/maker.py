"""The process in which the studio makes stories: started with one JSON argument, answers in JSON lines.

It is what `narrate STORY…` does, in a process of its own, so that it can be stopped as Ctrl-C stops that
and the page stays quick.  Where nobody reads its lines any more (the studio was killed) it ends.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.building.progress import RunMeter
from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener, StoryReport
from audiobook.building.run import Options
from audiobook.errors import NarrateError
from audiobook.planning.chapters import Scope, choose_chapters
from audiobook.project.layout import Project

_LEAST_S = 0.1
"""Between two lines that only say how far it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeRequest:
    """What to make: of which project, and with which cache; of one story perhaps only some chapters.

    `is_anew`: also what is there, with every line spoken again.
    With `are_all` the stories are all there were when it was asked for; what can only be said of all is said.
    """

    project: Project
    cache_folder: Path
    stories: tuple[str, ...]
    chapters: tuple[int, ...] = ()
    are_all: bool = False
    is_anew: bool = False

    def covers(self, other: MakeRequest) -> bool:
        """Tell whether all that another request asks for is made by this one."""
        if other.is_anew and not self.is_anew:
            return False
        has_them = bool(other.chapters) and set(other.chapters) <= set(self.chapters)
        return set(other.stories) <= set(self.stories) and (has_them or not self.chapters)

    def without(self, name: str) -> MakeRequest:
        """Return the request without a story."""
        left = tuple(each for each in self.stories if each != name)
        return replace(self, stories=left, are_all=self.are_all and left == self.stories)

    def write(self) -> str:
        """Return the request as the argument that `read` takes."""
        voices = self.project.voices
        return json.dumps(
            {
                "texts": str(self.project.texts),
                "output": str(self.project.output),
                "voices": None if voices is None else str(voices),
                "engine": self.project.engine,
                "cache": str(self.cache_folder),
                "stories": () if self.are_all else self.stories,  # an argument has its limits
                "chapters": self.chapters,
                "are_all": self.are_all,
                "is_anew": self.is_anew,
            }
        )

    @classmethod
    def read(cls, text: str) -> MakeRequest:
        """Return the request that `write` wrote."""
        values = json.loads(text)
        voices = values["voices"]
        return cls(
            project=Project(
                texts=Path(values["texts"]),
                output=Path(values["output"]),
                voices=None if voices is None else Path(voices),
                engine=values["engine"],
            ),
            cache_folder=Path(values["cache"]),
            stories=tuple(values["stories"]),
            chapters=tuple(values["chapters"]),
            are_all=values["are_all"],
            is_anew=values["is_anew"],
        )


class Teller(RunListener):
    """Writes a line for what a page shows of a run."""

    def __init__(self) -> None:
        self._meter = RunMeter()
        self._stories: dict[str, dict[str, int]] = {}
        self._titles: dict[str, str] = {}
        self._title = ""
        self._said = 0.0

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        """Count a story's work."""
        self._meter.plan(story.work.values(), clips, tracks)
        self._titles[story.name] = story.title
        if tracks:
            self._title = self._title or story.title
        self._stories[story.name] = {"clips": 0, "clips_total": clips, "files": 0, "files_total": tracks}
        self._tell(at_once=False)

    def work_begins(self, jobs: int) -> None:
        """Start the clock."""
        self._meter.begin(jobs)

    def clips_spoken(self, story: str, count: int, work_s: float) -> None:
        """Count clips."""
        self._meter.advance(clips=count, work_s=work_s)
        self._count(story, "clips", count)

    def track_made(self, story: str, _path: Path) -> None:
        """Count a file."""
        self._meter.advance(files=1)
        self._count(story, "files", 1)

    def part_made(self, story: str, _title: str) -> None:
        """Count a chapter of a whole-book file."""
        self._meter.advance(files=1)
        self._count(story, "files", 1)

    def story_done(self, story: str) -> None:
        """Say that a story is left as it is from now on."""
        self._stories.pop(story, None)
        say({"done": story})
        self._tell(at_once=True)

    def tick(self) -> None:
        """Tell how far it is; here a reader that has gone is noticed."""
        self._tell(at_once=False)

    def waiting(self, message: str) -> None:
        """Pass on what is waited for."""
        say({"waiting": message})

    def note(self, message: str) -> None:
        """Pass a sentence on."""
        say({"note": message})

    def _count(self, story: str, what: str, count: int) -> None:
        self._title = self._titles[story]
        if story in self._stories:
            self._stories[story][what] += count
        self._tell(at_once=what == "files")

    def _tell(self, *, at_once: bool) -> None:
        now = time.monotonic()
        if not at_once and now - self._said < _LEAST_S:
            return
        self._said = now
        meter = self._meter
        say(
            {
                "state": {
                    "story": self._title,
                    "stories": self._stories,
                    "clips": meter.clips_spoken,
                    "clips_total": meter.clips,
                    "files": meter.files_made,
                    "files_total": meter.files,
                    "left_s": meter.left_s,
                }
            }
        )


def say(line: object) -> None:
    """Write one line of JSON at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()


def _keep_lines_apart() -> None:
    """Send what anything else prints (an engine of another package, say) to the terminal."""
    own = os.dup(1)
    os.dup2(2, 1)
    sys.stdout = os.fdopen(own, "w", encoding="utf-8")


def main(arguments: Sequence[str]) -> int:
    """Make what is asked for; return the exit status, as `narrate` has it."""
    request = MakeRequest.read(arguments[0])
    _keep_lines_apart()
    try:
        say({"note": ""})  # from here on an interrupt is ours and not Python's beginning's
        report = make_stories(
            request.project,
            () if request.are_all else request.stories,
            Options(
                in_order=True,
                scope=Scope(chapters=choose_chapters(request.chapters)),
                force=request.is_anew,
            ),
            Teller(),
            cache_folder=request.cache_folder,
        )
    except NarrateError as error:
        say({"errors": [str(error)]})
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 141
    made = {story.name: len(story.reasons) for story in report.stories if story.reasons and not story.errors}
    say({"made": made, "errors": [f"{s.title}: {error}" for s in report.stories for error in s.errors]})
    return 1 if report.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
