"""Make thousands of clips with several workers; prove each whole, none empty, equal text = equal bytes.

    python -m benchmarks.stress --clips 10000 --workers 2

Each text of 1 to 600 words is spoken twice, at different times, by whichever workers come first.
Now and then a worker starts its engine anew, so that what an engine's start leaves behind shows too.
Prints counts and throughput; exit status 1 where anything is wrong.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import random
import sys
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass

from audiobook.engines import open_engine
from audiobook.engines.base import Engine
from audiobook.errors import NarrateError
from audiobook.model import Voice

VOICES = ("en-us", "en-us+f2", "en-gb-x-rp+m3", "en-gb-scotland+f4", "en-us+klatt2", "en-gb+croak")
WORDS = (
    "the moon rose over a quiet harbour while seven tired sailors argued about who had "
    "promised to mend that old sail before winter came, and Captain O'Neill, who wasn't "
    "listening, counted 42 gulls; “Listen!” she whispered. Nobody moved? Perhaps—just "
    "perhaps—café lights meant supper: bread, cheese, £3 wine."
).split()
RESTART_EVERY = 40
LEAST_SECONDS_A_WORD = 0.1
"""At 160 words a minute a word takes 0.375 s on average, the shortest of these ("a") 0.1 s."""

_engines: dict[str, Engine] = {}  # one engine a worker process


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What became of one text: its clip's digest and length, or what went wrong."""

    key: int
    words: int
    digest: str
    seconds: float
    fault: str


def speak(job: tuple[int, str, str]) -> Result:
    """Make one clip in a worker."""
    key, text, voice_id = job
    words = len(text.split())
    engine = _engines.setdefault("pyttsx3", open_engine("pyttsx3"))
    if key % RESTART_EVERY == 0:
        engine.close()
    try:
        clip = engine.synthesize(text, Voice(engine="pyttsx3", id=voice_id))
    except NarrateError as error:
        return Result(key=key, words=words, digest="", seconds=0, fault=str(error))
    short = clip.seconds < LEAST_SECONDS_A_WORD * words
    fault = f"{words} words in {clip.seconds:.2f} s" if short else ""
    digest = hashlib.sha256(clip.samples).hexdigest()
    return Result(key=key, words=words, digest=digest, seconds=clip.seconds, fault=fault)


def make_jobs(clips: int, longest: int, seed: int) -> list[tuple[int, str, str]]:
    """Return each (key, text, voice id) twice, shuffled; half of the texts are short as sentences are."""
    chance = random.Random(seed)
    jobs = []
    for key in range(clips // 2):
        length = chance.randint(1, 20) if key % 2 else chance.randint(1, longest)
        jobs.append((key, " ".join(chance.choices(WORDS, k=length)), chance.choice(VOICES)))
    jobs += jobs
    chance.shuffle(jobs)
    return jobs


def find_faults(results: Iterable[Result]) -> list[str]:
    """Return what is wrong: failed or short clips, and equal texts with unequal bytes."""
    digests: dict[int, str] = {}
    faults = []
    for result in results:
        if result.fault:
            faults.append(f"text {result.key}: {result.fault}")
        elif digests.setdefault(result.key, result.digest) != result.digest:
            faults.append(f"text {result.key}: unequal bytes for equal text")
    return faults


def run(clips: int, workers: int, *, longest: int = 600, seed: int = 1) -> tuple[list[Result], float]:
    """Make clips of at most `longest` words; return the results and the wall time in seconds."""
    jobs = make_jobs(clips, longest, seed)
    start = time.perf_counter()
    # "spawn", since other threads of this process may hold locks that a fork would copy.
    with ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn")) as pool:
        results = list(pool.map(speak, jobs, chunksize=10))
    return results, time.perf_counter() - start


def main() -> int:
    """Run from the command line; see the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    results, wall_s = run(options.clips, options.workers, seed=options.seed)
    faults = find_faults(results)
    audio_s = sum(result.seconds for result in results)
    print(f"{len(results)} clips, {sum(result.words for result in results)} words, {audio_s / 3600:.1f} h")
    print(
        f"{wall_s:.1f} s with {options.workers} workers: {len(results) / wall_s:.0f} clips a second, ", end=""
    )
    print(f"{audio_s / wall_s:.0f} × real time")
    print(f"{len({result.key for result in results})} texts spoken twice, {len(faults)} faults")
    for fault in faults[:20]:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
