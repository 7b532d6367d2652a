"""What a story becomes beyond its tracks: whole-book files and texts, made of the finished tracks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from audiobook.audio import Encoder
from audiobook.building.jobs import discard, publish, unfinished_path
from audiobook.caching.hashed_files import touch
from audiobook.errors import StorageError
from audiobook.model import Book, Cast, Release
from audiobook.planning.editions import EditionPlan
from audiobook.planning.plans import TrackPlan
from audiobook.planning.tagging import name_voices
from audiobook.publishing import (
    BOOK_FILES,
    CAPTION_ENDINGS,
    TEXT_FILES,
    WITH_COVER,
    CoverWish,
    make_cover,
    read_track,
)


def make_edition(edition: EditionPlan, encoder: Encoder, partial: Path) -> Path:
    """Make a whole-book file of its tracks' files, and give it its final name in one step.

    Raises `StorageError` where a track is not there, whole; and as the format's writer does.
    """
    unfinished = unfinished_path(edition.path, edition.fingerprint, partial)
    try:
        for part in edition.parts:
            touch(part.path)
        release = open_release(edition.book, edition.cast, edition.tracks)
        release = replace(release, cover=make_cover(edition.cover))
        file = BOOK_FILES[edition.format]
        file.write(release, unfinished, mark=edition.mark, ffmpeg=encoder.program)
        if file.read_mark(unfinished) != edition.mark:
            raise StorageError(f"{edition.path}: did not come out whole; nothing was kept")
        publish(unfinished, edition.path)
    finally:
        discard(unfinished)
    return edition.path


def open_release(book: Book, cast: Cast, tracks: Sequence[TrackPlan]) -> Release:
    """Read the finished tracks back.  Raises `StorageError` where one is not there, whole."""
    heard = (cast.voice_for(utterance) for track in tracks for utterance in track.utterances)
    return Release(
        book=book,
        cast=cast,
        tracks=tuple(read_track(t.path, t.tags.title, t.chapter, t.utterances) for t in tracks),
        voices=name_voices(chain([cast.roles[0].voice], heard)),
    )


def compose_texts(
    folder: Path, release: Release, formats: Sequence[str], base_url: str, *, cover: CoverWish
) -> dict[Path, bytes]:
    """Compose the texts that go with a book's tracks, by their paths.

    Raises `StorageError`, or `SourceError` where a cover is needed that can't be read.
    """
    if WITH_COVER.intersection(formats):
        release = replace(release, cover=make_cover(cover))
    return {
        folder / name: text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
        for each in formats
        if each in TEXT_FILES
        for name, text in TEXT_FILES[each](release, base_url).items()
    }


def find_captions(tracks: Sequence[TrackPlan]) -> list[str]:
    """List the kinds of captions that lie beside tracks: once asked for, they are kept up to date."""
    return [
        name
        for name, ending in CAPTION_ENDINGS.items()
        if any(track.path.with_suffix(ending).exists() for track in tracks)
    ]


def write_texts(texts: Mapping[Path, bytes], partial: Path) -> list[Path]:
    """Write each text that is not there already, in one step; return all their paths.

    Raises `StorageError`.
    """
    for path, data in texts.items():
        unfinished = unfinished_path(path, hashlib.sha256(data).hexdigest(), partial)
        try:
            if path.is_file() and path.read_bytes() == data:
                continue
            partial.mkdir(parents=True, exist_ok=True)
            unfinished.write_bytes(data)
            publish(unfinished, path)
        except OSError as error:
            raise StorageError(f"{path}: can't be written: {error.strerror}") from error
        finally:
            discard(unfinished)
    return list(texts)
