"""What mastering costs against the encoding: measured in processor time, side by side.

    python -m benchmarks.mastering [MINUTES]

Speaks a few minutes, and takes of each step the least of three:
- the encoding: samples that are mastered already become an MP3;
- the gain and the room tone, which are numpy's work;
- the filters: ffmpeg reads the samples and throws them away, with filters less without.
Exit status 1 where mastering takes more than a tenth of the encoding.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from audiobook.audio import choose_mastering, encode, find_encoder, lay_room_tone
from audiobook.audio.stitch import BLOCK_S
from audiobook.engines import open_engine
from audiobook.model import Voice

_MOST_SHARE = 0.10
_ROUNDS = 3
_STORY = Path(__file__).resolve().parent.parent / "texts" / "echo-chamber.txt"


def speak(minutes: float) -> tuple[list[bytes], int]:
    """Speak a story over and over, in blocks as the stitcher hands them on."""
    engine = open_engine("pyttsx3")
    try:
        clip = engine.synthesize(" ".join(_STORY.read_text(encoding="utf-8").split())[:1500], _voice())
    finally:
        engine.close()
    block = (clip.samples * (BLOCK_S * clip.sample_rate * 2 // len(clip.samples) + 1))[
        : BLOCK_S * clip.sample_rate * 2
    ]
    return [block] * round(minutes), clip.sample_rate


def _voice() -> Voice:
    return Voice(engine="pyttsx3", id="en-us+f2")


def cpu_s(work: Callable[[], object]) -> float:
    """Return the processor time that work takes, its programs' included."""
    before = os.times()
    work()
    after = os.times()
    return sum(after[:4]) - sum(before[:4])


def filter_samples(blocks: list[bytes], rate: int, filters: str, *output: str) -> bytes:
    """Send samples through ffmpeg's filters; return what comes out, if that is asked for."""
    command = [find_encoder().program, "-loglevel", "error", "-f", "s16le", "-ar", str(rate), "-ac", "1"]
    command += ["-i", "-", "-af", filters, *(output or ("-f", "null")), "-"]
    return subprocess.run(command, input=b"".join(blocks), check=True, stdout=subprocess.PIPE).stdout


def main(minutes: float) -> int:
    blocks, rate = speak(minutes)
    encoder, mastering = find_encoder(), choose_mastering(blocks, rate)
    toned = list(lay_room_tone(blocks, mastering.gain_db, rate))
    mastered = [filter_samples(toned, rate, mastering.filters, "-f", "s16le")]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.mp3"
        steps: dict[str, Callable[[], object]] = {
            "encoding": lambda: encode(
                mastered, path, codec="mp3", sample_rate=rate, filters="anull", encoder=encoder
            ),
            "gain": lambda: choose_mastering(blocks, rate),
            "room tone": lambda: sum(map(len, lay_room_tone(blocks, mastering.gain_db, rate))),
            "filters": lambda: filter_samples(toned, rate, mastering.filters),
            "no filters": lambda: filter_samples(toned, rate, "anull"),
        }
        least = {name: min(cpu_s(step) for _ in range(_ROUNDS)) for name, step in steps.items()}
    least["filters"] -= least.pop("no filters")
    encoding = least.pop("encoding")
    print(f"encoding   {encoding:6.2f} s of processor time for {minutes:g} minutes")
    for name, seconds in least.items():
        print(f"{name:10} {seconds:6.2f} s, {seconds / encoding:.1%} of the encoding")
    share = sum(least.values()) / encoding
    print(f"mastering  {share:.1%} of the encoding")
    return 0 if share <= _MOST_SHARE else 1


if __name__ == "__main__":
    raise SystemExit(main(float(sys.argv[1]) if len(sys.argv) > 1 else 10))
