"""Cut the book into utterances: at most a sentence, one voice each."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiobook.model import (
    NARRATOR,
    Book,
    Break,
    Paragraph,
    Quotation,
    ScriptChapter,
    Utterance,
    UtteranceKind,
)
from audiobook.script.delivery import find_contours
from audiobook.script.lexicon import lexicon
from audiobook.script.sentences import split_sentences

_SPACES = re.compile(r"\s+")
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u00ad\u200b\u2060\ufeff]")
_EMPHASIS = re.compile(r"(?<![^\W_])_+|_+(?![^\W_])")
_OPENING_MARKS = re.compile(r"[\s,;:.!?—–―-]*[\"”»’']?[\s,;:.—–―-]+(?=\S)|[”»’]\s*|[\"'“‘](?=\s)\s*")
_WORD = re.compile(r"[^\W\d_]+")
_OPENING_MARK = 2
"""Characters before a quotation that opens its paragraph: its mark, or a dash and a space."""

_TAG_WORDS = 3
"""A tag with a name has its verb among the first so many words: "Max said", "the old man cried"."""

_SAYABLE = re.compile(r"[^\W_]")


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
                book.text,
                (paragraph.start, paragraph.end),
                own,
                number=number,
                kind=kind,
                opening=_find_break(last, paragraph, utterances[-1] if utterances else None, own),
                ordinary=ordinary,
            )
            if cut:
                utterances.extend(cut)
                last = paragraph
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
    text: str,
    span: tuple[int, int],
    quotations: Sequence[Quotation],
    *,
    number: int,
    kind: UtteranceKind,
    opening: Break,
    ordinary: frozenset[str],
) -> list[Utterance]:
    pieces: list[tuple[int, int, UtteranceKind, str | None, tuple[str, ...]]] = []
    at, end = span
    for quotation in quotations:
        pieces.append((at, quotation.start, kind, NARRATOR, ()))
        pieces.append((quotation.start, quotation.end, "speech", quotation.speaker, quotation.delivery))
        at = quotation.end
    pieces.append((at, end, kind, NARRATOR, ()))
    utterances: list[Utterance] = []
    for first, last, piece_kind, speaker, manners in pieces:
        follows: Break = "speaker" if utterances else opening
        for left, right in split_sentences(text[first:last]):
            if not _SAYABLE.search(text, first + left, first + right):
                continue
            begin, stop = _strip_marks(text, first + left, first + right, piece_kind)
            if (
                utterances
                and follows == "speaker"
                and _goes_on(text[utterances[-1].start : begin], piece_kind, text[begin:stop])
            ):
                follows = "tag"
            contours = find_contours(text[begin:stop], ordinary) if piece_kind == "speech" else ()
            utterances.append(
                Utterance(
                    paragraph=number,
                    start=begin,
                    end=stop,
                    kind=piece_kind,
                    speaker=speaker,
                    text=clean(text[begin:stop]),
                    follows=follows,
                    delivery=manners + contours,
                )
            )
            follows = "sentence"
    return utterances


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
