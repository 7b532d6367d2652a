"""The archive itself: the same bytes from the same content, and the mark in its comment."""

from __future__ import annotations

import shutil
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO

from audiobook.errors import SourceError, StorageError

MIMETYPE = "application/epub+zip"
_MARK = b"narrate "
_CONTAINER = """\
<?xml version="1.0" encoding="utf-8"?>
<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0">
<rootfiles><rootfile full-path="{package}" media-type="application/oebps-package+xml"/></rootfiles>
</container>
"""
_STORED = frozenset("mp3 jpg jpeg png gif webp mp4 m4a woff woff2".split())
"""Endings of what is packed already."""
_DATE = (1980, 1, 1, 0, 0, 0)
"""The earliest that a zip archive knows: the same file must come of the same book on any day."""
_MAX_COPIED = 2_000_000_000
"""Bytes of pictures, fonts and the like that are taken over from one book."""


class EpubFile:
    """An EPUB that is being written, from its mimetype file to its central directory.

    As a context manager it ends the file; raises `StorageError` where it can't be written.
    """

    def __init__(self, path: Path, *, package: str, mark: str) -> None:
        self._path = path
        self._copied = 0
        try:
            self._zip = zipfile.ZipFile(path, "w")
        except OSError as error:
            raise StorageError(f"{path}: can't be written: {error.strerror}") from error
        self._zip.comment = _MARK + mark.encode("ascii")
        self._write("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        self.add("META-INF/container.xml", _CONTAINER.format(package=package))

    def __enter__(self) -> EpubFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._zip.close()
        except OSError as problem:
            if error is None:
                raise StorageError(f"{self._path}: can't be written: {problem.strerror}") from problem

    def add(self, name: str, content: str | bytes) -> None:
        """Add a file."""
        self._write(name, content, _method(name))

    def add_file(self, name: str, path: Path) -> None:
        """Add a file of the disk, a piece at a time."""
        try:
            with path.open("rb") as source:
                self._pour(source, name, path.stat().st_size)
        except OSError as error:
            raise StorageError(f"{path}: can't be put into {self._path}: {error.strerror}") from error

    def copy(self, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        """Add a member of another archive under its own name.  Raises `SourceError` where it is broken."""
        self._copied += member.file_size
        if self._copied > _MAX_COPIED:
            raise SourceError(
                f"{archive.filename}: unpacks to more than {_MAX_COPIED / 1e9:.0f} GB, which no real book "
                "does; is this a zip bomb?"
            )
        try:
            # What is read ends at the size that the archive states: zipfile sees to that.
            with archive.open(member) as source:
                self._pour(source, member.filename, member.file_size)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
            raise SourceError(f"{archive.filename}: {member.filename} is broken ({error})") from error
        except OSError as error:
            raise StorageError(f"{self._path}: can't be written: {error.strerror}") from error

    def _pour(self, source: IO[bytes], name: str, size: int) -> None:
        info = _info(name, _method(name))
        info.file_size = size
        with self._zip.open(info, "w") as target:
            shutil.copyfileobj(source, target, 1 << 20)

    def _write(self, name: str, content: str | bytes, method: int) -> None:
        try:
            self._zip.writestr(_info(name, method), content)
        except OSError as error:
            raise StorageError(f"{self._path}: can't be written: {error.strerror}") from error


def _info(name: str, method: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _DATE)
    info.compress_type = method
    info.create_system = 3
    info.external_attr = 0o644 << 16
    return info


def _method(name: str) -> int:
    ending = name.rpartition(".")[2].lower()
    return zipfile.ZIP_STORED if ending in _STORED else zipfile.ZIP_DEFLATED


def read_epub_mark(path: Path) -> str | None:
    """Return the mark that `write_epub` was given; None where the file is missing, cut off, or foreign."""
    try:
        with zipfile.ZipFile(path) as archive:
            comment = archive.comment
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError):
        return None
    if not comment.startswith(_MARK):
        return None
    return comment.removeprefix(_MARK).decode("ascii", "replace")


def open_members(path: Path) -> tuple[zipfile.ZipFile, Mapping[str, zipfile.ZipInfo]]:
    """Open a source EPUB for copying.  Raises `SourceError`."""
    try:
        archive = zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SourceError(f"{path}: can't be read again ({error})") from error
    return archive, {member.filename: member for member in archive.infolist()}
