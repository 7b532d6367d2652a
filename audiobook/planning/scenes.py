"""Where marks stand inside a book's files, so that a listener finds a scene of a long chapter.

Decided before anything is spoken, from an estimate, so that planning depends on text and settings alone.
"""

from __future__ import annotations

from collections.abc import Sequence

from audiobook.audio import Spacing
from audiobook.casting import at_pace
from audiobook.model import Cast, ScriptChapter
from audiobook.planning.estimate import estimate_speech_s

LONG_S = 10 * 60
"""From this length on a chapter's scenes are marked: to look for one takes twenty presses of a player's
key that skips half a minute."""

_SHORTEST_S = 60
"""A scene shorter than this has no mark of its own (and a file of two hours never over 255, as many as a
CTOC can list)."""


def mark_scenes(chapters: Sequence[ScriptChapter], cast: Cast, spacing: Spacing) -> list[tuple[int, ...]]:
    """Return for each file the numbers of the utterances before which a mark stands, the first being 0.

    All files of a book have marks, or none has: Audiobookshelf takes the marks of all files for the
    book's chapters where the first file has any, so that files without would be missing from its list,
    and else takes none.  So a file of one scene has one mark if another file has more.
    """
    marks = [_find_scenes(chapter, cast, spacing) for chapter in chapters]
    return marks if any(len(numbers) > 1 for numbers in marks) else [()] * len(marks)


def _find_scenes(chapter: ScriptChapter, cast: Cast, spacing: Spacing) -> tuple[int, ...]:
    marks, at_s, marked_s = [0], 0.0, 0.0
    for number, utterance in enumerate(chapter.utterances):
        is_heading = utterance.follows == "heading" and utterance.kind == "heading"
        begins = is_heading or utterance.follows == "scene"
        if number and begins and at_s - marked_s >= _SHORTEST_S:
            marks.append(number)
            marked_s = at_s
        at_s += spacing.lead_ms(number, utterance.follows) / 1000
        at_s += estimate_speech_s(utterance.text, at_pace(cast.voice_for(utterance), utterance.pace))
    return tuple(marks) if at_s >= LONG_S else (0,)
