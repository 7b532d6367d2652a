"""What is done to a model's wave before it is a clip: another pitch, a level, whole samples."""

from __future__ import annotations

import bisect
import functools
from typing import TYPE_CHECKING, Any

from audiobook.engines.silence import FLOOR, find_sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Wave = NDArray[np.float32]
else:
    Wave = Any

_SEMITONES = 4.0
"""How far pitch 0 and 100 lie from a voice's own.  A voice is raised by playing it faster, which shifts its
formants too; a third of an octave is about as far as men's voices lie from women's in that (their formants
differ by 15 to 20 %: Peterson and Barney, 1952, table II), and so as far as one still sounds like a
person."""

_FULL_PEAK = 0.98
_PADDING = 2048
_TOLERANCE = 0.001


def pitch_factor(pitch: int) -> float:
    """Return by what a voice's frequencies are multiplied: 1 at 50."""
    return float(2 ** ((pitch - 50) / 50 * _SEMITONES / 12))


def play_faster(wave: Wave, factor: float) -> Wave:
    """Return a wave as it is when played `factor` times as fast, at the same sample rate.

    By its spectrum, so without aliases; it is padded, since a spectrum takes its end for next to its start.
    The factor is met within a thousandth, a sixtieth of a semitone.
    """
    import numpy as np

    if factor == 1 or not len(wave):
        return wave
    long, size = _choose_sizes(len(wave) + _PADDING, factor)
    padded = np.concatenate((wave, np.zeros(long - len(wave), dtype=np.float32)))
    spectrum = np.fft.rfft(padded)
    kept = np.zeros(size // 2 + 1, dtype=spectrum.dtype)
    shared = min(len(kept), len(spectrum))
    kept[:shared] = spectrum[:shared]
    played = np.fft.irfft(kept, size) * (size / len(padded))
    return played[: max(1, round(len(wave) * size / long))].astype(np.float32)


def _choose_sizes(least: int, factor: float) -> tuple[int, int]:
    """Return two lengths whose ratio is about `factor`, the first at least `least`, of small primes alone.

    Transforms of other lengths take up to eight times as long.
    """
    smooth = _smooth_numbers((2 * least).bit_length())
    first = bisect.bisect_left(smooth, least)
    best: tuple[float, int, int] | None = None
    for long in smooth[first : first + 40]:
        at = bisect.bisect_left(smooth, long / factor)
        for size in smooth[max(0, at - 1) : at + 1]:
            error = abs(long / size / factor - 1)
            if error < _TOLERANCE:
                return long, size
            best = min(best or (error, long, size), (error, long, size))
    assert best is not None  # noqa: S101 - there are forty lengths to choose from
    return best[1], best[2]


@functools.cache
def _smooth_numbers(bits: int) -> tuple[int, ...]:
    """List the products of 2, 3, 5 and 7 below 2 to the power of `bits` + 1."""
    limit = 2 << bits
    found = [1]
    for prime in (2, 3, 5, 7):
        powers = [prime**n for n in range(bits + 2)]
        found = [power * number for power in powers for number in found if power * number < limit]
    return tuple(sorted(found))


def join(pieces: list[tuple[Wave, float]], sample_rate: int) -> tuple[Wave, list[int]]:
    """Join waves without the silence around each, and with so many seconds of it behind as stand beside it.

    The last is followed by none.  Returns too where in the whole the first sample of each wave would be.
    """
    import numpy as np

    parts, starts, at = [], [], 0
    for wave, pause_s in pieces:
        first, last = find_loud(wave)
        parts += [wave[first:last], np.zeros(round(pause_s * sample_rate), dtype=np.float32)]
        starts.append(at - first)
        at += len(parts[-2]) + len(parts[-1])
    return np.concatenate(parts[:-1]) if parts else np.zeros(0, dtype=np.float32), starts


def trim(wave: Wave) -> Wave:
    """Cut the silence around a wave whose full scale is 1."""
    first, last = find_loud(wave)
    return wave[first:last]


def find_loud(wave: Wave) -> tuple[int, int]:
    """Return the number of the first sample of a wave that is no silence, and of the first after the last."""
    import numpy as np

    loud = np.flatnonzero(np.abs(wave) > FLOOR / 32768)
    return (int(loud[0]), int(loud[-1]) + 1) if len(loud) else (0, 0)


def level(wave: Wave) -> float:
    """Return a wave's root mean square, 0 where there is none."""
    import numpy as np

    return float(np.sqrt(np.mean(wave.astype(np.float64) ** 2))) if len(wave) else 0.0


def write_samples(wave: Wave, gain: float, volume: float) -> tuple[bytes, int]:
    """Return a wave as signed 16-bit samples without silence around them, and how many were cut at its start.

    `gain` brings the voice to its level, and no further than full scale; `volume` is what its user wants of
    that.
    """
    import numpy as np

    peak = float(np.abs(wave).max(initial=0.0))
    if peak * gain > _FULL_PEAK:
        gain = _FULL_PEAK / peak
    whole = np.rint(wave.astype(np.float64) * gain * 32767).astype("<i2")
    first, last = find_sound(whole.tobytes())
    return np.rint(whole[first:last] * volume).astype("<i2").tobytes(), first
