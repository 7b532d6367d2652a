"""A whole-book file's check: an M4B is decoded and measured, an archive read to its last byte."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from audiobook.audio import Encoder
from audiobook.checking.completeness import TOLERANCE_MS, find_speech_s
from audiobook.checking.files import CheckedFile, judge_decoding, judge_stale, listen, unreadable
from audiobook.checking.meter import Measurement
from audiobook.checking.profiles import Profile
from audiobook.checking.report import Finding
from audiobook.checking.sound import judge_figures, measure_figures, read_header
from audiobook.checking.tags import Label, judge_label

_MOST_NERO_MARKS = 255
"""Nero's list of chapters, which mutagen reads, counts them in a byte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BookOrder:
    """A whole-book file to be checked, and what it should be.

    `chapters` are the titles of its files, `heads_s` the silence with which each begins.  `stale` says why
    it is not what would be made now (nothing where it is).
    """

    path: Path
    chapters: tuple[str, ...]
    heads_s: tuple[float, ...]
    label: Label
    stale: tuple[str, ...] = ()


def check_book(order: BookOrder, profile: Profile, ffmpeg: Encoder) -> CheckedFile:
    """Check an M4B by ear, and an archive (EPUB, LPF) by its checksums: it holds the chapters' own MP3s.

    Raises `EncoderError` where ffmpeg can't be started.
    """
    stale = judge_stale(order.path, order.stale)
    is_sound = order.path.suffix == ".m4b"
    found, seconds = _check_sound(order, profile, ffmpeg) if is_sound else ([_judge_archive(order.path)], 0.0)
    return CheckedFile(path=order.path, findings=(stale, *found), figures={}, seconds=seconds)


def _judge_archive(path: Path) -> Finding:
    try:
        with zipfile.ZipFile(path) as archive:
            broken = archive.testzip()
    except (OSError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        return unreadable(path, f"it is no whole archive: {error}")
    return judge_decoding(path, [f"{broken} in it is damaged"] if broken else [])


def _check_sound(order: BookOrder, profile: Profile, ffmpeg: Encoder) -> tuple[list[Finding], float]:
    """Return the findings, and how many seconds were decoded."""
    path = order.path
    header = read_header(path)
    if isinstance(header, str):
        return [unreadable(path, header)], 0.0
    listened = listen(path, ffmpeg)
    if isinstance(listened, str):
        return [unreadable(path, listened)], 0.0
    heard, complaints = listened
    # How long a file may be is said of chapters.
    profile = replace(profile, limits=tuple(limit for limit in profile.limits if limit.figure != "length"))
    findings = [
        judge_decoding(path, complaints),
        *judge_figures(path, measure_figures(heard, header), header, profile),
        judge_label(path, order.label),
        *_judge_marks(order, _read_marks(path), heard),
    ]
    return findings, heard.seconds


def _read_marks(path: Path) -> list[tuple[float, str]]:
    from mutagen.mp4 import MP4

    file: Any = MP4(path)
    return [(mark.start, mark.title) for mark in file.chapters or ()]


def _judge_marks(order: BookOrder, marks: Sequence[tuple[float, str]], heard: Measurement) -> list[Finding]:
    """Compare the chapters' marks with the plan, and with where their words set in."""
    wanted = order.chapters[:_MOST_NERO_MARKS]
    titles = tuple(title for _, title in marks)
    other = next((pair for pair in zip(titles, wanted, strict=False) if pair[0] != pair[1]), None)
    found = Finding(
        file=order.path,
        figure="chapters",
        value=f"{len(titles)} of {len(wanted)}",
        limit="a mark for each, in order, by its title",
        passed=titles == wanted,
        remark=f"{other[0]!r} stands where {other[1]!r} should" if other else "",
    )
    worst, where = 0.0, ""
    for (start_s, title), head_s in zip(marks, order.heads_s, strict=False):
        onset_s = find_speech_s(heard, start_s)
        off = onset_s - start_s - head_s if onset_s is not None else float("inf")
        if abs(off) > abs(worst):
            worst, where = off, f"{title!r} at {start_s:.1f} s"
    passed = abs(worst) * 1000 <= TOLERANCE_MS
    return [
        found,
        Finding(
            file=order.path,
            figure="speech at its marks",
            value=round(worst * 1000) if worst < float("inf") else None,
            unit="ms off",
            limit=f"within {TOLERANCE_MS} ms",
            passed=passed,
            remark="" if passed else where,
        ),
    ]
