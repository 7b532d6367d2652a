"""Engines: text becomes a clip, one adapter per speech engine."""

from audiobook.engines.registry import engine_names, open_engine

__all__ = ["engine_names", "open_engine"]
