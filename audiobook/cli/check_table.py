"""What `narrate check` prints: a table of files and figures, what failed and what to do, or JSON."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.checking import CheckReport, Finding, HeardLine, Profile, StoryFindings, describe_line
from audiobook.cli.console import can_show_all, open_console, print_error, print_json
from audiobook.cli.grid import Grid
from audiobook.cli.tables import write_clock
from audiobook.plurals import count

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LISTED = 12
"""Failures shown of one story; the rest are counted, and `--json` has them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Column:
    """Figures that share a column; of the first `shown` of them the values are shown."""

    title: str
    figures: tuple[str, ...]
    shown: int = 1
    digits: int | None = None


_COLUMNS = (
    _Column(title="RMS", figures=("rms",), digits=1),
    _Column(title="LUFS", figures=("loudness",), digits=1),
    _Column(title="Peak", figures=("peak",), digits=1),
    _Column(title="Floor", figures=("floor",), digits=1),
    _Column(title="Head, tail", figures=("head", "tail"), shown=2, digits=2),
    _Column(title="Min", figures=("length",), digits=1),
    _Column(title="kb/s", figures=("bitrate", "bit rate mode"), digits=0),
    _Column(title="Hz", figures=("sample rate", "channels", "decodes")),
    _Column(title="Lines", figures=("lines", "pace", "chapters")),
    _Column(title="Heard", figures=("heard",), digits=0),
    _Column(
        title="Pauses",
        figures=(
            *("planned silences", "speech at its cues", "sound in pauses", "silence in lines"),
            "speech at its marks",
        ),
    ),
    _Column(title="Whole", figures=("decoded length", "up to date", "belongs here", "file name")),
    _Column(title="Tags", figures=("tags",)),
)


@dataclass(frozen=True, slots=True)
class Counter:
    """Shows how far a check has come."""

    show: Callable[[str], None]

    def count(self, done: int, total: int) -> None:
        """Show how many files have been checked."""
        self.show(f"checked {done} of {count(total, 'file')}")

    def hear(self, done_s: float, total_s: float, left_s: float) -> None:
        """Show how much has been heard, and about how long the rest takes."""
        left = f", about {write_clock(left_s)} left" if done_s < total_s else ""
        self.show(f"heard {write_clock(done_s)} of {write_clock(total_s)}{left}")


@contextlib.contextmanager
def open_counter(*, quiet: bool) -> Iterator[Counter | None]:
    """Show how far a check has come, on a terminal alone."""
    console = open_console(stderr=True)
    if quiet or not console.is_terminal:
        yield None
        return
    with console.status("checking") as status:
        yield Counter(status.update)


def print_checks(report: CheckReport, profile: Profile, pictures: Path | None, *, as_json: bool) -> None:
    """Print what was found; errors go to standard error."""
    if as_json:
        print_json(_to_json(report, profile))
    else:
        console = open_console()
        signs = _Signs(console)
        console.print(f"{profile.title} (technical only; no promise that anybody takes the files)")
        _print_table(console, report.stories, signs)
        for story in report.stories:
            _print_story(console, story, signs)
        if report.findings:
            _print_summary(console, "All stories", report.findings, signs)
        if pictures is not None:
            console.print(f"Pictures are in {pictures}", soft_wrap=True)
    for story in report.stories:
        for error in story.errors:
            print_error(f"{story.name}: {error}")


class _Signs:
    """Passed or failed as a sign and a colour; in words where the output can't show the signs."""

    def __init__(self, console: Console) -> None:
        self.passed, self.failed = ("✓", "✗") if can_show_all(console) else ("ok", "FAIL")

    def end(self, passed: bool, words: str) -> Text:
        """Set the sign after the words."""
        return self._style(passed, f"{words} {self.passed if passed else self.failed}".strip())

    def begin(self, passed: bool, words: str) -> Text:
        """Set the sign before the words."""
        return self._style(passed, f"{self.passed if passed else self.failed} {words}")

    def _style(self, passed: bool, words: str) -> Text:
        from rich.text import Text

        return Text(words, style="green" if passed else "bold red")


def _print_table(console: Console, stories: Sequence[StoryFindings], signs: _Signs) -> None:
    rows = [(path, _by_figure(story, path)) for story in stories for path in story.files]
    if not rows:
        return
    used = [
        column for column in _COLUMNS if any(figure in row for _, row in rows for figure in column.figures)
    ]
    titles = [column.title for column in used]
    table = Grid("File", *titles, prose=["File"], right=titles)
    for path, row in rows:
        table.add(path.name, *(_cell(column, row, signs) for column in used))
    table.print(console)


def _by_figure(story: StoryFindings, path: Path) -> dict[str, Finding]:
    return {finding.figure: finding for finding in story.findings if finding.file == path}


def _cell(column: _Column, row: Mapping[str, Finding], signs: _Signs) -> Text | str:
    found = [row[figure] for figure in column.figures if figure in row]
    if not found:
        return ""
    words = ""
    if column.digits is not None:
        values = [f.value for f in found if f.figure in column.figures[: column.shown]]
        words = " ".join(f"{value:.{column.digits}f}" for value in values if isinstance(value, float))
        words = words.replace("-", "−")
    if not any(finding.limit for finding in found):
        return words
    return signs.end(all(finding.passed for finding in found), words)


def _print_story(console: Console, story: StoryFindings, signs: _Signs) -> None:
    """Say in a line how a story did, and of each failure where, what, and what to do."""
    if story.errors and not story.findings:
        return
    title = f"{story.title} ({count(len(story.files), 'file')}, {write_clock(story.seconds)})"
    _print_summary(console, title, story.findings, signs)
    _print_heard(console, story)


def _print_heard(console: Console, story: StoryFindings) -> None:
    """List the lines in which something was not heard, or otherwise than it should be."""
    unclear = sorted(
        (line for line in story.heard if not line.heard.is_clear), key=lambda line: not line.heard.is_loss
    )
    for line in unclear[:_LISTED]:
        console.print(f"  {line.file.name}, {describe_line(line)}", soft_wrap=True)
    if len(unclear) > _LISTED:
        console.print(f"  … and {len(unclear) - _LISTED} more lines (narrate check --listen --json has all)")


def _print_summary(console: Console, title: str, findings: Sequence[Finding], signs: _Signs) -> None:
    judged = [finding for finding in findings if finding.limit]
    failures = [finding for finding in judged if not finding.passed]
    summary = f"{title}: {len(judged) - len(failures)} of {count(len(judged), 'check')} passed"
    console.print(signs.begin(not failures, summary), soft_wrap=True)
    for finding in failures[:_LISTED]:
        console.print(f"  {_describe(finding)}", soft_wrap=True)
    if len(failures) > _LISTED:
        console.print(f"  … and {len(failures) - _LISTED} more (narrate check --json has all)")


def _describe(finding: Finding) -> str:
    where = finding.file.name if finding.file is not None else "all files"
    value = finding.value
    shown = f"{value:g}".replace("-", "−") if isinstance(value, int | float) else value or "not known"
    words = f"{where}: {finding.figure} {shown} {finding.unit}".rstrip()
    words += f", expected {finding.limit}" if finding.limit else ""
    return f"{words}: {finding.remark}" if finding.remark else words


def _to_json(report: CheckReport, profile: Profile) -> dict[str, object]:
    return {
        "profile": {"name": profile.name, "title": profile.title, "source": profile.source},
        "passed": report.passed,
        "stories": [
            {
                "name": story.name,
                "title": story.title,
                "passed": story.passed,
                "seconds": round(story.seconds, 3),
                "findings": [_finding_json(finding) for finding in story.findings],
                "errors": list(story.errors),
                **({"heard": [_line_json(line) for line in story.heard]} if story.heard else {}),
            }
            for story in report.stories
        ],
        "findings": [_finding_json(finding) for finding in report.findings],
    }


def _line_json(line: HeardLine) -> dict[str, object]:
    return {
        "file": str(line.file),
        "start_s": round(line.start_s, 3),
        "end_s": round(line.end_s, 3),
        "speaker": line.speaker,
        "line": line.text,
        "verdict": line.heard.verdict,
        "is_loss": line.heard.is_loss,
        "heard": line.heard.words,
        "changes": [{"said": said, "heard": heard} for said, heard in line.heard.changes],
        "extra": line.heard.extra,
        "is_cut": line.heard.is_cut,
    }


def _finding_json(finding: Finding) -> dict[str, object]:
    return {
        "file": str(finding.file) if finding.file is not None else None,
        "figure": finding.figure,
        "value": finding.value,
        "unit": finding.unit,
        "limit": finding.limit,
        "passed": finding.passed,
        "remark": finding.remark,
    }
