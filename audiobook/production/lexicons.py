"""The lexicons that voices.yaml names, each read once for as long as its file stays as it is."""

from __future__ import annotations

import contextlib
from functools import lru_cache
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Pronunciation
from audiobook.production.memory import identify_file
from audiobook.reading import read_lexicon_file


def find_lexicon(folder: Path, name: str) -> tuple[Pronunciation, ...]:
    """Return the entries of a lexicon, whose path is stated from a folder.  Raises `SourceError`."""
    path = folder / name
    identity = None
    with contextlib.suppress(SourceError):  # which is raised when it is read, with more to say
        identity = identify_file(path)
    return _read(path, identity)


@lru_cache(maxsize=8)
def _read(path: Path, _identity: object) -> tuple[Pronunciation, ...]:
    """Read a file that `_identity` tells from itself at other times; 50,000 entries take 0.6 s."""
    return read_lexicon_file(path)
