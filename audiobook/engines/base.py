"""What a speech engine is.

An engine turns text into a clip.  Anything with these members is one; nothing needs to be inherited.
`tone.py` is the smallest complete example.  A package makes its engine known by an entry point of
the group `narrate.engines`: a name, and a callable without arguments that returns the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol, cast, runtime_checkable

from audiobook.model import Clip, EngineCast, Phonemes, Voice, VoiceEntry

Limit = Literal["listing", "rate", "pitch", "volume", "unicode", "determinism"]
"""What an engine may declare that it can't do.

*listing*: its voices can't be listed.  *rate*, *pitch*, *volume*: it speaks as if nothing were stated.
*unicode*: letters of other scripts may be refused, by a `SynthesisError`, or passed over.
*determinism*: equal arguments may give other samples, though the same words.
"""


class Engine(Protocol):
    """A speech engine.

    Making the object must be cheap: libraries and models load at the first `synthesize`, so that
    settings can be checked, and unchanged stories passed over, without starting the engine.
    """

    @property
    def fingerprint(self) -> str:
        """Name and versions of everything that shapes the sound; it is part of every clip's key."""
        ...

    def voices(self) -> Sequence[VoiceEntry]:
        """List what this machine can speak with, without starting the engine."""
        ...

    def find_fault(self, voice_id: str) -> str | None:
        """Return None where the voice can be used, else what is wrong, with suggestions.

        The answer completes the sentence "expected …", for instance
        "a voice of eSpeak, got 'en-uss' (did you mean 'en-us'?)".
        """
        ...

    def synthesize(self, text: str, voice: Voice) -> Clip:
        """Speak `text`, which holds at least one letter or digit, whole.

        The words of the clip, where it has any, are places in `text`.
        Equal arguments give equal bytes, whatever was spoken before, in any process.
        Raises `SynthesisError` where the clip would be empty or cut, or the time limit passes;
        `EngineError` where the engine itself can't work.
        """
        ...

    def close(self) -> None:
        """Release processes and memory; the engine may be used again afterwards."""
        ...


@runtime_checkable
class PhoneticEngine(Engine, Protocol):
    """An engine that can be told how a word sounds.  Others read respellings, or the words as written."""

    def transcribe(self, ph: str, alphabet: str, voice_id: str) -> str:
        """Return a pronunciation in the engine's own notation for a voice, without starting the engine.

        `alphabet` is ipa, x-sampa, or the engine's own; or `model.AS_IN` with a language, and `ph` words of
        that.  Raises `PhonemeError` where the voice has no such sound, and nothing near it, or the engine
        does not know the alphabet.
        """
        ...

    def synthesize(self, text: str, voice: Voice, phonemes: Sequence[Phonemes] = ()) -> Clip:
        """Speak `text`, the parts that `phonemes` name (in order, apart) by their notation.

        Without phonemes it is `Engine.synthesize`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WordSound:
    """How an engine says a word that it is told nothing about.

    `notation` is in the engine's own `alphabet` (as `PhoneticEngine.transcribe` takes it), `ipa` in IPA;
    each may be empty where there is none.
    `is_known`: a dictionary has the word (or what it is derived from), so that it is no guess.
    """

    word: str
    notation: str
    ipa: str
    alphabet: str = ""
    is_known: bool


@runtime_checkable
class PronouncingEngine(Engine, Protocol):
    """An engine that can tell how it would say a word."""

    def pronounce(self, words: Sequence[str], voice_id: str) -> Sequence[WordSound]:
        """Return how each word sounds in a voice, in order; thousands of words take a second or two.

        Raises `EngineError` where the voice is none, or the engine can't be asked.
        """
        ...


class InstallableEngine(Engine, Protocol):
    """An engine whose voices are files that are put on this machine first; see `as_installable`."""

    def published(self) -> Sequence[VoiceEntry]:
        """List what can be installed.  Raises `EngineError` where the publisher can't be reached."""
        ...

    def install(
        self,
        voice_id: str,
        source: Path | None,
        tell: Callable[[str, int, int], None],
        note: Callable[[str], None],
    ) -> Path:
        """Install a voice by download, or from a file; return the folder that it lies in now.

        `tell` is told a file's name, the bytes of it that are there, and all of its bytes; `note` what a
        person should know meanwhile: where a file comes from, where it could not be had.  It is all there
        or nothing is; what a broken download has brought is kept apart for the next one.
        Raises `EngineError` where it can't be had, is not whole, or has come without the voice that was asked
        for, `StorageError` where it can't be written.
        """
        ...


def as_installable(engine: Engine) -> InstallableEngine | None:
    """Return an engine as one whose voices are installed, None where it is another.

    `isinstance` would read its fingerprint too (Python 3.11 reads all members of a protocol), which fails
    where the engine's package is missing: exactly those who lack it are to be told what can be installed.
    """
    members = (getattr(engine, name, None) for name in ("published", "install"))
    return cast(InstallableEngine, engine) if all(map(callable, members)) else None


@runtime_checkable
class LocalEngine(Engine, Protocol):
    """An engine that can tell which of its voices is like another, but speaks a certain language."""

    def localize(self, voice_id: str, language: str) -> str | None:
        """Return a voice's counterpart in a language (a BCP 47 tag), without starting the engine.

        It is the voice itself where that speaks the language, in whatever accent, and None where the
        engine has no voice that does.
        """
        ...


@runtime_checkable
class LiterateEngine(Engine, Protocol):
    """An engine that knows which Chinese and Japanese characters its voices can't read; others read all."""

    def find_unread(self, characters: str, voice_id: str) -> frozenset[str]:
        """Return which of these ideographs and kana a voice has no reading for."""
        ...


class CastingEngine(Engine, Protocol):
    """An engine that brings a cast; of any other, `casts.py` makes one of what it lists."""

    def built_in_cast(self, language: str) -> EngineCast | None:
        """Return who speaks in a language (a BCP 47 tag), as far as it is here, without starting the engine.

        None where none of its voices speaks that.
        """
        ...


class NamingEngine(Engine, Protocol):
    """An engine whose voices have names for people; those of others are known by their ids."""

    def name_voice(self, voice_id: str) -> str:
        """Return what players shall call a voice, such as "Emma"."""
        ...


@runtime_checkable
class VersionedEngine(Engine, Protocol):
    """An engine whose voices have versions of their own: a program, a file that can be replaced."""

    def voice_fingerprint(self, voice_id: str) -> str:
        """Name the version of a voice; it is part of its clips' keys, beside the engine's fingerprint.

        Raises `EngineError` where `find_fault` objects to the voice.
        """
        ...


@runtime_checkable
class LimitedEngine(Engine, Protocol):
    """An engine that can't do all that the protocol asks for, and says so; see `conformance/`."""

    def limits(self, voice_id: str) -> frozenset[Limit]:
        """Name what can't be done with a voice."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """What an engine's speech costs, in seconds of one core's work, and in megabytes for each process.

    `letter_s` for a letter, `clip_s` for each clip besides, `start_s` before a process's first clip.  No
    megabytes: the work is another process's, or next to nothing.  `at_once` is how many processes are worth
    having at least, since each waits for another machine most of its time.
    """

    letter_s: float
    clip_s: float = 0.0
    start_s: float = 0.0
    memory_mb: int
    at_once: int = 0


@runtime_checkable
class CostlyEngine(Engine, Protocol):
    """An engine whose speech is most of a run's work, so that workers and the time left are planned by it."""

    @property
    def effort(self) -> Effort:
        """What its speech costs on a common laptop; a run corrects it by its own pace."""
        ...


class RemoteEngine(Engine, Protocol):
    """An engine that sends what it speaks over the network; see `find_destination`."""

    @property
    def destination(self) -> str:
        """Where texts are sent, as a person knows it."""
        ...

    def refresh_voices(self) -> Sequence[VoiceEntry]:
        """List the voices as they are there now; `voices` may know older ones.  Raises `EngineError`."""
        ...


def find_destination(engine: Engine) -> str | None:
    """Say where an engine sends texts (`RemoteEngine`), None of one that speaks here."""
    found: str | None = getattr(engine, "destination", None)
    return found


class FallibleEngine(Engine, Protocol):
    """An engine that speaks as people do, and may leave out, repeat or mangle words; see `may_fail`."""

    @property
    def is_fallible(self) -> bool:
        """Whether what it says is worth hearing: it is true."""
        ...


def may_fail(engine: Engine) -> bool:
    """Tell whether an engine's clips may hold other words than they should (`FallibleEngine`)."""
    return bool(getattr(engine, "is_fallible", False))


class TimingEngine(Engine, Protocol):
    """An engine whose clips tell when their words sound (`Clip.words`); see `can_time_words`."""

    @property
    def times_words(self) -> bool:
        """Whether it does: it is true."""
        ...


def can_time_words(engine: Engine) -> bool:
    """Tell whether an engine's clips have timed words (`TimingEngine`)."""
    return bool(getattr(engine, "times_words", False))


@runtime_checkable
class VariantEngine(Engine, Protocol):
    """An engine in which a voice can speak in another way, such as whispering."""

    def vary(self, voice_id: str, variant: str) -> str | None:
        """Return the id of the voice that sounds as `voice_id` does in that way, None where there is none.

        `variant` is a name like "whisper".  The engine is not started for it.
        """
        ...
