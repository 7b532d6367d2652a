"""A story as it stands on the shelf: what it is called, how long it is, and whether it is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from audiobook.building.run import Run
from audiobook.building.schedule import StoryWork
from audiobook.building.survey import survey_story
from audiobook.planning.estimate import estimate_speech_s, silence_s
from audiobook.planning.plans import TrackPlan
from audiobook.planning.samples import SAMPLE
from audiobook.project.layout import Source
from audiobook.publishing import read_mark

State = Literal["made", "stale", "unmade", "unreadable"]
"""*made*: every file is there as it would be made now; *stale*: something is there, but not that."""

_NEVER_MADE = ("never made",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfStory:
    """A story and its state; `error` says why it is unreadable.

    `seconds` are those of the finished files, of what is not finished an estimate.  `files` are finished;
    `reasons` say why the others are to be made, each once.
    """

    name: str
    title: str
    author: str | None
    language: str
    words: int
    seconds: float
    state: State
    error: str | None
    reasons: tuple[str, ...]
    files: int


def look_at_story(run: Run, source: Source) -> ShelfStory:
    """Find out how a story stands, without making anything."""
    report, work = survey_story(run, source)
    if work is None:
        return unreadable(source.name, "\n".join(report.errors))
    book = work.plan.script.book
    missing = {*(track.path for track in work.tracks), *(edition.path for edition in work.editions)}
    made = [track for track in work.plan.tracks if not track.is_part and track.path not in missing]
    return ShelfStory(
        name=source.name,
        title=book.title,
        author=book.author,
        language=book.language,
        words=report.words,
        seconds=_add_up(work.plan.chapters, missing),
        state=_judge(work, has_files=bool(made) or len(work.all_editions) > len(work.editions)),
        error=None,
        reasons=tuple(dict.fromkeys(reason for reasons in report.reasons.values() for reason in reasons)),
        files=len(made) + len(work.all_editions) - len(work.editions),
    )


def unreadable(name: str, error: str) -> ShelfStory:
    """Describe a story of which nothing is known but what is wrong with it."""
    return ShelfStory(
        name=name,
        title=name,
        author=None,
        language="",
        words=0,
        seconds=0.0,
        state="unreadable",
        error=error,
        reasons=(),
        files=0,
    )


def _judge(work: StoryWork, *, has_files: bool) -> State:
    if not work.tracks and not work.editions:
        return "made"
    is_new = all(reasons == _NEVER_MADE for reasons in work.report.reasons.values())
    return "unmade" if is_new and not has_files else "stale"


def _add_up(tracks: Sequence[TrackPlan], missing: set[Path]) -> float:
    seconds = 0.0
    for track in tracks:
        if track.codec == SAMPLE:
            continue
        mark = None if track.path in missing else read_mark(track.path)
        if mark is not None:
            seconds += mark.seconds
            continue
        seconds += silence_s(track.utterances, track.spacing)
        seconds += sum(estimate_speech_s(spec.text, spec.voice) for spec in track.specs)
    return seconds
