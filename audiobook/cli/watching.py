"""`narrate --watch`: runs, one after the other, as files change."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.cli.console import print_error
from audiobook.errors import NarrateError, SettingsError

if TYPE_CHECKING:
    from audiobook.building.report import Report
    from audiobook.project.layout import Project


def watch_stories(
    stories: Sequence[str],
    voices: Path,
    open_project: Callable[[], Project],
    make: Callable[[tuple[str, ...]], Report],
    *,
    quiet: bool,
) -> None:
    """Make stories as they change; a run that fails is told of, and tried again later, or as they change."""
    from audiobook.building.watching import ProjectFiles, watch
    from audiobook.cli.console import open_console, print_prose
    from audiobook.cli.run_table import print_report

    def run(ready: Sequence[Path]) -> bool:
        try:
            report = make(tuple(map(str, ready)) or tuple(stories))
        except NarrateError as error:
            for message in str(error).splitlines() if isinstance(error, SettingsError) else [str(error)]:
                print_error(message)
            return False
        # Of a shelf of hundreds, one book is new.
        told = tuple(story for story in report.stories if story.reasons or story.errors)
        print_report(replace(report, stories=told), quiet=quiet, as_json=False)
        return not report.failed

    console = open_console(stderr=True)
    say: Callable[[str], None] = (
        (lambda _message: None) if quiet else (lambda text: print_prose(console, text))
    )
    watch(ProjectFiles(open_project, voices, stories).look, run, say)
