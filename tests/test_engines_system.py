"""The system's own voices, whose driver now and then loses a setting: it is heard, and tried again."""

from __future__ import annotations

import math
from array import array

import pytest

from audiobook.engines.system.engine import SystemEngine
from audiobook.errors import SynthesisError
from audiobook.model import Clip, Voice

RATE_HZ = 22050
TEXT = "A driver loses one setting in a hundred."
VOICE = Voice(engine="system", id="anybody")


def tone(seconds: float, peak: float) -> Clip:
    wave = (round(peak * math.sin(at / 20)) for at in range(round(seconds * RATE_HZ)))
    return Clip(samples=array("h", wave).tobytes(), sample_rate=RATE_HZ)


class Scripted(SystemEngine):
    """Its attempts are those that are stated."""

    def __init__(self, *clips: Clip) -> None:
        super().__init__()
        self._clips = list(clips)

    def _attempt(self, text: str, voice: Voice) -> Clip:
        assert text, voice
        return self._clips.pop(0)


WHOLE = tone(2.4, 8000)


# Seen of eSpeak's driver, of 480 attempts under load: one a quarter too loud, two a tenth too soft (its own
# pitch), five a quarter too short (its own rate).
@pytest.mark.parametrize(("seconds", "peak"), [(2.4, 10000), (2.4, 7150), (1.85, 8000)])
def test_an_attempt_that_lost_a_setting_is_not_taken(seconds: float, peak: float) -> None:
    engine = Scripted(tone(seconds, peak), WHOLE, WHOLE)
    assert engine._speak(TEXT, VOICE) == WHOLE


def test_attempts_that_all_differ_are_refused() -> None:
    engine = Scripted(*(tone(2.4, 4000 * 1.1**number) for number in range(8)))
    with pytest.raises(SynthesisError, match="8 attempts had no two alike"):
        engine._speak(TEXT, VOICE)
