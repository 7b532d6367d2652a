"""Around the work: a new project, a clean one, and whether this machine can do it."""

from __future__ import annotations

import functools
import importlib.resources
import os
import platform
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from audiobook import __version__
from audiobook.audio import check_encoder, find_encoder
from audiobook.building import unchanged
from audiobook.caching.clips import ClipCache
from audiobook.caching.hashed_files import HashedFiles
from audiobook.caching.scripts import ScriptCache
from audiobook.casting import default_voices_yaml
from audiobook.engines.base import LimitedEngine, VersionedEngine, as_installable, find_destination
from audiobook.errors import EngineError, NarrateError, StorageError
from audiobook.model import Voice
from audiobook.planning.editions import story_paths
from audiobook.planning.scripting import plan_script
from audiobook.planning.series import SeriesCasts
from audiobook.plurals import count
from audiobook.project.layout import (
    Project,
    list_texts,
    make_folder,
)
from audiobook.project.leftovers import find_leftovers, find_previews, remove_files
from audiobook.project.locks import sole_use
from audiobook.project.places import find_folder, list_places, place_book
from audiobook.project.settings import read_settings
from audiobook.project.shared_engines import introduce_of, known_engines, known_names, opener

EXAMPLE = "the-lighthouse.txt"
"""The story that a new project has."""

_LEAST_FREE_GB = 0.5
"""An hour of audiobook takes 86 MB, and the clips it is made of about twice that in the cache."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cleaned:
    """What `clean` removed, or would: files with their sizes, and so much of the cache."""

    files: Mapping[Path, int]
    cache_bytes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One thing that was looked at, what was found, and whether narrate can work with it."""

    subject: str
    found: str
    is_fine: bool = True


def clean_project(
    project: Project, cache: Path, note: Callable[[str], None], *, with_cache: bool, dry_run: bool
) -> Cleaned:
    """Remove the files that belong to no story any more, and the cache if asked to.

    Only files that carry narrate's mark are touched; previews and auditions go too.  What was made of a
    file outside `texts/` stays: its source may be anywhere.
    """
    if not project.output.exists() and not with_cache:
        return Cleaned(files={})
    with sole_use(project.output, cache, note):
        return _clean(project, cache, with_cache=with_cache, dry_run=dry_run)


def _clean(project: Project, cache: Path, *, with_cache: bool, dry_run: bool) -> Cleaned:
    settings, series = read_settings(project), SeriesCasts()
    expected: list[Path] = []
    unread: list[Path] = []
    for source in list_texts(project):
        try:
            own = series.settle(project, settings, source, plan_script)
            script, _ = plan_script(source, own)
        except NarrateError:
            unread.append(find_folder(project, source.stem))
        else:
            # Where its files shall lie, and where they lie until the next run moves them.
            folders = {place_book(project.output, own.layout, script.book), find_folder(project, source.stem)}
            expected += (path for each in folders for path in story_paths(each, script, own.formats))
    files = {
        path: path.stat().st_size
        for path in (
            *find_leftovers(project, expected, list_places(project), unread),
            *find_previews(project),
        )
    }
    stores = [
        ClipCache(cache / "clips"),
        ScriptCache(cache / "scripts"),
        HashedFiles(cache / unchanged.FOLDER),
    ]
    caches = stores if with_cache else []
    if dry_run:
        return Cleaned(files=files, cache_bytes=sum(each.size_bytes() for each in caches))
    remove_files(list(files), project.output)
    return Cleaned(files=files, cache_bytes=sum(each.clear() for each in caches))


def read_example() -> bytes:
    """Return the text of that story."""
    return importlib.resources.files("audiobook.building").joinpath(EXAMPLE).read_bytes()


def create_project(folder: Path) -> list[Path]:
    """Make a project folder with a sample story and the commented settings; return what was made.

    Raises `StorageError` where one of the files is there already: nothing is ever overwritten.
    """
    contents = {
        folder / "texts" / EXAMPLE: read_example().decode("utf-8"),
        folder / "voices.yaml": default_voices_yaml(),
    }
    for path in contents:
        if path.exists():
            raise StorageError(f"{path}: is there already; narrate init makes new projects only")
    make_folder(folder / "output")
    for path, text in contents.items():
        make_folder(path.parent)
        try:
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise StorageError(f"{path}: can't be written: {error.strerror}") from error
    return list(contents)


def examine_machine(project: Project, cache: Path) -> list[Diagnosis]:
    """Look at, and try, everything that narrate needs."""
    system = f"narrate {__version__}, Python {platform.python_version()}, {platform.platform(terse=True)}"
    findings = [Diagnosis(subject="system", found=system)]
    findings += [_examine("settings", lambda: _examine_settings(project))]
    introduce_of(project.voices)
    findings += [_examine(f"engine {name}", functools.partial(_try_engine, name)) for name in known_names()]
    findings += [_examine("encoder", lambda: _try_encoder(project))]
    findings += [_examine_folder("output", project.output), _examine_folder("cache", cache)]
    return findings


def examine_engine(name: str, voice_id: str | None) -> Iterator[Diagnosis]:
    """Run the checks that every engine must pass on one, one finding a check.

    Without a voice it is tried with the first English one that it lists.  Raises `EngineError` where there is
    no such engine, or no voice to try.
    """
    from audiobook.engines.conformance import run_checks

    name = known_engines().name_engine(name)
    open_it = opener(name)
    engine = open_it()
    if voice_id is None:
        entries = engine.voices()
        english = [entry for entry in entries if entry.language.lower().startswith("en")]
        if not entries and as_installable(engine):
            raise EngineError(
                f"{name} has no voices yet; narrate voices --available {name} lists what can be installed"
            )
        if not entries:
            raise EngineError(f"{name} lists no voices: name one, as in --engine '{name}:VOICE'")
        voice_id = (english or list(entries))[0].id
    if fault := engine.find_fault(voice_id):
        raise EngineError(f"--engine {name}: expected {fault}")
    # Where the engine's package is missing, that is said once, not by each of the checks.
    _ = engine.fingerprint
    for result in run_checks(open_it, Voice(engine=name, id=voice_id)):
        yield Diagnosis(subject=result.name, found=result.found, is_fine=result.passed)


def _examine(subject: str, look: Callable[[], str]) -> Diagnosis:
    try:
        return Diagnosis(subject=subject, found=look())
    except NarrateError as error:
        return Diagnosis(subject=subject, found=str(error), is_fine=False)
    except Exception as error:  # a doctor reports whatever is wrong
        return Diagnosis(subject=subject, found=repr(error), is_fine=False)


def _examine_settings(project: Project) -> str:
    read_settings(project)
    stories = count(len(list_texts(project)), "story/stories")
    return f"{project.voices or 'built-in (no voices.yaml here)'}, {stories} in {project.texts}"


def _try_engine(name: str) -> str:
    engine = opener(name)()
    voices = engine.voices()
    if not voices and as_installable(engine):
        # Nobody needs it; whoever does is told by the settings' own finding.
        return f"no voices installed (narrate voices --available {name})"
    if not voices and isinstance(engine, LimitedEngine) and "listing" in engine.limits(""):
        return f"{engine.fingerprint}: lists no voices; narrate doctor --engine '{name}:VOICE' tries one"
    if not voices:
        raise EngineError(f"{engine.fingerprint}: has no voices")
    began = time.monotonic()
    try:
        clip = engine.synthesize("All is well.", Voice(engine=name, id=voices[0].id))
    finally:
        engine.close()
    took = time.monotonic() - began
    model = f", {engine.voice_fingerprint(voices[0].id)}" if isinstance(engine, VersionedEngine) else ""
    elsewhere = find_destination(engine)
    spoke = f"spoke {clip.seconds:.1f} s in {took:.2f} s" + (f", at {elsewhere}" if elsewhere else "")
    return f"{engine.fingerprint}{model}: {count(len(voices), 'voice')}; {spoke}"


def _try_encoder(project: Project) -> str:
    try:
        setting = read_settings(project).output.ffmpeg
    except NarrateError:
        setting = "bundled"  # faulty settings have a finding of their own
    encoder = find_encoder(setting)
    check_encoder(encoder)
    return f"{encoder.version} ({encoder.program})"


def _examine_folder(subject: str, folder: Path) -> Diagnosis:
    """Look for room and the right to write where a folder is, or would be made."""
    existing = next(path for path in _upwards(folder.absolute()) if path.exists())
    free_gb = shutil.disk_usage(existing).free / 1e9
    writable = existing.is_dir() and os.access(existing, os.W_OK)
    found = f"{folder}: {free_gb:.1f} GB free" + ("" if writable else ", but it can't be written")
    return Diagnosis(subject=subject, found=found, is_fine=writable and free_gb >= _LEAST_FREE_GB)


def _upwards(path: Path) -> Iterator[Path]:
    yield path
    yield from path.parents
