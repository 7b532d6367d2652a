"""How fast and how loud Kokoro's published voices speak of themselves: a table that was measured beforehand.

Thus those in it need not read for half a minute before their first word.  A row (`pace.txt`, written
by benchmarks/kokoro_calibration.py) is for the very style that it was measured with, and so for every form of
the published model; other voices are measured when they first speak (`neural/pace.py`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from audiobook.engines.neural.pace import STANDARD_S, Pace
from audiobook.engines.neural.waves import Wave

DIGITS = 8
"""So much of a style's SHA-256 tells it from others of the same name."""


class Row(NamedTuple):
    """What a voice took for its language's sentences, its level, and the style that was measured."""

    seconds: float
    rms: float
    style: str


def look_up_pace(
    parts: Mapping[str, float], language: str, styles: Mapping[str, Wave], table: Mapping[str, Row]
) -> Pace | None:
    """Return the pace of a voice or blend (`parts` with their weights), None where a style is not known.

    A blend's is taken for its parts' mean: half af_heart, half af_bella took 27.51 s where that is 27.54.
    """
    rows = {name: table[name] for name in parts if name in table}
    if rows.keys() != parts.keys() or any(digest_style(styles[n]) != row.style for n, row in rows.items()):
        return None
    total = sum(parts.values())
    return Pace(
        standard_s=STANDARD_S.get(language[:2], STANDARD_S["en"]),
        seconds=sum(row.seconds * parts[name] for name, row in rows.items()) / total,
        rms=sum(row.rms * parts[name] for name, row in rows.items()) / total,
    )


def name_rows(parts: Mapping[str, float], table: Mapping[str, Row]) -> str:
    """Name the rows that a voice's or blend's pace is taken from; nothing where not all parts have one."""
    rows = [table[name] for name in sorted(parts) if name in table]
    return hashlib.sha256(repr(rows).encode()).hexdigest()[:DIGITS] if len(rows) == len(parts) else ""


def digest_style(style: Wave) -> str:
    """Return by what a style is known in the table."""
    return hashlib.sha256(style.tobytes()).hexdigest()[:DIGITS]


@cache
def read_table() -> dict[str, Row]:
    """Return the table: a voice's name → its row."""
    text = files(__package__).joinpath("pace.txt").read_text(encoding="utf-8")
    rows = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return {voice: Row(float(seconds), float(rms), style) for voice, seconds, rms, style in rows}
