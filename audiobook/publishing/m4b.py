"""M4B: a whole book in one file, joined of its chapters' AAC without encoding them again.

The boxes are written here, not by ffmpeg, for the sake of the chapters' times: each part begins with the
encoder's priming and ends in a filled-up frame, which a join by lengths leaves out of account, up to 46 ms
a chapter.  Here all frames follow each other, as every player decodes them, and a chapter begins at the
sample where its own sound does.  There is one edit for the whole file (the first part's priming), since
many players heed no more; the others' priming and filling stays between chapters, 23 to 46 ms of silence.

`moov` lies before the sound, so that a player on the net begins at once.  The chapters are there twice: as
a QuickTime text track (Apple, ffmpeg), and as Nero's `chpl` (most others).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from itertools import accumulate
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.model import Release
from audiobook.publishing.itunes import read_atom_mark, write_atoms
from audiobook.publishing.m4a import FRAME, Part, read_part
from audiobook.publishing.movie import Layout, Section, write_movie
from audiobook.publishing.mp4 import box, box_header, find_box, list_boxes, read_box
from audiobook.publishing.tags import language_code

_COPY_BYTES = 1 << 20
_LONGEST_SHORT_FILE = (1 << 32) - (1 << 28)
"""Bytes of sound up to which offsets of 32 bits reach, with room for the tables."""


def write(release: Release, path: Path, *, mark: str, ffmpeg: str) -> None:  # noqa: ARG001 - needs none
    """Join a release whose tracks are parts (`m4a.py`) into an unfinished file at `path`.

    One pass, with memory for the tables alone: 4 bytes for each 23 ms.  Raises `StorageError`.
    """
    layout = _lay_out(release)
    atoms = write_atoms(release, mark)
    texts = b"".join(layout.texts)
    head = box(b"ftyp", b"M4B ", bytes(4), b"M4B ", b"M4A ", b"mp42", b"isom")
    mdat = box_header(b"mdat", len(texts) + sum(part.end - part.start for part in layout.parts))
    start = len(head) + len(write_movie(layout, atoms, 0)) + len(mdat)
    try:
        with path.open("wb") as file:
            for data in (head, write_movie(layout, atoms, start), mdat, texts):
                file.write(data)
            for part in layout.parts:
                for data in _read_sound(part):
                    file.write(data)
    except OSError as error:
        raise StorageError(f"{path.parent}: can't be written: {error.strerror}") from error


def _read_sound(part: Part) -> Iterator[bytes]:
    left = part.end - part.start
    try:
        with part.path.open("rb") as file:
            file.seek(part.start)
            while left and (data := file.read(min(left, _COPY_BYTES))):
                yield data
                left -= len(data)
    except OSError as error:
        raise StorageError(f"{part.path}: can't be read: {error.strerror}") from error
    if left:
        raise StorageError(f"{part.path}: was cut while it was read; run narrate again")


def _lay_out(release: Release) -> Layout:
    """Find where each chapter's sound begins among all the frames."""
    parts = tuple(read_part(Path(track.path)) for track in release.tracks)
    if len({(part.rate, part.config) for part in parts}) != 1:
        raise StorageError(f"{release.book.title}: its parts were not all encoded alike; run narrate --force")
    before = list(accumulate((part.frames * FRAME for part in parts), initial=0))
    starts = [first + part.priming - parts[0].priming for first, part in zip(before, parts, strict=False)]
    ends = [*starts[1:], starts[-1] + parts[-1].samples]
    return Layout(
        parts=parts,
        sections=tuple(
            Section(title=track.title, start=start, end=end)
            for track, start, end in zip(release.tracks, starts, ends, strict=True)
        ),
        language=language_code(release.book.language),
        is_long=sum(part.end - part.start for part in parts) > _LONGEST_SHORT_FILE,
    )


def read_mark(path: Path) -> str | None:
    """Return the mark of a file that narrate made; None where it is missing, cut or foreign."""
    try:
        return read_atom_mark(_read_movie(path))
    except (OSError, ValueError):
        return None


def read_seconds(path: Path) -> float:
    """Return how long a file plays.  Raises `StorageError` where it does not tell."""
    try:
        header = find_box(_read_movie(path), b"mvhd")
        scale, length = struct.unpack_from(">20xIQ" if header[0] else ">12xII", header)
    except (OSError, ValueError, struct.error) as error:
        raise StorageError(f"{path}: not an M4B as narrate makes them: {error}") from error
    return float(length / scale)


def _read_movie(path: Path) -> bytes:
    places = {place.kind: place for place in list_boxes(path)}
    if not {b"moov", b"mdat"} <= places.keys():
        raise ValueError("it is no MP4 with sound")
    return read_box(path, places[b"moov"])
