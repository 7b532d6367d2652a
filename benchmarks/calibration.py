"""How fast and how loud eSpeak NG's voices are: the table by which its adapter makes them alike.

    python -m benchmarks.calibration            what the built-in voices come to, with the table in use
    python -m benchmarks.calibration --write    measure anew, and write the table

Each voice speaks `SENTENCES` at eSpeak's rate 155 and volume 80.  `pace` is the time that it takes against
`STANDARD_S`, so that eSpeak's rate times this makes all voices equally fast; `gain` brings it to
`STANDARD_LUFS` (ITU-R BS.1770-5, integrated over the sentences), as far as eSpeak's peaks let it.
The built-in voices have rows of their own.  Any other is put together of its accent and its variant, which
is measured against the accent en-us.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from audiobook.casting import load_settings
from audiobook.checking.meter import Meter
from audiobook.engines.espeak.calibration import STANDARD_LUFS, STANDARD_S
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.model import Voice
from audiobook.project.shared_engines import known_engines

SENTENCES = (
    "The house stood at the end of a narrow lane, and nobody had lived in it since the spring.",
    "We need to get you out there more, said the manager.",
    "I don't know.",
    "She took the letter from the table, read it twice, and put it back without a word.",
    "You are one of the most exciting new voices in music right now.",
    "What did your brother think of the journey?",
    "There was a long silence, in which each of them waited for the other to begin; then the door opened.",
    "Yes, of course!",
    "He had forgotten how cold the mornings were by the river, how slowly the light came over the hills.",
    "Go on, tell him.",
    "It is a truth that few people care to hear, and that fewer still are willing to repeat.",
    "The doctor shook his head and smiled.",
)
TABLE = Path(__file__).resolve().parent.parent / "audiobook" / "engines" / "espeak" / "calibration.txt"
HEAD = """\
# How fast and how loud eSpeak NG's voices are, by benchmarks/calibration.py --write, which says how it is
# measured: eSpeak's rate times `pace` makes all equally fast, its volume times `gain` equally loud.
# Accents, then variants (+name: what one adds to its accent), then the built-in voices.
# voice                     pace  gain
"""
LARGEST_PEAK = 0.95
"""Of full scale: eSpeak itself cuts what is higher."""


def measure(engine: EspeakEngine, voice: Voice) -> tuple[float, float, float]:
    """Return the seconds of speech of a voice, its loudness in LUFS and its highest peak (0 to 1)."""
    clips = [engine.synthesize(sentence, voice) for sentence in SENTENCES]
    meter = Meter(clips[0].sample_rate, 1)
    peak = 0.0
    for clip in clips:
        samples = np.frombuffer(clip.samples, dtype="<i2") / 32768
        peak = max(peak, float(np.abs(samples).max()))
        meter.feed(samples[:, None].astype(np.float32))
    return sum(clip.seconds for clip in clips), meter.finish().lufs, peak


def find_factors(engine: EspeakEngine, voice: Voice) -> tuple[float, float]:
    """Return pace and gain of a voice that the engine speaks uncalibrated."""
    seconds, lufs, _ = measure(engine, voice)
    # Loud voices clip at full volume, so their level is taken where they don't.
    quiet = 0.4
    _, lufs, peak = measure(engine, replace(voice, volume=quiet))
    gain = min(10 ** ((STANDARD_LUFS - lufs) / 20), LARGEST_PEAK / peak) * quiet
    return seconds / STANDARD_S, gain


def write_table(built_in: Sequence[Voice]) -> None:
    """Measure the accents of English, the variants and the built-in voices, and write the table."""
    engine = EspeakEngine(is_calibrated=False)
    entries = engine.voices()
    accents = sorted(e.id for e in entries if e.language.startswith("en") and "+" not in e.id)
    variants = sorted(e.id for e in entries if e.id.startswith("en-us+"))
    plain = {id_: find_factors(engine, _plain(id_)) for id_ in accents}
    rows = dict(plain)
    for id_ in variants:
        pace, gain = find_factors(engine, _plain(id_))
        rows[id_.removeprefix("en-us")] = (pace / plain["en-us"][0], gain / plain["en-us"][1])
    for voice in built_in:
        if voice.id not in plain:
            rows[voice.id] = find_factors(engine, replace(voice, rate=155, volume=1.0))
    engine.close()
    lines = [f"{id_:26} {pace:6.3f} {gain:5.2f}\n" for id_, (pace, gain) in rows.items()]
    TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")


def print_voices(built_in: Sequence[Voice]) -> None:
    """Print how fast and loud the built-in voices are as they are used."""
    engine = EspeakEngine()
    print(f"{'voice':30} {'pace':>6} {'LUFS':>6} {'peak':>5}")
    for voice in built_in:
        seconds, lufs, peak = measure(engine, replace(voice, rate=155))
        print(f"{voice.id:30} {seconds / STANDARD_S:6.1%} {lufs:6.1f} {peak:5.2f}")
    engine.close()


def _plain(voice_id: str) -> Voice:
    return Voice(engine="pyttsx3", id=voice_id)


def main() -> None:
    """Print or write."""
    settings = load_settings(None, engines=known_engines(), engine="pyttsx3").general
    built_in = list(dict.fromkeys([settings.narrator, *(v for p in settings.pools.values() for v in p)]))
    if sys.argv[1:] == ["--write"]:
        write_table(built_in)
    print_voices(built_in)


if __name__ == "__main__":
    main()
