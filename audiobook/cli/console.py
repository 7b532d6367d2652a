"""The terminal: colours where they are wanted, plain text where not."""

from __future__ import annotations

import codecs
import io
import os
import textwrap
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from rich.console import Console

_PIPE_WIDTH = 160
"""Columns where there is no terminal (and no COLUMNS): wide enough for a pipe or file to get whole lines."""


WARNING = "warning: "
"""Stands before every warning."""


_PLAIN = {"→": "->", "−": "-", "–": "-", "—": "-", "…": "...", "“": '"', "”": '"', "‘": "'", "’": "'"}
"""What stands for narrate's own signs where an encoding hasn't them (cp1252 has all but the first two)."""


def show_whatever_can_be(stream: object) -> None:
    """Have a stream show a plain sign or a number for what its encoding hasn't, not end the program."""
    if isinstance(stream, io.TextIOWrapper):
        codecs.register_error("narrate", _show_plainly)
        stream.reconfigure(errors="narrate")


def _show_plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    shown = (_PLAIN.get(char) or char.encode("ascii", "backslashreplace").decode() for char in missing)
    return "".join(shown), error.end


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
    first, *others = _break_lines(console, f"error: {message}").split("\n")
    console.print("error:", style="bold red", end="")
    console.print("\n".join([first.removeprefix("error:"), *others]), soft_wrap=True)


def print_prose(console: Console, text: str, *, style: str = "") -> None:
    """Print sentences, on a terminal broken between words: a path in them stays whole, to be copied."""
    console.print(_break_lines(console, text), style=style, soft_wrap=True)


def _break_lines(console: Console, text: str) -> str:
    if not console.is_terminal:
        return text
    wrap = textwrap.TextWrapper(console.width, break_long_words=False, break_on_hyphens=False)
    return "\n".join(broken for line in text.split("\n") for broken in wrap.wrap(line) or [""])


def print_note(console: Console, message: str) -> None:
    """Print what a person should know; a warning stands out."""
    print_prose(console, message, style="yellow" if message.startswith(WARNING) else "")


@contextmanager
def say_busy(doing: str, *, quiet: bool = False) -> Iterator[Console]:
    """Say on a terminal what is being done, for as long as it takes: a long book is read for seconds.

    What is printed meanwhile goes through the console that is yielded.
    """
    console = open_console(stderr=True)
    if quiet or not console.is_terminal:
        yield console
        return
    from rich.live import Live
    from rich.spinner import Spinner

    # Not `console.status`, which shows nothing before its thread has its first turn.
    spinner = Spinner("dots" if can_show_all(console) else "line", doing)
    with Live(spinner, console=console, refresh_per_second=4, transient=True):
        yield console


def print_warnings(warnings: Iterable[str], notes: Iterable[str] = ()) -> None:
    """Print notes and then warnings on standard error, a line each."""
    console = open_console(stderr=True)
    for note in notes:
        print_note(console, note)
    for warning in warnings:
        print_note(console, WARNING + warning)


def can_show_all(console: Console) -> bool:
    """Tell whether a console shows every character."""
    return "utf" in console.encoding.lower()


def print_json(value: object) -> None:
    """Print one JSON object, alone on standard output."""
    import json
    import sys

    shows_all = "utf" in (sys.stdout.encoding or "utf").lower()
    json.dump(value, sys.stdout, ensure_ascii=not shows_all, indent=1)
    sys.stdout.write("\n")
