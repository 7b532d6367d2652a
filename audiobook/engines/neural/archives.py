"""Find a model's files in what a person has: the files themselves, a ZIP, or a TAR of them."""

from __future__ import annotations

import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from audiobook.engines.neural.fetching import write_all
from audiobook.engines.neural.store import storing
from audiobook.errors import EngineError

_LARGEST = 2**31
"""Bytes; a larger file is no model: protobuf, in which ONNX is written, has no larger messages
(https://protobuf.dev/programming-guides/proto-limits/)."""
_BLOCK = 1 << 20

_DAMAGES = (tarfile.TarError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError)
"""What reading a broken archive raises."""
_REFUSALS = (RuntimeError, NotImplementedError)
"""What `zipfile` raises where a password is needed, or a compression that it does not know."""


def take_files(source: Path, endings: Sequence[Sequence[str]], folder: Path) -> list[Path]:
    """Copy one file for each of `endings` (of which one is enough) into `folder`; return the copies.

    `source` is an archive that holds them, or the first of them, beside which the others lie.
    Raises `EngineError` where one is missing, damaged, or there are several, `StorageError` where there is no
    room.
    """
    if not source.is_file():
        fault = "is a folder; name the file in it" if source.is_dir() else "there is no such file"
        raise EngineError(f"{source}: {fault}")
    with _reading(source):
        is_archive = _is_archive(source)
        if not is_archive and not source.name.endswith(tuple(endings[0])):
            raise EngineError(
                f"{source}: expected a file *{' or *'.join(endings[0])}, or a whole ZIP or TAR, got neither"
            )
        with _listing(source) as names:
            chosen = [_choose(source, wanted, names, is_archive=is_archive) for wanted in endings]
    found: list[Path] = []
    for name, wanted in zip(chosen, endings, strict=True):
        target = folder / f"{len(found)}{wanted[0]}"
        with _reading(source), _opened(source, name) as data:
            _copy(source, name, data, target)
        found.append(target)
    return found


def _choose(source: Path, wanted: Sequence[str], names: Sequence[str], *, is_archive: bool) -> str:
    """Return the one file of these endings.

    Among several beside `source` it is that which is called like it, or `voices…`, as Kokoro's are.
    """
    fitting = [name for name in names if name.endswith(tuple(wanted)) and not _is_hidden(name)]
    if not is_archive and len(fitting) > 1:
        stem = source.name.removesuffix(".onnx")
        own = {f"{stem}{ending}" for ending in wanted}
        fitting = [name for name in fitting if name in own or name.startswith("voices")] or fitting
    if len(fitting) != 1:
        count = f"{len(fitting)}" if fitting else "no"
        where = "in it" if is_archive else "beside it"
        raise EngineError(f"{source}: expected one file *{' or *'.join(wanted)} {where}, found {count}")
    return fitting[0]


def _copy(source: Path, name: str, data: IO[bytes], target: Path) -> None:
    """Copy what is unpacked, whatever size the archive states for it."""
    size = 0
    with storing(target):
        copy = target.open("wb", buffering=0)
    with copy:
        while block := data.read(_BLOCK):
            size += len(block)
            if size > _LARGEST:
                raise EngineError(f"{source}: {name} is larger than a model can be ({_LARGEST / 1e9:.1f} GB)")
            with storing(target):
                write_all(copy, block)


def _is_archive(source: Path) -> bool:
    return tarfile.is_tarfile(source) or (
        zipfile.is_zipfile(source) and source.suffix not in {".bin", ".npz"}
    )


def _is_hidden(name: str) -> bool:
    return Path(name).name.startswith(".")  # macOS puts "._name" beside each file of an archive


@contextmanager
def _reading(source: Path) -> Iterator[None]:
    """Turn what is raised where a file can't be read, or not be unpacked, into an `EngineError`."""
    try:
        yield
    except _DAMAGES as error:
        what = getattr(error, "strerror", None) or f"it is damaged ({error})"
        raise EngineError(f"{source}: can't be read: {what}; get it again") from error
    except _REFUSALS as error:
        raise EngineError(f"{source}: can't be unpacked: {error}; unpack it, and name the model") from error


@contextmanager
def _listing(source: Path) -> Iterator[list[str]]:
    if not _is_archive(source):
        yield sorted(path.name for path in source.parent.iterdir() if path.is_file())
    elif tarfile.is_tarfile(source):
        with tarfile.open(source) as archive:
            yield [member.name for member in archive.getmembers() if member.isfile()]
    else:
        with zipfile.ZipFile(source) as packed:
            yield packed.namelist()


@contextmanager
def _opened(source: Path, name: str) -> Iterator[IO[bytes]]:
    """Open a file of an archive, or one that lies beside `source`, for reading alone."""
    if not _is_archive(source):
        with (source.parent / name).open("rb") as file:
            yield file
    elif tarfile.is_tarfile(source):
        with tarfile.open(source) as archive:
            member = archive.extractfile(name)
            if member is None:
                raise EngineError(f"{source}: {name} can't be read")
            with member:
                yield member
    else:
        with zipfile.ZipFile(source) as packed, packed.open(name) as file:
            yield file
