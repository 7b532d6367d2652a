"""The lexicons that voices.yaml names, each read once for as long as its file stays as it is."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Pronunciation
from audiobook.production.memory import identify_file
from audiobook.reading import read_lexicon_file


class LexiconShelf:
    """Reads lexicons, whose paths are stated from a folder; `read` notes each, and what it was then."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.read: dict[Path, object] = {}

    def find(self, name: str) -> tuple[Pronunciation, ...]:
        """Return the entries of a lexicon.  Raises `SourceError`."""
        path = self._folder / name
        self.read[path] = _identify(path)
        return _read(path, self.read[path])


def are_unchanged(files: Iterable[tuple[Path, object]]) -> bool:
    """Tell whether files are still what they were when they were noted."""
    return all(_identify(path) == identity for path, identity in files)


def _identify(path: Path) -> object:
    try:
        return identify_file(path)
    except SourceError:  # it can't be read either, which says more
        return None


@lru_cache(maxsize=8)
def _read(path: Path, _identity: object) -> tuple[Pronunciation, ...]:
    return read_lexicon_file(path)
