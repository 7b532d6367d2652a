"""How well voices are cast on long texts: apart in conversation, clear for leads, stable under an edit.

    python -m benchmarks.casting [--engine kokoro] FILE...

With the cast of that engine, which is installed, else eSpeak's.
Counted are answers: two of one gender who speak one after the other, at most three paragraphs apart.
`alike` is the share of them whose voices are less than 1.5 apart, and what it would be if two voices of
the pool were drawn by lot.  `recast` is the share of speakers who have another voice once the last tenth
of the book is cut off.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from pathlib import Path
from statistics import mean

from audiobook.casting import StorySettings, assign_voices, load_settings
from audiobook.casting.acoustics import measure_clarity, measure_distance
from audiobook.casting.conversations import NEARBY_PARAGRAPHS, find_partners
from audiobook.casting.prominence import Part, find_parts
from audiobook.model import Cast, Script, Voice
from audiobook.project.shared_engines import known_engines
from audiobook.reading import read_book
from audiobook.script import write_script

ALIKE = 1.5


@dataclass(slots=True)
class Tally:
    """What was counted over all books."""

    answers: int = 0
    alike: int = 0
    alike_by_lot: float = 0.0
    clarity: dict[Part, list[float]] = field(default_factory=dict)
    held: Counter[Part] = field(default_factory=Counter)
    moved: Counter[Part] = field(default_factory=Counter)


def count_answers(script: Script) -> Counter[tuple[str, str]]:
    """Count how often one speaker follows another within a scene."""
    answers: Counter[tuple[str, str]] = Counter()
    for chapter in script.chapters:
        last: tuple[str, int] | None = None
        for utterance in chapter.utterances:
            if utterance.follows == "scene":
                last = None
            if utterance.kind != "speech" or utterance.speaker is None:
                continue
            speaker = utterance.speaker
            if last and last[0] != speaker and utterance.paragraph - last[1] <= NEARBY_PARAGRAPHS:
                answers[last[0], speaker] += 1
            last = (speaker, utterance.paragraph)
    return answers


def share_alike(pool: Iterable[Voice]) -> float:
    """Return the share of a pool's pairs that are alike."""
    return mean(measure_distance(one, other) < ALIKE for one, other in combinations(pool, 2))


def cut_last_tenth(script: Script) -> Script:
    """Return the script without the last tenth of its utterances."""
    left = sum(len(chapter.utterances) for chapter in script.chapters) * 9 // 10
    chapters = []
    for chapter in script.chapters:
        chapters.append(replace(chapter, utterances=chapter.utterances[:left]))
        left = max(0, left - len(chapter.utterances))
    return replace(script, chapters=tuple(chapters))


def tally_book(script: Script, settings: StorySettings, tally: Tally) -> None:
    """Add a book's figures."""
    cast = assign_voices(script, settings)
    roles = cast.by_speaker
    for (one, other), count in count_answers(script).items():
        gender = roles[one].gender
        if gender == roles[other].gender:
            tally.answers += count
            tally.alike += count * (measure_distance(roles[one].voice, roles[other].voice) < ALIKE)
            tally.alike_by_lot += count * share_alike(settings.pools[gender])
    parts = find_parts(script, find_partners(script))
    for speaker, part in parts.items():
        tally.clarity.setdefault(part, []).append(measure_clarity(roles[speaker].voice))
    compare(cast, assign_voices(cut_last_tenth(script), settings), parts, tally)


def compare(before: Cast, after: Cast, parts: Mapping[str | None, Part], tally: Tally) -> None:
    """Count who has another voice."""
    for role in after.roles[1:]:
        part = parts[role.speaker]
        tally.held[part] += 1
        tally.moved[part] += role.voice.id != before.voice_of(role.speaker).id


def main() -> None:
    """Print the figures of the texts named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("texts", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--engine", default="pyttsx3")
    told = parser.parse_args()
    settings = load_settings(None, engines=known_engines(), engine=told.engine).general
    tally = Tally()
    for path in told.texts:
        tally_book(write_script(read_book(path)), settings, tally)
    by_lot = tally.alike_by_lot / tally.answers
    print(f"{tally.answers} answers; alike {tally.alike / tally.answers:.1%}, by lot {by_lot:.1%}")
    for part, clarity in sorted(tally.clarity.items()):
        recast = f"recast {tally.moved[part]} of {tally.held[part]}"
        print(f"{part:10} {len(clarity):4} speakers, clarity {mean(clarity):.3f}, {recast}")


if __name__ == "__main__":
    main()
