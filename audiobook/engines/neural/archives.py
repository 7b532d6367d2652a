"""Find a model's files in what a person has: the files themselves, a ZIP, or a TAR of them."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from audiobook.engines.neural.store import storing
from audiobook.errors import EngineError


def take_files(source: Path, endings: Sequence[Sequence[str]], folder: Path) -> list[Path]:
    """Copy one file for each of `endings` (of which one is enough) into `folder`; return the copies.

    `source` is an archive that holds them, or the first of them, beside which the others lie.
    Raises `EngineError` where one is missing or there are several, `StorageError` where there is no room.
    """
    if not source.is_file():
        raise EngineError(f"{source}: there is no such file")
    found: list[Path] = []
    with _listing(source) as names:
        for wanted in endings:
            fitting = [name for name in names if name.endswith(tuple(wanted)) and not _is_hidden(name)]
            if len(fitting) > 1 and source.name in fitting:
                fitting = [source.name]
            if len(fitting) > 1 and not _is_archive(source):
                own = [name for name in fitting if name.startswith(source.name.removesuffix(".onnx"))]
                fitting = own or fitting
            if len(fitting) != 1:
                count = "no" if not fitting else f"{len(fitting)}"
                where = "in it" if _is_archive(source) else "beside it"
                raise EngineError(
                    f"{source}: expected one file *{' or *'.join(wanted)} {where}, found {count}"
                )
            target = folder / f"{len(found)}{wanted[0]}"
            with _opened(source, fitting[0]) as data, storing(target), target.open("wb") as copy:
                shutil.copyfileobj(data, copy)
            found.append(target)
    return found


def _is_archive(source: Path) -> bool:
    return tarfile.is_tarfile(source) or (
        zipfile.is_zipfile(source) and source.suffix not in {".bin", ".npz"}
    )


def _is_hidden(name: str) -> bool:
    return Path(name).name.startswith(".")  # macOS puts "._name" beside each file of an archive


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
