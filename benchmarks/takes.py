"""What it costs to hear clips as they are made, what is flagged of them, and which planted faults are heard.

    python -m benchmarks.takes [STORY …]         lines of the project in the current folder
    … --engine kokoro --chapters 1-3 --most 40   by this engine, of these chapters, so many lines at most
    … --faults 10 --seed N                       so many faults of each kind: `benchmarks.heard`
    … --cached                                   only lines that are in the cache; times hearing alone

Each line is spoken plainly and heard once, as a run does; the processor seconds of both are compared.  What
is unclear is then spoken again by every way there is (`building/retakes.py`), and it is told what was heard
of each. Then faults are planted in the clips that were clear, and heard in the same way: a clip alone, in a
short window.

Exit status 1 where hearing takes over `MOST_SHARE` of what speaking takes.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from audiobook.building.recipe import plan_stories
from audiobook.building.retakes import list_ways
from audiobook.building.run import Options
from audiobook.building.speaking import speak
from audiobook.building.takes import hear_clip
from audiobook.caching.clips import ClipCache
from audiobook.cli.progress import Notes
from audiobook.folders import cache_folder
from audiobook.listening.hearing import SAMPLE_RATE, LineToHear
from audiobook.listening.single_lines import resample
from audiobook.listening.verdicts import Heard
from audiobook.model import Clip
from audiobook.planning.chapters import WHOLE, Scope, parse_chapters
from audiobook.planning.clip_specs import ClipSpec
from audiobook.project.layout import open_project
from benchmarks.heard import FAULTS, Scene

MOST_SHARE = 0.25
_ALONE = {"silenced", "cut", "repeated", "left out"}
"""Faults that need no other line."""


@dataclass(slots=True)
class Costs:
    """Processor seconds."""

    speaking_s: float = 0.0
    hearing_s: float = 0.0
    sound_s: float = 0.0


def list_specs(names: Sequence[str], options: Options, engine: str | None) -> list[ClipSpec]:
    """Return what of stories a run would hear."""
    project = open_project(Path(), engine=engine)
    options = replace(options, force=True)
    _, works = plan_stories(project, names, options, Notes(), cache_folder=cache_folder(), listens=True)
    specs = [spec for work in works if work for track in work.tracks for spec in track.specs if spec.to_hear]
    return list({spec.key: spec for spec in specs}.values())


def say(spec: ClipSpec, costs: Costs, cache: ClipCache | None) -> Clip:
    """Return a line's clip out of the cache, or speak it and count the time."""
    clip = cache.get(spec.key) if cache else None
    if clip is None:
        began = time.process_time()
        clip = speak(spec.text, spec.voice, spec.phonemes)
        costs.speaking_s += time.process_time() - began
    return clip


def hear(clip: Clip, spec: ClipSpec, costs: Costs) -> Heard:
    """Hear a clip as a run does, and count the time."""
    began = time.process_time()
    heard = hear_clip(clip, spec)
    costs.hearing_s += time.process_time() - began
    costs.sound_s += clip.seconds
    return heard


def plant(
    clips: Sequence[tuple[ClipSpec, Clip]], count: int, seed: int
) -> Iterator[tuple[str, ClipSpec, Clip]]:
    """Yield clips with a fault, so many of each kind as there are lines for."""
    chance = random.Random(seed)
    for kind, put in FAULTS.items():
        if kind not in _ALONE:
            continue
        left = count
        for spec, clip in chance.sample(clips, len(clips)):
            if left == 0:
                break
            wave = resample(np.frombuffer(clip.samples, "<i2") / (1 << 15), clip.sample_rate)
            end_s = len(wave) / SAMPLE_RATE
            line = LineToHear(said=spec.text, written=spec.text, start_s=0.0, end_s=end_s)
            planted = put(Scene(wave=wave, lines=(line,)), 0, chance)
            if planted is not None:
                left -= 1
                samples = np.round(np.clip(planted.wave, -1, 1) * 32767).astype("<i2").tobytes()
                yield kind, spec, Clip(samples=samples, sample_rate=SAMPLE_RATE)


def show_ways(spec: ClipSpec, heard: Heard) -> None:
    """Speak an unclear line in each other way, and tell what is heard of it."""
    print(
        f"  {spec.text!r}\n    plainly: {heard.verdict} {heard.words!r} {list(heard.changes)} {heard.extra!r}"
    )
    for name, retake in list_ways(spec):
        again = hear_clip(retake(), spec)
        print(f"    {name}: {again.verdict} {list(again.changes)} {again.extra!r}", flush=True)


def hear_faults(clear: Sequence[tuple[ClipSpec, Clip]], count: int, seed: int) -> None:
    """Plant faults, and tell how many are heard."""
    planted, found = Counter[str](), Counter[str]()
    for kind, spec, clip in plant(clear, count, seed):
        heard = hear_clip(clip, spec)
        planted[kind] += 1
        found[kind] += not heard.is_clear
        if heard.is_clear:
            print(f"  MISSED {kind}: {spec.text!r}\n    heard {heard.words!r}", flush=True)
    for kind, number in planted.items():
        print(f"{kind:12} {found[kind]:4} of {number:4} found")


def main() -> None:
    """Print costs, what is flagged, and what is found."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.takes")
    parser.add_argument("stories", nargs="*")
    parser.add_argument("--engine")
    parser.add_argument("--chapters")
    parser.add_argument("--most", type=int)
    parser.add_argument("--faults", type=int, default=0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cached", action="store_true")
    told = parser.parse_args()
    options = Options(scope=Scope(chapters=parse_chapters(told.chapters)) if told.chapters else WHOLE)
    cache = ClipCache(cache_folder() / "clips") if told.cached else None
    specs = list_specs(told.stories, options, told.engine)
    specs = [spec for spec in specs if cache is None or cache.measure(spec.key)][: told.most]
    costs, found = Costs(), list[tuple[ClipSpec, Clip, Heard]]()
    hear_clip(say(specs[0], Costs(), cache), specs[0])  # both are loaded before anything is timed
    for spec in specs:
        clip = say(spec, costs, cache)
        found.append((spec, clip, hear(clip, spec, costs)))
    unclear = [(spec, heard) for spec, _, heard in found if not heard.is_clear]
    clear = [(spec, clip) for spec, clip, heard in found if heard.is_clear]
    print(f"{len(specs)} lines, {costs.sound_s:.0f} s of sound: {costs.hearing_s:.1f} s to hear them", end="")
    share = costs.hearing_s / costs.speaking_s if costs.speaking_s else 0.0
    print("" if told.cached else f", {costs.speaking_s:.1f} s to speak them: {share:.1%}")
    losses = sum(heard.is_loss for _, heard in unclear)
    print(f"{len(unclear)} lines unclear at first, {losses} of them losses")
    for spec, heard in unclear:
        show_ways(spec, heard)
    hear_faults(clear, told.faults, told.seed)
    if share > MOST_SHARE:
        sys.exit(1)


if __name__ == "__main__":
    main()
