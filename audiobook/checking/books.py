"""A whole-book file's check: an M4B is decoded and measured, an archive read to its last byte."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audiobook.audio import Encoder
from audiobook.checking.completeness import TOLERANCE_MS, PlannedFile, find_speech_s, judge_track
from audiobook.checking.files import (
    CheckedFile,
    FileToCheck,
    judge_decoding,
    judge_stale,
    listen,
    unreadable,
)
from audiobook.checking.hearing import judge_heard
from audiobook.checking.meter import Measurement
from audiobook.checking.profiles import Profile
from audiobook.checking.report import Finding, HeardLine
from audiobook.checking.sound import judge_figures, measure_figures, read_header
from audiobook.checking.tags import ShownTags, judge_label
from audiobook.model import Cue

_MOST_NERO_MARKS = 255
"""Nero's list of chapters, which mutagen reads, counts them in a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookToCheck:
    """A whole-book file to be checked, and what it should be.

    `chapters` are the titles of its files, `heads_s` the silence with which each begins.  `stale` says why
    it is not what would be made now (nothing where it is).  `parts` are the encoded chapters that an M4B was
    joined of, as far as they are still there: they know its lines, which it does not tell itself.
    `heard` are these as a recognizer heard them, None where none has listened.
    """

    path: Path
    chapters: tuple[str, ...]
    heads_s: tuple[float, ...]
    label: ShownTags
    stale: tuple[str, ...] = ()
    parts: tuple[FileToCheck, ...] = ()
    heard: Sequence[HeardLine] | None = None


def check_book(wanted: BookToCheck, profile: Profile, ffmpeg: Encoder) -> CheckedFile:
    """Check an M4B by ear, and an archive (EPUB, LPF) by its checksums: it holds the chapters' own MP3s.

    Raises `EncoderError` where ffmpeg can't be started.
    """
    stale = judge_stale(wanted.path, wanted.stale)
    is_sound = wanted.path.suffix == ".m4b"
    found, seconds = (
        _check_sound(wanted, profile, ffmpeg) if is_sound else ([_judge_archive(wanted.path)], 0.0)
    )
    listened = judge_heard(wanted.path, wanted.heard) if wanted.heard is not None else ()
    return CheckedFile(path=wanted.path, findings=(stale, *found, *listened), figures={}, seconds=seconds)


def _judge_archive(path: Path) -> Finding:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return unreadable(path, f"it is no whole archive: {error}")
    return judge_decoding(path, [f"{broken} in it is damaged"] if broken else [])


def _check_sound(wanted: BookToCheck, profile: Profile, ffmpeg: Encoder) -> tuple[list[Finding], float]:
    """Return the findings, and how many seconds were decoded."""
    path = wanted.path
    header = read_header(path)
    if isinstance(header, str):
        return [unreadable(path, header)], 0.0
    listened = listen(path, ffmpeg)
    if isinstance(listened, str):
        return [unreadable(path, listened)], 0.0
    heard, complaints = listened
    marks = _read_marks(path)
    # How long a file may be is said of chapters.
    profile = replace(profile, limits=tuple(limit for limit in profile.limits if limit.figure != "length"))
    findings = [
        judge_decoding(path, complaints),
        *judge_figures(path, measure_figures(heard, header), header, profile),
        judge_label(path, wanted.label),
        *_judge_marks(wanted, marks, heard),
        *_judge_lines(wanted, [start_s for start_s, _ in marks], heard),
    ]
    return findings, heard.seconds


def _judge_lines(wanted: BookToCheck, starts_s: Sequence[float], heard: Measurement) -> list[Finding]:
    """Check the lines of an M4B's parts at the places that its marks give them."""
    tracks = [part.track for part in wanted.parts if part.track is not None]
    if len(tracks) < len(wanted.chapters) or len(starts_s) < len(tracks):
        remark = "the encoded chapters that it was joined of, which know them, are no longer in the cache"
        unknown = Finding(file=wanted.path, figure="lines", value="not checked", passed=True, remark=remark)
        return [unknown]
    cues: list[Cue] = []
    leads_s: list[float] = []
    tail_s = 0.0
    for start_s, track, part in zip(starts_s, tracks, wanted.parts, strict=False):
        cues += [replace(cue, start_s=start_s + cue.start_s, end_s=start_s + cue.end_s) for cue in track.cues]
        first, *others = part.planned.leads_s
        leads_s += [tail_s + first, *others]
        tail_s = part.planned.tail_s
    planned = PlannedFile(
        utterances=tuple(u for part in wanted.parts for u in part.planned.utterances),
        leads_s=tuple(leads_s),
        expected_s=tuple(s for part in wanted.parts for s in part.planned.expected_s),
        tail_s=tail_s,
    )
    joined = replace(tracks[0], path=str(wanted.path), seconds=heard.seconds, cues=tuple(cues))
    return judge_track(wanted.path, joined, planned, heard)


def _read_marks(path: Path) -> list[tuple[float, str]]:
    from mutagen.mp4 import MP4

    file: Any = MP4(path)
    return [(mark.start, mark.title) for mark in file.chapters or ()]


def _judge_marks(
    wanted: BookToCheck, marks: Sequence[tuple[float, str]], heard: Measurement
) -> list[Finding]:
    """Compare the chapters' marks with the plan, and with where their words set in."""
    chapters = wanted.chapters[:_MOST_NERO_MARKS]
    titles = tuple(title for _, title in marks)
    other = next((pair for pair in zip(titles, chapters, strict=False) if pair[0] != pair[1]), None)
    found = Finding(
        file=wanted.path,
        figure="chapters",
        value=f"{len(titles)} of {len(chapters)}",
        limit="a mark for each, in order, by its title",
        passed=titles == chapters,
        remark=f"{other[0]!r} stands where {other[1]!r} should" if other else "",
    )
    worst, where = 0.0, ""
    for (start_s, title), head_s in zip(marks, wanted.heads_s, strict=False):
        onset_s = find_speech_s(heard, start_s)
        off = onset_s - start_s - head_s if onset_s is not None else float("inf")
        if abs(off) > abs(worst):
            worst, where = off, f"{title!r} at {start_s:.1f} s"
    passed = abs(worst) * 1000 <= TOLERANCE_MS
    return [
        found,
        Finding(
            file=wanted.path,
            figure="speech at its marks",
            value=round(worst * 1000) if worst < float("inf") else None,
            unit="ms off",
            limit=f"within {TOLERANCE_MS} ms",
            passed=passed,
            remark="" if passed else where,
        ),
    ]
