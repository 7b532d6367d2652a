"""What of a story is there already, what is missing, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from audiobook.building.report import StoryReport
from audiobook.building.run import Run
from audiobook.building.schedule import StoryWork
from audiobook.building.workload import estimate_tracks
from audiobook.casting import write_scalar
from audiobook.errors import NarrateError, SourceError
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.editions import codecs_for, is_edition_made, plan_editions
from audiobook.planning.joins import StoryJoins, find_story_joins, note_joins, warn_of_joins
from audiobook.planning.plans import Encoding, StoryPlan, TrackPlan, plan_story
from audiobook.planning.samples import SAMPLE
from audiobook.planning.staleness import explain_edition, explain_tracks, is_made
from audiobook.planning.unmet import warn_of_unmet
from audiobook.planning.unread import UNREAD
from audiobook.project.layout import (
    Source,
    story_folder,
)
from audiobook.words import count_words


def survey_story(
    run: Run, source: Source, *, tells_joins: bool = False
) -> tuple[StoryReport, StoryWork | None]:
    """Plan a story and find out what of it is missing; no work where it can't be read, but an error.

    Where something is, `tells_joins` reads it once more to say whom aliases take in (`find_story_joins`).
    """
    settings = run.settings.for_story(source.name)
    try:
        if source.fault is not None:
            raise SourceError(source.fault)
        formats = run.formats_of(source.name)
        plan = plan_story(
            source.path,
            settings,
            project=run.project,
            encoding=Encoding(encoder=run.encoder, codecs=codecs_for(formats), parts=run.cache.folder),
            scope=run.options.scope,
            reads=run.reads,
        )
    except NarrateError as error:
        failed = StoryReport(name=source.name, title=source.name, errors=[str(error)])
        run.listener.story_done(failed)
        return failed, None
    force = run.options.force
    folder = run.project.output / story_folder(plan.name)
    all_editions = plan_editions(folder, formats, plan) if run.is_for_whole_books else ()
    editions = [edition for edition in all_editions if force or not is_edition_made(edition)]
    # A finished whole-book file needs its parts no more, and the cache may have let go of them.
    needed = {part.path for edition in editions for part in edition.parts}
    tracks = [track for track in plan.tracks if not track.is_part or track.path in needed]
    tracks = [track for track in tracks if force or not is_made(track)]
    joined = StoryJoins()
    if tells_joins and tracks:
        joined = find_story_joins(source.path, settings, plan.script, run.reads)
    reasons = explain_tracks(plan, tracks, settings, forced=force, formerly=joined.formerly)
    reasons |= {edition.path: explain_edition(edition, tracks, forced=force) for edition in editions}
    missing, clips = _find_missing(run, tracks)
    report = replace(
        _describe(plan, warn_of_unmet(run.project, plan.script)),
        name=source.name,
        reasons=reasons,
        work=estimate_tracks(tracks, missing),
    )
    report.warnings += warn_of_joins(run.project, joined.joins)
    report.notes += note_joins(run.project, joined.joins)
    run.listener.story_planned(report, clips, len(tracks) + len(editions))
    if not tracks and not editions:
        run.listener.story_done(report)
    return report, StoryWork(
        plan=plan,
        report=report,
        missing=missing,
        tracks=tracks,
        all_editions=all_editions,
        editions=editions,
    )


def _find_missing(run: Run, tracks: Sequence[TrackPlan]) -> tuple[dict[str, ClipSpec], int]:
    """Return the clips to speak before the tracks can be made, and how many will be spoken in all.

    On a cluster the former are none: each track's clips are spoken where it is made, for it alone.
    """
    if run.options.scheduler is not None:
        return {}, sum(len({spec.key for spec in track.specs}) for track in tracks)
    specs = {spec.key: spec for track in tracks for spec in track.specs}
    force = run.options.force
    missing = {key: spec for key, spec in specs.items() if force or run.cache.measure(key) is None}
    return missing, len(missing)


def _describe(plan: StoryPlan, unmet: Sequence[str]) -> StoryReport:
    """Report a story as it was planned; `unmet` are the warnings of corrections that met nothing."""
    # A sample alone is not the story.
    tracks = [track for track in plan.chapters if track.codec != SAMPLE]
    spoken = [u for track in tracks for u in track.utterances if u.kind != "credit"]
    pairs = ((u, s) for track in tracks for u, s in zip(track.utterances, track.specs, strict=True))
    silent = sum(spec.unread for utterance, spec in pairs if utterance.kind != "credit")
    text = plan.script.book.text
    unread = [text[skip.start : skip.end] for skip in plan.script.skipped if skip.reason == UNREAD]
    warnings = [*plan.script.book.warnings, *plan.warnings]
    if plan.is_overruled:
        warnings.append(
            f"{plan.script.book.source}: --matter is not what voices.yaml says, so these files are not "
            "counted as the story's own, and narrate clean leaves them; to have it so in every run, write "
            f"under stories: {write_scalar(plan.name)}: reading: {{matter: true}} (or false)"
        )
    return StoryReport(
        name=plan.name,
        title=plan.script.book.title,
        words=sum(count_words(u.text) for u in spoken),
        letters=sum(c.isalnum() for u in spoken for c in u.text) - silent,
        unspoken=silent + sum(c.isalnum() for c in "".join(unread)),
        characters=len({u.speaker for u in spoken if u.kind == "speech" and u.speaker}),
        engines=tuple(sorted({spec.voice.engine for track in tracks for spec in track.specs})),
        clips_reused=len({spec.key for track in plan.chapters for spec in track.specs}),
        warnings=[*warnings, *unmet],
    )
