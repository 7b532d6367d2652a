"""What is on the desk: the project with its settings as they are now, and the stories that are open."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from audiobook.audio import Encoder, find_encoder
from audiobook.casting import Settings, StorySettings
from audiobook.model import Cast, Script
from audiobook.production import (
    ClipCache,
    Editor,
    Hearing,
    Project,
    Source,
    StoryMemory,
    are_unchanged,
    find_stories,
    list_texts,
    read_settings,
)
from audiobook.studio.answers import StudioError, encode
from audiobook.studio.views import show_cast, show_script

MOST_OPEN = 8
"""Stories whose views are kept, a novel's taking some 5 MB; the scripts themselves are in the memory."""


@dataclass(frozen=True, slots=True)
class Now:
    """voices.yaml as it is: its revision, and what it says."""

    revision: str
    settings: Settings


class OpenStory:
    """A story as it was read and cast, and what is made of that, each once."""

    def __init__(
        self, name: str, planned: tuple[Script, Cast], settings: StorySettings, cache: ClipCache
    ) -> None:
        self.name = name
        self.script, self.cast = planned
        self.settings = settings
        self._cache = cache

    @cached_property
    def script_json(self) -> bytes:
        """The script view (`views.show_script`)."""
        return encode(show_script(self.name, self.script, self.cast))

    @cached_property
    def cast_json(self) -> bytes:
        """The cast view (`views.show_cast`)."""
        return encode(show_cast(self.script, self.cast, self.settings))

    @cached_property
    def hearing(self) -> Hearing:
        """What speaks single lines of it."""
        return Hearing(self.script, self.cast, self.settings, self._cache)


class Desk:
    """Opens stories by their names in `texts/`, and by nothing else: no path comes in from outside.

    May be used from several threads.
    """

    def __init__(self, project: Project, cache_folder: Path) -> None:
        self._project = project
        self.cache_folder = cache_folder
        self.cache = ClipCache(cache_folder / "clips")
        self.memory = StoryMemory()
        self.editor = Editor(project, lambda name: self.open(name).script)
        self._now: Now | None = None
        self._open: dict[str, OpenStory] = {}
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
        """Return the settings with their revision, read anew only where the file has changed.

        Raises `SettingsError` while the file holds faults.
        """
        with self._lock:
            revision = self.revision()
            while (
                self._now is None
                or self._now.revision != revision
                or not are_unchanged(self._now.settings.files)
            ):
                self._now = Now(revision, read_settings(self.project))
                revision = self.revision()  # written again in between, perhaps
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
        now = self.read_now()
        settings = now.settings.for_story(name)
        planned = self.memory.plan_script(source.path, settings)
        with self._lock:
            kept = self._open.get(name)
            if kept is None or kept.script is not planned[0]:
                kept = OpenStory(name, planned, settings, self.cache)
                self._open.pop(name, None)
                self._open[name] = kept
                for other in list(self._open)[:-MOST_OPEN]:
                    del self._open[other]
            return kept, now.revision
