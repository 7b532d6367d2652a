"""The engines that this process has opened, and what casting is told of them."""

from __future__ import annotations

import contextlib
import functools

from audiobook import engines
from audiobook.casting import KnownEngines
from audiobook.choices import USUAL_ENGINE
from audiobook.engines import best_engine, engine_names, find_lack, open_engine
from audiobook.engines.base import Engine
from audiobook.errors import NarrateError
from audiobook.model import EngineCast


@functools.cache
def shared_engine(name: str) -> Engine:
    """Keep an engine for this process's life: starting one costs more than speaking a sentence."""
    return open_engine(name)


def find_cast(name: str, language: str) -> EngineCast | None:
    """Return an engine's cast for a language, or the usual engine's; None where neither speaks that."""
    with contextlib.suppress(NarrateError):  # one that can't list its voices
        if cast := engines.find_cast(shared_engine(name), language):
            return cast
    return engines.find_cast(shared_engine(USUAL_ENGINE), language)


def known_engines() -> KnownEngines:
    """Return what casting must know of the engines; none is asked before it is looked for."""
    return KnownEngines(
        faults={name: functools.partial(_find_fault, name) for name in engine_names()},
        find_cast=find_cast,
        find_lack=find_lack,
        best=best_engine(),
    )


def _find_fault(engine: str, voice_id: str) -> str | None:
    return shared_engine(engine).find_fault(voice_id)
