"""What a recognizer hears of what was said: Whisper's tiny.en takes dictation, and its errors are counted.

A wrong word counts, and not another way to write the right one: `audiobook/listening/` says what that is.
Of a name, which nobody could spell who only hears it, three in ten sounds may differ.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.listening.alignment import AlignedWords, align_words
from audiobook.listening.hearing import cut_long
from audiobook.listening.recognizer import SAMPLE_RATE, find_recognizer, open_recognizer
from audiobook.listening.sounds import Sounds
from audiobook.listening.spelling import find_names, list_words
from tests.listening import decode

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Wave = NDArray[np.float32]

__all__ = ["SAMPLE_RATE", "Recognizer", "Tally", "add_tallies", "compare"]

_NAME_TOLERANCE = 0.3


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How many words were said, and which of them were heard as what: the wrong ones alone."""

    words: int
    mistakes: tuple[tuple[str, str], ...]

    @property
    def errors(self) -> int:
        """How many words went wrong: as many as were said, or as were heard, where these are more."""
        return sum(max(len(said.split()), len(heard.split())) for said, heard in self.mistakes)

    @property
    def share(self) -> float:
        """Errors for each word that was said."""
        return self.errors / self.words if self.words else 0.0


def add_tallies(tallies: Iterable[Tally]) -> Tally:
    """Return what several texts come to."""
    every = list(tallies)
    return Tally(
        words=sum(each.words for each in every),
        mistakes=tuple(mistake for each in every for mistake in each.mistakes),
    )


class Recognizer:
    """The recognizer that the package listens with, for sound of any length."""

    def __init__(self, folder: Path | None = None, *, threads: int = 1) -> None:
        self._ear = open_recognizer(folder or find_recognizer(), threads=threads)

    def write_down(self, sound: Path | Wave) -> str:
        """Return what is heard in a file, or in samples of `SAMPLE_RATE` from −1 to 1."""
        wave = decode(sound, SAMPLE_RATE).astype("float32") if isinstance(sound, Path) else sound
        return " ".join(self._ear.hear(part, carefully=True) for part in cut_long(wave))


def compare(said: str, heard: str) -> Tally:
    """Count the words of a text that were not heard, or heard as others, or that nobody said."""
    ours = list_words(said)
    theirs = list_words(heard, frozenset(ours))
    names = find_names(said)
    sounds = _shared_sounds()
    sounds.learn({*ours, *theirs})
    return Tally(
        words=len(ours),
        mistakes=tuple(
            (" ".join(ours[pair.start : pair.end]), " ".join(pair.heard))
            for pair in align_words(ours, theirs, sounds)
            if not _is_heard(pair, ours, names)
        ),
    )


def _is_heard(pair: AlignedWords, words: list[str], names: frozenset[str]) -> bool:
    if pair.is_extra or pair.is_missing:
        return False
    is_name = any(word in names for word in words[pair.start : pair.end])
    return pair.changes <= (_NAME_TOLERANCE * pair.sounds if is_name else 0)


@functools.cache
def _shared_sounds() -> Sounds:
    return Sounds(sound_in_ipa)
