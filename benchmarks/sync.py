"""Measure whether words sound when their cues say so.

    python -m benchmarks.sync                     all stories in texts/
    python -m benchmarks.sync STORY|FILE …        these (a book's first chapter)
    python -m benchmarks.sync --engine kokoro …   in another engine's voices (eSpeak's where none is named)

Makes each story's first chapter in a folder of its own, reads the cues that are in its MP3, decodes it, and
compares them with two things that know nothing of them: a forced alignment (tests/alignment.py), and where
the sound sets in.  Prints per story: cues; those that could not be aligned; the median of the errors and
of their sizes; the share within 150 ms; the onset farthest from its cue.  Then of the words, which the run
has timed: how many, how many of these were aligned, the median of their errors and of these errors' sizes.
Exit status 1 where a median error is over 50 ms, under 85 % are within 150 ms, an onset is over 60 ms
from its cue, or the words' median error is over what their engine promises.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audiobook.caching.clips import ClipCache
from audiobook.caching.track_words import recall_words
from audiobook.folders import cache_folder
from audiobook.model import Cue
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.publishing.files import read_mark, read_track
from tests.alignment import SAMPLE_RATE, align_words, find_places
from tests.listening import Samples, decode

MEDIAN_MS = 50
WITHIN_MS = 150
SHARE = 0.85
ONSET_MS = 60

_LOUD_DB = -50
"""Where sound begins: 20 dB over the room tone, 30 dB under speech."""


WORD_MS = {"pyttsx3": 40, "kokoro": 60}
"""What the median error of words may be, by engine."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """What was measured of a track; errors are seconds from a cue to its first word as aligned."""

    cues: int
    errors: Sequence[float]
    onsets: Sequence[float]
    """Seconds from each cue to where sound sets in; below 0 where it has before."""

    words: int = 0
    word_errors: Sequence[float] = ()
    """Seconds from a word's time to where it is aligned, of those words that both have."""

    @property
    def unaligned(self) -> int:
        """How many cues have no alignment."""
        return self.cues - len(self.errors)

    @property
    def median_ms(self) -> float:
        """The median size of an error."""
        return float(np.median(np.abs(self.errors))) * 1000 if self.errors else float("inf")

    @property
    def bias_ms(self) -> float:
        """The median error: below 0 the aligner hears words before their cues."""
        return float(np.median(self.errors)) * 1000 if self.errors else float("nan")

    @property
    def share(self) -> float:
        """The share of alignable cues whose first word is within `WITHIN_MS`."""
        return float(np.mean(np.abs(self.errors) * 1000 <= WITHIN_MS)) if self.errors else 0.0

    @property
    def word_median_ms(self) -> float:
        """The median size of a word's error."""
        return float(np.median(np.abs(self.word_errors))) * 1000 if self.word_errors else float("nan")

    @property
    def word_bias_ms(self) -> float:
        """The median of the words' errors."""
        return float(np.median(self.word_errors)) * 1000 if self.word_errors else float("nan")

    @property
    def worst_onset_ms(self) -> float:
        """The onset farthest from its cue."""
        return max(map(abs, self.onsets)) * 1000

    @property
    def is_true(self) -> bool:
        """Whether all is as promised."""
        is_aligned = self.median_ms <= MEDIAN_MS and self.share >= SHARE
        return is_aligned and self.worst_onset_ms <= ONSET_MS


def measure(path: Path, cues: Sequence[Cue]) -> Sync:
    """Measure a finished track by its sound."""
    aligned = align_words(decode(path, SAMPLE_RATE), cues)
    timed = {
        (number, word.start): word.start_s for number, cue in enumerate(cues) for word in cue.words or ()
    }
    places = [find_places(cue.utterance.text) for cue in cues]
    found = {(number, places[number][place]): when for (number, place), when in aligned.items()}
    return Sync(
        cues=len(cues),
        errors=[when - cues[number].start_s for (number, place), when in aligned.items() if place == 0],
        onsets=find_onsets(decode(path), cues),
        words=len(timed),
        word_errors=[when - timed[place] for place, when in found.items() if place in timed],
    )


def find_onsets(samples: Samples, cues: Sequence[Cue], sample_rate: int = 44_100) -> list[float]:
    """Return the seconds from each cue to the first sound after the silence before it.

    It is looked for from the middle of the pause before the cue on, at most from 0.2 s before.
    """
    onsets, previous_s = [], 0.0
    loud = np.abs(samples) > 10 ** (_LOUD_DB / 20)
    for cue in cues:
        begin = max((previous_s + cue.start_s) / 2, cue.start_s - 0.2)
        found = np.flatnonzero(loud[round(begin * sample_rate) : round(cue.end_s * sample_rate)])
        onsets.append(begin + found[0] / sample_rate - cue.start_s if len(found) else float("inf"))
        previous_s = cue.end_s
    return onsets


def make_and_measure(name: str, folder: Path, engine: str = "pyttsx3") -> Sync:
    """Make a story's first chapter in a folder, in an engine's voices, and measure it."""
    project = open_project(Path.cwd())
    script, _ = script_and_cast(project, name)
    command = [sys.executable, "-m", "audiobook", "make", name, "--quiet", "--output", str(folder)]
    subprocess.run([*command, "--engine", engine, "--format", "mp3", "--to", "1"], check=True)
    chapter = next(chapter for chapter in script.chapters if chapter.utterances)
    path = min((folder / script.book.name).glob("*.mp3"))
    track = read_track(path, chapter.title, chapter.number, chapter.utterances)
    mark = read_mark(path)
    assert mark is not None
    cues = recall_words(mark.fingerprint, track.cues, ClipCache(cache_folder() / "clips"))
    return measure(path, cues or track.cues)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*")
    parser.add_argument("--engine", default="pyttsx3")
    asked = parser.parse_args(arguments)
    names = asked.names or [path.stem for path in sorted(Path("texts").glob("*.txt"))]
    heads = ["cues", "unaligned", "bias", "median", "≤150 ms", "onset"]
    heads += ["words", "aligned", "bias", "median", "took"]
    print(f"{'story':24}" + "".join(f"{head:>10}" for head in heads))
    are_true = True
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            began = time.perf_counter()
            sync = make_and_measure(name, Path(folder), asked.engine)
        took = time.perf_counter() - began
        limit_ms = WORD_MS.get(asked.engine, max(WORD_MS.values()))
        are_true = are_true and sync.is_true and sync.word_median_ms <= limit_ms
        print(
            f"{Path(name).stem[:24]:24}{sync.cues:10}{sync.unaligned:10}{sync.bias_ms:7.0f} ms"
            f"{sync.median_ms:7.0f} ms{sync.share:10.1%}{sync.worst_onset_ms:7.0f} ms{sync.words:10}"
            f"{len(sync.word_errors):10}{sync.word_bias_ms:7.0f} ms{sync.word_median_ms:7.0f} ms{took:8.1f} s"
        )
    return 0 if are_true else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
