"""Where a guess is likely wrong: sentences for a person, so that nothing is misread in silence."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from pathlib import Path

from audiobook.model import Book, Character, Quotation
from audiobook.script.dashes import find_unmarked_tag
from audiobook.script.layout import Passage

_MARKED = re.compile(r"[\"“”„«»‹「『‘]|<<|``|''|\s*[—–―]\s*\w|\s*--?\s+\w")
"""How a paragraph opens that is speech as a rule."""
_FEWEST_MARKED = 6
_MOST_TURNS = 9
_MANY_LINES = 10
_MOST_NAMED = 3
_TAG_WITHIN = 300
_GOES_ON = "goes on from the paragraph before"


def find_misgivings(
    book: Book, passages: Sequence[Passage], quotations: Sequence[Quotation], characters: Sequence[Character]
) -> tuple[str, ...]:
    """Return what a person should look at, most important first."""
    found = (
        *_tell_unheard(book, passages, quotations),
        *_tell_unmarked(book, passages, quotations),
        *_tell_unknown(quotations),
        *_tell_monologues(book, quotations),
        *_tell_genders(characters),
    )
    return tuple(f"{_place(book, start)}: {each}" for start, each in found)


_Misgiving = tuple[int | None, str]
"""From where in the text on, where it has a place, and what."""


def _place(book: Book, start: int | None) -> str:
    """Return the source, with the line where that is one of the file: of a plain text."""
    if start is None:
        return book.source
    is_plain = Path(book.source).suffix.lower() in {"", ".txt"}
    return f"{book.source}:{book.text.count(chr(10), 0, start) + 1}" if is_plain else book.source


def _tell_unheard(
    book: Book, passages: Sequence[Passage], quotations: Sequence[Quotation]
) -> Iterator[_Misgiving]:
    """Tell, from where on, of paragraphs that look like speech, of which most are read by the narrator."""
    marked = [p for p in passages if not p.is_heading and _MARKED.match(book.text, p.start, p.end)]
    starts = {quotation.start for quotation in quotations}
    unheard = [
        p for p in marked if not any(start in starts for start in range(p.start, min(p.end, p.start + 8)))
    ]
    if len(unheard) >= _FEWEST_MARKED and 2 * len(unheard) > len(marked):
        first = _first_words(book.text[unheard[0].start : unheard[0].end])
        told = (
            f"{len(unheard)} of {len(marked)} paragraphs that open with a quotation mark or a dash are read "
            f"by the narrator, from “{first}” on; if they are speech, state the story's language, or whose "
            "they are under lines: in voices.yaml"
        )
        yield unheard[0].start, told


def _tell_unmarked(
    book: Book, passages: Sequence[Passage], quotations: Sequence[Quotation]
) -> Iterator[_Misgiving]:
    """Tell of a text that says who speaks, but has no marks that say what."""
    if 2 * len(quotations) > len(passages):
        return
    tagged = [
        p
        for p in passages
        if not p.is_heading
        and not _MARKED.match(book.text, p.start, p.end)
        and find_unmarked_tag(book.text, p.start, min(p.end, p.start + _TAG_WITHIN)) is not None
    ]
    starts = [quotation.start for quotation in quotations]
    told = [p for p in tagged if bisect_left(starts, p.start) == bisect_left(starts, p.end)]
    if len(told) >= _FEWEST_MARKED and len(told) > len(quotations):
        first = _first_words(book.text[told[0].start : told[0].end])
        misgiving = (
            f"{len(told)} paragraphs say who speaks, from “{first}” on, but have no quotation marks that "
            "narrate knows; they are read by the narrator, unless lines: in voices.yaml says whose they are"
        )
        yield told[0].start, misgiving


def _tell_unknown(quotations: Sequence[Quotation]) -> Iterator[_Misgiving]:
    unknown = sum(quotation.speaker is None for quotation in quotations)
    if unknown >= _MANY_LINES and 2 * unknown > len(quotations):
        told = f"of {unknown} of {len(quotations)} lines nothing tells who speaks; name people under lines:"
        yield None, told


def _tell_monologues(book: Book, quotations: Sequence[Quotation]) -> Iterator[_Misgiving]:
    """Tell, from where on, of whoever speaks many paragraphs in a row that no tag gives to him or her."""
    turns: list[Quotation] = []
    for one, other in pairwise([None, *quotations]):
        if other is not None and (one is None or _is_apart(book, one, other)) and other.evidence != _GOES_ON:
            turns.append(other)
    for speaker, run in groupby(turns, key=lambda turn: turn.speaker):
        own = list(run)
        guessed = sum(turn.type == "implicit" for turn in own)
        if speaker is not None and len(own) >= _MOST_TURNS and 2 * guessed > len(own):
            first = _first_words(book.text[own[0].start : own[0].end])
            told = (
                f"{speaker} speaks {len(own)} times in a row from “{first}” on; another may answer there "
                "(narrate cast --doubtful shows such lines)"
            )
            yield own[0].start, told
            return


def _is_apart(book: Book, one: Quotation, other: Quotation) -> bool:
    return "\n" in book.text[one.end : other.start] or not any(
        map(str.isalnum, book.text[one.end : other.start])
    )


def _tell_genders(characters: Sequence[Character]) -> Iterator[_Misgiving]:
    unknown = [c for c in characters if c.gender == "unknown" and c.quotations >= _MANY_LINES]
    if unknown:
        named = ", ".join(f"{each.name} ({each.quotations} lines)" for each in unknown[:_MOST_NAMED])
        more = f" and {len(unknown) - _MOST_NAMED} more" if len(unknown) > _MOST_NAMED else ""
        told = (
            f"nothing tells whether a woman or a man is {named}{more}; say so in voices.yaml: "
            f"characters: {{{unknown[0].name}: {{gender: female}}}}"
        )
        yield None, told


def _first_words(words: str) -> str:
    return " ".join(words[:60].split()[:6]).strip('"“”„«»‹‘-—–<>` ')
