"""Where installed voices lie, and what is known of them without loading anything.

    <user's data folder>/narrate/voices/piper/en_US-lessac-medium/    one folder for each model:
        model.onnx              the model, its noise made to repeat itself (`noise.py`)
        voice.json              what its makers say of it, in their own format
        installed.json          where it came from, and the digest by which its clips are known
        pace/…                  how fast each of its voices speaks (`pace.py`)

A folder appears in one step when everything in it has been checked.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.errors import StorageError

FOLDER = "NARRATE_VOICES"
"""The environment variable that names another folder for voices: a shared one, say."""

_INSTALLED = "installed.json"
_UNFINISHED = ".partial"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a model came from.

    `digest` is of the files as they came and of the way in which their noise was stilled, `is_checked`
    whether they were compared with what their publisher says, `noise` how many of the model's nodes drew
    random numbers.
    """

    source: str
    digest: str
    is_checked: bool
    noise: int


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

    def read_origin(self, name: str) -> Origin:
        """Return where an installed model came from.  Raises `StorageError`."""
        path = self.folder / name / _INSTALLED
        try:
            return Origin(**json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError) as error:
            raise StorageError(f"{path}: can't be read: {error}; install the voice anew") from error

    def name_version(self, name: str) -> str:
        """Name the version of an installed model.  Raises `StorageError`."""
        return f"model {self.read_origin(name).digest[:12]}"

    @contextmanager
    def sole_use(self) -> Iterator[None]:
        """Let one process at a time install; another one waits."""
        from filelock import FileLock

        with storing(self.unfinished):
            self.unfinished.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.unfinished / "lock")
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

    def publish(self, staged: Path, name: str, origin: Origin) -> None:
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


def voices_folder() -> Path:
    """Return the folder of all installed voices: the user's data folder, or what `NARRATE_VOICES` says."""
    if told := os.environ.get(FOLDER):
        return Path(told)
    import platformdirs

    return platformdirs.user_data_path("narrate", appauthor=False) / "voices"


@contextmanager
def storing(path: Path) -> Iterator[None]:
    """Turn what the system says against writing `path` into a `StorageError`."""
    try:
        yield
    except OSError as error:
        raise StorageError(
            f"{error.filename or path}: can't be written: {error.strerror}; free some space, "
            f"or set {FOLDER} to another folder"
        ) from error


def write_atomically(path: Path, data: bytes) -> None:
    """Write a small file in one step.  Raises `OSError`."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(data)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def digest_file(path: Path, algorithm: str = "sha256") -> str:
    """Hash a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, algorithm).hexdigest()
