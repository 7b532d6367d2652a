"""The version of what speaks: an engine's, and that of a voice where it has one of its own."""

from __future__ import annotations

from collections.abc import Collection

from audiobook.engines.base import VersionedEngine
from audiobook.model import Voice
from audiobook.project.shared_engines import shared_engine


def version_of(name: str) -> str:
    """Return the version of an engine, or of a voice, named like `pyttsx3` or `pyttsx3 en-us`.

    A voice without a version of its own has its engine's.  Raises `EngineError`.
    """
    engine_name, _, voice_id = name.partition(" ")
    engine = shared_engine(engine_name)
    # A protocol is asked for last: that costs 50 µs, for every clip of a book.
    if voice_id and hasattr(engine, "voice_fingerprint") and isinstance(engine, VersionedEngine):
        return f"{engine.fingerprint}, {engine.voice_fingerprint(voice_id)}"
    return engine.fingerprint


def name_voice(voice: Voice) -> str:
    """Name a voice among the makers, beside its engine."""
    return f"{voice.engine} {voice.id}"


def name_engines(voices: Collection[Voice]) -> dict[str, str]:
    """Return the version of each engine of these voices, and of the voices that have one of their own."""
    versions = {name: version_of(name) for name in sorted({voice.engine for voice in voices})}
    for voice in sorted(voices, key=name_voice):
        version = version_of(name_voice(voice))
        if version != versions[voice.engine]:
            versions[name_voice(voice)] = version.removeprefix(f"{versions[voice.engine]}, ")
    return versions
