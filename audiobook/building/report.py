"""What a run made, and who is told of it while it runs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

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


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryReport:
    """One story's outcome; before it is made, what is known of it by then.

    Of its `clips`, of which one may be several utterances, `clips_made` were synthesized in this run.
    `words` and `letters` count what is spoken (letters and digits), by `engines`, `characters` who speaks,
    `unspoken` what none of their voices can read.
    `spoken_again` are lines of which something was not heard at first, `unclear` those of which it still is
    not.
    `reasons` say of each file that is made in this run, why, and `work` how much it is; `proven` what each of
    `files` was when it was found whole.
    `errors` and `warnings` are sentences for a person, `notes` tell what is as was asked for.
    """

    name: str
    title: str = ""
    files: tuple[Path, ...] = ()
    seconds: float = 0.0
    words: int = 0
    letters: int = 0
    unspoken: int = 0
    characters: int = 0
    engines: tuple[str, ...] = ()
    clips: int = 0
    clips_made: int = 0
    spoken_again: int = 0
    unclear: tuple[UnclearLine, ...] = ()
    reasons: Mapping[Path, tuple[str, ...]] = field(default_factory=dict)
    work: Mapping[Path, TrackWork] = field(default_factory=dict)
    proven: Mapping[Path, Identity] = field(default_factory=dict)
    errors: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def clips_reused(self) -> int:
        """Clips that were there.  On a cluster one that two files need is made twice."""
        return max(0, self.clips - self.clips_made)

    @property
    def words_per_minute(self) -> float:
        """The pace, pauses included."""
        return self.words / self.seconds * 60 if self.seconds else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A run's outcome: its stories in order, files that belong to no story any more, general warnings.

    `better_engine` names one that would sound better than what is installed, if there is one; `unused_engine`
    the best that is installed, where all that is spoken is in eSpeak's voices since voices.yaml says so.
    `read` names the files besides voices.yaml, texts and pictures that decided it, with what they were then;
    None where it may depend on more (`unchanged.py`).
    """

    stories: tuple[StoryReport, ...]
    leftovers: tuple[Path, ...] = ()
    warnings: tuple[str, ...] = ()
    better_engine: str | None = None
    unused_engine: str | None = None
    read: tuple[tuple[Path, Identity | None], ...] | None = None

    @property
    def failed(self) -> bool:
        """Tell whether any story could not be made whole."""
        return any(story.errors for story in self.stories)


class RunListener:
    """Is told how a run goes; this one says nothing of it, since errors are in the report.

    Stories are named, once they were planned.
    """

    def story_planned(self, story: StoryReport, clips: int, tracks: int) -> None:
        """Hear that a story was read, and how many clips and files are to be made of it."""

    def work_begins(self, jobs: int) -> None:
        """Hear that all stories that are made together were read, and how many processes make them."""

    def clips_spoken(self, story: str, count: int, work_s: float) -> None:
        """Hear that some more of a story's clips are there, estimated as so much work (`TrackWork`)."""

    def track_made(self, story: str, path: Path) -> None:
        """Hear that a file has its final name."""

    def story_done(self, story: str) -> None:
        """Hear that nothing is left to do for a story, whether it went well or not."""

    def part_made(self, story: str, title: str) -> None:
        """Hear that a chapter is there for a whole-book file to be joined of."""

    def tick(self) -> None:
        """Hear that some time has passed."""

    def waiting(self, message: str) -> None:
        """Hear that another run must end first, in words; a note like any."""
        self.note(message)

    def note(self, message: str) -> None:
        """Hear something that a person should know."""
