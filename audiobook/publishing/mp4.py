"""MP4's boxes: built of bytes, and found in a file.  Format: ISO/IEC 14496-12."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_LONG_SIZE = 1
"""Stands for the size where that needs 64 bits, which then follow the name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a box of a file lies: from its header over its content to its end, in bytes."""

    kind: bytes
    start: int
    content: int
    end: int


def box(kind: bytes, *content: bytes) -> bytes:
    """Build a box."""
    data = b"".join(content)
    return box_header(kind, len(data)) + data


def box_header(kind: bytes, content_bytes: int) -> bytes:
    """Build what stands before so many bytes of content."""
    if content_bytes + 8 < 1 << 32:
        return struct.pack(">I4s", content_bytes + 8, kind)
    return struct.pack(">I4sQ", _LONG_SIZE, kind, content_bytes + 16)


def full_box(kind: bytes, *content: bytes, version: int = 0, flags: int = 0) -> bytes:
    """Build a box that tells its version and flags."""
    return box(kind, struct.pack(">I", version << 24 | flags), *content)


def list_boxes(path: Path) -> list[Place]:
    """List a file's outermost boxes.

    Raises `ValueError` where they don't fill it to its end: it is cut, or no MP4; and `OSError`.
    """
    size = path.stat().st_size
    found: list[Place] = []
    with path.open("rb") as file:
        position = 0
        while position < size:
            file.seek(position)
            place = _place(file.read(16), position)
            if place is None or place.end > size:
                raise ValueError("it is cut, or no MP4")
            found.append(place)
            position = place.end
    return found


def _place(head: bytes, start: int) -> Place | None:
    if len(head) < 8:
        return None
    size, kind = struct.unpack_from(">I4s", head)
    content = start + 8
    if size == _LONG_SIZE and len(head) >= 16:
        (size,), content = struct.unpack_from(">Q", head, 8), start + 16
    return Place(kind=kind, start=start, content=content, end=start + size) if size >= 8 else None


def read_box(path: Path, place: Place) -> bytes:
    """Read a box's content.  Raises `OSError`."""
    with path.open("rb") as file:
        file.seek(place.content)
        return file.read(place.end - place.content)


def find_box(data: bytes, *names: bytes) -> bytes:
    """Return the content of the first box at a path of names.  Raises `ValueError` where there is none."""
    for name in names:
        data = next((content for kind, content in iterate_boxes(data) if kind == name), b"")
        if not data:
            raise ValueError(f"it has no {name.decode('latin-1')!r}")
        if name == b"meta":
            data = data[4:]
    return data


def iterate_boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the boxes that lie one after the other, with their content."""
    position = 0
    while place := _place(data[position : position + 16], position):
        yield place.kind, data[place.content : place.end]
        position = place.end
