"""How eSpeak NG's voices are made equally fast and equally loud: a table of what each is by itself.

The table (`calibration.txt`) is written by benchmarks/calibration.py.  Left alone, the built-in
voices differ by 10 % in pace and by 13 dB in level, and half a dozen clip.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import NamedTuple

STANDARD_S = 41.6
"""Seconds that every voice takes for the sentences of benchmarks/calibration.py at rate 155."""

STANDARD_LUFS = -21.0
"""How loud every voice is at volume 1, in LUFS: as loud as the narrator's always was."""


class Calibration(NamedTuple):
    """What eSpeak's own rate and volume are multiplied by for a voice."""

    pace: float
    gain: float


PLAIN = Calibration(1.0, 1.0)


@cache
def read_table() -> dict[str, Calibration]:
    """Return the table: accents, variants (`+f2`: what they add to their accent), whole voices."""
    text = files(__package__).joinpath("calibration.txt").read_text(encoding="utf-8")
    rows = (line.rsplit(None, 2) for line in text.splitlines() if line and not line.startswith("#"))
    return {voice: Calibration(float(pace), float(gain)) for voice, pace, gain in rows}


def calibrate(voice_id: str) -> Calibration:
    """Return what is known of a voice; of languages that were not measured, their variant alone."""
    table = read_table()
    if voice_id in table:
        return table[voice_id]
    accent, plus, variant = voice_id.partition("+")
    own, added = table.get(accent, PLAIN), table.get(plus + variant, PLAIN)
    return Calibration(own.pace * added.pace, own.gain * added.gain)
