"""Which words of a text are heard when, though what an engine speaks may be spelled otherwise."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from difflib import SequenceMatcher
from itertools import pairwise

from audiobook.model import WordTime
from audiobook.words import find_words

_LONGEST = 5_000
"""Texts of more characters, which no sentence has, are not compared letter by letter: it takes too long."""


def trace(spoken: Sequence[str], source: Sequence[str], start: int = 0) -> list[int]:
    """Return which character of `source` each one of `spoken` comes from; `start` is the first's number.

    The two are alike but for single letters and signs.  What stands in `spoken` alone comes from where it was
    put in.
    """
    if spoken == source:
        return list(range(start, start + len(source)))
    if max(len(spoken), len(source)) > _LONGEST:
        return [start + place * len(source) // len(spoken) for place in range(len(spoken))]
    origins = []
    for _, from_, to, first, last in SequenceMatcher(None, source, spoken, autojunk=False).get_opcodes():
        most = max(0, min(to, len(source)) - 1)
        origins += [start + min(from_ + place, most) for place in range(last - first)]
    return origins


def time_words(text: str, marks: Iterable[tuple[int, int, int]], sample_rate: int) -> tuple[WordTime, ...]:
    """Return when the words of a text sound.

    A mark is a character of the text, and the samples at which what is spoken of it begins and ends.  A word
    without a mark of its own is said together with the one before it ("of the"), and has a share of that by
    its letters.
    """
    words = list(find_words(text))
    marked: dict[int, tuple[int, int]] = {}
    for character, begin, end in marks:
        number = max(0, bisect_right(words, character, key=lambda word: word[0]) - 1)
        if number in marked:
            marked[number] = (marked[number][0], max(marked[number][1], end))
        elif not marked or (number > max(marked) and begin >= marked[max(marked)][0]):
            marked[number] = (begin, end)
    if not words or not marked:
        return ()
    firsts = [0, *list(marked)[1:], len(words)]
    timed: list[WordTime] = []
    for (first, last), (begin, end) in zip(pairwise(firsts), marked.values(), strict=True):
        timed += share_out(words[first:last], begin / sample_rate, end / sample_rate)
    return tuple(timed)


def share_out(words: Sequence[tuple[int, int]], start_s: float, end_s: float) -> list[WordTime]:
    """Give each of these words its share of a time, by its letters."""
    total = sum(end - start for start, end in words)
    timed, at_s = [], start_s
    for start, end in words:
        until_s = at_s + (end_s - start_s) * (end - start) / total
        timed.append(WordTime(start=start, end=end, start_s=at_s, end_s=until_s))
        at_s = until_s
    return timed
