"""What is heard of how a line is spoken: level, pitch, voicing and pace against the same line spoken plainly.

    python -m benchmarks.delivery               every delivery of voices.yaml, then STORY as a file
    python -m benchmarks.delivery --story       the whispered line of texts/echo-chamber.txt alone

First each delivery in the narrator's voice and in the first of the women's and men's pools: `dB` the level of
its sound, `F0` the median fundamental frequency in semitones, `F0 sd` the spread of it in semitones (a
flat melody has little), `voiced` the share of periodic frames (a whisper has hardly any), `pace` the
words a minute, and `end` how far the last voiced sound lies from the median, in semitones.  All but
`voiced` and `F0 sd` are differences from the plain line.

Then echo-chamber is made twice, with its deliveries and with `delivery: false`, and the whispered line is
looked at in the two MP3s.  Each is mastered as a whole, so that the line's level is taken against the
narrator's in the same file.  Exit status 1 where the whisper is less than `QUIETER_DB` under the plain
line, or more than `MOST_VOICED` of its frames are periodic.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from audiobook.casting import deliver, load_settings
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.neural.voicing import find_f0
from audiobook.model import DELIVERIES, NARRATOR, Voice
from audiobook.planning.clip_specs import vary
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.shared_engines import known_engines
from audiobook.publishing import read_track
from tests.listening import Samples, decode

ROOT = Path(__file__).parents[1]
STORY = "echo-chamber"
LINE = "For good luck,"
WORDS = "You should have told me before we came all the way up here"
ENDINGS = {"question": "?", "exclamation": "!", "trailing": "…", "interrupted": "—"}

QUIETER_DB = 4.0
"""A whisper that is meant to be understood on a bus; real ones are quieter still."""

MOST_VOICED = 0.2
"""Of a plain voice's frames 65 to 80 % are periodic (`benchmarks/voice_distances.py`)."""

SAMPLE_RATE = 44_100


@dataclass(frozen=True, slots=True, kw_only=True)
class Sound:
    """What was measured of a line: see the module; F0 and its end in semitones above 100 Hz."""

    level_db: float
    f0: float
    f0_spread: float
    end: float
    voiced: float
    seconds: float


def measure(samples: Samples, sample_rate: int) -> Sound:
    """Measure a line's sound, in −1…1; its pauses do not count for the level."""
    frames = np.lib.stride_tricks.sliding_window_view(samples, 1024)[::256]
    power = (frames**2).mean(axis=1)
    active = power[power > 0.01 * np.percentile(power, 95)]
    f0 = find_f0(samples, sample_rate)
    semitones = 12 * np.log2(f0 / 100) if len(f0) else np.zeros(1)
    middle = float(np.median(semitones))
    return Sound(
        level_db=float(10 * np.log10(active.mean())),
        f0=middle,
        f0_spread=float(semitones.std()),
        end=float(semitones[-3:].mean()) - middle,
        voiced=len(f0) / (len(samples) / 512),
        seconds=len(samples) / sample_rate,
    )


def print_deliveries() -> None:
    """Print what each delivery does to three voices."""
    settings = load_settings(None, engines=known_engines(), engine="pyttsx3").general
    engine = EspeakEngine()

    def speak(voice: Voice, text: str) -> Sound:
        clip = engine.synthesize(text, voice)
        return measure(np.frombuffer(clip.samples, dtype="<i2") / 32768, clip.sample_rate)

    for voice in (settings.narrator, settings.pools["female"][0], settings.pools["male"][0]):
        plain = speak(voice, f"{WORDS}.")
        print(f"\n{voice.id}: voiced {plain.voiced:.0%}, F0 sd {plain.f0_spread:.1f}, end {plain.end:+.1f}")
        print(f"{'delivery':12} {'dB':>6} {'F0':>6} {'F0 sd':>6} {'end':>6} {'voiced':>7} {'pace':>6}")
        for name in DELIVERIES:
            spoken = deliver(voice, [name], settings.delivery, vary).voice
            sound = speak(spoken, WORDS + ENDINGS.get(name, "."))
            print(
                f"{name:12} {sound.level_db - plain.level_db:+6.1f} {sound.f0 - plain.f0:+6.1f}"
                f" {sound.f0_spread:6.1f} {sound.end:+6.1f} {sound.voiced:7.0%}"
                f" {plain.seconds / sound.seconds:6.0%}"
            )
    engine.close()


def measure_line(folder: Path, *, is_delivered: bool) -> tuple[float, Sound]:
    """Make the story in a folder; return the line's level against the narrator's in the MP3, and the line."""
    folder.mkdir(parents=True)
    voices = folder / "voices.yaml"
    voices.write_text(
        "engine: pyttsx3\n" if is_delivered else "engine: pyttsx3\ndelivery: false\n", encoding="utf-8"
    )
    command = [sys.executable, "-m", "audiobook", "make", STORY, "--voices", str(voices), "--quiet"]
    subprocess.run([*command, "--output", str(folder / "output")], cwd=ROOT, check=True)
    path = next((folder / "output").glob("*/*.mp3"))
    script, _ = script_and_cast(open_project(ROOT, voices=voices), STORY)
    chapter = script.chapters[0]
    track = read_track(path, chapter.title, chapter.number, chapter.utterances)
    samples = decode(path, SAMPLE_RATE)

    def cut(start_s: float, end_s: float) -> Samples:
        return samples[round(start_s * SAMPLE_RATE) : round(end_s * SAMPLE_RATE)]

    told = [cut(c.start_s, c.end_s) for c in track.cues if c.utterance.speaker == NARRATOR]
    line = next(c for c in track.cues if c.utterance.text == LINE)
    sound = measure(cut(line.start_s, line.end_s), SAMPLE_RATE)
    return sound.level_db - measure(np.concatenate(told), SAMPLE_RATE).level_db, sound


def compare_whisper(folder: Path) -> tuple[float, Sound, Sound]:
    """Return how many dB the whispered line lies under the plain one, the whisper and the plain line."""
    under, whisper = measure_line(folder / "delivered", is_delivered=True)
    plain_under, plain = measure_line(folder / "plain", is_delivered=False)
    return plain_under - under, whisper, plain


def main() -> None:
    """Print all."""
    if sys.argv[1:] != ["--story"]:
        print_deliveries()
    with tempfile.TemporaryDirectory() as folder:
        quieter_db, whisper, plain = compare_whisper(Path(folder))
    print(f"\n{STORY}: “{LINE}” he whispered")
    print(f"  {quieter_db:.1f} dB under the same line spoken plainly, in the finished MP3")
    print(f"  {whisper.voiced:.0%} of its frames are periodic, {plain.voiced:.0%} when spoken plainly")
    if quieter_db < QUIETER_DB or whisper.voiced > MOST_VOICED:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
