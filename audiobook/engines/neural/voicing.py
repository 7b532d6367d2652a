"""How high a voice is, and so whether it is a man's or a woman's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audiobook.model import Gender

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.floating[Any]]
else:
    Floats = Any

_HIGHEST_MAN, _LOWEST_WOMAN = 155.0, 165.0
"""Median F0 in Hz, between which nothing is said.  Taste; men's vowels had a mean of 131 Hz and women's of
220 in Hillenbrand et al., "Acoustic characteristics of American English vowels" (1995)."""


def judge_gender(f0_hz: float) -> Gender:
    """Return whose voice is likely to have a median fundamental frequency; between the two it is unknown."""
    if not f0_hz:
        return "unknown"
    return "male" if f0_hz < _HIGHEST_MAN else "female" if f0_hz > _LOWEST_WOMAN else "unknown"


def find_f0(samples: Floats, sample_rate: int) -> Floats:
    """Return the fundamental frequency in Hz of each periodic frame of 2,048 samples, 512 apart.

    Autocorrelation divided by the window's own (Boersma 1993); the first peak within 85 % of the
    highest, between 55 and 400 Hz, counts where the frame is periodic to 60 %.
    """
    import numpy as np

    size = 2048
    window = np.hanning(size)
    window_lags = np.fft.irfft(np.abs(np.fft.rfft(window, 2 * size)) ** 2)[:size]
    frames = np.lib.stride_tricks.sliding_window_view(samples, size)[::512]
    level = np.sqrt((frames**2).mean(axis=1))
    first, last = sample_rate // 400, sample_rate // 55
    found = []
    for frame in frames[level > 0.1 * np.percentile(level, 95)]:
        spectrum = np.fft.rfft((frame - frame.mean()) * window, 2 * size)
        lags = np.fft.irfft(np.abs(spectrum) ** 2)[:size] / window_lags * window_lags[0]
        near = lags[first:last] / lags[0]
        is_peak = (near[1:-1] >= near[:-2]) & (near[1:-1] >= near[2:]) & (near[1:-1] > 0.85 * near.max())
        if near.max() > 0.6 and is_peak.any():
            found.append(sample_rate / (first + 1 + np.argmax(is_peak)))
    return np.array(found)
