"""What a speech engine is.

An engine turns text into a clip.  Anything with these members is one; nothing needs to be inherited.
`tone.py` is the smallest complete example.  A package makes its engine known by an entry point of
the group `narrate.engines`: a name, and a callable without arguments that returns the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

from audiobook.model import Clip, Phonemes, Voice, VoiceEntry


class Engine(Protocol):
    """A speech engine.

    Making the object must be cheap: libraries and models load at the first `synthesize`, so that
    settings can be checked, and unchanged stories passed over, without starting the engine.
    """

    @property
    def fingerprint(self) -> str:
        """Name and versions of everything that shapes the sound; it is part of every clip's key."""
        ...

    def voices(self) -> Sequence[VoiceEntry]:
        """List what this machine can speak with, without starting the engine."""
        ...

    def find_fault(self, voice_id: str) -> str | None:
        """Return None where the voice can be used, else what is wrong, with suggestions.

        The answer completes the sentence "expected …", for instance
        "a voice of eSpeak, got 'en-uss' (did you mean 'en-us'?)".
        """
        ...

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak `text`, which holds at least one letter or digit, whole.

        Equal arguments give equal bytes, whatever was spoken before, in any process.
        Raises `SynthesisError` where the clip would be empty or cut, or the time limit passes;
        `EngineError` where the engine itself can't work.
        """
        ...

    def close(self) -> None:
        """Release processes and memory; the engine may be used again afterwards."""
        ...


@runtime_checkable
class PhoneticEngine(Engine, Protocol):
    """An engine that can be told how a word sounds.  Others read respellings, or the words as written."""

    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:
        """Return a pronunciation in the engine's own notation for a voice, without starting the engine.

        `alphabet` is ipa, x-sampa, or the engine's own.  Raises `PhonemeError` where the voice has no
        such sound, and nothing near it.
        """
        ...

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        """Speak `text`, the parts that `phonemes` name (in order, apart) by their notation.

        Without phonemes it is `Engine.synthesize`.
        """
        ...


@runtime_checkable
class VariantEngine(Engine, Protocol):
    """An engine in which a voice can speak in another way, such as whispering."""

    def vary(self, voice_id: str, variant: str) -> str | None:
        """Return the id of the voice that sounds as `voice_id` does in that way, None where there is none.

        `variant` is a name like "whisper".  The engine is not started for it.
        """
        ...
