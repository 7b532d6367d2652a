"""Silence amid speech: what a listener takes for a player that has stopped."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.audio import Encoder
from audiobook.audio.master import ROOM_TONE_DB
from audiobook.checking.decoding import decode
from audiobook.checking.meter import OUTLINE_HZ, Measurement
from audiobook.checking.report import Finding
from audiobook.errors import EncoderError
from audiobook.model import Cue

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LONG_S = 1.0
"""From here on a silence amid a line is no pause.

Those of one story in eSpeak's voices took up to 0.23 s, those of a minute of Kokoro's up to 0.34 s.
"""

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
    return _find_long(np.sqrt(np.concatenate(powers or [rest])))


def judge_silences(path: Path, cues: Sequence[Cue], heard: Measurement) -> Finding:
    """Find the longest silence amid a line, as far as it is a long one."""
    found = [
        (seconds, cue)
        for start_s, end_s in _find_long(heard.outline_rms)
        for cue in cues
        if (seconds := min(end_s, cue.end_s) - max(start_s, cue.start_s)) >= LONG_S
    ]
    seconds, cue = max(found, key=lambda each: each[0], default=(0.0, None))
    return Finding(
        file=path,
        figure="silence in lines",
        value=round(seconds, 1),
        unit="s",
        limit=f"less than {LONG_S:.0f} s amid a line",
        passed=cue is None,
        remark=f"“{cue.utterance.text[:50]}” at {cue.start_s:.1f} s: narrate --force speaks it again"
        if cue
        else "",
    )


def _find_long(outline_rms: NDArray[np.float32]) -> list[tuple[float, float]]:
    """Return the long silences of an outline (RMS of each 10 ms), in seconds."""
    import numpy as np

    quiet = np.concatenate(([False], outline_rms <= 10 ** (_SPEECH_DB / 20), [False]))
    edges = np.flatnonzero(np.diff(quiet.astype(np.int8))).tolist()
    return [
        (first / OUTLINE_HZ, last / OUTLINE_HZ)
        for first, last in zip(edges[::2], edges[1::2], strict=True)
        if last - first >= LONG_S * OUTLINE_HZ
    ]
