"""What finished files should be, for their check: by their plan, and by what they themselves tell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.checking import BookToCheck, FileToCheck, PlannedFile, ShownTags
from audiobook.errors import StorageError
from audiobook.model import NARRATOR, Track, Utterance
from audiobook.planning.editions import EditionPlan
from audiobook.planning.estimate import estimate_speech_s
from audiobook.planning.plans import TrackPlan
from audiobook.planning.records import Record, match_lines, read_record
from audiobook.publishing import UNKNOWN_AUTHOR, language_code, read_record_text, read_track

_NOBODY = Utterance(paragraph=0, start=0, end=0, kind="narration", speaker=NARRATOR, text="(other words)")
"""Stands for a line of a file that the story does not have."""


def describe_file(track: TrackPlan, stale: Sequence[str], picture: Path | None) -> FileToCheck:
    """Say what a chapter's file should be, why it is not (`stale`), and where to draw it."""
    tags, spacing = track.tags, track.spacing
    record = read_record(read_record_text(track.path) or "")
    # A sample whose voices turned out slower than foreseen was shortened when it was made.
    count = len(record.lines) if record and track.longest_s is not None else None
    utterances, clips = track.utterances[:count], track.specs[:count]
    leads_ms = [spacing.lead_ms(position, u.follows) for position, u in enumerate(utterances)]
    return FileToCheck(
        path=track.path,
        planned=PlannedFile(
            utterances=utterances,
            leads_s=tuple(ms / 1000 for ms in leads_ms),
            expected_s=tuple(estimate_speech_s(wanted.text, wanted.voice) for wanted in clips),
            tail_s=spacing.tail_ms / 1000,
        ),
        label=ShownTags(
            title=tags.title,
            album=tags.album,
            author=tags.author or UNKNOWN_AUTHOR,
            track=f"{tags.number}/{tags.count}",
            language=language_code(tags.language) if track.path.suffix == ".mp3" else tags.language,
            cover=track.cover is not None,
        ),
        track=_read_track(track, record),
        stale=tuple(stale),
        picture=picture,
    )


def describe_book(edition: EditionPlan, stale: Sequence[str]) -> BookToCheck:
    """Say what a whole-book file should be, and why it is not (`stale`)."""
    book = edition.book
    return BookToCheck(
        path=edition.path,
        chapters=tuple(track.tags.title for track in edition.tracks),
        heads_s=tuple(track.spacing.head_ms / 1000 for track in edition.tracks),
        label=ShownTags(
            title=book.title, album=book.title, author=book.author or UNKNOWN_AUTHOR, track="", language=""
        ),
        stale=tuple(stale),
        parts=tuple(describe_file(part, (), None) for part in edition.parts if part.path.is_file()),
    )


def _read_track(track: TrackPlan, record: Record | None) -> Track | None:
    """Read a file's cues from the file alone, and which lines they are by its own record of its words."""
    if record is None:
        return None
    lines = [utterance or _NOBODY for utterance in match_lines(record, track.utterances)]
    try:
        return read_track(track.path, track.tags.title, track.chapter, lines)
    except StorageError:
        return None
