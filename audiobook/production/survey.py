"""What of a story is there already, what is missing, and why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from audiobook.casting import write_scalar
from audiobook.errors import NarrateError, SourceError
from audiobook.production.editions import (
    codecs_for,
    is_edition_made,
    plan_editions,
)
from audiobook.production.estimate import estimate_tracks
from audiobook.production.jobs import transcribe, vary
from audiobook.production.orders import ClipOrder
from audiobook.production.plan import StoryPlan, TrackPlan, plan_story
from audiobook.production.project import (
    Source,
    story_folder,
)
from audiobook.production.reasons import explain_edition, explain_tracks, is_made
from audiobook.production.report import StoryReport
from audiobook.production.run import Run
from audiobook.production.samples import SAMPLE
from audiobook.production.schedule import StoryWork
from audiobook.production.stories import engine_fingerprint
from audiobook.production.unmet import warn_of_unmet


def survey_story(run: Run, source: Source, report: StoryReport) -> StoryWork | None:
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
            vary=vary,
            reads=run.reads,
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
    folder = run.project.output / story_folder(plan.name)
    all_editions = plan_editions(folder, run.formats, plan) if run.is_for_whole_books else ()
    editions = [edition for edition in all_editions if force or not is_edition_made(edition)]
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
    return StoryWork(
        plan=plan,
        report=report,
        missing=missing,
        tracks=tracks,
        all_editions=all_editions,
        editions=editions,
        uses=Counter(order.key for track in plan.chapters for order in track.orders),
    )


def _find_missing(run: Run, tracks: Sequence[TrackPlan]) -> tuple[dict[str, ClipOrder], int]:
    """Return the clips to speak before the tracks can be made, and how many will be spoken in all.

    On a cluster the former are none: each track's clips are spoken where it is made, for it alone.
    """
    if run.options.scheduler is not None:
        return {}, sum(len({order.key for order in track.orders}) for track in tracks)
    orders = {order.key: order for track in tracks for order in track.orders}
    force = run.options.force
    missing = {key: order for key, order in orders.items() if force or run.cache.measure(key) is None}
    return missing, len(missing)


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
