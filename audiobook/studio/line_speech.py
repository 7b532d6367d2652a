"""One utterance at a time, as it will sound in its file, or in another voice to choose by."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import replace
from itertools import zip_longest

from audiobook.building.takes import fetch_as_made, fetch_clip
from audiobook.caching.clips import ClipCache
from audiobook.casting import StorySettings, VoiceWish, at_pace
from audiobook.engines.base import find_destination
from audiobook.errors import EngineError
from audiobook.model import (
    NARRATOR,
    Cast,
    Clip,
    Pronunciation,
    Script,
    Utterance,
    UtteranceKind,
    Voice,
)
from audiobook.planning.clip_specs import deliver_by, specify_clip
from audiobook.planning.estimate import estimate_speech_s
from audiobook.planning.explaining import SpokenText, explain
from audiobook.planning.pronouncing import Pronouncer, make_pronouncer
from audiobook.project.shared_engines import shared_engine

_SPEAKING = threading.Lock()
"""Engines of other packages need not bear two threads at once."""


def start_engine(voice: Voice) -> None:
    """Let a voice's engine load what it needs, so that the first line need not wait for that.

    A server is left alone: it is sent what somebody wants to hear.
    """
    if find_destination(shared_engine(voice.engine)) is not None:
        return
    with _SPEAKING, contextlib.suppress(EngineError):  # whoever wants to hear something is told
        shared_engine(voice.engine).synthesize("a", voice)


class LineSpeaker:
    """Speaks single utterances of a story through the clip cache; they are counted from 0 over the story."""

    def __init__(self, script: Script, cast: Cast, settings: StorySettings, cache: ClipCache) -> None:
        self._book = script.book
        self._cast = cast
        self._cache = cache
        self._settings = settings
        self._script = script
        self._pronouncer = make_pronouncer(settings, script)
        self._deliver = deliver_by(settings)
        self._utterances = [
            (utterance, following)
            for chapter in script.chapters
            for utterance, following in zip_longest(chapter.utterances, chapter.utterances[1:])
        ]

    def __len__(self) -> int:
        """Return the number of utterances."""
        return len(self._utterances)

    def speak(self, number: int, wish: VoiceWish, said: Pronunciation | None = None) -> Clip:
        """Return an utterance in its voice but for what is wished for, and with words `said` otherwise.

        It is the very clip that the story's file is made of where nothing is.  Raises `EngineError` for a
        voice that its engine has not, `SynthesisError` where it can't be spoken.
        """
        utterance, following = self._utterances[number]
        with _SPEAKING:
            voice = self._choose(self._cast.voice_for(utterance), wish)
            spec = specify_clip(utterance, voice, self._pronounce(said), following, deliver=self._deliver)
            return fetch_as_made(utterance, spec, self._book, self._cache)

    def say(self, text: str, speaker: str, wish: VoiceWish, said: Pronunciation | None = None) -> Clip:
        """Return a sentence as a speaker of the story would say it; wishes are those of `speak`.

        Raises as `speak`, and `EngineError` for a speaker that the story has not.
        """
        role = next((role for role in self._cast.roles if role.speaker == speaker), None)
        if role is None:
            raise EngineError(f"expected a speaker of the story, got {speaker[:80]!r}")
        kind: UtteranceKind = "narration" if speaker == NARRATOR else "speech"
        utterance = Utterance(paragraph=0, start=0, end=len(text), kind=kind, speaker=speaker, text=text)
        with _SPEAKING:
            spec = specify_clip(utterance, self._choose(role.voice, wish), self._pronounce(said), None)
            clip, _ = fetch_clip(spec, self._cache)
        return clip

    def foresee_s(self, number: int, voice: Voice) -> float:
        """Return how many seconds an utterance should take, by a speaker's plain voice.

        Raises `EngineError` where there is no such engine any more.
        """
        utterance, following = self._utterances[number]
        with _SPEAKING:  # engines are asked for phonemes
            spoken = at_pace(self._deliver(voice, utterance.delivery).voice, utterance.pace)
            text, _ = self._pronouncer.spell(utterance, spoken, following.start if following else None)
        return estimate_speech_s(text, spoken)

    def explain(self, number: int) -> SpokenText:
        """Return what is spoken of an utterance, and what of that is not what is written."""
        utterance, following = self._utterances[number]
        voice = self._cast.voice_for(utterance)
        with _SPEAKING:  # engines are asked for phonemes
            return explain(utterance, voice, self._pronouncer, following.start if following else None)

    def _pronounce(self, said: Pronunciation | None) -> Pronouncer:
        """Return what says the story's words as they are stated, but these as nothing states yet."""
        if said is None:
            return self._pronouncer
        stated = (said, *self._settings.pronunciations)
        return make_pronouncer(replace(self._settings, pronunciations=stated), self._script)

    def _choose(self, voice: Voice, wish: VoiceWish) -> Voice:
        if wish.id is not None and wish.engine is None:
            wish = replace(wish, engine=self._settings.engine)
        if wish.engine not in {None, voice.engine} and wish.id is None:
            raise EngineError(f"expected a voice of {wish.engine!r} too, got none")
        chosen = wish.on(voice)
        fault = shared_engine(chosen.engine).find_fault(chosen.id)
        if fault is not None:
            raise EngineError(f"expected {fault}")
        return chosen
