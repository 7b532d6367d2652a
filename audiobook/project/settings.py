"""The settings of a project: its voices.yaml, checked by the engines that are here."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from audiobook.casting import AUTO, SERVER, Settings, StorySettings, load_settings
from audiobook.engines import find_broken
from audiobook.engines.allowing import find_objection, find_program
from audiobook.errors import EncoderError, EngineError, UsageError
from audiobook.project.layout import (
    Project,
    Source,
    find_story,
    list_texts,
)
from audiobook.project.lexicons import LexiconShelf
from audiobook.project.shared_engines import find_lack, introduce_of, known_engines, known_names
from audiobook.suggesting import did_you_mean


def read_settings(project: Project) -> Settings:
    """Load the project's settings with every known engine's voices to check them by.

    Raises `SettingsError` for all faults, `EncoderError` for an ffmpeg that may not be started, `EngineError`
    for an engine of the project that can't speak here, `UsageError` for one that there is not.
    """
    folder = project.voices.parent if project.voices else Path()
    lexicons = LexiconShelf(folder)
    introduce_of(project.voices)
    settings = load_settings(
        project.voices,
        engines=known_engines(),
        engine=_read_choice(project.engine),
        read_lexicon=lexicons.find,
    )
    if fault := _find_encoder_fault(settings.output.ffmpeg):
        raise EncoderError(f"{project.voices}: output.ffmpeg: expected {fault}")
    return replace(settings, files=tuple(lexicons.read.items()))


def open_story(project: Project, name: str) -> tuple[Path, StorySettings]:
    """Return the file of a story, by name or path, and what is set for it.

    Raises `NarrateError` as `read_settings` and `find_story`.
    """
    settings = read_settings(project)
    path = find_story(project, name)
    return path, settings.for_story(path.stem)


def find_voice_fault(engine: str, voice_id: str) -> str | None:
    """Return None for a voice that can speak here, else why it can't."""
    find_fault = known_engines().faults.get(engine)
    if find_fault is None:
        return f"there is no engine {engine!r}"
    try:
        return find_fault(voice_id)
    except EngineError as error:
        return str(error)


def _read_choice(engine: str | None) -> str | None:
    """Return the engine that a run was asked for (`--engine`), None for that of voices.yaml."""
    if engine in {None, AUTO}:
        return engine
    engine = known_engines().name_engine(engine)
    if engine not in (known := (AUTO, *known_names(), SERVER)):
        hint = did_you_mean(engine, known)
        raise UsageError(f"--engine: expected an engine ({' or '.join(known)}), got {engine!r}{hint}")
    if lack := find_lack(engine):
        raise EngineError(f"--engine: expected {lack}")
    return engine


def warn_of_unknown_stories(project: Project, settings: Settings, sources: Sequence[Source]) -> list[str]:
    """Say which sections of voices.yaml are for stories that are not there: a slip, or a renamed file."""
    known = {*(source.name for source in sources), *(path.stem for path in list_texts(project))}
    warnings = []
    for name in sorted(settings.stories.keys() - known, key=list(settings.stories).index):
        hint = did_you_mean(name, known)
        place = f"{project.voices}:{settings.story_lines.get(name, 1)}"
        warnings.append(f"{place}: stories.{name}: there is no such story in {project.texts}{hint}")
    return warnings


def warn_of_broken_engine(settings: Settings) -> list[str]:
    """Say why `engine: auto` does not stand for the best engine that is installed, where it is broken."""
    broken = find_broken() if settings.general.chosen_by == "auto" else None
    return [f"{broken}. Until then the voices are those of {settings.engine}."] if broken else []


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
