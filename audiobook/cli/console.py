"""The terminal: colours where they are wanted, plain text where not."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console

_PIPE_WIDTH = 160
"""Columns where there is no terminal (and no COLUMNS): wide enough for a pipe or file to get whole lines."""


def open_console(*, stderr: bool = False) -> Console:
    """Open a console on standard output (or error); rich honours NO_COLOR and TERM itself."""
    from rich.console import Console

    console = Console(stderr=stderr, highlight=False)
    if console.is_terminal or os.environ.get("COLUMNS", "").isdigit():
        return console
    return Console(stderr=stderr, highlight=False, width=_PIPE_WIDTH)


def print_json(value: object) -> None:
    """Print one JSON object, alone on standard output."""
    import json
    import sys

    json.dump(value, sys.stdout, ensure_ascii=False, indent=1)
    sys.stdout.write("\n")
