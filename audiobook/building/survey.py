"""What of a story is there already, what is missing, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import get_args

from audiobook.building.report import StoryReport
from audiobook.building.run import Run
from audiobook.building.takes import find_take, is_there, plan_to_hear
from audiobook.building.workload import estimate_tracks
from audiobook.casting import StorySettings, write_scalar
from audiobook.errors import NarrateError, SourceError
from audiobook.model import TrackFormat
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.editions import EditionPlan, codecs_for, is_edition_made, plan_editions
from audiobook.planning.joins import StoryJoins, find_story_joins, note_joins, warn_of_joins
from audiobook.planning.plans import Encoding, StoryPlan, TrackPlan, plan_story
from audiobook.planning.samples import SAMPLE
from audiobook.planning.staleness import explain_edition, explain_tracks, is_made
from audiobook.planning.unmet import warn_of_unmet
from audiobook.planning.unread import UNREAD
from audiobook.project.layout import Source, list_texts, story_folder
from audiobook.project.places import (
    find_made_folder,
    find_owner,
    hide_previews,
    place_book,
    refuse_folder,
    settle_folder,
)
from audiobook.reading import NO_WISH
from audiobook.words import count_words


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StoryWork:
    """A planned story, and what of it is missing: tracks, whole-book files, and clips before those.

    `report` is what is known of it by now; `clips` are to be spoken in all, and `all_editions` are the
    whole-book files that are there, too.
    """

    plan: StoryPlan
    report: StoryReport
    missing: Mapping[str, ClipSpec]
    clips: int
    tracks: Sequence[TrackPlan]
    editions: Sequence[EditionPlan]
    all_editions: Sequence[EditionPlan]

    @property
    def files(self) -> int:
        """How many are to be made."""
        return len(self.tracks) + len(self.editions)


def survey_story(run: Run, source: Source, *, tells_joins: bool = False) -> StoryWork:
    """Plan a story and find out what of it is missing.  Raises `NarrateError` where it can't be read.

    Where something is, `tells_joins` reads it once more to say whom aliases take in (`find_story_joins`).
    """
    if source.fault is not None:
        raise SourceError(source.fault)
    settings, force = run.settings_of(source), run.options.force
    formats = run.formats_of(source.name)
    plan = _plan(run, source, settings, formats)
    all_editions = plan_editions(plan.folder, formats, plan) if run.is_for_whole_books else ()
    editions = [edition for edition in all_editions if force or not is_edition_made(edition)]
    tracks = _find_unmade(run, plan, editions)
    # A chapter that is heard anew may sound otherwise than it did in the book.
    heard = {track.path for track in tracks if any(spec.to_hear for spec in track.specs)}
    editions += [
        edition
        for edition in all_editions
        if edition not in editions and any(track.path in heard for track in edition.tracks)
    ]
    joined = StoryJoins()
    if tells_joins and tracks:
        joined = find_story_joins(source.path, settings, plan.script, run.reads)
    reasons = explain_tracks(plan, tracks, settings, forced=force, formerly=joined.formerly)
    reasons |= {edition.path: explain_edition(edition, tracks, forced=force) for edition in editions}
    missing, clips = _find_missing(run, tracks)
    report = _describe(plan, joined, run.project.voices)
    report = replace(
        report,
        name=source.name,
        warnings=(*report.warnings, *_warn_of_server(settings, formats)),
        reasons=reasons,
        work=estimate_tracks(tracks, missing),
    )
    return StoryWork(
        plan=plan,
        report=report,
        missing=missing,
        clips=clips,
        tracks=tracks,
        editions=editions,
        all_editions=all_editions,
    )


def _plan(run: Run, source: Source, settings: StorySettings, formats: Sequence[str]) -> StoryPlan:
    """Plan a story where its files shall lie; where they are not moved there yet, where they lie."""
    plan_in = partial(
        plan_story,
        source.path,
        settings,
        project=run.project,
        encoding=Encoding(encoder=run.encoder, codecs=codecs_for(formats), parts=run.cache.folder),
        scope=run.options.scope,
        reads=run.reads,
    )
    plan = plan_in()
    if run.is_for_whole_books and run.options.scope.reading == NO_WISH:
        run.series.keep(source.path, settings, plan.script, plan.cast)
    if run.options.scope.preview is not None:
        return plan
    owner = run.folders.get(str(plan.folder).casefold(), plan.name)
    if owner != plan.name:
        raise SourceError(refuse_folder(plan.name, owner, plan.folder))
    if run.moves:
        if settings.layout == "audiobookshelf":
            hide_previews(run.project)
        _make_room(run, plan)
        settle_folder(run.project, plan.name, plan.folder, run.folders.values())
    run.folders[str(plan.folder).casefold()] = plan.name
    if run.moves:
        return plan
    before = find_made_folder(run.project, plan.name)
    is_there = plan.folder.exists() and find_owner(run.project, plan.name, plan.folder) is None
    return plan if is_there or before is None else plan_in(folder=before)


def _make_room(run: Run, plan: StoryPlan) -> None:
    """Move the story whose place a plan has, if it shall lie elsewhere now, to the folder called as it.

    From there it moves on when it is planned itself: two stories may change places.
    """
    other = find_owner(run.project, plan.name, plan.folder)
    path = next((path for path in list_texts(run.project) if path.stem == other), None)
    if other is None or path is None:
        return
    try:
        own = run.settings_of(Source(name=other, path=path))
        script, _ = run.reads(path, own)
    except NarrateError:
        return  # it has the place until it is known that it leaves
    place = place_book(run.project.output, own.layout, script.book)
    if str(place).casefold() != str(plan.folder).casefold():
        aside = run.project.output / story_folder(other)
        settle_folder(run.project, other, aside, run.folders.values())


def _warn_of_server(settings: StorySettings, formats: Sequence[str]) -> list[str]:
    sounds = [name for name in formats if name in {*get_args(TrackFormat), "m4b", SAMPLE}]
    if settings.layout != "audiobookshelf" or len(sounds) < 2:
        return []
    told = f"Audiobookshelf plays all sound files of a folder, one after the other: of {', '.join(sounds)}"
    return [f"{told} write one alone (output.formats in voices.yaml, or --format)"]


def _find_unmade(run: Run, plan: StoryPlan, editions: Sequence[EditionPlan]) -> list[TrackPlan]:
    """Return the tracks to make, for themselves or for whole-book files that are to be made."""
    # A finished whole-book file needs its parts no more, and the cache may have let go of them.
    needed = {part.path for edition in editions for part in edition.parts}
    unmade = []
    for track in plan.tracks:
        if track.is_part and track.path not in needed:
            continue
        is_there_already = is_made(track) and not run.options.force
        if is_there_already and not track.is_part:
            continue
        listened = _listen_to(run, plan, track)
        # A part in the cache may be of a time when nobody listened.
        if not is_there_already or any(
            spec.to_hear and find_take(spec, run.cache) is None for spec in listened.specs
        ):
            unmade.append(listened)
    return unmade


def _listen_to(run: Run, plan: StoryPlan, track: TrackPlan) -> TrackPlan:
    """Have the clips of a track heard that is to be made, where the run listens."""
    if run.recognizer is None:
        return track
    specs = plan_to_hear(track.utterances, track.specs, plan.script.book, run.recognizer)
    return replace(track, specs=specs)


def _find_missing(run: Run, tracks: Sequence[TrackPlan]) -> tuple[dict[str, ClipSpec], int]:
    """Return the clips to speak before the tracks can be made, and how many will be spoken in all.

    On a cluster the former are none: each track's clips are spoken where it is made, for it alone.
    """
    if run.options.scheduler is not None:
        return {}, sum(len({spec.key for spec in track.specs}) for track in tracks)
    specs = {spec.key: spec for track in tracks for spec in track.specs}
    force = run.options.force
    missing = {key: spec for key, spec in specs.items() if force or not is_there(spec, run.cache)}
    return missing, len(missing)


def _describe(plan: StoryPlan, joined: StoryJoins, voices: Path | None) -> StoryReport:
    """Report a story as it was planned by the settings of a `voices` file."""
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
        clips=len({spec.key for track in plan.chapters for spec in track.specs}),
        warnings=(*warnings, *warn_of_unmet(voices, plan.script), *warn_of_joins(voices, joined.joins)),
        notes=tuple(note_joins(voices, joined.joins)),
    )
