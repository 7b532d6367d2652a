"""Reading: a source file becomes a `Book`, one module per format."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.decode import MAX_BYTES
from audiobook.reading.text import read_text

READERS: Mapping[str, Callable[[Path, bytes], Book]] = {".txt": read_text, ".text": read_text, "": read_text}
"""File ending → reader, which is given the path (for names and messages) and the file's bytes."""


def read_book(path: Path) -> Book:
    """Read a source file.  Raises `SourceError` where that can't be done, saying why."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SourceError(f"{path}: the file's name is not UTF-8; rename it") from error
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        readable = ", ".join(sorted(filter(None, READERS)))
        raise SourceError(f"{path}: can't read files that end in {path.suffix} (readable: {readable})")
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise SourceError(f"{path}: is not a file that can be read to an end")
        if status.st_size > MAX_BYTES:
            raise SourceError(
                f"{path}: {status.st_size / 1e6:.0f} MB is more than a text of {MAX_BYTES / 1e6:.0f} MB; "
                "split it into several files"
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise SourceError(f"{path}: is a folder, not a story") from error
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    return reader(path, data)
