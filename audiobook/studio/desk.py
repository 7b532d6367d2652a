"""What is on the desk: the project with its settings as they are now, and the stories that are open."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from audiobook.audio import Encoder, find_encoder
from audiobook.caching.clips import ClipCache
from audiobook.caching.scripts import ScriptCache
from audiobook.casting import Settings, StorySettings
from audiobook.editing.edits import Editor
from audiobook.editing.seen import name_edition
from audiobook.engines.neural.store import identify_models
from audiobook.errors import NarrateError, SourceError
from audiobook.files import Identity, are_unchanged
from audiobook.model import Book
from audiobook.planning.series import SeriesCasts
from audiobook.project.layout import Project, Source, find_stories, identify_source, list_texts
from audiobook.project.settings import read_settings
from audiobook.script import LineWords
from audiobook.studio.answers import StudioError, encode
from audiobook.studio.colours import colour_speakers
from audiobook.studio.line_speech import LineSpeaker
from audiobook.studio.reader import StoryReader
from audiobook.studio.script_view import ChapterView, show_chapters, show_script
from audiobook.studio.story_memory import PlannedStory, StoryMemory
from audiobook.studio.views import show_cast

MOST_OPEN = 8
"""Stories whose views are kept, a novel's taking some 5 MB; the scripts themselves are in the memory."""


@dataclass(frozen=True, slots=True)
class Now:
    """voices.yaml as it is: its revision, and what it says with the voices that are installed."""

    revision: str
    settings: Settings
    installed: tuple[object, ...]


class OpenStory:
    """A story as it was read and cast, and what is made of that, each once."""

    def __init__(
        self,
        name: str,
        planned: PlannedStory,
        settings: StorySettings,
        cache: ClipCache,
        earlier: OpenStory | None = None,
    ) -> None:
        self.name = name
        self.script, self.cast = planned.script, planned.cast
        self.is_settled = planned.is_settled
        self.is_as_foreseen = False
        self.settings = settings
        self._cache = cache
        self.before: Sequence[ChapterView] = earlier.latest_chapters if earlier else ()
        self._colours_before = earlier.known_colours if earlier else {}

    def shows(self, planned: PlannedStory) -> bool:
        """Tell whether this is a story as it was planned."""
        return self.script is planned.script and self.cast is planned.cast

    @cached_property
    def chapters(self) -> Sequence[ChapterView]:
        """The chapters of the script view; those of the story as it was `before` are taken over."""
        chapters = show_chapters(self.script, self.before)
        self.before = ()
        return chapters

    @cached_property
    def colours(self) -> Mapping[str | None, int]:
        """The speakers' colours, those of before where they had one."""
        return colour_speakers(self.script, self.cast, self._colours_before)

    @property
    def known_colours(self) -> Mapping[str | None, int]:
        """The colours of all who speak, or have spoken before a change: to take it back gives them again."""
        return {**self._colours_before, **self.colours}

    @cached_property
    def edition(self) -> str:
        """Which text its lines are of."""
        return name_edition(self.script.book)

    @cached_property
    def script_json(self) -> bytes:
        """The script view."""
        return show_script(self.name, self.edition, self.script, self.colours, self.chapters)

    @property
    def latest_chapters(self) -> Sequence[ChapterView]:
        """The chapters as they were written last, this time or before."""
        return self.chapters if "chapters" in self.__dict__ else self.before

    @cached_property
    def cast_json(self) -> bytes:
        """The cast view (`views.show_cast`)."""
        return encode(show_cast(self.script, self.cast, self.settings))

    @cached_property
    def speaker(self) -> LineSpeaker:
        """What speaks single lines of it."""
        return LineSpeaker(self.script, self.cast, self.settings, self._cache)


class Desk:
    """Opens stories by their names in `texts/`, and by nothing else: no path comes in from outside.

    May be used from several threads.  `settled` is told when a story was read with corrections that
    `open` could not wait for: its name, the revision of voices.yaml, and whether anything came otherwise
    than it was shown.  `edited` is told the name of a story that was opened before, once its file is
    another.
    """

    def __init__(
        self,
        project: Project,
        cache_folder: Path,
        settled: Callable[[str, str, bool], None] = lambda *_told: None,
        edited: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._project = project
        self._settled, self._edited = settled, edited
        self.cache_folder = cache_folder
        self.cache = ClipCache(cache_folder / "clips")
        self.reader = StoryReader(ScriptCache(cache_folder / "scripts"))
        self.memory = StoryMemory(self.reader.read, self.reader.find_words, self._settling, self._tell)
        self.editor = Editor(project, lambda name: self.open(name).script, self.find_words)
        self._series = SeriesCasts()
        self._now: Now | None = None
        self._open: dict[str, OpenStory] = {}
        self._ready: dict[str, OpenStory] = {}
        self._files: dict[Path, Identity | None] = {}
        self._lock = threading.RLock()

    @property
    def project(self) -> Project:
        """The project; a voices.yaml that was made meanwhile is found, one that was removed is missed."""
        own = self._project.voices
        usual = self._project.texts.parent / "voices.yaml"
        if own is None or own == usual:
            return replace(self._project, voices=usual if usual.exists() else None)
        return self._project

    @property
    def encoder(self) -> Encoder:
        """The encoder of the settings.  Raises `EncoderError`."""
        return find_encoder(self.read_now().settings.output.ffmpeg)

    def revision(self) -> str:
        """Return the revision of voices.yaml as it is; one that is not there has that of an empty one."""
        return self.editor.revision

    def read_now(self) -> Now:
        """Return the settings with their revision, read anew where the file or the voices have changed.

        Raises `SettingsError` while the file holds faults.
        """
        with self._lock:
            revision, installed = self.revision(), identify_models()
            while (
                self._now is None
                or (self._now.revision, self._now.installed) != (revision, installed)
                or not are_unchanged(self._now.settings.files)
            ):
                if self._now is not None and self._now.installed != installed:
                    self.memory.forget_casts()
                    self._series = SeriesCasts()
                self._now = Now(revision, read_settings(self.project), installed)
                revision, installed = self.revision(), identify_models()  # others in between, perhaps
            return self._now

    def sources(self) -> list[Source]:
        """List the stories in `texts/`, each with what is wrong with its file, if anything is."""
        return find_stories(self.project) if list_texts(self.project) else []

    def find(self, name: str) -> Source:
        """Find a story.  Raises `StudioError` where there is none of that name."""
        for source in self.sources():
            if source.name == name:
                return source
        raise StudioError(404, f"There is no story {name[:80]!r} in {self.project.texts}.")

    def open(self, name: str) -> OpenStory:
        """Read a story, or find it as it was read before.  Raises `NarrateError`."""
        return self.open_now(name)[0]

    def open_now(self, name: str) -> tuple[OpenStory, str]:
        """Return what `open` does, with the revision of voices.yaml that it is as of."""
        source = self.find(name)
        if source.fault is not None:
            raise StudioError(422, source.fault)
        self._notice(source.path)
        now = self.read_now()
        settings = self.settle(source.path, now)
        planned = self._plan(source.path, settings)
        with self._lock:
            kept = self._open.get(name)
            if kept is None or not kept.shows(planned):
                ready = self._ready.pop(name, None)
                earlier, kept = kept, ready if ready and ready.shows(planned) else None
                kept = kept or OpenStory(name, planned, settings, self.cache, earlier)
                self._open.pop(name, None)
                self._open[name] = kept
                for other in list(self._open)[:-MOST_OPEN]:
                    del self._open[other]
            return kept, now.revision

    def settle(self, path: Path, now: Now) -> StorySettings:
        """Return what is set for a story, with the people of earlier books of its series."""
        return self._series.settle(self.project, now.settings, path, self.memory.plan_script)

    def add_state(self, body: bytes, story: OpenStory, revision: str) -> bytes:
        """Put the revision of voices.yaml into a JSON object that is written, and may have megabytes.

        `pending` says that the story is being read with its latest corrections: `script` will be told.
        """
        can_undo = self.editor.can_undo(revision)
        state = encode({"revision": revision, "pending": not story.is_settled, "undoable": can_undo})
        return body[:-1] + b"," + state[1:]

    def notice_edits(self) -> None:
        """Look whether a file that was opened has changed, and tell so."""
        for path in list(self._files):
            self._notice(path)

    def _notice(self, path: Path) -> None:
        """Compare a file with what it was when it was looked at last; each page may have seen another."""
        found: Identity | None = None
        with contextlib.suppress(SourceError):  # gone, or being saved
            found = identify_source(path)
        with self._lock:
            is_other = self._files.setdefault(path, found) != found
            self._files[path] = found
        if is_other:
            self._edited(path.stem)

    def _plan(self, path: Path, settings: StorySettings) -> PlannedStory:
        if self.reader.is_long(path):
            return self.memory.plan_now(path, settings)
        script, cast = self.memory.plan_script(path, settings)
        return PlannedStory(script=script, cast=cast)

    def find_words(self, name: str, book: Book) -> LineWords:
        """Return the words of a story's lines.  Raises `NarrateError`."""
        settings = self.read_now().settings.for_story(name)
        return self.memory.words(self.find(name).path, settings, book)

    def _settling(self, path: Path, settings: StorySettings, planned: PlannedStory) -> None:
        """Make a story's views before anybody asks for them."""
        name = path.stem
        kept = self._open.get(name)
        story = OpenStory(name, planned, settings, self.cache, kept)
        views = story.script_json, story.cast_json
        story.is_as_foreseen = kept is not None and views == (kept.script_json, kept.cast_json)
        with self._lock:
            self._ready[name] = story

    def _tell(self, path: Path) -> None:
        """Tell that a story is read as it was corrected last; a fault is told to who asks for it."""
        is_changed = True
        with contextlib.suppress(NarrateError):
            story = self.open(path.stem)
            if not story.is_settled:
                return  # it was corrected again meanwhile
            is_changed = not story.is_as_foreseen
        self._settled(path.stem, self.revision(), is_changed)

    def end(self) -> None:
        """End what works for the desk."""
        self.reader.end()
