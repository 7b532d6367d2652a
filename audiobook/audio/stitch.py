"""Clips and pauses become one stretch of sound, block by block; the one user of pydub."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.model import Break, Clip, Cue, Utterance

if TYPE_CHECKING:
    from pydub import AudioSegment

BLOCK_S = 60
"""Seconds of sound held at a time: a chapter of any length fits in the same memory (5 MB at 44.1 kHz)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """The silences of a track, in milliseconds: before an utterance by its break, and at both ends."""

    pause_ms: Mapping[Break, int]
    head_ms: int
    tail_ms: int

    def lead_ms(self, position: int, follows: Break) -> int:
        """Return the silence before the utterance at `position` of its track, in milliseconds."""
        return self.head_ms if position == 0 else self.pause_ms[follows]

    def lead_frames(self, position: int, follows: Break, sample_rate: int) -> int:
        """Count the frames of that silence."""
        return round(self.lead_ms(position, follows) * sample_rate / 1000)

    def tail_frames(self, sample_rate: int) -> int:
        """Count the frames of silence at the track's end."""
        return round(self.tail_ms * sample_rate / 1000)


def lay_out(
    utterances: Sequence[Utterance], frames: Sequence[int], spacing: Spacing, sample_rate: int
) -> tuple[tuple[Cue, ...], int]:
    """Place each utterance in time by counting frames; return the cues and the track's frames.

    `frames[i]` is the length of the clip of `utterances[i]` at `sample_rate` Hz.
    """
    cues, position = [], 0
    for index, (utterance, length) in enumerate(zip(utterances, frames, strict=True)):
        position += spacing.lead_frames(index, utterance.follows, sample_rate)
        start_s, end_s = position / sample_rate, (position + length) / sample_rate
        cues.append(Cue(utterance=utterance, start_s=start_s, end_s=end_s))
        position += length
    return tuple(cues), position + spacing.tail_frames(sample_rate)


def resampled_frames(frames: int, sample_rate: int, wanted_rate: int) -> int:
    """Count the frames that `stitch` makes of a clip of another sample rate."""
    return frames if sample_rate == wanted_rate else round(frames * wanted_rate / sample_rate)


def stitch(clips: Iterable[tuple[Break, Clip]], spacing: Spacing, sample_rate: int) -> Iterator[AudioSegment]:
    """Yield the track in blocks of about a minute, mono, 16 bit, `sample_rate` Hz.

    Time and memory: each sample is copied a fixed number of times, and only a block is held.
    (`AudioSegment + AudioSegment` copies all that came before, which makes a book quadratic.)
    """
    parts: list[AudioSegment] = []
    held = 0
    for index, (follows, clip) in enumerate(clips):
        lead = spacing.lead_frames(index, follows, sample_rate)
        parts += [_silence(lead, sample_rate), _segment(clip, sample_rate)]
        held += lead + int(parts[-1].frame_count())
        if held >= BLOCK_S * sample_rate:
            yield _join(parts)
            parts, held = [], 0
    yield _join([*parts, _silence(spacing.tail_frames(sample_rate), sample_rate)])


def _join(parts: Sequence[AudioSegment]) -> AudioSegment:
    """Join segments of one format in linear time."""
    joined: AudioSegment = parts[0]._spawn(b"".join(part.raw_data for part in parts))
    return joined


def _segment(clip: Clip, sample_rate: int) -> AudioSegment:
    segment = _audio_segment()(data=clip.samples, sample_width=2, frame_rate=clip.sample_rate, channels=1)
    if clip.sample_rate == sample_rate:
        return segment
    # audioop's linear conversion may end a frame early or late: make it the length that was planned.
    wanted = 2 * resampled_frames(len(clip.samples) // 2, clip.sample_rate, sample_rate)
    converted = segment.set_frame_rate(sample_rate)
    return converted._spawn(converted.raw_data[:wanted].ljust(wanted, b"\0"))


def _silence(frames: int, sample_rate: int) -> AudioSegment:
    return _audio_segment()(data=bytes(2 * frames), sample_width=2, frame_rate=sample_rate, channels=1)


def _audio_segment() -> type[AudioSegment]:
    with warnings.catch_warnings():
        # pydub looks for an ffmpeg on the PATH when it is imported; the encoder here is found by encode.py.
        warnings.simplefilter("ignore")
        import pydub
    segment: type[AudioSegment] = pydub.AudioSegment
    return segment
