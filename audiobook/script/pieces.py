"""A paragraph in pieces: each of one voice and one language, without the marks that lie between voices."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from audiobook.languages import is_same_language
from audiobook.model import NARRATOR, Book, ForeignWords, Paragraph, Quotation, UtteranceKind
from audiobook.words import count_words

_OPENING_MARKS = re.compile(r"[\s,;:.!?—–―-]*[\"”»’']?[\s,;:.—–―-]+(?=\S)|[”»’]\s*|[\"'“‘](?=\s)\s*")
_SIGN_OF_NUMBER = re.compile(r"(?<![^\s(])[-–−+]?\.?\Z")
_OF_NUMBER = frozenset("0123456789$£€")
"""What a sign belongs to: -15, .45, -$5."""
_AFTER_SPEECH = re.compile(r"[\s,;:.!?…—–―\"»«“”‘’›‹-]+")
_BEFORE_SPEECH = re.compile(
    r"(?:(?<![^\s])[\"«„»›‚“]|(?<=\w)[—–―][.,;:]?|(?<=\w\s)(?:[—–―]|--?)\s?[.,;:]?|\s)+\Z"
)
"""Marks beside speech in texts of other languages, of which some open it in one and close it in another."""
_MOST_MARKS = 12
_FEWEST_FOREIGN_WORDS = 3
"""A single word or two are the narrator's own: another voice for them would break the sentence."""

SAYABLE = re.compile(r"[^\W_]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A stretch of a paragraph that one speaker says in one language (None: the book's), and how."""

    start: int
    end: int
    kind: UtteranceKind
    speaker: str | None
    language: str | None = None
    manners: tuple[str, ...] = ()


def list_pieces(
    book: Book, paragraph: Paragraph, quotations: Sequence[Quotation], kind: UtteranceKind
) -> list[Piece]:
    """Return all of a paragraph in order; what is no quotation of it, the narrator says."""
    pieces: list[Piece] = []
    at = paragraph.start
    for quotation in quotations:
        pieces.append(Piece(start=at, end=quotation.start, kind=kind, speaker=NARRATOR))
        pieces.append(
            Piece(
                start=quotation.start,
                end=quotation.end,
                kind="speech",
                speaker=quotation.speaker,
                manners=quotation.delivery,
            )
        )
        at = quotation.end
    pieces.append(Piece(start=at, end=paragraph.end, kind=kind, speaker=NARRATOR))
    foreign = _find_foreign(book, paragraph)
    return [part for piece in pieces for part in _divide(piece, paragraph.language, foreign)]


def _find_foreign(book: Book, paragraph: Paragraph) -> list[ForeignWords]:
    """Return a paragraph's stretches in another language that are long enough for another voice."""
    first = bisect_left(book.foreign, paragraph.start, key=lambda each: each.start)
    last = bisect_left(book.foreign, paragraph.end, key=lambda each: each.start)
    around = paragraph.language or book.language
    return [
        each
        for each in book.foreign[first:last]
        if count_words(book.text[each.start : each.end]) >= _FEWEST_FOREIGN_WORDS
        and not is_same_language(each.language, around)
    ]


def _divide(piece: Piece, language: str | None, foreign: Sequence[ForeignWords]) -> Iterator[Piece]:
    """Yield a piece as parts of one language each."""
    start = piece.start
    for each in foreign:
        if start < each.end and each.start < piece.end:
            left, right = max(start, each.start), min(piece.end, each.end)
            if start < left:
                yield replace(piece, start=start, end=left, language=language)
            yield replace(piece, start=left, end=right, language=each.language)
            start = right
    yield replace(piece, start=start, language=language)


def strip_marks(text: str, start: int, end: int, kind: UtteranceKind) -> tuple[int, int]:
    """Leave out what a piece of narration inherits from the quotation beside it: `, ” —` and the like.

    Marks of a title within the narration stay, since they come in pairs.
    """
    if kind == "speech":
        return start, end
    words = text[start:end]
    opening = _OPENING_MARKS.match(words)
    left = opening.end() if opening else 0
    number = _SIGN_OF_NUMBER.search(words, 0, left) if words[left : left + 1] in _OF_NUMBER else None
    left = number.start() if number else left
    right = len(words.rstrip())
    last = words[right - 1 : right]
    if last and (last in "“«„‘" or (last in "\"'" and words[: right - 1].endswith(" "))):
        right = len(words[: right - 1].rstrip())
    if not SAYABLE.search(words, left, right):
        return start, end
    return start + left, start + right


def strip_foreign_marks(
    text: str, start: int, end: int, follows_speech: bool, leads_to_speech: bool
) -> tuple[int, int]:
    """Leave out the marks that a sentence of narration has from the speech right before and after it."""
    left, right = start, end
    if follows_speech and (marks := _AFTER_SPEECH.match(text, start, end)):
        left = marks.end()
    near = max(left, end - _MOST_MARKS)
    if leads_to_speech and (marks := _BEFORE_SPEECH.search(text[near:end])):
        right = near + marks.start()
    return (left, right) if SAYABLE.search(text, left, right) else (start, end)
