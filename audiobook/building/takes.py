"""Clips as they are made: heard, where that is asked for, and spoken again where something is not heard.

What is kept of a line is decided by the line alone: its words, its voice, the recognizer.  So it is the same
in whatever order, by how many processes, and from which cache a story is made.  The plain clip stays in the
cache under its own key, so that with and without listening nothing is spoken twice.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from audiobook.building.hearing import choose_limits
from audiobook.building.retakes import VERSION, list_ways
from audiobook.building.speaking import speak
from audiobook.caching.clips import ClipCache
from audiobook.caching.takes import Take, TakeCache
from audiobook.engines.base import may_fail
from audiobook.engines.espeak.words import sound_in_ipa
from audiobook.errors import EngineError, SynthesisError
from audiobook.languages import primary_language
from audiobook.listening.hearing import Listener, rank
from audiobook.listening.recognizer import (
    LANGUAGE,
    Recognizer,
    expect_recognizer,
    find_recognizer,
    has_package,
    name_recognizer,
    open_recognizer,
)
from audiobook.listening.single_lines import hear_line
from audiobook.listening.sounds import Sounds
from audiobook.listening.spelling import WORD, find_names
from audiobook.listening.verdicts import VERSION as VERDICTS_VERSION
from audiobook.listening.verdicts import Heard
from audiobook.model import Book, Clip, Utterance
from audiobook.planning.clip_specs import ClipSpec, ToHear
from audiobook.project.shared_engines import shared_engine

MOST_AGAIN = 3
"""So often a line is spoken again at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenCount:
    """What came of some clips: how many were spoken for the first time, and how many lines again."""

    clips: int = 0
    again: int = 0


def choose_recognizer(wish: bool | None) -> Path | None:
    """Return the recognizer that hears new clips, None where none does.

    Raises `EngineError`, with what to type, where one is wished for and none is here.
    """
    if wish is False:
        return None
    if wish is None:
        return find_recognizer() if has_package() else None
    try:
        return expect_recognizer()
    except EngineError as error:
        raise EngineError(f"voices.yaml: output.listen is true, but {error}; or take it out") from error


def plan_to_hear(
    utterances: Sequence[Utterance], specs: Sequence[ClipSpec], book: Book, recognizer: Path
) -> tuple[ClipSpec, ...]:
    """Have those clips heard that may hold other words than they should, in a language that is known."""
    names = find_names(book.text)
    return tuple(
        replace(spec, to_hear=_describe(utterance, spec, names, recognizer))
        if may_fail(shared_engine(spec.voice.engine))
        and primary_language(utterance.language or book.language) == LANGUAGE
        else spec
        for utterance, spec in zip(utterances, specs, strict=True)
    )


def _describe(utterance: Utterance, spec: ClipSpec, names: Collection[str], recognizer: Path) -> ToHear:
    words = {word.lower().replace("’", "'") for word in WORD.findall(f"{spec.text} {utterance.text}")}
    own = frozenset(words.intersection(names))
    parts = [name_recognizer(recognizer), VERSION, VERDICTS_VERSION, spec.key, utterance.text, sorted(own)]
    key = hashlib.sha256(json.dumps(parts).encode()).hexdigest()
    return ToHear(recognizer=recognizer, key=key, written=utterance.text, names=own)


def find_take(spec: ClipSpec, cache: ClipCache) -> Take | None:
    """Return which take of a line was kept; None where it was not heard yet, or that clip is gone."""
    if spec.to_hear is None:
        return None
    take = TakeCache(cache.folder).get(spec.to_hear.key)
    return take if take is not None and cache.measure(take.clip) is not None else None


def is_there(spec: ClipSpec, cache: ClipCache) -> bool:
    """Tell whether a clip need not be made: it is in the cache, and heard if it is to be."""
    return measure_clip(spec, cache) is not None


def measure_clip(spec: ClipSpec, cache: ClipCache) -> tuple[int, int] | None:
    """Return the frames and the sample rate of a clip that is there."""
    if spec.to_hear is None:
        return cache.measure(spec.key)
    take = find_take(spec, cache)
    return cache.measure(take.clip) if take else None


def speak_clips(specs: Sequence[ClipSpec], cache: ClipCache, *, anew: bool = False) -> SpokenCount:
    """Make clips in the cache; `anew` even if they are there.  Raises `EngineError` and `StorageError`."""
    spoken = again = 0
    for spec in specs:
        if anew or cache.measure(spec.key) is None:
            cache.put(spec.key, speak(spec.text, spec.voice, spec.phonemes))
            spoken += 1
        if spec.to_hear is not None:
            again += _choose_take(spec, spec.to_hear, cache).again > 0
    return SpokenCount(clips=spoken, again=again)


def fetch_clip(spec: ClipSpec, cache: ClipCache) -> tuple[Clip, bool]:
    """Return a clip, made now if need be, and whether the cache had it.  Raises as `speak_clips`."""
    take = find_take(spec, cache)
    clip = cache.get(take.clip if take else spec.key)
    if clip is not None and (take is not None or spec.to_hear is None):
        return clip, True
    if clip is None:
        clip = speak(spec.text, spec.voice, spec.phonemes)
        cache.put(spec.key, clip)
    if spec.to_hear is not None:
        take = _choose_take(spec, spec.to_hear, cache)
        clip = cache.get(take.clip) or clip
    return clip, False


def fetch_as_made(utterance: Utterance, spec: ClipSpec, book: Book, cache: ClipCache) -> Clip:
    """Return an utterance's clip as it is in the story's file: the take that was kept, if it was heard.

    Spoken now if need be, and not heard then.  Raises as `speak_clips`.
    """
    recognizer = choose_recognizer(None)
    if recognizer is not None:
        (heard,) = plan_to_hear([utterance], [spec], book, recognizer)
        take = find_take(heard, cache)
        clip = cache.get(take.clip) if take else None
        if clip is not None:
            return clip
    return fetch_clip(spec, cache)[0]


def _choose_take(spec: ClipSpec, to_hear: ToHear, cache: ClipCache) -> Take:
    """Hear the clip of a line; where something of it is not heard, speak it again, and keep the best."""
    plain = cache.get(spec.key) or speak(spec.text, spec.voice, spec.phonemes)
    best, way, again = hear_clip(plain, spec), "", 0
    chosen = plain
    for name, retake in list_ways(spec):
        if best.is_clear or again == MOST_AGAIN:
            break
        again += 1
        try:
            clip = retake()
        except SynthesisError:  # a half that has no sound, say: then it is no way to speak this line
            continue
        heard = hear_clip(clip, spec)
        if rank(heard) < rank(best):
            best, way, chosen = heard, name, clip
    key = spec.key
    if way:
        key = hashlib.sha256(f"{to_hear.key} {way}".encode()).hexdigest()
        cache.put(key, chosen)
    take = Take(clip=key, way=way, again=again, heard=best)
    TakeCache(cache.folder).put(to_hear.key, take)
    return take


def hear_clip(clip: Clip, spec: ClipSpec) -> Heard:
    """Return what is heard of a clip, of a line that is to be heard; the same whatever was heard before."""
    to_hear = spec.to_hear
    assert to_hear is not None  # noqa: S101 - whoever calls this has looked
    listener = Listener(
        ear=_keep_ear(to_hear.recognizer, os.getpid()), sounds=_keep_sounds(), names=to_hear.names
    )
    try:
        return hear_line(
            listener,
            clip.samples,
            clip.sample_rate,
            said=spec.text,
            written=to_hear.written,
            limits=choose_limits(spec.voice.engine),
        )
    except (RuntimeError, ValueError, MemoryError) as error:  # of the recognizer, which has no common root
        raise EngineError(
            f"the recognizer failed on {spec.text[:60]!r}: {error!r}; to do without it, set in voices.yaml: "
            "output: {listen: false}"
        ) from error


@functools.cache
def _keep_ear(folder: Path, process: int) -> Recognizer:
    del process  # one that is forked from here loads its own: the threads of this one are not in it
    return open_recognizer(folder, briefly=True)


@functools.cache
def _keep_sounds() -> Sounds:
    return Sounds(sound_in_ipa)
