"""MP4 files, opened by mutagen once they are known to be whole.  Format: ISO/IEC 14496-12."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audiobook.errors import StorageError

PRIMING = 1024
"""The samples that ffmpeg's encoder of AAC begins with (`initial_padding` in libavcodec/aacenc.c).

An edit list keeps players from sounding them; the media's length, which mutagen tells, counts them.
"""

_LONG_SIZE = 1
"""Stands for a box's size where that needs 64 bits, which then follow the box's name."""


def open_mp4(path: Path, kind: str) -> Any:
    """Open an MP4 with sound as mutagen's `MP4`.  `kind` is what the file should be.

    Raises `StorageError` where it is missing, cut or foreign.
    """
    from mutagen import MutagenError

    try:
        return _open(path)
    except (MutagenError, OSError, ValueError, OverflowError) as error:
        raise StorageError(f"{path}: not {kind} as narrate makes them: {error}") from error


def _open(path: Path) -> Any:
    from mutagen.mp4 import MP4

    if not _is_whole(path):
        raise ValueError("it is cut, or no MP4")
    opened = MP4(path)
    if not opened.info.sample_rate:
        raise ValueError("it has no sound")
    return opened


def _is_whole(path: Path) -> bool:
    """Tell whether a file's outermost boxes fill it to its end; mutagen takes what there is."""
    size, position = path.stat().st_size, 0
    with path.open("rb") as file:
        while position < size:
            file.seek(position)
            head = file.read(16)
            length = int.from_bytes(head[:4])
            if length == _LONG_SIZE:
                length = int.from_bytes(head[8:])
            if length < 8:
                return False
            position += length
    return position == size > 0


def count_samples(info: Any) -> int:
    """Return how long a file plays, in samples, by what mutagen tells of it."""
    samples: int = round(info.length * info.sample_rate) - PRIMING
    return samples


def count_seconds(info: Any) -> float:
    """Return how long a file plays, to the sample."""
    return float(count_samples(info) / info.sample_rate)
