"""What the narrator announces: title, author and narrator before a book, its end after it.

Audiobook shops ask for both, each as a file of its own
(ACX, "Audio submission requirements": title, authors and narrators at the opening, finality at the closing).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from audiobook.casting import Credits
from audiobook.languages import primary_language
from audiobook.model import CREDITS, NARRATOR, Book, Script, ScriptChapter, Utterance
from audiobook.script import clean
from audiobook.script.sentences import split_sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How a language says it: `read` is the opening's second sentence, `voices` who reads by default."""

    by: str
    read: str
    voices: str
    conjunction: str
    closing: str
    titles: tuple[str, str] = ("Opening Credits", "Closing Credits")


_ENGLISH = _Words(
    by="{title}, by {author}.",
    read="Narrated by {narrator}.",
    voices="synthetic voices",
    conjunction="and",
    closing="The End.",
)
_WORDS = {
    "en": _ENGLISH,
    "de": _Words(
        by="{title}, von {author}.",
        read="Gelesen von {narrator}.",
        voices="synthetischen Stimmen",
        conjunction="und",
        closing="Ende.",
        titles=("Vorspann", "Abspann"),
    ),
    "fr": _Words(
        by="{title}, de {author}.",
        read="Lu par {narrator}.",
        voices="des voix de synthèse",
        conjunction="et",
        closing="Fin.",
        titles=("Générique de début", "Générique de fin"),
    ),
    "es": _Words(
        by="{title}, de {author}.",
        read="Narrado por {narrator}.",
        voices="voces sintéticas",
        conjunction="y",
        closing="Fin.",
        titles=("Créditos iniciales", "Créditos finales"),
    ),
    "it": _Words(
        by="{title}, di {author}.",
        read="Letto da {narrator}.",
        voices="voci sintetiche",
        conjunction="e",
        closing="Fine.",
        titles=("Titoli di testa", "Titoli di coda"),
    ),
    "nl": _Words(
        by="{title}, door {author}.",
        read="Voorgelezen door {narrator}.",
        voices="synthetische stemmen",
        conjunction="en",
        closing="Einde.",
        titles=("Begintitels", "Eindtitels"),
    ),
    "pl": _Words(
        by="{title}. Autor: {author}.",
        read="Czyta: {narrator}.",
        voices="głosy syntetyczne",
        conjunction="i",
        closing="Koniec.",
        titles=("Wstęp", "Zakończenie"),
    ),
    "pt": _Words(
        by="{title}, de {author}.",
        read="Narrado por {narrator}.",
        voices="vozes sintéticas",
        conjunction="e",
        closing="Fim.",
        titles=("Créditos iniciais", "Créditos finais"),
    ),
}
FALLBACK = "en"
"""The language of the credits of books in others."""


def add_credits(script: Script, wishes: Credits) -> Script:
    """Return a script with the credits that are asked for.

    They are files of their own where a book has several, and otherwise the beginning and end of its one.
    """
    book = script.book
    language = primary_language(book.language)
    words = _WORDS.get(language, _ENGLISH)
    by = words.by if book.author else "{title}."
    opening = _word(wishes.opening, (by, words.read), book, wishes.narrator, words)
    closing = _word(wishes.closing, (words.closing,), book, wishes.narrator, words)
    own = [
        None if wish is not True or language in _WORDS else FALLBACK
        for wish in (wishes.opening, wishes.closing)
    ]
    first, last = _speak(opening, 0, own[0]), _speak(closing, len(book.text), own[1])
    return _place(script, first, last, words) if first or last else script


def _place(
    script: Script, opening: tuple[Utterance, ...], closing: tuple[Utterance, ...], words: _Words
) -> Script:
    """Put credits around a script."""
    spoken = [chapter for chapter in script.chapters if chapter.utterances]
    if len(spoken) == 1:
        chapters = tuple(_frame(c, opening, closing) if c.utterances else c for c in script.chapters)
        return replace(script, chapters=chapters)
    first, last = (
        (ScriptChapter(number=CREDITS, title=title, utterances=said),) if said else ()
        for title, said in zip(words.titles, (opening, closing), strict=True)
    )
    return replace(script, chapters=(*first, *script.chapters, *last))


def _frame(
    chapter: ScriptChapter, opening: tuple[Utterance, ...], closing: tuple[Utterance, ...]
) -> ScriptChapter:
    said = chapter.utterances
    if opening:
        said = (*opening, replace(said[0], follows="heading"), *said[1:])
    if closing:
        said = (*said, replace(closing[0], follows="heading"), *closing[1:])
    return replace(chapter, utterances=said)


def _word(
    wish: bool | str, usual: Sequence[str], book: Book, narrator: str | None, words: _Words
) -> list[str]:
    """Return the sentences of a credit; none where none is asked for."""
    if wish is False:
        return []
    values = {
        "title": book.title,
        "author": _join(re.split(r"\s*;\s*", book.author or ""), words.conjunction),
        "narrator": narrator or words.voices,
    }
    if wish is True:
        return [_fill(sentence, values) for sentence in usual]
    text = _fill(wish, values)
    return [text[start:end] for start, end in split_sentences(text, primary_language(book.language))]


def _fill(text: str, values: Mapping[str, str]) -> str:
    filled = re.sub(r"\{(\w+)\}", lambda match: values[match[1]], text)
    # A name may bring its own mark: "Who Goes There?, by", "Inc..".
    return clean(re.sub(r"(?<=[!?…])[.,]|(?<=[^.]\.)\.(?!\.)", "", filled))


def _join(names: Sequence[str], conjunction: str) -> str:
    first, last = names[:-1], names[-1]
    return f"{', '.join(first)} {conjunction} {last}" if first else last


def _speak(sentences: Sequence[str], place: int, language: str | None) -> tuple[Utterance, ...]:
    """Make utterances of a credit's sentences; they stand at a place of the source and hold none of it."""
    return tuple(
        Utterance(
            paragraph=0,
            start=place,
            end=place,
            kind="credit",
            speaker=NARRATOR,
            text=sentence,
            follows="sentence" if number else "none",
            language=language,
        )
        for number, sentence in enumerate(sentences)
    )
