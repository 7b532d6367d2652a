"""AAC in MP4, as ffmpeg makes it: a chapter on its way into an M4B, which nobody opens by itself.

So it has no tags but the stamp, and stays the same file when only those change.
"""

from __future__ import annotations

import json
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.model import Image
from audiobook.publishing.mp4 import count_seconds, open_mp4
from audiobook.publishing.tags import FileMark, Stamp, Tags

KIND = "a part of an M4B"

_STAMP = "----:narrate:part"


def write_tags(path: Path, _tags: Tags, stamp: Stamp, _cover: Image | None = None) -> None:
    """Write the stamp alone.  Raises `StorageError` where that fails."""
    from mutagen import MutagenError

    part = open_mp4(path, KIND)
    words = [f"{stamp.fingerprint}:{stamp.origin}", stamp.record, stamp.times]
    try:
        if part.tags is None:
            part.add_tags()
        part.tags[_STAMP] = json.dumps(words).encode()
        part.save(padding=lambda _info: 0)
    except (MutagenError, OSError) as error:
        raise StorageError(f"{path.parent}: the tags could not be written: {error}") from error


def _read_stamp(path: Path) -> tuple[str, str, str, float] | None:
    """Return mark, record, times and length in seconds; None where the file is missing, cut or foreign."""
    try:
        part = open_mp4(path, KIND)
        mark, record, times = json.loads(bytes((part.tags or {})[_STAMP][0]))
    except (StorageError, KeyError, TypeError, ValueError):
        return None
    return str(mark), str(record), str(times), count_seconds(part.info)


def read_mark(path: Path, *, whole: bool = True) -> FileMark | None:
    """Return the mark of a file that narrate made; None where it is missing, cut or foreign."""
    stamp = _read_stamp(path)
    if stamp is None:
        return None
    fingerprint, _, origin = stamp[0].partition(":")
    return FileMark(fingerprint=fingerprint, origin=origin, seconds=stamp[3] if whole else 0.0)


def read_record_text(path: Path) -> str | None:
    """Return the record that `write_tags` left in a file; None where there is none."""
    stamp = _read_stamp(path)
    return stamp and stamp[1]


def read_times_text(path: Path) -> str | None:
    """Return what `write_tags` left in a file of where its words sound; None where there is nothing."""
    stamp = _read_stamp(path)
    return stamp and stamp[2]


def read_seconds(path: Path) -> float:
    """Return the length to the sample.  Raises `StorageError` where it does not tell."""
    return count_seconds(open_mp4(path, KIND).info)
