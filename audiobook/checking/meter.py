"""Measure sound as it streams by: loudness, peaks, noise floor, and an outline of where there is any.

One pass in linear time; memory grows by 2 kB a second for the outline, whatever else the file holds.
Filters are applied in the frequency domain, block by block with overlap, by their exact responses: numpy
has no recursive filter, and a loop over samples would take hours for a book.

- Loudness: Recommendation ITU-R BS.1770-5, annex 1 (https://www.itu.int/rec/R-REC-BS.1770), gated as EBU
  R 128 has it (https://tech.ebu.ch/publications/r128).  Sounds short of one block of 400 ms have none.
- True peak: annex 2 of the same: four times oversampled.
- RMS and noise floor: as audiobook shops measure them, see `profiles.py`.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.checking.peaks import PeakMeter

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SILENCE_DB = -120.0
"""What is measured where there is nothing: below a 20-bit recording's last bit."""

OUTLINE_HZ = 100
"""Points of the outline a second: 10 ms tell a cue's start to well under the 60 ms allowed."""

_FFT = 1 << 16
_OVERLAP = 1 << 14
"""Samples after which the filters have died away: the 10 Hz high-pass to a ten-millionth at 48 kHz."""

_STEP_HZ = 10
"""Blocks of 100 ms: the step of BS.1770's 400 ms window, of EBU's 3 s, and of the noise floor's 0.5 s."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measurement:
    """What a meter shows of a sound.

    `rms_db` is ungated, with DC removed, over all channels; `peak_db` the true peak; `floor_db` the RMS of
    the quietest half second, in steps of a tenth, after a high-pass at 10 Hz.  All are in dBFS, `lufs` in
    LUFS, and `SILENCE_DB` where there is nothing.  `outline_rms` and `outline_peak` hold the RMS and the
    highest sample (linear, all channels) of each 10 ms; `loudness_steps` the K-weighted energy of each
    100 ms, from which `short_term` makes a curve.
    """

    sample_rate: int
    channels: int
    frames: int
    rms_db: float
    lufs: float
    peak_db: float
    floor_db: float
    outline_rms: NDArray[np.float32]
    outline_peak: NDArray[np.float32]
    loudness_steps: NDArray[np.float64]

    @property
    def seconds(self) -> float:
        """The length."""
        return self.frames / self.sample_rate


class Meter:
    """Measures samples that come in blocks of any size: `feed` them all, then `finish`."""

    def __init__(self, sample_rate: int, channels: int) -> None:
        import numpy as np

        self._rate = sample_rate
        self._frames = 0
        self._sums = np.zeros(channels)
        self._squares = np.zeros(channels)
        self._peaks = [PeakMeter() for _ in range(channels)]
        self._waiting = np.zeros((channels, 0), dtype=np.float32)
        self._loudness = _Steps(sample_rate // _STEP_HZ)
        self._floor = _Steps(sample_rate // _STEP_HZ)
        self._outline = _Outline(sample_rate // OUTLINE_HZ)
        # Before its beginning a sound is silent, and that is what the filters remember of it.
        self._past = np.zeros((channels, _OVERLAP), dtype=np.float32)

    def feed(self, samples: NDArray[np.float32]) -> None:
        """Take the next samples, of shape (frames, channels), in −1…1."""
        import numpy as np

        self._frames += len(samples)
        columns = np.ascontiguousarray(samples.T)
        self._sums += columns.sum(axis=1, dtype=np.float64)
        self._squares += np.einsum("ij,ij->i", columns, columns, dtype=np.float64)
        self._outline.feed(columns)
        for meter, column in zip(self._peaks, columns, strict=True):
            meter.feed(column)
        waiting = np.concatenate([self._waiting, columns], axis=1)
        size = _FFT - _OVERLAP
        whole = waiting.shape[1] // size * size
        for start in range(0, whole, size):
            self._filter(waiting[:, start : start + size])
        self._waiting = waiting[:, whole:]

    def _filter(self, fresh: NDArray[np.float32]) -> None:
        """Filter what comes after the past, and count its energy (overlap-save)."""
        import numpy as np

        loudness, high_pass = _responses(self._rate)
        stretch = np.concatenate([self._past, fresh], axis=1)
        self._past = stretch[:, -_OVERLAP:]
        spectrum = np.fft.rfft(stretch, n=_FFT, axis=1)
        wanted = slice(_OVERLAP, _OVERLAP + fresh.shape[1])
        for response, steps in ((loudness, self._loudness), (high_pass, self._floor)):
            filtered = np.fft.irfft(spectrum * response, n=_FFT, axis=1)[:, wanted]
            steps.feed(np.einsum("ij,ij->j", filtered, filtered))

    def finish(self) -> Measurement:
        """Return what was measured of all that was fed."""
        import numpy as np

        if self._waiting.shape[1]:
            self._filter(self._waiting)
        count = max(self._frames, 1)
        variances = self._squares / count - (self._sums / count) ** 2
        steps = self._loudness.all()
        rms, peak = self._outline.all()
        return Measurement(
            sample_rate=self._rate,
            channels=len(self._sums),
            frames=self._frames,
            rms_db=decibels(float(np.mean(np.maximum(variances, 0)))),
            lufs=_integrate(steps),
            peak_db=decibels(max(meter.finish() for meter in self._peaks) ** 2),
            floor_db=_find_floor(self._floor.all() / len(self._sums)),
            outline_rms=rms,
            outline_peak=peak,
            loudness_steps=steps,
        )


class _Steps:
    """Adds up energies to means over steps of so many samples; what ends short of a step is left out."""

    def __init__(self, size: int) -> None:
        import numpy as np

        self._size = size
        self._rest = np.zeros(0)
        self._means: list[NDArray[np.float64]] = []

    def feed(self, energies: NDArray[np.float64]) -> None:
        import numpy as np

        energies = np.concatenate([self._rest, energies])
        whole = len(energies) // self._size * self._size
        self._means.append(energies[:whole].reshape(-1, self._size).mean(axis=1, dtype=np.float64))
        self._rest = energies[whole:]

    def all(self) -> NDArray[np.float64]:
        import numpy as np

        return np.concatenate(self._means) if self._means else np.zeros(0)


class _Outline:
    """Keeps the RMS and the highest sample of each short stretch, the last one as short as it comes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._rest: NDArray[np.float32] | None = None
        self._rms: list[NDArray[np.float32]] = []
        self._peak: list[NDArray[np.float32]] = []

    def feed(self, columns: NDArray[np.float32]) -> None:
        import numpy as np

        if self._rest is not None:
            columns = np.concatenate([self._rest, columns], axis=1)
        whole = columns.shape[1] // self._size * self._size
        self._keep(columns[:, :whole].reshape(len(columns), -1, self._size))
        self._rest = columns[:, whole:]

    def _keep(self, stretches: NDArray[np.float32]) -> None:
        import numpy as np

        channels, _, size = stretches.shape
        squares = np.einsum("cij,cij->i", stretches, stretches) / (channels * size)
        self._rms.append(np.sqrt(squares).astype(np.float32))
        highest = np.maximum(stretches.max(axis=2), -stretches.min(axis=2)).max(axis=0)
        self._peak.append(highest.astype(np.float32))

    def all(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        import numpy as np

        if self._rest is not None and self._rest.shape[1]:
            self._keep(self._rest[:, None, :])
            self._rest = None
        nothing = np.zeros(0, dtype=np.float32)
        return np.concatenate([nothing, *self._rms]), np.concatenate([nothing, *self._peak])


def decibels(energy: float) -> float:
    """Turn an energy (a mean square; 1 is full scale) into dB, `SILENCE_DB` at least."""
    import math

    return max(10 * math.log10(energy), SILENCE_DB) if energy > 0 else SILENCE_DB


def _to_lufs(energy: NDArray[np.float64]) -> NDArray[np.float64]:
    """BS.1770-5, equation 2; −0.691 makes a sine of 1 kHz at −3.01 dBFS show −3.01."""
    import numpy as np

    return -0.691 + 10 * np.log10(np.maximum(energy, 10 ** ((SILENCE_DB + 0.691) / 10)))


def _slide(steps: NDArray[np.float64], width: int) -> NDArray[np.float64]:
    """Return the mean of each `width` neighbours."""
    import numpy as np

    if len(steps) < width:
        return np.zeros(0)
    means: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(steps, width).mean(axis=1)
    return means


def _integrate(steps: NDArray[np.float64]) -> float:
    """Gate blocks of 400 ms at −70 LUFS, then at 10 LU under the mean of those that are left."""
    import numpy as np

    blocks = _slide(steps, 4)
    kept = blocks[_to_lufs(blocks) > -70]
    if not len(kept):
        return SILENCE_DB
    threshold = float(_to_lufs(np.asarray([kept.mean()]))[0]) - 10
    kept = kept[_to_lufs(kept) > threshold]
    return float(_to_lufs(np.asarray([kept.mean()]))[0])


def short_term(measurement: Measurement) -> NDArray[np.float64]:
    """Return EBU Tech 3341's short-term loudness: LUFS of the 3 s that end after each 100 ms."""
    import numpy as np

    padded = np.concatenate([np.zeros(29), measurement.loudness_steps])
    return _to_lufs(_slide(padded, 30))


def _find_floor(steps: NDArray[np.float64]) -> float:
    windows = _slide(steps, 5)
    if not len(windows):
        return decibels(float(steps.mean())) if len(steps) else SILENCE_DB
    return decibels(float(windows.min()))


@functools.cache
def _responses(sample_rate: int) -> tuple[NDArray[np.complex64], NDArray[np.complex64]]:
    """Return the frequency responses of the K-weighting and of the noise floor's high-pass.

    BS.1770 gives the K-weighting as coefficients for 48 kHz; the analogue filters that they come from
    (as in libebur128, from which the numbers are known) give those for any rate.
    """
    import numpy as np

    shelf = _high_shelf(1681.974450955533, 0.7071752369554196, 3.999843853973347, sample_rate)
    rumble = _high_pass(38.13547087602444, 0.5003270373238773, sample_rate)
    weighting = _respond(shelf) * _respond((np.array([1.0, -2.0, 1.0]), rumble[1]))
    tenth = _respond(_high_pass(10, 0.5**0.5, sample_rate))
    return weighting.astype(np.complex64), tenth.astype(np.complex64)


_Biquad = tuple["NDArray[np.float64]", "NDArray[np.float64]"]


def _high_shelf(hertz: float, q: float, gain_db: float, sample_rate: int) -> _Biquad:
    import math

    import numpy as np

    k = math.tan(math.pi * hertz / sample_rate)
    high = 10 ** (gain_db / 20)
    band = high**0.4996667741545416
    scale = 1 + k / q + k * k
    above = np.array([high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k])
    below = np.array([scale, 2 * (k * k - 1), 1 - k / q + k * k])
    return above / scale, below / scale


def _high_pass(hertz: float, q: float, sample_rate: int) -> _Biquad:
    import math

    import numpy as np

    k = math.tan(math.pi * hertz / sample_rate)
    scale = 1 + k / q + k * k
    below = np.array([scale, 2 * (k * k - 1), 1 - k / q + k * k])
    return np.array([1.0, -2.0, 1.0]) / scale, below / scale


def _respond(biquad: _Biquad) -> NDArray[np.complex128]:
    import numpy as np

    z = np.exp(-2j * np.pi * np.arange(_FFT // 2 + 1) / _FFT)
    over, under = (taps[0] + taps[1] * z + taps[2] * z * z for taps in biquad)
    response: NDArray[np.complex128] = over / under
    return response
