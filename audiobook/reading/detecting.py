"""Tell the language of a text: of one that states none, and where its words contradict what it states.

English is told by its own function words alone, which costs some milliseconds; for other texts a
classifier is asked (py3langid, a fork of Lui and Baldwin's langid.py: "langid.py: An Off-the-shelf
Language Identification Tool", ACL 2012), which takes half a second to start.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from audiobook.languages import ISO_639_2, is_same_language, primary_language, read_tag
from audiobook.model import Book

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py3langid.langid import LanguageIdentifier

_SLICES, _SLICE = 8, 800
"""In how many places a text is looked at (a preface may be in another language), and how many characters."""

_ENGLISH = frozenset(
    "the and of that with his she you they this from not it him have been would there which your "
    "could them who when said into their what".split()
)
"""Words that are frequent in English and in no other language in Latin letters ("for", "to", "had" are)."""
_ENGLISH_SHARE = 0.1
"""Of the words, from which on a text is English; measured with docs/languages.md's samples."""
_HARDLY_ENGLISH = 0.04
"""Of the words, from which on a text is never called another language than English: the sparest stretches of
the English novels of docs/languages.md have 0.12 (1,100 of 800 characters)."""
_FEWEST_LETTERS = 40
_SURE = 0.9
"""A classifier's guess on fewer letters, or less sure, does not count, unless the letters tell as much."""
_PLAIN_LETTERS = 150
"""Fewer letters contradict no statement, unless they are another script's."""

_ALIKE = tuple(
    frozenset(group.split())
    for group in (
        "da no", "bs hr sr sl mk bg", "id ms jv", "cs sk", "pt gl es an ca oc", "af nl", "de lb", "el grc",
        "be uk ru", "hi mr ne", "fa ps ur ar", "xh zu", "ky kk", "zh ja", "he yi hbo", "it la", "fr oc wa",
    )
)  # fmt: skip
"""Languages of which a classifier may take one for the other: none of them contradicts the other."""


def detect_language(book: Book) -> str | None:
    """Return the language (ISO 639-1) that a book's text seems to be in, None where it does not tell.

    What most of its paragraphs state counts before what their words tell.  Deterministic and offline.
    """
    paragraphs = [paragraph for chapter in book.chapters for paragraph in chapter.paragraphs]
    own = ((p.start, p.end) for p in paragraphs if not p.language)
    return _find_stated(book) or guess_language(_sample(book.text, own))


def find_contradictions(book: Book) -> dict[str, str]:
    """Return what a book states of itself or of parts, and what they plainly are: stated → found.

    Where most paragraphs state another language than the book, their words say which of the two is right.
    """
    spans: dict[str, list[tuple[int, int]]] = {}
    for chapter in book.chapters:
        for paragraph in chapter.paragraphs:
            stated = paragraph.language or book.language
            spans.setdefault(stated, []).append((paragraph.start, paragraph.end))
    inline: dict[str, list[tuple[int, int]]] = {}
    for words in book.foreign:
        inline.setdefault(words.language, []).append((words.start, words.end))
    for stated, within in inline.items():
        spans.setdefault(stated, within)
    told = {stated: tell_plainly(_sample(book.text, own), stated) for stated, own in spans.items() if stated}
    found = {stated: language for stated, language in told.items() if language}
    main = _find_stated(book) or ""
    if book.language and main and main not in found:
        guess = guess_language(_sample(book.text, spans[main])) or book.language
        if is_same_language(guess, main):
            found.setdefault(book.language, main)
        elif is_same_language(guess, book.language):
            found[main] = book.language
    return found


def find_other_parts(book: Book) -> list[tuple[str, str]]:
    """Return the titles of chapters that state nothing and are plainly in another language, and which."""
    found = []
    for chapter in book.chapters:
        own = [(p.start, p.end) for p in chapter.paragraphs if not p.language]
        language = tell_plainly(_sample(book.text, own), book.language)
        if language:
            found.append((chapter.title, language))
    return found


def tell_plainly(text: str, stated: str) -> str | None:
    """Return the language (ISO 639-1) of a text that is surely not in the stated one, else None."""
    words = re.findall(r"[^\W\d_]+", text)
    letters = sum(map(len, words))
    english = sum(word.lower() in _ENGLISH for word in words)
    own = primary_language(stated)
    if own == "en" and english >= _HARDLY_ENGLISH * len(words):
        return None
    if letters < (_PLAIN_LETTERS if _is_latin(words) else _FEWEST_LETTERS):
        return None
    if own not in _classified():
        return None
    half = len(words) // 2
    pieces = [words[:half], words[half:]] if half else [words]
    guesses = {
        primary_language(name) if sure >= _SURE else ""
        for name, sure in map(_classify, map(" ".join, pieces))
    }
    language = guesses.pop()
    if guesses or language not in ISO_639_2 or is_same_language(language, stated):
        return None
    if language == "en" and english < _ENGLISH_SHARE * len(words):
        return None
    return None if any({language, own} <= group for group in _ALIKE) else language


def guess_language(text: str) -> str | None:
    """Return the language (ISO 639-1) of some words, None where they are too few to tell."""
    words = re.findall(r"[^\W\d_]+", text)
    english = sum(word.lower() in _ENGLISH for word in words)
    if english >= max(1, _ENGLISH_SHARE * len(words)):
        return "en"
    if sum(map(len, words)) < _FEWEST_LETTERS and text.isascii():
        return None
    # Marks, « » above all, would count as much as words.
    language, probability = _classify(" ".join(words))
    if not read_tag(language):  # "zxx": no language at all
        return None
    return primary_language(language) if probability >= _SURE or not _is_latin(words) else None


def _is_latin(words: list[str]) -> bool:
    """Tell whether most letters are Latin ones; a language with other letters is surely not English."""
    letters = "".join(words)
    return 2 * sum(letter < "\u0250" for letter in letters) >= len(letters)


def _find_stated(book: Book) -> str | None:
    """Return the language that more than half of a book's paragraphs, by length, state of themselves."""
    lengths: dict[str | None, int] = {}
    for chapter in book.chapters:
        for paragraph in chapter.paragraphs:
            length = paragraph.end - paragraph.start
            lengths[paragraph.language] = lengths.get(paragraph.language, 0) + length
    for language, length in lengths.items():
        if language and 2 * length > sum(lengths.values()):
            return language
    return None


def _sample(text: str, stretches: Iterable[tuple[int, int]]) -> str:
    """Return pieces of stretches of a text, from all over them."""
    spans = list(stretches)
    total = sum(end - start for start, end in spans)
    if total <= _SLICES * _SLICE:
        return " ".join(text[start:end] for start, end in spans)
    wanted = [number * total // _SLICES for number in range(_SLICES)]
    pieces: list[str] = []
    passed, room = 0, 0
    for start, end in spans:
        passed += end - start
        while wanted and wanted[0] < passed:
            wanted.pop(0)
            room = _SLICE
        if room:
            pieces.append(text[start : min(end, start + room)])
            room = max(0, room - (end - start))
    return " ".join(pieces)


@cache
def _identifier() -> LanguageIdentifier:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


def _classified() -> frozenset[str]:
    """Return the languages that the classifier knows."""
    return frozenset(map(primary_language, _identifier().nb_classes))


def _classify(text: str) -> tuple[str, float]:
    language, probability = _identifier().classify(text)
    return str(language), float(probability)
