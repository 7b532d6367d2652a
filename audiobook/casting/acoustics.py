"""How voices sound, from a table of measurements: how far apart two are, and how clear one is.

The tables (`acoustics_ENGINE.txt`) are written by benchmarks/voice_distances.py.  A voice of eSpeak's that
the table lacks counts as its variant in plain American, else as its accent; of other engines' voices that
no table has nothing is known but whether they are one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from audiobook.model import Voice

SEMITONES_PER_STEP = {"pyttsx3": 0.17, "kokoro": 0.08}
"""What a step of pitch adds.  eSpeak's: measured on seven voices of the pools, 0.16 to 0.23; Kokoro's is set
(`engines/neural/waves.py`: four semitones in fifty steps)."""

_USUAL_STEP = 0.17

ACCENT_DISTANCE = 1.0
"""What a different accent adds, on a scale where 1 is two semitones or 3 dB in every band.  Taste."""

UNKNOWN_DISTANCE = 2.0
"""Between two voices of which nothing is known: the mean of the built-in men's pool."""

MEAN_CLARITY = 0.44
"""Of eSpeak's cast; what a voice counts as that is not in a table."""

_PLAIN_ACCENT = "en-us"
_FIGURES = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Acoustics:
    """A row of the table: median F0 in Hz at pitch 50, clarity 0 to 1, levels of five octaves in dB."""

    f0_hz: float
    clarity: float
    colour_db: tuple[float, ...]


@cache
def read_acoustics(engine: str) -> dict[str, Acoustics]:
    """Return an engine's table by voice id; empty where it has none."""
    path = files(__package__).joinpath(f"acoustics_{engine}.txt")
    table: dict[str, Acoustics] = {}
    for line in path.read_text(encoding="utf-8").splitlines() if path.is_file() else ():
        if not line.startswith("#"):
            voice, f0_hz, clarity, *colour = line.rsplit(None, _FIGURES)
            table[voice] = Acoustics(
                f0_hz=float(f0_hz), clarity=float(clarity), colour_db=tuple(map(float, colour))
            )
    return table


def measure_clarity(voice: Voice) -> float:
    """Return how clear a voice is, 0 to 1."""
    found = _find(voice.engine, voice.id)
    return MEAN_CLARITY if found is None else found.clarity


def measure_distance(one: Voice, other: Voice) -> float:
    """Return how far apart two voices sound; 1 is two semitones, 3 dB in every band, or an accent.

    A difference of rate or volume alone makes no other voice.
    """
    return _measure((one.engine, one.id, one.pitch), (other.engine, other.id, other.pitch))


@cache
def _measure(one: tuple[str, str, int], other: tuple[str, str, int]) -> float:
    (engine, voice, pitch), (other_engine, other_voice, other_pitch) = one, other
    semitones = _raised_by(engine, pitch) - _raised_by(other_engine, other_pitch)
    if (engine, voice) == (other_engine, other_voice):
        return abs(semitones) / 2
    ours, theirs = _find(engine, voice), _find(other_engine, other_voice)
    if ours is None or theirs is None:
        return UNKNOWN_DISTANCE
    # A voice without a pitch of its own (a whisper) is as far from any other as its colour is.
    if ours.f0_hz and theirs.f0_hz:
        semitones += 12 * math.log2(ours.f0_hz / theirs.f0_hz)
    pairs = zip(ours.colour_db, theirs.colour_db, strict=True)
    colour_db = math.sqrt(sum((a - b) ** 2 for a, b in pairs) / len(ours.colour_db))
    is_alike = (engine, _accent(engine, voice)) == (other_engine, _accent(other_engine, other_voice))
    return math.hypot(semitones / 2, colour_db / 3, 0.0 if is_alike else ACCENT_DISTANCE)


def _raised_by(engine: str, pitch: int) -> float:
    """Return by how many semitones a pitch raises a voice."""
    return SEMITONES_PER_STEP.get(engine, _USUAL_STEP) * (pitch - 50)


def _accent(engine: str, voice: str) -> str:
    """Return what tells a voice's accent: eSpeak's language, the first letter of Kokoro's name."""
    return voice.partition("+")[0] if engine == "pyttsx3" else voice[:1]


@cache
def _find(engine: str, voice: str) -> Acoustics | None:
    table = read_acoustics(engine)
    if engine != "pyttsx3":
        return table.get(voice)
    accent, plus, variant = voice.partition("+")
    # eSpeak's voices of all languages are one formant synthesizer's; the variant makes most of the sound.
    alike = table.get(f"{_PLAIN_ACCENT}+{variant}" if plus else _PLAIN_ACCENT)
    return table.get(voice) or (alike if plus else None) or table.get(accent) or alike
