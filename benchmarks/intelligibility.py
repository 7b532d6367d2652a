"""Which voices are hard to understand: a rhyme test that a speech recognizer takes.

    python -m benchmarks.intelligibility                    the pools of the built-in voices.yaml
    python -m benchmarks.intelligibility en-us+f2 …         these voices
    python -m benchmarks.intelligibility --variants         every variant of eSpeak, with the accent en-us

A rhyme test (ANSI/ASA S3.2 describes the one that people take) asks which of six words was said that differ
in one consonant: "pin bin din tin fin thin".  Here pocketsphinx is asked.  Its acoustic model has learnt from
people, and a synthetic consonant is harder for it than for an ear: compare voices with each other, not with
a person's score.  (In noise it hears nothing of any of them: 96 % of the narrator's words go wrong where
speech-shaped noise is 5 dB under the voice.)
Each voice says all words of `RHYMES`, three to a sentence, at rate 155.  `errors` is the word error rate,
corrected for chance (who guesses is wrong five times of six: 100 %); a voice is `unclear` above
`MOST_ERRORS`.  `nearest` is the acoustic distance (benchmarks/voice_distances.py) from the
most similar voice of its pool, `close` under `LEAST_DISTANCE`.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from audiobook.casting import load_settings
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.model import Clip, Voice
from audiobook.project.shared_engines import known_engines
from benchmarks.voice_distances import TEXT, Sound, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RHYMES = tuple(
    tuple(words.split())
    for words in (
        # The first consonant differs.
        "pat bat cat fat mat sat",
        "pin bin din tin fin thin",
        "coat goat boat note vote wrote",
        "peel deal feel heel meal seal",
        "look book cook hook took shook",
        "lick pick sick tick thick chick",
        # The last one does.
        "map mad man mass mat math",
        "peace peach peak peat peel peep",
        "sick sip sin sing sit sill",
        "road rope roam rose wrote role",
        "back bag bad bat ban bath",
        "rate race rake rain rave raise",
    )
)
_A_SENTENCE = 3
MOST_ERRORS = 0.8
"""Where the distribution has its gap: of 50 voices measured 43 have 33 to 75 %, and seven (Alicia, Andrea,
travis, boris, shelby in two accents, aunty in one) 92 to 100 %: what they say is noise to the recognizer."""

LEAST_DISTANCE = 1.0
"""What two voices of a pool must differ by at least: two semitones, or 3 dB in every band."""

SAMPLE_RATE = 16_000
_EDGE_S = 0.2
_ROOM_TONE = 3 / 32768


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The share of a voice's words that were taken for another, corrected for chance."""

    voice: Voice
    errors: float


class Listener:
    """Takes the test: `rhymes` are the sets of words it is asked about."""

    def __init__(self, rhymes: Sequence[Sequence[str]] = RHYMES) -> None:
        self._rhymes = rhymes

    @cached_property
    def _decoder(self) -> Any:
        from pocketsphinx import Decoder

        decoder = Decoder(lm=None, loglevel="FATAL", samprate=SAMPLE_RATE)
        for first in range(0, len(self._rhymes), _A_SENTENCE):
            slots = (f"({' | '.join(words)})" for words in self._rhymes[first : first + _A_SENTENCE])
            grammar = f"#JSGF V1.0; grammar g{first}; public <s> = write {' then '.join(slots)} ;"
            decoder.add_jsgf_string(f"g{first}", grammar)
        return decoder

    def score(self, engine: EspeakEngine, voice: Voice) -> Score:
        """Let a voice say all words and return how many were understood."""
        wrong = count = 0
        for first in range(0, len(self._rhymes), _A_SENTENCE):
            self._decoder.activate_search(f"g{first}")
            sets = self._rhymes[first : first + _A_SENTENCE]
            for words in zip(*sets, strict=True):
                clip = engine.synthesize(f"Write {', then '.join(words)}.", voice)
                heard = self._hear(to_listener(clip))
                wrong += sum(said != other for said, other in zip(words, heard, strict=True))
                count += len(words)
        return Score(voice=voice, errors=min(1.0, wrong / count * 6 / 5))

    def _hear(self, samples: Floats) -> list[str]:
        scaled = (np.clip(samples, -1, 1) * 32767).astype("<i2")
        self._decoder.start_utt()
        self._decoder.process_raw(scaled.tobytes(), full_utt=True)
        self._decoder.end_utt()
        found = self._decoder.hyp()
        heard = found.hypstr.split()[1::2] if found else []
        return heard + [""] * (_A_SENTENCE - len(heard))


def to_listener(clip: Clip) -> Floats:
    """Return a clip as the recognizer takes it: 16 kHz, half of full scale, a little room around it."""
    samples = np.frombuffer(clip.samples, dtype="<i2") / 32768
    spectrum = np.fft.rfft(samples)
    frames = round(len(samples) * SAMPLE_RATE / clip.sample_rate)
    spectrum = spectrum[: frames // 2 + 1]
    converted = np.fft.irfft(spectrum, frames) * frames / len(samples)
    edge = np.zeros(round(_EDGE_S * SAMPLE_RATE))
    framed: Floats = np.concatenate([edge, converted / max(1e-9, np.abs(converted).max()) / 2, edge])
    return framed + _ROOM_TONE * np.random.default_rng(1).standard_normal(len(framed))


def print_scores(title: str, scores: Sequence[Score], sounds: Sequence[Sound]) -> None:
    """Print a pool's voices, the clearest first."""
    print(f"\n{title}\n{'voice':32} {'errors':>6}  nearest")
    for score, sound in sorted(zip(scores, sounds, strict=True), key=lambda pair: pair[0].errors):
        others = [(sound.distance(other), other.voice.id) for other in sounds if other is not sound]
        nearest = min(others, default=(np.inf, ""))
        notes = ["unclear"] * (score.errors > MOST_ERRORS) + ["close"] * (nearest[0] < LEAST_DISTANCE)
        name = f"{score.voice.id} pitch {score.voice.pitch}"
        line = f"{name:32} {score.errors:6.0%}  {nearest[0]:4.1f} {nearest[1]:24} {', '.join(notes)}"
        print(line.rstrip(), flush=True)


def main() -> None:
    """Print the table for the voices named, all variants, or the built-in pools."""
    engine = EspeakEngine()
    settings = load_settings(None, engines=known_engines(), engine="pyttsx3").general
    pools: dict[str, tuple[Voice, ...]] = {"narrator": (settings.narrator,)}
    pools |= {str(name): voices for name, voices in settings.pools.items()}
    named = sys.argv[1:]
    if named == ["--variants"]:
        named = sorted(entry.id for entry in engine.voices() if entry.id.startswith("en-us+"))
    if named:
        pools = {"named": tuple(replace(settings.narrator, id=each, pitch=50) for each in named)}
    listener = Listener()
    for title, voices in pools.items():
        scores = [listener.score(engine, voice) for voice in voices]
        print_scores(title, scores, [measure(voice, engine.synthesize(TEXT, voice)) for voice in voices])
    engine.close()


if __name__ == "__main__":
    main()
