"""AAC in MP4, as ffmpeg makes it: a chapter on its way into an M4B, which nobody opens by itself.

So it has no tags, and stays the same file when only those change.  The stamp is a box behind the others.
"""

from __future__ import annotations

import json
import struct
import uuid
from dataclasses import dataclass
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.model import Image
from audiobook.publishing.mp4 import Place, box, find_box, list_boxes, read_box
from audiobook.publishing.tags import Mark, Stamp, Tags

FRAME = 1024
"""Samples in each frame of AAC-LC (ISO/IEC 14496-3)."""

_SAMPLE_ENTRY_BYTES = 28
"""Of a description of sound, before the boxes in it."""

_STAMP = uuid.uuid5(uuid.NAMESPACE_URL, "urn:narrate:stamp").bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What an M4B takes of a chapter.

    `sizes` are the bytes of each frame, as 32-bit big-endian numbers; the frames lie one after the other
    in the file from `start` to `end`.  The first `priming` samples are the encoder's own, then come
    `samples` of sound, then what fills the last frame.  `config` is what the decoder must know.
    """

    path: Path
    rate: int
    start: int
    end: int
    sizes: bytes
    priming: int
    samples: int
    config: bytes

    @property
    def frames(self) -> int:
        """The number of frames."""
        return len(self.sizes) // 4


def write_tags(path: Path, _tags: Tags, stamp: Stamp, _cover: Image | None = None) -> None:
    """Write the stamp alone.  Raises `StorageError` where that fails."""
    words = [f"{stamp.fingerprint}:{stamp.origin}", stamp.record, stamp.times]
    try:
        with path.open("ab") as file:
            file.write(box(b"uuid", _STAMP, json.dumps(words).encode()))
    except OSError as error:
        raise StorageError(f"{path.parent}: the tags could not be written: {error}") from error


def _read_stamp(path: Path) -> list[str]:
    """Return mark, record and times.  Raises `ValueError` where the file is cut or foreign."""
    last = list_boxes(path)[-1:]
    data = read_box(path, last[0]) if last and last[0].kind == b"uuid" else b""
    if not data.startswith(_STAMP):
        raise ValueError("narrate did not make it")
    mark, record, times = json.loads(data[len(_STAMP) :])
    return [str(mark), str(record), str(times)]


def read_mark(path: Path, *, whole: bool = True) -> Mark | None:
    """Return the mark of a file that narrate made; None where it is missing, cut or foreign."""
    try:
        fingerprint, _, origin = _read_stamp(path)[0].partition(":")
        seconds = read_seconds(path) if whole else 0.0
    except (OSError, ValueError, StorageError):
        return None
    return Mark(fingerprint=fingerprint, origin=origin, seconds=seconds)


def read_record_text(path: Path) -> str | None:
    """Return the record that `write_tags` left in a file; None where there is none."""
    try:
        return _read_stamp(path)[1]
    except (OSError, ValueError):
        return None


def read_times_text(path: Path) -> str | None:
    """Return what `write_tags` left in a file of where its words sound; None where there is nothing."""
    try:
        return _read_stamp(path)[2]
    except (OSError, ValueError):
        return None


def read_seconds(path: Path) -> float:
    """Return the length to the sample, by the edit list.  Raises `StorageError` where it does not tell."""
    part = read_part(path)
    return part.samples / part.rate


def read_part(path: Path) -> Part:
    """Read where a file's frames lie.  Raises `StorageError` where it is not whole, or not as expected."""
    try:
        places = {place.kind: place for place in list_boxes(path)}
        return _read_part(path, places[b"mdat"], read_box(path, places[b"moov"]))
    except (OSError, ValueError, KeyError, struct.error) as error:
        raise StorageError(f"{path}: not a part of an M4B as narrate makes them: {error}") from error


def _read_part(path: Path, sound: Place, moov: bytes) -> Part:
    track = find_box(moov, b"trak")
    tables = find_box(track, b"mdia", b"minf", b"stbl")
    # Version, time scale and length; version, entries, length and where in the sound that begins.
    (scale,) = struct.unpack_from(">12xI", find_box(moov, b"mvhd"))
    (rate,) = struct.unpack_from(">12xI", find_box(track, b"mdia", b"mdhd"))
    version, entries, samples, priming = struct.unpack_from(">IIII", find_box(track, b"edts", b"elst"))
    each, count = struct.unpack_from(">4xII", find_box(tables, b"stsz"))
    sizes = struct.pack(">I", each) * count if each else find_box(tables, b"stsz")[12:]
    is_filled = sum(struct.unpack(f">{count}I", sizes)) == sound.end - sound.content
    if (version, entries, scale) != (0, 1, rate) or not is_filled or priming + samples > count * FRAME:
        raise ValueError("its frames are not where they should be")
    return Part(
        path=path,
        rate=rate,
        start=sound.content,
        end=sound.end,
        sizes=sizes,
        priming=priming,
        samples=samples,
        config=_read_config(find_box(tables, b"stsd")),
    )


def _read_config(descriptions: bytes) -> bytes:
    """Return the AudioSpecificConfig, which lies in three descriptors (ISO/IEC 14496-1, section 7.2.6)."""
    data = find_box(find_box(descriptions[8:], b"mp4a")[_SAMPLE_ENTRY_BYTES:], b"esds")[4:]
    for tag, skipped in ((3, 3), (4, 13), (5, 0)):
        if data[:1] != bytes([tag]):
            raise ValueError("it does not tell how it was encoded")
        # The length: seven bits a byte, as long as the eighth says that more follow.
        count = next(place for place in range(1, 5) if not data[place] & 0x80)
        length = sum(
            (byte & 0x7F) << 7 * (count - place) for place, byte in enumerate(data[1 : count + 1], 1)
        )
        data = data[count + 1 :][skipped:length]
    return data
