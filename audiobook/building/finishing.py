"""The end of a run: what goes with the tracks is written, and every file is looked at once more."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

from audiobook.building.editions import compose_texts, find_captions, open_release, write_texts
from audiobook.building.making import Made
from audiobook.building.report import RunListener, StoryReport, UnclearLine
from audiobook.building.run import Run
from audiobook.building.survey import StoryWork
from audiobook.building.unclear import forget_unclear, name_chapters, read_unclear
from audiobook.building.word_times import time_release
from audiobook.errors import NarrateError, StorageError
from audiobook.files import Identity, identify
from audiobook.planning.editions import is_edition_made
from audiobook.planning.plans import StoryPlan, TrackPlan
from audiobook.planning.tagging import name_voices
from audiobook.plurals import count
from audiobook.publishing import (
    CAPTIONS,
    compose_shelf_files,
    make_cover,
    read_edition_seconds,
    read_mark,
    words_for,
)


def finish_story(run: Run, story: StoryWork, made: Made, listener: RunListener) -> StoryReport:
    """Report what is there, proven by the files themselves: each is whole, and made of these clips.

    Where all tracks are, what goes with them is written first.
    """
    plan = story.plan
    tracks = [track for track in plan.tracks if not track.is_part]
    files, seconds = _prove_tracks(tracks)
    lacking = (track.path for track in tracks if track.path not in files and track.path not in made.unmade)
    errors = [*made.errors, *map(_describe_cut, lacking)]
    if not errors and len(files) != len(tracks):
        errors.append(f"{story.report.name}: only {len(files)} of {count(len(tracks), 'file')} made")
    warnings: list[str] = []
    if len(files) == len(tracks) and run.options.scope.preview is None:
        has_failed = bool(errors)
        try:
            texts, warnings = _write_texts(run, plan, listener)
            files |= {path: identify(path) for path in texts}
            for edition in story.all_editions:
                identity = identify(edition.path)
                if is_edition_made(edition):
                    files[edition.path] = identity
                    seconds = seconds or read_edition_seconds(edition.path)
                elif not has_failed:
                    errors.append(_describe_cut(edition.path))
        except NarrateError as error:
            errors.append(str(error))
    return replace(
        story.report,
        files=tuple(files),
        proven={path: identity for path, identity in files.items() if identity is not None},
        seconds=seconds,
        clips_made=made.clips,
        spoken_again=made.again,
        unclear=_list_unclear(run, plan) if run.options.scope.preview is None else made.unclear,
        errors=tuple(errors),
        warnings=(*story.report.warnings, *warnings),
    )


def _list_unclear(run: Run, plan: StoryPlan) -> tuple[UnclearLine, ...]:
    """Return the unclear lines of what is there; a run of all, as it is set, forgets those of what is not."""
    is_as_set = run.options.formats is None and run.options.scope.reading.matter is None
    if run.is_for_whole_books and is_as_set:
        with contextlib.suppress(StorageError):  # of lines that are no more nothing is said anyway
            forget_unclear(run.project, plan.name, "making", {track.fingerprint for track in plan.tracks})
    return read_unclear(run.project, plan.name, "making", name_chapters(plan))


def _prove_tracks(tracks: Sequence[TrackPlan]) -> tuple[dict[Path, Identity | None], float]:
    """Return those that are there, whole and as planned, and the seconds of those in the first format."""
    files: dict[Path, Identity | None] = {}
    seconds = 0.0
    for track in tracks:
        # Before it is looked into: what comes into its place meanwhile is not what was proven.
        identity = identify(track.path)
        mark = read_mark(track.path)
        if mark is not None and mark.fingerprint == track.fingerprint:
            files[track.path] = identity
            seconds += mark.seconds if track.codec == tracks[0].codec else 0.0
    return files, seconds


def _write_texts(run: Run, plan: StoryPlan, listener: RunListener) -> tuple[list[Path], list[str]]:
    """Write the texts that go with the tracks, which are all there; return their paths, and warnings."""
    tracks = [track for track in plan.tracks if track.codec == "mp3"]
    texts = _describe_to_server(run, plan)
    if not tracks:
        return write_texts(texts, run.project.partial), []
    release = open_release(plan.script.book, plan.cast, tracks)
    formats = dict.fromkeys([*run.formats_of(plan.name), *find_captions(tracks)])
    if not run.is_for_whole_books:  # the list of tracks is of all of them
        formats = dict.fromkeys(name for name in formats if name in CAPTIONS)
    by_words = [name for name in formats if name in words_for(run.settings.output.captions)]
    others = [name for name in formats if name not in by_words]
    base_url = "/".join(
        [run.base_url.rstrip("/"), *map(quote, plan.folder.relative_to(run.project.output).parts[:-1])]
    )
    texts |= compose_texts(plan.folder, release, others, base_url, cover=plan.cover)
    warnings: list[str] = []
    if by_words:
        timed, warnings = time_release(run, tracks, release, listener)
        texts |= compose_texts(plan.folder, timed, by_words, base_url, cover=plan.cover)
    return write_texts(texts, run.project.partial), warnings


def _describe_to_server(run: Run, plan: StoryPlan) -> dict[Path, bytes]:
    """Compose what tells Audiobookshelf of a book, where its files are laid out for that."""
    if run.settings.for_story(plan.name).layout != "audiobookshelf":
        return {}
    narrators = name_voices(role.voice for role in plan.cast.roles)
    return compose_shelf_files(plan.folder, plan.script.book, narrators, make_cover(plan.cover).data)


def _describe_cut(path: Path) -> str:
    return f"{path}: is not the whole file that was made; run narrate again"
