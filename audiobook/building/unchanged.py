"""Whether a run would make nothing, known before the program is loaded.

Planning four stories anew only to find all their files made takes half a second, nearly all of it for loading
what planning needs.  So a run leaves a note in the cache: what it was asked, the hashes of what it read, and
what lies in the output folder by inode, size and time.  Where all of it is still so, the next run would make
nothing, and says what the last one said.

This may be told wrongly in one direction only.  No note is left by a run that failed, warned, read what
changed meanwhile, or depended on more than is looked at here (`recipe.py` says which do).  Besides the
standard library only a few of narrate's own pages are loaded.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

from audiobook.building.report import Report, StoryReport, UnclearLine
from audiobook.caching.hashed_files import HashedFiles
from audiobook.choices import PICTURES, SERIES_RECORD
from audiobook.errors import StorageError
from audiobook.files import Identity, identify
from audiobook.folders import voices_folder

FOLDER = "unchanged"
"""Where the notes lie in the user's cache."""

_LIMIT_BYTES = 5_000_000
"""One takes a kilobyte for each file of the output."""

_NOT_LOOKED_AT = {"previews", ".heard", "__pycache__"}
"""Folders that no run's outcome depends on."""

_SPEAKS_BY = (
    *("PATH", "HOME", "LANG", "LC_ALL", "LC_CTYPE", "LD_LIBRARY_PATH", "XDG_", "NARRATE_", "ESPEAK"),
    *("PYTHON", "OMP_", "ORT_"),
)
"""How the names of variables begin by which a run may come out otherwise."""

_MOST_HASHED = 20_000_000
"""Bytes of a file that is told by its bytes; a larger one is told by its identity."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a run was asked: the command's own parameters, and the stories and folders that they mean."""

    parameters: Mapping[str, object]
    stories: tuple[str, ...]
    texts: Path
    voices: Path
    output: Path


class LastRun:
    """What is known of the last run that was asked the same: `report` before it, `keep` after it."""

    def __init__(self, asked: Asked, cache: Path) -> None:
        """Look at what a run would read.  Raises `OSError` where that can't be."""
        self._asked = asked
        self._notes = HashedFiles(cache / FOLDER)
        words = [str(Path.cwd()), {name: str(value) for name, value in asked.parameters.items()}]
        key = blake2b(json.dumps(words, sort_keys=True).encode(), digest_size=16).hexdigest()
        self._path = self._notes.place(key, ".json")
        self._inputs, self._identities = _describe_inputs(asked)

    def report(self) -> Report | None:
        """Return what a run would report that makes nothing; None where one may make something."""
        try:
            note = json.loads(self._path.read_bytes())
            if note["inputs"] != self._inputs or note["output"] != _list_tree(self._asked.output):
                return None
            if any(_hash_file(Path(path)) != digest for path, digest in note["read"]):
                return None
            return _read_report(note["report"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def keep(self, report: Report) -> None:
        """Note a run's outcome, if it is certain that the next would be the same."""
        warned = report.warnings or any(story.warnings or story.errors for story in report.stories)
        if report.read is None or warned:
            return
        tree = _list_tree(self._asked.output)
        there = dict(tree)
        proven = {path: list(identity) for story in report.stories for path, identity in story.proven.items()}
        files = [path for story in report.stories for path in story.files]
        is_whole = all(path in proven and there.get(str(path)) == proven[path] for path in files)
        with contextlib.suppress(OSError):
            # What was changed while the run went on may have been read before, or after.
            if not is_whole or _describe_inputs(self._asked) != (self._inputs, self._identities):
                return
        if any(identify(path) != identity for path, identity in report.read):
            return
        note = {
            "inputs": self._inputs,
            "output": tree,
            "read": [(str(path), _hash_file(path)) for path, _ in report.read],
            "report": {
                **asdict(replace(report, stories=(), read=None)),
                "stories": list(map(_state_outcome, report.stories)),
            },
        }
        with contextlib.suppress(StorageError):  # it only saves time
            self._notes.write(self._path, json.dumps(note, default=str).encode(), "notes'")
            self._notes.prune(_LIMIT_BYTES)


def open_last_run(asked: Asked, cache: Path) -> LastRun | None:
    """Return what is known of the last run; None where what is asked for can't be known by looking at it."""
    named = [asked.voices, *map(Path, asked.stories)]
    try:
        if any(path.exists() and not path.is_file() for path in named):
            return None
        return LastRun(asked, cache)
    except OSError:  # a name that is too long, a folder that is gone: whoever reads it says so
        return None


def _state_outcome(story: StoryReport) -> dict[str, object]:
    return asdict(replace(story, clips_made=0, spoken_again=0, reasons={}, work={}, proven={}, notes=()))


def _read_report(stated: Mapping[str, Any]) -> Report:
    """Return a noted report as that of a run which made nothing."""
    stories = tuple(
        StoryReport(
            **_freeze(
                {
                    **story,
                    "files": list(map(Path, story["files"])),
                    "unclear": [UnclearLine(**line) for line in story["unclear"]],
                }
            )
        )
        for story in stated["stories"]
    )
    leftovers = tuple(map(Path, stated["leftovers"]))
    return Report(**_freeze({**stated, "stories": stories, "leftovers": leftovers}))


def _freeze(stated: Mapping[str, Any]) -> dict[str, Any]:
    """Undo what JSON makes of tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in stated.items()}


def _describe_inputs(asked: Asked) -> tuple[str, list[Identity | None]]:
    """Return a hash of what a run's outcome depends on, and the identities of what of it is told by bytes."""
    variables = {name: value for name, value in os.environ.items() if name.startswith(_SPEAKS_BY)}
    pandoc = shutil.which("pandoc")
    sources = [
        asked.voices,
        asked.voices.with_name(SERIES_RECORD),
        *_list_sources(asked.texts, asked.stories),
    ]
    described = [
        sys.version,
        sys.platform,
        dict(sorted(variables.items())),
        _list_tree(Path(__file__).parents[1]),
        _list_packages(),
        _list_tree(voices_folder()),
        [pandoc, _state(Path(pandoc)) if pandoc else None],
        [[str(path), _hash_file(path)] for path in sources],
    ]
    digest = blake2b(json.dumps(described).encode(), digest_size=32).hexdigest()
    return digest, [identify(path) for path in sources]


def _list_sources(texts: Path, stories: Sequence[str]) -> Iterator[Path]:
    """Yield the files of stories, and the pictures beside those that lie outside of `texts/`."""
    if texts.is_dir():
        yield from sorted(path for path in texts.iterdir() if path.is_file())
    for story in map(Path, stories):
        yield story
        if story.name:
            yield from (story.with_suffix(suffix) for suffix in PICTURES)


def _list_packages() -> list[object]:
    """List what is installed beside narrate: a package that is changed has another folder."""
    folders = [Path(folder) for folder in sys.path if folder.endswith(("site-packages", "dist-packages"))]
    kinds = ("*.dist-info", "*.egg-info", "*.pth")
    return [
        [str(path), _state(path)]
        for folder in folders
        for kind in kinds
        for path in sorted(folder.glob(kind))
    ]


def _state(path: Path) -> list[int] | None:
    """Return a file's identity as JSON has it."""
    identity = identify(path)
    return None if identity is None else list(identity)


def _list_tree(folder: Path) -> list[list[Any]]:
    """List all files of a folder and below, by path and identity, behind links too; folders by path alone."""
    found: list[list[Any]] = []
    seen: set[tuple[int, int]] = set()
    for place, folders, files in os.walk(folder, followlinks=True):
        status = Path(place).stat()
        if (status.st_dev, status.st_ino) in seen:  # a link to where we come from
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = sorted(name for name in folders if name not in _NOT_LOOKED_AT)
        found.append([str(Path(place)), None])
        paths = [Path(place, name) for name in sorted(files)]
        found += ([str(path), _state(path)] for path in paths)
    return found


def _hash_file(path: Path) -> str:
    """Tell a file by its bytes, a long one by its identity, and what is no file as such."""
    identity = identify(path)
    if identity is None or not path.is_file():
        return ""
    if identity[1] > _MOST_HASHED:
        return repr(identity)
    return blake2b(path.read_bytes(), digest_size=16).hexdigest()
