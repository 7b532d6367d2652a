"""Tell the language of a text that states none.

English is told by its own function words alone, which costs some milliseconds; for other texts a
classifier is asked (py3langid, a fork of Lui and Baldwin's langid.py: "langid.py: An Off-the-shelf
Language Identification Tool", ACL 2012), which takes half a second to start.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from audiobook.languages import primary_language, read_tag
from audiobook.model import Book

if TYPE_CHECKING:
    from collections.abc import Callable

_SLICES, _SLICE = 8, 800
"""In how many places a text is looked at (a preface may be in another language), and how many characters."""

_ENGLISH = frozenset(
    "the and of that with his she you they this from not it him have been would there which your "
    "could them who when said into their what".split()
)
"""Words that are frequent in English and in no other language in Latin letters ("for", "to", "had" are)."""
_ENGLISH_SHARE = 0.1
"""Of the words, from which on a text is English; measured with docs/languages.md's samples."""
_FEWEST_LETTERS = 40
_SURE = 0.9
"""A classifier's guess on fewer letters, or less sure, does not count, unless the letters tell as much."""


def detect_language(book: Book) -> str | None:
    """Return the language (ISO 639-1) that a book's text seems to be in, None where it does not tell.

    What most of its paragraphs state counts before what their words tell.  Deterministic and offline.
    """
    return _find_stated(book) or guess_language(_sample(book))


def guess_language(text: str) -> str | None:
    """Return the language (ISO 639-1) of some words, None where they are too few to tell."""
    words = re.findall(r"[^\W\d_]+", text)
    english = sum(word.lower() in _ENGLISH for word in words)
    if english >= max(1, _ENGLISH_SHARE * len(words)):
        return "en"
    if sum(map(len, words)) < _FEWEST_LETTERS and text.isascii():
        return None
    # Marks, « » above all, would count as much as words.
    language, probability = _classify()(" ".join(words))
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


def _sample(book: Book) -> str:
    """Return stretches of what is spoken, from all over the book, without paragraphs in a stated language."""
    spans = [(p.start, p.end) for c in book.chapters for p in c.paragraphs if not p.language]
    total = sum(end - start for start, end in spans)
    if total <= _SLICES * _SLICE:
        return " ".join(book.text[start:end] for start, end in spans)
    wanted = [number * total // _SLICES for number in range(_SLICES)]
    pieces: list[str] = []
    passed, room = 0, 0
    for start, end in spans:
        passed += end - start
        while wanted and wanted[0] < passed:
            wanted.pop(0)
            room = _SLICE
        if room:
            pieces.append(book.text[start : min(end, start + room)])
            room = max(0, room - (end - start))
    return " ".join(pieces)


@cache
def _classify() -> Callable[[str], tuple[str, float]]:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier

    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def classify(text: str) -> tuple[str, float]:
        language, probability = identifier.classify(text)
        return str(language), float(probability)

    return classify
