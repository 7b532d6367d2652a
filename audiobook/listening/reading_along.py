"""When the words of lines sound, by what a recognizer attends to while it reads them along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple, Protocol

from audiobook.listening.recognizer import SAMPLE_RATE
from audiobook.listening.windows import LONGEST_S, find_edges, group_lines
from audiobook.model import WordTime
from audiobook.words import find_words


class Aligner(Protocol):
    """What reads along; `recognizer.Recognizer` is one."""

    def align(self, wave: Any, words: Sequence[str]) -> Sequence[tuple[float, float]] | None:
        """Return when each word is said, in seconds; None where they can't be what is said."""
        ...


class SaidLine(NamedTuple):
    """A line of a file, and from when to when it sounds."""

    text: str
    start_s: float
    end_s: float


def align_lines(
    ear: Aligner, wave: Any, lines: Sequence[SaidLine], which: range
) -> Iterator[tuple[WordTime, ...] | None]:
    """Yield the words of these lines of a file, samples at `SAMPLE_RATE`; None where they are unknown.

    Lines are read along together, as many as the recognizer takes; one that is longer is not.
    """
    times = [(line.start_s, line.end_s) for line in lines]
    for group in group_lines(times, which):
        told = [lines[number] for number in group]
        start_s, end_s = find_edges(times, group, len(wave) / SAMPLE_RATE)
        places = [list(find_words(line.text)) for line in told]
        words = [word for line, own in zip(told, places, strict=True) for word in _cut(line.text, own)]
        sound = wave[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
        heard = ear.align(sound, words) if words and end_s - start_s <= LONGEST_S + 1 else None
        if heard is None:
            yield from [None] * len(told)
            continue
        found = iter(heard)
        for line, own in zip(told, places, strict=True):
            timed = [(place, next(found)) for place in own]
            yield tuple(_place(line, place, start_s + at, start_s + until) for place, (at, until) in timed)


def _cut(text: str, places: Sequence[tuple[int, int]]) -> Iterator[str]:
    """Yield each word with the marks behind it, by which a recognizer writes it."""
    for (start, _), (following, _) in pairwise([*places, (len(text), len(text))]):
        yield text[start:following].strip()


def _place(line: SaidLine, place: tuple[int, int], start_s: float, end_s: float) -> WordTime:
    start_s, end_s = (min(max(each, line.start_s), line.end_s) for each in (start_s, end_s))
    return WordTime(start=place[0], end=place[1], start_s=start_s, end_s=end_s)
