"""What is to be synthesized for each utterance of a chapter: which words, in which voice, by which key."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audiobook.casting import Delivered, StorySettings, Vary, at_pace, deliver, keep_flow
from audiobook.model import Cast, Phonemes, Utterance, Voice
from audiobook.production.clips import clip_key
from audiobook.production.pronouncing import Pronouncer
from audiobook.production.versions import name_voice

Deliver = Callable[[Voice, Sequence[str]], Delivered]
"""Gives a speaker's voice as it speaks a line of some deliveries (`casting.deliver`)."""


def speak_plainly(voice: Voice, _: Sequence[str]) -> Delivered:
    """Deliver every line in the speaker's plain voice."""
    return Delivered(voice=voice)


def deliver_by(settings: StorySettings, vary: Vary) -> Deliver:
    """Deliver lines as a story's settings say."""
    return functools.partial(deliver, table=settings.delivery, vary=vary)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClipOrder:
    """A clip to be had: its key in the cache, and what to synthesize where the cache has none.

    `cast` is the speaker's plain voice, and `voice` that voice as it delivers this line: changed by the
    deliveries that `delivered_by` names, as `delivery` says, and by the chapter's `pace`.
    """

    key: str
    text: str
    voice: Voice
    cast: Voice
    phonemes: tuple[Phonemes, ...] = ()
    delivered_by: tuple[str, ...] = ()
    delivery: str = ""
    pace: float = 1.0


def order_clips(
    utterances: Sequence[Utterance],
    cast: Cast,
    pronouncer: Pronouncer,
    engine_fingerprint: Callable[[str], str],
    deliver: Deliver = speak_plainly,
) -> tuple[ClipOrder, ...]:
    """Say for each utterance what is to be synthesized, in which voice."""
    orders = []
    for place, utterance in enumerate(utterances, 1):
        following = utterances[place] if place < len(utterances) else None
        voice = cast.voice_for(utterance)
        order = order_clip(utterance, voice, pronouncer, engine_fingerprint, following, deliver=deliver)
        orders.append(order)
    return tuple(orders)


def order_clip(
    utterance: Utterance,
    voice: Voice,
    pronouncer: Pronouncer,
    engine_fingerprint: Callable[[str], str],
    following: Utterance | None,
    *,
    deliver: Deliver = speak_plainly,
) -> ClipOrder:
    """Say what is to be synthesized for one utterance of a speaker with this voice.

    `following` is the utterance that comes next in the chapter.
    """
    delivered = deliver(voice, utterance.delivery)
    spoken = at_pace(delivered.voice, utterance.pace)
    text, phonemes = pronouncer.spell(utterance, spoken, following.start if following else None)
    if following is not None and following.follows == "tag":
        text = keep_flow(text)
    return ClipOrder(
        key=clip_key(engine_fingerprint(name_voice(spoken)), spoken, text, phonemes),
        text=text,
        voice=spoken,
        cast=voice,
        phonemes=phonemes,
        delivered_by=delivered.names,
        delivery=delivered.why,
        pace=utterance.pace,
    )
