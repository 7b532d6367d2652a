"""Stories as they were read, kept for as long as nothing that decides their script has changed."""

from __future__ import annotations

import threading
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from audiobook.casting import StorySettings
from audiobook.errors import SourceError
from audiobook.model import Cast, Script
from audiobook.production.scripting import cast_script, plan_script, read_script
from audiobook.reading import NO_WISH, ReadingWish

_MOST_LETTERS = 6_000_000
"""About ten novels, whose scripts take some 20 MB each."""


@dataclass(frozen=True, slots=True)
class _Kept:
    """A story as it was read last, with what that depended on."""

    reading: tuple[object, ...]
    script: Script
    settings: StorySettings
    planned: tuple[Script, Cast]


class StoryMemory:
    """Gives each story's script and cast, and works out only what a change has made stale.

    To find who speaks takes a novel seconds, to cast it a hundredth of that.  May be used from several
    threads; each story is worked on by one at a time.
    """

    def __init__(self) -> None:
        self._kept: dict[Path, _Kept] = {}
        self._locks: defaultdict[Path, threading.Lock] = defaultdict(threading.Lock)
        self._lock = threading.Lock()

    def plan_script(
        self, path: Path, settings: StorySettings, *, preview: int | None = None, wish: ReadingWish = NO_WISH
    ) -> tuple[Script, Cast]:
        """Return what `scripting.plan_script` would: the very same objects while nothing has changed."""
        if preview is not None or wish != NO_WISH:
            return plan_script(path, settings, preview=preview, wish=wish)
        with self._lock:
            own = self._locks[path]
        with own:
            kept = self._kept.get(path)
            reading = (identify_file(path), settings.reading, settings.details, settings.corrections)
            if kept is not None and kept.reading == reading:
                if kept.settings == settings:
                    return kept.planned
                script = kept.script
            else:
                script = read_script(path, settings)
            planned = cast_script(script, settings)
            self._keep(path, _Kept(reading, script, settings, planned))
            return planned

    def _keep(self, path: Path, fresh: _Kept) -> None:
        """Put a story in the last place, and let go of the first ones where there are too many."""
        with self._lock:
            self._kept.pop(path, None)
            self._kept[path] = fresh
            letters = sum(len(kept.script.book.text) for kept in self._kept.values())
            for other in list(self._kept)[:-1]:
                if letters <= _MOST_LETTERS:
                    break
                letters -= len(self._kept.pop(other).script.book.text)


def identify_file(path: Path) -> tuple[int, int, int]:
    """Return what changes whenever a file does: inode, size, time.  Raises `SourceError` where it is gone."""
    try:
        status = path.stat()
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    return status.st_ino, status.st_size, status.st_mtime_ns
