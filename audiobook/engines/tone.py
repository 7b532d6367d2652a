"""An engine that beeps: every voice its own frequency, every text its own length, no speech.

Tests use it to hear who speaks, and it is the adapter to learn from: copy it, and put a speech
engine where `synthesize` makes its wave.
"""

from __future__ import annotations

import math
import re
import zlib
from array import array

from audiobook.engines.casts import cast_from_catalogue
from audiobook.errors import EngineError, SynthesisError
from audiobook.model import Clip, EngineCast, Gender, Voice, VoiceEntry

SAMPLE_RATE = 22050
CHARACTERS_PER_WORD = 6
"""English prose has 4.7 letters a word, and a space or a mark after each."""

_VOICES: dict[str, Gender] = {
    "tone-low": "male",
    "tone-deep": "male",
    "tone-high": "female",
    "tone-bright": "female",
    "tone-flat": "unknown",
}
_ID = re.compile(r"tone-[a-z0-9]+(-[a-z0-9]+)*")


class ToneEngine:
    """Deterministic tones; see `audiobook.engines.base.Engine` for what each member promises."""

    fingerprint = "tone 1"

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List five voices; any other id of the form `tone-word` works as well, its gender unknown."""
        return tuple(
            VoiceEntry(engine="tone", id=id_, name=id_.replace("-", " "), language="en", gender=gender)
            for id_, gender in _VOICES.items()
        )

    def built_in_cast(self, language: str) -> EngineCast | None:  # noqa: ARG002
        """Return the five voices as a cast for any language."""
        return cast_from_catalogue(self.voices(), "en")

    def find_fault(self, voice_id: str) -> str | None:
        """Accept `tone-` and lower-case letters or digits."""
        if _ID.fullmatch(voice_id):
            return None
        return f"a voice of the engine 'tone' such as 'tone-low' or 'tone-anything', got '{voice_id}'"

    def localize(self, voice_id: str, language: str) -> str:  # noqa: ARG002
        """Return the voice itself: a beep is of no language."""
        return voice_id

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Beep for as long as `text` would take at the voice's rate, in whole cycles of its tone.

        Raises `SynthesisError` where `text` has no letter or digit, `EngineError` for a voice that
        `find_fault` objects to.
        """
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        if not any(map(str.isalnum, text)):
            raise SynthesisError(f"there is nothing to say in {text[:40]!r}")
        period = tone_period(voice)
        peak = 16000 * voice.volume
        cycle = array("h", (round(peak * math.sin(math.tau * n / period)) for n in range(period)))
        seconds = len(text) / CHARACTERS_PER_WORD * 60 / voice.rate
        cycles = max(1, round(seconds * SAMPLE_RATE / period))
        return Clip(samples=cycle.tobytes() * cycles, sample_rate=SAMPLE_RATE)

    def close(self) -> None:
        """Do nothing: there is nothing to release."""


def tone_period(voice: Voice) -> int:
    """Return the length of one cycle of a voice's tone, in samples (its frequency: 22,050 / this).

    The id alone decides at pitch 50 (from 110 Hz up to 735 Hz); 0 and 100 are an octave down and up.
    """
    at_middle_pitch = 30 + zlib.crc32(voice.id.encode()) % 171
    return max(2, round(at_middle_pitch * math.pow(2, (50 - voice.pitch) / 50)))
