"""Clips by engines: whatever fails in one is said in words."""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.engines.base import Engine, PhoneticEngine
from audiobook.errors import NarrateError, SynthesisError
from audiobook.model import Clip, Phonemes, Voice
from audiobook.project.shared_engines import shared_engine


def speak(text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
    """Let a voice's engine speak.  Raises `EngineError`."""
    try:
        clip = _synthesize(shared_engine(voice.engine), text, voice, phonemes)
    except NarrateError:
        raise
    except Exception as error:  # whatever another package's engine may raise
        raise SynthesisError(f"engine '{voice.engine}' failed on {text[:60]!r}: {error!r}") from error
    if not clip.samples or len(clip.samples) % 2 or clip.sample_rate <= 0:
        raise SynthesisError(f"engine '{voice.engine}' gave no whole 16-bit clip for {text[:60]!r}")
    return clip


def _synthesize(engine: Engine, text: str, voice: Voice, phonemes: Sequence[Phonemes]) -> Clip:
    if phonemes and isinstance(engine, PhoneticEngine):
        return engine.synthesize(text, voice, phonemes)
    return engine.synthesize(text, voice)
