"""Sound files made to measure, in any format that ffmpeg writes."""

from __future__ import annotations

import functools
import subprocess
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from audiobook.audio import find_encoder
from audiobook.checking.decoding import decode
from audiobook.checking.meter import Measurement, Meter

RATE = 44_100
MP3 = ("-c:a", "libmp3lame", "-b:a", "192k")

Samples = NDArray[np.float32]


@functools.lru_cache(maxsize=16)
def noise(seconds: float, db: float, *, seed: int = 1, rate: int = RATE) -> Samples:
    """White noise of this RMS, always the same."""
    samples = np.random.RandomState(seed).normal(size=round(seconds * rate)) * 10 ** (db / 20)
    return _for_all(np.asarray(samples, dtype=np.float32))


def _for_all(samples: Samples) -> Samples:
    """Let nobody change what the next caller gets too."""
    samples.flags.writeable = False
    return samples


@functools.lru_cache(maxsize=16)
def babble(seconds: float, db: float = -20.5, *, rate: int = RATE) -> Samples:
    """Something with the ups and downs of speech, between 120 and 4,000 Hz."""
    sound = noise(seconds, 0, rate=rate)
    spectrum = np.fft.rfft(sound)
    hertz = np.fft.rfftfreq(len(sound), 1 / rate)
    spectrum[(hertz < 120) | (hertz > 4000)] = 0
    times = np.arange(len(sound)) / rate
    swelling = np.fft.irfft(spectrum, len(sound)) * (0.6 + 0.4 * np.sin(2 * np.pi * 4 * times))
    level = 10 ** (db / 20) / float(np.sqrt(np.mean(swelling**2)))
    return _for_all(np.asarray(swelling * level, dtype=np.float32))


def story(seconds: float = 4, *, head_s: float = 0.9, tail_s: float = 3, floor_db: float = -70) -> Samples:
    """A track as a shop wants it: room tone, sound, room tone."""
    head, tail = round(head_s * RATE), round(tail_s * RATE)
    track: Samples = np.pad(babble(seconds, -18.5), (head, tail))
    return track + noise(len(track) / RATE + 1, floor_db, seed=2)[: len(track)]


def write(path: Path, samples: Samples, *options: str, rate: int = RATE) -> Path:
    """Encode samples, of shape (frames,) or (frames, channels), with ffmpeg's options."""
    channels = samples.shape[1] if samples.ndim > 1 else 1
    path.write_bytes(_encode(samples.astype("<f4").tobytes(), channels, rate, options or MP3, path.suffix))
    return path


@functools.lru_cache(maxsize=8)
def _encode(data: bytes, channels: int, rate: int, options: tuple[str, ...], suffix: str) -> bytes:
    command = [find_encoder().program, "-loglevel", "error", "-f", "f32le", "-ar", str(rate)]
    command += ["-ac", str(channels), "-i", "-", *options]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, f"a{suffix}")
        subprocess.run([*command, str(path)], input=data, check=True, capture_output=True)
        return path.read_bytes()


def measure(samples: Samples, rate: int = RATE, block: int = 100_000) -> Measurement:
    """Meter samples in blocks of any size."""
    columns = samples[:, None] if samples.ndim == 1 else samples
    meter = Meter(rate, columns.shape[1])
    for start in range(0, len(columns), block):
        meter.feed(columns[start : start + block])
    return meter.finish()


def read(path: Path) -> tuple[Samples, int]:
    """Decode a file whole."""
    with decode(path, find_encoder()) as decoded:
        assert not isinstance(decoded, str), decoded
        samples = np.concatenate(list(decoded.blocks))
        assert decoded.complaints == []
        return samples, decoded.sample_rate


def listen(path: Path) -> Measurement:
    """Decode and meter a file."""
    samples, rate = read(path)
    return measure(samples, rate)
