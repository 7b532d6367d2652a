"""New stories: read once by the readers before they take their names in `texts/`."""

from __future__ import annotations

import unicodedata
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import anyio.to_thread

from audiobook.errors import SourceError, StorageError
from audiobook.project.incoming import (
    bring_in,
    find_name_fault,
    find_namesake,
    find_type_fault,
    waiting_room,
)
from audiobook.project.layout import Project
from audiobook.studio.answers import StudioError

MOST_BYTES = 100_000_000
"""A book with pictures has a few tens of MB."""


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
    if fault := find_name_fault(name):
        raise StudioError(422, f"{fault}.")
    if fault := find_type_fault(name):
        raise StudioError(415, f"{fault}.")
    return name


def check_free(project: Project, name: str) -> None:
    """Raise `StudioError` where a story of that name is there, in whatever format."""
    if there := find_namesake(project, name):
        raise StudioError(409, f"{there.name} is there already; rename one of the two.")


def _admit(project: Project, path: Path, prove: Callable[[Path], None]) -> None:
    """Have a file read as a story, then give it its name, never another's."""
    try:
        prove(path)
    except SourceError as error:
        raise StudioError(422, str(error).replace(str(path), path.name)) from error
    final = project.texts / path.name
    try:
        bring_in(path, final)
    except FileExistsError as error:
        raise StudioError(409, f"{final.name} is there already; rename one of the two.") from error
