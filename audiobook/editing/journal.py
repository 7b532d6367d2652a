"""What a machine has written into voices.yaml, change by change: each can be taken back, the last first."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from pathlib import Path

from audiobook.editing.voices_file import read_voices, replace_voices, revision_of
from audiobook.errors import ConflictError, StorageError
from audiobook.project.layout import Project

_REMEMBERED = 100
"""How many changes can be taken back; each is a file of some kilobytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Undone:
    """What was taken back, in words, and the file's revision since then."""

    revision: str
    undone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Change:
    """The file before (None: there was none), its revision after, and what the change was."""

    before: bytes | None
    after: str
    what: str


class Journal:
    """Writes one voices.yaml and remembers what it held; one thread at a time.

    A `project` is the file's, with its voices.yaml as it is: what is written must be valid settings of it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._changes: deque[_Change] = deque(maxlen=_REMEMBERED)

    @property
    def revision(self) -> str:
        """The revision of the file as it is now."""
        return revision_of(read_voices(self._path))

    def read(self, revision: str) -> bytes:
        """Return the file's bytes.  Raises `ConflictError` where it has another revision by now."""
        data = read_voices(self._path)
        if revision_of(data) != revision:
            raise ConflictError(f"{self._path}: was changed meanwhile, so nothing was written; look again")
        return data

    def write(self, project: Project, before: bytes, after: bytes, what: str) -> str:
        """Put `after` in the place of `before`, and return the new revision.  Raises as `replace_voices`."""
        existed = self._path.exists()
        replace_voices(project, self._path, before, after)
        revision = revision_of(after)
        self._changes.append(_Change(before=before if existed else None, after=revision, what=what))
        return revision

    def can_undo(self, revision: str) -> bool:
        """Tell whether the last change can be taken back from a revision of the file."""
        return bool(self._changes) and self._changes[-1].after == revision

    def undo(self, project: Project, revision: str) -> Undone:
        """Take the last change back: the file's bytes are what they were before.

        Raises `ConflictError` where nothing is left to take back, or where the file was changed by
        somebody else since.
        """
        data = self.read(revision)
        if not self._changes:
            raise ConflictError("there is nothing to take back")
        last = self._changes[-1]
        if last.after != revision:
            raise ConflictError(f"{self._path}: was changed in an editor since, so nothing was taken back")
        if last.before is None:
            self._remove()
        else:
            replace_voices(project, self._path, data, last.before)
        self._changes.pop()
        return Undone(revision=self.revision, undone=last.what)

    def _remove(self) -> None:
        try:
            self._path.unlink()
        except OSError as error:
            raise StorageError(f"{self._path}: can't be removed: {error.strerror}") from error
