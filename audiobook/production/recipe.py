"""The recipe: from the stories' files to the finished audiobook, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.audio import check_encoder
from audiobook.model import Script
from audiobook.production.editions import codecs_for
from audiobook.production.finishing import finish_story, list_leftovers
from audiobook.production.locks import sole_use
from audiobook.production.making import Bench, make_tracks
from audiobook.production.project import (
    Project,
    Source,
    clear_partial,
    find_stories,
    make_folder,
)
from audiobook.production.report import Listener, Report, StoryReport
from audiobook.production.run import Options, Run, prepare_run
from audiobook.production.schedule import StoryWork
from audiobook.production.stories import warn_of_unknown_stories
from audiobook.production.survey import survey_story
from audiobook.production.unmet import warn_of_unmet_everywhere
from audiobook.production.workers import choose_jobs


def make_stories(
    project: Project, names: Sequence[str], options: Options, listener: Listener, *, cache_folder: Path
) -> Report:
    """Make the named stories (all without a name) and say what became of each.

    A story that fails is reported and leaves the others alone.  Raises `NarrateError` where nothing
    can be made at all: faulty settings, no such story, no encoder, no room.
    """
    run = prepare_run(project, options, listener, cache_folder)
    sources = find_stories(project, names)
    with sole_use(project.output, cache_folder, listener.note):
        clear_partial(project)
        report, stories = _plan_all(run, sources, are_all=not names)
        try:
            if any(story.tracks or story.editions for story in stories):
                _produce(run, stories)
            for story in stories:
                finish_story(run, story)
        finally:
            clear_partial(project)
        list_leftovers(run, report, stories, are_all=not names)
    return report


def plan_stories(
    project: Project, names: Sequence[str], options: Options, listener: Listener, *, cache_folder: Path
) -> tuple[Report, list[StoryWork]]:
    """Find out what `make_stories` would do, and do nothing: no lock, no engine, no encoder, no file.

    Returns the report as far as it goes, and the work on each story that could be read.
    Raises `NarrateError` as `make_stories`.
    """
    run = prepare_run(project, options, listener, cache_folder)
    report, stories = _plan_all(run, find_stories(project, names), are_all=not names)
    list_leftovers(run, report, stories, are_all=not names)
    return report, stories


def _plan_all(run: Run, sources: Sequence[Source], *, are_all: bool) -> tuple[Report, list[StoryWork]]:
    warn_of_unknown_stories(run.project, run.settings, sources, run.listener)
    report = Report(stories=[StoryReport(name=source.name, title=source.name) for source in sources])
    planned = [
        survey_story(run, source, story) for source, story in zip(sources, report.stories, strict=True)
    ]
    stories = [story for story in planned if story is not None]
    if are_all and len(stories) == len(sources):
        _warn_of_general(run, report, [story.plan.script for story in stories])
    return report, stories


def _warn_of_general(run: Run, report: Report, scripts: Sequence[Script]) -> None:
    """Say which corrections for every story met nothing in any, now that all have been read."""
    report.warnings += warn_of_unmet_everywhere(run.project, scripts)
    for warning in report.warnings:
        run.listener.note(warning)


def _produce(run: Run, stories: Sequence[StoryWork]) -> None:
    """Make what is missing."""
    for codec in codecs_for(run.formats):
        check_encoder(run.encoder, codec)
    make_folder(run.project.partial)
    try:
        make_tracks(
            stories,
            Bench(
                jobs=run.options.jobs or choose_jobs(),
                scheduler=run.options.scheduler,
                cache=run.cache,
                encoder=run.encoder,
                ffmpeg=run.settings.output.ffmpeg,
                partial=run.project.partial,
            ),
            run.listener,
        )
    finally:
        run.cache.prune(round(run.settings.output.cache_gb * 1e9))
