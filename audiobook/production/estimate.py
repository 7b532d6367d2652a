"""How long speech will be, and how long the work on it will take, before any is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from audiobook.audio import Spacing
from audiobook.model import Utterance, Voice

MINUTES_A_LETTER = 11.8 / 60
"""Minutes of speech a letter, times the rate in words a minute.

Measured on 284 utterances of two novels and two stories: 11.1 to 12.4 at rates from 80 to 450 (11.6 at
155), and from 3 % less to 5 % more in each of the 21 voices of the built-in pools.
"""

_LETTERS_A_DIGIT = 4
"""1815 is read "eighteen fifteen"."""

SYNTHESIS_S_A_LETTER = 8e-5
ENCODING_S_A_SECOND = 4e-3
"""Seconds of one core's work: to speak a letter, and to master and encode a second of sound.

Where these were measured (docs/performance.md); only for a guess before the work, which then measures.
"""


def count_sounds(text: str) -> int:
    """Count the letters of a text as a voice reads them: a digit is a word."""
    return sum(_LETTERS_A_DIGIT if char.isdigit() else 1 for char in text if char.isalnum())


def estimate_speech_s(text: str, voice: Voice) -> float:
    """Estimate the seconds that a text takes in a voice."""
    return count_sounds(text) * MINUTES_A_LETTER * 60 / voice.rate


def estimate_track_s(utterances: Sequence[Utterance], voices: Iterable[Voice], spacing: Spacing) -> float:
    """Estimate the seconds of a track: each utterance in its voice, and all the silence."""
    speech = sum(estimate_speech_s(u.text, voice) for u, voice in zip(utterances, voices, strict=True))
    return speech + silence_s(utterances, spacing)


def silence_s(utterances: Sequence[Utterance], spacing: Spacing) -> float:
    """Add up the pauses of a track, in seconds."""
    leads = sum(spacing.lead_ms(position, u.follows) for position, u in enumerate(utterances))
    return (leads + spacing.tail_ms) / 1000


def estimate_work_s(letters: int, audio_s: float, jobs: int) -> float:
    """Estimate the seconds that it takes to speak so many letters and to make so much sound of clips."""
    return (letters * SYNTHESIS_S_A_LETTER + audio_s * ENCODING_S_A_SECOND) / jobs
