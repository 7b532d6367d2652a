"""FLAC: a chapter without loss, with Vorbis comments.  Format: RFC 9639."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from audiobook.errors import StorageError
from audiobook.model import Image
from audiobook.publishing.tags import FileMark, Stamp, Tags
from audiobook.publishing.vorbis import (
    make_picture,
    read_comment_mark,
    read_comment_record,
    read_comment_times,
    write_comments,
)

_LAST_BLOCK = 0x80


def write_tags(path: Path, tags: Tags, stamp: Stamp, cover: Image | None = None) -> None:
    """Write tags, stamp and picture into an untagged FLAC.  Raises `StorageError` where that fails."""
    from mutagen import MutagenError
    from mutagen.flac import FLAC

    try:
        audio_bytes = path.stat().st_size - _audio_start(path)
        flac = FLAC(path)
        flac.tags.clear()  # ffmpeg always leaves some, with its name
        flac.tags.extend(write_comments(tags, stamp, audio_bytes))
        flac.clear_pictures()
        if cover is not None:
            flac.add_picture(make_picture(cover))
        flac.save(padding=lambda _info: 0)
    except (MutagenError, OSError, ValueError) as error:
        raise StorageError(f"{path.parent}: the tags could not be written: {error}") from error


def _open(path: Path) -> Any:
    from mutagen import MutagenError
    from mutagen.flac import FLAC

    try:
        return FLAC(path)
    except (MutagenError, OSError, ValueError):
        return None


def _audio_start(path: Path) -> int:
    """Return where the first frame begins: behind the block that says it is the last."""
    with path.open("rb") as file:
        if file.read(4) != b"fLaC":
            raise ValueError("not a FLAC file")
        while len(head := file.read(4)) == 4:
            file.seek(int.from_bytes(head[1:]), 1)
            if head[0] & _LAST_BLOCK:
                return file.tell()
    raise ValueError("its headers are cut")


def read_mark(path: Path, *, whole: bool = True) -> FileMark | None:
    """Return the mark of a file that narrate made; None where it is missing or foreign.

    With `whole`, also None where the file is not as long as when it was made.
    """
    flac = _open(path)
    if flac is None:
        return None
    try:
        audio_bytes = path.stat().st_size - _audio_start(path)
    except (OSError, ValueError):
        return None
    return read_comment_mark(flac.tags, audio_bytes, _seconds(flac), whole=whole)


def _seconds(flac: Any) -> float:
    return float(flac.info.total_samples / flac.info.sample_rate)


def read_record_text(path: Path) -> str | None:
    """Return the record that `write_tags` left in a file; None where there is none."""
    flac = _open(path)
    return None if flac is None else read_comment_record(flac.tags)


def read_times_text(path: Path) -> str | None:
    """Return what `write_tags` left in a file of where its words sound; None where there is nothing."""
    flac = _open(path)
    return None if flac is None else read_comment_times(flac.tags)


def read_seconds(path: Path) -> float:
    """Return a FLAC's length to the sample, which its STREAMINFO tells.

    Raises `StorageError` where the file is gone or does not tell.
    """
    flac = _open(path)
    if flac is None or not flac.info.total_samples:
        raise StorageError(f"{path}: not a FLAC as narrate makes them: its length is not written in it")
    return _seconds(flac)
