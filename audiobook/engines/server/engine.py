"""A speech server as an engine: text by HTTP to a host that the user has allowed, and its sound back.

What comes is believed only as far as it can be checked, as of a program (`command.py`).
"""

from __future__ import annotations

import functools
import os
import time
from pathlib import Path

from audiobook.engines.base import Effort, Limit
from audiobook.engines.casts import cast_from_catalogue
from audiobook.engines.program_output import (
    NORMAL_RATE,
    cut_to_size,
    find_length_fault,
    one_line,
    scale_volume,
)
from audiobook.engines.server.asking import AnswerLimits, HttpAnswer, Refusal, Trouble, ask_again, ask_once
from audiobook.engines.server.hosts import find_objection, read_origin
from audiobook.engines.server.listing import (
    ListedVoice,
    complete,
    fetch_listing,
    name_place,
    recall_listing,
)
from audiobook.engines.silence import trim_noise
from audiobook.engines.sound_files import SoundFileFault, read_sound
from audiobook.errors import EngineError, SynthesisError
from audiobook.languages import is_same_language
from audiobook.model import Clip, EngineCast, SpeechServer, Voice, VoiceEntry
from audiobook.suggesting import did_you_mean

_ADAPTER = 1
"""Counts the changes of this adapter that change the sound."""

_LIMIT_S = 120.0
_LIMIT_S_PER_CHARACTER = 0.5
"""For a server that computes at half of real time, and has a few requests to answer before this one."""

_ANSWER_BYTES = 50_000_000
_ANSWER_BYTES_PER_CHARACTER = 100_000
"""As of a program's file (`command.py`)."""

_PIECE = 2_000
"""Characters sent at once: Chatterbox-TTS-API takes 3,000, OpenAI 4,096."""

_PCM_RATE = 24_000
"""Of `response_format: pcm`, signed 16-bit mono without a header, where the answer tells no other
(https://platform.openai.com/docs/guides/text-to-speech)."""

_ATTEMPTS = 2
"""Of a text whose sound can't be right."""

_AWAY_S = 60.0
"""So long one that was away after all attempts is asked just once, and one that did not list its voices not
for them: a shelf must not wait for each story."""

_NO_SOUND = ("text/", "application/json", "application/xml")


class ServerEngine:
    """One server's voices; see `audiobook.engines.base.Engine` for what each member promises.

    `allowed` is the list of servers that may be asked, where it is not the user's own; `time_limit_s` is what
    an answer may take beyond half a second a character.
    """

    fingerprint = f"server, adapter {_ADAPTER}"
    effort = Effort(letter_s=0.004, clip_s=0.1, memory_mb=0, at_once=4)
    """Of a server four times as fast as real time, with four requests at once."""
    is_fallible = True

    def __init__(
        self, server: SpeechServer, *, allowed: Path | None = None, time_limit_s: float = _LIMIT_S
    ) -> None:
        self._server = server
        self._allowed = allowed
        self._time_limit_s = time_limit_s
        self._format = "wav"
        self._is_fresh = False
        self._away_until = 0.0
        self._unlisted_until, self._unlisted_why = 0.0, ""

    @property
    def destination(self) -> str:
        """Where texts are sent (`base.RemoteEngine`)."""
        return str(read_origin(self._server.url))

    def voices(self) -> tuple[VoiceEntry, ...]:
        """List the stated voices, then those that the server listed last; it is asked once for ever.

        Raises `EngineError` where it may not be asked, or there is nobody to ask and no voice stated.
        """
        self._check_allowed()
        listed = recall_listing(self._server)
        return self._list(self._ask_for_voices() if listed is None else listed)

    def refresh_voices(self) -> tuple[VoiceEntry, ...]:
        """List the voices as the server lists them now.  Raises `EngineError` where it can't be asked."""
        self._check_allowed()
        self._unlisted_until = 0.0
        return self._list(self._ask_for_voices())

    def built_in_cast(self, language: str) -> EngineCast | None:
        """Return all voices that may speak a language; no pitch tells two who share one apart."""
        return cast_from_catalogue(self.voices(), language, pitch_shifts=(0,))

    def localize(self, voice_id: str, language: str) -> str | None:
        """Return the voice itself, unless it is known to speak another language."""
        spoken = next((entry.language for entry in self.voices() if entry.id == voice_id), "")
        return voice_id if not spoken or is_same_language(spoken, language) else None

    def limits(self, voice_id: str) -> frozenset[Limit]:  # noqa: ARG002 - a server's voices are alike
        """Name what no such server can do, or promises."""
        return frozenset({"pitch", "unicode", "determinism"})

    def find_fault(self, voice_id: str) -> str | None:
        """See whether the server may be asked, and has the voice."""
        if fault := find_objection(self._server, self._allowed):
            return fault
        if voice_id in dict(self._server.voices):
            return None
        try:
            known = [entry.id for entry in self.voices()]
            if voice_id not in known and not self._is_fresh:
                known = [entry.id for entry in self._list(self._ask_for_voices())]
        except EngineError as error:
            return f"a voice of '{self._server.name}', got '{voice_id}', which can't be looked up: {error}"
        if voice_id in known:
            return None
        name = self._server.name
        hint = did_you_mean(voice_id, known) or (
            f" (narrate voices {name} lists them)"
            if known
            else f"; it lists none, so state them: servers: {{{name}: {{voices: {{{voice_id}: female}}}}}}"
        )
        return f"a voice of '{name}', got '{voice_id}'{hint}"

    def voice_fingerprint(self, voice_id: str) -> str:  # noqa: ARG002 - what it is called is in the key too
        """Name the model, and where it is asked by a hash; which version answers there nobody can tell."""
        return f"{self._server.model} at {name_place(self._server)}"

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Have the server speak `text`, and cut the silence around it; volume is scaled here.

        Raises `EngineError` where it may not be asked, has no such voice or lacks its key, `SynthesisError`
        where it fails, takes too long, or gives what can't be the whole text's sound.
        """
        if fault := self.find_fault(voice.id):
            raise EngineError(f"expected {fault}")
        text = one_line(text)
        if not any(map(str.isalnum, text)):
            raise SynthesisError(f"there is nothing to say in {text[:40]!r}")
        parts = [self._speak(piece, voice) for piece in cut_to_size(text, _PIECE)]
        rates = {part.sample_rate for part in parts}
        if len(rates) > 1:
            raise SynthesisError(f"{self._name()}: changed its sample rate: {sorted(rates)}")
        samples = scale_volume(b"".join(part.samples for part in parts), voice.volume)
        return Clip(samples=samples, sample_rate=rates.pop())

    def close(self) -> None:
        """Do nothing: no connection outlasts its request."""

    def _name(self) -> str:
        return f"{self._server.name} ({self.destination})"

    def _check_allowed(self) -> None:
        if fault := find_objection(self._server, self._allowed):
            raise EngineError(f"expected {fault}")

    def _ask_for_voices(self) -> tuple[ListedVoice, ...]:
        """Return what the server lists; nothing where it can't be asked and voices are stated.

        One that failed to say is not asked again for a while.  Raises `EngineError`.
        """
        server = self._server
        if time.monotonic() >= self._unlisted_until:
            try:
                listed = fetch_listing(server, self._find_key())
            except EngineError:
                if not server.voices:
                    raise
                return ()
            except (Trouble, Refusal) as error:
                self._unlisted_until, self._unlisted_why = time.monotonic() + _AWAY_S, str(error)
            else:
                self._is_fresh = True
                return listed
        if not server.voices:
            raise EngineError(
                f"{self._name()}: {self._unlisted_why}; start it, or state its voices: "
                f"servers: {{{server.name}: {{voices: {{NAME: female}}}}}}"
            )
        return ()

    def _list(self, listed: tuple[ListedVoice, ...]) -> tuple[VoiceEntry, ...]:
        server = self._server
        own = {id_: complete(id_, gender=gender) for id_, gender in server.voices}
        others = [voice for voice in listed if voice.id not in own]
        there = {voice.id: voice for voice in listed}
        stated = [
            each._replace(language=there[id_].language if id_ in there else each.language)
            for id_, each in own.items()
        ]
        return tuple(
            VoiceEntry(engine=server.name, id=id_, name=name, language=language, gender=gender)
            for id_, name, language, gender in (*stated, *others)
        )

    def _find_key(self) -> str:
        """Return the key from the environment.  Raises `EngineError`, which never tells what is there."""
        variable = self._server.key_env
        if variable is None:
            return ""
        key = os.environ.get(variable, "").strip()
        if not key:
            raise EngineError(
                f"{self._name()}: the environment variable {variable}, which holds its key, is not set; "
                f"type: export {variable}=…"
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise EngineError(f"{self._name()}: what is in {variable} is no key: it has a space or a sign")
        return key

    def _speak(self, text: str, voice: Voice) -> Clip:
        fault = ""
        for _ in range(_ATTEMPTS):
            try:
                clip = self._decode(self._ask(text, voice))
            except (Trouble, Refusal) as error:
                if isinstance(error, Trouble) and error.is_away:
                    self._away_until = time.monotonic() + _AWAY_S
                raise SynthesisError(f"{self._name()}: {error}; the text was {text[:60]!r}") from error
            except SoundFileFault as error:
                fault = f"what it answered can't be used: {error}"
                continue
            samples = trim_noise(clip.samples, clip.sample_rate)
            clip = Clip(samples=samples, sample_rate=clip.sample_rate)
            self._away_until = 0.0
            fault = find_length_fault(clip, text, voice.rate) or ""
            if not fault:
                return clip
        raise SynthesisError(
            f"{self._name()}: {fault}; the text was {text[:60]!r}: try its voice '{voice.id}' by hand"
        )

    def _ask(self, text: str, voice: Voice) -> HttpAnswer:
        """Have the server speak; of one that refuses a WAV, in samples without a header from then on."""
        limits = AnswerLimits(
            seconds=self._time_limit_s + _LIMIT_S_PER_CHARACTER * len(text),
            answer_bytes=_ANSWER_BYTES + _ANSWER_BYTES_PER_CHARACTER * len(text),
        )
        speed = round(voice.rate / NORMAL_RATE, 3)
        body: dict[str, object] = {"model": self._server.model, "voice": voice.id, "input": text}
        body |= {} if speed == 1 else {"speed": speed}
        patient = ask_once if time.monotonic() < self._away_until else ask_again
        ask = functools.partial(patient, f"{self._server.url}/audio/speech", self._find_key())
        try:
            return ask({**body, "response_format": self._format}, limits)
        except Refusal as refusal:
            if self._format != "wav" or not _is_about_format(refusal):
                raise
        answer = ask({**body, "response_format": "pcm"}, limits)
        self._format = "pcm"
        return answer

    def _decode(self, answer: HttpAnswer) -> Clip:
        is_wav = answer.data[:4] == b"RIFF"
        if answer.kind.startswith(_NO_SOUND) and not is_wav:
            what = "a web page" if "html" in answer.kind else answer.kind
            raise SoundFileFault(f"it is {what}, no sound: is {self._server.url} its address?")
        if self._format == "wav" or is_wav or not answer.data:
            return read_sound(answer.data)
        samples = answer.data[: len(answer.data) // 2 * 2]
        return Clip(samples=samples, sample_rate=answer.sample_rate or _PCM_RATE)


def _is_about_format(refusal: Refusal) -> bool:
    """Tell whether a server refuses the kind of file that it was asked for."""
    return refusal.status in {400, 415, 422} and any(w in str(refusal) for w in ("format", "wav", "WAV"))
