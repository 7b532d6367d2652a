"""Where a finished file is silent for long; kept beside the clips."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from audiobook.audio import Encoder
from audiobook.caching.clips import ClipCache
from audiobook.caching.hashed_files import touch
from audiobook.checking import find_silences
from audiobook.files import write_whole

Silence = tuple[float, float]
"""When it begins, and when it ends, in seconds."""


def recall_silences(fingerprint: str, cache: ClipCache) -> list[Silence] | None:
    """Return what `measure_silences` found in the file with this fingerprint; None where it has not."""
    path = _place(fingerprint, cache)
    try:
        found = [(float(start), float(end)) for start, end in json.loads(path.read_bytes())]
    except (OSError, ValueError, TypeError):
        return None
    touch(path)
    return found


def measure_silences(path: Path, fingerprint: str, cache: ClipCache, encoder: Encoder) -> list[Silence]:
    """Decode a file and return where it is silent for long.  Raises `EncoderError` where it can't be decoded.

    It is kept in the cache if that can be written.
    """
    found = find_silences(path, encoder)
    with contextlib.suppress(OSError):
        write_whole(_place(fingerprint, cache), json.dumps(found).encode())
    return found


def forget_silences(fingerprint: str, cache: ClipCache) -> None:
    """Forget where a file is silent: another was made in its place."""
    with contextlib.suppress(OSError):
        _place(fingerprint, cache).unlink(missing_ok=True)


def _place(fingerprint: str, cache: ClipCache) -> Path:
    return cache.folder / fingerprint[:2] / f"{fingerprint}.silences"
