"""The end of a run: what goes with the tracks is written, and every file is looked at once more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.errors import NarrateError
from audiobook.production.editions import (
    codecs_for,
    is_edition_made,
    open_release,
    plan_editions,
    publish_texts,
)
from audiobook.production.plan import (
    StoryPlan,
    track_paths,
)
from audiobook.production.project import (
    find_leftovers,
    story_folder,
)
from audiobook.production.report import Report
from audiobook.production.run import Run
from audiobook.production.schedule import StoryWork
from audiobook.publishing import read_edition_seconds, read_mark


def finish_story(run: Run, story: StoryWork) -> None:
    """Add up what is there, and prove it by the files themselves: each is whole, and made of these clips."""
    report, plan = story.report, story.plan
    unmade = {track.path for track in story.tracks}
    found = 0
    tracks = [track for track in plan.tracks if not track.is_part]
    for track in tracks:
        mark = read_mark(track.path)
        if mark is not None and mark.fingerprint == track.fingerprint:
            found += 1
            report.files.append(track.path)
            if track.codec == tracks[0].codec:
                report.seconds += mark.seconds
        elif track.path not in unmade:
            report.errors.append(f"{track.path}: is not the whole file that was made; run narrate again")
    if not report.errors and found != len(tracks):
        report.errors.append(f"{report.name}: only {found} of {len(tracks)} files are there")
    if not report.errors and run.is_for_whole_books:
        _finish_book(run, story)


def _finish_book(run: Run, story: StoryWork) -> None:
    """Write what goes with the tracks, and prove the whole-book files."""
    report, plan = story.report, story.plan
    folder = run.project.output / story_folder(plan.name)
    tracks = [track for track in plan.tracks if track.codec == "mp3"]
    try:
        if tracks:
            release = open_release(plan.script.book, plan.cast, tracks)
            report.files += publish_texts(folder, release, run.formats, run.base_url, cover=plan.cover)
    except NarrateError as error:
        report.errors.append(str(error))
    for edition in plan_editions(folder, run.formats, plan):
        if is_edition_made(edition):
            report.files.append(edition.path)
            report.seconds = report.seconds or read_edition_seconds(edition.path)
        elif not report.errors:
            report.errors.append(f"{edition.path}: is not the whole file that was made; run narrate again")


def list_leftovers(run: Run, report: Report, stories: Sequence[StoryWork], *, are_all: bool) -> None:
    """Put into the report which files belong to no story any more, if the run was for all as they are set."""
    is_as_set = run.options.formats is None and run.options.reading.matter is None
    if run.is_for_whole_books and are_all and is_as_set:
        report.leftovers = find_leftovers(
            run.project,
            [path for story in stories for path in _planned_paths(run, story.plan)],
            unread=[story.name for story in report.stories if story.errors],
        )


def _planned_paths(run: Run, plan: StoryPlan) -> list[Path]:
    """List the files that a story becomes."""
    editions = plan_editions(run.project.output / story_folder(plan.name), run.formats, plan)
    tracks = track_paths(run.project, plan.script, codecs_for(run.formats))
    return [*tracks, *(edition.path for edition in editions)]
