"""How many words a minute a listener hears, chapter by chapter: speech and pauses together.

    python -m benchmarks.pace                    the four sample stories
    python -m benchmarks.pace NOVEL.epub …       these books, with the settings of ./voices.yaml
    … --voices FILE                              with those of another voices.yaml: other engines, say

Every clip is spoken, nothing is encoded; a track's length is that of its clips and of its pauses, head and
tail included, as `audio.stitch` lays them out.  Chapters of under `FEWEST_WORDS` are listed but not
counted (a title page is mostly pauses).  Exit status 1 where one lies outside of `NORM`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from audiobook.casting import Settings
from audiobook.planning.clip_specs import ClipSpec, deliver_by, specify_clips
from audiobook.planning.pronouncing import make_pronouncer
from audiobook.planning.scripting import plan_script, settings_spacing
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.project.shared_engines import shared_engine

ROOT = Path(__file__).parents[1]
NORM = (140, 170)
"""Words a minute; audiobooks are read at 150 to 160 (docs/delivery.md tells the sources)."""

FEWEST_WORDS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """A chapter's words, and the seconds that it takes: of speech, and of pauses."""

    title: str
    words: int
    speech_s: float
    pauses_s: float

    @property
    def words_per_minute(self) -> float:
        """What a listener hears."""
        return self.words * 60 / (self.speech_s + self.pauses_s)


def measure_chapters(path: Path, settings: Settings) -> Iterator[Chapter]:
    """Speak a story's chapters one after the other."""
    own = settings.for_story(path.stem)
    script, cast = plan_script(path, own)
    spacing = settings_spacing(own)
    pronouncer = make_pronouncer(own, script)
    for chapter in script.chapters:
        if not chapter.utterances:
            continue
        specs = specify_clips(chapter.utterances, cast, pronouncer, deliver_by(own))
        leads_ms = sum(spacing.lead_ms(n, u.follows) for n, u in enumerate(chapter.utterances))
        yield Chapter(
            title=chapter.title,
            words=sum(len(utterance.text.split()) for utterance in chapter.utterances),
            speech_s=sum(map(_speak, specs)),
            pauses_s=(leads_ms + spacing.tail_ms) / 1000,
        )


def _speak(spec: ClipSpec) -> float:
    from audiobook.engines.base import PhoneticEngine

    engine = shared_engine(spec.voice.engine)
    if spec.phonemes and isinstance(engine, PhoneticEngine):
        return engine.synthesize(spec.text, spec.voice, spec.phonemes).seconds
    return engine.synthesize(spec.text, spec.voice).seconds


def print_book(name: str, chapters: Sequence[Chapter]) -> list[Chapter]:
    """Print a book's chapters and what they come to; return those outside of the norm."""
    counted = [chapter for chapter in chapters if chapter.words >= FEWEST_WORDS]
    print(f"\n{name}")
    print(f"{'words':>7} {'minutes':>8} {'pauses':>7} {'words/min':>9}  chapter")
    for chapter in chapters:
        seconds = chapter.speech_s + chapter.pauses_s
        note = "" if chapter in counted else "  (too short to count)"
        print(
            f"{chapter.words:7,} {seconds / 60:8.1f} {chapter.pauses_s / seconds:7.0%}"
            f" {chapter.words_per_minute:9.1f}  {chapter.title[:60]}{note}"
        )
    paces = [chapter.words_per_minute for chapter in counted]
    if paces:
        print(f"words a minute: {min(paces):.1f} to {max(paces):.1f}, mean {fmean(paces):.1f}")
    return [each for each in counted if not NORM[0] <= each.words_per_minute <= NORM[1]]


def main() -> None:
    """Measure the books named, or the four stories."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pace", description="Words a minute.")
    parser.add_argument("books", nargs="*", type=Path)
    parser.add_argument("--voices", type=Path, metavar="FILE", help="a voices.yaml, if not the project's")
    told = parser.parse_args()
    settings = read_settings(open_project(ROOT, voices=told.voices))
    paths = told.books or sorted((ROOT / "texts").glob("*.txt"))
    outside: list[Chapter] = []
    everything: list[Chapter] = []
    for path in paths:
        chapters = list(measure_chapters(path, settings))
        outside += print_book(path.stem, chapters)
        everything += [chapter for chapter in chapters if chapter.words >= FEWEST_WORDS]
    mean = fmean(chapter.words_per_minute for chapter in everything)
    print(f"\n{len(everything)} chapters, mean {mean:.1f} words a minute; {len(outside)} outside of {NORM}")
    if outside:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
