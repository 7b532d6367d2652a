"""The shelf: every story with its state, looked at again only where something about it has changed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from pathlib import Path

from audiobook import __version__
from audiobook.building.run import Options, Run, prepare_run
from audiobook.errors import EngineError, NarrateError, SourceError
from audiobook.project.layout import Source, identify_source
from audiobook.project.places import find_folder
from audiobook.studio.desk import Desk, Now
from audiobook.studio.story_state import ShelfChapter, ShelfStory, unreadable

_MOST_REASONS = 6
_PICTURES = (".jpg", ".jpeg", ".png")


class Shelf:
    """Knows how each story stands.  One thread may `refresh` it, others may `show` it meanwhile."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._known: dict[str, tuple[tuple[object, ...], ShelfStory]] = {}
        self._lock = threading.Lock()

    def refresh(
        self,
        prepare: Callable[[str], None],
        tell: Callable[[str], None],
        at_work: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """Look at what has changed since the last time; `tell` is given each story that stands otherwise.

        `prepare` is given each that was looked at, before it is shown as it stands; those that are
        `at_work` are left out.
        """
        sources = self._desk.sources()
        with self._lock:
            gone = self._known.keys() - {source.name for source in sources}
            for name in gone:
                del self._known[name]
        for name in gone:
            tell(name)
        try:
            now = self._desk.read_now()
            run = self._prepare()
        except NarrateError as error:
            for source in sources:
                self._put(source.name, (str(error),), unreadable(source.name, str(error)), tell)
            return
        for source in sources:
            if source.name in at_work():
                continue
            key = self._identify(source, now)
            known = self._known.get(source.name)
            if known is None or known[0] != key:
                story = self._look(run, source)
                prepare(source.name)
                self._put(source.name, key, story, tell)

    def _look(self, run: Run, source: Source) -> ShelfStory:
        try:
            return self._desk.reader.look(run, source, self._desk.memory)
        except EngineError as error:  # the process was killed by it; the others are looked at all the same
            return unreadable(source.name, f"{source.path}: {error}")

    def _prepare(self) -> Run:
        return prepare_run(
            self._desk.project,
            Options(),
            self._desk.cache_folder,
            settings=self._desk.read_now().settings,
        )

    def _put(
        self, name: str, key: tuple[object, ...], story: ShelfStory, tell: Callable[[str], None]
    ) -> None:
        with self._lock:
            before = self._known.get(name)
            self._known[name] = (key, story)
        if before is None or before[1] != story:
            tell(name)

    def _identify(self, source: Source, now: Now) -> tuple[object, ...]:
        """Return what changes whenever the story may stand otherwise than it was seen."""
        folder = find_folder(self._desk.project, source.name)
        files = [source.path, *(source.path.with_suffix(suffix) for suffix in _PICTURES), folder]
        stamps = tuple(_stamp(path) for path in files)
        settings = now.settings
        return (source, stamps, self._desk.settle(source.path, now), settings.output, now.installed)

    def show_chapters(self, name: str) -> dict[str, object]:
        """Return how a story stands, chapter by chapter.  Raises `StudioError` where there is none."""
        story = self._show_story(self._desk.find(name))
        known = self._known.get(name)
        chapters: Sequence[ShelfChapter] = known[1].chapters if known else ()
        return {
            **{key: story[key] for key in ("name", "title", "language", "state", "error", "reasons")},
            "chapters": [asdict(chapter) for chapter in chapters],
        }

    def show(self) -> dict[str, object]:
        """Return the shelf; a story that was not looked at yet is being read."""
        return {
            "version": __version__,
            "folder": str(self._desk.project.texts),
            "stories": [self._show_story(source) for source in self._desk.sources()],
        }

    @property
    def is_complete(self) -> bool:
        """Whether every story was looked at."""
        return all(source.name in self._known for source in self._desk.sources())

    def _show_story(self, source: Source) -> dict[str, object]:
        known = self._known.get(source.name)
        if known is None:
            blank = asdict(unreadable(source.name, ""))
            own = {"state": "reading", "error": None, "cover": False, "chapters": 0, "chapters_made": 0}
            return {**blank, **own}
        story = known[1]
        return {
            **asdict(story),
            "seconds": round(story.seconds, 3),
            "reasons": list(story.reasons[:_MOST_REASONS]),
            "cover": story.state != "unreadable",
            "chapters": len(story.chapters),
            "chapters_made": sum(chapter.state == "made" for chapter in story.chapters),
        }


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes with a file, or with what a folder lists; None where it is not there."""
    try:
        return identify_source(path)
    except SourceError:
        return None
