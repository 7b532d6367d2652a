"""From a text to a clip by a model: phonemes, pieces, pace, pitch and level."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise
from typing import Protocol

from audiobook.engines.espeak.text import letters_of, plain_text, respellings
from audiobook.engines.neural.pace import STANDARD_RATE, Pace
from audiobook.engines.neural.splitting import CLAUSE_ENDS, SENTENCE_ENDS, split_phonemes
from audiobook.engines.neural.waves import Wave, join, pitch_factor, play_faster, write_samples
from audiobook.engines.neural.word_edges import find_word_edges
from audiobook.engines.spoken_words import time_words
from audiobook.errors import EngineError, SynthesisError
from audiobook.model import Clip, Phonemes, Voice, WordTime
from audiobook.words import find_words

_SENTENCE_S, _CLAUSE_S = 0.3, 0.18
"""Silence between pieces of a text at `STANDARD_RATE`: what eSpeak makes of a full stop within a text (0.21
to 0.38 s), and of a comma (docs/delivery.md)."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SpokenPhonemes:
    """A model's wave, and where in it each phoneme is heard: the n-th from `edges[n]` to `edges[n + 1]`.

    Edges are numbers of samples, one more than phonemes; what lies before the first and after the last is
    what the model makes of a text's start and end.  A model that does not tell has none.
    """

    wave: Wave
    edges: tuple[int, ...] = ()


class SpeechModel(Protocol):
    """A loaded model, with one or many voices."""

    sample_rate: int
    limit: int
    """The most phonemes that it takes at once."""
    late_s: float
    """How long before the edges that it tells its phonemes are heard."""

    @property
    def takes_pitch(self) -> bool:
        """Whether it speaks higher or lower itself; where not, what it speaks is played faster or slower."""
        ...

    def phonemize(self, text: str) -> list[list[str]]:
        """Return each sentence's phonemes, none that the model does not know."""
        ...

    def run(
        self, phonemes: Sequence[str], speaker: str, length: float, liveliness: float, pitch: float = 1.0
    ) -> SpokenPhonemes:
        """Speak phonemes, `length` times as long as the voice does of itself.

        `liveliness` multiplies what noise the model takes, 0 leaving it out, and `pitch` the voice's
        fundamental frequency where it `takes_pitch`; else it changes nothing.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Speech:
    """A text with the places that are spoken by phonemes, which are IPA with spaces between words."""

    text: str
    phonemes: Sequence[Phonemes] = ()


@dataclass(slots=True)
class Reader:
    """A model with what has been learnt of it: letters that it has no sound for, words by themselves."""

    model: SpeechModel
    _silent: dict[str, bool] = field(default_factory=dict)
    _alone: dict[str, Sequence[str]] = field(default_factory=dict)

    def speak(self, speech: Speech, voice: Voice, speaker: str, pace: Pace) -> Clip:
        """Speak a text.  Raises `SynthesisError` where there is nothing in it to be heard."""
        pitch = pitch_factor(voice.pitch)
        faster = 1.0 if self.model.takes_pitch else pitch
        run = partial(
            self.model.run,
            speaker=speaker,
            length=pace.length(voice.rate) * faster,
            liveliness=liveliness(voice.range),
            pitch=pitch,
        )
        pieces = self._pieces(speech)
        late = round(self.model.late_s * self.model.sample_rate)
        spoken = [_play_faster(run(piece), faster, late) for piece in pieces]
        waves = [(each.wave, _pause_s(piece, voice.rate)) for each, piece in zip(spoken, pieces, strict=True)]
        whole, starts = join(waves, self.model.sample_rate)
        samples, cut = write_samples(whole, pace.gain, voice.volume)
        if not samples:
            raise SynthesisError(_describe(speech.text, voice.id, "the model has no sound for any of it"))
        words = None
        if all(each.edges for each in spoken):
            edges = [
                (edge + start - cut, end + start - cut)
                for each, start in zip(spoken, starts, strict=True)
                for edge, end in pairwise(each.edges)
            ]
            words = self._time(speech, [sign for piece in pieces for sign in piece], edges, len(samples) // 2)
        return Clip(samples=samples, sample_rate=self.model.sample_rate, words=words)

    def _time(
        self, speech: Speech, signs: Sequence[str], edges: Sequence[tuple[int, int]], frames: int
    ) -> tuple[WordTime, ...]:
        """Return when the words of a text sound, of whose signs these edges are known, in samples."""
        words = list(find_words(speech.text))
        alone = [self._sound_alone(speech, word) for word in words]
        marks = []
        for number, first, last in find_word_edges(signs, alone):
            begin, end = (min(max(0, edge), frames) for edge in (edges[first][0], edges[last][1]))
            marks.append((words[number][0], begin, end))
        if marks:  # behind the last word there is no more silence
            marks[-1] = (*marks[-1][:2], frames)
        return time_words(speech.text, marks, self.model.sample_rate)

    def _sound_alone(self, speech: Speech, word: tuple[int, int]) -> Sequence[str]:
        """Return the phonemes of a word by itself; of words that are told together the first has all."""
        start, end = word
        for each in speech.phonemes:
            if each.start < end and start < each.end:
                return (
                    each.notation if start <= each.start or speech.text[each.start : start].isspace() else ""
                )
        text = speech.text[start:end]
        if text not in self._alone:
            self._alone[text] = [sign for sentence in self._phonemize(text) for sign in sentence]
        return self._alone[text]

    def read_plainly(self, text: str, speaker: str) -> tuple[Wave, int]:
        """Speak a text as the voice does of itself; return its wave and sample rate."""
        pieces = self._pieces(Speech(text=text))
        waves = [
            (self.model.run(each, speaker, 1.0, 1.0).wave, _pause_s(each, STANDARD_RATE)) for each in pieces
        ]
        return join(waves, self.model.sample_rate)[0], self.model.sample_rate

    def _pieces(self, speech: Speech) -> list[tuple[str, ...]]:
        """Return the phonemes of a text in pieces that the model can take."""
        sentences = self._sentences(speech)
        if not any(map(is_heard, sentences)):  # letters that are silent in company, one by one then
            text = plain_text(speech.text)
            spelled = "".join(respellings(char)[-1] if char.isalnum() else char for char in text)
            sentences = self.model.phonemize(spelled) if spelled else []
        if not any(map(is_heard, sentences)):
            raise SynthesisError(f"there is nothing to say in {speech.text[:40]!r}")
        pieces = [piece for each in sentences for piece in split_phonemes(each, self.model.limit)]
        return [piece for piece in pieces if is_heard(piece)]

    def _sentences(self, speech: Speech) -> list[list[str]]:
        """Return each sentence's phonemes, those that are told in the place of the words they are for."""
        found: list[list[str]] = []
        at = 0
        for each in (*speech.phonemes, None):
            text = speech.text[at : each.start if each else None]
            found = _append(found, self._phonemize(text), is_new=found == [] or not speech.phonemes)
            if each is not None:
                found = _append(found, [[" ", *each.notation, " "]], is_new=False)
                at = each.end
        return found

    def _phonemize(self, text: str) -> list[list[str]]:
        spoken = plain_text(text)
        replaced = {}
        for char in letters_of(spoken):
            if self._is_silent(char):
                ways = respellings(char)
                replaced[ord(char)] = next((way for way in ways if not self._is_silent(way)), ways[-1])
        spoken = " ".join(spoken.translate(replaced).split())
        return self.model.phonemize(spoken) if spoken else []

    def _is_silent(self, text: str) -> bool:
        if text not in self._silent:
            self._silent[text] = not any(map(is_heard, self.model.phonemize(text.strip())))
        return self._silent[text]


def check_repeats(reader: Reader, speaker: str) -> None:
    """Raise `EngineError` where the same words, spoken twice, are not the same samples."""
    first, second = (reader.read_plainly("Twice the same.", speaker)[0] for _ in range(2))
    if first.tobytes() != second.tobytes():
        raise EngineError("it never says the same words in the same way, so it can't be used")


def is_heard(phonemes: Sequence[str]) -> bool:
    """Tell whether there is a sound among phonemes, and not only marks."""
    return any(
        char.isalnum() and unicodedata.category(char) != "Lm" for phoneme in phonemes for char in phoneme
    )


def liveliness(melody: int) -> float:
    """Return by what a voice's noise is multiplied: 0 at range 0, 1 at 50, 1.5 at 100.

    Twice its own would be Piper's 0.667 above 1, where voices begin to stumble.
    """
    return melody / 50 if melody <= 50 else 1 + (melody - 50) / 100


def _append(found: list[list[str]], more: list[list[str]], *, is_new: bool) -> list[list[str]]:
    """Add sentences, the first of them as the rest of the last one that is there unless it `is_new`."""
    if is_new or not found or not more:
        return found + more
    return [*found[:-1], found[-1] + more[0], *more[1:]]


def _play_faster(spoken: SpokenPhonemes, factor: float, late: int) -> SpokenPhonemes:
    """Return a wave as it is when played faster, with its edges where the phonemes are heard."""
    wave = play_faster(spoken.wave, factor)
    share = len(wave) / max(1, len(spoken.wave))
    return SpokenPhonemes(wave=wave, edges=tuple(round((edge - late) * share) for edge in spoken.edges))


def _pause_s(piece: Sequence[str], rate: int) -> float:
    last = next((each for each in reversed(piece) if each.strip()), "")
    pause = _SENTENCE_S if last in SENTENCE_ENDS else _CLAUSE_S if last in CLAUSE_ENDS else 0.0
    return pause * STANDARD_RATE / rate


def _describe(text: str, voice_id: str, reason: str) -> str:
    start = text if len(text) <= 60 else text[:57] + "…"
    return f"could not speak {start!r} in the voice {voice_id}: {reason}; reword it or choose another voice"
