"""The engines that this process has opened."""

from __future__ import annotations

import functools

from audiobook.engines import open_engine
from audiobook.engines.base import Engine


@functools.cache
def shared_engine(name: str) -> Engine:
    """Keep an engine for this process's life: starting one costs more than speaking a sentence."""
    return open_engine(name)
