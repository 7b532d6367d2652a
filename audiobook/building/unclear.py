"""The lines of a story of which something was not heard: kept in `output/.heard`, a file for each story.

Two find them: a run, where it listens to clips as it makes them, and `narrate check --listen`, which hears
the finished files.  What either found of a file stays until that is made or heard anew.  The studio shows it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Literal

from audiobook.building.report import UnclearLine
from audiobook.building.takes import find_take
from audiobook.caching.clips import ClipCache
from audiobook.checking import HeardLine, describe_line
from audiobook.errors import StorageError
from audiobook.files import write_whole
from audiobook.model import ScriptChapter, Track
from audiobook.planning.plans import StoryPlan, TrackPlan
from audiobook.planning.samples import SAMPLE
from audiobook.project.layout import HEARD, Project, story_folder

FoundBy = Literal["making", "check"]

_VERSION = 1


def read_unclear(
    project: Project, story: str, found_by: FoundBy, keys: Collection[str] | None = None
) -> tuple[UnclearLine, ...]:
    """Return the lines of a story of which something was not heard, in the order of its chapters.

    `making` are those that were still unclear after they were spoken again, in the files that the story's
    last run left; `check` those that `narrate check --listen` found when it heard the files last.  A line
    says its place (`file`, `chapter`, `line`, seconds), its `words` as they stand in the book, what was
    `heard`, the `verdict` (`listening.verdicts`) and the reason in words (`told`).  `start` and `end` are
    those of its utterance in `Book.text`: where the story's text has changed since, its words stand
    elsewhere, so compare `words` with the utterance there.  With `keys`, only those of the files that
    `keep_unclear` was given these for.  Nothing where nobody has listened, or the record can't be read.
    """
    found = _read(project, story).get(found_by, {})
    lines = [line for key, own in found.items() if keys is None or key in keys for line in own]
    # A line that two formats hold is one line.
    once = {(line.chapter, line.line, line.words): line for line in reversed(lines)}
    return tuple(sorted(once.values(), key=lambda line: (line.chapter, line.line)))


def read_all_unclear(project: Project, story: str) -> list[UnclearLine]:
    """Return each unclear line of a story once; whoever hears finished files knows better than a run."""
    found = [*read_unclear(project, story, "check"), *read_unclear(project, story, "making")]
    return list({(line.words, line.start): line for line in reversed(found)}.values())


def keep_unclear(
    project: Project, story: str, found_by: FoundBy, found: Mapping[str, Sequence[UnclearLine]]
) -> None:
    """Note the unclear lines of files, in place of those that were noted of them.  Raises `StorageError`.

    Files go by a key: a track's fingerprint where they were made, the path where they were checked.
    """
    record = _read(project, story)
    before = record.get(found_by, {})
    lines = {**before, **{key: tuple(lines) for key, lines in found.items()}}
    lines = {key: own for key, own in lines.items() if own}
    if lines != before:
        _write(project, story, {**record, found_by: lines})


def forget_unclear(project: Project, story: str, found_by: FoundBy, kept: Collection[str]) -> None:
    """Forget what was noted of other files than these.  Raises `StorageError`."""
    record = _read(project, story)
    lines = {key: own for key, own in record.get(found_by, {}).items() if key in kept}
    if lines != record.get(found_by, {}):
        _write(project, story, {**record, found_by: lines})


def name_chapters(plan: StoryPlan) -> set[str]:
    """Return the fingerprints of a story's chapters in all formats."""
    return {track.fingerprint for track in plan.tracks if track.codec != SAMPLE}


def is_told_by(track: TrackPlan, made: Iterable[TrackPlan]) -> bool:
    """Tell whether a track is the one by which the lines of its chapter are told, of all that are made of it.

    One format is enough: the others are made of the same clips.
    """
    if track.codec == SAMPLE:
        return False
    return next(each for each in made if each.codec != SAMPLE and each.chapter == track.chapter) == track


def find_unclear(plan: TrackPlan, path: Path, track: Track, cache: ClipCache) -> list[UnclearLine]:
    """Return the lines of a track that was just made which are unclear in the takes that it is made of.

    `path` is the file that a person finds them in.
    """
    found = []
    for number, (cue, spec) in enumerate(zip(track.cues, plan.specs, strict=False), 1):
        take = find_take(spec, cache)
        if take is None or take.heard.is_clear:
            continue
        line = HeardLine(
            file=path,
            text=cue.utterance.text,
            speaker=cue.utterance.speaker,
            start_s=cue.start_s,
            end_s=cue.end_s,
            heard=take.heard,
            span=(cue.utterance.start, cue.utterance.end),
        )
        found.append(_describe(line, number, plan.chapter, plan.tags.title, again=take.again))
    return found


def describe_heard(
    lines: Iterable[HeardLine], chapters: Sequence[ScriptChapter]
) -> dict[str, list[UnclearLine]]:
    """Return the unclear ones of the lines that were heard in finished files, by file, those without too."""
    places = {
        (each.start, each.end): (number, chapter)
        for chapter in chapters
        for number, each in enumerate(chapter.utterances, 1)
    }
    found: dict[str, list[UnclearLine]] = {}
    for line in lines:
        own = found.setdefault(str(line.file), [])
        if line.heard.is_clear or line.span not in places:
            continue
        number, chapter = places[line.span]
        own.append(_describe(line, number, chapter.number, chapter.title))
    return found


def _describe(line: HeardLine, number: int, chapter: int, title: str, *, again: int = 0) -> UnclearLine:
    return UnclearLine(
        file=str(line.file),
        chapter=chapter,
        title=title,
        line=number,
        start=line.span[0],
        end=line.span[1],
        start_s=round(line.start_s, 3),
        end_s=round(line.end_s, 3),
        speaker=line.speaker,
        words=line.text,
        heard=line.heard.words,
        verdict=line.heard.verdict,
        told=describe_line(line),
        again=again,
    )


def unclear_place(project: Project, story: str) -> Path:
    """Return where it is noted what was heard of a story."""
    return project.output / HEARD / f"{story_folder(story)}.json"


def _read(project: Project, story: str) -> dict[str, dict[str, tuple[UnclearLine, ...]]]:
    """Return what is noted; nothing of what is damaged, or another version's."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError, AttributeError):
        record: dict[str, Any] = json.loads(unclear_place(project, story).read_bytes())
        if record.pop("version") == _VERSION:
            return {
                found_by: {key: tuple(UnclearLine(**line) for line in lines) for key, lines in own.items()}
                for found_by, own in record.items()
            }
    return {}


def _write(project: Project, story: str, record: Mapping[str, Mapping[str, Sequence[UnclearLine]]]) -> None:
    kept = {
        found_by: {key: [asdict(line) for line in lines] for key, lines in own.items()}
        for found_by, own in record.items()
    }
    path = unclear_place(project, story)
    try:
        write_whole(path, json.dumps({"version": _VERSION, **kept}, ensure_ascii=False, indent=1).encode())
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error
