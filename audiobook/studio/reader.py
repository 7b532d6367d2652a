"""Reads stories for the page: long ones in a process apart, so that answers need not wait for that.

Python runs one thread at a time, so that a novel that is analysed on a thread makes every answer wait.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from audiobook.building.run import Run
from audiobook.caching.scripts import ScriptCache
from audiobook.casting import StorySettings
from audiobook.model import Book, Script
from audiobook.planning.cached_scripts import read_through, script_key
from audiobook.project.layout import Source
from audiobook.project.shared_engines import introduce
from audiobook.reading import read_book
from audiobook.script import LineWords
from audiobook.studio.side_process import SideProcess
from audiobook.studio.story_memory import StoryMemory
from audiobook.studio.story_state import ShelfStory, look_at_story

SMALL_BYTES = 30_000
"""Of a file that is read at once: 5,000 words take a twentieth of a second, to start a process half a one."""


class StoryReader:
    """Reads stories, through the cache of scripts.  Threads may share it."""

    def __init__(self, cache: ScriptCache) -> None:
        self._cache = cache
        self._apart = SideProcess(_begin, cache)

    @staticmethod
    def is_long(path: Path) -> bool:
        """Tell whether to read a story takes so long that a page should not wait for it."""
        try:
            return path.stat().st_size > SMALL_BYTES
        except OSError:
            return False

    def read(self, path: Path, settings: StorySettings) -> Script:
        """Return a story's script as `scripting.read_script` does, and raise as it does."""
        if not self.is_long(path):
            return read_through(self._cache, path, settings)
        for _ in range(2):
            key = script_key(path, settings)
            script = self._cache.get(key, settings.corrections) if key else None
            if script is not None:
                return script
            script = self._apart.ask(_read, path, settings)
            if script is not None:
                break
        return script or read_through(self._cache, path, settings)

    def find_words(self, path: Path, settings: StorySettings, book: Book) -> LineWords:
        """Return the words of the lines of a story that was read as `book`."""
        if not self.is_long(path):
            return LineWords(book)
        words: LineWords = self._apart.ask(_find_words, path, settings)
        return words

    def prove(self, path: Path) -> None:
        """Read a file as a story and let go of it.  Raises `SourceError` where that can't be done."""
        if self.is_long(path):
            self._apart.ask(_prove, path)
        else:
            read_book(path)

    def look(self, run: Run, source: Source, memory: StoryMemory) -> ShelfStory:
        """Find out how a story stands; a small one by the `memory` of this process."""
        if source.fault is not None or not self.is_long(source.path):
            return look_at_story(replace(run, reads=memory.plan_script), source)
        story: ShelfStory = self._apart.ask(_look, run, source)
        return story

    def end(self) -> None:
        """End the process apart."""
        self._apart.end()


class _Work:
    """What the process apart holds: its own memory of the stories that it has read."""

    def __init__(self, cache: ScriptCache) -> None:
        self.cache = cache
        self.memory = StoryMemory(self._read)

    def _read(self, path: Path, settings: StorySettings) -> Script:
        return read_through(self.cache, path, settings)


def _begin(cache: ScriptCache) -> _Work:
    return _Work(cache)


def _read(work: _Work, path: Path, settings: StorySettings) -> Script | None:
    """Read a story into the cache; its script is returned only where that can't be written.

    To read it from there takes the other process about as long, but lets its other threads run meanwhile.
    """
    script = work.memory.read_script(path, settings)
    key = script_key(path, settings)
    return None if key is not None and work.cache.holds(key) else script


def _prove(_work: _Work, path: Path) -> None:
    read_book(path)


def _find_words(work: _Work, path: Path, settings: StorySettings) -> LineWords:
    return LineWords(work.memory.read_script(path, settings).book)


def _look(work: _Work, run: Run, source: Source) -> ShelfStory:
    introduce(run.settings.servers)  # in the process that read the settings they are known
    return look_at_story(replace(run, reads=work.memory.plan_script), source)
