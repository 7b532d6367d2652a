"""What of a story wants an ear: lines whose speaker is doubtful, and what is odd in its finished files."""

from __future__ import annotations

import contextlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from audiobook.building.report import UnclearLine
from audiobook.caching.clips import ClipCache
from audiobook.caching.silences import recall_silences
from audiobook.checking import LONG_S, PACE, measure_pace
from audiobook.errors import EngineError
from audiobook.model import Cue, Script, ScriptChapter, Utterance
from audiobook.planning.estimate import estimate_speech_s
from audiobook.script import Doubt, find_doubtful
from audiobook.studio.done_marks import DoneMark
from audiobook.studio.finished_tracks import FinishedTrack
from audiobook.studio.line_speech import LineSpeaker
from audiobook.words import count_words

Kind = Literal["heard", "silence", "pace", "speaker"]

_LOSSES = ("words lost", "not heard")
"""Verdicts that something is not in the sound (`listening.verdicts`)."""

_PLAUSIBLE = (0.7, 1.4)
"""Lines that are so many times as long as their written words foresee need no closer look."""

_SAME_S = 0.05
"""Within which a line is as long as it was: what is written of it are milliseconds."""

_BEFORE_WORDS = 8
"""By which a mark tells a line from others of the same words: as many as a correction's, or twice that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoundPlace:
    """Where in which finished file (by its number) a line sounds, in seconds."""

    track: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Concern:
    """Something about a line, which is an utterance by its number over the story, from 0.

    `gist` changes where there is something else to be said; `told` says it to a person.  `rank` orders
    concerns, the least first.  A doubtful speaker has a `doubt`, the others a `sound`.
    """

    kind: Kind
    line: int
    gist: str
    told: str
    rank: tuple[float, ...]
    doubt: Doubt | None = None
    sound: SoundPlace | None = None


@dataclass(slots=True, kw_only=True)
class Lines:
    """A script's utterances by their numbers, with where each is found by."""

    utterances: Sequence[Utterance]
    chapters: Sequence[ScriptChapter]
    places: Mapping[int, int] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def mark(self, concern: Concern) -> DoneMark:
        """Return what says that a person is done with a concern."""
        words, before = self.utterances[concern.line].text, ""
        place = concern.line
        while place and len(before.split()) < _BEFORE_WORDS:
            place -= 1
            before = f"{self.utterances[place].text} {before}"
        after = " ".join(before.split()[-_BEFORE_WORDS:])
        return DoneMark(
            kind=concern.kind,
            words=words,
            after=after,
            gist=concern.gist,
            is_alone=self.counts[words] == 1,
        )


def list_lines(script: Script) -> Lines:
    """List a script's utterances by their numbers."""
    pairs = [(u, chapter) for chapter in script.chapters for u in chapter.utterances]
    utterances = [utterance for utterance, _ in pairs]
    return Lines(
        utterances=utterances,
        chapters=[chapter for _, chapter in pairs],
        places={id(utterance): number for number, utterance in enumerate(utterances)},
        counts=Counter(utterance.text for utterance in utterances),
    )


def find_doubts(script: Script, lines: Lines) -> Iterator[Concern]:
    """Yield the places where it is doubtful who speaks, those first where a correction mends most."""
    spoken = [(u.start, number) for number, u in enumerate(lines.utterances) if u.kind == "speech"]
    starts = [start for start, _ in spoken]
    for doubt in find_doubtful(script, with_fixes=False):
        place = bisect_left(starts, doubt.quotation.start)
        if place == len(spoken) or starts[place] >= doubt.quotation.end:
            continue  # nothing of it is spoken
        yield Concern(
            kind="speaker",
            line=spoken[place][1],
            gist=doubt.quotation.speaker or "",
            told=doubt.quotation.evidence,
            rank=(3, -doubt.gain),
            doubt=doubt,
        )


def find_odd_paces(tracks: Iterable[FinishedTrack], lines: Lines, speaker: LineSpeaker) -> Iterator[Concern]:
    """Yield lines that are much longer or shorter than is foreseen, as `narrate check` measures them."""
    for each in tracks:
        for cue, voice in zip(each.track.cues, each.voices, strict=True):
            rough = measure_pace(cue, estimate_speech_s(cue.utterance.text, voice))
            if _PLAUSIBLE[0] <= rough <= _PLAUSIBLE[1]:
                continue
            number = lines.places[id(cue.utterance)]
            with contextlib.suppress(EngineError):  # of a voice that is gone nothing is foreseen
                ratio = measure_pace(cue, speaker.foresee_s(number, voice))
                if not PACE[0] <= ratio <= PACE[1]:
                    yield _tell_pace(each, cue, number, ratio)


def _tell_pace(each: FinishedTrack, cue: Cue, number: int, ratio: float) -> Concern:
    seconds = cue.end_s - cue.start_s
    per_minute = f"{count_words(cue.utterance.text) / seconds * 60:.0f}" if seconds > 0 else "no"
    long = f"{ratio:.1f} times as long as" if ratio > 1 else f"{ratio:.0%} as long as"
    return Concern(
        kind="pace",
        line=number,
        gist=f"{ratio:.1f}",
        told=f"{per_minute} words a minute: {long} it should be",
        rank=(2, -max(ratio, 1 / ratio)),
        sound=SoundPlace(track=each.number, start_s=cue.start_s, end_s=cue.end_s),
    )


def find_long_silences(tracks: Iterable[FinishedTrack], lines: Lines, cache: ClipCache) -> Iterator[Concern]:
    """Yield lines with a long silence amid them, of the files that were measured (`measure_silences`)."""
    for each in tracks:
        ends = [cue.end_s for cue in each.track.cues]
        for start_s, end_s in recall_silences(each.fingerprint, cache) or ():
            for cue in each.track.cues[bisect_right(ends, start_s) :]:
                if cue.start_s >= end_s:
                    break
                seconds = min(end_s, cue.end_s) - max(start_s, cue.start_s)
                if seconds >= LONG_S:
                    yield Concern(
                        kind="silence",
                        line=lines.places[id(cue.utterance)],
                        gist=f"{seconds:.1f}",
                        told=f"{seconds:.1f} seconds of silence amid it",
                        rank=(1, -seconds),
                        sound=SoundPlace(track=each.number, start_s=cue.start_s, end_s=cue.end_s),
                    )


def find_unheard(
    tracks: Iterable[FinishedTrack], lines: Lines, heard: Sequence[UnclearLine]
) -> Iterator[Concern]:
    """Yield lines of which a recognizer heard something else, or not all; those first that lack something."""
    cues = {id(cue.utterance): (each, cue) for each in tracks for cue in each.track.cues}
    by_place = {(u.start, u.text): number for number, u in enumerate(lines.utterances)}
    alone = {u.text: number for number, u in enumerate(lines.utterances) if lines.counts[u.text] == 1}
    for line in heard:
        number = by_place.get((line.start, line.words), alone.get(line.words))
        place = None if number is None else cues.get(id(lines.utterances[number]))
        if number is None or place is None:
            continue  # the text is another by now
        each, cue = place
        if abs((cue.end_s - cue.start_s) - (line.end_s - line.start_s)) > _SAME_S:
            continue  # it was spoken again since
        instead = f": it was heard as “{line.heard}”" if line.heard else ""
        yield Concern(
            kind="heard",
            line=number,
            gist=f"{line.verdict}: {line.heard}",
            told=f"{line.verdict.capitalize()}{instead}",
            rank=(0 if line.verdict in _LOSSES else 4, number),
            sound=SoundPlace(track=each.number, start_s=cue.start_s, end_s=cue.end_s),
        )
