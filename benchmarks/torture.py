"""Kill a run at any moment, again and again: the next one does only what is missing, byte for byte.

    python -m benchmarks.torture [--kills 50] [--words 1500] [--chapters 6] [--jobs 2] [--seed 1]

A generated book is made once undisturbed.  Then, for each kill, in a fresh folder with an empty cache:

1. narrate starts, and at a random moment of the undisturbed run's length its main process gets SIGKILL;
2. every other process of the run must be gone soon, by itself;
3. every file under output/ (but in .partial) must be whole: the undisturbed run's bytes;
4. narrate runs again, to the end: all bytes must be the undisturbed run's, `.partial` must be gone, and
   what the killed run had finished, clips and files, must not have been made a second time.

Prints for each kill when it was, what was finished by then, and the share of the clips that the next run
could reuse.  Exit status 1 where anything is wrong.  Linux only, since it looks into /proc.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from benchmarks.speed import generate_text

ROOT = Path(__file__).resolve().parent.parent
SURVIVAL_LIMIT_S = 30.0
"""By then an encoder that lost its worker has written what it had, on a busy machine too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """One kill: the moment, what the killed run left, and what the next one did.

    `finished_clips` and `reused_clips` count utterances, of `all_clips`.
    """

    after_s: float
    finished_clips: int
    reused_clips: int
    all_clips: int
    finished_files: int
    faults: tuple[str, ...]

    @property
    def saved(self) -> float:
        """The share of all clips that the next run did not have to make."""
        return self.reused_clips / self.all_clips


class Workplace:
    """A project folder with a cache of its own, both named in the environment of whatever runs there."""

    def __init__(self, folder: Path, text: str, jobs: int) -> None:
        self.folder = folder
        self.output = folder / "output"
        self.clips = folder / "cache" / "narrate" / "clips"
        (folder / "texts").mkdir(parents=True)
        (folder / "temporary").mkdir()
        (folder / "texts" / "book.txt").write_text(text, encoding="utf-8")
        self._command = [
            sys.executable,
            "-m",
            "audiobook",
            "--json",
            "--jobs",
            str(jobs),
            "--engine",
            "pyttsx3",
        ]
        self._environment = os.environ | {
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "TMPDIR": str(folder / "temporary"),  # the one variable of ours that eSpeak's server keeps
        }

    def start(self) -> subprocess.Popen[str]:
        """Start narrate on everything in the folder."""
        return subprocess.Popen(
            self._command,
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self) -> tuple[dict[str, object], float]:
        """Run narrate to its end; return its report of the book and the wall time in seconds."""
        began = time.monotonic()
        process = self.start()
        said, complaints = process.communicate()
        if process.returncode:
            raise SystemExit(f"narrate failed ({process.returncode}): {complaints}{said}")
        return json.loads(said)["stories"][0], time.monotonic() - began

    def finished(self) -> dict[str, bytes]:
        """Return every file under output/ by its path, but the unfinished ones."""
        files = (path for path in self.output.rglob("*") if path.is_file())
        named = {str(path.relative_to(self.output)): path for path in files}
        return {name: path.read_bytes() for name, path in named.items() if not name.startswith(".partial")}

    def numbers(self, folder: Path, pattern: str) -> dict[str, int]:
        """Return the inodes of files by name: one that is made again has another."""
        return {str(path.relative_to(folder)): path.stat().st_ino for path in folder.glob(pattern)}

    def survivors(self) -> list[int]:
        """Return the processes that carry this folder in their environment."""
        mark = f"TMPDIR={self.folder / 'temporary'}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            # A process may end while it is looked at, and others' may not be looked at.
            with contextlib.suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
        return found


def make_book(words: int, chapters: int) -> str:
    """Write a story with headings: always the same for the same numbers."""
    paragraphs = generate_text(words).split("\n\n")
    edges = [len(paragraphs) * number // chapters for number in range(chapters + 1)]
    parts = [paragraphs[first:after] for first, after in pairwise(edges)]
    return "\n\n".join("\n\n".join([f"Chapter {number}", *part]) for number, part in enumerate(parts, 1))


def count_uses(place: Workplace) -> dict[str, int]:
    """Count the utterances of each clip of the book, by its file's name."""
    from audiobook.planning.clip_specs import deliver_by, specify_clips
    from audiobook.planning.pronouncing import make_pronouncer
    from audiobook.planning.scripting import plan_script
    from audiobook.project.layout import open_project
    from audiobook.project.settings import read_settings

    settings = read_settings(open_project(place.folder, engine="pyttsx3")).for_story("book")
    script, cast = plan_script(place.folder / "texts" / "book.txt", settings)
    pronouncer = make_pronouncer(settings, script)
    deliver = deliver_by(settings)
    uses: Counter[str] = Counter()
    for chapter in script.chapters:
        for spec in specify_clips(chapter.utterances, cast, pronouncer, deliver):
            uses[f"{spec.key[:2]}/{spec.key}.clip"] += 1
    return uses


def try_kill(place: Workplace, after_s: float, wanted: dict[str, bytes], uses: dict[str, int]) -> Trial:
    """Kill a run after so many seconds, run again, and find all that is wrong."""
    process = place.start()
    time.sleep(after_s)
    process.kill()
    process.communicate()
    faults = [f"process {pid} outlived the run" for pid in _await_end(place)]
    faults += [f"{name}: not whole" for name, data in place.finished().items() if wanted.get(name) != data]
    clips, files = place.numbers(place.clips, "??/*.clip"), place.numbers(place.output, "*/*.mp3")
    files = {name: number for name, number in files.items() if not name.startswith(".partial")}
    report, _ = place.run()
    after = place.numbers(place.clips, "??/*.clip") | place.numbers(place.output, "*/*.mp3")
    again = [name for name, number in (clips | files).items() if after.get(name) != number]
    faults += [f"{name}: made a second time" for name in again]
    if place.finished() != wanted:
        faults.append("the finished files are not the undisturbed run's")
    if (place.output / ".partial").exists():
        faults.append("output/.partial was left behind")
    finished, reused = sum(uses[name] for name in clips), int(str(report["clips_reused"]))
    if reused != finished:
        faults.append(f"{finished} clips were finished, {reused} were reused")
    return Trial(
        after_s=after_s,
        finished_clips=finished,
        reused_clips=reused,
        all_clips=sum(uses.values()),
        finished_files=len(files),
        faults=tuple(faults),
    )


def _await_end(place: Workplace) -> list[int]:
    """Wait for the processes of a killed run to be gone; return those that stay."""
    until = time.monotonic() + SURVIVAL_LIMIT_S
    while (left := place.survivors()) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def torture(folder: Path, text: str, *, kills: int, jobs: int, seed: int) -> list[Trial]:
    """Make a book undisturbed, then kill so many runs of it; print a line for each."""
    undisturbed = Workplace(folder / "undisturbed", text, jobs)
    report, took = undisturbed.run()
    wanted, uses = undisturbed.finished(), count_uses(undisturbed)
    print(f"undisturbed: {took:.1f} s, {report['clips_made']} clips, {len(wanted)} files")
    chance = random.Random(seed)
    trials = []
    for number in range(1, kills + 1):
        place = Workplace(folder / f"kill-{number}", text, jobs)
        trial = try_kill(place, chance.uniform(0, took), wanted, uses)
        trials.append(trial)
        print(
            f"kill {number:2} after {trial.after_s:5.2f} s: {trial.finished_clips}/{trial.all_clips} clips "
            f"and {trial.finished_files}/{len(wanted)} files were finished; {trial.saved:4.0%} saved"
            + "".join(f"\n  FAULT {fault}" for fault in trial.faults),
            flush=True,
        )
    return trials


def main() -> int:
    """Run from the command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    for name, default in (("kills", 50), ("words", 1500), ("chapters", 6), ("jobs", 2), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        text = make_book(args.words, args.chapters)
        trials = torture(Path(name), text, kills=args.kills, jobs=args.jobs, seed=args.seed)
    finished, reused = sum(t.finished_clips for t in trials), sum(t.reused_clips for t in trials)
    faults = sum(len(t.faults) for t in trials)
    print(
        f"{len(trials)} kills: of {finished} finished clips {reused} were reused; on average "
        f"{sum(t.saved for t in trials) / len(trials):.0%} of the clips were saved; {faults} faults"
    )
    return 1 if faults else 0


if __name__ == "__main__":
    raise SystemExit(main())
