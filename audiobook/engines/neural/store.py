"""Where installed voices lie, and what is known of them without loading anything.

    <user's data folder>/narrate/voices/piper/en_US-lessac-medium/    one folder for each model:
        model.onnx              the model, its noise made to repeat itself (`noise.py`)
        voice.json              what its makers say of it, in their own format
        installed.json          where it came from, and the digest by which its clips are known
        pace/…                  how fast each of its voices speaks (`pace.py`)
        speakers.json           how high the voices of Piper are (`piper/`)

A folder appears in one step when everything in it has been checked.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.folders import VOICES, voices_folder

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_INSTALLED = "installed.json"
_MODEL = "model.onnx"
_UNFINISHED = ".partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a model came from.

    `digest` is of the files as they came and of the way in which their noise was stilled, `is_checked`
    whether they were compared with what their publisher says, `noise` how many of the model's nodes drew
    random numbers, `title` what its publisher calls the model where there are several of one name, `recipe`
    the version of the `installing.Recipe` by which it was prepared.
    """

    source: str
    digest: str
    is_checked: bool
    noise: int
    title: str = ""
    recipe: str = ""

    @property
    def version(self) -> str:
        """Name the model's version."""
        return f"model {self.title} {self.digest[:12]}" if self.title else f"model {self.digest[:12]}"


@dataclass(frozen=True, slots=True)
class VoiceStore:
    """One engine's installed models; `engine` names the folder."""

    engine: str

    @property
    def folder(self) -> Path:
        """Where they lie."""
        return voices_folder() / self.engine

    @property
    def unfinished(self) -> Path:
        """Where downloads wait for their rest."""
        return voices_folder() / _UNFINISHED / self.engine

    def names(self) -> list[str]:
        """List the installed models."""
        try:
            return sorted(path.parent.name for path in self.folder.glob(f"*/{_INSTALLED}"))
        except OSError:
            return []

    def has(self, name: str) -> bool:
        """Tell whether a model is installed; the name may be anything."""
        return name in self.names()

    def stamp(self, name: str) -> tuple[str, int, int, int] | None:
        """Return what tells an installation from any other at a glance; None where there is none."""
        path = self.folder / name / _INSTALLED
        try:
            found = path.stat()
        except OSError:
            return None
        return (str(path), found.st_ino, found.st_size, found.st_mtime_ns)

    def read_origin(self, name: str) -> Provenance:
        """Return where an installed model came from.  Raises `StorageError`, where it is half there too."""
        path = self.folder / name / _INSTALLED
        try:
            origin = Provenance(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise StorageError(f"{path}: can't be read: {error}; install the voice anew") from error
        model = path.with_name(_MODEL)
        if not model.is_file():
            raise StorageError(f"{model}: is not there; install the voice anew")
        return origin

    @contextmanager
    def sole_use(self, note: Callable[[str], None]) -> Iterator[None]:
        """Let one process at a time install; another one says so to `note`, and waits."""
        from filelock import FileLock, Timeout

        with storing(self.unfinished):
            self.unfinished.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.unfinished / "lock")
            try:
                lock.acquire(timeout=0)
            except Timeout:
                note(f"another installation of {self.engine} is going on; waiting for its end")
                lock.acquire()
        try:
            self._remove_remains()
            yield
        finally:
            lock.release()

    @contextmanager
    def staging(self, name: str) -> Iterator[Path]:
        """Give an empty folder beside the others, to be filled and then given to `publish`."""
        folder = self.unfinished / f"{name}.{os.getpid()}"
        with storing(folder):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def publish(self, staged: Path, name: str, origin: Provenance) -> None:
        """Give a filled folder its place in one step; a model that was there goes."""
        place = self.folder / name
        with storing(place):
            (staged / _INSTALLED).write_text(json.dumps(asdict(origin), indent=1), encoding="utf-8")
            self.folder.mkdir(parents=True, exist_ok=True)
            if place.exists():
                former = staged.with_name(f"{staged.name}.former")
                place.rename(former)
                try:
                    staged.rename(place)
                except BaseException:  # an interruption too: better the former voice than none
                    former.rename(place)
                    raise
                shutil.rmtree(former, ignore_errors=True)
            else:
                staged.rename(place)

    def _remove_remains(self) -> None:
        """Remove what installations left that were killed: all but downloads, which may go on."""
        for folder in self.unfinished.iterdir():
            if folder.is_dir() and not any(folder.glob("*.part")):
                shutil.rmtree(folder, ignore_errors=True)


def identify_models() -> tuple[object, ...]:
    """Return what changes whenever a model of any engine is installed, replaced or removed."""
    found = []
    for path in sorted(voices_folder().glob(f"*/*/{_INSTALLED}")):
        with suppress(OSError):  # it has just gone
            status = path.stat()
            found.append((str(path), status.st_ino, status.st_mtime_ns))
    return tuple(found)


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn what the system says against writing `path` into a `StorageError`."""
    try:
        yield
    except OSError as error:
        hint = f"{'free some space, or ' if error.errno in _FULL else ''}set {VOICES} to another folder"
        raise StorageError(f"{error.filename or path}: can't be written: {error.strerror}; {hint}") from error


def digest_file(path: Path, algorithm: str = "sha256") -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
