"""Scripts that are in the cache instead of being written anew, under the hash of all that decides them."""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path

import audiobook
from audiobook.caching.scripts import ScriptCache
from audiobook.casting import StorySettings
from audiobook.errors import StorageError
from audiobook.model import (
    Cast,
    Script,
)
from audiobook.planning.scripting import cast_script, plan_script, read_script
from audiobook.reading import MAX_FILE, NO_WISH, ReadingWish

ReadScript = Callable[[Path, StorySettings], Script]
"""Reads a story as `scripting.read_script` does."""


_ROOMS = (
    "model.py",
    "languages.py",
    "words.py",
    "plurals.py",
    "yamledit/words.py",  # in what is said of a language that was guessed
    "reading",
    "script",
    "planning/scripting.py",
    "planning/languages.py",
    "caching/codec.py",
)
"""What of narrate a script depends on.  How words are said (lexicons, too) is told after it is written."""


_PACKAGES = (
    "lxml",
    "markdown-it-py",
    "mobi",
    "py3langid",
    "pypandoc-binary",
    "pypdfium2",
    "pysbd",
    "ruamel.yaml",
)
"""And what of others; a package that is not there has no version."""


def read_through(
    cache: ScriptCache,
    path: Path,
    settings: StorySettings,
    analyse: ReadScript = read_script,
    *,
    keeps: bool = True,
) -> Script:
    """Return what `analyse` would, from the cache where it is there.

    Where it was not it is put there, if this `keeps` anything; a cache that can't be written is done
    without.  Raises as `analyse`.
    """
    key = script_key(path, settings)
    found = cache.get(key, settings.corrections) if key else None
    if found is not None:
        return found
    script = analyse(path, settings)
    # What was read may not be what was hashed: the file was saved in between.
    if keeps and key is not None and script_key(path, settings) == key:
        with contextlib.suppress(StorageError):
            cache.put(key, script, settings.corrections)
    return script


@dataclass(frozen=True, slots=True)
class CachedPlans:
    """Plans scripts as `scripting.plan_script` does, by those that are in a cache, where it `keeps` more."""

    cache: ScriptCache
    keeps: bool = True

    def __call__(
        self, path: Path, settings: StorySettings, *, preview: int | None = None, wish: ReadingWish = NO_WISH
    ) -> tuple[Script, Cast]:
        """Return a story's script and cast."""
        if wish != NO_WISH:
            return plan_script(path, settings, preview=preview, wish=wish)
        return cast_script(read_through(self.cache, path, settings, keeps=self.keeps), settings, preview)


def keep_plans(cache_folder: Path, *, keeps: bool = True) -> CachedPlans:
    """Return what plans scripts by those in the user's cache."""
    return CachedPlans(ScriptCache(cache_folder / "scripts"), keeps=keeps)


def script_key(path: Path, settings: StorySettings) -> str | None:
    """Hash all that decides a story's script; None where its file can't be read.

    That is narrate's own code and what it reads with, the file's name and bytes, and of the settings
    what `scripting.read_script` looks at, but for where in voices.yaml that stands.
    """
    digest = blake2b(digest_size=32)
    corrections = asdict(settings.corrections)
    for each in chain(corrections["characters"], corrections["lines"]):
        del each["origin"]
    stated = [str(path), asdict(settings.reading), asdict(settings.details), corrections]
    digest.update(json.dumps([_code_fingerprint(), stated], sort_keys=True).encode())
    try:
        if not path.is_file() or path.stat().st_size > MAX_FILE:  # a pipe, say, which never ends
            return None
        digest.update(path.read_bytes())
    except (OSError, ValueError):
        return None
    return digest.hexdigest()


@cache
def _code_fingerprint() -> str:
    """Hash the code by which scripts are made: no version number would change with every rule."""
    digest = blake2b(digest_size=16)
    versions = [audiobook.__version__, platform.python_version(), unicodedata.unidata_version]
    digest.update(json.dumps([*versions, *map(_version, _PACKAGES)]).encode())
    pandoc = shutil.which("pandoc")
    if pandoc is not None:
        digest.update(repr((pandoc, Path(pandoc).stat().st_mtime_ns)).encode())
    for path in _list_code(Path(audiobook.__file__).parent):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _list_code(package: Path) -> Iterator[Path]:
    for room in _ROOMS:
        path = package / room
        if path.is_dir():
            yield from sorted(each for each in path.rglob("*") if each.is_file() and each.suffix != ".pyc")
        else:
            yield path


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""
