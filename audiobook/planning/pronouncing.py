"""How a story's words are said: as voices.yaml asks, then as the book itself says, then as narrators do."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from types import MappingProxyType

from audiobook.casting import Place, Spelled, StorySettings, find_stated, make_finder, spell
from audiobook.engines.base import PhoneticEngine
from audiobook.errors import PhonemeError
from audiobook.model import (
    AS_IN,
    NARRATOR,
    Book,
    Phonemes,
    Pronunciation,
    Reading,
    Script,
    Utterance,
    Voice,
)
from audiobook.normalizing import find_heteronyms, find_readings
from audiobook.planning.characters import find_unread, list_characters
from audiobook.project.shared_engines import shared_engine
from audiobook.script import clean

_MOST_WARNINGS = 5
"""Of a book's pronunciations; the others are counted."""


_UNREAD = Pronunciation(words="", respelling=" ")
"""Of a character that a voice can't read: silence."""

_NOBODY: Mapping[str | None, Sequence[Pronunciation]] = MappingProxyType({})


def make_pronouncer(settings: StorySettings, script: Script | None = None) -> Pronouncer:
    """Return what says the words of a story as its settings state, or words of no story."""
    own: dict[str | None, Sequence[Pronunciation]] = {NARRATOR: settings.narrator_pronunciations}
    for character in script.characters if script else ():
        stated = find_stated(character, settings.characters)
        own[character.name] = stated.pronunciations if stated else ()
    return Pronouncer(
        settings.pronunciations,
        script.book if script else None,
        own={speaker: found for speaker, found in own.items() if found},
        lexicon=settings.lexicon,
        normalizes=settings.reading.normalize,
    )


class Pronouncer:
    """Says what is to be spoken for an utterance, and keeps what could not be done as asked.

    What voices.yaml states comes first, of the speaker (`own`), then for all; then what the book states of
    one place (`ssml:ph`), then the lexicons of voices.yaml (`lexicon`) and its own, then words of another
    language, then what words of two sounds are where they stand, then how a narrator says what is written
    short (where it `normalizes`, and knows a book's language).  Of two that overlap the lesser goes.
    """

    def __init__(
        self,
        stated: Sequence[Pronunciation],
        book: Book | None = None,
        *,
        own: Mapping[str | None, Sequence[Pronunciation]] = _NOBODY,
        lexicon: Sequence[Pronunciation] = (),
        normalizes: bool = True,
    ) -> None:
        self._find_stated = make_finder(stated)
        self._find_own = {speaker: make_finder(each) for speaker, each in own.items()}
        self._book = book
        self._normalizes = normalizes and book is not None
        of_book = book.pronunciations if book else ()
        self._spans = sorted((p for p in of_book if p.end), key=lambda p: (p.start, p.end))
        self._starts = [p.start for p in self._spans]
        self._lexicon = [*lexicon, *(p for p in of_book if not p.end)]
        self._finders: dict[str, Callable[[str], list[Place]]] = {}
        foreign = (p for chapter in book.chapters for p in chapter.paragraphs) if book else ()
        self._foreign = [(p.start, p.end, p.language) for p in foreign if p.language]
        self._built_in: set[Pronunciation] = set()
        self._characters = list_characters(book.text) if book else ""
        self._character_set = frozenset(self._characters)
        self._known: dict[tuple[Pronunciation, str, str], str] = {}
        self._faults: dict[str, Pronunciation] = {}

    def spell(
        self, utterance: Utterance, voice: Voice, next_start: int | None = None
    ) -> tuple[str, tuple[Phonemes, ...]]:
        """Return the text and the phonemes of what `respell` returns."""
        spelled = self.respell(utterance, voice, next_start)
        return spelled.text, spelled.phonemes

    def respell(self, utterance: Utterance, voice: Voice, next_start: int | None = None) -> Spelled:
        """Return the text to be spoken in a voice, and what of it is spoken by phonemes, or for other words.

        `next_start` is where the next utterance begins: signs between that stand for words (the ditto
        marks of a list) are spoken with this one.
        """
        text, places = self.find_places(utterance, voice, next_start)
        return spell(text, places, lambda each: self.notate(each, voice)) if places else Spelled(text=text)

    def count_unread(self, utterance: Utterance, voice: Voice) -> int:
        """Count the characters of an utterance that a voice passes over, since it can't read them."""
        if not self._find_unread(utterance.text, voice):
            return 0
        _, places = self.find_places(utterance, voice)
        return sum(each.pronunciation is _UNREAD for each in places)

    def find_places(
        self, utterance: Utterance, voice: Voice, next_start: int | None = None
    ) -> tuple[str, list[Place]]:
        """Return an utterance's text, and what of it is said in a way of its own; see `respell`."""
        text = unicodedata.normalize("NFC", utterance.text)
        places = self._find_stated(text)
        if utterance.speaker in self._find_own:
            places = _add(self._find_own[utterance.speaker](text), places)
        if self._book is not None:
            text, of_book = self._find_spans(utterance, text, voice, next_start)
            places = _add(places, of_book)
        language = self._language_at(utterance.start)
        if self._lexicon:
            places = _add(places, self._find_in_lexicon(language, text))
        places = _add(places, self._find_foreign_words(utterance, text))
        places = _add(places, self._find_heteronyms(language, text))
        if self._normalizes:
            is_heading = utterance.kind == "heading"
            places = _add(places, read_places(text, language, is_heading=is_heading))
        return text, _add(places, self._find_unread(text, voice))

    def _find_unread(self, text: str, voice: Voice) -> list[Place]:
        """Find the characters that a voice can't read."""
        if text.isascii():
            return []
        characters = list_characters(text)
        # All of the book's at once, since an engine may have to be asked.
        if not self._character_set.issuperset(characters):
            self._characters = list_characters(self._characters, characters)
            self._character_set = frozenset(self._characters)
        unread = find_unread(self._characters, voice) if characters else frozenset()
        if unread.isdisjoint(text):
            return []
        return [
            Place(start=at, end=at + 1, pronunciation=_UNREAD)
            for at, character in enumerate(text)
            if character in unread
        ]

    def warnings(self, voices_file: str) -> list[str]:
        """Return a sentence for each pronunciation that could not be used as stated."""
        stated = [(p.origin, fault) for fault, p in self._faults.items() if p.origin]
        found = [
            f"{voices_file}:{origin.line}: {origin.path}: {fault}"
            for origin, fault in sorted(stated, key=lambda each: each[0].line)
        ]
        of_book = [fault for fault, each in self._faults.items() if not each.origin]
        more = len(of_book) - _MOST_WARNINGS
        if more > 0:
            of_book[_MOST_WARNINGS:] = [f"{more} more of the book's pronunciations are not used"]
        source = self._book.source if self._book else ""
        return found + [f"{source}: {fault}" for fault in of_book]

    def notate(self, each: Pronunciation, voice: Voice) -> str:
        """Return a pronunciation in the notation of a voice's engine, or nothing where that takes none."""
        key = (each, voice.engine, voice.id)
        if key not in self._known:
            try:
                self._known[key] = transcribe(each, voice)
            except PhonemeError as error:
                instead = f"{each.respelling!r} is" if each.respelling else "the words are"
                asked = f"the pronunciation of {each.words!r}, {each.ph!r},"
                fault = f"{asked} is not used: {error}; {instead} read"
                if each not in self._built_in:  # nobody has asked for those
                    self._faults.setdefault(fault, each)
                self._known[key] = ""
        return self._known[key]

    def _find_spans(
        self, utterance: Utterance, text: str, voice: Voice, next_start: int | None
    ) -> tuple[str, list[Place]]:
        """Find what the book states of places within an utterance; see `respell` for signs behind it."""
        places: list[Place] = []
        if utterance.start == utterance.end or self._book is None:
            return text, places
        source = self._book.text
        first = bisect_left(self._starts, utterance.start)
        for each in self._spans[first : bisect_right(self._starts, utterance.end - 1)]:
            start = _locate(text, source[utterance.start : each.start], each.words)
            if start is not None:
                end = start + len(_spoken(each.words))
                places = _add(places, [Place(start=start, end=end, pronunciation=each)])
        last = bisect_left(self._starts, len(source) if next_start is None else next_start)
        for each in self._spans[bisect_left(self._starts, utterance.end) : last]:
            between = source[utterance.end : each.start]
            if "\n\n" in between or any(map(str.isalnum, between + each.words)):
                break
            if self.notate(each, voice):
                start = len(text) + 1
                text = f"{text} {each.words}"
                places.append(Place(start=start, end=len(text), pronunciation=each))
        return text, places

    def _find_foreign_words(self, utterance: Utterance, text: str) -> list[Place]:
        """Find the words of another language that are too few for a voice of theirs (`script.pieces`)."""
        if self._book is None or not self._book.foreign or utterance.language is not None:
            return []
        places: list[Place] = []
        foreign, source = self._book.foreign, self._book.text
        first = bisect_left(foreign, utterance.start, key=lambda each: each.start)
        for each in foreign[first : bisect_left(foreign, utterance.end, key=lambda each: each.start)]:
            words = clean(source[each.start : each.end])
            start = _locate(text, source[utterance.start : each.start], words)
            if start is not None:
                said = Pronunciation(words=words, ph=words, alphabet=f"{AS_IN}{each.language}")
                self._built_in.add(said)
                end = start + len(_spoken(words))
                places.append(Place(start=start, end=end, pronunciation=said, rule=said.alphabet))
        return places

    def _find_heteronyms(self, language: str, text: str) -> list[Place]:
        found = find_heteronyms(text, language)
        self._built_in.update(each.pronunciation for each in found)
        return [
            Place(start=each.start, end=each.end, pronunciation=each.pronunciation, rule="heteronyms")
            for each in found
        ]

    def _find_in_lexicon(self, language: str, text: str) -> list[Place]:
        if language not in self._finders:
            fitting = [p for p in self._lexicon if _is_for(p.language, language)]
            self._finders[language] = make_finder(fitting)
        return self._finders[language](text)

    def _language_at(self, start: int) -> str:
        place = bisect_right(self._foreign, start, key=lambda each: each[0]) - 1
        if place >= 0 and start < self._foreign[place][1]:
            return self._foreign[place][2] or ""
        return self._book.language if self._book else "en"


def read_places(text: str, language: str, *, is_heading: bool = False) -> list[Place]:
    """Return how a narrator says a text, as places with respellings; none would leave it without a word."""
    readings = find_readings(text, language, is_heading=is_heading)
    if not readings or not (_is_heard(r.spoken for r in readings) or _is_heard(_outside(text, readings))):
        return []
    return [
        Place(
            start=reading.start,
            end=reading.end,
            pronunciation=Pronunciation(
                words=text[reading.start : reading.end], respelling=reading.spoken or " "
            ),
            rule=reading.rule,
        )
        for reading in readings
    ]


def _outside(text: str, readings: Sequence[Reading]) -> Iterable[str]:
    starts = [0, *(reading.end for reading in readings)]
    ends = [*(reading.start for reading in readings), len(text)]
    return (text[start:end] for start, end in zip(starts, ends, strict=True))


def _is_heard(texts: Iterable[str]) -> bool:
    return any(any(map(str.isalnum, text)) for text in texts)


def _locate(text: str, before: str, words: str) -> int | None:
    """Return where `words` stand in an utterance's text; `before` is the source up to them."""
    at = len(_spoken(before))
    found = text.find(_spoken(words), at)
    return found if found >= 0 and not any(map(str.isalnum, text[at:found])) else None


def _spoken(words: str) -> str:
    return unicodedata.normalize("NFC", clean(words))


def _is_for(range_: str | None, language: str) -> bool:
    """Tell whether one language tag is the other or its beginning (RFC 4647, basic filtering)."""
    if range_ is None:
        return True
    pair = sorted((range_.lower(), language.lower()), key=len)
    return pair[0] == pair[1] or pair[1].startswith(f"{pair[0]}-")


def _add(places: Iterable[Place], lesser: Iterable[Place]) -> list[Place]:
    """Return places in order, those of `lesser` only where none of the others stands."""
    taken = list(places)
    free = [each for each in lesser if not any(each.start < p.end and p.start < each.end for p in taken)]
    return sorted(chain(taken, free), key=lambda each: each.start)


def transcribe(pronunciation: Pronunciation, voice: Voice) -> str:
    """Give a pronunciation in the notation of a voice's engine, without starting that.

    Raises `PhonemeError` where the engine takes none, or not this one.
    """
    engine = shared_engine(voice.engine)
    if not isinstance(engine, PhoneticEngine):
        raise PhonemeError(f"the engine {voice.engine!r} takes no phonemes")
    return engine.transcribe(pronunciation.ph, pronunciation.alphabet, voice.id)
