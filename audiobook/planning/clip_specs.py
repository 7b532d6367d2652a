"""What is to be synthesized for each utterance of a chapter: which words, in which voice, by which key."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from audiobook.caching.clips import clip_key
from audiobook.casting import Delivered, StorySettings, at_pace, deliver, keep_flow
from audiobook.engines.base import VariantEngine
from audiobook.model import Cast, Phonemes, Reading, Utterance, Voice
from audiobook.planning.pronouncing import Pronouncer
from audiobook.project.shared_engines import shared_engine
from audiobook.project.versions import name_voice, version_of

Deliver = Callable[[Voice, Sequence[str]], Delivered]
"""Gives a speaker's voice as it speaks a line of some deliveries (`casting.deliver`)."""


def speak_plainly(voice: Voice, _: Sequence[str]) -> Delivered:
    """Deliver every line in the speaker's plain voice."""
    return Delivered(voice=voice)


def deliver_by(settings: StorySettings) -> Deliver:
    """Deliver lines as a story's settings say."""
    return functools.partial(deliver, table=settings.delivery, vary=vary)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToHear:
    """That a clip is to be heard when it is made, by the recognizer in a folder.

    `key` is a hash of all that decides which take of it is kept.  `written` are its words as they stand in
    the book, `names` those that are a name.
    """

    recognizer: Path
    key: str
    written: str
    names: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipSpec:
    """A clip to be had: its key in the cache, and what to synthesize where the cache has none.

    `cast` is the speaker's plain voice, and `voice` that voice as it delivers this line: changed by the
    deliveries that `delivered_by` names, as `delivery` says, and by the chapter's `pace`.  `readings` are the
    words of the utterance that others are spoken for; `unread` are the characters that the voice can't read,
    and passes over.  Of what is `to_hear` another take may stand for the clip.
    """

    key: str
    text: str
    voice: Voice
    cast: Voice
    phonemes: tuple[Phonemes, ...] = ()
    delivered_by: tuple[str, ...] = ()
    delivery: str = ""
    pace: float = 1.0
    readings: tuple[Reading, ...] = ()
    unread: int = 0
    to_hear: ToHear | None = None


def specify_clips(
    utterances: Sequence[Utterance],
    cast: Cast,
    pronouncer: Pronouncer,
    deliver: Deliver = speak_plainly,
) -> tuple[ClipSpec, ...]:
    """Say for each utterance what is to be synthesized, in which voice."""
    specs = []
    for place, utterance in enumerate(utterances, 1):
        following = utterances[place] if place < len(utterances) else None
        voice = cast.voice_for(utterance)
        spec = specify_clip(utterance, voice, pronouncer, following, deliver=deliver)
        specs.append(spec)
    return tuple(specs)


def specify_clip(
    utterance: Utterance,
    voice: Voice,
    pronouncer: Pronouncer,
    following: Utterance | None,
    *,
    deliver: Deliver = speak_plainly,
) -> ClipSpec:
    """Say what is to be synthesized for one utterance of a speaker with this voice.

    `following` is the utterance that comes next in the chapter.
    """
    delivered = deliver(voice, utterance.delivery)
    spoken = at_pace(delivered.voice, utterance.pace)
    spelled = pronouncer.respell(utterance, spoken, following.start if following else None)
    text, phonemes = spelled.text, spelled.phonemes
    if following is not None and following.follows == "tag":
        text = keep_flow(text)
    return ClipSpec(
        key=clip_key(version_of(name_voice(spoken)), spoken, text, phonemes),
        text=text,
        voice=spoken,
        cast=voice,
        phonemes=phonemes,
        delivered_by=delivered.names,
        delivery=delivered.why,
        pace=utterance.pace,
        readings=spelled.readings,
        unread=pronouncer.count_unread(utterance, spoken),
    )


def vary(voice: Voice, variant: str) -> str | None:
    """Return the id of a variant of a voice, without starting its engine; None where that has none."""
    engine = shared_engine(voice.engine)
    return engine.vary(voice.id, variant) if isinstance(engine, VariantEngine) else None
