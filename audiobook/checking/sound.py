"""A file's sound against a profile: figures of the file's header, and of what a meter shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.checking.meter import OUTLINE_HZ, Measurement
from audiobook.checking.profiles import DIGITAL_SILENCE_DB, Limit, Profile
from audiobook.checking.report import Finding

_SOUND = 10 ** (-50 / 20)
"""A sample over −50 dBFS is sound and no room tone: 10 dB over the loudest floor that shops take."""

_ADVICE: Mapping[str, str] = {
    "rms": "mastered by another version of narrate, or changed since: narrate --force makes it anew",
    "peak": "mastered by another version of narrate, or changed since: narrate --force makes it anew",
    "head": "set pauses: head_ms in voices.yaml",
    "tail": "set pauses: tail_ms in voices.yaml",
    "length": "divide the chapter by a heading",
}

_OF_MP3 = {"bitrate", "sample rate"}
_ALWAYS = (
    Limit(figure="rms", unit="dB"),
    Limit(figure="loudness", unit="LUFS"),
    Limit(figure="peak", unit="dB"),
    Limit(figure="floor", unit="dB"),
    Limit(figure="length", unit="min"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What a file says of itself: `kbps` of its sound, and whether that is constant."""

    kind: str
    kbps: float
    is_constant: bool


def read_header(path: Path) -> Header | str:
    """Read what a file says of itself, or say why that can't be read."""
    import mutagen

    try:
        file = mutagen.File(path)
    except (mutagen.MutagenError, OSError) as error:
        return f"its header can't be read: {error}"
    if file is None:
        return "is no sound file of a known kind"
    info = file.info
    mode = getattr(info, "bitrate_mode", None)
    return Header(
        kind=type(file).__name__,
        # mutagen divides bytes by seconds where the header counts frames: 191.999.
        kbps=float(round(getattr(info, "bitrate", 0) / 1000)),
        # mutagen says UNKNOWN where a file has no header to tell: then all frames it saw were alike.
        is_constant=mode is None or str(mode).rpartition(".")[2] in {"CBR", "UNKNOWN"},
    )


def find_edges_s(measurement: Measurement) -> tuple[float, float]:
    """Return the seconds before the first and after the last sound; all of it where there is none."""
    import numpy as np

    (loud,) = np.nonzero(measurement.outline_peak > _SOUND)
    if not len(loud):
        return measurement.seconds, measurement.seconds
    first, last = int(loud[0]), int(loud[-1]) + 1
    return first / OUTLINE_HZ, max(0.0, measurement.seconds - last / OUTLINE_HZ)


def measure_figures(measurement: Measurement, header: Header) -> dict[str, float]:
    """Return all figures that a profile may limit."""
    head_s, tail_s = find_edges_s(measurement)
    return {
        "rms": measurement.rms_db,
        "loudness": measurement.lufs,
        "peak": measurement.peak_db,
        "floor": measurement.floor_db,
        "bitrate": header.kbps,
        "sample rate": measurement.sample_rate,
        "channels": measurement.channels,
        "head": head_s,
        "tail": tail_s,
        "length": measurement.seconds / 60,
    }


def judge_figures(
    path: Path, figures: Mapping[str, float], header: Header, profile: Profile
) -> list[Finding]:
    """Compare a file's figures with a profile's limits; of other formats than MP3, the sound alone.

    Loudness and levels that the profile does not limit are reported all the same, without a limit.
    """
    is_mp3 = header.kind == "MP3"
    limits = [limit for limit in profile.limits if is_mp3 or limit.figure not in _OF_MP3]
    findings = [_judge(path, figures[limit.figure], limit) for limit in limits]
    told = {limit.figure for limit in profile.limits}
    findings += [_judge(path, figures[limit.figure], limit) for limit in _ALWAYS if limit.figure not in told]
    if profile.is_constant and is_mp3:
        mode = "constant" if header.is_constant else "variable"
        findings.append(
            Finding(
                file=path, figure="bit rate mode", value=mode, limit="constant", passed=header.is_constant
            )
        )
    if profile.file_name is not None and is_mp3:
        findings.append(
            Finding(
                file=path,
                figure="file name",
                value=path.name,
                limit=profile.file_name_words,
                passed=re.fullmatch(profile.file_name, path.name) is not None,
            )
        )
    return findings


def _judge(path: Path | None, value: float, limit: Limit, figure: str = "") -> Finding:
    passed = limit.holds(value)
    remark = "" if passed else _ADVICE.get(limit.figure, "")
    if limit.figure == "floor" and value < DIGITAL_SILENCE_DB:
        remark = "digital silence: half a second of it or more"
    return Finding(
        file=path,
        figure=figure or limit.figure,
        value=round(value, 3),
        unit=limit.unit,
        limit="" if limit in _ALWAYS else str(limit),
        passed=passed,
        remark=remark,
    )


def judge_spread(figures: Sequence[tuple[Path, Mapping[str, float]]], profile: Profile) -> Iterator[Finding]:
    """Compare the files of a book with each other."""
    if not figures:
        return
    for limit in profile.spreads:
        ordered = sorted(figures, key=lambda entry: entry[1][limit.figure])
        (low, least), (high, most) = ordered[0], ordered[-1]
        found = _judge(None, most[limit.figure] - least[limit.figure], limit, f"{limit.figure} spread")
        if not found.passed:
            shown = f"from {least[limit.figure]:.1f} ({low.name}) to {most[limit.figure]:.1f} ({high.name})"
            found = replace(found, remark=shown)
        yield found
    if profile.is_uniform:
        kinds = sorted({int(entry["channels"]) for _, entry in figures})
        words = " and ".join({1: "mono", 2: "stereo"}.get(kind, f"{kind} channels") for kind in kinds)
        yield Finding(
            file=None,
            figure="channels of all files",
            value=words,
            limit="all mono or all stereo",
            passed=len(kinds) == 1,
        )
