"""Files of narrate's own that belong to no story any more, and how files are removed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from audiobook.checking import is_own_picture
from audiobook.errors import StorageError
from audiobook.files import add_own_names
from audiobook.project.layout import FROM_TEXTS, HEARD, PARTIAL, PREVIEWS, Project, story_folder
from audiobook.publishing import TRACK_FILES, list_shelf_files, read_edition_mark, read_mark

_CAPTIONS = (".vtt", ".srt", ".lrc", ".words.json")
_LISTS = {"playlist.m3u8", "feed.xml", "feed.jpg"}
_SAMPLE = "sample.mp3"


def find_leftovers(
    project: Project, expected: Sequence[Path], places: Mapping[str, Path], unread: Sequence[Path] = ()
) -> list[Path]:
    """List the files made of stories in `texts/` that are there no more, or have other names now.

    Foreign files, previews, and what was made of a file elsewhere are not counted.  `places` are folders of
    stories that are not called as these (`places.list_places`); `unread` are those of stories whose files are
    not known, since they could not be read: theirs are kept.
    """
    kept = {
        str(path).casefold() for path in (*map(project.output.joinpath, (PREVIEWS, HEARD, PARTIAL)), *unread)
    }
    there = dict.fromkeys([*sorted(project.output.glob("*/")), *places.values()])
    folders = [folder for folder in there if str(folder).casefold() not in kept]
    wanted = add_own_names(expected, (file for folder in folders for file in folder.glob("*")))
    left = [file for folder in folders for file in _find_left_in(folder, wanted)]
    return left + _find_left_records(project, left, places)


def _find_left_records(project: Project, left: Collection[Path], places: Mapping[str, Path]) -> list[Path]:
    """List what is kept of stories of which nothing else is left."""
    own = {story_folder(name): folder for name, folder in places.items()}
    records = sorted((project.output / HEARD).glob("*.json"))
    return [
        path
        for path in records
        if all(f in left for f in own.get(path.stem, project.output / path.stem).glob("*"))
    ]


def _find_left_in(folder: Path, wanted: Collection[Path]) -> list[Path]:
    """List the leftovers of one story's folder: texts go when the last file does, or their own track.

    A file under a name that some format of a story has now is none: it may have been asked for just once,
    and so may a sample.
    """
    try:
        files = [path for path in sorted(folder.iterdir()) if path.is_file()]
    except OSError:
        return []  # not ours to read, so nothing that narrate made
    origins = {path: origin for path in files if (origin := read_origin(path)) is not None}
    names = {path.with_suffix("") for path in wanted}
    left = {path for path, origin in origins.items() if origin == FROM_TEXTS}
    left -= {path for path in left if path.resolve().with_suffix("") in names}
    is_empty = all(path in left for path in origins)
    if not is_empty:
        left -= {path for path in left if path.name == _SAMPLE}
    left |= {path for path in files if path.suffix == ".m3u8" and _names_nothing(path, left)}
    if not left:
        return []
    stems = {path.stem for path in left} - {path.stem for path in origins if path not in left}
    for path in files:
        if path.name.endswith(_CAPTIONS) and any(path.name.removesuffix(end) in stems for end in _CAPTIONS):
            left.add(path)
        if is_empty and path.name in _LISTS:
            left.add(path)
    if is_empty:
        left.update(list_shelf_files(folder))
    return sorted(left)


def _names_nothing(playlist: Path, left: Collection[Path]) -> bool:
    """Tell whether all files of a playlist of narrate's are gone, or go."""
    if playlist.name not in _LISTS:
        return False
    try:
        lines = playlist.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError):
        return False
    named = [playlist.with_name(line) for line in lines if line and not line.startswith("#")]
    return bool(named) and all(path in left or not path.exists() for path in named)


def read_origin(path: Path) -> str | None:
    """Tell where the source of a track or a whole-book file lay; None where narrate did not make it."""
    if path.suffix in TRACK_FILES:
        mark = read_mark(path, whole=False)
        return mark.origin if mark else None
    edition = read_edition_mark(path)
    return edition.partition(":")[2] if edition else None


def find_previews(project: Project) -> list[Path]:
    """List the previews, auditions and pictures that narrate made."""
    files = sorted(path for path in project.previews.glob("*") if path.suffix in TRACK_FILES)
    pictures = [path for path in sorted(project.previews.glob("*.svg")) if is_own_picture(path)]
    return [file for file in files if read_mark(file, whole=False) is not None] + pictures


def remove_empty(folder: Path, output: Path) -> None:
    """Remove a folder and those above it, below the output folder, as far as they are empty."""
    for each in (folder, *folder.parents):
        if each == output or not each.is_relative_to(output) or (each.exists() and any(each.iterdir())):
            return
        if each.exists():
            each.rmdir()


def remove_files(paths: Sequence[Path], output: Path) -> None:
    """Remove files of the output folder, and the folders below that where these are empty then."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
            remove_empty(path.parent, output)
        except OSError as error:
            raise StorageError(f"{path}: can't be removed: {error.strerror}") from error
