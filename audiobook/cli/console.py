"""The terminal: colours where they are wanted, plain text where not."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 160
"""Columns where there is no terminal: wide enough that a pipe or a file gets whole lines."""


def open_console(*, stderr: bool = False) -> Console:
    """Open a console on standard output (or error); rich honours NO_COLOR and TERM itself."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False, soft_wrap=False)
    return console if console.is_terminal else Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


def print_json(value: object) -> None:
    """Print one JSON object, alone on standard output."""
    import json
    import sys

    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
