"""One story at a time, read as the settings say: its text, its script, its cast."""

from __future__ import annotations

import difflib
import functools
import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audiobook.casting import Settings, load_settings
from audiobook.engines import engine_names
from audiobook.engines.allowing import find_objection, find_program
from audiobook.errors import EncoderError
from audiobook.model import Book, Cast, Script
from audiobook.production.chapters import ChapterChoice, keep_chapters
from audiobook.production.languages import settle_language
from audiobook.production.lexicons import LexiconShelf
from audiobook.production.opened import shared_engine
from audiobook.production.project import (
    Project,
    Source,
    find_story,
    list_texts,
)
from audiobook.production.report import Listener
from audiobook.production.scripting import choose_reading, plan_script
from audiobook.production.versions import version_of
from audiobook.reading import NO_WISH, ReadingWish, read_book


def read_settings(project: Project) -> Settings:
    """Load the project's settings with every known engine's voices to check them by.

    Raises `SettingsError` for all faults, `EncoderError` for an ffmpeg that may not be started.
    """
    faults = {name: functools.partial(_find_fault, name) for name in engine_names()}
    folder = project.voices.parent if project.voices else Path()
    lexicons = LexiconShelf(folder)
    settings = load_settings(project.voices, engines=faults, read_lexicon=lexicons.find)
    if fault := _find_encoder_fault(settings.output.ffmpeg):
        raise EncoderError(f"{project.voices}: output.ffmpeg: expected {fault}")
    return replace(settings, files=tuple(lexicons.read.items()))


def engine_fingerprint(name: str) -> str:
    """Name the version of an engine or of a voice (`versions.py`), without starting the engine."""
    return version_of(name)


def warn_of_unknown_stories(
    project: Project, settings: Settings, sources: Sequence[Source], listener: Listener
) -> None:
    """Say which sections of voices.yaml are for stories that are not there: a slip, or a renamed file."""
    known = {*(source.name for source in sources), *(path.stem for path in list_texts(project))}
    for name in settings.stories.keys() - known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        listener.note(f"{project.voices}: stories.{name}: there is no such story in {project.texts}{hint}")


def script_and_cast(
    project: Project,
    name: str,
    *,
    chapters: ChapterChoice | None = None,
    wish: ReadingWish = NO_WISH,
) -> tuple[Script, Cast]:
    """Read one story, by name or path, as far as its cast.  Raises `NarrateError` as `make_stories`."""
    settings = read_settings(project)
    source = find_story(project, name)
    script, cast = plan_script(source, settings.for_story(source.stem), wish=wish)
    return keep_chapters(script, chapters), cast


def read_story(project: Project, name: str, wish: ReadingWish = NO_WISH) -> Book:
    """Read one story, by name or path, no further than its text.  Raises as `script_and_cast`."""
    settings = read_settings(project)
    source = find_story(project, name)
    own = settings.for_story(source.stem)
    book = read_book(source, choose_reading(own, wish))
    return settle_language(replace(book, language=own.details.language or book.language))


def _find_encoder_fault(setting: str) -> str | None:
    """Return None where the ffmpeg of the settings may be started, else why not and what to do.

    A voices.yaml from elsewhere must not start programs by this key either: besides the bundled one and the
    system's, only what the user has allowed for `engine: command`.
    """
    found = shutil.which("ffmpeg" if setting == "system" else setting)
    if setting == "bundled" or found is None:  # `find_encoder` says what is missing
        return None
    own = find_program("ffmpeg")
    if own is not None and Path(os.path.realpath(found)) == own:
        return None
    return find_objection(str(Path(found).absolute()))


def _find_fault(engine: str, voice_id: str) -> str | None:
    return shared_engine(engine).find_fault(voice_id)
