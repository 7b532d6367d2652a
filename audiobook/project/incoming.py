"""New stories on their way into `texts/`: they wait in a hidden folder there, and come in whole."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.project.layout import Project, is_story_name, list_texts, make_folder
from audiobook.publishing import safe_file_name
from audiobook.reading import READERS

_ROOM = ".incoming-"
_LEFT_S = 3600
"""What came in of which nothing more came for so long was killed; another process's may be under way."""


@contextlib.contextmanager
def waiting_room(project: Project) -> Iterator[Path]:
    """Make a hidden folder in `texts/`, on its disk, for what was not read yet."""
    make_folder(project.texts)
    try:
        room = Path(tempfile.mkdtemp(prefix=_ROOM, dir=project.texts))
    except OSError as error:
        raise StorageError(f"{project.texts}: can't be written: {error.strerror}") from error
    try:
        yield room
    finally:
        shutil.rmtree(room, ignore_errors=True)


def sweep(project: Project) -> None:
    """Remove what was left in `texts/` by those that were killed on their way."""
    for room in project.texts.glob(f"{_ROOM}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to remove
            latest = max(path.stat().st_mtime for path in (room, *room.iterdir()))
            if time.time() - latest > _LEFT_S:
                shutil.rmtree(room)


def find_name_fault(name: str) -> str | None:
    """Return None for a file name, in composed letters, that a story may have, else what is wrong with it."""
    safe = safe_file_name(name)
    if name != safe or not is_story_name(Path(name)):
        return f"{name[:80]!r} can't be a story's file name; rename it, to {safe!r} say"
    return None


def find_type_fault(name: str) -> str | None:
    """Return None for a file name whose ending tells a format that is read, else what is wrong with it."""
    suffix = Path(name).suffix.lower()
    if not suffix or suffix not in READERS:
        readable = ", ".join(filter(None, READERS))
        return f"narrate can't read files that end in {suffix!r} (readable: {readable})"
    return None


def find_namesake(project: Project, name: str) -> Path | None:
    """Return the text that is there by that name, in whatever format and capitals."""
    stem = unicodedata.normalize("NFC", Path(name).stem).casefold()
    return next((path for path in list_texts(project) if path.stem.casefold() == stem), None)


def bring_in(path: Path, final: Path) -> None:
    """Give a whole file its name in `texts/`, never another's.  Raises `FileExistsError`, `StorageError`."""
    try:
        # Nobody's file is overwritten: the name is taken first, in one step, and then given its bytes.
        final.touch(exist_ok=False)
        try:
            path.replace(final)
        except OSError:
            final.unlink(missing_ok=True)
            raise
    except FileExistsError:
        raise
    except OSError as error:
        raise StorageError(f"{final}: can't be written: {error.strerror}") from error
