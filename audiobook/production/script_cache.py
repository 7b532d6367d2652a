"""Scripts on disk, by the hash of everything that they depend on: what was analysed once need not be again.

An entry is one file, `ab/abcdef….script`: a zstd frame with a checksum, in it lines of JSON (`codec.py`),
first the key and then the script's parts.  What is damaged, foreign or of another version is a miss.
"""

from __future__ import annotations

import contextlib
import json
import platform
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, replace
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from itertools import chain
from pathlib import Path
from typing import Any

import audiobook
from audiobook.casting import StorySettings
from audiobook.errors import StorageError
from audiobook.model import (
    Book,
    Cast,
    Character,
    Corrections,
    Origin,
    Quotation,
    Script,
    ScriptChapter,
    Skip,
    StatedLine,
    UnmetCorrection,
)
from audiobook.production.codec import decode_value, encode_value
from audiobook.production.entries import Entries, touch
from audiobook.production.scripting import cast_script, plan_script, read_script
from audiobook.reading import MAX_FILE, NO_WISH, ReadingWish

ReadScript = Callable[[Path, StorySettings], Script]
"""Reads a story as `scripting.read_script` does."""

LIMIT_BYTES = 200_000_000
"""A novel's script takes 0.4 to 0.7 MB, and every correction makes another: some 300 of them."""

_MOST_BYTES = 1_000_000_000
"""The bound on what an entry may say that it unpacks to."""

_SUFFIX = ".script"
_LEVEL = 1
_ROOMS = (
    "model.py",
    "languages.py",
    "casting/yaml_words.py",  # in what is said of a language that was guessed
    "reading",
    "script",
    "production/scripting.py",
    "production/languages.py",
    "production/codec.py",
)
"""What of narrate a script depends on.  How words are said (lexicons, too) is told after it is written."""
_PACKAGES = (
    "lxml",
    "markdown-it-py",
    "mobi",
    "py3langid",
    "pypandoc-binary",
    "pypdf",
    "pysbd",
    "ruamel.yaml",
)
"""And what of others; a package that is not there has no version."""
_PARTS = (
    ("book", Book),
    ("characters", tuple[Character, ...]),
    ("quotations", tuple[Quotation, ...]),
    ("skipped", tuple[Skip, ...]),
    ("unmet", tuple[UnmetCorrection, ...]),
    ("stated", tuple[StatedLine, ...]),
    ("origins", tuple[Origin | None, ...]),
)
"""The lines before the chapters'.  `origins` are where the corrections stood (`renew_origins`)."""


@dataclass(frozen=True, slots=True)
class ScriptCache(Entries):
    """A folder of scripts, safe to share between processes."""

    def get(self, key: str, corrections: Corrections) -> Script | None:
        """Return a script, or None where it is missing or damaged; marks it as used.

        `corrections` are those that are in the key, which say where what was not met stands now.
        """
        import zstandard

        path = self.place(key, _SUFFIX)
        try:
            packed = path.read_bytes()
            if not 0 <= zstandard.frame_content_size(packed) <= _MOST_BYTES:
                return None
            lines = zstandard.ZstdDecompressor().decompress(packed).split(b"\n")
            script = _decode(key, lines, corrections)
        except (OSError, ValueError, MemoryError, zstandard.ZstdError):
            return None
        touch(path)
        return script

    def holds(self, key: str) -> bool:
        """Tell whether there is an entry, whatever it holds."""
        return self.place(key, _SUFFIX).is_file()

    def put(self, key: str, script: Script, corrections: Corrections) -> None:
        """Store a script, and let go of what was not used for longest.  Raises `StorageError`."""
        import zstandard

        parts = {name: getattr(script, name, None) for name, _ in _PARTS} | {"origins": _origins(corrections)}
        lines = [encode_value(value) for value in (key, *parts.values(), *script.chapters)]
        packed = zstandard.ZstdCompressor(level=_LEVEL, write_checksum=True).compress(b"\n".join(lines))
        self.write(self.place(key, _SUFFIX), packed, "script")
        self.prune(LIMIT_BYTES)


def _decode(key: str, lines: list[bytes], corrections: Corrections) -> Script:
    """Return the script of an entry's lines.  Raises `ValueError` where they are not what they should be."""
    own, *rest = lines
    if decode_value(str, own) != key or len(rest) < len(_PARTS):
        raise ValueError("not the entry of this key")
    parts: dict[str, Any] = {
        name: decode_value(kind, line) for (name, kind), line in zip(_PARTS, rest, strict=False)
    }
    origins = parts.pop("origins")
    # A chapter at a time, so that other threads have their turns in between.
    chapters = tuple(decode_value(ScriptChapter, line) for line in rest[len(_PARTS) :])
    return _renew(Script(**parts, chapters=chapters), origins, _origins(corrections))


def _origins(corrections: Corrections) -> tuple[Origin | None, ...]:
    return (*(each.origin for each in corrections.characters), *(each.origin for each in corrections.lines))


def renew_origins(script: Script, before: Corrections, now: Corrections) -> Script:
    """Say where unmet corrections stand now: the same corrections as `before`, on other lines of the file."""
    return _renew(script, _origins(before), _origins(now))


def _renew(script: Script, before: tuple[Origin | None, ...], now: tuple[Origin | None, ...]) -> Script:
    if before == now or not script.unmet:
        return script
    moved = dict(zip(before, now, strict=True))
    unmet = [replace(each, origin=moved.get(each.origin) or each.origin) for each in script.unmet]
    return replace(script, unmet=tuple(sorted(unmet, key=lambda each: each.origin.line)))


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
