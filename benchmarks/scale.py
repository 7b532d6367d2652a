"""Time whole books against the processor time of the bare parts, from short to long.

    python -m benchmarks.scale [--text FILE] [--words N ...] [--bare-most N] [--record] [--busy] [--plot]

For each text (the one that is named, or generated ones of so many words, in chapters):

- bare synthesis: eSpeak NG speaking the text in one voice and one process, samples to a file;
- bare encoding: ffmpeg making an MP3 of those samples with narrate's encoder settings;
- a cold `narrate` (empty cache and output) on all cores, between two runs of the bare parts, whose mean
  counts: a shared machine's speed drifts by a tenth within minutes.

The bound is 1.25 × (bare synthesis + bare encoding, user and system time) / cores, for narrate's wall
time.  Texts over `--bare-most` words are run without the bare parts.  `--record` keeps the figures in
docs/scale.json, `--plot` draws docs/scale.svg of what is kept there
(with the extra [bench]).  Exit status 1 where narrate is
over the bound, or over 700 MB in a text of up to 120,000 words.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.audio import find_encoder
from audiobook.audio.codecs import BITRATE_KBPS, OUTPUT_RATE
from audiobook.building.workers import choose_jobs, count_cores
from benchmarks import speed

_MOST_RATIO, _MOST_MB, _MOST_WORDS = 1.25, 700, 120_000
_WORDS_A_CHAPTER = 3500
_DOCS = Path(__file__).resolve().parent.parent / "docs"
_FIGURES = _DOCS / "scale.json"
_SUBREAPER = 36  # PR_SET_CHILD_SUBREAPER of linux/prctl.h


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What one text cost: processor and wall time in seconds, sizes in MB (1,000,000 bytes).

    `wall_s` is None where the machine had other work too.
    """

    text: str
    words: int
    cores: int
    bare_synthesis_s: float | None
    bare_encoding_s: float | None
    wall_s: float | None
    cpu_s: float
    peak_mb: float
    mp3_mb: float
    cache_mb: float

    @property
    def ratio(self) -> float | None:
        """Narrate's wall time over the bare parts' processor time spread over all cores."""
        if self.bare_synthesis_s is None or self.bare_encoding_s is None or self.wall_s is None:
            return None
        return self.wall_s * self.cores / (self.bare_synthesis_s + self.bare_encoding_s)


def cpu_seconds(work: Callable[[], None]) -> float:
    """Return the user and system time of all processes that `work` starts, orphans included."""
    ctypes.CDLL(None).prctl(_SUBREAPER, 1)  # engines' servers outlive the worker that started them
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    work()
    try:
        while True:
            os.wait()
    except ChildProcessError:
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def measure_bare(text: Path, folder: Path) -> tuple[float, float]:
    """Return the processor time of bare synthesis and of bare encoding of a text file."""
    samples, out = folder / "bare.pcm", folder / "bare.mp3"

    def synthesize() -> None:
        with samples.open("wb") as file:
            subprocess.run([sys.executable, speed.__file__, "--bare", str(text)], stdout=file, check=True)

    def encode() -> None:
        command = [find_encoder().program, "-loglevel", "error", "-y", "-f", "s16le", "-ar", "22050"]
        command += ["-ac", "1", "-i", str(samples), "-ar", str(OUTPUT_RATE), "-ac", "1"]
        subprocess.run([*command, "-b:a", f"{BITRATE_KBPS}k", str(out)], check=True)

    both = cpu_seconds(synthesize), cpu_seconds(encode)
    samples.unlink()
    return both


def measure(source: Path, folder: Path, *, with_bare: bool, is_busy: bool) -> Figures:
    """Run narrate cold on a book, and the bare parts on its text."""
    words = subprocess.run(
        [sys.executable, "-m", "audiobook", "text", str(source)], check=True, capture_output=True
    ).stdout
    plain = folder / "plain.txt"
    plain.write_bytes(words)
    before = measure_bare(plain, folder) if with_bare else None
    taken: list[tuple[float, float]] = []
    cpu_s = cpu_seconds(lambda: taken.append(speed.run_narrate(source, folder, choose_jobs())))
    after = measure_bare(plain, folder) if with_bare else None
    bare = [sum(pair) / 2 for pair in zip(before, after, strict=True)] if before and after else [None, None]
    project = folder / f"project-{source.stem}"
    return Figures(
        text=source.stem,
        words=len(words.split()),
        cores=count_cores(),
        bare_synthesis_s=bare[0],
        bare_encoding_s=bare[1],
        wall_s=None if is_busy else taken[0][0],
        cpu_s=cpu_s,
        peak_mb=taken[0][1],
        mp3_mb=_size_mb(project / "output"),
        cache_mb=_size_mb(project / "cache"),
    )


def _size_mb(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 1e6


def generate_book(words: int) -> str:
    """Write a text of so many words in chapters, always the same."""
    parts: list[str] = []
    chapters = count = 0
    for paragraph in speed.generate_text(words).split("\n\n"):
        if count >= chapters * _WORDS_A_CHAPTER:
            chapters += 1
            parts.append(f"CHAPTER {chapters}")
        parts.append(paragraph)
        count += len(paragraph.split())
    return "\n\n".join(parts)


def show(figures: Figures) -> None:
    """Print one text's figures."""
    wall = f"{figures.wall_s:.1f} s" if figures.wall_s is not None else "beside other work"
    print(
        f"{figures.text}: {figures.words} words, {wall} on {figures.cores} cores "
        f"({figures.cpu_s:.1f} s of processor time), peak memory {figures.peak_mb:.0f} MB, "
        f"MP3 {figures.mp3_mb:.0f} MB, clip cache {figures.cache_mb:.0f} MB"
    )
    if figures.ratio is not None:
        print(
            f"  bare synthesis {figures.bare_synthesis_s:.1f} s + bare encoding "
            f"{figures.bare_encoding_s:.1f} s: ratio {figures.ratio:.2f} (at most {_MOST_RATIO})"
        )


def record(figures: Figures) -> None:
    """Keep a text's figures in docs/scale.json, in the place of earlier ones of the same text."""
    kept = {each["text"]: each for each in json.loads(_FIGURES.read_text())} if _FIGURES.exists() else {}
    kept[figures.text] = {
        key: round(value, 1) if isinstance(value, float) else value for key, value in asdict(figures).items()
    }
    _FIGURES.write_text(json.dumps(sorted(kept.values(), key=lambda each: each["words"]), indent=1) + "\n")


def draw() -> None:
    """Draw wall time and processor time against words, from docs/scale.json."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "narrate"
    from matplotlib import pyplot as plt

    rows = [Figures(**each) for each in json.loads(_FIGURES.read_text())]
    figure, (left, right) = plt.subplots(1, 2, figsize=(10, 4))
    words = [row.words for row in rows]
    alone = [row for row in rows if row.wall_s is not None]
    left.loglog([row.words for row in alone], [row.wall_s for row in alone], marker="o", label="wall time")
    left.loglog(words, [row.cpu_s / row.cores for row in rows], marker="o", label="processor time / cores")
    bare = [row for row in rows if row.bare_synthesis_s is not None and row.bare_encoding_s is not None]
    parts = [((row.bare_synthesis_s or 0) + (row.bare_encoding_s or 0)) / row.cores for row in bare]
    bound = [_MOST_RATIO * each for each in parts]
    left.loglog([row.words for row in bare], bound, "k--", label=f"bound ({_MOST_RATIO} × the bare parts)")
    left.set(xlabel="words", ylabel="seconds", title=f"A cold run on {rows[0].cores} cores")
    left.legend()
    right.semilogx(words, [row.peak_mb for row in rows], marker="o", label="peak memory, MB")
    each = [row.cpu_s / row.words * 1e5 for row in rows]
    right.semilogx(words, each, marker="o", label="processor time a 100,000 words, s")
    right.set(xlabel="words", title="Memory, and time per 100,000 words")
    right.set_ylim(bottom=0)
    right.legend()
    for axis in (left, right):
        axis.grid(visible=True, which="major", alpha=0.3)
    figure.tight_layout()
    figure.savefig(_DOCS / "scale.svg", metadata={"Date": None})


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text", type=Path, help="a book of any format (default: generated ones)")
    parser.add_argument("--words", type=int, nargs="+", default=[10_000, 100_000])
    parser.add_argument("--bare-most", type=int, default=120_000)
    parser.add_argument("--record", action="store_true")
    parser.add_argument("--busy", action="store_true", help="other programs run too: keep no wall time")
    parser.add_argument("--plot", action="store_true", help="draw what is recorded, and run nothing")
    args = parser.parse_args()
    if args.plot:
        draw()
        return 0
    passed = True
    for words in [0] if args.text else args.words:
        with tempfile.TemporaryDirectory() as name:
            source = args.text or Path(name) / f"generated-{words}.txt"
            if not args.text:
                source.write_text(generate_book(words), encoding="utf-8")
            figures = measure(
                source.resolve(), Path(name), with_bare=words <= args.bare_most, is_busy=args.busy
            )
        show(figures)
        if args.record:
            record(figures)
        passed &= figures.ratio is None or figures.ratio <= _MOST_RATIO
        passed &= figures.words > _MOST_WORDS or figures.peak_mb <= _MOST_MB
    return 0 if passed else 1


if __name__ == "__main__":
    raise SystemExit(main())
