"""How loud a finished file is along its way, for a player's seek bar; kept beside the clips."""

from __future__ import annotations

import contextlib
from pathlib import Path

from audiobook.audio import Encoder
from audiobook.caching.clips import ClipCache
from audiobook.caching.hashed_files import touch
from audiobook.checking import decode
from audiobook.errors import EncoderError
from audiobook.files import write_whole

STEPS = 1000
"""As many as a wide screen can show."""


def find_waveform(fingerprint: str, cache: ClipCache) -> bytes | None:
    """Return what `draw_waveform` found out about the file with this fingerprint; None where it has not."""
    path = _place(fingerprint, cache)
    try:
        waveform = path.read_bytes()
    except OSError:
        return None
    touch(path)
    return waveform if len(waveform) == STEPS else None


def draw_waveform(path: Path, seconds: float, fingerprint: str, cache: ClipCache, encoder: Encoder) -> bytes:
    """Decode a file of so many seconds and return how loud it is in each of `STEPS` equal stretches.

    RMS, 255 being the loudest stretch.  It is kept in the cache if that can be written.
    Raises `EncoderError` where the file can't be decoded.
    """
    import numpy as np

    power = np.zeros(STEPS)
    with decode(path, encoder) as decoded:
        if isinstance(decoded, str):
            raise EncoderError(f"{path}: can't be decoded: {decoded}")
        frames, at = max(1, round(seconds * decoded.sample_rate)), 0
        for block in decoded.blocks:
            places = np.minimum((np.arange(at, at + len(block)) * STEPS) // frames, STEPS - 1)
            power += np.bincount(places, weights=np.square(block).mean(axis=1), minlength=STEPS)
            at += len(block)
    loudness = np.sqrt(power)
    waveform = np.round(255 * loudness / max(float(loudness.max()), 1e-9)).astype(np.uint8).tobytes()
    with contextlib.suppress(OSError):
        write_whole(_place(fingerprint, cache), waveform)
    return waveform


def forget_waveform(fingerprint: str, cache: ClipCache) -> None:
    """Forget a file's waveform: another was made in its place."""
    with contextlib.suppress(OSError):
        _place(fingerprint, cache).unlink(missing_ok=True)


def _place(fingerprint: str, cache: ClipCache) -> Path:
    return cache.folder / fingerprint[:2] / f"{fingerprint}.waveform"
