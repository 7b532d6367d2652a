"""What a run made, and who is told of it while it runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from audiobook.files import Identity

if TYPE_CHECKING:
    from audiobook.building.workload import TrackWork


@dataclass(frozen=True, slots=True, kw_only=True)
class UnclearLine:
    """A line of which something was not heard; `unclear.read_unclear` tells what each field is.

    `line` counts the chapter's from 1, `again` is how often it was spoken again.
    """

    file: str
    chapter: int
    title: str
    line: int
    start: int
    end: int
    start_s: float
    end_s: float
    speaker: str | None
    words: str
    heard: str
    verdict: str
    told: str
    again: int = 0


@dataclass(slots=True, kw_only=True)
class StoryReport:
    """One story's outcome; filled in while the run goes on.

    `clips_made` were synthesized in this run, `clips_reused` were not: clips, of which one may be several
    utterances.  `words` and `letters` count what is spoken (letters and digits), by `engines`, `characters`
    who speaks, `unspoken` what none of their voices can read.
    `spoken_again` are lines of which something was not heard at first, `unclear` those of which it still is
    not. `reasons` say of each file that is made in this run, why, and `work` how much it is; `proven` what
    each of `files` was when it was found whole. `errors` and `warnings` are sentences for a person, `notes`
    tell what is as was asked for.
    """

    name: str
    title: str = ""
    files: list[Path] = field(default_factory=list)
    seconds: float = 0.0
    words: int = 0
    letters: int = 0
    unspoken: int = 0
    characters: int = 0
    engines: tuple[str, ...] = ()
    clips_made: int = 0
    clips_reused: int = 0
    spoken_again: int = 0
    unclear: list[UnclearLine] = field(default_factory=list)
    reasons: dict[Path, tuple[str, ...]] = field(default_factory=dict)
    work: dict[Path, TrackWork] = field(default_factory=dict)
    proven: dict[Path, Identity] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def words_per_minute(self) -> float:
        """The pace, pauses included."""
        return self.words / self.seconds * 60 if self.seconds else 0.0


@dataclass(slots=True, kw_only=True)
class Report:
    """A run's outcome: its stories in order, files that belong to no story any more, general warnings.

    `better_engine` names one that would sound better than what is installed, if there is one; `unused_engine`
    the best that is installed, where all that is spoken is in eSpeak's voices since voices.yaml says so.
    `read` names the files besides voices.yaml, texts and pictures that decided it, with what they were then;
    None where it may depend on more (`unchanged.py`).
    """

    stories: list[StoryReport] = field(default_factory=list)
    leftovers: list[Path] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    better_engine: str | None = None
    unused_engine: str | None = None
    read: tuple[tuple[Path, Identity | None], ...] | None = None

    @property
    def failed(self) -> bool:
        """Tell whether any story could not be made whole."""
        return any(story.errors for story in self.stories)


class Listener(Protocol):
    """Is told how a run goes."""

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        """Hear that a story was read, and how many clips and files are to be made of it."""

    def work_begins(self, jobs: int) -> None:
        """Hear that all stories that are made together were read, and how many processes make them."""

    def clips_spoken(self, story: StoryReport, count: int, work_s: float) -> None:
        """Hear that some more of a story's clips are there, estimated as so much work (`TrackWork`)."""

    def track_made(self, story: StoryReport, path: Path) -> None:
        """Hear that a file has its final name."""

    def story_done(self, story: StoryReport) -> None:
        """Hear that nothing is left to do for a story, whether it went well or not."""

    def part_made(self, story: StoryReport, title: str) -> None:
        """Hear that a chapter is there for a whole-book file to be joined of."""

    def tick(self) -> None:
        """Hear that some time has passed."""

    def waiting(self, message: str) -> None:
        """Hear that another run must end first, in words."""

    def note(self, message: str) -> None:
        """Hear something that a person should know."""


class Silent:
    """A listener that says nothing; errors are in the report.  What it waits for is a note like any."""

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None: ...
    def work_begins(self, jobs: int) -> None: ...
    def clips_spoken(self, story: StoryReport, count: int, work_s: float) -> None: ...
    def track_made(self, story: StoryReport, path: Path) -> None: ...
    def part_made(self, story: StoryReport, title: str) -> None: ...
    def story_done(self, story: StoryReport) -> None: ...
    def tick(self) -> None: ...
    def note(self, message: str) -> None: ...
    def waiting(self, message: str) -> None:
        self.note(message)
