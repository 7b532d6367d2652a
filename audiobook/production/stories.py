"""One story at a time, read as the settings say: its text, its script, its cast."""

from __future__ import annotations

import difflib
import functools
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audiobook.casting import Settings, load_settings
from audiobook.engines import engine_names
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
from audiobook.reading import NO_WISH, ReadingWish, read_book


def read_settings(project: Project) -> Settings:
    """Load the project's settings with every known engine's voices to check them by."""
    faults = {name: functools.partial(_find_fault, name) for name in engine_names()}
    folder = project.voices.parent if project.voices else Path()
    lexicons = LexiconShelf(folder)
    settings = load_settings(project.voices, engines=faults, read_lexicon=lexicons.find)
    return replace(settings, files=tuple(lexicons.read.items()))


def engine_fingerprint(name: str) -> str:
    """Name an engine's version without starting it."""
    return shared_engine(name).fingerprint


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


def _find_fault(engine: str, voice_id: str) -> str | None:
    return shared_engine(engine).find_fault(voice_id)
