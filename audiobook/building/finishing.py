"""The end of a run: what goes with the tracks is written, and every file is looked at once more."""

from __future__ import annotations

from pathlib import Path

from audiobook.building.editions import compose_texts, find_captions, open_release, write_texts
from audiobook.building.report import StoryReport
from audiobook.building.run import Run
from audiobook.building.schedule import StoryWork
from audiobook.errors import NarrateError
from audiobook.files import Identity, identify
from audiobook.planning.editions import is_edition_made
from audiobook.plurals import count
from audiobook.project.layout import story_folder
from audiobook.publishing import read_edition_seconds, read_mark


def finish_story(run: Run, story: StoryWork) -> None:
    """Add up what is there, and prove it by the files themselves: each is whole, and made of these clips."""
    report, plan = story.report, story.plan
    unmade = {track.path for track in story.tracks}
    found = 0
    tracks = [track for track in plan.tracks if not track.is_part]
    for track in tracks:
        # Before it is looked into: what comes into its place meanwhile is not what was proven.
        identity = identify(track.path)
        mark = read_mark(track.path)
        if mark is not None and mark.fingerprint == track.fingerprint:
            found += 1
            _add(report, track.path, identity)
            if track.codec == tracks[0].codec:
                report.seconds += mark.seconds
        elif track.path not in unmade:
            report.errors.append(_describe_cut(track.path))
    if not report.errors and found != len(tracks):
        report.errors.append(f"{report.name}: only {found} of {count(len(tracks), 'file')} made")
    if found == len(tracks) and run.is_for_whole_books:
        _finish_book(run, story)


def _finish_book(run: Run, story: StoryWork) -> None:
    """Write what goes with the tracks, which are all there, and prove the whole-book files."""
    report, plan = story.report, story.plan
    folder = run.project.output / story_folder(plan.name)
    tracks = [track for track in plan.tracks if track.codec == "mp3"]
    has_failed = bool(report.errors)
    try:
        if tracks:
            release = open_release(plan.script.book, plan.cast, tracks)
            formats = dict.fromkeys([*run.formats_of(plan.name), *find_captions(tracks)])
            texts = compose_texts(folder, release, tuple(formats), run.base_url, cover=plan.cover)
            for path in write_texts(texts, run.project.partial):
                _add(report, path, identify(path))
        for edition in story.all_editions:
            identity = identify(edition.path)
            if is_edition_made(edition):
                _add(report, edition.path, identity)
                report.seconds = report.seconds or read_edition_seconds(edition.path)
            elif not has_failed:
                report.errors.append(_describe_cut(edition.path))
    except NarrateError as error:
        report.errors.append(str(error))


def _add(report: StoryReport, path: Path, identity: Identity | None) -> None:
    report.files.append(path)
    if identity is not None:
        report.proven[path] = identity


def _describe_cut(path: Path) -> str:
    return f"{path}: is not the whole file that was made; run narrate again"
