"""A folder of the user's cache: entries under hashes, written in one step, the oldest removed first."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.files import write_whole

_KEEP_SHARE = 0.9
"""When the cache is over its limit, it is brought down to this share of it, so as not to prune each time."""


@dataclass(frozen=True, slots=True)
class HashedFiles:
    """A folder of files `ab/abcdef….suffix`, safe to share between processes."""

    folder: Path

    def place(self, key: str, suffix: str) -> Path:
        """Return where the entry of a key lies, or would."""
        return self.folder / key[:2] / f"{key}{suffix}"

    def write(self, path: Path, data: bytes, what: str) -> None:
        """Write an entry in one step, so that no reader ever sees half of it.

        Raises `StorageError` where the folder can't be written; `what` names the cache.
        """
        try:
            write_whole(path, data)
        except OSError as error:
            raise StorageError(
                f"{self.folder}: the {what} cache can't be written: {error.strerror}; free some space, or "
                "set XDG_CACHE_HOME to another folder"
            ) from error

    def prune(self, limit_bytes: int) -> int:
        """Remove the entries that were not used for longest until the rest fits; return bytes removed."""
        entries = sorted(self._list())
        total = sum(size for _, size, _ in entries)
        removed = 0
        if total > limit_bytes:
            for _, size, path in entries:
                if total - removed <= limit_bytes * _KEEP_SHARE:
                    break
                try:
                    path.unlink(missing_ok=True)
                except OSError:
                    continue  # another user's, say; the bound is not worth failing a finished run for
                removed += size
        return removed

    def _list(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("??/*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            yield status.st_mtime, status.st_size, path

    def clear(self) -> int:
        """Remove every entry; return the bytes freed.  Raises `StorageError` where one stays."""
        freed = self.size_bytes()
        try:
            if self.folder.exists():
                shutil.rmtree(self.folder)
        except OSError as error:
            raise StorageError(
                f"{error.filename or self.folder}: can't be removed: {error.strerror}"
            ) from error
        return freed

    def size_bytes(self) -> int:
        """Add up the sizes of all entries."""
        return sum(size for _, size, _ in self._list())


def touch(path: Path) -> None:
    """Mark a file of the cache as used; one that is not there is found missing when it is read."""
    with contextlib.suppress(OSError):
        os.utime(path)
