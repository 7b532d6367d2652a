"""What is spoken of a script's lines where that is not what is written, and which rule does it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from audiobook.casting import spell_out
from audiobook.model import Cast, Pronunciation, Script, Utterance, Voice
from audiobook.planning.pronouncing import Pronouncer


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Words, what is spoken in their place ("[…]": phonemes), and by which rule."""

    written: str
    spoken: str
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SpokenText:
    """What is spoken of an utterance, and how that differs from its text."""

    text: str
    changes: tuple[Change, ...] = ()


def explain_script(script: Script, cast: Cast, pronouncer: Pronouncer) -> Mapping[Utterance, SpokenText]:
    """Return what is spoken of each utterance of a script in its voice."""
    told: dict[Utterance, SpokenText] = {}
    for chapter in script.chapters:
        for utterance, following in pairwise((*chapter.utterances, None)):
            if utterance is not None:
                after = following.start if following else None
                told[utterance] = explain(utterance, cast.voice_for(utterance), pronouncer, after)
    return told


def explain(utterance: Utterance, voice: Voice, pronouncer: Pronouncer, next_start: int | None) -> SpokenText:
    """Return what `Pronouncer.spell` makes of an utterance, and why."""
    text, places = pronouncer.find_places(utterance, voice, next_start)
    changes = []
    for place in places:
        asked, written = place.pronunciation, text[place.start : place.end]
        notation = pronouncer.notate(asked, voice) if asked.ph else ""
        said = f"[{notation}]" if notation else asked.respelling
        if said and said != written:
            changes.append(Change(written=written, spoken=said, rule=place.rule or _name_source(asked)))
    spoken, _ = spell_out(text, places, lambda each: pronouncer.notate(each, voice))
    return SpokenText(text=spoken, changes=tuple(changes))


def _name_source(asked: Pronunciation) -> str:
    """Say who states a pronunciation: the settings, by their place, or the book."""
    return f"{asked.origin.path}, line {asked.origin.line}" if asked.origin else "the book"
