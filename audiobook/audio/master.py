"""Mastering: the gain, the limiter and the room tone that put a track into the audiobook window.

The window is that of ACX's audio submission requirements
(https://www.acx.com/help/acx-audio-submission-requirements/201456300): RMS −23 to −18 dBFS, peaks at
most −3 dBFS, noise floor at most −60 dB RMS.  The chain is

    room tone → high-pass → gain → limiter

where the room tone is laid under the speech with the gain already taken off it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TARGET_RMS_DB = -20.5
"""The middle of the window: as far from −23 as from −18 dBFS."""

CEILING_DB = -4.5
"""Where the limiter holds the peaks: −3 is the limit, and coding and resampling add to them again: on a poem
of 19 minutes at most 0.6 dB in MP3 and 0.9 in Opus, FLAC and AAC, more in a track of two lines."""

ROOM_TONE_DB = -70.0
"""Noise RMS in the pauses: 10 dB under the −60 dB limit, and yet no digital silence."""

MASTERING_VERSION = 3
"""Raised whenever the chain makes other samples of the same clips."""

MOST_LIMITING_DB = 12.0
"""How far the limiter may be driven.  Stories take 8 dB; a track of two words between its silences would
take 60 to come to the target, and be nothing but its limiter."""

HIGH_PASS_HZ = 60
"""Below every voice's fundamental (men's speech begins at 85 Hz); takes rumble and DC away."""

# The limiter looks 5 ms ahead, and lets go within 50 ms: on average, as if it held fully for 20 ms.
_WINDOW_S = 0.0025
_ATTACK_WINDOWS = 2
_RELEASE_WINDOWS = 8
_LEVEL_DB = 0.1
_LEVELS = 1000
_TONE_SECONDS = 11
_FULL_SCALE = 32768


@dataclass(frozen=True, slots=True, kw_only=True)
class Mastering:
    """The gain found for a track, in dB."""

    gain_db: float

    @property
    def filters(self) -> str:
        """The chain as ffmpeg's filters (after the room tone, which `lay_room_tone` adds)."""
        ceiling = 10 ** (CEILING_DB / 20)
        return (
            f"highpass=f={HIGH_PASS_HZ},volume={self.gain_db:.3f}dB:precision=float,"
            # Look-ahead of 5 ms, and a release short enough not to pump between words; `latency` takes
            # the look-ahead's delay off again, so that cues stay true.
            f"alimiter=limit={ceiling:.6f}:attack=5:release=50:level=false:latency=true"
        )


def choose_mastering(blocks: Iterable[bytes], sample_rate: int) -> Mastering:
    """Find the gain that brings a track (blocks of 16-bit mono samples) to `TARGET_RMS_DB`.

    The limiter takes loudness away with the peaks.  What it will take is foreseen from the energy of
    each 2.5 ms by the highest peak near it.  Linear time, one pass, constant memory.
    """
    import numpy as np

    energies = np.zeros(_LEVELS)
    window = round(sample_rate * _WINDOW_S)
    frames = 0
    for block in blocks:
        samples = np.frombuffer(block, dtype="<i2")
        frames += len(samples)
        windows = np.pad(samples, (0, -len(samples) % window)).reshape(-1, window)
        peaks = np.maximum(windows.max(axis=1).astype(np.float32), -windows.min(axis=1).astype(np.float32))
        levels_db = 20 * np.log10(np.maximum(_highest_near(peaks), 1) / _FULL_SCALE)
        levels = np.clip(np.rint(-levels_db / _LEVEL_DB), 0, _LEVELS - 1).astype(np.intp)
        floats = windows.astype(np.float32)
        energy = np.einsum("ij,ij->i", floats, floats).astype(np.float64) / _FULL_SCALE**2
        energies += np.bincount(levels, weights=energy, minlength=_LEVELS)
    return Mastering(gain_db=round(_find_gain(energies, frames), 3))


def _highest_near(peaks: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return for each window the highest peak that the limiter then heeds, in a few whole-array steps."""
    import numpy as np

    reach = _RELEASE_WINDOWS + _ATTACK_WINDOWS + 1
    highest = np.pad(peaks, (_RELEASE_WINDOWS, _ATTACK_WINDOWS))
    width = 1
    while width < reach:  # the maximum over `width` windows becomes that over `width + step`
        step = min(width, reach - width)
        highest = np.maximum(highest[:-step], highest[step:])
        width += step
    return highest


def _find_gain(energies: NDArray[np.float64], frames: int) -> float:
    """Solve for the gain by bisection: the loudness after limiting grows with it.

    `energies[i]` is the energy of all that lies near a peak of `-i * _LEVEL_DB` dBFS.  The limiter takes
    at most `MOST_LIMITING_DB`, even where the target is not reached then.
    """
    import numpy as np

    peaks_db = -_LEVEL_DB * np.arange(_LEVELS)
    target = max(frames, 1) * 10 ** (TARGET_RMS_DB / 10)
    loudest_db = peaks_db[np.flatnonzero(energies)[0]] if energies.any() else 0.0
    low, high = -40.0, CEILING_DB - float(loudest_db) + MOST_LIMITING_DB
    for _ in range(40):
        gain_db = (low + high) / 2
        limited_db = gain_db - np.maximum(0, peaks_db + gain_db - CEILING_DB)
        reached = float(np.dot(energies, 10 ** (limited_db / 10))) >= target
        low, high = (low, gain_db) if reached else (gain_db, high)
    return (low + high) / 2


def lay_room_tone(blocks: Iterable[bytes], gain_db: float, sample_rate: int) -> Iterator[bytes]:
    """Add room tone to blocks of 16-bit mono samples so that it comes out at `ROOM_TONE_DB`.

    The noise is the same in every track; it repeats after some seconds, inaudibly at that level.
    """
    import numpy as np

    # RandomState's stream is frozen for good (NEP 19), a Generator's is not: equal bytes need the former.
    tone = np.random.RandomState(20).normal(size=_TONE_SECONDS * sample_rate)
    scaled = tone * (_FULL_SCALE * 10 ** ((ROOM_TONE_DB - gain_db) / 20))
    noise = np.rint(np.clip(scaled, -1000, 1000)).astype(np.int16)
    position = 0
    for block in blocks:
        samples = np.frombuffer(block, dtype="<i2")
        under = np.resize(np.roll(noise, -position), len(samples))
        position = (position + len(samples)) % len(noise)
        mixed = np.clip(samples.astype(np.int32) + under, -_FULL_SCALE, _FULL_SCALE - 1)
        yield mixed.astype("<i2").tobytes()
