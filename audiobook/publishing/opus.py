"""Opus in Ogg: a chapter in a quarter of an MP3's size, with Vorbis comments.  Format: RFC 7845, RFC 3533."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

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

_RATE = 48_000
"""What Opus counts its samples in, whatever it was made of."""

_PAGE_HEADER = 27
_LONGEST_PAGE = _PAGE_HEADER + 255 + 255 * 255
_IS_CONTINUED, _IS_LAST = 1, 4


def write_tags(path: Path, tags: Tags, stamp: Stamp, cover: Image | None = None) -> None:
    """Write tags, stamp and picture into an untagged file.  Raises `StorageError` where that fails."""
    from mutagen import MutagenError
    from mutagen.oggopus import OggOpus

    try:
        audio_bytes = path.stat().st_size - _audio_start(path)
        ogg = OggOpus(path)
        ogg.tags.clear()
        ogg.tags.extend(write_comments(tags, stamp, audio_bytes))
        if cover is not None:
            block = make_picture(cover).write()
            ogg.tags.append(("METADATA_BLOCK_PICTURE", base64.b64encode(block).decode("ascii")))
        ogg.save(padding=lambda _info: 0)
    except (MutagenError, OSError, ValueError) as error:
        raise StorageError(f"{path.parent}: the tags could not be written: {error}") from error


def _read_comments(path: Path) -> dict[str, list[str]] | None:
    from mutagen import MutagenError
    from mutagen.oggopus import OggOpus

    try:
        comments: dict[str, list[str]] = OggOpus(path).tags.as_dict()
    except (MutagenError, OSError, ValueError):
        return None
    return {key.lower(): values for key, values in comments.items()}


def _pages(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield each page's header and body from here on; a page that is cut ends it."""
    while len(head := file.read(_PAGE_HEADER)) == _PAGE_HEADER and head.startswith(b"OggS"):
        lacing = file.read(head[26])
        body = file.read(sum(lacing))
        if len(lacing) < head[26] or len(body) < sum(lacing):
            return
        yield head, body


def _audio_start(path: Path) -> int:
    """Return where the pages of sound begin: behind OpusHead, and all pages of OpusTags."""
    with path.open("rb") as file:
        for number, (_head, _body) in enumerate(_pages(file)):
            after = file.tell()
            upcoming = file.read(_PAGE_HEADER)
            file.seek(after)
            if number and len(upcoming) == _PAGE_HEADER and not upcoming[5] & _IS_CONTINUED:
                return after
    raise ValueError("its headers are cut")


def _count_samples(path: Path) -> int:
    """Return how many samples play: the last page's position, less what the encoder put before the sound.

    Raises `ValueError` where the file does not end in a whole last page.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        _, head = next(_pages(file), (b"", b""))
        file.seek(max(0, size - _LONGEST_PAGE))
        tail = file.read()
    start = tail.rfind(b"OggS")
    page = tail[start:]
    if not head.startswith(b"OpusHead") or start < 0 or len(page) < _PAGE_HEADER:
        raise ValueError("not Opus in Ogg")
    lacing = page[_PAGE_HEADER : _PAGE_HEADER + page[26]]
    if not page[5] & _IS_LAST or len(page) != _PAGE_HEADER + len(lacing) + sum(lacing):
        raise ValueError("its end is cut")
    return int.from_bytes(page[6:14], "little") - int.from_bytes(head[10:12], "little")


def read_mark(path: Path, *, whole: bool = True) -> FileMark | None:
    """Return the mark of a file that narrate made; None where it is missing or foreign.

    With `whole`, also None where the file is not as long as when it was made, or its last page is damaged.
    """
    comments = _read_comments(path)
    if comments is None:
        return None
    try:
        audio_bytes = path.stat().st_size - _audio_start(path)
        seconds = _count_samples(path) / _RATE
    except (OSError, ValueError):
        audio_bytes, seconds = 0, 0.0
    return read_comment_mark(comments, audio_bytes, seconds, whole=whole)


def read_record_text(path: Path) -> str | None:
    """Return the record that `write_tags` left in a file; None where there is none."""
    return read_comment_record(_read_comments(path))


def read_times_text(path: Path) -> str | None:
    """Return what `write_tags` left in a file of where its words sound; None where there is nothing."""
    return read_comment_times(_read_comments(path))


def read_seconds(path: Path) -> float:
    """Return a file's length to the sample (of 48 kHz), by its last page and its first.

    Raises `StorageError` where the file is gone or does not tell.
    """
    try:
        return _count_samples(path) / _RATE
    except (OSError, ValueError) as error:
        raise StorageError(f"{path}: not Opus as narrate makes it: {error}") from error
