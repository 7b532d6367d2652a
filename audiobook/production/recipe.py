"""The recipe: from the stories' files to the finished audiobook, in order."""

from __future__ import annotations

import difflib
import functools
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio import Encoder, check_encoder, find_encoder
from audiobook.casting import Settings, load_settings, write_scalar
from audiobook.engines import engine_names
from audiobook.errors import NarrateError, SourceError
from audiobook.model import Book, Cast, Script
from audiobook.production.chapters import ChapterChoice, keep_chapters
from audiobook.production.clips import ClipCache
from audiobook.production.jobs import TrackResult, make_track, shared_engine, speak_clips, transcribe
from audiobook.production.locks import sole_use
from audiobook.production.plan import StoryPlan, TrackPlan, choose_reading, plan_script, plan_story
from audiobook.production.project import (
    Project,
    Source,
    clear_partial,
    find_leftovers,
    find_stories,
    find_story,
    list_texts,
    make_folder,
)
from audiobook.production.report import Listener, Report, StoryReport
from audiobook.production.schedule import Schedule, SpeakJob, StoryWork, TrackJob, schedule
from audiobook.production.unmet import warn_of_unmet, warn_of_unmet_everywhere
from audiobook.production.workers import Workers, count_cores
from audiobook.publishing import read_mark
from audiobook.reading import NO_WISH, ReadingWish, read_book

_POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person asks of a run.

    `preview` makes only the first so many paragraphs, `chapters` only those of each book; `reading`
    stands over what the settings say of each story.
    """

    jobs: int | None = None
    force: bool = False
    preview: int | None = None
    chapters: ChapterChoice | None = None
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


def make_stories(
    project: Project, names: Sequence[str], options: Options, listener: Listener, *, cache_folder: Path
) -> Report:
    """Make the named stories (all without a name) and say what became of each.

    A story that fails is reported and leaves the others alone.  Raises `NarrateError` where nothing
    can be made at all: faulty settings, no such story, no encoder, no room.
    """
    settings = read_settings(project)
    run = _Run(
        project=project,
        settings=settings,
        encoder=find_encoder(settings.output.ffmpeg),
        cache=ClipCache(cache_folder / "clips"),
        options=options,
        listener=listener,
    )
    sources = find_stories(project, names)
    warn_of_unknown_stories(project, settings, sources, listener)
    report = Report(stories=[StoryReport(name=source.name, title=source.name) for source in sources])
    with sole_use(project.output, cache_folder, listener.note):
        clear_partial(project)
        planned = [_plan(run, source, story) for source, story in zip(sources, report.stories, strict=True)]
        stories = [story for story in planned if story is not None]
        if not names and len(stories) == len(sources):
            _warn_of_general(run, report, [story.plan.script for story in stories])
        if any(story.tracks for story in stories):
            _produce(run, stories)
        for story in stories:
            _finish(story)
        is_whole = options.preview is None and options.chapters is None and options.reading.matter is None
        if is_whole and not names:
            report.leftovers = find_leftovers(
                project,
                [track.path for story in stories for track in story.plan.tracks],
                unread=[story.name for story in report.stories if story.errors],
            )
    return report


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
    try:
        if source.fault is not None:
            raise SourceError(source.fault)
        plan = plan_story(
            source.path,
            run.settings.for_story(source.name),
            project=run.project,
            encoder_version=run.encoder.version,
            engine_fingerprint=engine_fingerprint,
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
    tracks = [track for track in plan.tracks if force or not _is_made(track)]
    orders = {order.key: order for track in tracks for order in track.orders}
    missing = {key: order for key, order in orders.items() if force or run.cache.measure(key) is None}
    run.listener.story_planned(report, len(missing), len(tracks))
    if not tracks:
        run.listener.story_done(report)
    uses = Counter(order.key for track in plan.tracks for order in track.orders)
    return StoryWork(plan=plan, report=report, missing=missing, tracks=tracks, uses=uses)


def _warn_of_general(run: _Run, report: Report, scripts: Sequence[Script]) -> None:
    """Say which corrections for every story met nothing in any, now that all have been read."""
    report.warnings += warn_of_unmet_everywhere(run.project, scripts)
    for warning in report.warnings:
        run.listener.note(warning)


def _is_made(track: TrackPlan) -> bool:
    mark = read_mark(track.path)
    return mark is not None and mark.fingerprint == track.fingerprint


def _describe(story: StoryReport, plan: StoryPlan) -> None:
    spoken = [u for track in plan.tracks for u in track.utterances]
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
    story.files = [track.path for track in plan.tracks]
    story.clips_reused = sum(len(track.orders) for track in plan.tracks)


def _produce(run: _Run, stories: Sequence[StoryWork]) -> None:
    """Make what is missing, and leave nothing half-done behind."""
    check_encoder(run.encoder)
    make_folder(run.project.partial)
    try:
        with Workers(run.options.jobs or count_cores()) as workers:
            _work_through(run, schedule(stories), workers)
    finally:
        clear_partial(run.project)
        run.cache.prune(round(run.settings.output.cache_gb * 1e9))


def _work_through(run: _Run, plan: Schedule, workers: Workers) -> None:
    """Speak what is missing, and make each track as soon as its clips are there."""
    while True:
        while workers.has_room and (job := plan.next_job()):
            if isinstance(job, TrackJob):
                workers.submit(job, make_track, job.track, run.cache, run.encoder, run.project.partial)
            else:
                workers.submit(job, speak_clips, job.orders, run.cache)
        if workers.is_idle:
            return
        for label, future in workers.finished(_POLL_S):
            if isinstance(label, SpeakJob):
                _collect_clips(label, future, run.listener)
                plan.clips_settled(label)
            elif isinstance(label, TrackJob):
                _collect_track(label, future, run.listener)


def _collect_clips(job: SpeakJob, future: Future[int], listener: Listener) -> None:
    report = job.story.report
    try:
        spoken = future.result()
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    _count_made(report, job.story, {order.key for order in job.orders})
    listener.clips_spoken(report, spoken)


def _count_made(report: StoryReport, story: StoryWork, keys: set[str]) -> None:
    """Count what was made by utterances, so that made and reused add up to the story's."""
    made = sum(story.uses[key] for key in keys)
    report.clips_made += made
    report.clips_reused -= made


def _collect_track(job: TrackJob, future: Future[TrackResult], listener: Listener) -> None:
    try:
        result = future.result()
    except NarrateError as error:
        _fail(job.story, str(error), listener)
        return
    report = job.story.report
    report.clips_made += result.clips_repaired
    report.clips_reused -= result.clips_repaired
    job.story.tracks.remove(job.track)
    listener.track_made(report, job.track.path)
    if not job.story.tracks:
        listener.story_done(report)


def _fail(story: StoryWork, message: str, listener: Listener) -> None:
    if message not in story.report.errors:
        story.report.errors.append(message)
        listener.story_done(story.report)


def _finish(story: StoryWork) -> None:
    """Add up what is there, and prove it by the files themselves: each is whole, and made of these clips."""
    report = story.report
    unmade = {track.path for track in story.tracks}
    report.files = []
    for track in story.plan.tracks:
        mark = read_mark(track.path)
        if mark is not None and mark.fingerprint == track.fingerprint:
            report.files.append(track.path)
            report.seconds += mark.seconds
        elif track.path not in unmade:
            report.errors.append(f"{track.path}: is not the whole file that was made; run narrate again")
    if not report.errors and len(report.files) != len(story.plan.tracks):
        report.errors.append(
            f"{report.name}: only {len(report.files)} of {len(story.plan.tracks)} files are there"
        )
