"""The words of a story that may come out wrong: how they are said, and how they would be said otherwise."""

from __future__ import annotations

import threading
import unicodedata
from collections.abc import Mapping, Sequence

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audiobook.casting import VoiceWish, make_finder, make_pronunciation, tell_pronunciation
from audiobook.engines.base import WordSound
from audiobook.errors import PhonemeError
from audiobook.model import NARRATOR, Clip, Pronunciation, Voice
from audiobook.planning.hard_words import HardWord, find_phrases, list_words, make_stated, sound_words
from audiobook.planning.pronouncing import transcribe
from audiobook.studio.answers import StudioError, answer, encode
from audiobook.studio.desk import MOST_OPEN, Desk, OpenStory
from audiobook.studio.routes import write_wav

WAYS = ("respelling", "ipa", "x-sampa", "espeak", "language")
"""The keys of voices.yaml that say how a word is said."""

_BY_ITSELF = "engine"
"""In the place of a way: as the engine says a word that it is told nothing about."""

_LONGEST = 200
"""Letters of a word or phrase, and of how it is said, as voices.yaml takes them."""


class Pronunciations:
    """Answers about words.  May be used from several threads."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._words: dict[tuple[object, ...], list[HardWord]] = {}
        self._sounds: dict[tuple[Voice, str], WordSound] = {}
        self._lock = threading.Lock()

    def routes(self) -> list[Route]:
        """List the addresses."""
        words = "/api/stories/{name}/pronunciations"
        return [Route(words, self.words), Route(f"{words}/audio", self.hear)]

    def words(self, request: Request) -> Response:
        """Answer with the words that are worth a look and those that are stated, or a sought one."""
        story, revision = self._desk.open_now(request.path_params["name"])
        sought = request.query_params.get("find")
        found = self._list(story) if sought is None else self._look_up(story, _read_words(sought, "find"))
        book, voice = story.script.book, _voice_of(story)
        shown = {
            "title": book.title,
            "language": book.language,
            "engine": voice.engine,
            "voice": voice.id,
            "words": found,
        }
        return answer(self._desk.add_state(encode(shown), story, revision))

    def hear(self, request: Request) -> Response:
        """Answer with the sound of a word, alone or in a line of the story, as it is said or otherwise."""
        story = self._desk.open(request.path_params["name"])
        query = request.query_params
        word = _read_words(query.get("word", ""), "word")
        said = _read_saying(story, word, query)
        return Response(write_wav(_speak(story, word, query.get("line"), said)), media_type="audio/wav")

    def _list(self, story: OpenStory) -> list[dict[str, object]]:
        """List the words of `narrate pronounce`, and what voices.yaml states of words that the story has."""
        stated = story.settings.pronunciations
        find, is_stated = make_finder(stated), make_stated(story.settings, story.script)
        rows: list[dict[str, object]] = []
        met: set[str] = set()
        for each in self._find_hard(story):
            own = next((p.pronunciation for p in find(each.word) if p.end - p.start == len(each.word)), None)
            if own is not None and own.words not in met:
                met.add(own.words)
                rows.append(_show(each, own))
            elif own is None and not is_stated(each.word):
                rows.append(_show(each, None))
        others = [each for each in stated if each.words not in met]
        return rows + self._show_phrases(story, others)

    def _look_up(self, story: OpenStory, words: str) -> list[dict[str, object]]:
        """Return a word or phrase of the story, with what is stated of it."""
        places = make_finder(story.settings.pronunciations)(words)
        own = next((p.pronunciation for p in places if p.end - p.start == len(words)), None)
        found = self._show_phrases(story, [own or Pronunciation(words=words)])
        if not found:
            raise StudioError(404, f"“{words}” does not stand in the story.")
        return found

    def _show_phrases(self, story: OpenStory, phrases: Sequence[Pronunciation]) -> list[dict[str, object]]:
        found = find_phrases(story.script, phrases) if phrases else {}
        there = [each for each in phrases if each.words in found]
        sounds = self._sound([each.words for each in there], _voice_of(story))
        rows = []
        for each, sound in zip(there, sounds, strict=True):
            place = found[each.words]
            word = HardWord(
                word=each.words,
                kind="word",
                count=place.count,
                sentence=place.sentence,
                line=place.line,
                sound=sound,
                is_known=sound.is_known,
            )
            rows.append(_show(word, each if each.origin else None))
        return rows

    def _find_hard(self, story: OpenStory) -> list[HardWord]:
        """Return the words that a story's voice may say wrong; to find those of a novel takes a second."""
        script, voice = story.script, _voice_of(story)
        names = tuple((each.name, each.aliases) for each in script.characters if each.quotations)
        key = (story.name, story.edition, len(story.speaker), voice.engine, voice.id, names)
        with self._lock:
            known = self._words.pop(key, None)
            self._words[key] = list_words(script, voice) if known is None else known
            for old in list(self._words)[:-MOST_OPEN]:
                del self._words[old]
            return self._words[key]

    def _sound(self, words: Sequence[str], voice: Voice) -> list[WordSound]:
        """Return how a voice says words by itself; its engine is asked of each once."""
        with self._lock:
            fresh = [word for word in words if (voice, word) not in self._sounds]
            if fresh:
                sounds = sound_words(fresh, voice)
                self._sounds |= {(voice, word): sound for word, sound in zip(fresh, sounds, strict=True)}
            return [self._sounds[voice, word] for word in words]


def read_way(way: str, said: str) -> Mapping[str, str]:
    """Return how words are said as voices.yaml states it.  Raises `StudioError`."""
    if way not in WAYS:
        raise StudioError(422, f"way: expected one of {', '.join(WAYS)}, got {way[:40]!r}.")
    return {way: _read_words(said, "said")}


def check_saying(story: OpenStory, word: str, stated: Mapping[str, str]) -> Pronunciation:
    """Return a pronunciation that the narrator's voice can take.  Raises `StudioError` where it can't."""
    said = make_pronunciation(word, stated)
    voice = _voice_of(story)
    if said.ph:
        try:
            transcribe(said, voice)
        except PhonemeError as error:
            way, sounds = next(iter(stated.items()))
            raise StudioError(
                422, f"“{word}” can’t be said so ({way} “{sounds}”): {error}. Spell it as it sounds instead."
            ) from error
    elif not any(map(str.isalnum, said.respelling)):
        raise StudioError(422, "said: expected the word spelled as it sounds, with at least one letter.")
    return said


def _read_saying(story: OpenStory, word: str, query: Mapping[str, str]) -> Pronunciation | None:
    """Return how a word is to be said for once; None is as it is stated now."""
    way = query.get("way")
    if way is None:
        return None
    if way == _BY_ITSELF:
        return Pronunciation(words=word, respelling=word)
    return check_saying(story, word, read_way(way, query.get("said", "")))


def _speak(story: OpenStory, word: str, line: str | None, said: Pronunciation | None) -> Clip:
    speaker = story.speaker
    if line is None:
        return speaker.say(f"{word}.", NARRATOR, VoiceWish(), said)
    if not (line.isascii() and line.isdigit()) or len(line) > 9 or int(line) >= len(speaker):
        raise StudioError(404, f"The story has no line {line[:40]}; its lines are 0 to {len(speaker) - 1}.")
    return speaker.speak(int(line), VoiceWish(), said)


def _voice_of(story: OpenStory) -> Voice:
    return story.cast.roles[0].voice


def _read_words(text: str, key: str) -> str:
    words = unicodedata.normalize("NFC", " ".join(text.split()))
    if not words or len(text) > _LONGEST:
        raise StudioError(422, f"{key}: expected 1 to {_LONGEST} letters.")
    return words


def _show(word: HardWord, stated: Pronunciation | None) -> dict[str, object]:
    return {
        "word": stated.words if stated else word.word,
        "kind": word.kind,
        "count": word.count,
        "line": word.line,
        "sentence": word.sentence,
        "ipa": word.sound.ipa,
        "notation": word.sound.notation,
        "alphabet": word.sound.alphabet,
        "stated": None if stated is None else _show_stated(stated),
    }


def _show_stated(stated: Pronunciation) -> dict[str, object]:
    told = tell_pronunciation(stated)
    way = next((each for each in reversed(WAYS) if each in told), WAYS[0])
    is_general = stated.origin is None or stated.origin.is_general
    return {"way": way, "said": told.get(way, ""), "is_general": is_general}
