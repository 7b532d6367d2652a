"""Race a cold run against the bare pipe.

    python -m benchmarks.speed [--text FILE] [--words N] [--jobs N]

In one run, on the same text:

- the bare pipe: eSpeak NG (one voice, one process, the text as one stream, pyttsx3's own library)
  into ffmpeg with narrate's encoder settings, as a person would type it by hand;
- a cold `narrate` (empty cache and output): reading, casting, synthesis, mastering, encoding, tags.

Prints both wall times, their ratio, the peak memory of all of narrate's processes together, and the
cost at half the length (linear growth means the same cost a word).  Exit status 1 where the ratio is
over 1.5, memory over 700 MB, or a word costs over 1.3 times what it costs at half the length.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import os
import random
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from audiobook.audio import find_encoder
from audiobook.audio.codecs import BITRATE_KBPS, OUTPUT_RATE

_MOST_RATIO, _MOST_MB, _MOST_GROWTH = 1.5, 700, 1.3


def bare_synthesis(text_file: str) -> None:
    """Speak a file to standard output as raw samples, the ten-line program: no checks, one voice."""
    import espeakng_loader

    os.environ["ESPEAK_DATA_PATH"] = espeakng_loader.get_data_path()
    ctypes.CDLL(espeakng_loader.get_library_path(), ctypes.RTLD_GLOBAL)
    from pyttsx3.drivers import _espeak as espeak

    espeak.Initialize(espeak.AUDIO_OUTPUT_SYNCHRONOUS, 1000)

    def write(samples: int, count: int, _events: object) -> int:
        os.write(1, ctypes.string_at(samples, 2 * count)) if count else None
        return 0

    espeak.SetSynthCallback(write)
    espeak.SetVoiceByName(b"en-gb-x-rp")
    espeak.SetParameter(espeak.RATE, 155, 0)
    for paragraph in Path(text_file).read_text(encoding="utf-8").split("\n\n"):
        espeak.Synth(paragraph.encode(), flags=1)


def run_bare_pipe(text: Path, folder: Path) -> float:
    """Return the wall time of the bare pipe in seconds."""
    out = folder / "bare.mp3"
    encode = [find_encoder().program, "-loglevel", "error", "-y", "-f", "s16le", "-ar", "22050", "-ac", "1"]
    encode += ["-i", "pipe:0", "-ar", str(OUTPUT_RATE), "-ac", "1", "-b:a", f"{BITRATE_KBPS}k", str(out)]
    began = time.monotonic()
    speak = subprocess.Popen([sys.executable, __file__, "--bare", str(text)], stdout=subprocess.PIPE)
    subprocess.run(encode, stdin=speak.stdout, check=True)
    assert speak.wait() == 0
    took = time.monotonic() - began
    print(f"bare pipe: {took:.2f} s for {out.stat().st_size / (BITRATE_KBPS * 125):.0f} s of audio")
    return took


class MemoryMeter(threading.Thread):
    """Samples the proportional set size of a process and all its descendants; the peak in MB.

    The kernel walks all their pages for each look, so looks are as rare as keeps them to a hundredth of
    one core's time (every 50 ms they took a tenth of the machine that was being measured).
    """

    def __init__(self, root: int) -> None:
        super().__init__(daemon=True)
        self._root = root
        self.peak_mb = 0.0

    def run(self) -> None:
        while Path(f"/proc/{self._root}").exists():
            began = time.thread_time()
            self.peak_mb = max(self.peak_mb, sum(map(_pss_mb, family(self._root))))
            time.sleep(max(0.05, 100 * (time.thread_time() - began)))


def family(root: int) -> list[int]:
    """Return a process and all its descendants (Linux)."""
    found = [root]
    for pid in found:
        # A process may end between any two looks at it.
        with contextlib.suppress(OSError):
            for task in Path(f"/proc/{pid}/task").iterdir():
                children = (task / "children").read_text()
                found += [int(child) for child in children.split()]
    return found


def _pss_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0.0
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)


def run_narrate(text: Path, folder: Path, jobs: int) -> tuple[float, float]:
    """Return a cold run's wall time in seconds, and the peak memory of all its processes in MB."""
    project = folder / f"project-{text.stem}"
    (project / "texts").mkdir(parents=True)
    (project / "texts" / f"long{text.suffix}").write_bytes(text.read_bytes())
    environment = os.environ | {"XDG_CACHE_HOME": str(project / "cache")}
    command = [sys.executable, "-m", "audiobook", "--jobs", str(jobs), "--quiet", "--engine", "pyttsx3"]
    environment["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent)
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=project, env=environment)
    meter = MemoryMeter(process.pid)
    meter.start()
    assert process.wait() == 0
    took = time.monotonic() - began
    meter.join()
    return took, meter.peak_mb


def generate_text(words: int) -> str:
    """Write a story of so many words: paragraphs of narration and talk, always the same."""
    chance = random.Random(7)
    nouns = "harbour lantern window church garden letter morning winter river stranger market captain".split()
    verbs = "watched remembered followed carried opened waited for forgot answered painted counted".split()
    names = ("Nora", "Ben", "Clara", "Martin")
    paragraphs, count = [], 0
    while count < words:
        sentences = []
        for _ in range(chance.randint(2, 5)):
            who, verb = chance.choice(names), chance.choice(verbs)
            rest = " and ".join(f"the old {chance.choice(nouns)} by the {chance.choice(nouns)}" for _ in "12")
            sentences.append(f"{who} {verb} {rest}, for it was the {chance.choice(nouns)} of the year.")
        if chance.random() < 0.4:
            said = f'"We never {chance.choice(verbs)} the {chance.choice(nouns)},"'
            sentences = [f"{said} {chance.choice(names)} said. " + sentences[0]]
        paragraphs.append(" ".join(sentences))
        count += len(paragraphs[-1].split())
    return "\n\n".join(paragraphs)


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--bare", help=argparse.SUPPRESS)
    parser.add_argument("--text", type=Path, help="a text file (default: one that is generated)")
    parser.add_argument("--words", type=int, default=20_000, help="length of the generated text")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    if args.bare:
        bare_synthesis(args.bare)
        return 0
    text = args.text.read_text(encoding="utf-8") if args.text else generate_text(args.words)
    paragraphs = text.split("\n\n")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        whole, half = folder / "whole.txt", folder / "half.txt"
        whole.write_text(text, encoding="utf-8")
        half.write_text("\n\n".join(paragraphs[: len(paragraphs) // 2]), encoding="utf-8")
        bare = run_bare_pipe(whole, folder)
        took_half, _ = run_narrate(half, folder, args.jobs)
        took, memory = run_narrate(whole, folder, args.jobs)
        words, words_half = (len(p.read_text(encoding="utf-8").split()) for p in (whole, half))
    growth = (took / words) / (took_half / words_half)
    print(f"narrate:   {took:.2f} s with {args.jobs} workers, {words} words; peak memory {memory:.0f} MB")
    print(
        f"ratio {took / bare:.2f} (at most {_MOST_RATIO}); cost a word against half the length {growth:.2f}"
    )
    return 0 if took / bare <= _MOST_RATIO and memory <= _MOST_MB and growth <= _MOST_GROWTH else 1


if __name__ == "__main__":
    raise SystemExit(main())
