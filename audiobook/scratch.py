"""Folders for files that nobody needs a moment later, and what becomes of them when a process is killed."""

from __future__ import annotations

import contextlib
import functools
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PREFIX = "narrate-scratch-"
"""How all of them are called, so that those that were left behind are known."""

_LEFT_AFTER_S = 24 * 3600
"""A folder of this age belongs to nobody: what it is for takes seconds, minutes for the largest of books."""


@contextmanager
def open_scratch(folder: str | None = None) -> Iterator[Path]:
    """Give an empty folder, in `folder` or where temporary files lie, that is removed afterwards.

    The first one of a process also removes what processes have left there that were killed, a day later.
    """
    place = Path(folder or tempfile.gettempdir())
    _sweep(place)
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=place, ignore_cleanup_errors=True) as name:
        yield Path(os.path.realpath(name))


@functools.cache
def _sweep(place: Path) -> None:
    with contextlib.suppress(OSError):
        for path in place.glob(f"{PREFIX}*"):
            if time.time() - path.lstat().st_mtime > _LEFT_AFTER_S:
                shutil.rmtree(path, ignore_errors=True)  # another user's stays
