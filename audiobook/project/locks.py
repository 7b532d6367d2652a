"""One run at a time on an output folder."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.project.layout import make_folder


@contextmanager
def sole_use(output: Path, cache_folder: Path, note: Callable[[str], None]) -> Iterator[None]:
    """Hold the lock of an output folder, waiting (and saying so) for another run that has it.

    Two runs at once would take each other's unfinished files for leftovers.  The folder itself is what
    is locked, so that no lock file lies among the audiobooks; where a folder can't be (Windows, NFS), a
    file in the cache folder stands for it.  The system lets go of the lock when a process dies.
    Raises `StorageError`.
    """
    make_folder(output)
    waiting = f"another narrate is writing to {output}; waiting for it to finish"
    try:
        import fcntl
    except ImportError:
        with _lock_file(output, cache_folder, note, waiting):
            yield
        return
    if sys.platform == "win32":  # for mypy: it has no fcntl
        return
    try:
        folder = os.open(output, os.O_RDONLY)
    except OSError as error:
        raise StorageError(f"{output}: can't be locked: {error.strerror}") from error
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            note(waiting)
            fcntl.flock(folder, fcntl.LOCK_EX)
        except OSError:  # NFS locks only what is open for writing, which a folder never is
            with _lock_file(output, cache_folder, note, waiting):
                yield
            return
        yield
    finally:
        os.close(folder)


@contextmanager
def _lock_file(output: Path, cache_folder: Path, note: Callable[[str], None], waiting: str) -> Iterator[None]:
    from filelock import FileLock, Timeout

    make_folder(cache_folder / "locks")
    name = hashlib.sha256(str(output.resolve()).encode()).hexdigest()[:24]
    lock = FileLock(cache_folder / "locks" / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        note(waiting)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
