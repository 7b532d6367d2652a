"""The recipe: from the stories' files to the finished audiobook, in order."""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

from audiobook.audio import Encoder, check_encoder, find_encoder
from audiobook.casting import Settings, load_settings, write_scalar
from audiobook.engines import engine_names
from audiobook.errors import NarrateError, SourceError, UsageError
from audiobook.model import Book, Cast, Script, TrackFormat
from audiobook.production.chapters import ChapterChoice, keep_chapters
from audiobook.production.clips import ClipCache
from audiobook.production.editions import (
    EditionPlan,
    codecs_for,
    is_edition_made,
    open_release,
    plan_editions,
    publish_texts,
)
from audiobook.production.estimate import estimate_tracks
from audiobook.production.jobs import shared_engine, transcribe
from audiobook.production.locks import sole_use
from audiobook.production.making import Bench, make_tracks
from audiobook.production.plan import (
    ClipOrder,
    StoryPlan,
    TrackPlan,
    choose_reading,
    plan_script,
    plan_story,
    track_paths,
)
from audiobook.production.project import (
    Project,
    Source,
    clear_partial,
    find_leftovers,
    find_stories,
    find_story,
    list_texts,
    make_folder,
    story_folder,
)
from audiobook.production.reasons import explain_edition, explain_tracks, is_made
from audiobook.production.report import Listener, Report, StoryReport
from audiobook.production.samples import SAMPLE
from audiobook.production.schedule import StoryWork
from audiobook.production.unmet import warn_of_unmet, warn_of_unmet_everywhere
from audiobook.production.workers import choose_jobs
from audiobook.publishing import read_edition_seconds, read_mark
from audiobook.reading import NO_WISH, ReadingWish, read_book


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person asks of a run.

    `preview` makes only the first so many paragraphs, `chapters` only those of each book; `reading`
    stands over what the settings say of each story, `formats` and `base_url` over what they say of the
    output.  `scheduler` is the address of a Dask cluster that makes the tracks in this machine's place.
    """

    jobs: int | None = None
    scheduler: str | None = None
    force: bool = False
    preview: int | None = None
    chapters: ChapterChoice | None = None
    formats: tuple[str, ...] | None = None
    base_url: str | None = None
    reading: ReadingWish = NO_WISH


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What every step of one run needs."""

    project: Project
    settings: Settings
    encoder: Encoder
    cache: ClipCache
    options: Options
    listener: Listener

    @property
    def formats(self) -> tuple[str, ...]:
        """What to write; of a part of a book no sample, no whole-book file, no text that lists its tracks."""
        formats = tuple(dict.fromkeys(self.options.formats or self.settings.output.formats))
        if self.is_for_whole_books:
            return formats
        return tuple(name for name in formats if name in get_args(TrackFormat)) or ("mp3",)

    @property
    def base_url(self) -> str:
        """Where a podcast will lie."""
        return self.options.base_url or self.settings.output.base_url or ""

    @property
    def is_for_whole_books(self) -> bool:
        """Whether the run is for all chapters of its stories."""
        return self.options.preview is None and self.options.chapters is None


def make_stories(
    project: Project, names: Sequence[str], options: Options, listener: Listener, *, cache_folder: Path
) -> Report:
    """Make the named stories (all without a name) and say what became of each.

    A story that fails is reported and leaves the others alone.  Raises `NarrateError` where nothing
    can be made at all: faulty settings, no such story, no encoder, no room.
    """
    run = _prepare(project, options, listener, cache_folder)
    sources = find_stories(project, names)
    with sole_use(project.output, cache_folder, listener.note):
        clear_partial(project)
        report, stories = _plan_all(run, sources, are_all=not names)
        if any(story.tracks or story.editions for story in stories):
            _produce(run, stories)
        for story in stories:
            _finish(run, story)
        _list_leftovers(run, report, stories, are_all=not names)
    return report


def plan_stories(
    project: Project, names: Sequence[str], options: Options, listener: Listener, *, cache_folder: Path
) -> tuple[Report, list[StoryWork]]:
    """Find out what `make_stories` would do, and do nothing: no lock, no engine, no encoder, no file.

    Returns the report as far as it goes, and the work on each story that could be read.
    Raises `NarrateError` as `make_stories`.
    """
    run = _prepare(project, options, listener, cache_folder)
    report, stories = _plan_all(run, find_stories(project, names), are_all=not names)
    _list_leftovers(run, report, stories, are_all=not names)
    return report, stories


def _prepare(project: Project, options: Options, listener: Listener, cache_folder: Path) -> _Run:
    settings = read_settings(project)
    run = _Run(
        project=project,
        settings=settings,
        encoder=find_encoder(settings.output.ffmpeg),
        cache=ClipCache(cache_folder / "clips"),
        options=options,
        listener=listener,
    )
    if "podcast" in run.formats and not run.base_url:
        raise UsageError(
            "a podcast needs the address where its files will lie: --base-url https://example.org/books, or "
            "output.base_url in voices.yaml"
        )
    return run


def _plan_all(run: _Run, sources: Sequence[Source], *, are_all: bool) -> tuple[Report, list[StoryWork]]:
    warn_of_unknown_stories(run.project, run.settings, sources, run.listener)
    report = Report(stories=[StoryReport(name=source.name, title=source.name) for source in sources])
    planned = [_plan(run, source, story) for source, story in zip(sources, report.stories, strict=True)]
    stories = [story for story in planned if story is not None]
    if are_all and len(stories) == len(sources):
        _warn_of_general(run, report, [story.plan.script for story in stories])
    return report, stories


def _list_leftovers(run: _Run, report: Report, stories: Sequence[StoryWork], *, are_all: bool) -> None:
    is_as_set = run.options.formats is None and run.options.reading.matter is None
    if run.is_for_whole_books and are_all and is_as_set:
        report.leftovers = find_leftovers(
            run.project,
            [path for story in stories for path in _planned_paths(run, story.plan)],
            unread=[story.name for story in report.stories if story.errors],
        )


def _planned_paths(run: _Run, plan: StoryPlan) -> list[Path]:
    """List the files that a story becomes."""
    editions = plan_editions(run.project.output / story_folder(plan.name), run.formats, plan)
    tracks = track_paths(run.project, plan.script, codecs_for(run.formats))
    return [*tracks, *(edition.path for edition in editions)]


def read_settings(project: Project) -> Settings:
    """Load the project's settings with every known engine's voices to check them by."""
    faults = {name: functools.partial(_find_fault, name) for name in engine_names()}
    return load_settings(project.voices, engines=faults)


def warn_of_unknown_stories(
    project: Project, settings: Settings, sources: Sequence[Source], listener: Listener
) -> None:
    """Say which sections of voices.yaml are for stories that are not there: a slip, or a renamed file."""
    known = {*(source.name for source in sources), *(path.stem for path in list_texts(project))}
    for name in settings.stories.keys() - known:
        close = difflib.get_close_matches(name, known, n=1)
        hint = f" (did you mean {close[0]!r}?)" if close else ""
        listener.note(f"{project.voices}: stories.{name}: there is no such story in {project.texts}{hint}")


def script_and_cast(
    project: Project,
    name: str,
    *,
    chapters: ChapterChoice | None = None,
    wish: ReadingWish = NO_WISH,
) -> tuple[Script, Cast]:
    """Read one story, by name or path, as far as its cast.  Raises `NarrateError` as `make_stories`."""
    settings = read_settings(project)
    source = find_story(project, name)
    script, cast = plan_script(source, settings.for_story(source.stem), wish=wish)
    return keep_chapters(script, chapters), cast


def read_story(project: Project, name: str, wish: ReadingWish = NO_WISH) -> Book:
    """Read one story, by name or path, no further than its text.  Raises as `script_and_cast`."""
    settings = read_settings(project)
    source = find_story(project, name)
    return read_book(source, choose_reading(settings.for_story(source.stem), wish))


def _find_fault(engine: str, voice_id: str) -> str | None:
    return shared_engine(engine).find_fault(voice_id)


def engine_fingerprint(name: str) -> str:
    """Name an engine's version without starting it."""
    return shared_engine(name).fingerprint


def _plan(run: _Run, source: Source, report: StoryReport) -> StoryWork | None:
    """Plan a story and find out what of it is missing; None where it can't be read."""
    settings = run.settings.for_story(source.name)
    try:
        if source.fault is not None:
            raise SourceError(source.fault)
        plan = plan_story(
            source.path,
            settings,
            project=run.project,
            encoder=run.encoder,
            engine_fingerprint=engine_fingerprint,
            codecs=codecs_for(run.formats),
            parts=run.cache.folder,
            transcribe=transcribe,
            preview=run.options.preview,
            chosen=run.options.chapters,
            wish=run.options.reading,
        )
    except NarrateError as error:
        report.errors.append(str(error))
        run.listener.story_done(report)
        return None
    _describe(report, plan)
    report.warnings += warn_of_unmet(run.project, plan.script)
    force = run.options.force
    editions = _find_editions(run, plan)
    # A finished whole-book file needs its parts no more, and the cache may have let go of them.
    needed = {part.path for edition in editions for part in edition.parts}
    tracks = [track for track in plan.tracks if not track.is_part or track.path in needed]
    tracks = [track for track in tracks if force or not is_made(track)]
    report.reasons = explain_tracks(plan, tracks, settings, forced=force)
    report.reasons |= {edition.path: explain_edition(edition, tracks, forced=force) for edition in editions}
    missing, clips = _find_missing(run, tracks)
    report.work = estimate_tracks(tracks, missing)
    run.listener.story_planned(report, clips, len(tracks) + len(editions))
    if not tracks and not editions:
        run.listener.story_done(report)
    uses = Counter(order.key for track in plan.chapters for order in track.orders)
    return StoryWork(plan=plan, report=report, missing=missing, tracks=tracks, editions=editions, uses=uses)


def _find_editions(run: _Run, plan: StoryPlan) -> list[EditionPlan]:
    """Plan the whole-book files that are not there yet."""
    if not run.is_for_whole_books:
        return []
    folder = run.project.output / story_folder(plan.name)
    editions = plan_editions(folder, run.formats, plan)
    return [edition for edition in editions if run.options.force or not is_edition_made(edition)]


def _find_missing(run: _Run, tracks: Sequence[TrackPlan]) -> tuple[dict[str, ClipOrder], int]:
    """Return the clips to speak before the tracks can be made, and how many will be spoken in all.

    On a cluster the former are none: each track's clips are spoken where it is made, for it alone.
    """
    if run.options.scheduler is not None:
        return {}, sum(len({order.key for order in track.orders}) for track in tracks)
    orders = {order.key: order for track in tracks for order in track.orders}
    force = run.options.force
    missing = {key: order for key, order in orders.items() if force or run.cache.measure(key) is None}
    return missing, len(missing)


def _warn_of_general(run: _Run, report: Report, scripts: Sequence[Script]) -> None:
    """Say which corrections for every story met nothing in any, now that all have been read."""
    report.warnings += warn_of_unmet_everywhere(run.project, scripts)
    for warning in report.warnings:
        run.listener.note(warning)


def _describe(story: StoryReport, plan: StoryPlan) -> None:
    # A sample alone is not the story.
    tracks = [track for track in plan.chapters if track.codec != SAMPLE]
    spoken = [u for track in tracks for u in track.utterances if u.kind != "credit"]
    story.title = plan.script.book.title
    story.warnings += [*plan.script.book.warnings, *plan.warnings]
    if plan.is_overruled:
        story.warnings.append(
            f"{plan.script.book.source}: --matter is not what voices.yaml says, so these files are not "
            "counted as the story's own, and narrate clean leaves them; to have it so in every run, write "
            f"under stories: {write_scalar(plan.name)}: reading: {{matter: true}} (or false)"
        )
    story.words = sum(len(u.text.split()) for u in spoken)
    story.letters = sum(c.isalnum() for u in spoken for c in u.text)
    story.characters = sum(1 for c in plan.script.characters if c.quotations)
    story.clips_reused = sum(len(track.orders) for track in plan.chapters)


def _produce(run: _Run, stories: Sequence[StoryWork]) -> None:
    """Make what is missing, and leave nothing half-done behind."""
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
        clear_partial(run.project)
        run.cache.prune(round(run.settings.output.cache_gb * 1e9))


def _finish(run: _Run, story: StoryWork) -> None:
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


def _finish_book(run: _Run, story: StoryWork) -> None:
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
