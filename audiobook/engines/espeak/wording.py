"""What eSpeak is given to say, and which character of the text that it was asked for each sign comes from."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audiobook.engines.silence import FLOOR, find_end
from audiobook.engines.spoken_words import time_words, trace
from audiobook.model import Clip

_BEFORE_STOP = re.compile(r"(?<=\]\]) (?=[,.;:!?…]+[^\w\s]*(?: |$))")
"""eSpeak takes a clause's end for one only where it follows its word; and what stands without a space
before `[[` is lost together with the phonemes, hence the spaces everywhere else."""

_ENDINGS = (
    (re.compile(r"(?:…|\.\.+)(?=[\s\"'”’»)]*$)"), "."),
    (re.compile(r"(?<=\w) ?(?:-+|–)(?=[\s\"'”’»)]*$)"), "—"),
    (re.compile(r"!+\?+(?=[!\s\"'”’»)]*$)"), "?"),
    (re.compile(r":(?=\s*$)"), ","),
)
"""How a text must end for eSpeak to give it its tune: measured on its fundamental frequency, it lets "…"
rise like a comma, hyphens for a dash and ":" fall like a full stop, and "!?" like "!"."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A text for eSpeak, and for each of its characters which one of the text asked for it stands for."""

    text: str
    origins: Sequence[int]

    def origin(self, at: int) -> int:
        """Return what a character stands for; what the text ends in may have been put there for its tune."""
        return self.origins[min(at, len(self.origins) - 1)]


def word(spoken: str, source: str, start: int = 0) -> Wording:
    """Return what is spoken of `source`, whose first character is that of number `start`."""
    return Wording(spoken, trace(spoken, source, start))


def word_phonemes(notation: str, start: int) -> Wording:
    """Return one word's phonemes, spoken for what begins at `start`."""
    return Wording(f"[[{notation}]]", [start] * (len(notation) + 4))


def join_wordings(pieces: Sequence[Wording]) -> Wording:
    """Join pieces by spaces, but for a stop that follows phonemes."""
    text = " ".join(piece.text for piece in pieces)
    origins = [origin for piece in pieces for origin in (*piece.origins, piece.origins[-1])][:-1]
    for space in reversed([match.start() for match in _BEFORE_STOP.finditer(text)]):
        text = text[:space] + text[space + 1 :]
        del origins[space]
    return Wording(text, origins)


def end_as_heard(text: str) -> str:
    """Return a text with the ending by which eSpeak gives it its tune."""
    for ending, as_heard in _ENDINGS:
        text = ending.sub(as_heard, text)
    return text


@dataclass(frozen=True, slots=True)
class Spoken:
    """What eSpeak has spoken of a text: samples from the first over `floor` to the last, and marks.

    A mark is a character of the text, and the sample with which what is said of it begins.
    """

    samples: bytes = b""
    marks: Sequence[tuple[int, int]] = ()
    floor: int = FLOOR


def make_clip(spoken: Spoken, text: str, sample_rate: int) -> Clip:
    """Return a text's clip; its words begin where eSpeak says, and end before the silence behind them."""
    wave = memoryview(spoken.samples).cast("h")
    begins = [*(begin for _, begin in spoken.marks), len(wave)]
    marks = [
        (character, begin, find_end(wave, begin, end, spoken.floor))
        for (character, begin), end in zip(spoken.marks, begins[1:], strict=True)
    ]
    words = time_words(text, marks, sample_rate)
    return Clip(samples=spoken.samples, sample_rate=sample_rate, words=words)
