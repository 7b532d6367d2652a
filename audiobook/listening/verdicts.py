"""What is to be thought of each line: heard, heard otherwise, words of it lost, or not heard at all.

Counted are sounds, not letters, so that another spelling, homophones, and words that are split or joined say
nothing.  Nor does one that is misheard a little: a recognizer errs too, and most of all in names.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from audiobook.listening.alignment import AlignedWords, align_words
from audiobook.listening.sounds import Sounds, differ
from audiobook.listening.spelling import list_words

Verdict = Literal["not judged", "heard", "heard otherwise", "words lost", "not heard"]

VERSION = 1
"""Counts the changes by which the same words get another verdict."""

VERDICTS: tuple[Verdict, ...] = ("not judged", "heard", "heard otherwise", "words lost", "not heard")
"""From the best to the worst; the last two are losses."""


_FEWEST_SOUNDS = 3
"""Fewer can be two words that a person swallows as well ("of a"); a line of fewer ("Oh.") tells nothing."""

_CUT_SOUNDS, _SHORTEST_CUT = 2, 4
"""So many sounds must be missing at the end of a word that has so many at least."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HearingLimits:
    """From where on what is heard is held against a line.

    A pair of words is another one where more than `unlike` of its sounds are other ones (`unlike_name` of a
    name, or of a word that no dictionary has), and nothing like it where more than `lost` are.  Lost is a run
    of words with `run_sounds` sounds for which nothing like them was heard, or of two or more for which
    nothing was; a line is not heard where `lost_share` of it is lost.  Extra is a run of
    words with `extra_sounds` sounds that nobody was to say.  `fades` says that the voices' words fade as
    people's do (`endings.py`).
    """

    unlike: float
    unlike_name: float
    lost: float
    run_sounds: int
    lost_share: float
    extra_sounds: int
    fades: bool


NATURAL = HearingLimits(
    unlike=0.34, unlike_name=0.5, lost=0.67, run_sounds=3, lost_share=0.5, extra_sounds=4, fades=True
)
"""For voices that a recognizer understands as it does people."""

MACHINE = HearingLimits(
    unlike=0.75, unlike_name=0.9, lost=0.8, run_sounds=7, lost_share=0.65, extra_sounds=8, fades=False
)
"""For eSpeak and its like, of whom it misses one word in eight."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What was heard of a line: words, the verdict, and which words were other ones, lost, or extra.

    `changes` are pairs of what was to be said and what was heard, of those that count; one may be empty.
    `extra` are the words in it, or right behind it, that belong to no line.  `is_cut`: it ends in the middle
    of its last word, by what was heard or by how it ends.
    """

    verdict: Verdict
    words: str
    changes: tuple[tuple[str, str], ...] = ()
    extra: str = ""
    is_cut: bool = False
    badness: float = 0.0

    @property
    def is_loss(self) -> bool:
        """Whether something of it is not in the sound, or something is that should not be."""
        return self.verdict in {"words lost", "not heard"} or bool(self.extra)

    def cut(self) -> Heard:
        """Return it as of a line that ends as no word does."""
        return replace(self, verdict=max(self.verdict, "words lost", key=VERDICTS.index), is_cut=True)

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to say of it."""
        return self.verdict in {"not judged", "heard"} and not self.is_loss


def judge_lines(
    lines: Sequence[tuple[Sequence[str], HearingLimits | None]],
    text: str,
    sounds: Sounds,
    names: Collection[str] = (),
) -> list[Heard]:
    """Compare the words of lines, which are spoken one after the other, with the text that was heard.

    Each has its words, as `spelling.list_words` returns them, and its limits; without it is not judged.
    """
    said = [word for line, _ in lines for word in line]
    heard = list_words(text, frozenset(said))
    sounds.learn({*said, *heard})
    pairs = align_words(said, heard, sounds)
    ends, found = 0, []
    for line, limits in lines:
        start, ends = ends, ends + len(line)
        own = [pair for pair in pairs if pair.start < ends and pair.end > start]
        extra = [pair for pair in pairs if pair.is_extra and start < pair.start <= ends]
        if start == 0:
            extra = [pair for pair in pairs if pair.is_extra and pair.start == 0] + extra
        if limits is None:
            found.append(Heard(verdict="not judged", words=""))
            continue
        found.append(_judge(said, own, extra, sounds, limits=limits, names=names))
    return found


def _judge(
    said: Sequence[str],
    pairs: Sequence[AlignedWords],
    extra: Sequence[AlignedWords],
    sounds: Sounds,
    *,
    limits: HearingLimits,
    names: Collection[str],
) -> Heard:
    total = sum(pair.sounds for pair in pairs)
    words = " ".join(word for pair in pairs for word in pair.heard)
    if total < _FEWEST_SOUNDS:
        return Heard(verdict="heard", words=words, extra=_find_extra(extra, limits, sounds))
    runs = [run for run in _find_lost_runs(pairs, limits) if _counts(run, limits)]
    changes = [(_join(said, run), " ".join(word for pair in run for word in pair.heard)) for run in runs]
    other = [
        (_join(said, [pair]), " ".join(pair.heard))
        for pair in pairs
        if not _is_lost(pair, limits) and _is_other(said, pair, sounds, limits, names)
    ]
    badness = sum(pair.changes for pair in pairs) / total
    is_lost = badness >= limits.lost_share
    verdict: Verdict = (
        "not heard" if is_lost else "words lost" if runs else "heard otherwise" if other else "heard"
    )
    is_cut = bool(pairs) and _is_cut(said, pairs[-1], sounds)
    if is_cut and verdict != "not heard":
        verdict = "words lost"
    if is_lost and not changes:
        changes = [(_join(said, pairs), words)]
    return Heard(
        verdict=verdict,
        words=words,
        changes=(*changes, *other),
        extra=_find_extra(extra, limits, sounds),
        is_cut=is_cut,
        badness=badness,
    )


def _find_lost_runs(pairs: Sequence[AlignedWords], limits: HearingLimits) -> Iterator[list[AlignedWords]]:
    """Yield runs of pairs in which nothing like what was to be said was heard."""
    run: list[AlignedWords] = []
    for pair in pairs:
        if _is_lost(pair, limits):
            run.append(pair)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_lost(pair: AlignedWords, limits: HearingLimits) -> bool:
    return pair.is_missing or pair.changes > limits.lost * pair.sounds


def _counts(run: Sequence[AlignedWords], limits: HearingLimits) -> bool:
    """Tell whether a run is long enough to be no slip of the recognizer's."""
    missing = [pair.sounds for pair in run if pair.is_missing]
    if len(missing) > 1 and sum(missing) >= _FEWEST_SOUNDS:
        return True
    return sum(pair.sounds for pair in run) >= limits.run_sounds


def _is_cut(said: Sequence[str], last: AlignedWords, sounds: Sounds) -> bool:
    """Tell whether the last two sounds of a line's last word are what was not heard of it."""
    if last.is_missing or last.sounds < _SHORTEST_CUT:
        return False
    whole, heard = sounds.of(said[last.start : last.end]), sounds.of(last.heard)
    begun = [sound[:-_CUT_SOUNDS] for sound in whole]
    return differ(begun, heard) + _CUT_SOUNDS <= differ(whole, heard)


def _is_other(
    said: Sequence[str], pair: AlignedWords, sounds: Sounds, limits: HearingLimits, names: Collection[str]
) -> bool:
    words = said[pair.start : pair.end]
    is_name = any(word in names or sounds.is_guess(word) for word in words)
    most = limits.unlike_name if is_name else limits.unlike
    return pair.sounds >= limits.run_sounds and pair.changes > most * pair.sounds


def _find_extra(extra: Sequence[AlignedWords], limits: HearingLimits, sounds: Sounds) -> str:
    words = [word for pair in extra for word in pair.heard]
    size = sum(max(map(len, sounds.of([word]))) for word in words)
    return " ".join(words) if size >= limits.extra_sounds else ""


def _join(said: Sequence[str], pairs: Sequence[AlignedWords]) -> str:
    return " ".join(said[pairs[0].start : pairs[-1].end])
