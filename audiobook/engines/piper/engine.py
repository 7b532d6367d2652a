"""Piper: neural voices in some forty languages, each a model of 20 to 130 MB that is installed first.

Of the package piper-tts come the phonemes and the way into the model; what it leaves open (threads, noise,
pace, pitch, long texts) is in `neural/`.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiobook.engines.base import Effort
from audiobook.engines.casts import cast_from_catalogue
from audiobook.engines.espeak.unread import find_unread
from audiobook.engines.neural.fetching import Tell
from audiobook.engines.neural.installing import expect_voice, install_kit
from audiobook.engines.neural.notation import transcribe_ipa
from audiobook.engines.neural.pace import SENTENCES, Pace, find_pace
from audiobook.engines.neural.pace import VERSION as PACE_VERSION
from audiobook.engines.neural.packages import name_versions
from audiobook.engines.neural.sessions import ModelShelf, load_onnxruntime, name_threads, open_session
from audiobook.engines.neural.sources import Note
from audiobook.engines.neural.speaking import Reader, Speech, SpokenPhonemes, check_repeats, is_heard
from audiobook.engines.neural.store import VoiceStore, storing
from audiobook.engines.neural.voicing import find_f0, judge_gender
from audiobook.engines.neural.waves import Wave
from audiobook.engines.piper.voices import (
    FORM,
    check_type,
    choose_kit,
    is_published,
    known_names,
    list_published,
)
from audiobook.errors import EngineError, NarrateError, SynthesisError
from audiobook.files import write_whole
from audiobook.languages import is_same_language
from audiobook.model import Clip, EngineCast, Gender, Phonemes, Voice, VoiceEntry
from audiobook.suggesting import did_you_mean

NAME = "piper"

_ADAPTER = 2
"""Counts the changes of this adapter that change the sound."""

_LIMIT = 400
"""Phonemes at once: twenty-five seconds of speech, more than sentences have; the time and the memory that a
model's attention takes grow with the square of it."""

_MOST_HEARD = 40
"""Speakers of one model whose sound is measured, evenly spread where it has more (some have nine hundred):
enough for a novel's cast, and a second or less for each."""

_WHO: Mapping[Gender, str] = {"female": "woman", "male": "man", "unknown": "between a man and a woman"}

_HEARD = "speakers.json"
"""Beside the model: the median F0 in Hz of each speaker who was measured, 0 where none was found."""

_PITCH_SHIFTS = (0, 12, -12)
"""A semitone up and down: what is played faster sounds of another size too, so other speakers go before."""

_ROOM = 3
"""Models that a process keeps: 60 MB of weights each, and as much again while it speaks."""


@dataclass(frozen=True, slots=True)
class _Description:
    """What a voice's own file says of it."""

    language: str
    speakers: Mapping[str, int]
    count: int
    sounds: frozenset[str]
    espeak: str

    def find_speaker(self, told: str) -> int | None:
        """Return a speaker's number by number or name, the first one's where nothing is told."""
        if not told:
            return 0
        if told.isdecimal():
            return int(told) if int(told) < self.count else None
        return self.speakers.get(told)


_EFFORT = Effort(letter_s=0.004, memory_mb=250)
"""A medium model's."""


class PiperEngine:
    """Piper; see `audiobook.engines.base.Engine` for what each member promises.

    May be used from several threads, one at a time, and in processes forked from one that has used it.
    """

    def __init__(self) -> None:
        self._store = VoiceStore(NAME)
        self._shelf = ModelShelf(self._load, _ROOM)
        self._paces: dict[tuple[str, str], Pace] = {}

    @property
    def effort(self) -> Effort:
        """What a model costs; see `CostlyEngine`."""
        return _EFFORT

    @property
    def is_fallible(self) -> bool:
        """Its model may leave out or mangle words; see `FallibleEngine`."""
        return True

    @property
    def fingerprint(self) -> str:
        """The versions of the packages and of this adapter; each model has its own."""
        versions = name_versions(NAME, ("piper-tts", "onnxruntime", "numpy"))
        own = f"adapter {_ADAPTER}, pace {PACE_VERSION}"
        return ", ".join(filter(None, (versions, own, name_threads())))

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List the installed voices, each speaker of a model with several as a voice of its own."""
        return tuple(
            entry
            for name in self._store.names()
            for entry in self._list_speakers(name, self._read_heard(name))
        )

    def built_in_cast(self, language: str) -> EngineCast | None:
        """Return the speakers who were measured at installation, all of a model where none was."""
        entries: list[VoiceEntry] = []
        for name in self._store.names():
            heard = self._read_heard(name)
            speakers = list(self._list_speakers(name, heard))
            entries += (each for number, each in enumerate(speakers) if not heard or str(number) in heard)
        return cast_from_catalogue(entries, language, _PITCH_SHIFTS)

    def name_voice(self, voice_id: str) -> str:
        """Return the name of a voice's maker or speaker, as far as it is one."""
        name, _, speaker = voice_id.partition("#")
        match = re.fullmatch(FORM, name)
        own = match["name"].replace("_", " ").capitalize() if match else name
        return f"{own} {speaker}" if speaker.isdecimal() else speaker.capitalize() or own

    def _list_speakers(self, name: str, heard: Mapping[str, float]) -> Iterator[VoiceEntry]:
        about = self._describe(name)
        names = {number: speaker for speaker, number in about.speakers.items()}
        for number in range(about.count):
            speaker = names.get(number, "")
            told = str(number) if not speaker or speaker.isdecimal() else speaker
            f0_hz = heard.get(str(number), 0.0)
            gender = judge_gender(f0_hz)
            yield VoiceEntry(
                engine=NAME,
                id=name if about.count == 1 else f"{name}#{told}",
                name=_readable(name),
                language=about.language,
                gender=gender,
                description=f"{_WHO[gender]}, {f0_hz:.0f} Hz" if f0_hz else "",
            )

    def _read_heard(self, name: str) -> Mapping[str, float]:
        """Return the median F0 in Hz of a model's speakers, by their numbers; none where none was heard."""
        with contextlib.suppress(OSError, ValueError, TypeError, AttributeError):
            kept = json.loads((self._store.folder / name / _HEARD).read_text(encoding="utf-8"))
            return {number: float(f0_hz) for number, f0_hz in kept.items()}
        return {}

    def find_fault(self, voice_id: str) -> str | None:
        """Look for the model's folder, and the speaker in its description."""
        name, _, speaker = voice_id.partition("#")
        if self._store.has(name):
            about = self._describe(name)
            if about.find_speaker(speaker) is not None and (speaker or "#" not in voice_id):
                return None
            hint = did_you_mean(speaker, about.speakers, show=lambda close: f"'{name}#{close}'")
            return f"a voice of piper whose speaker is one of {about.count}, from #0, got '{voice_id}'{hint}"
        known = known_names(self._store)
        if is_published(name, known):
            return (
                f"a voice of piper that is installed, got '{voice_id}'; narrate voices install piper:{name}"
            )
        hint = did_you_mean(name, [*self._store.names(), *known]) or ", such as 'en_US-lessac-medium'"
        return f"a voice of piper, got '{voice_id}'{hint}; narrate voices --available piper lists them"

    def voice_fingerprint(self, voice_id: str) -> str:
        """Name the model's version, as it was noted when it was installed; see `VersionedEngine`."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return self._store.read_origin(voice_id.partition("#")[0]).version

    def localize(self, voice_id: str, language: str) -> str | None:
        """Return the voice itself where it speaks the language: no model has counterparts in others."""
        name = voice_id.partition("#")[0]
        is_it = self._store.has(name) and is_same_language(self._describe(name).language, language)
        return voice_id if is_it else None

    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:
        """Return a pronunciation (ipa, x-sampa) in the IPA that the voice was taught."""
        if fault := self.find_fault(voice_id):
            raise EngineError(f"expected {fault}")
        return transcribe_ipa(ph, alphabet, self._describe(voice_id.partition("#")[0]).sounds, voice_id)

    def find_unread(self, characters: str, voice_id: str) -> frozenset[str]:
        """Return which ideographs and kana a voice can't read: its phonemes are eSpeak's."""
        return find_unread(characters, self._describe(voice_id.partition("#")[0]).espeak)

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        """Speak `text` without silence before and after it; letters without a sound are spelled out."""
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        name, _, told = voice.id.partition("#")
        speaker = str(self._describe(name).find_speaker(told))
        try:
            digest = self._store.read_origin(name).digest
            with self._shelf.borrow(f"{name}#{digest}") as reader:
                pace = self._find_pace(name, speaker, digest, reader)
                return reader.speak(Speech(text=text, phonemes=phonemes), voice, speaker, pace)
        except NarrateError:
            raise
        except Exception as error:  # onnxruntime's, of no common root
            raise SynthesisError(f"piper failed on {text[:60]!r} in the voice {voice.id}: {error}") from error

    def published(self) -> tuple[VoiceEntry, ...]:
        """Fetch the index of published voices and list them."""
        return list_published(self._store)

    def install(self, voice_id: str, source: Path | None, tell: Tell, note: Note) -> Path:
        """Install a voice, with all its speakers; see `InstallableEngine`."""
        name_versions(NAME, ("piper-tts", "onnxruntime", "onnx"))
        kit = choose_kit(self._store, voice_id.partition("#")[0], is_local=source is not None)
        self.close()
        folder = install_kit(self._store, kit, source, self._prove, tell=tell, note=note)
        expect_voice(NAME, voice_id, self.find_fault(voice_id), folder)
        return folder

    def _prove(self, staged: Path, digest: str) -> None:
        """Measure the first speaker's pace, by which a model is known to speak."""
        try:
            config = json.loads((staged / "voice.json").read_text(encoding="utf-8"))
            about = describe(config)
            check_type(config, staged.stem)
            reader = Reader(_PiperModel(staged))
            made_by = self._name_maker(digest)
            find_pace(staged, "0", made_by, about.language, lambda words: reader.read_plainly(words, "0"))
            check_repeats(reader, "0")
            _hear_speakers(staged, reader, about)
        except NarrateError:
            raise
        except Exception as error:  # onnxruntime's, json's and Piper's own, of no common root
            raise EngineError(f"the model for piper:{staged.stem} does not speak: {error!r}") from error

    def close(self) -> None:
        """Let go of the loaded models."""
        self._shelf.clear()

    def _describe(self, name: str) -> _Description:
        path = self._store.folder / name / "voice.json"
        try:
            return describe(json.loads(path.read_text(encoding="utf-8")))
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise EngineError(
                f"{path}: can't be read ({error!r}); narrate voices install piper:{name}"
            ) from error

    def _load(self, name: str) -> Reader:
        """Load the model `name#digest`: one that took the place of another is another."""
        name_versions(NAME, ("piper-tts", "onnxruntime"))
        return Reader(_PiperModel(self._store.folder / name.partition("#")[0]))

    def _name_maker(self, digest: str) -> str:
        return f"{self.fingerprint}, {digest}"

    def _find_pace(self, name: str, speaker: str, digest: str, reader: Reader) -> Pace:
        if (speaker, digest) not in self._paces:
            self._paces[speaker, digest] = find_pace(
                self._store.folder / name,
                speaker,
                self._name_maker(digest),
                self._describe(name).language,
                lambda sentence: reader.read_plainly(sentence, speaker),
            )
        return self._paces[speaker, digest]


class _PiperModel:
    """A loaded voice of Piper."""

    limit = _LIMIT
    takes_pitch = False
    late_s = 0.0

    def __init__(self, folder: Path) -> None:
        load_onnxruntime()
        from piper.config import PiperConfig
        from piper.voice import PiperVoice

        config = PiperConfig.from_dict(json.loads((folder / "voice.json").read_text(encoding="utf-8")))
        self._voice: Any = PiperVoice(session=open_session(folder / "model.onnx"), config=config)
        self.sample_rate: int = config.sample_rate

    def phonemize(self, text: str) -> list[list[str]]:
        known = self._voice.config.phoneme_id_map
        sentences = ([each for each in sentence if each in known] for sentence in self._voice.phonemize(text))
        return [sentence for sentence in sentences if is_heard(sentence)]

    def run(
        self, phonemes: Sequence[str], speaker: str, length: float, liveliness: float, pitch: float = 1.0
    ) -> SpokenPhonemes:
        """Speak phonemes; the model knows no `pitch`."""
        del pitch
        import numpy as np
        from piper.config import SynthesisConfig

        config = self._voice.config
        wanted = SynthesisConfig(
            speaker_id=int(speaker),
            length_scale=config.length_scale * length,
            noise_scale=config.noise_scale * liveliness,
            noise_w_scale=config.noise_w_scale * liveliness,
        )
        ids = self._voice.phonemes_to_ids(list(phonemes))
        wave: Wave = np.atleast_1d(self._voice.phoneme_ids_to_audio(ids, wanted)).astype(np.float32)
        if not np.isfinite(wave).all():
            raise SynthesisError("the model's wave holds what is no number")
        return SpokenPhonemes(wave=wave)


def _hear_speakers(folder: Path, reader: Reader, about: _Description) -> None:
    """Measure how high the speakers of a model are, and keep that beside it."""
    import numpy as np

    sentence = SENTENCES.get(about.language[:2], SENTENCES["en"])[0]
    count = min(about.count, _MOST_HEARD)
    heard = {}
    for number in (place * about.count // count for place in range(count)):
        f0 = find_f0(*reader.read_plainly(sentence, str(number)))
        heard[str(number)] = round(float(np.median(f0)), 1) if len(f0) else 0.0
    with storing(folder):
        write_whole(folder / _HEARD, json.dumps(heard).encode())


def describe(config: Mapping[str, Any]) -> _Description:
    """Read a voice's own description.  Raises `KeyError` or `TypeError` where it is none of Piper's."""
    code = config.get("language", {}).get("code") or config["espeak"]["voice"]
    return _Description(
        language=code.replace("_", "-").lower(),
        speakers=dict(config.get("speaker_id_map", {})),
        count=max(1, config["num_speakers"]),
        espeak=config["espeak"]["voice"],
        sounds=frozenset(config["phoneme_id_map"]),
    )


def _readable(name: str) -> str:
    match = re.fullmatch(FORM, name)
    return f"{match['name'].replace('_', ' ')}, {match['quality'].replace('_', ' ')}" if match else name
