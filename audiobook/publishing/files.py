"""The files that a chapter becomes, by their ending: how each is tagged, and read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

from audiobook.errors import StorageError
from audiobook.model import Image, Track, Utterance
from audiobook.publishing import flac, m4a, mp3, opus
from audiobook.publishing.tags import FileMark, Stamp, Tags, read_times


class TrackFile(Protocol):
    """What a module of one format of file can do; see `mp3.py` for what each function promises."""

    def write_tags(self, path: Path, tags: Tags, stamp: Stamp, cover: Image | None = None) -> None: ...
    def read_mark(self, path: Path, *, whole: bool = True) -> FileMark | None: ...
    def read_record_text(self, path: Path) -> str | None: ...
    def read_times_text(self, path: Path) -> str | None: ...
    def read_seconds(self, path: Path) -> float: ...


TRACK_FILES: Mapping[str, TrackFile] = {".mp3": mp3, ".opus": opus, ".flac": flac, ".m4a": m4a}


def write_tags(path: Path, tags: Tags, stamp: Stamp, cover: Image | None = None) -> None:
    """Write tags, stamp and picture into an untagged file.  Raises `StorageError` where that fails."""
    TRACK_FILES[path.suffix].write_tags(path, tags, stamp, cover)


def read_mark(path: Path, *, whole: bool = True) -> FileMark | None:
    """Return the mark of a file that narrate made; None where it is missing or foreign.

    With `whole`, also None where the file is not as long as when it was made, or its sound's header
    is damaged.
    """
    file = TRACK_FILES.get(path.suffix)
    return file.read_mark(path, whole=whole) if file else None


def read_record_text(path: Path) -> str | None:
    """Return the record that is in a file; None where there is none."""
    return TRACK_FILES[path.suffix].read_record_text(path)


def read_seconds(path: Path) -> float:
    """Return an untagged file's length to the sample.  Raises `StorageError` where it does not tell."""
    return TRACK_FILES[path.suffix].read_seconds(path)


def read_track(path: Path, title: str, chapter: int, utterances: Sequence[Utterance]) -> Track:
    """Read back a finished track that was made of these utterances.

    Raises `StorageError` where it is not whole, or was made of others.
    """
    mark = read_mark(path)
    times = TRACK_FILES[path.suffix].read_times_text(path) if mark else None
    if mark is None or times is None:
        raise StorageError(f"{path}: is not a whole file that narrate made; run narrate again")
    try:
        cues = read_times(times, utterances)
    except StorageError as error:
        raise StorageError(f"{path}: {error}; run narrate again") from error
    return Track(path=str(path), title=title, chapter=chapter, seconds=mark.seconds, cues=cues)
