"""One file's check from beginning to end: what a worker process does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio import Encoder
from audiobook.checking.completeness import PlannedFile, judge_track
from audiobook.checking.decoding import decode
from audiobook.checking.hearing import judge_heard
from audiobook.checking.meter import Measurement, Meter
from audiobook.checking.plot import draw_track
from audiobook.checking.profiles import Profile
from audiobook.checking.report import Finding, HeardLine
from audiobook.checking.silences import judge_silences
from audiobook.checking.sound import Header, judge_figures, measure_figures, read_header
from audiobook.checking.tags import ShownTags, judge_label
from audiobook.errors import StorageError
from audiobook.files import write_whole
from audiobook.model import Track

_ANEW = "narrate --force makes it anew"
"""A plain run may take a damaged file for whole: it looks at its tags and its length."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileToCheck:
    """A file to be checked, and what it should be.

    `track` holds the cues that the file itself tells, None where it tells none.  `stale` says why the
    file is not what would be made now (nothing where it is).  `picture` is where to draw it, if at all.
    `heard` are its lines as a recognizer heard them, None where none has listened.
    """

    path: Path
    planned: PlannedFile
    label: ShownTags
    track: Track | None
    stale: tuple[str, ...] = ()
    picture: Path | None = None
    heard: Sequence[HeardLine] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedFile:
    """A file's findings, and the figures by which it is compared with others (none where it can't be)."""

    path: Path
    findings: tuple[Finding, ...]
    figures: Mapping[str, float]
    seconds: float = 0.0


def check_file(wanted: FileToCheck, profile: Profile, ffmpeg: Encoder) -> CheckedFile:
    """Decode and measure a file once, judge it by profile, plan and book, and draw it where asked to.

    Raises `EncoderError` where ffmpeg can't be started, `StorageError` where the picture can't be written.
    """
    path = wanted.path
    stale = [judge_stale(path, wanted.stale)]
    header = read_header(path)
    if isinstance(header, str):
        return CheckedFile(path=path, findings=(unreadable(path, header), *stale), figures={})
    listened = listen(path, ffmpeg)
    if isinstance(listened, str):
        return CheckedFile(path=path, findings=(unreadable(path, listened), *stale), figures={})
    heard, complaints = listened
    figures = measure_figures(heard, header)
    findings = [
        *stale,
        judge_decoding(path, complaints),
        *judge_figures(path, figures, header, profile),
        judge_label(path, wanted.label),
        *_judge_cues(wanted, heard),
        *(judge_heard(path, wanted.heard) if wanted.heard is not None else ()),
    ]
    if wanted.picture is not None:
        _draw(wanted.picture, wanted, heard, header, profile)
    return CheckedFile(path=path, findings=tuple(findings), figures=figures, seconds=heard.seconds)


def listen(path: Path, ffmpeg: Encoder) -> tuple[Measurement, list[str]] | str:
    """Decode and measure a file; return what ffmpeg complained of too, or alone where it found no sound."""
    with decode(path, ffmpeg) as decoded:
        if isinstance(decoded, str):
            return decoded
        meter = Meter(decoded.sample_rate, decoded.channels)
        for block in decoded.blocks:
            meter.feed(block)
        return meter.finish(), decoded.complaints


def unreadable(path: Path, why: str) -> Finding:
    """Say that a file can't be read, and why."""
    remark = f"{why}; {_ANEW}"
    return Finding(file=path, figure="decodes", value=None, limit="cleanly", passed=False, remark=remark)


def judge_decoding(path: Path, complaints: Sequence[str]) -> Finding:
    """Say what the decoder complained of, if anything."""
    value = f"{len(complaints)} faults" if complaints else "cleanly"
    remark = f"{complaints[0]}; {_ANEW}" if complaints else ""
    return Finding(
        file=path, figure="decodes", value=value, limit="cleanly", passed=not complaints, remark=remark
    )


def judge_stale(path: Path, reasons: Sequence[str]) -> Finding:
    """Say whether a file is what would be made now, and why where it is not."""
    return Finding(
        file=path,
        figure="up to date",
        value="no" if reasons else "yes",
        limit="made of the story and settings as they are",
        passed=not reasons,
        remark=f"{'; '.join(reasons)}: run narrate" if reasons else "",
    )


def _judge_cues(wanted: FileToCheck, heard: Measurement) -> list[Finding]:
    if wanted.track is not None:
        silences = judge_silences(wanted.path, wanted.track.cues, heard)
        return [*judge_track(wanted.path, wanted.track, wanted.planned, heard), silences]
    return [
        Finding(
            file=wanted.path,
            figure="lines",
            value=None,
            limit="each line of the plan in one cue, in order",
            passed=False,
            remark="the file does not tell where its lines are: run narrate to make it anew",
        )
    ]


def _draw(picture: Path, wanted: FileToCheck, heard: Measurement, header: Header, profile: Profile) -> None:
    cues = wanted.track.cues if wanted.track is not None else ()
    title = f"{wanted.label.title} · {header.kind}"
    drawing = draw_track(title, cues, heard, profile, wanted.heard or ())
    try:
        write_whole(picture, drawing.encode())
    except OSError as error:
        raise StorageError(f"{picture}: can't be written: {error.strerror}") from error
