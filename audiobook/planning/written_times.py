"""From the words that are spoken to those that are written: "1940" sounds while "nineteen forty" does."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from audiobook.engines.spoken_words import share_out, trace
from audiobook.model import Cue, Reading, WordTime
from audiobook.planning.clip_specs import ClipSpec
from audiobook.words import find_words


def add_words(
    cues: Sequence[Cue], specs: Sequence[ClipSpec], spoken: Sequence[Sequence[WordTime] | None]
) -> tuple[Cue, ...]:
    """Return cues with the words of their texts; `spoken` are those of their clips, where they are known."""
    return tuple(
        cue if words is None else replace(cue, words=time_written(cue, spec, words))
        for cue, spec, words in zip(cues, specs, spoken, strict=True)
    )


def time_written(cue: Cue, spec: ClipSpec, spoken: Sequence[WordTime]) -> tuple[WordTime, ...]:
    """Return when the words of a cue's text sound in its track, by those of its clip.

    What is written in several words and spoken in others is shared out by its letters.  A word of which
    nothing is spoken is left out.
    """
    text = unicodedata.normalize("NFC", cue.utterance.text)
    origins = [*trace(text, cue.utterance.text), len(cue.utterance.text)]
    said = ((word, _find_spoken(word, spec.readings, spoken)) for word in find_words(text))
    timed: list[WordTime] = []
    for places, group in groupby(said, key=lambda each: each[1]):
        words = [(origins[start], max(origins[start] + 1, origins[end])) for (start, end), _ in group]
        if places is not None:
            first, last = (spoken[place] for place in places)
            timed += share_out(words, cue.start_s + first.start_s, cue.start_s + last.end_s)
    return tuple(timed)


def _find_spoken(
    word: tuple[int, int], readings: Sequence[Reading], spoken: Sequence[WordTime]
) -> tuple[int, int] | None:
    """Return the numbers of the first and the last of the spoken words that are said for a written one."""
    start, end = _place_spoken(word, readings)
    said = [number for number, each in enumerate(spoken) if each.start < end and start < each.end]
    return (said[0], said[-1]) if said else None


def _place_spoken(word: tuple[int, int], readings: Sequence[Reading]) -> tuple[int, int]:
    """Return where in the spoken text a written word is, with all that is spoken for a part of it."""
    start, end = word
    shift = 0
    first, last = start, end
    for reading in readings:
        if reading.start >= end:
            break
        spoken_start = reading.start + shift
        shift += len(reading.spoken) - (reading.end - reading.start)
        if reading.end <= start:
            first = start + shift
        elif reading.start <= start:
            first = spoken_start
        last = max(end, reading.end) + shift
    return first, last
