"""One story at a time, read as the settings say: its text, its script, its cast."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audiobook.casting import StorySettings
from audiobook.model import Book, Cast, Script, Utterance
from audiobook.planning.chapters import WHOLE, Scope, keep_chapters
from audiobook.planning.explaining import SpokenText, explain_script
from audiobook.planning.joins import find_story_joins, note_joins, warn_of_joins
from audiobook.planning.languages import settle_language
from audiobook.planning.pronouncing import make_pronouncer
from audiobook.planning.scripting import PlanScript, choose_reading, plan_script
from audiobook.planning.series import SeriesCasts
from audiobook.planning.unmet import warn_of_unmet
from audiobook.project.layout import Project, find_story
from audiobook.project.settings import open_story, read_settings
from audiobook.reading import NO_WISH, ReadingWish, read_book


def script_and_cast(
    project: Project, name: str, scope: Scope = WHOLE, reads: PlanScript = plan_script
) -> tuple[Script, Cast]:
    """Read one story, by name or path, as far as its cast.  Raises `NarrateError` as `make_stories`."""
    path, settings = open_in_series(project, name, reads)
    script, cast = reads(path, settings, preview=scope.preview, wish=scope.reading)
    return keep_chapters(script, scope.chapters), cast


def open_in_series(
    project: Project, name: str, reads: PlanScript = plan_script
) -> tuple[Path, StorySettings]:
    """Return what `open_story` does, with the people of earlier books of the story's series."""
    settings, path = read_settings(project), find_story(project, name)
    return path, SeriesCasts().settle(project, settings, path, reads)


def tell_story(
    project: Project, name: str, script: Script, reads: PlanScript = plan_script
) -> tuple[list[str], list[str]]:
    """Return warnings about a story's script, and what is as voices.yaml states it, and good to know."""
    path, settings = open_story(project, name)
    joins = find_story_joins(path, settings, script, reads).joins
    warnings = [
        *script.book.warnings,
        *warn_of_unmet(project.voices, script),
        *warn_of_joins(project.voices, joins),
    ]
    return warnings, note_joins(project.voices, joins)


def explain_story(project: Project, name: str, script: Script, cast: Cast) -> Mapping[Utterance, SpokenText]:
    """Return what is spoken of each utterance of a story's script, and by which rules."""
    _, settings = open_story(project, name)
    return explain_script(script, cast, make_pronouncer(settings, script))


def read_story(project: Project, name: str, wish: ReadingWish = NO_WISH) -> Book:
    """Read one story, by name or path, no further than its text.  Raises as `script_and_cast`."""
    path, settings = open_story(project, name)
    return settle_language(read_book(path, choose_reading(settings, wish)), settings.details.language)
