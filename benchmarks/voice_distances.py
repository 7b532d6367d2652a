"""How far apart voices sound: a table for choosing pools.

    python -m benchmarks.voice_distances                            eSpeak's cast
    python -m benchmarks.voice_distances --engine kokoro            another engine's, which is installed
    python -m benchmarks.voice_distances en-us+f2 en-us+f4          these voices
    python -m benchmarks.voice_distances --engine kokoro --write    the table that casting works with

Each voice speaks the same two sentences.  `F0` is the median fundamental frequency, with the tenth and
ninetieth percentile; `centroid` the centre of the power spectrum; `1-4 kHz` the share of power in the
band that carries consonants (a muffled voice has little); `voiced` the share of periodic frames (a
whisper or a croak has few); `length` how long the sentences take, against the narrator.
The distance of two voices is

    sqrt((semitones between their F0 / 2)^2 + (RMS difference of long-term spectra in dB / 3)^2)

so that 1 is two semitones, or 3 dB in every band.  `nearest` is the closest voice of the same pool and
`narrator` the distance from the narrator.  Accent counts on top of it: it is not in the figure.

`clear` is the Speech Intelligibility Index (ANSI S3.5-1997, table 3: importance of octave bands) of the
voice in noise of the same power, equal in every octave: the share of speech cues that stand above it.
Where less than `FULL_VOICE` of the frames are voiced (a whisper, a croak) it is lowered in proportion.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audiobook.engines import find_cast, open_engine
from audiobook.engines.kokoro.voices import VOICES as KOKORO
from audiobook.engines.neural.voicing import find_f0
from audiobook.model import Clip, EngineCast, Voice

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from audiobook.engines.base import Engine

    Floats = NDArray[np.float64]

TEXT = (
    "We need to get you out there more, said the manager, and nobody in the crowded room would answer "
    "her for a while. You are one of the most exciting new voices in music right now."
)
MEL_BANDS = 24
OCTAVES_HZ = (250, 500, 1000, 2000, 4000, 8000)
IMPORTANCE = (0.0617, 0.1671, 0.2373, 0.2648, 0.2142, 0.0549)
FULL_VOICE = 0.6
COLOURS = 5
"""The lowest so many octave bands make the `colour` of a voice in the table."""

TABLES = Path(__file__).resolve().parent.parent / "audiobook" / "casting"
TABLE_HEAD = """\
# How {engine}'s voices sound, at pitch 50: casting puts those who talk with each other far apart, and
# gives leading parts the clear ones.  Written by benchmarks/voice_distances.py --write, which says how
# each figure is measured: the median fundamental frequency in Hz; the clarity from 0 to 1; the levels of
# five octave bands from 250 Hz to 4 kHz in dB, their mean taken off.  {order}
# voice                  F0 clear   250   500    1k    2k    4k
"""
ORDERS = {
    "pyttsx3": "The built-in voices come first, then\n"
    "# the accents of English, then the variants, spoken with the accent en-us.",
    "kokoro": "The built-in voices come first, by\n# language, then all others.",
}
LANGUAGES = ("en", "es", "fr")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What was measured of one voice; `spectrum` is in dB a mel band, its mean taken off."""

    voice: Voice
    f0_hz: float
    f0_low_hz: float
    f0_high_hz: float
    centroid_hz: float
    presence: float
    voiced: float
    seconds: float
    spectrum: Floats
    colour: Floats
    clarity: float

    def distance(self, other: Sound) -> float:
        """Return how far apart two voices sound (see the module)."""
        semitones = 12 * np.log2(self.f0_hz / other.f0_hz)
        decibels = np.sqrt(np.mean((self.spectrum - other.spectrum) ** 2))
        return float(np.hypot(semitones / 2, decibels / 3))


def measure(voice: Voice, clip: Clip) -> Sound:
    """Return the figures of a clip of `TEXT`."""
    samples = np.frombuffer(clip.samples, dtype="<i2") / 32768
    frames = np.lib.stride_tricks.sliding_window_view(samples, 1024)[::256]
    level = np.sqrt((frames**2).mean(axis=1))
    active = frames[level > 0.1 * np.percentile(level, 95)]
    power: Floats = (
        (np.abs(np.fft.rfft(active * np.hanning(1024), axis=1)) ** 2).mean(axis=0).astype(np.float64)
    )
    hz: Floats = np.fft.rfftfreq(1024, 1 / clip.sample_rate).astype(np.float64)
    f0 = find_f0(samples, clip.sample_rate)
    low, median, high = np.percentile(f0, [10, 50, 90]) if len(f0) else (0.0, 0.0, 0.0)
    octaves = octave_levels(power, hz)
    voiced = len(f0) / (len(samples) / 512)
    return Sound(
        voice=voice,
        f0_hz=float(median),
        f0_low_hz=float(low),
        f0_high_hz=float(high),
        centroid_hz=float((hz * power).sum() / power.sum()),
        presence=float(power[(hz >= 1000) & (hz < 4000)].sum() / power.sum()),
        voiced=voiced,
        seconds=clip.seconds,
        spectrum=mel_spectrum(power, hz),
        colour=octaves[:COLOURS] - octaves[:COLOURS].mean(),
        clarity=float(intelligibility(octaves) * min(1.0, voiced / FULL_VOICE)),
    )


def octave_levels(power: Floats, hz: Floats) -> Floats:
    """Return the level of each octave band in dB against the sum of all."""
    edge = np.sqrt(2)
    bands = [power[(hz >= centre / edge) & (hz < centre * edge)].sum() for centre in OCTAVES_HZ]
    levels: Floats = 10 * np.log10(np.array(bands, dtype=np.float64) / sum(bands) + 1e-12)
    return levels


def intelligibility(octaves: Floats) -> float:
    """Return the Speech Intelligibility Index in noise of equal power, the same in every octave."""
    signal_to_noise = octaves + 10 * np.log10(len(OCTAVES_HZ))
    audible = np.clip((signal_to_noise + 15) / 30, 0, 1)
    return float((audible * np.array(IMPORTANCE)).sum())


def mel_spectrum(power: Floats, hz: Floats) -> Floats:
    """Return dB in bands of equal width in mel (O'Shaughnessy 1987) from 100 Hz to 8 kHz, mean zero."""
    mel = 2595 * np.log10(1 + hz / 700)
    edges = 2595 * np.log10(1 + np.array([100, 8000]) / 700)
    band = np.floor((mel - edges[0]) / (edges[1] - edges[0]) * MEL_BANDS)
    decibels = [10 * np.log10(power[band == n].mean()) for n in range(MEL_BANDS) if (band == n).any()]
    spectrum: Floats = np.array(decibels, dtype=np.float64)
    spectrum -= spectrum.mean()
    return spectrum


def print_table(title: str, sounds: Sequence[Sound], narrator: Sound) -> None:
    """Print the figures of a pool's voices."""
    print(f"\n{title}")
    print(
        f"{'voice':30} {'F0 Hz':>14} {'centroid':>8} {'1-4 kHz':>8} {'voiced':>6} {'length':>6}"
        f" {'clear':>5} {'narrator':>8}  nearest"
    )
    for sound in sounds:
        name = f"{sound.voice.id} pitch {sound.voice.pitch}"
        others = [(sound.distance(other), other.voice.id) for other in sounds if other is not sound]
        nearest = "{:.1f} {}".format(*min(others)) if others else ""
        print(
            f"{name:30} {sound.f0_hz:4.0f} ({sound.f0_low_hz:3.0f}-{sound.f0_high_hz:3.0f})"
            f" {sound.centroid_hz:8.0f} {sound.presence:8.0%} {sound.voiced:6.0%}"
            f" {sound.seconds / narrator.seconds:6.0%} {sound.clarity:5.2f}"
            f" {sound.distance(narrator):8.1f}  {nearest}"
        )


def write_table(engine: Engine, name: str) -> None:
    """Write the table of an engine's casts, and of its voices that a person may well name."""
    casts = [cast for language in LANGUAGES if (cast := find_cast(engine, language))]
    if name == "pyttsx3":
        entries = engine.voices()
        more = sorted(each.id for each in entries if each.language.startswith("en") and "+" not in each.id)
        more += sorted(each.id for each in entries if each.id.startswith("en-us+"))
        casts = casts[:1]
    else:
        more = list(KOKORO)
    ids = dict.fromkeys([*(voice.id for cast in casts for voice in list_cast(cast)), *more])
    lines = [
        _row(measure(voice, engine.synthesize(TEXT, voice))) for voice in (_plain(name, id_) for id_ in ids)
    ]
    head = TABLE_HEAD.format(engine={"pyttsx3": "eSpeak NG"}.get(name, name.capitalize()), order=ORDERS[name])
    (TABLES / f"acoustics_{name}.txt").write_text(head + "".join(lines), encoding="utf-8")


def list_cast(cast: EngineCast) -> Iterable[Voice]:
    """List the narrator, then the pools."""
    return cast.narrator, *(voice for pool in cast.pools.values() for voice in pool)


def _plain(engine: str, voice_id: str) -> Voice:
    return Voice(engine=engine, id=voice_id)


def _row(sound: Sound) -> str:
    colour = " ".join(f"{level:5.1f}" for level in sound.colour)
    return f"{sound.voice.id:22} {sound.f0_hz:4.0f} {sound.clarity:5.2f} {colour}\n"


def main() -> None:
    """Print the table for the voices named, or for the engine's cast; or write the packaged one."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("voices", nargs="*")
    parser.add_argument("--engine", default="pyttsx3", choices=sorted(ORDERS))
    parser.add_argument("--write", action="store_true")
    told = parser.parse_args()
    engine = open_engine(told.engine)
    cast = find_cast(engine, "en")
    if cast is None:
        parser.exit(1, f"{told.engine} has no English voices here\n")
    if told.write:
        write_table(engine, told.engine)
        engine.close()
        return

    def sound(voice: Voice) -> Sound:
        return measure(voice, engine.synthesize(TEXT, voice))

    narrator = sound(cast.narrator)
    print_table("narrator", [narrator], narrator)
    named = [_plain(told.engine, voice_id) for voice_id in told.voices]
    pools = {"named": named} if named else cast.pools
    for name, voices in pools.items():
        print_table(name, [sound(voice) for voice in voices], narrator)
    engine.close()


if __name__ == "__main__":
    main()
