"""Voices that fit a text's language.

An engine brings a cast for each of its languages.  Voices that a person names are named once, mostly for
English; a text in another language is spoken by their counterparts there, which an engine knows
(`LocalEngine.localize`, handed over as a function).  Of a pool in which some voices speak the language
themselves, those alone serve.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from audiobook.casting.settings import CharacterSettings, StorySettings, VoiceWish
from audiobook.model import NARRATOR, Cast, EngineCast, Script, Voice

Localize = Callable[[str, str, str], str | None]
"""Given an engine's name, the id of a voice and a language tag, the id of its counterpart there or None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Settings with voices of one language; `is_spoken` False where nothing speaks it.

    `lacking` says in words whose voices have no counterpart, so that another speaks instead.
    """

    settings: StorySettings
    lacking: tuple[str, ...] = ()
    is_spoken: bool = True


def fit_voices(settings: StorySettings, language: str, localize: Localize, cast: EngineCast | None) -> Fitted:
    """Return the settings with every voice in `language`, but for those that the story's section names.

    Whom voices.yaml leaves open are of `cast`, as are those for whom it names a voice without a counterpart,
    but for the narrator, where a stated pool has one; without a cast the narrator reads everything.
    """

    def at_home(voice: Voice) -> Voice | None:
        found = localize(voice.engine, voice.id, language)
        return None if found is None else voice if found == voice.id else replace(voice, id=found)

    own = settings.own_voices
    stated = {
        gender: pool if f"pools.{gender}" in own else tuple(_fit_pool(pool, at_home))
        for gender, pool in settings.stated_pools.items()
    }
    lacking = [f"every voice of pools.{gender}" for gender, pool in stated.items() if not pool]
    narrator, wish = settings.narrator, settings.narrator_wish
    if wish.id is not None and "narrator" not in own:
        found = at_home(narrator)
        if found is None:
            lacking.insert(0, f"the narrator's {narrator.id}")
            found = next((replace(v, rate=narrator.rate) for pool in stated.values() for v in pool), None)
            wish = VoiceWish(id=None if found is None else found.id, rate=wish.rate)
        narrator = found or narrator
    if cast is None and wish.id is None:
        return Fitted(settings=settings, is_spoken=False)
    characters, voiceless = _fit_characters(settings, at_home)
    fitted = replace(
        settings,
        narrator=narrator,
        narrator_wish=wish,
        stated_pools=stated,
        characters=tuple(characters),
    )
    if cast is not None:
        fitted = fitted.with_cast(cast)
    elif any(stated.values()):
        fitted = replace(fitted, pools={g: stated.get(g) or (narrator,) for g in settings.pools})
    else:
        fitted = replace(fitted, casting="single")
    return Fitted(settings=fitted, lacking=(*lacking, *voiceless))


def fit_foreign(
    cast: Cast, script: Script, localize: Localize, also: Sequence[str] = ()
) -> tuple[Mapping[tuple[str | None, str], Voice], list[str]]:
    """Return the voices for words in other languages than the book's, and the languages that none speaks.

    `also` are languages in which the narrator alone may have to speak, if there are voices.
    """
    said = (utterance for chapter in script.chapters for utterance in chapter.utterances)
    wanted = dict.fromkeys((each.speaker, each.language or "") for each in said if each.language)
    wanted |= dict.fromkeys((NARRATOR, language) for language in also)
    voices: dict[tuple[str | None, str], Voice] = {}
    unspoken: dict[str, None] = {}
    for speaker, language in wanted:
        voice = cast.voice_of(speaker)
        found = localize(voice.engine, voice.id, language)
        if found is None:
            unspoken.update({} if language in also else {language: None})
        else:
            voices[speaker, language] = replace(voice, id=found)
    return voices, list(unspoken)


def _fit_pool(pool: Iterable[Voice], at_home: Callable[[Voice], Voice | None]) -> list[Voice]:
    found = [(voice, at_home(voice)) for voice in pool]
    native = [voice for voice, other in found if voice == other]
    return native or list(dict.fromkeys(other for _, other in found if other))


def _fit_characters(
    settings: StorySettings, at_home: Callable[[Voice], Voice | None]
) -> tuple[list[CharacterSettings], list[str]]:
    """Return the characters with their voices in the language; who lacks one there is cast from the pools."""
    fitted: list[CharacterSettings] = []
    lacking: list[str] = []
    base = Voice(engine=settings.engine, id="", rate=settings.rate)
    for character in settings.characters:
        wish = character.voice
        if wish.id is None or f"characters.{character.name}" in settings.own_voices:
            fitted.append(character)
            continue
        found = at_home(wish.on(base))
        if found is None:
            lacking.append(f"{character.name}'s {wish.id}")
            wish = VoiceWish(rate=wish.rate, pitch=wish.pitch, volume=wish.volume, range=wish.range)
        else:
            wish = replace(wish, id=found.id)
        fitted.append(replace(character, voice=wish))
    return fitted, lacking
