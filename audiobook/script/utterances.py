"""Cut the book into utterances: at most a sentence, one voice each."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence

from audiobook.languages import is_same_language, primary_language
from audiobook.model import (
    NARRATOR,
    Book,
    Break,
    ForeignWords,
    Paragraph,
    Quotation,
    ScriptChapter,
    Utterance,
    UtteranceKind,
)
from audiobook.script.sentences import split_sentences

_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff]")
_EMPHASIS = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_OPENING_MARKS = re.compile(r"[\s,;:.!?—–―-]*[\"”»’']?[\s,;:.—–―-]+(?=\S)|[”»’]\s*|[\"'“‘](?=\s)\s*")
_AFTER_SPEECH = re.compile(r"[\s,;:.!?…—–―\"»«“”‘’›‹-]+")
_BEFORE_SPEECH = re.compile(r"(?:(?<![^\s])[\"«„»›‚“]|(?<=\w)[—–―][.,;:]?|\s)+\Z")
"""Marks beside speech in texts of other languages, of which some open it in one and close it in another."""
_MOST_MARKS = 12
_FEWEST_FOREIGN_WORDS = 3
"""A single word or two are the narrator's own: another voice for them would break the sentence."""
_SAYABLE = re.compile(r"[^\W_]")


def clean(words: str) -> str:
    """Return the words as they are shown and spoken.

    White space is single; underscores of emphasis, control characters and soft hyphens are gone.
    Exactly the letters and digits of `words` stay, in their order.
    """
    return _UNSEEN.sub("", _EMPHASIS.sub("", _SPACES.sub(" ", words))).strip()


def cut_utterances(book: Book, quotations: Sequence[Quotation]) -> tuple[ScriptChapter, ...]:
    """Return the chapters with every paragraph cut where the voice changes and where sentences end.

    `quotations` lie inside paragraphs and are in order; each is spoken by its speaker, the rest by the
    narrator.  Stretches without a letter or digit are no utterances.
    """
    chapters = []
    rest = list(reversed(quotations))
    language = primary_language(book.language or "en")
    for chapter in book.chapters:
        utterances: list[Utterance] = []
        last: Paragraph | None = None
        for number, paragraph in enumerate(chapter.paragraphs, 1):
            own: list[Quotation] = []
            while rest and rest[-1].start < paragraph.end:
                own.append(rest.pop())
            kind: UtteranceKind = "heading" if paragraph.kind == "heading" else "narration"
            cut = _cut_paragraph(
                book.text,
                (paragraph.start, paragraph.end),
                own,
                number=number,
                kind=kind,
                language=paragraph.language,
                foreign=_find_foreign(book, paragraph),
                opening=_find_break(last, paragraph),
                own_language=language,
            )
            if cut:
                utterances.extend(cut)
                last = paragraph
        chapters.append(
            ScriptChapter(number=chapter.number, title=chapter.title, utterances=tuple(utterances))
        )
    return tuple(chapters)


def _find_foreign(book: Book, paragraph: Paragraph) -> list[ForeignWords]:
    """Return a paragraph's stretches in another language that are long enough for another voice."""
    first = bisect_left(book.foreign, paragraph.start, key=lambda each: each.start)
    last = bisect_left(book.foreign, paragraph.end, key=lambda each: each.start)
    around = paragraph.language or book.language
    return [
        each
        for each in book.foreign[first:last]
        if len(book.text[each.start : each.end].split()) >= _FEWEST_FOREIGN_WORDS
        and not is_same_language(each.language, around)
    ]


_Piece = tuple[int, int, UtteranceKind, "str | None"]


def _divide_by_language(
    piece: _Piece, language: str | None, foreign: Sequence[ForeignWords]
) -> Iterator[tuple[int, int, UtteranceKind, str | None, str | None]]:
    """Yield a piece of a paragraph as parts of one language each; None is the book's."""
    start, end, kind, speaker = piece
    for each in foreign:
        if start < each.end and each.start < end:
            left, right = max(start, each.start), min(end, each.end)
            if start < left:
                yield start, left, kind, speaker, language
            yield left, right, kind, speaker, each.language
            start = right
    yield start, end, kind, speaker, language


def _find_break(last: Paragraph | None, paragraph: Paragraph) -> Break:
    """Say what lies between a paragraph and the last one of its chapter that is spoken."""
    if last is None:
        return "none"
    if (last.kind == "heading") != (paragraph.kind == "heading"):
        return "heading"
    return "scene" if paragraph.follows_scene_break else "paragraph"


def _cut_paragraph(
    text: str,
    span: tuple[int, int],
    quotations: Sequence[Quotation],
    *,
    number: int,
    kind: UtteranceKind,
    language: str | None,
    foreign: Sequence[ForeignWords],
    opening: Break,
    own_language: str,
) -> list[Utterance]:
    pieces: list[_Piece] = []
    at, end = span
    for quotation in quotations:
        pieces.append((at, quotation.start, kind, NARRATOR))
        pieces.append((quotation.start, quotation.end, "speech", quotation.speaker))
        at = quotation.end
    pieces.append((at, end, kind, NARRATOR))
    utterances: list[Utterance] = []
    is_english = own_language == "en"
    divided = [part for piece in pieces for part in _divide_by_language(piece, language, foreign)]
    for place, (first, last, piece_kind, speaker, abroad) in enumerate(divided):
        spoken = primary_language(abroad) if abroad else own_language
        follows: Break = "speaker" if utterances else opening
        for left, right in split_sentences(text[first:last], spoken):
            if not _SAYABLE.search(text, first + left, first + right):
                continue
            begin, stop = first + left, first + right
            if is_english:
                begin, stop = _strip_marks(text, begin, stop, piece_kind)
            elif piece_kind != "speech":
                follows_speech = place > 0 and not text[first:begin].strip()
                leads_to_speech = place < len(divided) - 1 and not text[stop:last].strip()
                begin, stop = _strip_foreign_marks(text, begin, stop, follows_speech, leads_to_speech)
            utterances.append(
                Utterance(
                    paragraph=number,
                    start=begin,
                    end=stop,
                    kind=piece_kind,
                    speaker=speaker,
                    text=clean(text[begin:stop]),
                    follows=follows,
                    language=abroad,
                )
            )
            follows = "sentence"
    return utterances


def _strip_marks(text: str, start: int, end: int, kind: UtteranceKind) -> tuple[int, int]:
    """Leave out what a piece of narration inherits from the quotation beside it: `, ” —` and the like.

    Marks of a title within the narration stay, since they come in pairs.
    """
    if kind == "speech":
        return start, end
    words = text[start:end]
    opening = _OPENING_MARKS.match(words)
    left = opening.end() if opening else 0
    right = len(words.rstrip())
    last = words[right - 1 : right]
    if last and (last in "“«„‘" or (last in "\"'" and words[: right - 1].endswith(" "))):
        right = len(words[: right - 1].rstrip())
    if not _SAYABLE.search(words, left, right):
        return start, end
    return start + left, start + right


def _strip_foreign_marks(
    text: str, start: int, end: int, follows_speech: bool, leads_to_speech: bool
) -> tuple[int, int]:
    """Leave out the marks that a sentence of narration has from the speech right before and after it."""
    left, right = start, end
    if follows_speech and (marks := _AFTER_SPEECH.match(text, start, end)):
        left = marks.end()
    near = max(left, end - _MOST_MARKS)
    if leads_to_speech and (marks := _BEFORE_SPEECH.search(text[near:end])):
        right = near + marks.start()
    return (left, right) if _SAYABLE.search(text, left, right) else (start, end)
