"""How long speech will be, before any is spoken."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiobook.audio import Spacing
from audiobook.model import Utterance, Voice
from audiobook.script import LETTERS_A_DIGIT, SECONDS_A_LETTER, WORDS_A_MINUTE, time_marks

_LETTERS_BY_SCRIPT = (
    (0x0590, 0x05FF, 1.5),  # Hebrew and Arabic leave vowels out
    (0x0600, 0x08FF, 1.5),
    (0x0900, 0x0DFF, 2),  # of Indian scripts, vowel signs count as no letters
    (0x3040, 0x30FF, 2),  # kana and Korean: a syllable each
    (0xAC00, 0xD7AF, 2.7),
    (0x3400, 0x9FFF, 5),  # a syllable with its tone, which eSpeak's Chinese says in the time of 4
    (0xF900, 0xFAFF, 5),
    (0x20000, 0x3FFFF, 5),
)
"""First and last code point, and to how many letters of an alphabet one of these comes: the Universal
Declaration of Human Rights' first article measured in sixteen languages with eSpeak."""


_HEAVY = re.compile("[" + "".join(f"{chr(a)}-{chr(b)}" for a, b, _ in _LETTERS_BY_SCRIPT) + "]")


def count_sounds(text: str) -> float:
    """Count the letters of a text as a voice reads them: a digit is a word."""
    # A novel has a million characters: whole strings at a time, but for the scripts of the table.
    if not _HEAVY.search(text):
        return sum(map(str.isalnum, text)) + (LETTERS_A_DIGIT - 1) * sum(map(str.isdigit, text))
    return sum(_weigh(char) for char in text if char.isalnum())


def _weigh(char: str) -> float:
    if char.isdigit():
        return LETTERS_A_DIGIT
    code = ord(char)
    if code < _LETTERS_BY_SCRIPT[0][0]:
        return 1
    return next((weight for first, last, weight in _LETTERS_BY_SCRIPT if first <= code <= last), 1)


def estimate_speech_s(text: str, voice: Voice) -> float:
    """Estimate the seconds that a text takes in a voice (`script/pace.py` says how well)."""
    return time_sounds_s(count_sounds(text), text, voice)


def time_sounds_s(sounds: float, text: str, voice: Voice) -> float:
    """Estimate the seconds that so many sounds (`count_sounds`) take, with the pauses at a text's marks."""
    return (SECONDS_A_LETTER * sounds + time_marks(text)) * WORDS_A_MINUTE / voice.rate


def silence_s(utterances: Sequence[Utterance], spacing: Spacing) -> float:
    """Add up the pauses of a track, in seconds."""
    leads = sum(spacing.lead_ms(position, u.follows) for position, u in enumerate(utterances))
    return (leads + spacing.tail_ms) / 1000
