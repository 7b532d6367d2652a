"""eSpeak NG, through pyttsx3's binding of it, with the library and data of espeakng-loader.

pyttsx3's own event loop loses and swaps audio, so only its binding is used, and in a process apart
(`server.py`), which makes every clip whole and repeatable, by forking or, where that can't be, by reloading.
"""

from __future__ import annotations

import os
import re
import sys
import threading
from array import array
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

from audiobook.engines.base import WordSound
from audiobook.engines.casts import read_casts
from audiobook.engines.espeak.calibration import PLAIN, calibrate
from audiobook.engines.espeak.catalogue import Catalogue
from audiobook.engines.espeak.foreign import ForeignSounds
from audiobook.engines.espeak.languages import localize
from audiobook.engines.espeak.notation import add_ending, transcribe
from audiobook.engines.espeak.process import Answer, EspeakProcess, Request, ServerFailure, package_folder
from audiobook.engines.espeak.text import letters_of, plain_text, respellings
from audiobook.engines.espeak.unread import find_unread
from audiobook.engines.espeak.wording import (
    Spoken,
    Wording,
    end_as_heard,
    join_wordings,
    make_clip,
    word,
    word_phonemes,
)
from audiobook.engines.espeak.words import sound_words
from audiobook.engines.silence import FLOOR, find_sound
from audiobook.errors import EngineError, SynthesisError
from audiobook.forking import may_fork
from audiobook.languages import is_same_language
from audiobook.model import AS_IN, Clip, EngineCast, Phonemes, Voice, VoiceEntry

NAME = "pyttsx3"

_ADAPTER = 2
"""Counts the changes of this adapter that change the sound."""

_FULL_VOLUME = 80
"""eSpeak's volume for 1.0.  At its default, 100, 13 of the 104 variants clip; at 80, single samples
of 5 (robosoft2, klatt4 and the like) do."""

_LEAST_VOLUME = 0.1
"""Below this, eSpeak's steps are coarse (its volume 1 is silence): clips are scaled down instead."""

_LIMIT_S = 20.0
_LIMIT_S_PER_CHARACTER = 0.002
"""Synthesis takes 0.06 ms a character where this was measured, so this is thirty times that."""

_ENDING = re.compile(r"['’](s|ll|d|ve|re)(?!\w)", re.IGNORECASE)

_ATTEMPTS = 3
_SLOWEST = 80
_FASTEST = 449
"""From 450 words a minute on, eSpeak squeezes the finished sound, and its own account of how far it
has got (see `_find_gap`) no longer fits the samples."""


class EspeakEngine:
    """eSpeak NG; see `audiobook.engines.base.Engine` for what each member promises.

    `time_limit_s` is what a clip may take, beyond 2 ms a character, before it is tried anew.
    May be used from several threads, and in processes forked from one that has used it.
    `is_calibrated` False leaves each voice as fast and as loud as eSpeak has it.
    """

    def __init__(self, *, time_limit_s: float = _LIMIT_S, is_calibrated: bool = True) -> None:
        self._is_calibrated = is_calibrated
        self._time_limit_s = time_limit_s
        self._lock = threading.RLock()
        self._lock_owner = os.getpid()
        self._process: EspeakProcess | None = None
        self._silent: dict[tuple[str, str], bool] = {}

    @property
    def times_words(self) -> bool:
        """It tells where words begin; see `TimingEngine`."""
        return True

    @cached_property
    def fingerprint(self) -> str:
        """The versions of the binding, the library and this adapter."""
        from importlib.metadata import PackageNotFoundError, version

        try:
            packages = ", ".join(f"{name} {version(name)}" for name in ("pyttsx3", "espeakng-loader"))
        except PackageNotFoundError as error:
            raise EngineError(f"the package {error.name} is missing; pip install {error.name}") from error
        return f"{packages}, adapter {_ADAPTER}"

    @cached_property
    def _catalogue(self) -> Catalogue:
        return Catalogue(package_folder("espeakng_loader") / "espeak-ng-data")

    @cached_property
    def _foreign(self) -> ForeignSounds:
        return ForeignSounds(self._catalogue)

    def built_in_cast(self, language: str) -> EngineCast | None:
        """Return the English cast, or its counterparts in another language; see `CastingEngine`."""
        english = read_casts("espeak/cast.txt", NAME)["en"]

        def at_home(voice: Voice) -> Voice:
            return replace(voice, id=self.localize(voice.id, language) or "")

        narrator = at_home(english.narrator)
        if not narrator.id:
            return None
        pools = {
            gender: tuple(dict.fromkeys(each for each in map(at_home, pool) if each.id))
            for gender, pool in english.pools.items()
        }
        return replace(english, narrator=narrator, pools=pools)

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List each language alone and with each variant, sorted by language tag: about 14,000 voices.

        MBROLA voices are left out: they need a program of their own.
        """
        return self._catalogue.entries(NAME)

    def find_fault(self, voice_id: str) -> str | None:
        """Look the voice up in eSpeak's data folder; upper and lower case differ."""
        return self._catalogue.find_fault(voice_id)

    def localize(self, voice_id: str, language: str) -> str | None:
        """Return the voice in another language: `fr-fr+f2` for `en-us+f2`.  See `LocalEngine`."""
        # The tag tells it of most voices, and spares every English run to read the catalogue.
        if is_same_language(voice_id.partition("+")[0], language):
            return voice_id
        return localize(self._catalogue, voice_id, language)

    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:
        """Return a pronunciation (ipa, x-sampa, espeak) in eSpeak's mnemonics for the voice's accent.

        Words of another language are said by eSpeak's rules for that, in the nearest sounds of the voice's.

        See `PhoneticEngine.transcribe`; for a voice that `find_fault` objects to, `EngineError`.
        """
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        if alphabet.startswith(AS_IN):
            return self._foreign.note(ph, alphabet.removeprefix(AS_IN), voice_id)
        table = self._catalogue.phoneme_table(voice_id)
        return transcribe(ph, alphabet, table, is_english=self._catalogue.is_english(voice_id))

    def find_unread(self, characters: str, voice_id: str) -> frozenset[str]:
        """Return which ideographs and kana a voice would only call letters; see `LiterateEngine`."""
        return find_unread(characters, voice_id.partition("+")[0])

    def pronounce(self, words: Sequence[str], voice_id: str) -> tuple[WordSound, ...]:
        """Return how each word sounds, asked of eSpeak in a process of its own; see `PronouncingEngine`."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return sound_words(words, self._catalogue.identifier(voice_id)) if words else ()

    def vary(self, voice_id: str, variant: str) -> str | None:
        """Return a voice's language with another variant: a woman's for a woman, where there is one.

        See `VariantEngine`: `whisper` makes `en-us+whisperf` of `en-us+f2`, and `en-us+whisper` of `en-us`.
        """
        return None if self.find_fault(voice_id) else self._catalogue.vary(voice_id, variant)

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        """Speak `text` without silence before and after it; letters without a sound are spelled out.

        Markup is read as it stands.  Raises `SynthesisError` after three attempts.
        """
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        identifier = self._catalogue.identifier(voice.id)
        with self._own_lock():
            if phonemes:
                wording = self._with_phonemes(text, phonemes, voice.id)
                spoken = self._speak(wording, identifier, voice, has_phonemes=True)
                if spoken.samples:
                    return make_clip(spoken, text, self._running().sample_rate)
            speakable = self._respell_silent_letters(plain_text(text), identifier)
            spoken = self._speak(word(speakable, text), identifier, voice)
            if not spoken.samples:  # nothing but letters that are silent in company
                spelled = "".join(respellings(char)[-1] if char.isalnum() else char for char in speakable)
                spoken = self._speak(word(spelled, text), identifier, voice)
            if not spoken.samples:
                raise SynthesisError(_describe(text, voice.id, "eSpeak has no sound for any of it"))
            return make_clip(spoken, text, self._running().sample_rate)

    def close(self) -> None:
        """End the speaking process."""
        with self._own_lock():
            if self._process is not None:
                self._process.close()
                self._process = None

    def _own_lock(self) -> threading.RLock:
        if self._lock_owner != os.getpid():  # forked, perhaps while another thread held the lock
            self._lock, self._lock_owner = threading.RLock(), os.getpid()
        return self._lock

    def _running(self) -> EspeakProcess:
        if self._process is not None and not self._process.is_ours:
            self._process.close()
            self._process = None
        if self._process is None:
            self._process = _open_process()
        return self._process

    def _with_phonemes(self, text: str, phonemes: Sequence[Phonemes], voice_id: str) -> Wording:
        """Return the text for eSpeak, with phonemes in double brackets, which are nowhere else in it."""
        table = self._catalogue.phoneme_table(voice_id)
        identifier = self._catalogue.identifier(voice_id)
        pieces: list[Wording] = []
        at = 0
        for each in phonemes:
            pieces.append(self._reword(text, at, each.start, identifier))
            notation, at = self._foreign.sound(each.notation, voice_id), each.end
            if not notation:  # no such sounds: the words as they stand
                at = each.start
                continue
            ending = _ENDING.match(text, at)
            if ending and self._catalogue.is_english(voice_id):
                notation = add_ending(notation, ending[1].lower(), table)
                at = ending.end()
            pieces += (word_phonemes(each_word, each.start) for each_word in notation.split())
        rest = self._reword(text, at, len(text), identifier)
        # The stop of an abbreviation is the sentence's too.
        pieces.append(
            rest if rest.text or not text[:at].endswith(".") else word(".", text[at - 1 : at], at - 1)
        )
        return join_wordings([piece for piece in pieces if piece.text])

    def _reword(self, text: str, start: int, end: int, identifier: str) -> Wording:
        spoken = self._respell_silent_letters(plain_text(text[start:end]), identifier)
        return word(spoken, text[start:end], start)

    def _speak(
        self, wording: Wording, identifier: str, voice: Voice, *, has_phonemes: bool = False
    ) -> Spoken:
        """Return the trimmed sound of a text, which is empty where eSpeak is silent about it."""
        if not wording.text:
            return Spoken()
        scaled = voice.volume < _LEAST_VOLUME
        calibration = calibrate(voice.id) if self._is_calibrated else PLAIN
        volume = calibration.gain * (1.0 if scaled else voice.volume)
        request = Request(
            text=end_as_heard(wording.text),
            voice=identifier,
            rate=max(_SLOWEST, min(round(voice.rate * calibration.pace), _FASTEST)),
            pitch=voice.pitch,
            volume=round(volume * _FULL_VOLUME),
            range=voice.range,
            has_phonemes=has_phonemes,
        )
        answer, floor = self._request(request), round(FLOOR * volume)
        start, end = find_sound(answer.samples, floor)
        samples = answer.samples[2 * start : 2 * end]
        marks = [(wording.origin(at), max(0, sample - start)) for at, sample in answer.words]
        if scaled:
            samples = array("h", (round(each * voice.volume) for each in array("h", samples))).tobytes()
        return Spoken(samples, marks, floor)

    def _request(self, request: Request) -> Answer:
        """Return the answer to a request, its sound proven whole; try again where it isn't."""
        limit_s = self._time_limit_s + _LIMIT_S_PER_CHARACTER * len(request.text)
        reason = ""
        for _ in range(_ATTEMPTS):
            try:
                answer = self._running().speak(request, limit_s)
            except ServerFailure as failure:
                reason = str(failure)
                self._process = None
                continue
            if not answer.voice_taken:
                raise EngineError(
                    f"eSpeak does not know its own voice {request.voice}; reinstall espeakng-loader"
                )
            reason = _find_gap(answer, len(request.text))
            if not reason:
                return answer
        raise SynthesisError(_describe(request.text, request.voice, f"{reason}, {_ATTEMPTS} times"))

    def _respell_silent_letters(self, text: str, identifier: str) -> str:
        """Replace the letters and digits that the voice has no sound for."""
        language = identifier.partition("+")[0]
        letters = letters_of(text)
        if language.startswith("gmw/en"):  # every English voice speaks all of ASCII
            letters = {char for char in letters if not char.isascii()}
        replacements = {}
        for char in sorted(letters):
            if self._is_silent(char, language):
                ways = respellings(char)
                audible = (way for way in ways if not self._is_silent(way, language))
                replacements[ord(char)] = next(audible, ways[-1])
        return " ".join(text.translate(replacements).split()) if replacements else text

    def _is_silent(self, text: str, language: str) -> bool:
        key = (language, text)
        if key not in self._silent:
            quick = Voice(engine=NAME, id=language, rate=_FASTEST)
            stripped = text.strip()
            self._silent[key] = not self._speak(word(stripped, stripped), language, quick).samples
        return self._silent[key]


def _open_process() -> EspeakProcess:
    if sys.platform == "linux" and may_fork():
        from audiobook.engines.espeak.forking_process import ForkingProcess

        return ForkingProcess()
    from audiobook.engines.espeak.reloading_process import ReloadingProcess

    return ReloadingProcess()


def _find_gap(answer: Answer, characters: int) -> str:
    """Return what shows that an answer is not the whole text's sound, or nothing.

    eSpeak reports for each clause where its sound ends and how many characters of the text it has
    read by then: the last must be all characters, and no later than the samples go.  After it comes
    only the echo, in voices that have one.
    """
    if not answer.finished:
        return "eSpeak did not report the end of the text"
    if answer.spoken_characters != characters:
        return f"eSpeak spoke {answer.spoken_characters} of {characters} characters"
    if len(answer.samples) < 2 * answer.spoken_samples:
        return f"{len(answer.samples) // 2} of {answer.spoken_samples} samples arrived"
    return ""


def _describe(text: str, voice_id: str, reason: str) -> str:
    start = text if len(text) <= 60 else text[:57] + "…"
    return (
        f"could not speak {start!r} in the voice {voice_id}: {reason}; "
        "run again, and if it stays so, choose another voice or reword the text"
    )
