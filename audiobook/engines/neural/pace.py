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

from audiobook.engines.neural.store import write_atomically
from audiobook.engines.neural.waves import Wave, level, trim
from audiobook.errors import SynthesisError

_VERSION = 1

SENTENCES = {
    "en": (
        "The keeper of the lighthouse was an old man who had not spoken to anyone since the spring.",
        "Every evening he climbed the narrow stairs, lit the lamp, and looked for a long time at the sea.",
        "“Is anybody there?” the girl asked, and she held her lantern a little higher.",
        "Nothing moved on the beach but the grass and, far out, the slow white line of the waves.",
        "When the wind turned at last, they carried the boat down to the water and rowed home in silence.",
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
"""Narration and speech, in sentences of the length that stories have.  A voice of another language reads the
English ones, by its own language's rules: a measure of its pace, if a rougher one."""

_PAUSE_S = 0.4
"""The pause between sentences that goes into the pace (`pauses.sentence_ms` as it is shipped): a rate is what
a listener counts, as it is with eSpeak, whose rate 160 reads 146 to 163 words a minute with pauses."""

_LEVEL = 0.1
"""−20 dB of full scale, amid the −18 to −22 dB that eSpeak's voices have: one cast, one loudness."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """What a voice took at its own pace: `seconds` of sound for `words` in `sentences`; and its level."""

    words: int
    sentences: int
    seconds: float
    rms: float

    @property
    def words_per_minute(self) -> float:
        """How fast it speaks of itself, with pauses between sentences."""
        return 60 * self.words / (self.seconds + _PAUSE_S * self.sentences)

    def length(self, rate: int) -> float:
        """Return how much longer than of itself its sounds must be to read `rate` words a minute."""
        return (60 * self.words / rate - _PAUSE_S * self.sentences) / self.seconds

    @property
    def gain(self) -> float:
        """What brings it to the level of all voices."""
        return _LEVEL / self.rms


def find_pace(
    folder: Path, voice: str, digest: str, language: str, speak: Callable[[str], tuple[Wave, int]]
) -> Pace:
    """Return a voice's pace: what is kept of it in its model's folder, else measured now and kept.

    `digest` is of the model, so that no other's pace is taken for its own; `speak` reads a sentence at the
    voice's own pace, and gives the wave and its sample rate.
    """
    path = folder / "pace" / f"{urllib.parse.quote(voice, safe='')}.json"
    if pace := _read(path, digest):
        return pace
    with _one_at_a_time(path):
        if pace := _read(path, digest):
            return pace
        pace = _measure(voice, SENTENCES.get(language[:2].lower(), SENTENCES["en"]), speak)
        with contextlib.suppress(OSError):  # a folder of another user's: then it is measured at each start
            write_atomically(
                path, json.dumps({"version": _VERSION, "model": digest, **asdict(pace)}).encode()
            )
        return pace


def _read(path: Path, digest: str) -> Pace | None:
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if (kept.pop("version"), kept.pop("model")) == (_VERSION, digest):
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


def _measure(voice: str, sentences: tuple[str, ...], speak: Callable[[str], tuple[Wave, int]]) -> Pace:
    import numpy as np

    waves, seconds = [], 0.0
    for sentence in sentences:
        wave, sample_rate = speak(sentence)
        waves.append(trim(wave))
        seconds += len(waves[-1]) / sample_rate
    rms = level(np.concatenate(waves))
    if not seconds or not rms:
        raise SynthesisError(f"the voice {voice} is silent; install it anew, or choose another")
    words = sum(len([word for word in s.split() if any(map(str.isalnum, word))]) for s in sentences)
    return Pace(words=words, sentences=len(sentences), seconds=round(seconds, 4), rms=round(rms, 6))
