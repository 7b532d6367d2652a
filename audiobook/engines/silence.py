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
    wave = memoryview(samples).cast("h")
    # Digital silence is most of it, and goes at once; half a sample may go with it, hence // 2.
    start = (len(samples) - len(samples.lstrip(b"\0"))) // 2
    end = (len(samples.rstrip(b"\0")) + 1) // 2
    start = _first_loud(wave, start, end, floor)
    end = _last_loud(wave, start, end, floor)
    return samples[2 * start : 2 * end]


def _is_loud(part: memoryview, floor: int) -> bool:
    return len(part) > 0 and (max(part) > floor or min(part) < -floor)


def _first_loud(wave: memoryview, start: int, end: int, floor: int) -> int:
    while start < end and not _is_loud(wave[start : min(start + _BLOCK, end)], floor):
        start += _BLOCK
    while start < end and abs(wave[start]) <= floor:
        start += 1
    return min(start, end)


def _last_loud(wave: memoryview, start: int, end: int, floor: int) -> int:
    while start < end and not _is_loud(wave[max(end - _BLOCK, start) : end], floor):
        end -= _BLOCK
    while start < end and abs(wave[end - 1]) <= floor:
        end -= 1
    return max(start, end)
