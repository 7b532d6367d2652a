"""Where removed files go: the system's bin, or else a folder of the project; nothing is ever deleted."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.project.layout import Project, make_folder

REMOVED = "removed"
"""The folder beside `texts/` for what the system's bin does not take."""


def put_away(project: Project, paths: Sequence[Path], name: str) -> Path | None:
    """Move files and folders to the system's bin, or else to a new folder under `removed/`, called `name`.

    Returns that folder, None where the bin has them all.  Raises `StorageError` where neither can be done;
    what was moved before is where it was moved to.
    """
    rest = list(paths)
    while rest and _give_to_system(rest[0]):
        del rest[0]
    if not rest:
        return None
    folder = _make_new(project.texts.parent / REMOVED, name)
    for path in rest:
        try:
            shutil.move(path, _free_place(folder, path.name))
        except OSError as error:
            with contextlib.suppress(OSError):  # unless others are in it already
                folder.rmdir()
            raise StorageError(f"{path}: can't be moved to {folder}: {error.strerror or error}") from error
    return folder


def _give_to_system(path: Path) -> bool:
    """Move a file or folder to the system's bin, if there is one that takes it."""
    if sys.platform == "win32":
        return False  # Windows deletes outright, without a word, what lies on another machine's disk
    try:
        from send2trash import send2trash

        send2trash(path.absolute())
    except (ImportError, OSError):
        return False
    return True


def _free_place(folder: Path, name: str) -> Path:
    """Return where a file goes in a folder; a book that was made may be called as the text it was made of."""
    names = (name if number == 1 else f"({number}) {name}" for number in itertools.count(1))
    return next(folder / each for each in names if not (folder / each).exists())


def _make_new(parent: Path, name: str) -> Path:
    make_folder(parent)
    for number in itertools.count(1):
        folder = parent / (name if number == 1 else f"{name} ({number})")
        try:
            folder.mkdir()
        except FileExistsError:
            continue
        except OSError as error:
            raise StorageError(f"{folder}: can't be made: {error.strerror}") from error
        return folder
    raise AssertionError("numbers have no end")
