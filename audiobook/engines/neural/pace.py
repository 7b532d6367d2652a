"""How fast and how loud a voice speaks of itself, measured once, so that a rate means words a minute.

A model knows a length of speech, not words a minute, and its voices differ by a third and more.  So each
reads one text at its own pace when it is first used; what was measured is kept beside the voice.
"""

from __future__ import annotations

import contextlib
import json
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.engines.neural.waves import Wave, level, trim
from audiobook.errors import SynthesisError
from audiobook.files import write_whole

VERSION = 2
"""Counts the changes by which a voice gets another pace or level; part of its engine's fingerprint."""

SENTENCES = {
    "en": (
        "The keeper of the lighthouse, an elderly man named Sebastian, had spoken to nobody since spring.",
        "Every evening he climbed the narrow staircase, lighted the lamp, and watched the ocean for hours.",
        "“Is anybody there?” whispered the youngest visitor, and she lifted her lantern a little higher.",
        "Nothing moved along the beach but grasses and, surprisingly far out, the slowly turning waves.",
        "When the wind finally shifted, they carried the boat to the water and rowed homeward in silence.",
    ),
    "de": (
        "Der alte Mann im Leuchtturm hatte seit dem Frühling mit niemandem gesprochen.",
        "Jeden Abend stieg er die schmale Treppe hinauf, zündete die Lampe an und sah lange auf das Meer.",
        "„Ist da jemand?“, fragte das Mädchen und hob die Laterne ein wenig höher.",
        "Als der Wind sich endlich drehte, trugen sie das Boot ans Wasser und ruderten still nach Hause.",
    ),
    "fr": (
        "Le vieux gardien du phare n'avait parlé à personne depuis le printemps.",
        "Chaque soir, il montait l'escalier étroit, allumait la lampe et regardait longtemps la mer.",
        "« Il y a quelqu'un ? » demanda la jeune fille en levant un peu sa lanterne.",
        "Quand le vent tourna enfin, ils portèrent la barque jusqu'à l'eau et rentrèrent en silence.",
    ),
    "es": (
        "El viejo guardián del faro no había hablado con nadie desde la primavera.",
        "Cada noche subía la estrecha escalera, encendía la lámpara y miraba el mar durante mucho tiempo.",
        "—¿Hay alguien ahí? —preguntó la muchacha, y levantó un poco más la linterna.",
        "Cuando por fin cambió el viento, llevaron la barca al agua y volvieron a casa en silencio.",
    ),
}
"""Narration and speech, with words as long as stories have: the English ones have 6.16 phonemes a word, the
four stories in `texts/` 5.9 to 6.4, a novel (Pride and Prejudice) 5.8.  The others were not compared with
books.  A voice of another language reads the English ones, by its own language's rules: a rougher measure."""

STANDARD_RATE = 155
STANDARD_S = {"en": 29.0, "de": 20.0, "fr": 15.9, "es": 20.0}
"""Seconds that every voice takes for its language's sentences at this rate: what eSpeak's take, whose rate
means words a minute with the pauses of stories (docs/delivery.md).  Its English voices take 29.1 to 29.7 s;
with 29.0 the tests' models read whole chapters as fast as these, which matters more.  Of the others it is
`de`, `fr-fr` and `es`.  At other rates eSpeak's speech is longer or shorter in proportion, within 2 % from
110 to 220 words a minute."""

_LEVEL = 0.1
"""−20 dB of full scale, amid the −18 to −22 dB that eSpeak's voices have: one cast, one loudness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a voice took at its own pace, against what all shall take at `STANDARD_RATE`; and its level."""

    standard_s: float
    seconds: float
    rms: float

    def length(self, rate: int) -> float:
        """Return how much longer than of itself its sounds must be to read `rate` words a minute."""
        return self.standard_s * STANDARD_RATE / (self.seconds * rate)

    @property
    def gain(self) -> float:
        """What brings it to the level of all voices."""
        return _LEVEL / self.rms


def find_pace(
    folder: Path, voice: str, made_by: str, language: str, speak: Callable[[str], tuple[Wave, int]]
) -> Pace:
    """Return a voice's pace: what is kept of it in its model's folder, else measured now and kept.

    `made_by` names the versions of engine and model.  A pace is kept for these alone, so that it is decided
    by what clips are known by, and by nothing else.  `speak` reads a sentence at the voice's own pace,
    and gives the wave and its sample rate.
    """
    path = folder / "pace" / f"{urllib.parse.quote(voice, safe='')}.json"
    if pace := _read(path, made_by):
        return pace
    with _one_at_a_time(path):
        if pace := _read(path, made_by):
            return pace
        pace = measure_pace(voice, language, speak)
        with contextlib.suppress(OSError):  # a folder of another user's: then it is measured at each start
            write_whole(path, json.dumps({"made by": made_by, **asdict(pace)}).encode())
        return pace


def _read(path: Path, made_by: str) -> Pace | None:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept.pop("made by") == made_by:
            return Pace(**kept)
    return None


@contextlib.contextmanager
def _one_at_a_time(path: Path) -> Iterator[None]:
    """Let workers that want one voice's pace wait for the one that measures it, where they can be told."""
    from filelock import FileLock

    lock = FileLock(path.with_suffix(".lock"))
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
        with contextlib.suppress(OSError):
            path.with_suffix(".lock").unlink(missing_ok=True)


def measure_pace(voice: str, language: str, speak: Callable[[str], tuple[Wave, int]]) -> Pace:
    """Let a voice read its language's sentences by `speak`; see `find_pace`."""
    import numpy as np

    language = language[:2].lower()
    language = language if language in SENTENCES else "en"
    waves, seconds = [], 0.0
    for sentence in SENTENCES[language]:
        wave, sample_rate = speak(sentence)
        waves.append(trim(wave))
        seconds += len(waves[-1]) / sample_rate
    rms = level(np.concatenate(waves))
    if not seconds or not rms:
        raise SynthesisError(f"the voice {voice} is silent; install it anew, or choose another")
    return Pace(standard_s=STANDARD_S[language], seconds=round(seconds, 4), rms=round(rms, 6))
