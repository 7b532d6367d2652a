"""Hear a single line, as an engine has just spoken it, with nothing before or behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from audiobook.listening.hearing import SAMPLE_RATE, LineToHear, Listener
from audiobook.listening.verdicts import Heard, HearingLimits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Wave = NDArray[Any]

_AROUND_S = 0.3
_NO_RIPPLE_S = 0.05
"""Silence around what is resampled, since a Fourier transform takes its end for what is before its start."""


def hear_line(
    listener: Listener, samples: bytes, sample_rate: int, *, said: str, written: str, limits: HearingLimits
) -> Heard:
    """Return the verdict on a line of signed 16-bit samples; the same whatever else was heard."""
    import numpy as np

    wave = resample(np.frombuffer(samples, "<i2").astype(np.float64) / (1 << 15), sample_rate)
    silence = np.zeros(round(_AROUND_S * SAMPLE_RATE), np.float32)
    end_s = _AROUND_S + len(wave) / SAMPLE_RATE
    line = LineToHear(said=said, written=written, start_s=_AROUND_S, end_s=end_s, limits=limits)
    return listener.hear_lines(np.concatenate([silence, wave, silence]), [line])[0]


def resample(wave: Wave, sample_rate: int) -> Wave:
    """Return a wave at the rate at which it is heard, without what that can't hold."""
    import numpy as np

    if sample_rate == SAMPLE_RATE:
        return wave.astype(np.float32)
    around = round(_NO_RIPPLE_S * sample_rate)
    count = round(len(wave) * SAMPLE_RATE / sample_rate)
    # A length of which both rates make whole samples.
    size = -(-(len(wave) + 2 * around) // sample_rate) * sample_rate
    padded = np.zeros(size)
    padded[around : around + len(wave)] = wave
    heard = size // sample_rate * SAMPLE_RATE
    spectrum = np.fft.rfft(padded)[: heard // 2 + 1]
    resampled = np.fft.irfft(spectrum, heard) * (heard / size)
    start = round(_NO_RIPPLE_S * SAMPLE_RATE)
    return resampled[start : start + count].astype(np.float32)
