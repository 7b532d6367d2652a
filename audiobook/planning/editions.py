"""What a story becomes beyond its tracks: whole-book files, made of the finished tracks."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.model import Book, Cast, Script
from audiobook.planning.plans import StoryPlan, TrackPlan, track_paths
from audiobook.publishing import (
    BOOK_FILES,
    WITH_PAGES,
    CoverWish,
    read_edition_mark,
    safe_file_name,
)

EDITION_VERSION = 3
"""Raised whenever the same tracks would make other bytes of a whole-book file."""


_PARTS = {"m4b": "aac"}
"""What a whole-book file's tracks are encoded as, where not MP3."""


def codecs_for(formats: Collection[str]) -> tuple[str, ...]:
    """Say what the tracks must be encoded as for these formats: MP3 for all that don't say otherwise."""
    own = {"opus": "opus", "flac": "flac", "sample": "sample"} | _PARTS
    wanted = {own.get(name, "mp3") for name in formats}
    return tuple(codec for codec in ("mp3", "opus", "flac", *_PARTS.values(), "sample") if codec in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class EditionPlan:
    """A whole-book file to be made of finished tracks; `fingerprint` changes exactly when its bytes would."""

    format: str
    path: Path
    book: Book
    cast: Cast
    cover: CoverWish
    tracks: tuple[TrackPlan, ...]
    fingerprint: str

    @property
    def mark(self) -> str:
        """What the file says of itself: what it was made from, and where that lay."""
        return f"{self.fingerprint}:{self.tracks[0].origin}"

    @property
    def parts(self) -> tuple[TrackPlan, ...]:
        """Those of its tracks that are made for it alone."""
        return tuple(track for track in self.tracks if track.is_part)


def plan_editions(folder: Path, formats: Sequence[str], plan: StoryPlan) -> tuple[EditionPlan, ...]:
    """Plan a book's whole-book files."""
    plans: list[EditionPlan] = []
    for name in formats:
        if name not in BOOK_FILES:
            continue
        used = tuple(track for track in plan.tracks if track.codec == _PARTS.get(name, "mp3"))
        book = plan.script.book
        parts = [EDITION_VERSION, name, [[track.fingerprint, asdict(track.tags)] for track in used]]
        parts += [plan.cast.roles[0].voice.id, book.identifiers]
        if name in WITH_PAGES:
            # The pages show what is heard, in the speakers' names, and may be the source's own.
            spoken = [[(u.start, u.end, u.speaker, u.kind) for u in track.utterances] for track in used]
            parts += [spoken, _hash_file(Path(book.source))]
        plans.append(
            EditionPlan(
                format=name,
                path=edition_path(folder, book.title, name),
                book=book,
                cast=plan.cast,
                cover=plan.cover,
                tracks=used,
                fingerprint=hashlib.sha256(json.dumps(parts).encode()).hexdigest(),
            )
        )
    return tuple(plans)


def _hash_file(path: Path) -> str | None:
    """Hash a source's bytes; None where it is no file, or gone by now."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None


def story_paths(folder: Path, script: Script, formats: Sequence[str]) -> list[Path]:
    """Name the files that a story may have in its folder: tracks in these formats, whole books in all.

    A whole-book file that its formats don't name may have been asked for just once.
    """
    editions = [edition_path(folder, script.book.title, name) for name in BOOK_FILES]
    return [*track_paths(folder, script, codecs_for(formats)), *editions]


def edition_path(folder: Path, title: str, name: str) -> Path:
    """Name the file that a book of this title becomes in a format."""
    return folder / f"{safe_file_name(title)}.{name}"


def is_edition_made(edition: EditionPlan) -> bool:
    """Tell whether a whole-book file is there, whole, and made of exactly what is planned."""
    return read_edition_mark(edition.path) == edition.mark
