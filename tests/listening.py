"""Ears for the tests: decode a finished file with ffmpeg and measure it, independently of the package."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiobook.audio import find_encoder

Samples = NDArray[np.float64]


def decode(path: Path, sample_rate: int = 44_100) -> Samples:
    """Decode to mono samples in −1…1."""
    command = [find_encoder().program, "-loglevel", "error", "-i", str(path), "-f", "f32le", "-ac", "1"]
    done = subprocess.run([*command, "-ar", str(sample_rate), "-"], capture_output=True, check=True)
    assert done.stderr == b""
    return np.frombuffer(done.stdout, dtype="<f4").astype(np.float64)


def decibels(value: float) -> float:
    return 20 * float(np.log10(max(value, 1e-12)))


def rms_db(samples: Samples) -> float:
    """ACX's RMS: ungated, with DC removed."""
    return decibels(float(np.sqrt(np.mean((samples - samples.mean()) ** 2))))


def peak_db(samples: Samples) -> float:
    """The highest peak between the samples too, by four times oversampling in the frequency domain.

    Only stretches whose samples come within 1 dB of the highest are oversampled.
    """
    highest = float(np.abs(samples).max())
    size, edge = 1 << 14, 1 << 10  # the ends of a stretch ring: they overlap and are left out
    for start in range(0, len(samples), size - 2 * edge):
        block = samples[start : start + size]
        if len(block) < 4 * edge or np.abs(block).max() < 0.89 * np.abs(samples).max():
            continue
        spectrum = np.fft.rfft(block)
        wanted = 4 * len(block)
        oversampled = np.fft.irfft(np.pad(spectrum, (0, wanted // 2 + 1 - len(spectrum))), wanted) * 4
        highest = max(highest, float(np.abs(oversampled[4 * edge : -4 * edge]).max()))
    return decibels(highest)


def noise_floor_db(samples: Samples, sample_rate: int = 44_100) -> float:
    """RMS of the quietest half second, in steps of a tenth."""
    step, window = sample_rate // 10, sample_rate // 2
    starts = range(0, max(1, len(samples) - window), step)
    return min(rms_db(samples[start : start + window]) for start in starts)


def loudness_lufs(path: Path) -> float:
    """EBU R 128 integrated loudness, by ffmpeg's meter."""
    command = [find_encoder().program, "-nostats", "-i", str(path), "-af", "ebur128", "-f", "null", "-"]
    said = subprocess.run(command, capture_output=True, check=True).stderr.decode()
    return float(re.findall(r"I:\s+(-?[\d.]+) LUFS", said)[-1])


def silence_ends_s(
    samples: Samples, sample_rate: int = 44_100, threshold_db: float = -50
) -> tuple[float, float]:
    """Seconds before the first and after the last sound."""
    loud = np.flatnonzero(np.abs(samples) > 10 ** (threshold_db / 20))
    return loud[0] / sample_rate, (len(samples) - loud[-1]) / sample_rate
