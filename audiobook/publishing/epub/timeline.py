"""Which stretch of which audio file belongs to an utterance, in whole milliseconds.

A clip ends where the next begins, so that the silence between two utterances is heard too, and a reading
system need not seek.  The first begins with its file and the last ends with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audiobook.model import Track, Utterance


@dataclass(frozen=True, slots=True, kw_only=True)
class AudioClip:
    """What is heard of track `track` (an index) between two of its milliseconds."""

    track: int
    begin_ms: int
    end_ms: int


def lay_clips(tracks: Sequence[Track]) -> Iterator[tuple[Track, Utterance, AudioClip]]:
    """Yield all utterances in the order in which they are heard, with their clips."""
    for index, track in enumerate(tracks):
        total = int(track.seconds * 1000)
        begins = [0, *(int(cue.start_s * 1000) for cue in track.cues[1:])]
        at = 0
        for number, (cue, begin, end) in enumerate(
            zip(track.cues, begins, [*begins[1:], total], strict=True)
        ):
            # A clip without length is an error in a media overlay; whole utterances never are so short.
            start = max(at, min(begin, total - len(track.cues) + number))
            at = max(start + 1, end)
            yield track, cue.utterance, AudioClip(track=index, begin_ms=start, end_ms=at)


def divide(clip: AudioClip, weights: Sequence[int]) -> list[AudioClip]:
    """Divide a clip by the weights of its parts, each at least a millisecond."""
    length, whole = clip.end_ms - clip.begin_ms, sum(weights) or 1
    if length < len(weights):
        return []
    parts, at, heard = [], clip.begin_ms, 0
    for number, weight in enumerate(weights, 1):
        heard += weight
        left = len(weights) - number
        end = min(max(at + 1, clip.begin_ms + length * heard // whole), clip.end_ms - left)
        parts.append(AudioClip(track=clip.track, begin_ms=at, end_ms=end))
        at = end
    return [*parts[:-1], AudioClip(track=clip.track, begin_ms=parts[-1].begin_ms, end_ms=clip.end_ms)]


def clock(milliseconds: int) -> str:
    """Write a time as SMIL 3.0 does (section 5.4.3, full clock value): 1:02:03.004."""
    seconds, rest = divmod(milliseconds, 1000)
    return f"{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}.{rest:03}"
