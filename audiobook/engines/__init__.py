"""Engines: text becomes a clip, one adapter per speech engine."""

from audiobook.engines.casts import find_cast
from audiobook.engines.registry import (
    best_engine,
    better_engine,
    engine_names,
    find_broken,
    find_lack,
    open_engine,
)

__all__ = [
    "best_engine",
    "better_engine",
    "engine_names",
    "find_broken",
    "find_cast",
    "find_lack",
    "open_engine",
]
