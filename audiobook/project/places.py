"""Which folder under `output/` a story's files lie in, and shall lie in.

By default it is called as the story is.  In the layout `audiobookshelf` it is what that server's scanner
reads as author, series and title (https://www.audiobookshelf.org/docs/#book-directory-structure).  Where a
story was put is noted in `output/.places.json`, so that it is found, moved and removed whatever it is called.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable
from functools import lru_cache
from pathlib import Path, PurePosixPath

from audiobook.errors import SourceError, StorageError
from audiobook.files import Identity, identify, write_whole
from audiobook.model import Book
from audiobook.project.layout import ELSEWHERE, PLACES, Project, make_folder, story_folder
from audiobook.project.leftovers import read_origin, remove_empty, remove_files
from audiobook.publishing import UNKNOWN_AUTHOR, list_shelf_files, safe_folder_name

_DEEPEST = 3
_SEQUENCE = re.compile(r"\d{1,3}(\.\d{1,2})?")
"""What the scanner takes for a place in a series; any other stands in metadata.json alone."""


def place_book(output: Path, layout: str, book: Book) -> Path:
    """Return the folder that a book's files shall lie in."""
    if layout != "audiobookshelf":
        return output / story_folder(book.name)
    author = book.author or UNKNOWN_AUTHOR
    parts = [author, *([book.series] if book.series else []), title_with_part(book)]
    folders = [safe_folder_name(part) for part in parts]
    folders[0] = story_folder(folders[0])  # never the previews' own
    return output.joinpath(*folders)


def title_with_part(book: Book) -> str:
    """Return a book's title as its folder has it for the scanner, with its place in the series."""
    if book.series and book.series_part and _SEQUENCE.fullmatch(book.series_part):
        return f"Vol {book.series_part} - {book.title}"
    return book.title


def find_folder(project: Project, name: str) -> Path:
    """Return the folder that a story's files lie in, if there are any."""
    return _read_places(project).get(name, project.output / story_folder(name))


def find_made_folder(project: Project, name: str) -> Path | None:
    """Return the folder in which something of a story is; None where there is none.

    One that is called as the story and not noted may be an author's: it counts if narrate's files lie in it.
    """
    folder = find_folder(project, name)
    if name in _read_places(project):
        return folder if folder.is_dir() else None
    try:
        return folder if folder.is_dir() and any(map(_is_own, folder.iterdir())) else None
    except OSError:
        return None  # not ours to read, so nothing that narrate made


def list_made(project: Project, name: str) -> list[Path]:
    """List what is there of a story: its folder, or where others' lie within that the files in it."""
    folder = find_made_folder(project, name)
    if folder is None:
        return []
    others = [place for other, place in _read_places(project).items() if other != name]
    return _list_files(folder) if _holds_any(folder, others) else [folder]


def list_places(project: Project) -> dict[str, Path]:
    """Return the noted folders that are there, by story, of those that are gone too."""
    return {name: folder for name, folder in _read_places(project).items() if folder.is_dir()}


def find_owner(project: Project, name: str, folder: Path) -> str | None:
    """Return the other story that has a folder by what is noted."""
    for other, taken in _read_places(project).items():
        if other != name and _fold(taken) == _fold(folder) and _is_used(project, other, taken):
            return other
    return None


def settle_folder(project: Project, name: str, folder: Path, settled: Collection[str] = ()) -> None:
    """Move a story's files to the folder that they shall lie in, and note that; needs the output's lock.

    What lies there already stays, and files of narrate's own that would be there twice go.  Notes on stories
    that are gone are dropped; not on those `settled` in this run, of which nothing may be made yet.  Raises
    `SourceError` where the folder is another story's, `StorageError`.
    """
    if other := find_owner(project, name, folder):
        raise SourceError(refuse_folder(name, other, folder))
    places = _read_places(project)
    before = find_made_folder(project, name)
    places.pop(name, None)
    if before is not None and before != folder:
        try:
            _move(before, folder, is_shared=_holds_any(before, [folder, *places.values()]))
            remove_empty(before, project.output)
        except OSError as error:
            raise StorageError(f"{before}: can't be moved to {folder}: {error.strerror}") from error
    if folder != project.output / story_folder(name):
        places[name] = folder
    else:  # they were for the server alone
        remove_files(list_shelf_files(folder), project.output)
    living = {name, *settled, *(path.stem for path in project.texts.glob("*"))}
    _write_places(
        project,
        {
            other: place
            for other, place in places.items()
            if other in living or (place.is_dir() and _fold(place) != _fold(folder))
        },
    )


def refuse_folder(name: str, other: str, folder: Path) -> str:
    """Say that a story's folder is another's, and what to do."""
    return (
        f"{name}: would have the same folder as {other}, {folder}; give one of them another title, author or "
        "part of its series under stories: in voices.yaml"
    )


def hide_previews(project: Project) -> None:
    """Have Audiobookshelf's scanner pass over the folder of previews.  Raises `StorageError`."""
    make_folder(project.previews)
    sign = project.previews / ".ignore"
    try:
        sign.touch()
    except OSError as error:
        raise StorageError(f"{sign}: can't be written: {error.strerror}") from error


def _move(before: Path, folder: Path, *, is_shared: bool) -> None:
    """Move a folder; only the files in it where it `is_shared`, one by one where there are others already."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    if not is_shared and (not folder.exists() or folder.samefile(before)):  # the same in other capitals
        before.rename(folder)
        return
    folder.mkdir(exist_ok=True)
    own = list_shelf_files(before)
    for path in _list_files(before) if is_shared else sorted(before.iterdir()):
        target = folder / path.name
        if not target.exists():
            path.rename(target)
        elif path in own or _is_own(path):
            path.unlink()


def _list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.is_file())


def _holds_any(folder: Path, others: Iterable[Path]) -> bool:
    """Tell whether one of the other folders lies below this one, on a disk that tells no capitals too."""
    above = _fold(folder) + os.sep
    return any(_fold(other).startswith(above) for other in others)


def _is_own(path: Path) -> bool:
    return path.is_file() and read_origin(path) is not None


def _is_used(project: Project, name: str, folder: Path) -> bool:
    """Tell whether a folder is still a story's: in `texts/`, or elsewhere, where nobody knows of it."""
    if any(path.stem == name for path in project.texts.glob("*")):
        return True
    return any(read_origin(path) == ELSEWHERE for path in folder.glob("*") if path.is_file())


def _read_places(project: Project) -> dict[str, Path]:
    """Return the noted folders by story; nothing of what is damaged, which a run notes anew."""
    path = project.output / PLACES
    return {name: project.output.joinpath(*parts) for name, parts in _parse(path, identify(path))}


@lru_cache(maxsize=4)
def _parse(path: Path, identity: Identity | None) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Read the notes, once while the file is the same: the studio asks for each story's again and again."""
    try:
        noted = json.loads(path.read_bytes()) if identity else {}
        places = [(str(name), PurePosixPath(place)) for name, place in noted.items()]
    except (OSError, ValueError, TypeError, AttributeError):
        return ()
    return tuple((name, place.parts) for name, place in places if _is_inside(place))


def _is_inside(place: PurePosixPath) -> bool:
    return 0 < len(place.parts) <= _DEEPEST and not place.is_absolute() and ".." not in place.parts


def _write_places(project: Project, places: dict[str, Path]) -> None:
    if places == _read_places(project):
        return
    noted = {name: places[name].relative_to(project.output).as_posix() for name in sorted(places)}
    path = project.output / PLACES
    try:
        if noted:
            write_whole(path, (json.dumps(noted, indent=1, ensure_ascii=False) + "\n").encode())
        else:
            path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error


def _fold(folder: Path) -> str:
    return os.fspath(folder).casefold()
