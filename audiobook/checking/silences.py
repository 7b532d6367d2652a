"""Silence amid speech: what a listener takes for a player that has stopped."""

from __future__ import annotations

from pathlib import Path

from audiobook.audio import Encoder
from audiobook.audio.master import ROOM_TONE_DB
from audiobook.checking.decoding import decode
from audiobook.checking.meter import OUTLINE_HZ
from audiobook.errors import EncoderError

LONG_S = 1.0
"""The shortest that is told of: PAUSES_MEASURED"""

_RATE = 16_000
"""Hz to which a file is decoded: speech is below half of it."""

_SPEECH_DB = ROOM_TONE_DB + 4
"""As in `completeness.py`."""


def find_silences(path: Path, ffmpeg: Encoder) -> list[tuple[float, float]]:
    """Return from when to when a file is silent for `LONG_S` or longer.

    Raises `EncoderError` where it can't be decoded.
    """
    import numpy as np

    powers, size = [], _RATE // OUTLINE_HZ
    with decode(path, ffmpeg, "-ac", "1", "-ar", str(_RATE)) as decoded:
        if isinstance(decoded, str):
            raise EncoderError(f"{path}: can't be decoded: {decoded}")
        rest = np.zeros(0, dtype=np.float32)
        for block in decoded.blocks:
            power = np.concatenate((rest, np.square(block[:, 0])))
            whole = len(power) // size * size
            powers.append(power[:whole].reshape(-1, size).mean(axis=1))
            rest = power[whole:]
    quiet = np.concatenate([*powers, [1.0]]) <= 10 ** (_SPEECH_DB / 10)
    edges = np.flatnonzero(np.diff(np.concatenate(([False], quiet)).astype(np.int8)))
    spans = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
    return [
        (round(first / OUTLINE_HZ, 3), round(last / OUTLINE_HZ, 3))
        for first, last in spans
        if last - first >= LONG_S * OUTLINE_HZ
    ]
