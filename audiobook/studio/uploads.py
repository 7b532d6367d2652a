"""New stories: read once by the readers before they take their names in `texts/`."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import time
import unicodedata
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import anyio.to_thread

from audiobook.errors import SourceError, StorageError
from audiobook.project.layout import Project, is_story_name, list_texts, make_folder
from audiobook.publishing import safe_file_name
from audiobook.reading import READERS
from audiobook.studio.answers import StudioError

MOST_BYTES = 100_000_000
"""A book with pictures has a few tens of MB."""

_ROOM = ".incoming-"
_LEFT_S = 3600
"""An upload of which nothing came for so long was killed; another studio's may be under way."""


async def receive(body: AsyncIterator[bytes], path: Path) -> None:
    """Write what comes into a new file, bounded.  Raises `StudioError` and `StorageError`."""
    size = 0
    try:
        async with await anyio.open_file(path, "xb") as file:
            async for chunk in body:
                size += len(chunk)
                if size > MOST_BYTES:
                    raise StudioError(413, f"The file has more than {MOST_BYTES // 1_000_000} MB.")
                await file.write(chunk)
    except OSError as error:
        raise StorageError(f"{path.parent}: can't be written: {error.strerror}") from error


async def bring(
    project: Project, name: str, body: AsyncIterator[bytes], prove: Callable[[Path], None]
) -> str:
    """Put a story into `texts/` under this file name and return the story's.

    `prove` reads a file as a story, and raises `SourceError` where that can't be done.
    Raises `StudioError`: 409 where one of that name is there, 413, 415, or 422 with what the reader says.
    """
    name = check_name(name)
    check_free(project, name)
    with waiting_room(project) as room:
        await receive(body, room / name)
        await anyio.to_thread.run_sync(_admit, project, room / name, prove)
    return Path(name).stem


def check_name(name: str) -> str:
    """Return a file name in composed letters.  Raises `StudioError` for one that can't be a story's."""
    name = unicodedata.normalize("NFC", name)
    safe = safe_file_name(name)
    suffix = Path(name).suffix.lower()
    if name != safe or not is_story_name(Path(name)):
        raise StudioError(422, f"{name[:80]!r} can't be a story's file name; rename it, to {safe!r} say.")
    if not suffix or suffix not in READERS:
        readable = ", ".join(filter(None, READERS))
        raise StudioError(415, f"narrate can't read files that end in {suffix!r} (readable: {readable}).")
    return name


def check_free(project: Project, name: str) -> None:
    """Raise `StudioError` where a story of that name is there, in whatever format."""
    stem = Path(name).stem.casefold()
    for path in list_texts(project):
        if path.stem.casefold() == stem:
            raise StudioError(409, f"{path.name} is there already; rename one of the two.")


def _admit(project: Project, path: Path, prove: Callable[[Path], None]) -> None:
    """Have a file read as a story, then give it its name, never another's."""
    try:
        prove(path)
    except SourceError as error:
        raise StudioError(422, str(error).replace(str(path), path.name)) from error
    final = project.texts / path.name
    try:
        # Nobody's file is overwritten: the name is taken first, in one step, and then given its bytes.
        final.touch(exist_ok=False)
        try:
            path.replace(final)
        except OSError:
            final.unlink(missing_ok=True)
            raise
    except FileExistsError as error:
        raise StudioError(409, f"{final.name} is there already; rename one of the two.") from error
    except OSError as error:
        raise StorageError(f"{final}: can't be written: {error.strerror}") from error


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
    """Remove what uploads left in `texts/` that were killed on their way."""
    for room in project.texts.glob(f"{_ROOM}*"):
        with contextlib.suppress(OSError):  # gone meanwhile, or not ours to remove
            latest = max(path.stat().st_mtime for path in (room, *room.iterdir()))
            if time.time() - latest > _LEFT_S:
                shutil.rmtree(room)
