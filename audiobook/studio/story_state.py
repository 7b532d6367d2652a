"""A story as it stands on the shelf: what it is called, how long it is, and whether it is made."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from audiobook.building.run import Run
from audiobook.building.survey import StoryWork, survey_story
from audiobook.errors import NarrateError
from audiobook.model import CREDITS
from audiobook.planning.estimate import estimate_speech_s, silence_s
from audiobook.planning.plans import TrackPlan
from audiobook.planning.samples import SAMPLE
from audiobook.project.layout import Source
from audiobook.publishing import read_mark

State = Literal["made", "part", "stale", "unmade", "unreadable"]
"""*made*: every file is there as it would be made now; *part*: what is there is so, the rest was never made;
*stale*: something is there, but not that."""

_NEVER_MADE = ("never made",)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfChapter:
    """A chapter by its number in the book, and whether its files are there; `seconds` as a story's."""

    number: int
    title: str
    seconds: float
    state: Literal["made", "stale", "unmade"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfStory:
    """A story and its state; `error` says why it is unreadable.

    `seconds` are those of the finished files, of what is not finished an estimate.  `files` are finished;
    `reasons` say why the others are to be made, each once.  `chapters` are in order, without the credits;
    there are none where no chapter has a file of its own.
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
    chapters: tuple[ShelfChapter, ...] = ()


def look_at_story(run: Run, source: Source) -> ShelfStory:
    """Find out how a story stands, without making anything."""
    try:
        work = survey_story(run, source)
    except NarrateError as error:
        return unreadable(source.name, str(error))
    book, report = work.plan.script.book, work.report
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
        chapters=tuple(_list_chapters(work, missing)),
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


def _list_chapters(work: StoryWork, missing: set[Path]) -> Iterator[ShelfChapter]:
    """List the chapters whose own files are to be there; a long one has several, in each format."""
    files: dict[int, list[TrackPlan]] = {}
    for track in work.plan.tracks:
        if not track.is_part and track.codec != SAMPLE and track.chapter != CREDITS:
            files.setdefault(track.chapter, []).append(track)
    titles = {chapter.number: chapter.title for chapter in reversed(work.plan.script.chapters)}
    reasons = work.report.reasons
    for number, tracks in sorted(files.items()):
        absent = [track for track in tracks if track.path in missing]
        is_new = len(absent) == len(tracks) and all(reasons[t.path] == _NEVER_MADE for t in absent)
        first = [track for track in tracks if track.codec == tracks[0].codec]
        yield ShelfChapter(
            number=number,
            title=titles[number],
            seconds=round(_add_up(first, missing), 3),
            state="unmade" if is_new else "stale" if absent else "made",
        )


def _judge(work: StoryWork, *, has_files: bool) -> State:
    if not work.tracks and not work.editions:
        return "made"
    if any(reasons != _NEVER_MADE for reasons in work.report.reasons.values()):
        return "stale"
    return "part" if has_files else "unmade"


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
