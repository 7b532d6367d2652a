"""The recipe: from the stories' files to the finished audiobook, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.audio import check_encoder
from audiobook.model import UnmetCorrection
from audiobook.production.editions import codecs_for, story_paths
from audiobook.production.finishing import finish_story
from audiobook.production.locks import sole_use
from audiobook.production.making import Bench, make_tracks
from audiobook.production.project import (
    Project,
    Source,
    clear_partial,
    find_leftovers,
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

_LOT = 16
"""Stories that are read before the first of them is made, and held until the last is: 10 to 15 MB a novel."""


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
        shelf = _Shelf(run, sources, are_all=not names)
        try:
            for first in range(0, len(sources), _LOT):
                _make_lot(run, shelf, first)
        finally:
            clear_partial(project)
        shelf.list_leftovers()
    return shelf.report


def _make_lot(run: Run, shelf: _Shelf, first: int) -> None:
    stories = shelf.survey(first, first + _LOT)
    if any(story.tracks or story.editions for story in stories):
        _produce(run, stories)
    for story in stories:
        finish_story(run, story)


def plan_stories(
    project: Project, names: Sequence[str], options: Options, listener: Listener, *, cache_folder: Path
) -> tuple[Report, list[StoryWork]]:
    """Find out what `make_stories` would do, and do nothing: no lock, no engine, no encoder, no file.

    Returns the report as far as it goes, and the work on each story that could be read.
    Raises `NarrateError` as `make_stories`.
    """
    run = prepare_run(project, options, listener, cache_folder, keeps_scripts=False)
    sources = find_stories(project, names)
    shelf = _Shelf(run, sources, are_all=not names)
    stories = shelf.survey(0, len(sources))
    shelf.list_leftovers()
    return shelf.report, stories


class _Shelf:
    """The stories of a run, read a lot at a time; what can only be said of all of them is gathered."""

    def __init__(self, run: Run, sources: Sequence[Source], *, are_all: bool) -> None:
        warn_of_unknown_stories(run.project, run.settings, sources, run.listener)
        self.report = Report(stories=[StoryReport(name=source.name, title=source.name) for source in sources])
        self._run = run
        self._sources = sources
        self._are_all = are_all
        self._unmet: list[Sequence[UnmetCorrection]] = []
        self._expected: list[Path] = []

    def survey(self, first: int, end: int) -> list[StoryWork]:
        """Read the stories from `first` to before `end`, and find out what of them is missing."""
        run, total = self._run, len(self._sources)
        lot = list(zip(self._sources, self.report.stories, strict=True))[first:end]
        if len(lot) < total:
            run.listener.note(f"Stories {first + 1} to {first + len(lot)} of {total}:")
        surveyed = (survey_story(run, source, story) for source, story in lot)
        stories = [story for story in surveyed if story is not None]
        for story in stories:
            self._unmet.append(story.plan.script.unmet)
            self._expected += story_paths(run.project, story.plan.script, run.formats)
        if self._are_all and len(self._unmet) == total:
            self._warn_of_general()
        return stories

    def _warn_of_general(self) -> None:
        """Say which corrections for every story met nothing in any, now that all have been read."""
        self.report.warnings += warn_of_unmet_everywhere(self._run.project, self._unmet)
        for warning in self.report.warnings:
            self._run.listener.note(warning)

    def list_leftovers(self) -> None:
        """Put into the report the files that belong to no story, if the run was for all as they are set."""
        run = self._run
        is_as_set = run.options.formats is None and run.options.reading.matter is None
        if self._are_all and is_as_set and run.is_for_whole_books:
            unread = [story.name for story in self.report.stories if story.errors]
            self.report.leftovers = find_leftovers(run.project, self._expected, unread=unread)


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
