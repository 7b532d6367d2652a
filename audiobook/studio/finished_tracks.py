"""What there is to listen to: a story's finished MP3 files, and where in them its words sound."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.caching.clips import ClipCache
from audiobook.caching.track_words import recall_words
from audiobook.errors import StorageError
from audiobook.model import NARRATOR, Script, ScriptChapter, Track, Utterance, Voice
from audiobook.planning.plans import track_paths
from audiobook.planning.records import match_lines, read_record
from audiobook.publishing import read_mark, read_record_text, read_track

_GONE = Utterance(paragraph=0, start=0, end=0, kind="narration", speaker=NARRATOR, text="")
"""Stands for words that are in a file and in its story no more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedTrack:
    """A finished file: its number among the story's, and the fingerprint of what it was made from.

    `voices` are those of its cues' speakers when it was made.
    """

    number: int
    fingerprint: str
    track: Track
    voices: tuple[Voice, ...]


def list_finished(folder: Path, script: Script, cache: ClipCache) -> tuple[FinishedTrack, ...]:
    """Return a story's MP3 files that are in its folder, whole, in order, with their words if known.

    One that was made before voices or words were changed counts too; words that are in the story no
    more have no cue.
    """
    chapters = [chapter for chapter in script.chapters if chapter.utterances]
    paths = track_paths(folder, script)
    found = []
    for number, (path, chapter) in enumerate(zip(paths, chapters, strict=True), 1):
        mark = read_mark(path)
        if mark is not None and (read := _read(path, chapter, mark.fingerprint, cache)) is not None:
            track, voices = read
            found.append(
                FinishedTrack(number=number, fingerprint=mark.fingerprint, track=track, voices=voices)
            )
    return tuple(found)


def _read(
    path: Path, chapter: ScriptChapter, fingerprint: str, cache: ClipCache
) -> tuple[Track, tuple[Voice, ...]] | None:
    """Read a chapter's file, and in which voice each of its cues was spoken."""
    record = read_record(read_record_text(path) or "")
    if record is None:
        return None
    lines = [line or _GONE for line in match_lines(record, chapter.utterances)]
    try:
        track = read_track(path, chapter.title, chapter.number, lines)
    except StorageError:  # replaced between two looks, or damaged
        return None
    cues = recall_words(fingerprint, track.cues, cache) or track.cues
    there = [(cue, line.voice) for cue, line in zip(cues, record.lines, strict=True)]
    there = [(cue, voice) for cue, voice in there if cue.utterance is not _GONE]
    return replace(track, cues=tuple(cue for cue, _ in there)), tuple(voice for _, voice in there)
