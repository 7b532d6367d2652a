"""How fast a chapter is to be read, so that a listener hears as many words a minute as are asked for.

A rate in words a minute means words of medium length.  A tale for children has short ones, so that at one
and the same rate up to a quarter more of them are heard in a minute than of a report: measured on chapters
of eight books, 141 to 179 (`make pace`), where 140 to 170 are wanted.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from audiobook.languages import primary_language
from audiobook.model import Break, Utterance

WORDS_A_MINUTE = 155
"""The middle of what audiobooks are read at, pauses included (docs/delivery.md has the sources)."""

SECONDS_A_LETTER = 0.0671
SECONDS_A_COMMA = 0.50
SECONDS_A_STOP = 0.36
"""At that rate, of letters, commas, and other marks within an utterance at which a voice pauses: fitted by
least squares to 79 chapters of eight books in eSpeak's built-in voices; errors from -6 to +4 %, their
standard deviation 1.9 % (4.0 % by letters alone)."""

PAUSES_S: dict[Break, float] = {
    "none": 0,
    "tag": 0.12,
    "sentence": 0.6,
    "speaker": 0.3,
    "paragraph": 0.9,
    "scene": 2,
    "heading": 2.5,
}
EDGES_S = 3.9
"""The built-in silences, between utterances and at both ends of a track, whatever a person states."""

STEP = 0.04
"""Of the factor: coarse, so that a changed word hardly ever changes how all others are spoken, and fine,
since listeners notice a change of tempo from about 5 % on (Quené 2007, "On the just noticeable difference
for tempo in speech", Journal of Phonetics 35)."""

MOST_STEPS = 4
FEWEST_WORDS = 200
"""Below this, pauses and chance decide, and nobody counts."""

_STOP = re.compile(r"[;:—–]|--|[.!?…](?=\s)")
_AT_THE_END = ".,;:!?…—–-\"'”’» "
LETTERS_A_DIGIT = 4
"""1815 is read "eighteen fifteen"."""


def find_pace(utterances: Sequence[Utterance], language: str) -> float:
    """Return the factor of every voice's rate in a chapter; 1 in other languages than English."""
    words = sum(len(utterance.text.split()) for utterance in utterances)
    if words < FEWEST_WORDS or primary_language(language or "en") != "en":
        return 1.0
    speech_s = sum(_estimate_s(utterance.text) for utterance in utterances)
    breaks = Counter(utterance.follows for utterance in utterances)
    pauses_s = EDGES_S + sum(PAUSES_S[follows] * count for follows, count in breaks.items())
    wanted_s = words * 60 / WORDS_A_MINUTE - pauses_s
    most = 1 + MOST_STEPS * STEP
    factor = speech_s / wanted_s if wanted_s > 0 else most
    steps = round((factor - 1) / STEP)
    return round(1 + STEP * max(-MOST_STEPS, min(MOST_STEPS, steps)), 2)


def _estimate_s(text: str) -> float:
    letters = sum(map(str.isalnum, text)) + (LETTERS_A_DIGIT - 1) * sum(map(str.isdigit, text))
    return SECONDS_A_LETTER * letters + time_marks(text)


def time_marks(text: str) -> float:
    """Return the seconds by which the marks within a text lengthen it, at `WORDS_A_MINUTE`."""
    inner = text.rstrip(_AT_THE_END)
    return SECONDS_A_COMMA * inner.count(",") + SECONDS_A_STOP * len(_STOP.findall(inner))
