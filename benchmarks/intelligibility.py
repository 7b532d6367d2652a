"""Which voices are hard to understand: a rhyme test and a dictation that speech recognizers take.

    python -m benchmarks.intelligibility                    the English pools of every engine here
    … --engine NAME                                         of this one alone
    … --engine NAME VOICE …                                 these voices (of eSpeak's, if no engine is named)
    … --variants                                            every variant of eSpeak, with the accent en-us
    … --sentences N                                         a dictation of so many, 8 if not told

A rhyme test (ANSI/ASA S3.2 describes the one that people take) asks which of six words was said that differ
in one consonant: "pin bin din tin fin thin".  Here pocketsphinx is asked.  Its acoustic model has learnt from
people, and a synthetic consonant is harder for it than for an ear: compare voices with each other, not with
a person's score.  (In noise it hears nothing of any of them: 96 % of the narrator's words go wrong where
speech-shaped noise is 5 dB under the voice.)
Each voice says all words of `RHYMES`, three to a sentence, at rate 155.  `errors` is the word error rate,
corrected for chance (who guesses is wrong five times of six: 100 %); a voice is `unclear` above
`MOST_ERRORS`.  `nearest` is the acoustic distance (benchmarks/voice_distances.py) from the
most similar voice of its pool, `close` under `LEAST_DISTANCE`.

`misheard` is the share of words that Whisper's tiny.en hears as others in sentences of the four stories
(benchmarks/dictation.py): connected speech, and a recognizer that knows what is usually said.  It is left out
where the recognizer is not installed (`narrate voices install whisper`).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from audiobook.casting import load_settings
from audiobook.engines.registry import find_lack
from audiobook.listening.recognizer import find_recognizer
from audiobook.model import Clip, Voice
from audiobook.project.shared_engines import known_engines, shared_engine
from benchmarks.dictation import Recognizer
from benchmarks.ears import choose_sentences, dictate, read_sentences
from benchmarks.voice_distances import TEXT, Sound, measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from audiobook.engines.base import Engine

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

_WITH_A_CAST = ("pyttsx3", "kokoro", "piper")

SAMPLE_RATE = 16_000
_EDGE_S = 0.2
_ROOM_TONE = 3 / 32768


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The shares of a voice's words taken for others: of rhymes (corrected for chance), of sentences."""

    voice: Voice
    errors: float
    misheard: float | None = None


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

    def score(self, engine: Engine, voice: Voice) -> Score:
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
    print(f"\n{title}\n{'voice':40} {'errors':>6} {'misheard':>8}  nearest")
    for score, sound in sorted(zip(scores, sounds, strict=True), key=lambda pair: pair[0].errors):
        others = [(sound.distance(other), other.voice.id) for other in sounds if other is not sound]
        nearest = min(others, default=(np.inf, ""))
        notes = ["unclear"] * (score.errors > MOST_ERRORS) + ["close"] * (nearest[0] < LEAST_DISTANCE)
        misheard = "–" if score.misheard is None else f"{score.misheard:.1%}"
        name = f"{score.voice.id} pitch {score.voice.pitch}"
        heard = f"{name:40} {score.errors:6.0%} {misheard:>8}"
        print(f"{heard}  {nearest[0]:4.1f} {nearest[1]:24} {', '.join(notes)}".rstrip(), flush=True)


def find_pools(engine: str) -> dict[str, tuple[Voice, ...]]:
    """Return an engine's built-in English pools by name, the narrator as one of them."""
    settings = load_settings(None, engines=known_engines(), engine=engine).general
    return {"narrator": (settings.narrator,)} | {
        str(name): tuple(voice for voice in voices if voice.engine == engine)
        for name, voices in settings.pools.items()
    }


def main() -> None:
    """Print the table for the voices named, all variants, or the built-in pools."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.intelligibility")
    parser.add_argument("voices", nargs="*")
    parser.add_argument("--engine", choices=_WITH_A_CAST)
    parser.add_argument("--variants", action="store_true")
    parser.add_argument("--sentences", type=int, default=8, metavar="N")
    told = parser.parse_args()
    named = told.voices
    if told.variants:
        named = sorted(each.id for each in shared_engine("pyttsx3").voices() if each.id.startswith("en-us+"))
    if named or told.engine:
        engines = [told.engine or "pyttsx3"]
    else:
        engines = [name for name in _WITH_A_CAST if find_lack(name) is None]
    listener = Listener()
    recognizer = Recognizer() if find_recognizer() else None
    sentences = choose_sentences(told.sentences)
    for name in engines:
        pools = find_pools(name)
        if named:
            pools = {"named": tuple(replace(pools["narrator"][0], id=each, pitch=50) for each in named)}
        engine = shared_engine(name)
        for title, voices in pools.items():
            scores = [listener.score(engine, voice) for voice in voices]
            if recognizer is not None:
                scores = [
                    replace(
                        each,
                        misheard=dictate(recognizer, read_sentences(engine, each.voice, sentences)).share,
                    )
                    for each in scores
                ]
            sounds = [measure(voice, engine.synthesize(TEXT, voice)) for voice in voices]
            print_scores(f"{name}: {title}", scores, sounds)


if __name__ == "__main__":
    main()
