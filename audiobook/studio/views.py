"""A story as the page shows it: its script as paragraphs of utterances, its cast as cards."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from itertools import groupby

from audiobook.casting import CharacterSettings, Settings, StorySettings, find_stated
from audiobook.model import (
    NARRATOR,
    Cast,
    Character,
    Quotation,
    Role,
    Script,
    ScriptChapter,
    Utterance,
    Voice,
    VoiceEntry,
)

COLOURS = 12
"""Speakers' colours that a page can tell apart."""

RANGES: Mapping[str, tuple[int, int]] = {"rate": (80, 450), "pitch": (0, 100), "volume": (0, 1)}
"""Those of `casting/schema.py`."""

_SURE = 0.5
"""Confidence is the share of the weight that the chosen speaker got: below this, others got more."""


def colour_speakers(cast: Cast) -> dict[str | None, int]:
    """Give everybody but the narrator a colour's number, those who speak most their own."""
    named = [role.speaker for role in cast.roles if role.speaker not in {None, NARRATOR}]
    return {speaker: number % COLOURS for number, speaker in enumerate(named)}


def show_script(name: str, script: Script, cast: Cast) -> dict[str, object]:
    """Return a story's script; utterances are numbered in spoken order, from 0."""
    book = script.book
    quoted, stated = _find_quotations(script), _find_stated(script)
    numbers = iter(range(sum(len(chapter.utterances) for chapter in script.chapters)))
    return {
        "name": name,
        "title": book.title,
        "author": book.author,
        "language": book.language,
        "chapters": [
            {
                "number": chapter.number,
                "title": chapter.title,
                "paragraphs": [
                    _show_paragraph(
                        number,
                        [_show_utterance(next(numbers), u, quoted.get(u), stated.get(u)) for u in utterances],
                        utterances[0],
                    )
                    for number, utterances in _cut_paragraphs(chapter)
                ],
            }
            for chapter in script.chapters
            if chapter.utterances
        ],
        "characters": [
            {"name": speaker, "color": colour} for speaker, colour in colour_speakers(cast).items()
        ],
    }


def _find_quotations(script: Script) -> dict[Utterance, tuple[int, Quotation]]:
    """Return of every utterance that is speech its quotation, with its number in the script."""
    numbered = list(enumerate(script.quotations))[::-1]
    found: dict[Utterance, tuple[int, Quotation]] = {}
    spoken = (u for chapter in script.chapters for u in chapter.utterances if u.kind == "speech")
    for utterance in spoken:
        while numbered and numbered[-1][1].end <= utterance.start:
            numbered.pop()
        if numbered and numbered[-1][1].start <= utterance.start:
            found[utterance] = numbered[-1]
    return found


def _find_stated(script: Script) -> dict[Utterance, int]:
    """Return of every utterance that holds words of a stated line that line's number in the script."""
    waiting = list(enumerate(script.stated))[::-1]
    found: dict[Utterance, int] = {}
    for utterance in (u for chapter in script.chapters for u in chapter.utterances):
        while waiting and waiting[-1][1].end <= utterance.start:
            waiting.pop()
        if waiting and waiting[-1][1].start < utterance.end:
            found[utterance] = waiting[-1][0]
    return found


def _cut_paragraphs(chapter: ScriptChapter) -> Iterator[tuple[int, list[Utterance]]]:
    for number, utterances in groupby(chapter.utterances, key=lambda u: u.paragraph):
        yield number, list(utterances)


def _show_paragraph(
    number: int, utterances: Sequence[dict[str, object]], first: Utterance
) -> dict[str, object]:
    return {
        "number": number,
        "heading": first.kind == "heading",
        "scene": first.follows == "scene",
        "utterances": utterances,
    }


def _show_utterance(
    number: int, utterance: Utterance, quoted: tuple[int, Quotation] | None, stated: int | None
) -> dict[str, object]:
    quotation = quoted[1] if quoted else None
    return {
        "id": number,
        "text": utterance.text,
        "kind": utterance.kind,
        "speaker": utterance.speaker,
        "quotation": quoted[0] if quoted else None,
        "stated": stated,
        "type": quotation.type if quotation else None,
        "evidence": quotation.evidence if quotation else None,
        "confidence": round(quotation.confidence, 3) if quotation else None,
        "doubtful": quotation is not None and (quotation.speaker is None or quotation.confidence < _SURE),
    }


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


def show_voices(entries: Sequence[VoiceEntry], settings: Settings) -> dict[str, object]:
    """Return what this machine can speak with, and the pools that voices are chosen from."""
    engines: defaultdict[str, list[dict[str, str]]] = defaultdict(list)
    for entry in entries:
        engines[entry.engine].append(
            {"id": entry.id, "name": entry.name, "language": entry.language, "gender": entry.gender}
        )
    pools = {gender: list(map(show_voice, pool)) for gender, pool in settings.general.pools.items()}
    return {
        "engines": [{"name": name, "voices": voices} for name, voices in engines.items()],
        "pools": pools,
        "ranges": {key: list(bounds) for key, bounds in RANGES.items()},
    }
