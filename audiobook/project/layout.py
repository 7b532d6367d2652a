"""Where a project's files are: stories, settings, finished audiobooks, and what was left half-done."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.choices import SERIES_RECORD
from audiobook.errors import SourceError, StorageError
from audiobook.files import Identity
from audiobook.publishing import safe_folder_name
from audiobook.reading import READERS
from audiobook.suggesting import did_you_mean

PREVIEWS = "previews"
PLACES = ".places.json"
"""Where it is noted which folders are not called as their stories (`places.py`)."""

HEARD = ".heard"
"""Where it is kept which lines were not heard (`building/unclear.py`)."""

PARTIAL = ".partial"
FROM_TEXTS = "texts"
ELSEWHERE = "elsewhere"
"""What a file was made of: a story in `texts/`, or something that narrate does not keep watch over."""


_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+://")
_NO_STORY = re.compile(r"\.|(?i:readme)(?![^\W_])|(?:CHANGELOG|LICEN[CS]E|COPYING)$")
"""Names of files about a folder.  A story may well be called "License", in other capitals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """A folder with `texts/`, `voices.yaml` and `output/`; outside of one, `voices` is None.

    `engine` stands over the one that `voices` names, None leaves it.
    """

    texts: Path
    output: Path
    voices: Path | None
    engine: str | None = None

    @property
    def partial(self) -> Path:
        """Where files are made before they get their final name; on the same disk as the output."""
        return self.output / PARTIAL

    @property
    def previews(self) -> Path:
        """Where previews and auditions go."""
        return self.output / PREVIEWS

    @property
    def series_record(self) -> Path:
        """What is remembered of series, beside voices.yaml."""
        return (self.voices or self.texts).parent / SERIES_RECORD


def open_project(
    folder: Path, *, voices: Path | None = None, output: Path | None = None, engine: str | None = None
) -> Project:
    """Find a project's parts in `folder`, or take those that are named instead."""
    settings = voices or (folder / "voices.yaml")
    return Project(
        texts=folder / "texts",
        output=output or folder / "output",
        voices=settings if voices or settings.exists() else None,
        engine=engine,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A story that was asked for: its name and file, and why it can't be made where it can't."""

    name: str
    path: Path
    fault: str | None = None


def find_stories(project: Project, names: Sequence[str] = ()) -> list[Source]:
    """Find the stories that are named (or paths), or all in `texts/` without a name.

    A name that fits nothing, and a story that would share another's output folder, are faults of that
    story alone.  Raises `SourceError` where nothing is asked for and nothing is there.
    """
    known = list_texts(project)
    if not names:
        if not known:
            raise SourceError(
                f"{project.texts}: no stories here; put a .txt file there, name a file "
                "(narrate path/to/story.txt), or make a project with: narrate init my-audiobooks"
            )
        found = [Source(name=path.stem, path=path) for path in known]
    else:
        found = list(dict.fromkeys(_find_story(project, known, name) for name in names))
    by_folder: dict[str, Path] = {}
    for index, source in enumerate(found):
        if source.fault is None:
            other = by_folder.setdefault(story_folder(source.name).casefold(), source.path)
            if other != source.path:
                fault = f"{source.path}: would have the same output folder as {other}; rename one"
                found[index] = replace(source, fault=fault)
    return found


def find_story(project: Project, name: str) -> Path:
    """Find one story by its name or path.  Raises `SourceError` where there is none."""
    source = _find_story(project, list_texts(project), name)
    if source.fault is not None:
        raise SourceError(source.fault)
    return source.path


def list_texts(project: Project) -> list[Path]:
    """List the stories in `texts/`, by name: readable files, but no hidden ones and no README."""
    suffixes = {suffix for suffix in READERS if suffix}
    try:
        if not project.texts.is_dir():
            return []
        paths = [p for p in project.texts.iterdir() if is_story_name(p)]
        return sorted(p for p in paths if p.suffix.lower() in suffixes and not p.is_dir())
    except OSError as error:
        raise SourceError(f"{project.texts}: can't be read: {error.strerror}") from error


def is_story_name(path: Path) -> bool:
    """Tell whether a file may be a story by its name: it is not hidden, and no README."""
    return not _NO_STORY.match(path.stem)


def _find_story(project: Project, known: Sequence[Path], name: str) -> Source:
    for path in known:
        if name in {path.stem, path.name}:
            return Source(name=path.stem, path=path)
    if _ADDRESS.match(name):
        fault = f"{name}: is an address on the web; save what is there, and give the file (narrate book.epub)"
        return Source(name=name[:80], path=Path(name), fault=fault)
    path = Path(name)
    try:
        exists = path.exists()
        if path.is_dir():
            return Source(name=path.resolve().name or name, path=path, fault=_is_folder(path))
    except OSError as error:
        return Source(name=name[:80], path=path, fault=f"{name[:80]}: can't be read: {error.strerror}")
    return Source(name=path.stem, path=path, fault=None if exists else _no_such(project, known, path, name))


def _is_folder(path: Path) -> str:
    """Say what to do with a folder, which is no story."""
    if (path / "texts").is_dir():
        way = "run narrate in it to make its texts" if path.resolve() != Path.cwd() else "say narrate alone"
        return f"{path}: is a project, not a story; {way}"
    stories = [each for each in sorted(path.iterdir()) if each.suffix.lower() in READERS and each.suffix]
    if not stories:
        return f"{path}: is a folder, and holds nothing that narrate reads; give a story's file"
    return f"{path}: is a folder, not a story; name its files: narrate {shlex.quote(str(stories[0]))} …"


def _no_such(project: Project, known: Sequence[Path], path: Path, name: str) -> str:
    if path.suffix or path.parent != Path():
        return f"{name}: no such file"
    hint = did_you_mean(name, [p.stem for p in known], cutoff=0.5)
    has = f"; {project.texts} has {', '.join(p.stem for p in known)}" if known else ""
    return f"{name}: no such story or file{hint}{has}"


def identify_source(path: Path) -> Identity:
    """Return what changes whenever a story's file does.  Raises `SourceError` where it is gone."""
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    return status.st_ino, status.st_size, status.st_mtime_ns


def clear_partial(project: Project) -> None:
    """Remove what an interrupted run left half-done, and the folder for it."""
    shutil.rmtree(project.partial, ignore_errors=True)


def make_folder(folder: Path) -> None:
    """Make a folder with its parents.  Raises `StorageError` where that can't be done."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{folder}: can't be made: {error.strerror}") from error


def story_folder(name: str) -> str:
    """Name the folder under `output/` that a story's files go to; never the previews' own."""
    folder = safe_folder_name(name)
    return f"_{folder}" if folder.casefold() == PREVIEWS else folder


def is_from_texts(project: Project, source: Path) -> bool:
    """Tell whether a story's file lies in `texts/`, so that its disappearance would mean something."""
    return source.absolute().parent == project.texts.absolute()
