"""Kokoro: one neural model with 54 voices in nine languages, which can be blended; 24 kHz.

Of the package kokoro-onnx comes the vocabulary; the model is prepared by `graph.py`, and what is as
with other engines (threads, noise, pace, pitch, long texts) is in `neural/`.
"""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any

from audiobook.engines.base import Effort, WordSound
from audiobook.engines.casts import cast_from_catalogue, read_casts
from audiobook.engines.espeak.unread import find_unread
from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.engines.kokoro.graph import RECIPE
from audiobook.engines.kokoro.model import (
    KokoroModel,
    LoadedKokoro,
    list_styles,
    load_kokoro,
    load_vocabulary,
    parse_blend,
)
from audiobook.engines.kokoro.pace import look_up_pace, name_rows, read_table
from audiobook.engines.kokoro.voices import (
    LANGUAGES,
    MODEL,
    MODELS,
    VOICES,
    choose_kit,
    gender_of,
    language_of,
)
from audiobook.engines.neural.fetching import Tell
from audiobook.engines.neural.installing import expect_voice, install_kit
from audiobook.engines.neural.notation import transcribe_ipa
from audiobook.engines.neural.pace import VERSION as PACE_VERSION
from audiobook.engines.neural.pace import Pace, find_pace
from audiobook.engines.neural.packages import name_versions
from audiobook.engines.neural.sessions import ModelShelf, name_threads
from audiobook.engines.neural.sources import Note
from audiobook.engines.neural.speaking import Reader, Speech, check_repeats
from audiobook.engines.neural.store import Provenance, VoiceStore
from audiobook.errors import EngineError, NarrateError, SynthesisError
from audiobook.languages import is_same_language, primary_language
from audiobook.model import Clip, EngineCast, Phonemes, Voice, VoiceEntry
from audiobook.suggesting import did_you_mean

NAME = "kokoro"

_ADAPTER = 4
"""Counts the changes of this adapter that change the sound."""

_CASTS = "kokoro/cast.txt"
_PITCH_SHIFTS = (0, 25, -25)
"""Two semitones up and down, which is as far as two voices of a pool must differ at least."""

_PACKAGES = ("kokoro-onnx", "onnxruntime", "phonemizer", "espeakng-loader", "numpy")


_FORMER = "prepared by another version of narrate (narrate voices install kokoro prepares it anew)"
"""What `narrate doctor` says of a model that speaks, but slower and without the lengths of its phonemes."""

_EFFORT = Effort(letter_s=0.042, clip_s=0.8, start_s=2.5, memory_mb=550)
"""Measured on the prepared int8 model, one thread of a server's core with AVX2: a straight line through the
clips of three stories, the packages and the model loaded first; 520 MB at most."""


class KokoroEngine:
    """Kokoro; see `audiobook.engines.base.Engine` for what each member promises.

    A voice's id is a name (`af_bella`) or a blend (`af_bella*0.7+af_sky*0.3`): the mean of the styles by
    these weights, spoken by the rules of the first one's language.
    May be used from several threads, one at a time, and in processes forked from one that has used it.
    """

    def __init__(self) -> None:
        self._store = VoiceStore(NAME)
        self._shelf = ModelShelf(self._load, len(LANGUAGES))
        self._model = ModelShelf(self._load_model, 1)
        self._paces: dict[tuple[str, str], Pace] = {}
        self._seen_names: dict[Any, tuple[str, ...]] = {}
        self._seen_origin: dict[Any, Provenance] = {}

    @property
    def effort(self) -> Effort:
        """What the model costs; see `CostlyEngine`."""
        return _EFFORT

    @property
    def is_fallible(self) -> bool:
        """Its model may leave out or mangle words; see `FallibleEngine`."""
        return True

    @property
    def times_words(self) -> bool:
        """Whether its model was prepared to tell each phoneme's length; see `TimingEngine`."""
        try:
            return self._origin().recipe == RECIPE.version
        except NarrateError:
            return False

    @property
    def fingerprint(self) -> str:
        """The versions of the packages and of this adapter; each model has its own."""
        versions = name_versions(NAME, _PACKAGES)
        own = f"adapter {_ADAPTER}, pace {PACE_VERSION}"
        return ", ".join(filter(None, (versions, own, name_threads())))

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List the installed model's voices; blends of them work as well."""
        return tuple(describe_voice(name) for name in self._names())

    def built_in_cast(self, language: str) -> EngineCast | None:
        """Return the table's cast, as far as it is installed, or else all voices of the language."""
        installed = frozenset(self._names())

        def is_here(voice: Voice) -> bool:
            return installed.issuperset(parse_blend(voice.id) or {})

        cast = read_casts(_CASTS, NAME, _PITCH_SHIFTS).get(primary_language(language))
        if cast is None or not is_here(cast.narrator):
            return cast_from_catalogue(self.voices(), language, _PITCH_SHIFTS)
        pools = {gender: tuple(filter(is_here, pool)) for gender, pool in cast.pools.items()}
        return replace(cast, pools=pools)

    def name_voice(self, voice_id: str) -> str:
        """Return a voice's own name, or those of a blend's voices."""
        return " and ".join(map(_name_style, parse_blend(voice_id) or [voice_id]))

    def find_fault(self, voice_id: str) -> str | None:
        """Look for each voice of a blend among those of the installed model."""
        parts = parse_blend(voice_id)
        if parts is None:
            return (
                f"a voice of kokoro like af_bella, or a blend like af_bella*0.7+af_sky*0.3, got '{voice_id}'"
            )
        installed = self._names()
        for name in parts:
            if name in installed:
                continue
            if not installed and name in VOICES:
                return (
                    f"a voice of kokoro that is installed, got '{voice_id}'; "
                    f"narrate voices install kokoro:{name}"
                )
            hint = did_you_mean(name, installed or VOICES)
            return (
                f"a voice of kokoro, got '{name}'{hint or '; narrate voices --available kokoro lists them'}"
            )
        return None

    def voice_fingerprint(self, voice_id: str) -> str:
        """Name the version of the model with its voices, and of the voice's pace; see `VersionedEngine`."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        origin = self._origin()
        former = "" if origin.recipe == RECIPE.version else f", {_FORMER}"
        return f"{origin.version}{former}{_name_pace(voice_id)}"

    def localize(self, voice_id: str, language: str) -> str | None:
        """Return the voice itself where it speaks the language: who sounds alike in two, nobody knows."""
        return voice_id if is_same_language(language_of(voice_id), language) else None

    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:
        """Return a pronunciation (ipa, x-sampa) in the IPA that the model was taught."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return transcribe_ipa(ph, alphabet, self._vocabulary, voice_id)

    def find_unread(self, characters: str, voice_id: str) -> frozenset[str]:
        """Return which ideographs and kana a voice can't read: its phonemes are eSpeak's."""
        return find_unread(characters, language_of(voice_id))

    def pronounce(self, words: Sequence[str], voice_id: str) -> tuple[WordSound, ...]:
        """Return how each word sounds: the phonemes are eSpeak's; see `PronouncingEngine`."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return sound_in_ipa(words, language_of(voice_id)) if words else ()

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        """Speak `text` without silence before and after it; letters without a sound are spelled out.

        The model speaks at half to twice its own speed: rates beyond these are as near as it comes.
        """
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        language = language_of(voice.id)
        try:
            digest = self._origin().digest
            with self._shelf.borrow(f"{language}#{digest}") as reader:
                pace = self._find_pace(voice.id, language, digest, reader)
                return reader.speak(Speech(text=text, phonemes=phonemes), voice, voice.id, pace)
        except NarrateError:
            raise
        except Exception as error:  # onnxruntime's, of no common root
            raise SynthesisError(
                f"kokoro failed on {text[:60]!r} in the voice {voice.id}: {error}"
            ) from error

    def published(self) -> tuple[VoiceEntry, ...]:
        """List the voices of the published model, all of which come with it."""
        return tuple(describe_voice(name) for name in VOICES)

    def install(self, voice_id: str, source: Path | None, tell: Tell, note: Note) -> Path:
        """Install a model with all its voices: the one that is named, or else the smaller one.

        It takes the place of the other one, whose voices have the same names; where that one has the voice
        that is named, it stays.  See `InstallableEngine`.
        """
        name_versions(NAME, (*_PACKAGES, "onnx"))
        is_model = voice_id in MODELS or not voice_id
        parts = {} if is_model else parse_blend(voice_id)
        if parts is None or (source is None and not set(parts) <= set(VOICES)):
            hint = did_you_mean(voice_id, (*VOICES, *MODELS), show="'kokoro:{}'".format)
            raise EngineError(
                f"kokoro:{voice_id}: there is no such voice{hint}; "
                f"narrate voices --available kokoro lists them, and the models are {', '.join(MODELS)}"
            )
        if not is_model and source is None and parts.keys() <= set(self._names()):
            note(f"kokoro:{voice_id} is in the model that is installed, which is kept")
            return self._folder
        self.close()
        kit = choose_kit(voice_id if is_model else "", is_local=source is not None)
        folder = install_kit(self._store, kit, source, self._prove, tell=tell, note=note)
        if not is_model:
            expect_voice(NAME, voice_id, self.find_fault(voice_id), folder)
        return folder

    def _prove(self, staged: Path, digest: str) -> None:
        """Let the first voice speak, and measure its pace where that is not known."""
        try:
            voices = list_styles(staged / "voices.bin")
            kokoro = load_kokoro(staged, is_prepared=True)
            first, language = voices[0], language_of(voices[0])
            reader = Reader(KokoroModel(kokoro, language))
            check_repeats(reader, first)
            if look_up_pace({first: 1.0}, language, kokoro.styles, read_table()) is None:
                made_by = self._name_maker(first, digest)
                find_pace(staged, first, made_by, language, lambda words: reader.read_plainly(words, first))
        except NarrateError:
            raise
        except zipfile.BadZipFile as error:
            raise EngineError(
                f"the file of voices beside kokoro's model is damaged; get it again ({error})"
            ) from error
        except Exception as error:  # onnxruntime's and NumPy's, of no common root
            raise EngineError(f"the model for kokoro does not speak: {error}") from error

    def close(self) -> None:
        """Let go of the loaded model."""
        self._shelf.clear()
        self._model.clear()

    @property
    def _folder(self) -> Path:
        return self._store.folder / MODEL

    def _names(self) -> tuple[str, ...]:
        """List the voices in the installed file of them, which is read once for each installation."""
        stamp = self._store.stamp(MODEL)
        if stamp is None:
            return ()
        if stamp not in self._seen_names:
            try:
                self._seen_names = {stamp: list_styles(self._folder / "voices.bin")}
            except (OSError, zipfile.BadZipFile) as error:
                raise EngineError(
                    f"{self._folder}/voices.bin: can't be read: {error}; narrate voices install kokoro"
                ) from error
        return self._seen_names[stamp]

    def _origin(self) -> Provenance:
        """Return where the installed model came from, which is read once too."""
        stamp = self._store.stamp(MODEL)
        if stamp not in self._seen_origin:
            self._seen_origin = {stamp: self._store.read_origin(MODEL)}
        return self._seen_origin[stamp]

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        name_versions(NAME, _PACKAGES)
        return frozenset(load_vocabulary())

    def _load_model(self, _name: str) -> LoadedKokoro:
        return load_kokoro(self._folder, is_prepared=self._origin().recipe == RECIPE.version)

    def _load(self, name: str) -> Reader:
        """Load what reads `language#digest`: a model that took the place of another is another."""
        name_versions(NAME, _PACKAGES)
        language, _, digest = name.partition("#")
        with self._model.borrow(digest) as kokoro:
            return Reader(KokoroModel(kokoro, language))

    def _name_maker(self, voice_id: str, digest: str) -> str:
        return f"{self.fingerprint}, {digest}{_name_pace(voice_id)}"

    def _find_pace(self, voice_id: str, language: str, digest: str, reader: Reader) -> Pace:
        if (voice_id, digest) not in self._paces:
            with self._model.borrow(digest) as kokoro:
                parts = parse_blend(voice_id) or {}
                known = look_up_pace(parts, language, kokoro.styles, read_table())
            self._paces[voice_id, digest] = known or find_pace(
                self._folder,
                voice_id,
                self._name_maker(voice_id, digest),
                language,
                lambda sentence: reader.read_plainly(sentence, voice_id),
            )
        return self._paces[voice_id, digest]


def describe_voice(name: str) -> VoiceEntry:
    """Return the catalogue's line of a voice: language and gender are in the two letters of its name."""
    language = language_of(name)
    cast = read_casts(_CASTS, NAME, _PITCH_SHIFTS).get(primary_language(language))
    return VoiceEntry(
        engine=NAME,
        id=name,
        name=_name_style(name),
        language=language,
        gender=gender_of(name),
        description=cast.descriptions.get(name, "") if cast else "",
    )


def _name_pace(voice_id: str) -> str:
    """Return what a version says of the table's rows that a voice's pace is taken from."""
    rows = name_rows(parse_blend(voice_id) or {}, read_table())
    return f", pace {rows}" if rows else ""


def _name_style(name: str) -> str:
    return name.partition("_")[2].replace("_", " ").capitalize()
