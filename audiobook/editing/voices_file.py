"""The file voices.yaml: read with its revision, and replaced in one step by text that is proven valid."""

from __future__ import annotations

import codecs
import os
import shutil
import tempfile
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

from audiobook.errors import ConflictError, EditError, SettingsError, StorageError
from audiobook.project.layout import Project
from audiobook.project.settings import read_settings

_FAULTS_SHOWN = 3


def voices_path(project: Project) -> Path:
    """Return where a project's voices.yaml is, or would be made."""
    return (project.voices or project.texts.parent / "voices.yaml").resolve()


def read_voices(path: Path) -> bytes:
    """Return the file's bytes, none where there is no file.  Raises `StorageError`."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error


def revision_of(data: bytes) -> str:
    """Name the contents of a voices.yaml: the same bytes, and no others, have the same name."""
    return blake2b(data, digest_size=12).hexdigest()


def decode_voices(data: bytes) -> str:
    """Return the text of bytes that are known to be valid settings, without a byte order mark."""
    return data.decode("utf-8-sig")


def encode_voices(text: str, before: bytes) -> bytes:
    """Return the bytes of a changed text, with a byte order mark where the file had one."""
    mark = codecs.BOM_UTF8 if before.startswith(codecs.BOM_UTF8) else b""
    return mark + text.encode("utf-8")


def replace_voices(project: Project, path: Path, before: bytes, after: bytes) -> None:
    """Put new bytes in the file's place, once they are proven to be valid settings.

    Raises `EditError` where they are not, `ConflictError` where the file does not hold `before` any
    more, `StorageError` where it can't be written; in each case the file is left alone.
    """
    try:
        handle, name = tempfile.mkstemp(prefix=".voices-", suffix=".yaml", dir=path.parent)
    except OSError as error:
        raise StorageError(f"{path.parent}: can't be written: {error.strerror}") from error
    fresh = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        _prove(project, path, fresh)
        if path.exists():
            shutil.copymode(path, fresh)
        else:
            fresh.chmod(0o644)
        if read_voices(path) != before:
            raise ConflictError(f"{path}: was changed meanwhile, so nothing was written; try again")
        fresh.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def _prove(project: Project, path: Path, fresh: Path) -> None:
    try:
        read_settings(replace(project, voices=fresh))
    except SettingsError as error:
        faults = [f"{fault.path}: {fault.message}" for fault in error.faults[:_FAULTS_SHOWN]]
        raise EditError(f"{path}: {'; '.join(faults)}; nothing was changed") from error
