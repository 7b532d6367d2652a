"""What a shelf of books costs, in core-hours and storage.

    python -m benchmarks.shelf [--text FILE] [--words N] [--book-words N] [--jobs N]

Runs a cold `narrate` on a text (a generated one of 20,000 words, or FILE), then an unchanged one, and
counts the processor seconds of all their processes, and the bytes of the MP3s and of the clip cache.
Everything grows with the number of words (`benchmarks.speed` checks that), so the figures for a word, times
the words of a book, give those for 1,000 and for 60,000 books.  Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from audiobook.audio.codecs import BITRATE_KBPS
from benchmarks.speed import generate_text

BOOK_WORDS = 60_000
"""The mean of Project Gutenberg: "more than 50,000 books and more than 3 × 10⁹ word-tokens" (Gerlach &
Font-Clos, "A Standardized Project Gutenberg Corpus for Statistical Analysis of Natural Language and
Quantitative Linguistics", Entropy 22(1), 2020)."""

SHELVES = (1, 1_000, 60_000)
_CHAPTERS = 10
_ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a text took: processor seconds, all in all and for planning alone, and bytes."""

    words: int
    cpu_s: float
    planning_s: float
    mp3_bytes: int
    cache_bytes: int

    @property
    def audio_h(self) -> float:
        """Hours of sound, by the constant bit rate."""
        return self.mp3_bytes / (BITRATE_KBPS * 125) / 3600


def measure(text: str, folder: Path, jobs: int) -> Cost:
    """Make an audiobook of a text in an empty project with an empty cache, and then once more."""
    (folder / "texts").mkdir(parents=True)
    (folder / "texts" / "long.txt").write_text(text, encoding="utf-8")
    cpu_s = _run_narrate(folder, jobs)
    planning_s = _run_narrate(folder, jobs)
    sizes = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return Cost(
        words=len(text.split()),
        cpu_s=cpu_s,
        planning_s=planning_s,
        mp3_bytes=sum(size for path, size in sizes.items() if path.suffix == ".mp3"),
        cache_bytes=sum(size for path, size in sizes.items() if path.suffix == ".clip"),
    )


def _run_narrate(folder: Path, jobs: int) -> float:
    """Return the processor seconds, user's and system's, of a run and of all its descendants."""
    environment = os.environ | {"XDG_CACHE_HOME": str(folder / "cache"), "PYTHONPATH": str(_ROOT)}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "audiobook", "--jobs", str(jobs), "--quiet", "--engine", "pyttsx3"]
    subprocess.run(command, cwd=folder, env=environment, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def lay_out(cost: Cost, book_words: int) -> str:
    """Set the cost of each shelf as a row of a table."""
    rows = [
        "| books | words | sound | core-hours | of these, reading and casting | MP3 | clips (cache) |",
        "|---|---|---|---|---|---|---|",
    ]
    for books in SHELVES:
        times = books * book_words / cost.words
        rows.append(
            f"| {books:,} | {books * book_words:,} | {_round(cost.audio_h * times)} h "
            f"| {_round(cost.cpu_s * times / 3600)} | {_round(cost.planning_s * times / 3600)} "
            f"| {_size(cost.mp3_bytes * times)} | {_size(cost.cache_bytes * times)} |"
        )
    return "\n".join(rows)


def _round(value: float) -> str:
    """Give two significant digits."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.2g}"


def _size(count: float) -> str:
    unit, name = next((pair for pair in ((1e12, "TB"), (1e9, "GB")) if count >= pair[0]), (1e6, "MB"))
    return f"{_round(count / unit)} {name}"


def _with_chapters(text: str) -> str:
    """Put chapter headings into a text, at equal distances."""
    paragraphs = text.split("\n\n")
    size = -(-len(paragraphs) // _CHAPTERS)
    parts = [paragraphs[start : start + size] for start in range(0, len(paragraphs), size)]
    return "\n\n".join(
        "\n\n".join([f"CHAPTER {number}", *part]) for number, part in enumerate(parts, start=1)
    )


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--text", type=Path, help="a text file (default: one that is generated)")
    parser.add_argument("--words", type=int, default=20_000, help="length of the generated text")
    parser.add_argument("--book-words", type=int, default=BOOK_WORDS, help="length of a book on the shelf")
    parser.add_argument("--jobs", type=int, default=2)
    args = parser.parse_args()
    text = args.text.read_text(encoding="utf-8") if args.text else _with_chapters(generate_text(args.words))
    with tempfile.TemporaryDirectory() as name:
        cost = measure(text, Path(name) / "project", args.jobs)
    print(
        f"measured: {cost.words:,} words, {cost.audio_h:.2f} h of sound, {cost.cpu_s:.1f} core-seconds "
        f"(of these {cost.planning_s:.1f} for reading and casting), MP3 {_size(cost.mp3_bytes)}, "
        f"clips {_size(cost.cache_bytes)}\n"
    )
    print(lay_out(cost, args.book_words))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
