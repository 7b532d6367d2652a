"""A chapter that would be too long for one file becomes several, cut where the story itself pauses.

Decided before anything is spoken, from an estimate, so that planning depends on text and settings alone.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from audiobook.audio import Spacing
from audiobook.casting import at_pace
from audiobook.model import Cast, Script, ScriptChapter, Utterance
from audiobook.planning.estimate import estimate_speech_s

LONGEST_S = 119 * 60
"""ACX takes files of up to 120 minutes (https://www.acx.com/help/acx-audio-submission-requirements/201456300)."""

_ENGLISH_ERROR = 1.05
_OTHER_ERROR = 1.42
"""How much longer than estimated speech can be.

In one of 79 chapters the built-in voices spoke English 6 % longer, in the others less; pauses, a tenth of the
time and more, are exact.  Of fifteen other languages of eSpeak the slowest (Turkish) took 33 % longer than
the estimate has for its letters.  Engines other than eSpeak have paces of their own.
"""

_SCENE_REACH = 0.25
_PARAGRAPH_REACH = 0.05
"""How far from an equal division a cut may lie, in shares of a part, to be at such a place."""


@dataclass(frozen=True, slots=True)
class _Place:
    """A place before an utterance where a chapter can be cut: its number, and when it comes."""

    number: int
    at_s: float
    utterance: Utterance


def split_chapters(script: Script, cast: Cast, spacing: Spacing, *, longest_s: float = LONGEST_S) -> Script:
    """Return the script with chapters that might be longer than a file may be cut into parts.

    The parts keep their chapter's number, and are called "Title (part 1 of 2)".  They are about equal:
    cut at the scene break or heading nearest to an equal division, else between paragraphs, else between
    utterances.  An edit of a paragraph moves no cut, but for the rare one that it brings out of reach.
    """
    chapters: list[ScriptChapter] = []
    for chapter in script.chapters:
        times = time_at_latest(script, chapter.utterances, cast, spacing)
        room_s = longest_s - (spacing.head_ms + spacing.tail_ms) / 1000
        cuts = _find_cuts(chapter.utterances, times, room_s)
        chapters.extend(_cut(chapter, cuts))
    return replace(script, chapters=tuple(chapters))


def _is_english(script: Script, cast: Cast) -> bool:
    engines = {role.voice.engine for role in cast.roles}
    return script.book.language.lower().startswith("en") and engines <= {"pyttsx3", "tone"}


def time_at_latest(
    script: Script, utterances: Sequence[Utterance], cast: Cast, spacing: Spacing
) -> list[float]:
    """Return when each utterance follows the one before at the latest, and when the last ends.

    Head and tail are not counted.
    """
    error = _ENGLISH_ERROR if _is_english(script, cast) else _OTHER_ERROR
    times = [0.0]
    for position, utterance in enumerate(utterances):
        pause = spacing.pause_ms[utterance.follows] / 1000 if position else 0
        voice = at_pace(cast.voice_for(utterance), utterance.pace)
        speech = error * estimate_speech_s(utterance.text, voice)
        times.append(times[-1] + pause + speech)
    return times


def _find_cuts(utterances: Sequence[Utterance], times: Sequence[float], room_s: float) -> list[int]:
    """Return the numbers of the utterances before which to cut: as few as it takes."""
    whole = times[-1]
    fewest = max(1, -int(-whole // room_s))
    for parts in range(fewest, min(len(utterances), 2 * fewest + 1) + 1):
        cuts = _divide(utterances, times, room_s, parts)
        if cuts is not None:
            return cuts
    # An utterance alone is longer than a file may be: whatever is done, the track will say so.
    return []


def _divide(
    utterances: Sequence[Utterance], times: Sequence[float], room_s: float, parts: int
) -> list[int] | None:
    """Cut into so many parts, none longer than `room_s`; None where that can't be."""
    whole, start = times[-1], 0.0
    cuts: list[int] = []
    for left in range(parts, 1, -1):
        size = (whole - start) / left
        places = [
            _Place(number, times[number], utterances[number])
            for number in range((cuts[-1] if cuts else 0) + 1, len(utterances))
            if times[number] <= start + room_s and whole - times[number] <= (left - 1) * room_s
        ]
        place = _choose(places, start + size, size, utterances)
        if place is None:
            return None
        cuts.append(place.number)
        start = place.at_s
    return cuts if whole - start <= room_s else None


def _choose(
    places: Sequence[_Place], ideal_s: float, size_s: float, utterances: Sequence[Utterance]
) -> _Place | None:
    """Choose where to cut: at a scene, else a paragraph, else anywhere, but never after a heading."""
    good = [place for place in places if utterances[place.number - 1].kind != "heading"]

    def within(reach: float, *breaks: str) -> Iterator[_Place]:
        near = (place for place in good if abs(place.at_s - ideal_s) <= reach * size_s)
        return (place for place in near if place.utterance.follows in breaks)

    def distance(place: _Place) -> float:
        return abs(place.at_s - ideal_s)

    if scenes := list(within(_SCENE_REACH, "scene", "heading")):
        return min(scenes, key=distance)
    if paragraphs := list(within(_PARAGRAPH_REACH, "scene", "heading", "paragraph")):
        # By a hash of its words, not by the distance: an edit elsewhere shifts all distances.
        return min(paragraphs, key=lambda place: zlib.crc32(place.utterance.text.encode()))
    far = list(within(_SCENE_REACH, "scene", "heading", "paragraph"))
    return min(far or good or places, key=distance, default=None)


def _cut(chapter: ScriptChapter, cuts: Sequence[int]) -> Iterator[ScriptChapter]:
    if not cuts:
        yield chapter
        return
    edges = [0, *cuts, len(chapter.utterances)]
    count = len(edges) - 1
    for number, (first, after) in enumerate(pairwise(edges), 1):
        yield replace(
            chapter,
            title=f"{chapter.title} (part {number} of {count})",
            utterances=chapter.utterances[first:after],
        )
