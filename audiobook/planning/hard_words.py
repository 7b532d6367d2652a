"""Which words of a story an engine may say wrong: names first, and what no dictionary has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from audiobook.casting import StorySettings, make_finder
from audiobook.engines.base import PronouncingEngine, WordSound
from audiobook.errors import EngineError, SourceError
from audiobook.languages import primary_language
from audiobook.model import Pronunciation, Script, Voice
from audiobook.normalizing import keep_uncommon
from audiobook.planning.scripting import plan_script
from audiobook.project.layout import Project
from audiobook.project.settings import open_story
from audiobook.project.shared_engines import shared_engine
from audiobook.reading import NO_WISH, ReadingWish
from audiobook.script.lexicon import lexicon

Kind = Literal["character", "name", "word"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_POSSESSIVE = re.compile(r"['’]s?$", re.IGNORECASE)
_OFTEN = 3
"""How often a word stands in a long story before it is worth a look; a name, twice."""
_LONG = 20_000
"""Words; in a shorter story each is worth it."""
_SLIPS = 20
"""Of so many times that a name stands there, once may be with a small letter (hyphens, misprints)."""
_KINDS: tuple[Kind, ...] = ("character", "name", "word")


@dataclass(frozen=True, slots=True, kw_only=True)
class HardWord:
    """A word as it first stands in a story, how often it does, and how the narrator's voice says it.

    `sentence` is the first to hold it, `line` that utterance's number over the story, from 0.
    `is_known`: the engine's dictionary has it.  `is_stated`: voices.yaml, or the book, says how it sounds;
    then `sound` is still what the engine would make of it.
    """

    word: str
    kind: Kind
    count: int
    sentence: str
    line: int
    sound: WordSound
    is_known: bool
    is_stated: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HardWords:
    """The words of a story in the order in which they are worth a look, and what they were found in."""

    script: Script
    settings: StorySettings
    voice: Voice
    words: tuple[HardWord, ...]


@dataclass(slots=True)
class _Found:
    """A word in whatever capitals: how it stands first, how often, how often with a small letter."""

    word: str
    sentence: str
    line: int
    count: int = 0
    small: int = 0
    forms: dict[str, int] = field(default_factory=dict)


def find_hard_words(
    project: Project,
    story: str,
    wanted: Sequence[str] = (),
    *,
    with_all: bool = False,
    wish: ReadingWish = NO_WISH,
) -> HardWords:
    """List the words of a story that are worth a look, or those `wanted`, or all.

    Raises `EngineError` where the narrator's engine can't tell how it says a word, `SourceError` for a
    word that the story has not; else as `script_and_cast`.
    """
    path, own = open_story(project, story)
    script, cast = plan_script(path, own, wish=wish)
    voice = cast.roles[0].voice
    if not isinstance(shared_engine(voice.engine), PronouncingEngine):
        raise EngineError(
            f"the engine {voice.engine!r} can't tell how it says a word; hear it with "
            "narrate voices --audition, or in the studio"
        )
    words = list_words(script, voice, wanted, with_all=with_all)
    is_stated = make_stated(own, script)
    words = [replace(each, is_stated=is_stated(each.word)) for each in words]
    if not wanted and not with_all:
        words = [each for each in words if not each.is_stated]
    return HardWords(script=script, settings=own, voice=voice, words=tuple(words))


def list_words(
    script: Script, voice: Voice, wanted: Sequence[str] = (), *, with_all: bool = False
) -> list[HardWord]:
    """List the words of a script that a voice may say wrong, or those `wanted`, or all, whatever is stated.

    An engine that can't tell how it says them knows none.  Raises as `find_hard_words`.
    """
    found = _count_words(script)
    people = _names_of(script)
    kinds = {key: _kind(key, each, people) for key, each in found.items()}
    if wanted:
        keys = [_known_key(word, found, script) for word in wanted]
    elif with_all:
        keys = list(found)
    else:
        keys = _keep_worthy(found, kinds, script.book.language)
    sounds = sound_words([found[key].word for key in keys], voice)
    words = [
        HardWord(
            word=found[key].word,
            kind=kinds[key],
            count=found[key].count,
            sentence=found[key].sentence,
            line=found[key].line,
            sound=sound,
            is_known=sound.is_known,
        )
        for key, sound in zip(keys, sounds, strict=True)
    ]
    if not wanted:
        words = [each for each in words if with_all or not each.is_known]
        words.sort(key=lambda each: (_KINDS.index(each.kind), -each.count))
    return words


def sound_words(words: Sequence[str], voice: Voice) -> Sequence[WordSound]:
    """Return how a voice says words by itself; without sounds where its engine can't tell."""
    engine = shared_engine(voice.engine)
    if isinstance(engine, PronouncingEngine):
        return engine.pronounce(words, voice.id)
    return [WordSound(word=word, notation="", ipa="", is_known=False) for word in words]


@dataclass(slots=True, kw_only=True)
class FoundPhrase:
    """How often a phrase stands in a story, and the first utterance with it: its text and its number."""

    sentence: str
    line: int
    count: int = 0


def find_phrases(script: Script, phrases: Sequence[Pronunciation]) -> dict[str, FoundPhrase]:
    """Find where a script says what these pronunciations are of; those that it never says are left out."""
    find = make_finder(phrases)
    found: dict[str, FoundPhrase] = {}
    for line, utterance in enumerate(u for chapter in script.chapters for u in chapter.utterances):
        text = unicodedata.normalize("NFC", utterance.text)
        for place in find(text):
            words = place.pronunciation.words
            found.setdefault(words, FoundPhrase(sentence=text, line=line)).count += 1
    return found


_NOUNS_HAVE_CAPITALS = frozenset(("de", "lb"))
"""Languages in which a capital makes no name: what their dictionaries have is a word that everybody knows."""


def make_stated(settings: StorySettings, script: Script) -> Callable[[str], bool]:
    """Return what tells whether a word's sound is stated, be it for one speaker."""
    stated: list[Pronunciation] = [*settings.pronunciations, *settings.narrator_pronunciations]
    for character in settings.characters:
        stated += character.pronunciations
    stated += settings.lexicon
    stated += (each for each in script.book.pronunciations if not each.end)
    find = make_finder(stated)
    return lambda word: any(place.end - place.start == len(word) for place in find(word))


def _words_of(script: Script) -> Iterator[tuple[str, str, int]]:
    """Yield every word, without a possessive ending, and the sentence that it stands in, with its number."""
    for line, utterance in enumerate(u for chapter in script.chapters for u in chapter.utterances):
        text = unicodedata.normalize("NFC", utterance.text)
        for match in _WORD.finditer(text):
            yield _POSSESSIVE.sub("", match.group()), text, line


def _count_words(script: Script) -> dict[str, _Found]:
    """Count the words by their key, which no capitals and no plural of a word that is there tell apart."""
    found: dict[str, _Found] = {}
    for word, sentence, line in _words_of(script):
        each = found.setdefault(_key(word), _Found(word, sentence, line))
        each.count += 1
        each.small += word[:1].islower()
        each.forms[word] = each.forms.get(word, 0) + 1
    for each in found.values():  # a heading in capitals is not how a name is written
        each.word = max(each.forms, key=lambda form: each.forms[form])
    for key in sorted(found, key=len, reverse=True):
        for stem in (key.removesuffix("s"), key.removesuffix("es")):
            if stem == key:
                continue
            is_there = len(stem) > 2 and stem in found and key in found
            if is_there and found[stem].count >= found[key].count:  # or else it is no plural: Phillips
                found[stem].count += found[key].count
                found[stem].small += found[key].small
                del found[key]
    return found


def _key(word: str) -> str:
    return word.casefold().replace("’", "'")


def _names_of(script: Script) -> set[str]:
    """Return the words of the names of those who speak; the others are names like any."""
    names = [name for each in script.characters if each.quotations for name in (each.name, *each.aliases)]
    words = {_key(word) for name in names for word in _WORD.findall(name) if word[:1].isupper()}
    return words - lexicon().title_gender.keys()


def _kind(key: str, found: _Found, people: set[str]) -> Kind:
    if found.small * _SLIPS > found.count:
        return "word"
    return "character" if key in people else "name"


def _keep_worthy(found: dict[str, _Found], kinds: dict[str, Kind], language: str) -> list[str]:
    """Keep characters' names, other names that are not everybody's, and words that no dictionary has."""
    is_long = sum(each.count for each in found.values()) > _LONG
    people = [key for key in found if kinds[key] == "character" and len(key) > 1]
    names: list[str] = []
    words: list[str] = []
    for key, each in found.items():
        if len(key) < 2:
            continue
        if kinds[key] == "word":
            words += [key] if not is_long or each.count >= _OFTEN else []
        elif kinds[key] == "name" and (not is_long or each.count > 1):
            names.append(key)
    are_names = primary_language(language) not in _NOUNS_HAVE_CAPITALS
    return people + keep_uncommon(names, language, are_names=are_names) + keep_uncommon(words, language)


def _known_key(word: str, found: dict[str, _Found], script: Script) -> str:
    key = _key(_POSSESSIVE.sub("", word))
    if key not in found:
        raise SourceError(f"{script.book.source}: the word {word!r} does not stand there")
    return key
