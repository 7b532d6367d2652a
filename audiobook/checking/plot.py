"""A picture of a track: its wave in the colours of who speaks, its loudness, its scenes; as SVG.

A column of the picture is at least a pixel's worth of time, so that a two-hour file takes no more than a
short one: some 100 kB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from audiobook.checking.hearing import describe_line
from audiobook.checking.meter import Measurement, short_term
from audiobook.checking.profiles import Profile
from audiobook.checking.report import HeardLine
from audiobook.model import NARRATOR, Cue
from audiobook.plurals import count

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MARK = "<!-- narrate check -->"
"""By which narrate knows its own pictures."""

_WIDTH, _HEIGHT = 1600, 560
_LEFT, _RIGHT = 56, 1584
_WAVE_TOP, _WAVE_BOTTOM = 70, 290
_LOUD_TOP, _LOUD_BOTTOM = 330, 490
_LOUDEST, _QUIETEST = 0, -60

_NARRATOR_COLOUR = "#5b6470"
# Okabe and Ito's palette, made for all kinds of colour vision, then its neighbours in lightness.
_COLOURS = "#0072b2 #d55e00 #009e73 #cc79a7 #b8860b #56b4e9 #7b3294 #8c510a #1b7837 #c51b7d".split()
_OTHERS_COLOUR = "#e69f00"
_PAUSE_COLOUR = "#c3c9d1"
_LOST_COLOUR, _OTHERWISE_COLOUR = "#c00", "#e6a700"


def draw_track(
    title: str,
    cues: Sequence[Cue],
    heard: Measurement,
    profile: Profile,
    lines: Sequence[HeardLine] = (),
) -> str:
    """Draw a track as an SVG document; `lines` are as a recognizer heard them."""
    scale = _Scale(heard.seconds)
    colours = _choose_colours(cues)
    size = f'viewBox="0 0 {_WIDTH} {_HEIGHT}" width="{_WIDTH}" height="{_HEIGHT}"'
    look = 'font-family="sans-serif" font-size="13" fill="#222"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {look}>',
        _MARK,
        f"<title>{escape(_printable(title))}</title>",
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>',
        f'<text x="{_LEFT}" y="26" font-size="18" font-weight="bold">{escape(_printable(title))}</text>',
        *_legend(cues, colours),
        *_scenes(cues, scale),
        *_wave(cues, colours, heard, scale),
        *_marks(lines, scale),
        *_loudness(heard, profile, scale),
        *_times(scale),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def is_own_picture(path: Path) -> bool:
    """Tell whether a picture is one of these."""
    try:
        with path.open("rb") as file:
            return _MARK.encode() in file.read(1000)
    except OSError:
        return False


class _Scale:
    """Seconds to pixels."""

    def __init__(self, seconds: float) -> None:
        self.seconds = max(seconds, 0.001)

    def x(self, seconds: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * min(seconds / self.seconds, 1)


def _printable(words: str) -> str:
    """Leave out what XML can't hold."""
    return "".join(char for char in words if char.isprintable())


def _name(speaker: str | None) -> str:
    return "speaker not told" if speaker is None else speaker


def _choose_colours(cues: Sequence[Cue]) -> dict[str | None, str]:
    """Give the narrator grey, those who speak most a colour each, and all others one together."""
    spoken: Counter[str | None] = Counter()
    for cue in cues:
        spoken[cue.utterance.speaker] += round((cue.end_s - cue.start_s) * 1000)
    speakers = [speaker for speaker, _ in spoken.most_common() if speaker != NARRATOR]
    colours = dict(zip(speakers, _COLOURS, strict=False))
    return {NARRATOR: _NARRATOR_COLOUR} | {s: colours.get(s, _OTHERS_COLOUR) for s in speakers}


def _legend(cues: Sequence[Cue], colours: dict[str | None, str]) -> Iterator[str]:
    names = [(_name(s), colour) for s, colour in colours.items() if colour != _OTHERS_COLOUR]
    others = len(colours) - len(names)
    if others:
        names.append((count(others, "other"), _OTHERS_COLOUR))
    x = float(_LEFT)
    for name, colour in names if cues else [("no cues known", _PAUSE_COLOUR)]:
        shown = _printable(name)[:28]
        yield f'<rect x="{x:.0f}" y="41" width="12" height="12" fill="{colour}"/>'
        yield f'<text x="{x + 17:.0f}" y="52">{escape(shown)}</text>'
        x += 40 + 7.5 * len(shown)


def _scenes(cues: Sequence[Cue], scale: _Scale) -> Iterator[str]:
    """Mark where a scene or a headed section begins."""
    for index, cue in enumerate(cues):
        is_heading = cue.utterance.kind == "heading"
        if not is_heading and (cue.utterance.follows != "scene" or index == 0):
            continue
        x = scale.x(cue.start_s)
        words = cue.utterance.text if is_heading else "scene"
        yield (
            f'<path d="M{x:.1f} {_WAVE_TOP}V{_LOUD_BOTTOM}" stroke="#999" stroke-dasharray="4 4">'
            f"<title>{escape(_printable(words))}</title></path>"
        )
        if is_heading:
            short = escape(_printable(words)[:24])
            yield f'<text x="{x + 3:.1f}" y="{_WAVE_BOTTOM + 18}" font-size="11">{short}</text>'


def _wave(
    cues: Sequence[Cue], colours: dict[str | None, str], heard: Measurement, scale: _Scale
) -> Iterator[str]:
    """Draw the peak (pale) and the RMS of each column around the middle, a path for each colour."""
    columns = min(_RIGHT - _LEFT, max(len(heard.outline_peak), 1))
    whose = _speakers_of_columns(cues, colours, columns, heard.seconds)
    middle = (_WAVE_TOP + _WAVE_BOTTOM) / 2
    width = (_RIGHT - _LEFT) / columns
    for outline, opacity in ((heard.outline_peak, 0.35), (heard.outline_rms, 1)):
        heights = _reduce(outline, columns)
        for colour in [_PAUSE_COLOUR, *dict.fromkeys(colours.values())]:
            lines = _bars(heights, [owner == colour for owner in whose], width)
            if lines:
                pen = f'stroke="{colour}" stroke-opacity="{opacity}" stroke-width="{width:.2f}"'
                yield f'<path d="{lines}" {pen}/>'
    for label, y in (("1", _WAVE_TOP), ("0", middle), ("−1", _WAVE_BOTTOM)):
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" font-size="11">{label}</text>'
    yield from _tooltips(cues, scale)


def _bars(heights: NDArray[np.float32], is_wanted: Sequence[bool], width: float) -> str:
    """Draw a bar around the middle for each wanted column."""
    middle, reach = (_WAVE_TOP + _WAVE_BOTTOM) / 2, (_WAVE_BOTTOM - _WAVE_TOP) / 2
    bars = []
    for column, (height, wanted) in enumerate(zip(heights.tolist(), is_wanted, strict=False)):
        if wanted:
            half = max(min(height, 1) * reach, 0.4)
            bars.append(f"M{_LEFT + (column + 0.5) * width:.1f} {middle - half:.1f}v{2 * half:.1f}")
    return "".join(bars)


def _marks(lines: Sequence[HeardLine], scale: _Scale) -> Iterator[str]:
    """Underline what was not heard in red, and what was heard otherwise in amber."""
    for line in lines:
        if line.heard.is_clear:
            continue
        x, colour = scale.x(line.start_s), _LOST_COLOUR if line.heard.is_loss else _OTHERWISE_COLOUR
        width = max(3.0, scale.x(line.end_s) - x)
        yield (
            f'<rect x="{x:.1f}" y="{_WAVE_BOTTOM + 1}" width="{width:.1f}" height="6" fill="{colour}">'
            f"<title>{escape(_printable(describe_line(line)))}</title></rect>"
        )


def _reduce(values: NDArray[np.float32], columns: int) -> NDArray[np.float32]:
    """Keep the highest value of each of so many columns."""
    import numpy as np

    if not len(values):
        return values
    starts = np.linspace(0, len(values), columns, endpoint=False).astype(np.intp)
    reduced: NDArray[np.float32] = np.maximum.reduceat(values, starts)
    return reduced


def _speakers_of_columns(
    cues: Sequence[Cue], colours: dict[str | None, str], columns: int, seconds: float
) -> list[str]:
    """Return each column's colour: that of the cue at its middle, of several in a column the last."""
    whose = [_PAUSE_COLOUR] * columns
    per_second = columns / max(seconds, 0.001)
    for cue in cues:
        first, last = int(cue.start_s * per_second), int(cue.end_s * per_second)
        for column in range(max(first, 0), min(last + 1, columns)):
            whose[column] = colours[cue.utterance.speaker]
    return whose


def _tooltips(cues: Sequence[Cue], scale: _Scale) -> Iterator[str]:
    """Say under the mouse who speaks and what, where a file is short enough for that to be hit."""
    if len(cues) > 400:
        return
    for cue in cues:
        x, width = scale.x(cue.start_s), scale.x(cue.end_s) - scale.x(cue.start_s)
        words = _printable(f"{_name(cue.utterance.speaker)}: {cue.utterance.text}")[:120]
        yield (
            f'<rect x="{x:.1f}" y="{_WAVE_TOP}" width="{width:.1f}" height="{_WAVE_BOTTOM - _WAVE_TOP}" '
            f'fill="#fff" fill-opacity="0"><title>{escape(words)}</title></rect>'
        )


def _loudness(heard: Measurement, profile: Profile, scale: _Scale) -> Iterator[str]:
    """Draw the loudness of 3 s as a curve, with the measured figures and the profile's window."""
    curve = short_term(heard)
    for level in range(_QUIETEST, _LOUDEST + 1, 20):
        y = _level_y(level)
        yield f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="#e4e7eb"/>'
        label = str(level).replace("-", "−")
        yield f'<text x="{_LEFT - 8}" y="{y + 4:.0f}" text-anchor="end" font-size="11">{label}</text>'
    for limit in profile.limits:
        if limit.figure in {"rms", "loudness"}:
            top, bottom = _level_y(limit.most), _level_y(limit.least)
            yield (
                f'<rect x="{_LEFT}" y="{top:.1f}" width="{_RIGHT - _LEFT}" height="{bottom - top:.1f}" '
                f'fill="#009e73" fill-opacity="0.15"><title>{limit.figure}: {limit}</title></rect>'
            )
    if len(curve):
        columns = min(_RIGHT - _LEFT, len(curve))
        reduced = _reduce(curve.astype("float32"), columns)
        step = heard.seconds / len(reduced)
        points = " ".join(
            f"{scale.x((n + 0.5) * step):.1f},{_level_y(float(v)):.1f}" for n, v in enumerate(reduced)
        )
        yield f'<polyline points="{points}" fill="none" stroke="#0b5394" stroke-width="1.4"/>'
    figures = (
        f"loudness over 3 s (the wave: peaks pale, RMS full); whole file: {heard.lufs:.1f} LUFS, "
        f"RMS {heard.rms_db:.1f} dB, peak {heard.peak_db:.1f} dB, noise floor {heard.floor_db:.1f} dB "
        f"(green: {profile.title})"
    )
    yield f'<text x="{_LEFT}" y="{_LOUD_TOP - 8}">{escape(figures.replace("-", "−"))}</text>'


def _level_y(level: float) -> float:
    level = min(max(level, _QUIETEST), _LOUDEST)
    return _LOUD_TOP + (_LOUDEST - level) / (_LOUDEST - _QUIETEST) * (_LOUD_BOTTOM - _LOUD_TOP)


def _times(scale: _Scale) -> Iterator[str]:
    """Mark the time at round intervals, a dozen at most."""
    steps = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600)
    step = next((step for step in steps if scale.seconds / step <= 12), 7200)
    for second in range(0, int(scale.seconds) + 1, step):
        x = scale.x(second)
        hours, rest = divmod(second, 3600)
        shown = f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else f"{rest // 60}:{rest % 60:02d}"
        yield f'<path d="M{x:.1f} {_LOUD_BOTTOM}v5" stroke="#666"/>'
        yield f'<text x="{x:.1f}" y="{_LOUD_BOTTOM + 20}" text-anchor="middle" font-size="11">{shown}</text>'
