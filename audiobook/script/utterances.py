"""Cut the book into utterances: at most a sentence, one voice each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from audiobook.languages import primary_language
from audiobook.model import Book, Break, Paragraph, Quotation, ScriptChapter, Utterance, UtteranceKind
from audiobook.script.delivery import find_contours
from audiobook.script.lexicon import lexicon
from audiobook.script.pace import find_pace
from audiobook.script.pieces import SAYABLE, Piece, list_pieces, strip_foreign_marks, strip_marks
from audiobook.script.sentences import split_sentences

_ENGLISH = "en"
_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff]")
_EMPHASIS = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING_MARK = 2
"""Characters before a quotation that opens its paragraph: its mark, or a dash and a space."""

_TAG_WORDS = 3
"""A tag with a name has its verb among the first so many words: "Max said", "the old man cried"."""


def clean(words: str) -> str:
    """Return the words as they are shown and spoken.

    White space is single; underscores of emphasis, control characters and soft hyphens are gone.
    Exactly the letters and digits of `words` stay, in their order.
    """
    return _UNSEEN.sub("", _EMPHASIS.sub("", _SPACES.sub(" ", words))).strip()


def cut_utterances(
    book: Book, quotations: Sequence[Quotation], ordinary: frozenset[str] = frozenset()
) -> tuple[ScriptChapter, ...]:
    """Return the chapters with every paragraph cut where the voice changes and where sentences end.

    `quotations` lie inside paragraphs and are in order; each is spoken by its speaker, the rest by the
    narrator.  Stretches without a letter or digit are no utterances.  `ordinary` are words that the book
    writes in small letters (`find_contours`).
    """
    chapters = []
    rest = list(reversed(quotations))
    for chapter in book.chapters:
        utterances: list[Utterance] = []
        last: Paragraph | None = None
        for number, paragraph in enumerate(chapter.paragraphs, 1):
            own: list[Quotation] = []
            while rest and rest[-1].start < paragraph.end:
                own.append(rest.pop())
            kind: UtteranceKind = "heading" if paragraph.kind == "heading" else "narration"
            cut = _cut_paragraph(
                book,
                list_pieces(book, paragraph, own, kind),
                number=number,
                opening=_find_break(last, paragraph, utterances[-1] if utterances else None, own),
                ordinary=ordinary,
            )
            if cut:
                utterances.extend(cut)
                last = paragraph
        pace = find_pace(utterances, book.language)
        if pace != 1:
            utterances = [replace(utterance, pace=pace) for utterance in utterances]
        chapters.append(
            ScriptChapter(number=chapter.number, title=chapter.title, utterances=tuple(utterances))
        )
    return tuple(chapters)


def _find_break(
    last: Paragraph | None, paragraph: Paragraph, said: Utterance | None, quotations: Sequence[Quotation]
) -> Break:
    """Say what lies between a paragraph and the last one of its chapter that is spoken.

    Who interrupts somebody (`said` is what was last spoken) does not wait for a paragraph's pause.
    """
    if last is None:
        return "none"
    if (last.kind == "heading") != (paragraph.kind == "heading"):
        return "heading"
    if paragraph.follows_scene_break:
        return "scene"
    opens_with_speech = bool(quotations) and quotations[0].start - paragraph.start <= _OPENING_MARK
    interrupts = said is not None and "interrupted" in said.delivery and opens_with_speech
    return "speaker" if interrupts else "paragraph"


def _cut_paragraph(
    book: Book, pieces: Sequence[Piece], *, number: int, opening: Break, ordinary: frozenset[str]
) -> list[Utterance]:
    text = book.text
    utterances: list[Utterance] = []
    for place, piece in enumerate(pieces):
        language = primary_language(piece.language or book.language or _ENGLISH)
        follows: Break = "speaker" if utterances else opening
        for left, right in split_sentences(text[piece.start : piece.end], language):
            start, end = piece.start + left, piece.start + right
            if not SAYABLE.search(text, start, end):
                continue
            start, end = _strip(book, pieces, place, start, end)
            takes_turn = bool(utterances) and follows == "speaker"
            if takes_turn and _goes_on(text[utterances[-1].start : start], piece.kind, text[start:end]):
                follows = "tag"
            contours = find_contours(text[start:end], ordinary) if piece.kind == "speech" else ()
            utterances.append(
                Utterance(
                    paragraph=number,
                    start=start,
                    end=end,
                    kind=piece.kind,
                    speaker=piece.speaker,
                    text=clean(text[start:end]),
                    follows=follows,
                    language=piece.language,
                    delivery=piece.manners + contours,
                )
            )
            follows = "sentence"
    return utterances


def _strip(book: Book, pieces: Sequence[Piece], place: int, start: int, end: int) -> tuple[int, int]:
    """Leave out what a sentence of a piece has of the marks around the speech beside it."""
    piece, text = pieces[place], book.text
    if primary_language(book.language or _ENGLISH) == _ENGLISH:
        return strip_marks(text, start, end, piece.kind)
    if piece.kind == "speech":
        return start, end
    follows_speech = place > 0 and not text[piece.start : start].strip()
    leads_to_speech = place < len(pieces) - 1 and not text[end : piece.end].strip()
    return strip_foreign_marks(text, start, end, follows_speech, leads_to_speech)


def _goes_on(between: str, kind: UtteranceKind, words: str) -> bool:
    """Tell whether a piece of a paragraph is of one sentence with the piece before it, in another voice.

    `between` is the piece before and what lies between the two, `kind` and `words` are this piece's.
    """
    before = between.rstrip("\"“”„«»'‘’_ \t\r\n")
    mark = before[-1:]
    if kind == "speech":  # the words of a tag, or of any clause that leads to a quotation
        return mark == "," or mark.isalnum()
    if mark in ".;:":
        return words[:1].islower() and mark != "."
    if mark == "," or mark.isalnum() or words[:1].islower():
        return True
    verbs = lexicon().speech_verbs
    return any(verbs.get(word.lower()) in ("past", "present") for word in _WORD.findall(words)[:_TAG_WORDS])
