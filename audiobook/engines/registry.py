"""Which engines there are, and how one is opened.

The engines of this package are in `BUILT_IN`; those of other packages come from the entry-point
group `narrate.engines` (https://packaging.python.org/en/latest/specifications/entry-points/).
An adapter is imported when it is opened, not before.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from importlib import import_module
from typing import cast

from audiobook.engines.base import Engine
from audiobook.errors import EngineError

GROUP = "narrate.engines"
BUILT_IN = {
    "pyttsx3": "audiobook.engines.espeak:EspeakEngine",
    "tone": "audiobook.engines.tone:ToneEngine",
    "piper": "audiobook.engines.piper:PiperEngine",
    "kokoro": "audiobook.engines.kokoro:KokoroEngine",
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
        factory = cast(Callable[[], Engine], getattr(import_module(module), attribute))
        return factory()
    except EngineError:
        raise
    except Exception as error:  # whatever a foreign package may raise when it is imported
        raise EngineError(f"engine '{name}' ({target}) can't be loaded: {error!r}; reinstall it") from error


def _entry_points() -> dict[str, str]:
    from importlib.metadata import entry_points

    return {point.name: point.value for point in entry_points(group=GROUP)}


def _unknown(name: str) -> str:
    known = engine_names()
    close = difflib.get_close_matches(name, known, n=1)
    hint = f" (did you mean '{close[0]}'?)" if close else ""
    return f"there is no engine '{name}'{hint}; installed are {', '.join(known)}"
