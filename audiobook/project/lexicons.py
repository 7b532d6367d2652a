"""The lexicons that voices.yaml names, each read once for as long as its file stays as it is."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from audiobook.files import Identity, identify
from audiobook.model import Pronunciation
from audiobook.reading import read_lexicon_file


class LexiconShelf:
    """Reads lexicons, whose paths are stated from a folder; `read` notes each, and what it was then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read: dict[Path, Identity | None] = {}

    def find(self, name: str) -> tuple[Pronunciation, ...]:
        """Return the entries of a lexicon.  Raises `SourceError`."""
        path = self._folder / name
        self.read[path] = identify(path)
        return _read(path, self.read[path])


@lru_cache(maxsize=8)
def _read(path: Path, _identity: Identity | None) -> tuple[Pronunciation, ...]:
    return read_lexicon_file(path)
