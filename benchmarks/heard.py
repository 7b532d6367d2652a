"""How many planted faults are heard, and how many lines are held to be faulty that are not.

    python -m benchmarks.heard [STORY …]          finished files of the project in the current folder
    … --chapters 1-3 --faults 20 --seed N         of these chapters, so many faults of each kind
    … --keep FOLDER                               keeps what is heard, to judge it again by other limits

The files are those that `narrate make` has made; they are decoded, heard as they are (each line that is
flagged is a false alarm), and then heard once more with faults in them, as `narrate check --listen` does:

    silenced    a line's sound is room tone
    cut         a line ends in the middle of its last word
    repeated    a line is said twice
    replaced    another line of the same file is said in its place
    left out    two words within a line are missing

They are planted in the decoded sound, by the cues, and within a line by the words' times as pocketsphinx
aligns them, which knows nothing of the recognizer.  A fault is found where its line, or the one behind it, is
a loss.  Where a fault makes a line shorter or longer, the cues behind move, as they do where an engine's clip
is so.

Exit status 1 where more than `MOST_ALARMS` of the lines are flagged as losses, or heard otherwise, or under
`LEAST_FOUND` of the faults found.
"""

from __future__ import annotations

import argparse
import hashlib
import random
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from audiobook.audio import find_encoder
from audiobook.building.audit import find_files_to_hear
from audiobook.building.hearing import FileToHear
from audiobook.building.run import Options
from audiobook.checking import decode_mono
from audiobook.cli.progress import Notes
from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.folders import cache_folder
from audiobook.listening.hearing import LineToHear, Listener
from audiobook.listening.recognizer import SAMPLE_RATE, Recognizer, open_recognizer
from audiobook.listening.sounds import Sounds
from audiobook.listening.verdicts import Heard
from audiobook.planning.chapters import WHOLE, Scope, parse_chapters
from audiobook.project.layout import open_project
from tests.alignment import align_line

MOST_ALARMS, LEAST_FOUND = 0.01, 0.95

_PAUSE_S = 0.3
_FADE_S = 0.003
_LONG_WORD_S = 0.25
"""A shorter last word loses nothing in its middle that a person would miss."""

_NEAR_S = 10.0
_EDGE_DB = -70.0
"""Room tone."""

Wave = Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """A file's sound and its lines, with a fault in one of them, perhaps."""

    wave: Wave
    lines: tuple[LineToHear, ...]


Plant = Callable[[Scene, int, random.Random], Scene | None]
"""Puts a fault into a line; None where that is not possible."""


def silence(scene: Scene, number: int, chance: random.Random) -> Scene | None:
    """Take a line's sound away."""
    line = scene.lines[number]
    first, last = _samples(line.start_s), _samples(line.end_s)
    wave = scene.wave.copy()
    wave[first:last] = _tone(last - first, chance)
    return replace(scene, wave=wave)


def cut(scene: Scene, number: int, chance: random.Random) -> Scene | None:
    """End a line in the middle of its last word."""
    del chance
    line = scene.lines[number]
    words = align_line(_sound_of(scene, number), line.written)
    if len(words) < 3 or words[-1][1] - words[-1][0] < _LONG_WORD_S:
        return None
    middle_s = line.start_s + sum(words[-1]) / 2
    return _splice(scene, number, middle_s, line.end_s, np.zeros(0, np.float32))


def repeat(scene: Scene, number: int, chance: random.Random) -> Scene | None:
    """Say a line twice."""
    line = scene.lines[number]
    again = np.concatenate([_tone(_samples(_PAUSE_S), chance), _sound_of(scene, number)])
    return _splice(scene, number, line.end_s, line.end_s, again)


def replace_line(scene: Scene, number: int, chance: random.Random) -> Scene | None:
    """Say another line in the place of one."""
    line = scene.lines[number]
    others = [n for n, each in enumerate(scene.lines) if each.written != line.written]
    if not others:
        return None
    return _splice(scene, number, line.start_s, line.end_s, _sound_of(scene, chance.choice(others)))


def leave_out(scene: Scene, number: int, chance: random.Random) -> Scene | None:
    """Leave out two words within a line."""
    line = scene.lines[number]
    words = align_line(_sound_of(scene, number), line.written)
    if len(words) < 5:
        return None
    first = chance.randrange(1, len(words) - 2)
    start_s, end_s = words[first][0], words[first + 1][1]
    return _splice(scene, number, line.start_s + start_s, line.start_s + end_s, np.zeros(0, np.float32))


FAULTS: dict[str, Plant] = {
    "silenced": silence,
    "cut": cut,
    "repeated": repeat,
    "replaced": replace_line,
    "left out": leave_out,
}


def _samples(seconds: float) -> int:
    return round(seconds * SAMPLE_RATE)


def _tone(count: int, chance: random.Random) -> Wave:
    noise = np.random.default_rng(chance.randrange(1 << 30)).standard_normal(count)
    return (noise * 10 ** (_EDGE_DB / 20)).astype(np.float32)


def _sound_of(scene: Scene, number: int) -> Wave:
    line = scene.lines[number]
    return scene.wave[_samples(line.start_s) : _samples(line.end_s)]


def _splice(scene: Scene, number: int, start_s: float, end_s: float, sound: Wave) -> Scene:
    """Put other sound in the place of some of a line's; what is behind that moves."""
    before, after = scene.wave[: _samples(start_s)].copy(), scene.wave[_samples(end_s) :]
    fade = _samples(_FADE_S)
    before[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    shift_s = len(sound) / SAMPLE_RATE - (end_s - start_s)
    lines = [
        line
        if n < number
        else replace(line, start_s=line.start_s + shift_s * (n > number), end_s=line.end_s + shift_s)
        for n, line in enumerate(scene.lines)
    ]
    return Scene(wave=np.concatenate([before, sound, after]).astype(np.float32), lines=tuple(lines))


def excerpt(scene: Scene, number: int) -> tuple[Scene, int]:
    """Return what is around a line, to be heard in place of the whole file, and the line's number there."""
    line = scene.lines[number]
    near = [
        n
        for n, each in enumerate(scene.lines)
        if each.start_s >= line.start_s - _NEAR_S and each.end_s <= line.end_s + _NEAR_S
    ]
    first, last = near[0], near[-1]
    start_s = scene.lines[first].start_s - 0.5
    end_s = scene.lines[last].end_s + 0.5
    lines = [
        replace(line, start_s=line.start_s - start_s, end_s=line.end_s - start_s)
        for line in scene.lines[first : last + 1]
    ]
    wave = scene.wave[max(0, _samples(start_s)) : _samples(end_s)]
    return Scene(wave=wave, lines=tuple(lines)), number - first


class Memory:
    """A recognizer that hears no sound twice."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._recognizer: Recognizer | None = None
        folder.mkdir(parents=True, exist_ok=True)

    def hear(self, wave: Wave, *, carefully: bool = False) -> str:
        """Hear, or remember."""
        digest = hashlib.sha256(wave.astype("<f4").tobytes() + bytes([carefully])).hexdigest()
        kept = self._folder / digest
        if not kept.exists():
            self._recognizer = self._recognizer or open_recognizer()
            kept.write_text(self._recognizer.hear(wave, carefully=carefully), encoding="utf-8")
        return kept.read_text(encoding="utf-8")


def listen_to(file: FileToHear, listener: Listener) -> tuple[Scene, list[Heard]]:
    """Hear a file as it is."""
    wave = decode_mono(file.path, find_encoder(), SAMPLE_RATE)
    assert not isinstance(wave, str), wave
    listener = replace(listener, names=file.names)
    return Scene(wave=wave, lines=file.lines), listener.hear_lines(wave, file.lines)


def plant_faults(
    scenes: Sequence[tuple[FileToHear, Scene, list[Heard]]], count: int, chance: random.Random
) -> Iterator[tuple[str, FileToHear, Scene, int]]:
    """Yield excerpts with a fault each, `count` of every kind, in lines that are heard as they are."""
    places = [
        (file, scene, n) for file, scene, heard in scenes for n, each in enumerate(heard) if not each.is_loss
    ]
    for kind, plant in FAULTS.items():
        left = count
        for file, scene, number in chance.sample(places, len(places)):
            if left == 0:
                break
            planted = plant(scene, number, chance)
            if planted is not None:
                left -= 1
                part, place = excerpt(planted, number)
                yield kind, file, part, place


def main() -> None:
    """Print what was found and what was flagged without reason."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.heard")
    parser.add_argument("stories", nargs="*")
    parser.add_argument("--chapters")
    parser.add_argument("--faults", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path)
    told = parser.parse_args()
    project = open_project(Path())
    options = Options(scope=Scope(chapters=parse_chapters(told.chapters)) if told.chapters else WHOLE)
    files = find_files_to_hear(project, told.stories, options, Notes(), cache_folder=cache_folder())
    ear = Memory(told.keep) if told.keep else open_recognizer()
    listener = Listener(ear=ear, sounds=Sounds(sound_in_ipa))
    scenes, lines, alarms, otherwise = [], 0, 0, 0
    for file in files:
        scene, heard = listen_to(file, listener)
        scenes.append((file, scene, heard))
        lines += len(heard)
        for line, each in zip(scene.lines, heard, strict=True):
            if not each.is_clear:
                alarms += each.is_loss
                otherwise += not each.is_loss
                _show("ALARM" if each.is_loss else "otherwise", line, each)
        print(f"{file.path.name}: {len(heard)} lines", flush=True)
    planted, found = Counter[str](), Counter[str]()
    for kind, file, scene, number in plant_faults(scenes, told.faults, random.Random(told.seed)):
        heard = replace(listener, names=file.names).hear_lines(scene.wave, scene.lines)
        is_found = any(each.is_loss for each in heard[number : number + 2])
        planted[kind] += 1
        found[kind] += is_found
        if not is_found:
            _show(f"MISSED {kind}", scene.lines[number], heard[number])
    print(f"{alarms} of {lines} lines flagged as losses without reason, {otherwise} heard otherwise")
    for kind in FAULTS:
        print(f"{kind:12} {found[kind]:4} of {planted[kind]:4} found")
    total = sum(planted.values())
    print(f"{'all':12} {sum(found.values()):4} of {total:4} found")
    if alarms + otherwise > MOST_ALARMS * lines or sum(found.values()) < LEAST_FOUND * total:
        sys.exit(1)


def _show(what: str, line: LineToHear, heard: Heard) -> None:
    print(
        f"  {what}: {line.start_s:.1f} s {heard.verdict} {list(heard.changes)} extra {heard.extra!r}\n"
        f"    said  {line.written}\n    heard {heard.words}",
        flush=True,
    )


if __name__ == "__main__":
    main()
