"""Which take of a line was kept, and what was heard of it; beside the clips, and pruned like them.

An entry is one file, `ab/abcdef….take`: a line of JSON (`codec.py`).  What is damaged is a miss.
"""

from __future__ import annotations

from dataclasses import dataclass

from audiobook.caching.codec import decode_value, encode_value
from audiobook.caching.hashed_files import HashedFiles, touch
from audiobook.listening.verdicts import Heard

_SUFFIX = ".take"


@dataclass(frozen=True, slots=True, kw_only=True)
class Take:
    """The clip that was kept of a line: under which key, in which way it is spoken ("" plainly).

    `again` is how often it was spoken again before, `heard` what was heard of the one that was kept.
    """

    clip: str
    way: str
    again: int
    heard: Heard


@dataclass(frozen=True, slots=True)
class TakeCache(HashedFiles):
    """The clips' folder, where takes are noted."""

    def get(self, key: str) -> Take | None:
        """Return what was kept, or None where nothing is known; marks it as used."""
        path = self.place(key, _SUFFIX)
        try:
            take = decode_value(Take, path.read_bytes())
        except (OSError, ValueError):
            return None
        touch(path)
        return take

    def put(self, key: str, take: Take) -> None:
        """Note what was kept.  Raises `StorageError` where the folder can't be written."""
        self.write(self.place(key, _SUFFIX), encode_value(take), "clip")
