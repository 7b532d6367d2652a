"""How long a person waits at the door: `narrate --help`, and a run that has nothing to make.

    python -m benchmarks.door [--turns 15]

Each in turn with `python -c "import click"`, of which the help text may take 1.5 times the processor time,
and the unchanged run of the four stories six times; the medians.  The stories are made first, in a folder and
with a cache of their own.  Exit status 1 where one takes longer.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
MOST_HELP, MOST_UNCHANGED = 1.5, 6.0
_PROGRAM = [sys.executable, "-c", "from audiobook.cli import main; main(prog_name='narrate')"]
_COMMANDS = {
    "import click": [sys.executable, "-c", "import click"],
    "narrate --help": [*_PROGRAM, "--help"],
    "narrate, unchanged": _PROGRAM,
}


def measure(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> tuple[float, float]:
    """Run a command; return the seconds of the processor and of the clock that it took."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, check=True)
    took_s, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, took_s


def main() -> int:
    """Run from the command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--turns", type=int, default=15)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shutil.copytree(ROOT / "texts", folder / "texts")
        shutil.copy(ROOT / "voices.yaml", folder)
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "NARRATE_VOICES": str(folder / "none"),
        }
        measure([*_PROGRAM, "--quiet"], folder, environment)
        took: dict[str, list[tuple[float, float]]] = {command: [] for command in _COMMANDS}
        for _ in range(turns):
            for label, command in _COMMANDS.items():
                took[label].append(measure(command, folder, environment))
    medians = {label: statistics.median(cpu for cpu, _ in times) for label, times in took.items()}
    yardstick = medians["import click"]
    for label, times in took.items():
        clock_s = statistics.median(clock for _, clock in times)
        ratio = medians[label] / yardstick
        print(f"{label:20}{medians[label]:7.3f} s of the processor, {clock_s:.3f} s; {ratio:.2f} times")
    fits = medians["narrate --help"] <= MOST_HELP * yardstick
    return 0 if fits and medians["narrate, unchanged"] <= MOST_UNCHANGED * yardstick else 1


if __name__ == "__main__":
    sys.exit(main())
