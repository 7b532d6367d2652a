"""Why each file of a story would be made: what is there, and what it was made from."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from audiobook.casting import StorySettings, VoiceWish, find_stated
from audiobook.model import NARRATOR, Voice
from audiobook.planning.differences import Surroundings, describe_changes, is_same_chapter
from audiobook.planning.editions import EditionPlan
from audiobook.planning.plans import StoryPlan, TrackPlan
from audiobook.planning.records import Record, read_record
from audiobook.planning.samples import SAMPLE
from audiobook.plurals import count
from audiobook.publishing import TRACK_FILES, read_edition_mark, read_mark, read_record_text

_FORCED = "everything is made anew (--force)"


def is_made(track: TrackPlan) -> bool:
    """Tell whether a track's file is there, whole, and made of exactly what is planned."""
    mark = read_mark(track.path)
    return mark is not None and mark.fingerprint == track.fingerprint


def explain_tracks(
    plan: StoryPlan,
    tracks: Collection[TrackPlan],
    settings: StorySettings,
    *,
    forced: bool = False,
    formerly: Mapping[Voice, Sequence[str]] | None = None,
) -> dict[Path, tuple[str, ...]]:
    """Say of each of a story's `tracks`, none of which is made (or all by force), why.

    `formerly` are those of `Surroundings`.
    Parts of a whole-book file are passed over: nobody looks for them.
    """
    tracks = [track for track in tracks if not track.is_part]
    if forced:
        return {track.path: (_FORCED,) for track in tracks}
    stated = _find_stated(plan, settings)
    beside = functools.cache(_read_records)
    found = {}
    for track in tracks:
        around = Surroundings(
            utterances=track.utterances,
            cast=plan.cast,
            stated=stated,
            engine=settings.engine,
            chosen_by=settings.chosen_by,
            formerly=formerly or {},
        )
        new = read_record(track.record)
        assert new is not None  # noqa: S101 - planned by this very version
        found[track.path] = _explain(track, new, around, _no_records if track.codec == SAMPLE else beside)
    return found


def explain_edition(
    edition: EditionPlan, tracks: Collection[TrackPlan], *, forced: bool = False
) -> tuple[str, ...]:
    """Say why a whole-book file is made; `tracks` are those that are made for it, or beside it."""
    if forced:
        return (_FORCED,)
    if not edition.path.exists():
        return ("never made",)
    if read_edition_mark(edition.path) is None:
        return ("the file there is not one that narrate made, or it is damaged",)
    if not edition.parts:
        return ("its text, pages, tags or tracks changed",)
    paths = {track.path for track in tracks}
    made = sum(part.path in paths for part in edition.parts)
    chapters = f"{made} of its {count(len(edition.parts), 'chapter')}"
    return (f"{chapters} changed, or are no longer in the cache" if made else "its tags or chapters changed",)


def _find_stated(plan: StoryPlan, settings: StorySettings) -> set[str | None]:
    stated: set[str | None] = {NARRATOR} if settings.narrator_wish != VoiceWish() else set()
    for character in plan.script.characters:
        own = find_stated(character, settings.characters)
        if own is not None and own.voice != VoiceWish():
            stated.add(character.name)
    return stated


def _explain(
    track: TrackPlan, new: Record, around: Surroundings, beside: Callable[[Path], dict[Path, Record]]
) -> tuple[str, ...]:
    path = track.path
    if not path.exists():
        former = _find_former(path, new, beside(path.parent))
        return (f"was {former.name}: its number or title changed",) if former else ("never made",)
    mark = read_mark(path, whole=False)
    if mark is None:
        return ("the file there is not one that narrate made, or its tags are damaged",)
    if read_mark(path) is None:
        return ("the file is damaged: cut or changed since it was made",)
    old = read_record(read_record_text(path) or "")
    if old is None:
        return ("it was made by another version of narrate, and does not tell of what",)
    if not is_same_chapter(old, new):
        former = _find_former(path, new, beside(path.parent))
        if former is not None:
            return (f"its text was in {former.name}: chapters were added, removed or moved",)
    return describe_changes(old, new, around)


def _find_former(path: Path, new: Record, records: dict[Path, Record]) -> Path | None:
    """Find the file that holds the same chapter under another name."""
    return next(
        (
            p
            for p, old in records.items()
            if p != path and p.suffix == path.suffix and is_same_chapter(old, new)
        ),
        None,
    )


def _no_records(_folder: Path) -> dict[Path, Record]:
    """Give a sample no files beside it: its text was in another chapter's all along."""
    return {}


def _read_records(folder: Path) -> dict[Path, Record]:
    records = {path: read_record(read_record_text(path) or "") for path in _list_tracks(folder)}
    return {path: record for path, record in records.items() if record is not None}


def _list_tracks(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*") if path.suffix in TRACK_FILES and path.stem != SAMPLE)
