"""The retail sample: a book's beginning, at most five minutes of it, in a file of its own.

Chosen by an estimate that is rather too long, so that planning depends on text and settings alone, and
shortened where a voice is slower still (`keep_within`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from audiobook.audio import Spacing
from audiobook.model import Cast, Script, Utterance
from audiobook.planning.splitting import time_at_latest

LONGEST_S = 300.0
"""ACX takes samples of at most five minutes ("Audio submission requirements")."""

LARGEST_SHARE = 0.5
"""Of a story under ten minutes: a sample that tells all of it is none.  Taste."""

SAMPLE = "sample"
"""The format's name, and the file's without its ending."""


def choose_sample(script: Script, cast: Cast, spacing: Spacing) -> tuple[Utterance, ...]:
    """Return the utterances of a book's beginning that make its sample, over chapters' ends if need be.

    Credits are left out.  It ends with a sentence, and never with a heading.
    """
    said: list[Utterance] = []
    for chapter in script.chapters:
        own = [utterance for utterance in chapter.utterances if utterance.kind != "credit"]
        if own:
            said += [replace(own[0], follows="scene" if said else "none"), *own[1:]]
    ends_s = time_at_latest(script, said, cast, spacing)[1:]
    room_s = LONGEST_S - (spacing.head_ms + spacing.tail_ms) / 1000
    count = keep_within(said, ends_s, min(room_s, LARGEST_SHARE * ends_s[-1]))
    return tuple(said[:count])


def keep_within(utterances: Sequence[Utterance], ends_s: Sequence[float], longest_s: float) -> int:
    """Count the utterances to keep, at least one: whole sentences that end in time by `ends_s`."""
    fitting = [count for count, end_s in enumerate(ends_s, 1) if end_s <= longest_s]
    for count in reversed(fitting):
        following = utterances[count].follows if count < len(utterances) else "scene"
        if following != "speaker" and utterances[count - 1].kind != "heading":
            return count
    return max(len(fitting), 1)
