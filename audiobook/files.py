"""Files that are written in one step, and told from what they were."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable
from pathlib import Path

Identity = tuple[int, int, int]
"""A file's inode, size and time of change."""


def write_whole(path: Path, data: bytes, *, mode: int = 0o666) -> None:
    """Write a file and the folders above it, whole or not at all: no reader ever sees half of it.

    `mode` are its permissions, less those that the user's mask takes.  It is not waited for until the disk
    has it: for what can be made anew.  Raises `OSError`.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f".{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    try:
        unfinished.touch(mode)
        unfinished.write_bytes(data)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def identify(path: Path) -> Identity | None:
    """Return what changes whenever a file does; None where there is none that can be looked at."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def add_own_names(paths: Iterable[Path], listed: Iterable[Path]) -> set[Path]:
    """Return resolved paths, and those of the listed files that are the same under another name.

    Where upper and lower case are one, a folder lists a file by the name that it had first.
    """
    known = list(paths)
    identities = set(map(identify, known)) - {None}
    others = (path for path in listed if identify(path) in identities)
    return {path.resolve() for path in (*known, *others)}


def are_unchanged(files: Iterable[tuple[Path, Identity | None]]) -> bool:
    """Tell whether files are still what they were when they were noted."""
    return all(identify(path) == identity for path, identity in files)
