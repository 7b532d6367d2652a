"""How long speech will be, and how long the work on it will take, before any is done."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.audio import Spacing
from audiobook.model import Utterance, Voice
from audiobook.production.report import TrackWork
from audiobook.script import LETTERS_A_DIGIT, SECONDS_A_LETTER, WORDS_A_MINUTE, time_marks

if TYPE_CHECKING:
    from audiobook.production.plan import TrackPlan

_LETTERS_BY_SCRIPT = (
    (0x0590, 0x05FF, 1.5),  # Hebrew and Arabic leave vowels out
    (0x0600, 0x08FF, 1.5),
    (0x0900, 0x0DFF, 2),  # of Indian scripts, vowel signs count as no letters
    (0x3040, 0x30FF, 2),  # kana and Korean: a syllable each
    (0xAC00, 0xD7AF, 2.7),
    (0x3400, 0x9FFF, 5),  # a word each, which eSpeak's Japanese voice describes (7) and its Chinese says (4)
    (0xF900, 0xFAFF, 5),
    (0x20000, 0x3FFFF, 5),
)
"""First and last code point, and to how many letters of an alphabet one of these comes: the Universal
Declaration of Human Rights' first article measured in sixteen languages with eSpeak."""

SYNTHESIS_S_A_LETTER = 1.4e-4
ENCODING_S_A_SECOND = 6.8e-3
"""Seconds of one core's work: to speak a letter, and to master and encode a second of sound.

Measured on 15,000 and 100,000 words, eleven hours of sound; a guess before the work, which then measures its
own pace, so that it is their ratio that matters.
"""


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
    return _speech_s(count_sounds(text), text, voice)


def _speech_s(sounds: float, text: str, voice: Voice) -> float:
    return (SECONDS_A_LETTER * sounds + time_marks(text)) * WORDS_A_MINUTE / voice.rate


def silence_s(utterances: Sequence[Utterance], spacing: Spacing) -> float:
    """Add up the pauses of a track, in seconds."""
    leads = sum(spacing.lead_ms(position, u.follows) for position, u in enumerate(utterances))
    return (leads + spacing.tail_ms) / 1000


def estimate_tracks(tracks: Sequence[TrackPlan], missing: Container[str]) -> dict[Path, TrackWork]:
    """Estimate the work on each track; a clip that several lack counts for the longest, as it is made."""
    letters = [[count_sounds(order.text) for order in track.orders] for track in tracks]
    spoken: set[str] = set()
    work: dict[Path, TrackWork] = {}
    for track, sizes in sorted(zip(tracks, letters, strict=True), key=lambda pair: -sum(pair[1])):
        own = 0.0
        audio_s = silence_s(track.utterances, track.spacing)
        for order, size in zip(track.orders, sizes, strict=True):
            audio_s += _speech_s(size, order.text, order.voice)
            if order.key in missing and order.key not in spoken:
                spoken.add(order.key)
                own += size
        work[track.path] = TrackWork(letters=own, all_letters=sum(sizes), audio_s=audio_s)
    return work


def estimate_work_s(letters: float, audio_s: float, jobs: int) -> float:
    """Estimate the seconds that it takes to speak so many letters and to make so much sound of clips."""
    return (letters * SYNTHESIS_S_A_LETTER + audio_s * ENCODING_S_A_SECOND) / jobs
