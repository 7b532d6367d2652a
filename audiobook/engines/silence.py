"""Cut the silence that engines put around a clip: pauses are for whoever joins the clips."""

from __future__ import annotations

FLOOR = 32
"""−60 dB of full scale, the loudest noise floor that audiobook distributors accept
(https://help.acx.com/s/article/what-are-the-acx-audio-submission-requirements)."""

_BLOCK = 64
"""Samples looked at together: `max` of a block is much faster than a loop over samples."""


def trim_silence(samples: bytes, floor: int = FLOOR) -> bytes:
    """Return signed 16-bit samples (of this machine's byte order) from the first to the last over `floor`.

    The result is empty where no sample exceeds it.
    """
    start, end = find_sound(samples, floor)
    return samples[2 * start : 2 * end]


def find_sound(samples: bytes, floor: int = FLOOR) -> tuple[int, int]:
    """Return the numbers of the first sample over `floor` and of that after the last; see `trim_silence`."""
    wave = memoryview(samples).cast("h")
    # Digital silence is most of it, and goes at once; half a sample may go with it, hence // 2.
    start = (len(samples) - len(samples.lstrip(b"\0"))) // 2
    end = (len(samples.rstrip(b"\0")) + 1) // 2
    start = _first_loud(wave, start, end, floor)
    return start, find_end(wave, start, end, floor)


def find_end(wave: memoryview, start: int, end: int, floor: int = FLOOR) -> int:
    """Return the number of the sample after the last over `floor` from `start` to before `end`."""
    while start < end and not _is_loud(wave[max(end - _BLOCK, start) : end], floor):
        end -= _BLOCK
    while start < end and abs(wave[end - 1]) <= floor:
        end -= 1
    return max(start, end)


def _is_loud(part: memoryview, floor: int) -> bool:
    return len(part) > 0 and (max(part) > floor or min(part) < -floor)


def _first_loud(wave: memoryview, start: int, end: int, floor: int) -> int:
    while start < end and not _is_loud(wave[start : min(start + _BLOCK, end)], floor):
        start += _BLOCK
    while start < end and abs(wave[start]) <= floor:
        start += 1
    return min(start, end)


_QUIET = 0.004
"""−48 dB of the clip's own peak.  flite's pauses hold noise of −55 dB below it, and the softest sounds that
begin or end its words (f, th, h) are at −40 dB: measured on its voice slt."""
_LEAST = 100
"""−50 dB of full scale: what stays below that throughout is no speech.  flite's hiss has 40 at most."""
_WINDOW_S = 0.005
_MARGIN_S = 0.010
"""A sound sets in before it is loud."""


def trim_noise(samples: bytes, sample_rate: int) -> bytes:
    """Return the samples without the silence around them where that is not digital but softly hisses.

    The result is empty where nowhere 5 ms of it are as loud as −50 dB of full scale.
    """
    import numpy as np

    samples = trim_silence(samples)
    wave = np.frombuffer(samples, "<i2").astype(np.float64)
    if not len(wave):
        return samples
    size = max(1, round(_WINDOW_S * sample_rate))
    padded = np.pad(wave, (0, -len(wave) % size)).reshape(-1, size)
    levels = np.sqrt((padded**2).mean(axis=1))
    if levels.max() < _LEAST:
        return b""
    loud = np.flatnonzero(levels > max(FLOOR, _QUIET * np.abs(wave).max()))
    margin = round(_MARGIN_S * sample_rate)
    start = max(0, int(loud[0]) * size - margin)
    end = min(len(wave), (int(loud[-1]) + 1) * size + margin)
    return samples[2 * start : 2 * end]
