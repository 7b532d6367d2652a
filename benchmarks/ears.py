"""How good it sounds, and what a listener understands: by ears that are the same every time.

    python -m benchmarks.ears                           the four stories, and each of their voices
    python -m benchmarks.ears STORY …                   these, with the settings of ./voices.yaml
    … --settings FILE                                   with those of another voices.yaml
    python -m benchmarks.ears --voices bf_emma am_adam  each of these reads sentences of the stories
    … --engine NAME --sentences N                       of another engine than kokoro, more or fewer than 25
    … --pitch 0 50 100                                  at each of these pitches

`MOS` is DistillMOS and `DNS` DNSMOS P.808 (benchmarks/mos.py), `errors` the share of words that Whisper's
tiny.en hears wrongly (benchmarks/dictation.py), with the mistakes behind it.  A story is made anew in a
folder of its own and judged by the finished MP3: as a whole, and each voice by its own lines cut out of that.
A voice alone is judged by its clips, as the engine gives them.

It needs the packages of the extra `ears`, and the recognizer (`narrate voices install whisper`).
Exit status 1 where a story is under `LEAST_MOS` or over `MOST_ERRORS`, or a voice under `LEAST_VOICE_MOS` or
over `MOST_VOICE_ERRORS`.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from audiobook.engines.neural.waves import play_faster
from audiobook.model import Clip, Voice
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.shared_engines import shared_engine
from audiobook.publishing.files import read_track
from benchmarks.dictation import SAMPLE_RATE, Recognizer, Tally, add_tallies, compare
from benchmarks.mos import Jury, Opinion
from tests.listening import decode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audiobook.engines.base import Engine

    Wave = NDArray[np.float32]

ROOT = Path(__file__).parents[1]
LEAST_MOS, MOST_ERRORS = 4.5, 0.04
LEAST_VOICE_MOS, MOST_VOICE_ERRORS = 4.2, 0.06
"""What the built-in cast is to reach."""

FEWEST_WORDS = 40
"""What a voice must have said in a story to be judged by it: of ten words one that goes wrong is a tenth."""

_OWN_PITCH = 50
_PAUSE_S = 0.5
_WINDOW_S = 25.0
"""Whisper hears 30 s at once; where it has more, a word may be cut at that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What the ears say of some speech."""

    name: str
    opinion: Opinion
    tally: Tally

    def __str__(self) -> str:
        wrong = ", ".join(f"{said or '–'} → {heard or '–'}" for said, heard in self.tally.mistakes)
        return (
            f"{self.name:34}{self.opinion.distill:6.2f}{self.opinion.dns:6.2f}{self.tally.share:8.1%}"
            f"{self.tally.words:7}  {wrong}"
        )


class Ears:
    """A jury and a recognizer."""

    def __init__(self) -> None:
        self.recognizer = Recognizer()
        self.jury = Jury()

    def judge_track(self, name: str, path: Path, said: str) -> Verdict:
        """Judge a finished file."""
        wave = decode(path, SAMPLE_RATE).astype(np.float32)
        tally = compare(said, self.recognizer.write_down(wave))
        return Verdict(name=name, opinion=self.jury.judge(wave), tally=tally)

    def judge_lines(self, name: str, lines: Sequence[tuple[str, Wave]]) -> Verdict:
        """Judge lines of one voice, which are heard one after the other."""
        opinion = self.jury.judge(join([wave for _, wave in lines]))
        return Verdict(name=name, opinion=opinion, tally=dictate(self.recognizer, lines))


def join(waves: Sequence[Wave]) -> Wave:
    """Return waves with pauses between and around them."""
    pause = np.zeros(round(_PAUSE_S * SAMPLE_RATE), np.float32)
    return np.concatenate([pause, *(part for wave in waves for part in (wave, pause))])


def to_listener(clip: Clip) -> Wave:
    """Return a clip as the ears take it: samples of 16 kHz from −1 to 1."""
    wave: Wave = np.frombuffer(clip.samples, "<i2").astype(np.float32) / np.float32(32768)
    return play_faster(wave, clip.sample_rate / SAMPLE_RATE)


def choose_sentences(count: int) -> list[str]:
    """Return sentences of the stories, spread over them, of 6 to 30 words."""
    project = open_project(ROOT)
    found = [
        utterance.text
        for path in sorted((ROOT / "texts").glob("*.txt"))
        for chapter in script_and_cast(project, path.stem)[0].chapters
        for utterance in chapter.utterances
        if 6 <= len(utterance.text.split()) <= 30
    ]
    return found[:: max(1, len(found) // count)][:count]


def judge_voices(ears: Ears, voices: Sequence[Voice], count: int) -> Iterator[Verdict]:
    """Let each voice read the same sentences."""
    sentences = choose_sentences(count)
    for voice in voices:
        name = voice.id if voice.pitch == _OWN_PITCH else f"{voice.id} pitch {voice.pitch}"
        yield ears.judge_lines(name, read_sentences(shared_engine(voice.engine), voice, sentences))


def read_sentences(engine: Engine, voice: Voice, sentences: Sequence[str]) -> list[tuple[str, Wave]]:
    """Return each sentence with its sound, as the ears take it."""
    return [(text, to_listener(engine.synthesize(text, voice))) for text in sentences]


def dictate(recognizer: Recognizer, lines: Sequence[tuple[str, Wave]]) -> Tally:
    """Return what of lines is heard wrongly, one after the other."""
    return add_tallies(
        compare(
            "\n".join(text for text, _ in group), recognizer.write_down(join([wave for _, wave in group]))
        )
        for group in _group(lines)
    )


def judge_story(ears: Ears, name: str, settings: Path | None, folder: Path) -> Iterator[Verdict]:
    """Make a story, and judge its chapters, and each voice that says enough in it."""
    project = open_project(ROOT, voices=settings)
    script, cast = script_and_cast(project, name)
    told = ["--voices", str(settings)] if settings else []
    command = [sys.executable, "-m", "audiobook", "make", name, "--quiet", "--output", str(folder), *told]
    subprocess.run(command, cwd=ROOT, check=True)
    spoken = [chapter for chapter in script.chapters if chapter.utterances]
    lines: dict[str, list[tuple[str, Wave]]] = defaultdict(list)
    for chapter, path in zip(spoken, sorted((folder / script.book.name).glob("*.mp3")), strict=True):
        track = read_track(path, chapter.title, chapter.number, chapter.utterances)
        yield ears.judge_track(path.stem, path, "\n".join(cue.utterance.text for cue in track.cues))
        wave = decode(path, SAMPLE_RATE).astype(np.float32)
        for cue in track.cues:
            cut = wave[round(cue.start_s * SAMPLE_RATE) : round(cue.end_s * SAMPLE_RATE)]
            lines[cast.voice_for(cue.utterance).id].append((cue.utterance.text, cut))
    for id_, own in sorted(lines.items()):
        if sum(len(text.split()) for text, _ in own) >= FEWEST_WORDS:
            yield ears.judge_lines(f"  {id_}", own)


def _group(lines: Sequence[tuple[str, Wave]]) -> Iterator[list[tuple[str, Wave]]]:
    group: list[tuple[str, Wave]] = []
    seconds = 0.0
    for text, wave in lines:
        length = len(wave) / SAMPLE_RATE + _PAUSE_S
        if group and seconds + length > _WINDOW_S:
            yield group
            group, seconds = [], 0.0
        group.append((text, wave))
        seconds += length
    yield group


def main() -> None:
    """Print what the ears say."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.ears", description="How good it sounds.")
    parser.add_argument("stories", nargs="*")
    parser.add_argument("--settings", type=Path, metavar="FILE", help="a voices.yaml, if not the project's")
    parser.add_argument("--voices", nargs="+", default=[], metavar="ID", help="judge these voices alone")
    parser.add_argument("--engine", default="kokoro", help="whose voices they are")
    parser.add_argument("--sentences", type=int, default=25, metavar="N")
    parser.add_argument("--pitch", nargs="+", type=int, default=[_OWN_PITCH], metavar="P")
    told = parser.parse_args()
    ears = Ears()
    print(f"{'':34}{'MOS':>6}{'DNS':>6}{'errors':>8}{'words':>7}  said → heard")
    falls_short = False

    def show(verdict: Verdict, least: float, most: float) -> None:
        nonlocal falls_short
        falls_short |= verdict.opinion.distill < least or verdict.tally.share > most
        print(verdict, flush=True)

    if told.voices:
        voices = [
            Voice(engine=told.engine, id=id_, pitch=pitch) for id_ in told.voices for pitch in told.pitch
        ]
        for verdict in judge_voices(ears, voices, told.sentences):
            show(verdict, LEAST_VOICE_MOS, MOST_VOICE_ERRORS)
        raise SystemExit(falls_short)
    for name in told.stories or [path.stem for path in sorted((ROOT / "texts").glob("*.txt"))]:
        with tempfile.TemporaryDirectory() as folder:
            for verdict in judge_story(ears, name, told.settings, Path(folder)):
                is_voice = verdict.name.startswith(" ")
                show(
                    verdict,
                    LEAST_VOICE_MOS if is_voice else LEAST_MOS,
                    MOST_VOICE_ERRORS if is_voice else MOST_ERRORS,
                )
    raise SystemExit(falls_short)


if __name__ == "__main__":
    main()
