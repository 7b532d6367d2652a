"""A story's cast as the page shows it: cards, and the voices there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict

from audiobook.casting import CharacterSettings, Settings, StorySettings, find_stated
from audiobook.model import NARRATOR, Cast, Character, EngineCast, Role, Script, Voice, VoiceEntry

RANGES: Mapping[str, tuple[int, int]] = {
    "rate": (80, 450),
    "pitch": (0, 100),
    "volume": (0, 1),
    "range": (0, 100),
}
"""Those of `casting/schema.py`."""


def show_cast(script: Script, cast: Cast, settings: StorySettings) -> dict[str, object]:
    """Return a card for the narrator and for each character: those with lines first, by words.

    A share is of the words that are speech, the narrator's of all words.
    """
    first: dict[str | None, tuple[int, str]] = {}
    spoken = (u for chapter in script.chapters for u in chapter.utterances)
    for number, utterance in enumerate(spoken):
        if utterance.kind not in {"credit", "heading"}:
            first.setdefault(utterance.speaker, (number, utterance.text))
    characters = {character.name: character for character in script.characters}
    total = max(1, sum(role.words for role in cast.roles))
    spoken_words = max(1, sum(role.words for role in cast.roles if role.speaker != NARRATOR))
    cards = []
    for role in cast.roles:
        if role.speaker is not None:
            share = role.words / (total if role.speaker == NARRATOR else spoken_words)
            cards.append(_show_role(role, characters.get(role.speaker), first, share, settings))
    return {"characters": cards}


def _show_role(
    role: Role,
    character: Character | None,
    first: Mapping[str | None, tuple[int, str]],
    share: float,
    settings: StorySettings,
) -> dict[str, object]:
    line, words = first.get(role.speaker, (None, ""))
    stated = find_stated(character, settings.characters) if character else None
    return {
        "name": role.speaker,
        "gender": role.gender,
        "gender_evidence": character.gender_evidence if character else "",
        "aliases": list(character.aliases) if character else [],
        "lines": role.quotations,
        "words": role.words,
        "share": round(share, 4),
        "voice": show_voice(role.voice),
        "stated": _show_stated(stated) if stated else {},
        "first_line": line,
        "first_words": words,
        "narrator": role.speaker == NARRATOR,
        "reason": role.why,
    }


def _show_stated(stated: CharacterSettings) -> dict[str, object]:
    own = {"gender": stated.gender, "aliases": stated.aliases and list(stated.aliases)}
    return {key: value for key, value in {**own, **asdict(stated.voice)}.items() if value is not None}


def show_voice(voice: Voice) -> dict[str, object]:
    """Return a voice as voices.yaml could state it."""
    return asdict(voice)


def show_voices(
    entries: Sequence[VoiceEntry], casts: Sequence[EngineCast], settings: Settings
) -> dict[str, object]:
    """Return what this machine can speak with, the pools that voices are chosen from, and who sounds how.

    The descriptions are those of engines' own casts, by engine and id.
    """
    engines: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for entry in entries:
        engines[entry.engine].append(
            {"id": entry.id, "name": entry.name, "language": entry.language, "gender": entry.gender}
        )
    pools = {gender: list(map(show_voice, pool)) for gender, pool in settings.general.pools.items()}
    return {
        "engines": [{"name": name, "voices": voices} for name, voices in engines.items()],
        "pools": pools,
        "descriptions": {cast.narrator.engine: dict(cast.descriptions) for cast in casts},
        "ranges": {key: list(bounds) for key, bounds in RANGES.items()},
    }
