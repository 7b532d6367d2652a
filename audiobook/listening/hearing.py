"""Hear the lines of a file: all of them quickly, and those that are in doubt once more, in other company."""

from __future__ import annotations

import statistics
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from audiobook.listening.endings import STOPS_DB, measure_ending_db
from audiobook.listening.sounds import Sounds
from audiobook.listening.spelling import list_words
from audiobook.listening.verdicts import NATURAL, VERDICTS, Heard, HearingLimits, judge_lines
from audiobook.listening.windows import LONGEST_S, find_edges, group_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Wave = NDArray[Any]

SAMPLE_RATE = 16_000

_AFTER_S = 0.03
"""How much later than its cue a line may end (docs/checking.md: 15 ms), and a little more."""

_DRAWN_OUT = 1.6
"""A line that takes so many times as long as its sounds usually do may be said twice; others take up to 1.24
times as long as is foreseen (`checking/completeness.py`)."""

_FEWEST_SOUNDS, _FEWEST_LINES = 8, 3
"""From so many sounds in a line, and so many lines, on it can be told how long a sound takes."""

_LOOK_BACK_S = 8.0
_QUIET_S = 0.05


class Ear(Protocol):
    """What hears; `recognizer.Recognizer` is one."""

    def hear(self, wave: Any, *, carefully: bool = False) -> str:
        """Return what is said in samples of `SAMPLE_RATE` from −1 to 1."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LineToHear:
    """What is to be heard from when to when.

    `said` is the text as the engine was given it, `written` as it stands in the book: either will do.
    Without limits it is not judged, as in a language that the recognizer does not know.
    """

    said: str
    written: str
    start_s: float
    end_s: float
    limits: HearingLimits | None = NATURAL


@dataclass(slots=True, kw_only=True)
class Listener:
    """An ear, and what it needs to know to judge what it hears."""

    ear: Ear
    sounds: Sounds
    names: Collection[str] = ()

    def hear_lines(self, wave: Wave, lines: Sequence[LineToHear], which: range | None = None) -> list[Heard]:
        """Return the verdict on each line of a file, or on those of these numbers."""
        which = range(len(lines)) if which is None else which
        found: list[Heard] = []
        for group in group_lines([(line.start_s, line.end_s) for line in lines], which):
            found += self._hear(wave, lines, group, carefully=False)
        usual_s = self._measure_pace(lines)
        return [
            self._reconsider(wave, lines, number, heard, usual_s)
            for number, heard in zip(which, found, strict=True)
        ]

    def _reconsider(
        self, wave: Wave, lines: Sequence[LineToHear], number: int, first: Heard, usual_s: float
    ) -> Heard:
        """Hear a line again where it is in doubt; hear whether it is said twice, and how it ends."""
        line = lines[number]
        heard = first if first.is_clear else self._hear_again(wave, lines, number, first)
        if not heard.extra and (line.end_s - line.start_s) > _DRAWN_OUT * usual_s * self._count_sounds(line):
            heard = self._hear_halves(wave, line) or heard
        next_s = lines[number + 1].start_s if number + 1 < len(lines) else float("inf")
        return heard.cut() if _stops(wave, line, next_s) else heard

    def _measure_pace(self, lines: Sequence[LineToHear]) -> float:
        """Return how long a sound usually takes in these lines, in seconds; ∞ where there are too few."""
        judged = [line for line in lines if line.limits is not None]
        self.sounds.learn({word for line in judged for word in list_words(line.said)})
        counted = [(line.end_s - line.start_s, self._count_sounds(line)) for line in lines]
        paces = [seconds / count for seconds, count in counted if count >= _FEWEST_SOUNDS]
        return statistics.median(paces) if len(paces) >= _FEWEST_LINES else float("inf")

    def _count_sounds(self, line: LineToHear) -> int:
        words = list_words(line.said)
        return max(map(len, self.sounds.of(words))) if words and line.limits is not None else 0

    def _hear_halves(self, wave: Wave, line: LineToHear) -> Heard | None:
        """Hear a line that takes too long in two halves; return what was heard where it is said again.

        Whole, a recognizer writes down but once what is said twice: it was taught on what people write.
        """
        sound = wave[round(line.start_s * SAMPLE_RATE) : round(line.end_s * SAMPLE_RATE)]
        third = len(sound) // 3
        cut = third + _find_quietest(sound[third : 2 * third])
        text = " ".join(
            self.ear.hear(part, carefully=True)
            for half in (sound[:cut], sound[cut:])
            for part in cut_long(half)
        )
        (heard,) = self._judge([line], text)
        own = {*list_words(line.said), *list_words(line.written)}
        again = [word for word in heard.extra.split() if word in own]
        return heard if 2 * len(again) > len(heard.extra.split()) else None

    def _hear(self, wave: Wave, lines: Sequence[LineToHear], group: range, *, carefully: bool) -> list[Heard]:
        times = [(line.start_s, line.end_s) for line in lines]
        start_s, end_s = find_edges(times, group, len(wave) / SAMPLE_RATE)
        sound = wave[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
        text = " ".join(self.ear.hear(part, carefully=carefully) for part in cut_long(sound))
        return self._judge([lines[number] for number in group], text)

    def _judge(self, lines: Sequence[LineToHear], text: str) -> list[Heard]:
        expected = frozenset(list_words(text))
        as_said = [(list_words(line.said, expected), line.limits) for line in lines]
        found = judge_lines(as_said, text, self.sounds, self.names)
        as_written = [(list_words(line.written, expected), line.limits) for line in lines]
        if as_written == as_said or all(heard.is_clear for heard in found):
            return found
        others = judge_lines(as_written, text, self.sounds, self.names)
        return [min(pair, key=rank) for pair in zip(found, others, strict=True)]

    def _hear_again(self, wave: Wave, lines: Sequence[LineToHear], number: int, first: Heard) -> Heard:
        """Hear a line alone, and amid its neighbours; keep what speaks best for it."""
        best = first
        for group in _list_companies(lines, number):
            heard = self._hear(wave, lines, group, carefully=True)[number - group.start]
            best = min(best, heard, key=rank)
            if best.is_clear:
                break
        return best


def rank(heard: Heard) -> tuple[bool, int, float]:
    """Order what was heard from the best to the worst."""
    return heard.is_loss, VERDICTS.index(heard.verdict), heard.badness


def _stops(wave: Wave, line: LineToHear, next_s: float) -> bool:
    """Tell whether a line's sound ends as no word does; the next line begins at `next_s`."""
    if line.limits is None or not line.limits.fades:
        return False
    end_s = max(line.end_s, min(line.end_s + _AFTER_S, next_s))
    sound = wave[round(line.start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]
    return measure_ending_db(sound, SAMPLE_RATE) > STOPS_DB


def _list_companies(lines: Sequence[LineToHear], number: int) -> Iterator[range]:
    """Yield in which company a line is heard again."""
    first, last = max(0, number - 1), min(len(lines), number + 2)
    if lines[last - 1].end_s - lines[first].start_s <= LONGEST_S and last - first > 1:
        yield range(first, last)
    yield range(number, number + 1)


def cut_long(wave: Wave) -> Iterator[Wave]:
    """Yield a sound in pieces that can be heard at once, cut where it is quietest."""
    most, look_back = round(LONGEST_S * SAMPLE_RATE), round(_LOOK_BACK_S * SAMPLE_RATE)
    while len(wave) > most:
        cut = most - look_back + _find_quietest(wave[most - look_back : most])
        yield wave[:cut]
        wave = wave[cut:]
    yield wave


def _find_quietest(wave: Wave) -> int:
    """Return the middle of the quietest moment."""
    import numpy as np

    size = round(_QUIET_S * SAMPLE_RATE)
    if len(wave) <= size:
        return len(wave) // 2
    powers = np.convolve(wave.astype(np.float64) ** 2, np.ones(size), "valid")
    return int(np.argmin(powers)) + size // 2
