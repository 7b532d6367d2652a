"""Kokoro: one neural model with 54 voices in nine languages, which can be blended; 24 kHz.

Of the package kokoro-onnx come the vocabulary, the voices' styles and the way into the model; what it leaves
open (threads, noise, pace, pitch, long texts) is in `neural/`.
"""

from __future__ import annotations

import difflib
import zipfile
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from audiobook.engines.kokoro_model import KokoroModel, list_styles, load_kokoro, parse_blend
from audiobook.engines.kokoro_voices import LANGUAGES, MODEL, VOICES, choose_kit, gender_of, language_of
from audiobook.engines.neural.fetching import Tell
from audiobook.engines.neural.installing import install_kit
from audiobook.engines.neural.notation import transcribe_ipa
from audiobook.engines.neural.pace import VERSION as PACE_VERSION
from audiobook.engines.neural.pace import Pace, find_pace
from audiobook.engines.neural.packages import name_versions
from audiobook.engines.neural.sessions import ModelShelf, name_threads
from audiobook.engines.neural.speaking import Reader, Speech, check_repeats
from audiobook.engines.neural.store import VoiceStore
from audiobook.errors import EngineError, NarrateError, SynthesisError
from audiobook.languages import is_same_language
from audiobook.model import Clip, Phonemes, Voice, VoiceEntry

NAME = "kokoro"

_ADAPTER = 2
"""Counts the changes of this adapter that change the sound."""

_PACKAGES = ("kokoro-onnx", "onnxruntime", "phonemizer", "espeakng-loader", "numpy")


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

    @property
    def fingerprint(self) -> str:
        """The versions of the packages and of this adapter; each model has its own."""
        versions = name_versions(NAME, _PACKAGES)
        own = f"adapter {_ADAPTER}, pace {PACE_VERSION}"
        return ", ".join(filter(None, (versions, own, name_threads())))

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List the installed model's voices; blends of them work as well."""
        return tuple(describe_voice(name) for name in self._names())

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
            close = difflib.get_close_matches(name, installed or VOICES, n=1)
            hint = (
                f" (did you mean '{close[0]}'?)"
                if close
                else "; narrate voices --available kokoro lists them"
            )
            return f"a voice of kokoro, got '{name}'{hint}"
        return None

    def voice_fingerprint(self, voice_id: str) -> str:
        """Name the version of the model and of its voices' file; see `VersionedEngine`."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return self._store.name_version(MODEL)

    def localize(self, voice_id: str, language: str) -> str | None:
        """Return the voice itself where it speaks the language: who sounds alike in two, nobody knows."""
        return voice_id if is_same_language(language_of(voice_id), language) else None

    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:
        """Return a pronunciation (ipa, x-sampa) in the IPA that the model was taught."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return transcribe_ipa(ph, alphabet, self._vocabulary, voice_id)

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        """Speak `text` without silence before and after it; letters without a sound are spelled out.

        The model speaks at half to twice its own speed: rates beyond these are as near as it comes.
        """
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        language = language_of(voice.id)
        try:
            digest = self._store.read_origin(MODEL).digest
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

    def install(self, voice_id: str, source: Path | None, tell: Tell) -> Path:
        """Install the model with all its voices, whichever of them is named; see `InstallableEngine`."""
        name_versions(NAME, (*_PACKAGES, "onnx"))
        parts = parse_blend(voice_id) if voice_id else {}
        if parts is None or (source is None and not set(parts) <= set(VOICES)):
            close = difflib.get_close_matches(voice_id, VOICES, n=1)
            hint = f" (did you mean 'kokoro:{close[0]}'?)" if close else ""
            raise EngineError(
                f"kokoro:{voice_id}: there is no such voice{hint}; "
                "narrate voices --available kokoro lists them"
            )
        self.close()
        return install_kit(self._store, choose_kit(is_local=source is not None), source, self._prove, tell)

    def _prove(self, staged: Path, digest: str) -> None:
        """Measure the first voice's pace, by which a model is known to speak."""
        try:
            voices = list_styles(staged / "voices.bin")
            kokoro = load_kokoro(staged)
            first, language = voices[0], language_of(voices[0])
            reader = Reader(KokoroModel(kokoro, language))
            made_by = self._name_maker(digest)
            find_pace(staged, first, made_by, language, lambda words: reader.read_plainly(words, first))
            check_repeats(reader, first)
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
        """List the voices in the installed file of them, which is an archive with a file for each."""
        if not self._store.has(MODEL):
            return ()
        try:
            return list_styles(self._folder / "voices.bin")
        except (OSError, zipfile.BadZipFile) as error:
            raise EngineError(
                f"{self._folder}/voices.bin: can't be read: {error}; narrate voices install kokoro"
            ) from error

    @cached_property
    def _vocabulary(self) -> frozenset[str]:
        import json
        from importlib.util import find_spec

        name_versions(NAME, _PACKAGES)
        spec = find_spec("kokoro_onnx")
        folder = Path(spec.origin).parent if spec and spec.origin else Path()
        return frozenset(json.loads((folder / "config.json").read_text(encoding="utf-8"))["vocab"])

    def _load_model(self, _name: str) -> Any:
        return load_kokoro(self._folder)

    def _load(self, name: str) -> Reader:
        """Load what reads `language#digest`: a model that took the place of another is another."""
        name_versions(NAME, _PACKAGES)
        language, _, digest = name.partition("#")
        with self._model.borrow(digest) as kokoro:
            return Reader(KokoroModel(kokoro, language))

    def _name_maker(self, digest: str) -> str:
        return f"{self.fingerprint}, {digest}"

    def _find_pace(self, voice_id: str, language: str, digest: str, reader: Reader) -> Pace:
        if (voice_id, digest) not in self._paces:
            self._paces[voice_id, digest] = find_pace(
                self._folder,
                voice_id,
                self._name_maker(digest),
                language,
                lambda sentence: reader.read_plainly(sentence, voice_id),
            )
        return self._paces[voice_id, digest]


def describe_voice(name: str) -> VoiceEntry:
    """Return the catalogue's line of a voice: language and gender are in the two letters of its name."""
    return VoiceEntry(
        engine=NAME,
        id=name,
        name=name.partition("_")[2].replace("_", " ").capitalize(),
        language=language_of(name),
        gender=gender_of(name),
    )
