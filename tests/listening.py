"""Ears for the tests: decode a finished file with ffmpeg, independently of the package."""

from __future__ import annotations

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
