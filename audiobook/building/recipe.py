"""The recipe: from the stories' files to the finished audiobook, in order."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.audio import check_encoder
from audiobook.building.finishing import finish_story
from audiobook.building.making import make_tracks
from audiobook.building.report import Listener, Report, StoryReport
from audiobook.building.run import Options, Run, prepare_run
from audiobook.building.schedule import StoryWork
from audiobook.building.survey import survey_story
from audiobook.building.workers import choose_jobs
from audiobook.building.workload import find_efforts
from audiobook.casting import Settings
from audiobook.choices import USUAL_ENGINE
from audiobook.engines import best_engine, better_engine
from audiobook.files import identify
from audiobook.model import UnmetCorrection
from audiobook.planning.editions import codecs_for, story_paths
from audiobook.planning.unmet import warn_of_unmet_everywhere
from audiobook.project.layout import (
    Project,
    Source,
    clear_partial,
    find_leftovers,
    find_stories,
    make_folder,
)
from audiobook.project.locks import sole_use
from audiobook.project.settings import warn_of_broken_engine, warn_of_unknown_stories
from audiobook.publishing import CoverWish, identify_cover

_SELF_CONTAINED = {"pyttsx3", "kokoro", "piper", "tone"}
"""Engines that speak by files which `unchanged.py` looks at: packages and installed voices."""

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
    with sole_use(project.output, cache_folder, listener.waiting):
        clear_partial(project)
        shelf = _Shelf(run, sources, are_all=not names)
        try:
            for first in range(0, len(sources), _LOT):
                _make_lot(run, shelf, first)
        finally:
            clear_partial(project)
        shelf.list_leftovers()
    shelf.report.better_engine = better_engine()
    shelf.report.unused_engine = _find_unused(run.settings, shelf.report.stories)
    if shelf.is_self_contained:
        program = Path(run.encoder.program)
        shelf.report.read = (*run.settings.files, (program, identify(program)))
    return shelf.report


def _has_own_letters(cover: CoverWish) -> bool:
    """Tell whether a cover is a picture, or drawn with letters that come with narrate, as they are."""
    name = identify_cover(cover)
    return cover.picture is not None or ("FiraGO" in name and "raqm" not in name)


def _find_unused(settings: Settings, stories: Sequence[StoryReport]) -> str | None:
    """Name the best engine here, where it speaks nothing since voices.yaml names the usual one's voices."""
    best = best_engine()
    spoken = {name for story in stories for name in story.engines}
    narrators = {settings.for_story(story.name).narrator.engine for story in stories}
    is_asked_for = settings.general.chosen_by == "--engine" and settings.engine != best
    is_named = USUAL_ENGINE in spoken and narrators == {USUAL_ENGINE} and not is_asked_for
    return best if is_named and best not in spoken else None


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
        self.report = Report()
        self._run = run
        self._warn(warn_of_unknown_stories(run.project, run.settings, sources))
        self._warn(warn_of_broken_engine(run.settings))
        self._sources = sources
        self._are_all = are_all
        self._unmet: list[Sequence[UnmetCorrection]] = []
        self._expected: list[Path] = []
        self._covers: list[CoverWish] = []

    def survey(self, first: int, end: int) -> list[StoryWork]:
        """Read the stories from `first` to before `end`, and find out what of them is missing."""
        run, total = self._run, len(self._sources)
        lot = self._sources[first:end]
        if len(lot) < total:
            run.listener.note(f"Stories {first + 1} to {first + len(lot)} of {total}:")
        surveyed = [survey_story(run, source, tells_joins=True) for source in lot]
        self.report.stories += [report for report, _ in surveyed]
        stories = [work for _, work in surveyed if work is not None]
        for story in stories:
            self._unmet.append(story.plan.script.unmet)
            self._covers.append(story.plan.cover)
            self._expected += story_paths(run.project, story.plan.script, run.formats_of(story.plan.name))
        if self._are_all and len(self._unmet) == total:
            self._warn_of_general()
        return stories

    @property
    def is_self_contained(self) -> bool:
        """Whether files of narrate's, its packages' and the project's alone decided the run's outcome."""
        engines = {name for story in self.report.stories for name in story.engines}
        bundled = self._run.settings.output.ffmpeg == "bundled"
        return bundled and engines <= _SELF_CONTAINED and all(map(_has_own_letters, self._covers))

    def _warn_of_general(self) -> None:
        """Say which corrections for every story met nothing in any, now that all have been read."""
        self._warn(warn_of_unmet_everywhere(self._run.project, self._unmet))

    def _warn(self, warnings: Sequence[str]) -> None:
        self.report.warnings += warnings
        for warning in warnings:
            self._run.listener.note(f"warning: {warning}")

    def list_leftovers(self) -> None:
        """Put into the report the files that belong to no story, if the run was for all as they are set."""
        run = self._run
        is_as_set = run.options.formats is None and run.options.reading.matter is None
        if self._are_all and is_as_set and run.is_for_whole_books:
            unread = [story.name for story in self.report.stories if story.errors]
            self.report.leftovers = find_leftovers(run.project, self._expected, unread=unread)


def _produce(run: Run, stories: Sequence[StoryWork]) -> None:
    """Make what is missing."""
    formats = {name for story in stories for name in run.formats_of(story.plan.name)}
    for codec in codecs_for(formats):
        check_encoder(run.encoder, codec)
    make_folder(run.project.partial)
    missing = (spec for story in stories for spec in story.missing.values())
    try:
        make_tracks(run, stories, run.options.jobs or choose_jobs(find_efforts(missing)))
    finally:
        run.cache.prune(round(run.settings.output.cache_gb * 1e9))
