"""Other ways to speak a line, when something of it is not heard: the same words, another sound.

What goes wrong in a neural voice goes wrong by the company that words have: what comes before them, how long
the text is, how fast it goes.  So each way changes one of these.  None knows what chance is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from audiobook.building.speaking import speak
from audiobook.engines.silence import find_sound
from audiobook.errors import SynthesisError
from audiobook.model import Clip, Phonemes, WordTime
from audiobook.planning.clip_specs import ClipSpec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Wave = NDArray[Any]

VERSION = 2
"""Counts the changes by which a way sounds otherwise."""

_LEAD_IN = "This is how the story went on. "
"""Another than Kokoro has for its short lines (`engines/kokoro/cuts.py`), which were spoken after that."""

_SLOWER = 0.88
_SLOWEST = 80
"""Words a minute: the least that voices.yaml takes."""

_FEWEST_LETTERS = 8
"""A shorter half would be a short line of its own, which is what neural voices speak worst."""

_LONG_WORD = 4
"""Shorter ones are mostly those that belong to the next word ("the", "of", "to")."""

_CLAUSE_ENDS = frozenset(",;:—–.!?…")
_CLAUSE_S, _WORD_S = 0.18, 0.04
"""The silence where a text is cut: at a mark that of a comma (`engines/neural/speaking.py`), else a
breath."""

_STANDARD_RATE = 155
_QUIET_S, _FADE_S = 0.06, 0.005
_EARLIEST, _LATEST = 0.75, 1.2
"""Where, against its length alone, a sentence ends that something follows."""


def list_ways(spec: ClipSpec) -> Iterator[tuple[str, Callable[[], Clip]]]:
    """Yield the ways in which a clip may be spoken again, by name, the most promising first."""
    yield "after a sentence", lambda: _speak_after_sentence(spec)
    cut = find_cut(spec.text, spec.phonemes)
    if cut is not None:
        yield "in two", lambda: _speak_in_two(spec, cut)
    yield "slower", lambda: _speak_slower(spec)


def _speak_slower(spec: ClipSpec) -> Clip:
    rate = max(_SLOWEST, round(spec.voice.rate * _SLOWER))
    return speak(spec.text, replace(spec.voice, rate=rate), spec.phonemes)


def _speak_in_two(spec: ClipSpec, cut: int) -> Clip:
    first, second = (
        speak(spec.text[start:end], spec.voice, _within(spec.phonemes, start, end))
        for start, end in ((0, cut), (cut, len(spec.text)))
    )
    is_clause = spec.text[:cut].rstrip()[-1:] in _CLAUSE_ENDS
    pause_s = (_CLAUSE_S if is_clause else _WORD_S) * _STANDARD_RATE / spec.voice.rate
    samples = first.samples + bytes(2 * round(pause_s * first.sample_rate))
    words = None
    if first.words is not None and second.words is not None:
        later = _shift(second.words, cut, len(samples) // 2 / first.sample_rate)
        words = (*first.words, *later)
    return Clip(samples=samples + second.samples, sample_rate=first.sample_rate, words=words)


def _within(phonemes: Sequence[Phonemes], start: int, end: int) -> tuple[Phonemes, ...]:
    return tuple(
        replace(each, start=each.start - start, end=each.end - start)
        for each in phonemes
        if start <= each.start < end
    )


def find_cut(text: str, phonemes: Sequence[Phonemes] = ()) -> int | None:
    """Return where a text is best cut in two: after a clause near its middle, else after a long word there.

    None where a half would be too short, or within words that are spoken by phonemes.
    """
    places = [
        place
        for place, char in enumerate(text, 1)
        if char.isspace()
        and _count_letters(text[:place]) >= _FEWEST_LETTERS
        and _count_letters(text[place:]) >= _FEWEST_LETTERS
        and not any(each.start < place < each.end for each in phonemes)
    ]
    third = len(text) / 3
    clauses = [p for p in places if text[:p].rstrip()[-1:] in _CLAUSE_ENDS and third <= p <= 2 * third]
    words = [p for p in places if len(text[:p].rsplit(maxsplit=1)[-1]) >= _LONG_WORD]
    return min(clauses or words or places, key=lambda place: abs(place - len(text) / 2), default=None)


def _count_letters(text: str) -> int:
    return sum(map(str.isalnum, text))


def _speak_after_sentence(spec: ClipSpec) -> Clip:
    """Speak a line behind a sentence, which is cut off in the pause between them."""
    import numpy as np

    moved = [
        replace(each, start=each.start + len(_LEAD_IN), end=each.end + len(_LEAD_IN))
        for each in spec.phonemes
    ]
    alone = speak(_LEAD_IN.strip(), spec.voice)
    both = speak(_LEAD_IN + spec.text, spec.voice, moved)
    wave = np.frombuffer(both.samples, "<i2")
    length = len(alone.samples) // 2
    start = _find_quietest(wave, round(_EARLIEST * length), round(_LATEST * length), both.sample_rate)
    kept = wave[start:].astype(np.float64)
    fade = min(round(_FADE_S * both.sample_rate), len(kept))
    kept[:fade] *= np.linspace(0, 1, fade)
    samples = np.round(kept).astype("<i2").tobytes()
    first, last = find_sound(samples)
    if first >= last:
        raise SynthesisError(f"nothing is left of {spec.text[:60]!r} behind the sentence before it")
    words = None
    if both.words is not None:
        own = [each for each in both.words if each.start >= len(_LEAD_IN)]
        words = _shift(own, -len(_LEAD_IN), -(start + first) / both.sample_rate)
    return Clip(samples=samples[2 * first : 2 * last], sample_rate=both.sample_rate, words=words)


def _shift(words: Sequence[WordTime], characters: int, seconds: float) -> tuple[WordTime, ...]:
    return tuple(
        WordTime(
            start=each.start + characters,
            end=each.end + characters,
            start_s=max(0.0, each.start_s + seconds),
            end_s=max(0.0, each.end_s + seconds),
        )
        for each in words
    )


def _find_quietest(wave: Wave, start: int, end: int, sample_rate: int) -> int:
    """Return the end of the quietest moment of a stretch, so that nothing of it is left but what follows."""
    import numpy as np

    size = round(_QUIET_S * sample_rate)
    stretch = wave[start : max(end, start + size)].astype(np.float64) ** 2
    if len(stretch) <= size:
        return min(start, len(wave))
    powers = np.convolve(stretch, np.ones(size), "valid")
    return start + int(np.argmin(powers)) + size // 2
