"""A track made of its clips: what a worker process does when these are there (`takes.py` makes them).

It is a function of its arguments alone, so it may run in any process.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.audio import (
    Encoder,
    choose_mastering,
    encode,
    lay_out,
    lay_room_tone,
    resampled_frames,
    stitch,
)
from audiobook.building.takes import fetch_clip, measure_clip
from audiobook.caching.clips import ClipCache
from audiobook.errors import EncoderError, StorageError
from audiobook.model import Break, Clip, Cue, Image, Track, WordTime
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.plans import TrackPlan
from audiobook.planning.records import keep_lines
from audiobook.planning.samples import keep_within
from audiobook.planning.written_times import add_words
from audiobook.project.layout import make_folder
from audiobook.publishing import (
    Stamp,
    identify_cover,
    make_cover,
    read_seconds,
    safe_file_name,
    write_tags,
    write_times,
)

_LENGTH_TOLERANCE_S = 0.0012
"""Every format's header tells its length to the sample; resampling may round it by one (of 48 kHz).

But LAME cannot end within the first 47 samples of an MP3's last frame (1152 less 576 + 529 of delay): where
a track would, its file has up to 46 samples (1.04 ms) of silence more, and says so.
"""

_LONGEST_S = 120 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class TrackResult:
    """A track that was made, and how many clips had to be made (again) for it."""

    track: Track
    clips_repaired: int


def make_track(plan: TrackPlan, cache: ClipCache, encoder: Encoder, partial: Path) -> TrackResult:
    """Make a track as `build_track` does, and give it its final name in one step."""
    unfinished = unfinished_track(plan, partial)
    make_folder(unfinished.parent)
    try:
        result = build_track(plan, cache, encoder, unfinished)
        publish(unfinished, plan.path)
    finally:
        discard(unfinished)
    return result


def unfinished_track(plan: TrackPlan, partial: Path) -> Path:
    """Name a track in the making.

    A part of a whole-book file is made where it will lie, since the cache may be on another disk than the
    output; what a kill leaves of it there is pruned like a clip.
    """
    if plan.is_part:
        title = safe_file_name(plan.tags.title)
        return unfinished_path(plan.path, plan.fingerprint, plan.path.parent, title=title)
    return unfinished_path(plan.path, plan.fingerprint, partial)


def unfinished_path(path: Path, fingerprint: str, partial: Path, *, title: str = "") -> Path:
    """Name a file in the making so that no two are one, and an encoder's complaint tells which it was."""
    own = hashlib.sha256(f"{path}\n{fingerprint}".encode("utf-8", "surrogatepass")).hexdigest()
    return partial / f"{(title or path.stem)[:60]} {own[:16]}{path.suffix}"


def discard(unfinished: Path) -> None:
    """Remove what is left of a file in the making; where that fails, the next run does."""
    with contextlib.suppress(OSError):
        unfinished.unlink(missing_ok=True)


def build_track(plan: TrackPlan, cache: ClipCache, encoder: Encoder, unfinished: Path) -> TrackResult:
    """Stitch, master, encode and tag a track into the file `unfinished`.

    Clips that the cache does not have are made.  Raises `EncoderError` where the file is not as long as
    planned, `StorageError` where it can't be written; a part of it may be left then.
    """
    source = _ClipSource(plan, cache)
    frames, sample_rate = source.measure()
    cues, total = lay_out(plan.utterances, frames, plan.spacing, sample_rate)
    if plan.longest_s is not None and total / sample_rate > plan.longest_s:
        plan = source.plan = _shorten(plan, cues)
        cues, total = lay_out(plan.utterances, frames[: len(plan.specs)], plan.spacing, sample_rate)
    _check_not_too_long(plan.path, total / sample_rate, plan.longest_s)
    mastering = choose_mastering(source.blocks(sample_rate), sample_rate)
    encode(
        lay_room_tone(source.blocks(sample_rate), mastering.gain_db, sample_rate),
        unfinished,
        codec=plan.codec,
        sample_rate=sample_rate,
        filters=mastering.filters,
        encoder=encoder,
    )
    seconds = _check_length(unfinished, total / sample_rate)
    stamp = Stamp(
        fingerprint=plan.fingerprint,
        origin=plan.origin,
        record=plan.record,
        times=write_times(cues, sample_rate),
        cues=cues,
        seconds=seconds,
    )
    write_tags(unfinished, plan.tags, stamp, _make_cover(plan))
    cues = add_words(cues, plan.specs, source.words)
    return TrackResult(
        track=Track(
            path=str(plan.path), title=plan.tags.title, chapter=plan.chapter, seconds=seconds, cues=cues
        ),
        clips_repaired=source.repaired,
    )


def _make_cover(plan: TrackPlan) -> Image | None:
    """Make the planned cover.  Raises `StorageError` where this machine's fonts would make another."""
    if plan.cover is None:
        return None
    ours = identify_cover(plan.cover)
    if plan.tags.cover not in {None, ours}:
        raise StorageError(
            f"{plan.path.name}: this machine would make another cover ({ours}) than was planned "
            f"({plan.tags.cover}); install the same fonts, or put a picture beside the story"
        )
    return make_cover(plan.cover)


class _ClipSource:
    """Reads a track's clips from the cache, as often as a pass needs them, one at a time."""

    def __init__(self, plan: TrackPlan, cache: ClipCache) -> None:
        self.plan = plan
        self._cache = cache
        self._words: dict[tuple[str, str], Sequence[WordTime] | None] = {}
        self.repaired = 0

    @property
    def words(self) -> list[Sequence[WordTime] | None]:
        """The words of each clip, as they are known once it was read."""
        return [self._words.get(_name_take(spec)) for spec in self.plan.specs]

    def _clip(self, spec: ClipSpec) -> Clip:
        clip, was_there = fetch_clip(spec, self._cache)
        self.repaired += not was_there
        self._words[_name_take(spec)] = clip.words
        return clip

    def measure(self) -> tuple[list[int], int]:
        """Return the clips' frames at the track's sample rate, which is the highest among them."""
        sizes = []
        for spec in self.plan.specs:
            size = measure_clip(spec, self._cache)
            if size is None:
                clip = self._clip(spec)
                size = (len(clip.samples) // 2, clip.sample_rate)
            sizes.append(size)
        wanted = max(rate for _, rate in sizes)
        return [resampled_frames(frames, rate, wanted) for frames, rate in sizes], wanted

    def blocks(self, sample_rate: int) -> Iterator[bytes]:
        """Yield the stitched track's samples."""
        pairs = zip(self.plan.utterances, self.plan.specs, strict=True)
        clips: Iterator[tuple[Break, Clip]] = ((u.follows, self._clip(spec)) for u, spec in pairs)
        for segment in stitch(clips, self.plan.spacing, sample_rate):
            yield segment.raw_data


def _name_take(spec: ClipSpec) -> tuple[str, str]:
    """Name what sounds of a line: of two with the same spoken words, written otherwise, other takes may."""
    return spec.key, spec.to_hear.key if spec.to_hear else ""


def _shorten(plan: TrackPlan, cues: Sequence[Cue]) -> TrackPlan:
    """Leave out what a voice that is slower than foreseen says too late; the record says what is left."""
    longest_s = (plan.longest_s or 0) - plan.spacing.tail_ms / 1000
    count = keep_within(plan.utterances, [cue.end_s for cue in cues], longest_s)
    kept, specs = plan.utterances[:count], plan.specs[:count]
    voices = tuple(dict.fromkeys(spec.voice.id for spec in specs))
    tags = replace(plan.tags, text=" ".join(utterance.text for utterance in kept), voices=voices)
    record = keep_lines(plan.record, count)
    return replace(plan, utterances=kept, specs=specs, record=record, tags=tags)


def _check_not_too_long(path: Path, seconds: float, longest_s: float | None) -> None:
    """Refuse what no shop takes: a chapter that came out far longer than was foreseen."""
    if longest_s is not None and seconds > longest_s:
        raise EncoderError(
            f"{path}: its first sentence alone takes {seconds:.0f} seconds, and {longest_s:.0f} are the most "
            "that a sample may have; divide the sentence in the story"
        )
    if seconds > _LONGEST_S:
        raise EncoderError(
            f"{path}: would be {seconds / 60:.0f} minutes long, and 120 are the most that a file may have; "
            "divide the chapter by a heading in the story, or raise its voices' rate in voices.yaml"
        )


def _check_length(path: Path, planned_s: float) -> float:
    """Prove by its own header that the encoded file is as long as planned; return its seconds."""
    seconds = read_seconds(path)
    if abs(seconds - planned_s) > _LENGTH_TOLERANCE_S:
        raise EncoderError(
            f"{path.name}: the encoder made {seconds:.3f} s of a track of {planned_s:.3f} s; nothing was kept"
        )
    return seconds


def publish(unfinished: Path, path: Path) -> None:
    """Give a whole file its final name.  Raises `StorageError`."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with unfinished.open("rb") as file:
            # On the disk before it has its name: a power cut must not leave a hollow file under it.
            os.fsync(file.fileno())
        unfinished.replace(path)
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error
