"""The clip cache: synthesized speech by the hash of everything that shapes its sound.

An entry is one file, `ab/abcdef….clip`: a header (magic, sample rate, CRC-32, length) and the samples.
An entry that does not fit its header is a miss.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import struct
import zlib
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.model import Clip, Voice

_HEADER = struct.Struct("<8sIIQ")
_MAGIC = b"narrate1"
_KEEP_SHARE = 0.9
"""When the cache is over its limit, it is brought down to this share of it, so as not to prune each time."""


def clip_key(engine_fingerprint: str, voice: Voice, text: str) -> str:
    """Hash all that decides a clip's samples: the engine's version, the voice's settings, the words."""
    parts = json.dumps([engine_fingerprint, asdict(voice), text], sort_keys=True)
    return hashlib.sha256(parts.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class ClipCache:
    """A folder of clips, safe to share between processes."""

    folder: Path

    def _path(self, key: str) -> Path:
        return self.folder / key[:2] / f"{key}.clip"

    def measure(self, key: str) -> tuple[int, int] | None:
        """Return a clip's frames and sample rate by its header; None where it is missing or cut.

        Only `get` looks at the samples too.
        """
        try:
            with self._path(key).open("rb") as file:
                header = _read_header(file.read(_HEADER.size))
                whole = header is not None and os.fstat(file.fileno()).st_size == _HEADER.size + header[2]
        except OSError:
            return None
        return (header[2] // 2, header[0]) if header is not None and whole else None

    def get(self, key: str) -> Clip | None:
        """Return a clip, or None where it is missing or damaged; marks it as used."""
        path = self._path(key)
        try:
            data = path.read_bytes()
            os.utime(path)
        except OSError:
            return None
        header = _read_header(data)
        samples = data[_HEADER.size :]
        if header is None or len(samples) != header[2] or zlib.crc32(samples) != header[1]:
            return None
        return Clip(samples=samples, sample_rate=header[0])

    def put(self, key: str, clip: Clip) -> None:
        """Store a clip in one step, so that no reader ever sees half of it.

        Raises `StorageError` where the folder can't be written.
        """
        path = self._path(key)
        temporary = path.with_suffix(f".{os.getpid()}.tmp")
        header = _HEADER.pack(_MAGIC, clip.sample_rate, zlib.crc32(clip.samples), len(clip.samples))
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            try:
                temporary.write_bytes(header + clip.samples)
                temporary.replace(path)
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StorageError(
                f"{self.folder}: the clip cache can't be written: {error.strerror}; free some space, or "
                "set XDG_CACHE_HOME to another folder"
            ) from error

    def prune(self, limit_bytes: int) -> int:
        """Remove the clips that were not used for longest until the rest fits; return bytes removed."""
        entries = sorted(self._entries())
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

    def _entries(self) -> Iterator[tuple[float, int, Path]]:
        for path in self.folder.glob("??/*"):
            try:
                status = path.stat()
            except FileNotFoundError:
                continue
            yield status.st_mtime, status.st_size, path

    def clear(self) -> int:
        """Remove every clip; return the bytes freed.  Raises `StorageError` where one stays."""
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
        return sum(size for _, size, _ in self._entries())


def _read_header(data: bytes) -> tuple[int, int, int] | None:
    """Return sample rate, CRC-32 and length in bytes, or None where it is no header of this version."""
    if len(data) < _HEADER.size:
        return None
    magic, sample_rate, checksum, length = _HEADER.unpack_from(data)
    return (sample_rate, checksum, length) if magic == _MAGIC else None
