"""What a check found: values for whoever shows them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from audiobook.listening.verdicts import Heard


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One figure of one file, or of all files of a story (`file` None).

    `value` is what was measured, None where it can't be; `limit` says in words what it should be, and
    is empty where anything may be.
    `remark` says more where it is not: where in the file, and what to do.
    """

    file: Path | None
    figure: str
    value: float | str | None
    unit: str = ""
    limit: str = ""
    passed: bool
    remark: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeardLine:
    """A line of a file, when it sounds, and what was heard of it; `span` is its utterance's in the book."""

    file: Path
    text: str
    speaker: str | None
    start_s: float
    end_s: float
    heard: Heard
    span: tuple[int, int] = (0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryFindings:
    """All that was found about a story; `errors` say why one could not be checked at all.

    `files` are those that were looked at, whether they belong there or not; `seconds` is the length of
    all that was decoded.  `heard` are the lines that a recognizer has heard, where one listened.
    """

    name: str
    title: str
    files: tuple[Path, ...] = ()
    findings: tuple[Finding, ...] = ()
    errors: tuple[str, ...] = ()
    seconds: float = 0.0
    heard: tuple[HeardLine, ...] = ()

    @property
    def failures(self) -> tuple[Finding, ...]:
        """The findings that did not pass."""
        return tuple(finding for finding in self.findings if not finding.passed)

    @property
    def passed(self) -> bool:
        """Tell whether everything is as it should be."""
        return not self.errors and not self.failures


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckReport:
    """A check of stories, and how their files compare with each other's (`findings`)."""

    stories: tuple[StoryFindings, ...]
    findings: tuple[Finding, ...] = ()

    @property
    def passed(self) -> bool:
        """Tell whether everything is as it should be."""
        return all(story.passed for story in self.stories) and all(f.passed for f in self.findings)
