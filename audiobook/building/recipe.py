"""The recipe: from the stories' files to the finished audiobook, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from audiobook.audio import check_encoder
from audiobook.building.finishing import finish_story
from audiobook.building.making import Made, make_tracks
from audiobook.building.report import Report, RunListener, StoryReport
from audiobook.building.run import Options, Run, prepare_run
from audiobook.building.sent import count_sent
from audiobook.building.survey import StoryWork, survey_story
from audiobook.building.takes import choose_recognizer
from audiobook.building.workers import choose_jobs
from audiobook.building.workload import find_efforts
from audiobook.casting import Settings
from audiobook.choices import USUAL_ENGINE
from audiobook.engines import best_engine, better_engine
from audiobook.errors import NarrateError, StorageError
from audiobook.files import identify
from audiobook.model import UnmetCorrection
from audiobook.planning.editions import codecs_for, story_paths
from audiobook.planning.series import remember_book
from audiobook.planning.unmet import warn_of_unmet_everywhere
from audiobook.project.layout import (
    FROM_TEXTS,
    Project,
    Source,
    clear_partial,
    find_stories,
    make_folder,
)
from audiobook.project.leftovers import find_leftovers
from audiobook.project.locks import sole_use
from audiobook.project.places import find_folder, list_places
from audiobook.project.series_record import update_series_record
from audiobook.project.settings import warn_of_broken_engine, warn_of_unknown_stories
from audiobook.publishing import CoverWish, identify_cover

_SELF_CONTAINED = {"pyttsx3", "kokoro", "piper", "tone"}
"""Engines that speak by files which `unchanged.py` looks at: packages and installed voices."""

_LOT = 16
"""Stories that are read before the first of them is made, and held until the last is: 10 to 15 MB a novel."""


def make_stories(
    project: Project, names: Sequence[str], options: Options, listener: RunListener, *, cache_folder: Path
) -> Report:
    """Make the named stories (all without a name) and say what became of each.

    A story that fails is reported and leaves the others alone.  Raises `NarrateError` where nothing
    can be made at all: faulty settings, no such story, no encoder, no room.
    """
    run = replace(start_listening(prepare_run(project, options, cache_folder)), moves=True)
    sources = find_stories(project, names)
    with sole_use(project.output, cache_folder, listener.waiting):
        clear_partial(project)
        shelf = _Shelf(run, sources, listener, are_all=not names)
        stories: list[StoryReport] = []
        try:
            for first in range(0, len(sources), _LOT):
                surveyed = shelf.survey(first, first + _LOT)
                reports = list(_make_lot(run, surveyed, listener))
                shelf.remember(zip(reports, (work for _, work in surveyed), strict=True))
                stories += reports
        finally:
            clear_partial(project)
        report = shelf.report(stories)
    read = None
    if shelf.is_self_contained:
        program = Path(run.encoder.program)
        read = (*run.settings.files, (program, identify(program)))
    return replace(
        report, better_engine=better_engine(), unused_engine=_find_unused(run.settings, stories), read=read
    )


def start_listening(run: Run) -> Run:
    """Have a run's new clips heard, as its settings say.  Raises `EngineError` where that can't be.

    On a cluster none are: its machines need not have the recognizer.
    """
    if run.options.scheduler is not None:
        return run
    return replace(run, recognizer=choose_recognizer(run.settings.output.listen))


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


def plan_stories(
    project: Project,
    names: Sequence[str],
    options: Options,
    listener: RunListener,
    *,
    cache_folder: Path,
    listens: bool = False,
) -> tuple[Report, list[StoryWork | None]]:
    """Find out what `make_stories` would do, and do nothing: no lock, no engine, no encoder, no file.

    What that would hear is said only where it `listens`.
    Returns the report as far as it goes, and the work on each of its stories; None where one can't be read.
    Raises `NarrateError` as `make_stories`.
    """
    run = prepare_run(project, options, cache_folder, keeps_scripts=False)
    run = start_listening(run) if listens else run
    sources = find_stories(project, names)
    shelf = _Shelf(run, sources, listener, are_all=not names)
    surveyed = shelf.survey(0, len(sources))
    return shelf.report([report for report, _ in surveyed]), [work for _, work in surveyed]


_Surveyed = tuple[StoryReport, StoryWork | None]
"""What is known of a story, and the work on it; none where it can't be read."""


def _make_lot(run: Run, surveyed: Sequence[_Surveyed], listener: RunListener) -> Iterator[StoryReport]:
    """Make what is missing of some stories, and say what became of each."""
    stories = [work for _, work in surveyed if work is not None]
    made = _produce(run, stories, listener) if any(story.files for story in stories) else {}
    for report, work in surveyed:
        yield finish_story(run, work, made.get(work, Made()), listener) if work is not None else report


class _Shelf:
    """The stories of a run, read a lot at a time; what can only be said of all of them is gathered."""

    def __init__(self, run: Run, sources: Sequence[Source], listener: RunListener, *, are_all: bool) -> None:
        self._run = run
        self._sources = sources
        self._listener = listener
        self._are_all = are_all
        self._unmet: list[Sequence[UnmetCorrection]] = []
        self._expected: list[Path] = []
        self._covers: list[CoverWish] = []
        self._engines: set[str] = set()
        self._warnings: list[str] = []
        self._warn(warn_of_unknown_stories(run.project, run.settings, sources))
        self._warn(warn_of_broken_engine(run.settings))

    def survey(self, first: int, end: int) -> list[_Surveyed]:
        """Read the stories from `first` to before `end`, and find out what of them is missing."""
        run, total = self._run, len(self._sources)
        lot = self._sources[first:end]
        if len(lot) < total:
            self._listener.note(f"Stories {first + 1} to {first + len(lot)} of {total}:")
        surveyed = [self._survey(source) for source in lot]
        for _, work in surveyed:
            if work is not None:
                self._unmet.append(work.plan.script.unmet)
                self._covers.append(work.plan.cover)
                self._engines.update(work.report.engines)
                formats = run.formats_of(work.plan.name)
                # A dry run moves nothing from where it lies.
                for folder in {work.plan.folder, find_folder(run.project, work.plan.name)}:
                    self._expected += story_paths(folder, work.plan.script, formats)
        if self._are_all and len(self._unmet) == total:
            self._warn(warn_of_unmet_everywhere(run.project.voices, self._unmet))
        return surveyed

    def _survey(self, source: Source) -> _Surveyed:
        try:
            work = survey_story(self._run, source, tells_joins=True)
        except NarrateError as error:
            self._listener.story_done(source.name)
            return StoryReport(name=source.name, title=source.name, errors=(str(error),)), None
        self._listener.story_planned(work.report, work.clips, work.files)
        if not work.files:
            self._listener.story_done(source.name)
        return work.report, work

    def remember(self, made: Iterable[_Surveyed]) -> None:
        """Remember the casts of those of a series that are whole, for when their texts are gone.

        What was remembered of one that is of no series any more is forgotten.
        """
        run = self._run
        books = {
            work.plan.name: remember_book(
                work.plan.script, work.plan.cast, run.settings.for_story(work.plan.name)
            )
            for report, work in made
            if work is not None and not report.errors and not work.plan.is_overruled
            if run.is_for_whole_books and all(track.origin == FROM_TEXTS for track in work.plan.tracks)
        }
        try:
            update_series_record(run.project, books)
        except StorageError as error:
            self._warn([f"{error}; the voices of this series are not remembered"])

    @property
    def is_self_contained(self) -> bool:
        """Whether files of narrate's, its packages' and the project's alone decided the run's outcome."""
        bundled = self._run.settings.output.ffmpeg == "bundled"
        return bundled and self._engines <= _SELF_CONTAINED and all(map(_has_own_letters, self._covers))

    def _warn(self, warnings: Sequence[str]) -> None:
        self._warnings += warnings
        for warning in warnings:
            self._listener.note(f"warning: {warning}")

    def report(self, stories: Sequence[StoryReport]) -> Report:
        """Report what became of the stories; with the files that belong to none, if it was for all as set."""
        run, leftovers = self._run, list[Path]()
        is_as_set = run.options.formats is None and run.options.scope.reading.matter is None
        if self._are_all and is_as_set and run.is_for_whole_books:
            unread = [find_folder(run.project, story.name) for story in stories if story.errors]
            leftovers = find_leftovers(run.project, self._expected, list_places(run.project), unread)
        return Report(stories=tuple(stories), leftovers=tuple(leftovers), warnings=tuple(self._warnings))


def _produce(run: Run, stories: Sequence[StoryWork], listener: RunListener) -> dict[StoryWork, Made]:
    """Make what is missing, and return what became of each story."""
    formats = {name for story in stories for name in run.formats_of(story.plan.name)}
    for codec in codecs_for(formats):
        check_encoder(run.encoder, codec)
    make_folder(run.project.partial)
    missing = [spec for story in stories for spec in story.missing.values()]
    unspoken = {s.key: s for s in missing if run.options.force or run.cache.measure(s.key) is None}
    for sent in count_sent(unspoken.values()):
        listener.note(str(sent))
    try:
        return make_tracks(run, stories, run.options.jobs or choose_jobs(find_efforts(missing)), listener)
    finally:
        run.cache.prune(round(run.settings.output.cache_gb * 1e9))
