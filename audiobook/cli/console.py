"""The terminal: colours where they are wanted, plain text where not."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

_PIPE_WIDTH = 160
"""Columns where there is no terminal (and no COLUMNS): wide enough for a pipe or file to get whole lines."""


WARNING = "warning: "
"""Stands before every warning."""


def open_console(*, stderr: bool = False) -> Console:
    """Open a console on standard output (or error); rich honours NO_COLOR and TERM itself."""
    from rich.console import Console

    class PlainConsole(Console):
        """Leaves a reader that has gone (`narrate … | head`) to the command line's one handler."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    # Titles and names are shown as they are: no markup, no emoji codes in them.
    console = PlainConsole(stderr=stderr, highlight=False, markup=False, emoji=False)
    if not console.is_terminal and not os.environ.get("COLUMNS", "").isdigit():
        console.width = _PIPE_WIDTH
    return console


def print_error(message: str) -> None:
    """Print an error on standard error, its first word standing out."""
    console = open_console(stderr=True)
    console.print("error: ", style="bold red", end="")
    console.print(message, soft_wrap=True)


def print_note(console: Console, message: str) -> None:
    """Print what a person should know; a warning stands out."""
    console.print(message, style="yellow" if message.startswith(WARNING) else "", soft_wrap=True)


@contextmanager
def say_busy(doing: str, *, quiet: bool = False) -> Iterator[None]:
    """Say on a terminal what is being done, for as long as it takes: a long book is read for seconds."""
    console = open_console(stderr=True)
    if quiet or not console.is_terminal:
        yield
        return
    with console.status(doing, refresh_per_second=4):
        yield


def print_warnings(warnings: Iterable[str], notes: Iterable[str] = ()) -> None:
    """Print notes and then warnings on standard error, a line each."""
    console = open_console(stderr=True)
    for note in notes:
        print_note(console, note)
    for warning in warnings:
        print_note(console, WARNING + warning)


def print_json(value: object) -> None:
    """Print one JSON object, alone on standard output."""
    import json
    import sys

    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
