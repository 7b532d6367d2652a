"""Which engines there are, and how one is opened.

The engines of this package are in `BUILT_IN`; those of other packages come from the entry-point
group `narrate.engines` (https://packaging.python.org/en/latest/specifications/entry-points/).
An adapter is imported when it is opened, not before.
"""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import cast

from audiobook.choices import USUAL_ENGINE
from audiobook.engines.base import Engine, VersionedEngine, as_installable
from audiobook.errors import EngineError, NarrateError
from audiobook.suggesting import did_you_mean

GROUP = "narrate.engines"
BUILT_IN = {
    "pyttsx3": "audiobook.engines.espeak.engine:EspeakEngine",
    "tone": "audiobook.engines.tone:ToneEngine",
    "piper": "audiobook.engines.piper.engine:PiperEngine",
    "kokoro": "audiobook.engines.kokoro.engine:KokoroEngine",
    "command": "audiobook.engines.command:CommandEngine",
    "system": "audiobook.engines.system.engine:SystemEngine",
}
"""Name → `module:callable`, as in an entry point, so that a source tree without metadata works too."""


def engine_names() -> tuple[str, ...]:
    """List every engine that can be named in voices.yaml: the built-in ones, then others by name."""
    return (*BUILT_IN, *sorted(_entry_points().keys() - BUILT_IN.keys()))


def open_engine(name: str) -> Engine:
    """Make the engine called `name`; a built-in one can't be replaced by another package's.

    Raises `EngineError` where there is none of that name or its package can't be imported.
    """
    target = BUILT_IN.get(name) or _entry_points().get(name)
    if target is None:
        raise EngineError(_unknown(name))
    module, _, attribute = target.partition(":")
    try:
        factory = cast("Callable[[], Engine]", getattr(import_module(module), attribute))
        return factory()
    except EngineError:
        raise
    except Exception as error:  # whatever a foreign package may raise when it is imported
        raise EngineError(f"engine '{name}' ({target}) can't be loaded: {error!r}; reinstall it") from error


_BEST = ("kokoro",)


def best_engine() -> str:
    """Name the best engine that can speak here; a quick look, which loads no model."""
    return next((name for name in _BEST if find_lack(name) is None), USUAL_ENGINE)


def better_engine() -> str | None:
    """Name an engine that would sound better than the best one here, if it were installed."""
    return next((name for name in _BEST if not _examine(name)[0]), None)


def find_broken() -> str | None:
    """Say which engine would be the best one here, its voices being installed, and why it can't speak."""
    for name in _BEST:
        is_installed, fault = _examine(name)
        if is_installed and fault is not None:
            return f"{name} is installed, but can't speak: {fault}"
    return None


def find_lack(name: str) -> str | None:
    """Say what an engine whose voices are installed lacks before it can speak, and how it is had.

    The answer completes the sentence "expected …"; None where nothing is missing.
    """
    is_installed, fault = _examine(name)
    if fault is None:
        return None
    return f"an engine that can speak here, got {name!r}{':' if is_installed else ', which'} {fault}"


def _examine(name: str) -> tuple[bool, str | None]:
    """Tell whether an engine's voices are installed, and what keeps it from speaking; loads no model."""
    engine = open_engine(name)
    if as_installable(engine) is None:
        return True, None
    try:
        voices = engine.voices()
        if not voices:
            return False, f"has no voices yet; narrate voices install {name}"
        _ = engine.fingerprint
        if isinstance(engine, VersionedEngine):
            engine.voice_fingerprint(voices[0].id)
    except NarrateError as error:
        return True, str(error)
    return True, None


def _entry_points() -> Mapping[str, str]:
    """Return the engines of other packages; all is read again once a folder of packages has changed."""
    return _read_entry_points(tuple(map(_identify_folder, sys.path)))


def _identify_folder(folder: str) -> tuple[str, int, int]:
    try:
        stat = os.stat(folder or ".")  # noqa: PTH116 - sys.path has "" for the current folder
    except OSError:
        return folder, 0, 0
    return folder, stat.st_ino, stat.st_mtime_ns


@functools.lru_cache(maxsize=1)
def _read_entry_points(_folders: tuple[tuple[str, int, int], ...]) -> Mapping[str, str]:
    """Read the metadata of every package: 7 ms with a hundred of them, and settings are read often."""
    from importlib.metadata import entry_points

    return MappingProxyType({point.name: point.value for point in entry_points(group=GROUP)})


def _unknown(name: str) -> str:
    known = engine_names()
    return f"there is no engine '{name}'{did_you_mean(name, known)}; installed are {', '.join(known)}"
