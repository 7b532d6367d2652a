"""How far an utterance reaches on the page: with the marks around its words, each mark once."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiobook.model import Utterance

_SPACE = re.compile(r"\s")
_OPENING = re.compile(r"(?<=[—–-])[\"'“‘«„]|[“‘«„(\[¿¡]")


def spread_marks(text: str, start: int, end: int, utterances: Sequence[Utterance]) -> list[tuple[int, int]]:
    """Return the spans of a paragraph's utterances, widened by the marks that stand between them.

    `text[start:end]` is the paragraph.  A mark before a space belongs to the utterance before it, one
    behind a space to the next.
    """
    spans = []
    at = start
    for number, utterance in enumerate(utterances):
        after = utterances[number + 1].start if number + 1 < len(utterances) else end
        first = at
        while first < utterance.start and text[first].isspace():
            first += 1
        at = utterance.end + _split_gap(text, utterance.end, after, is_last=number + 1 == len(utterances))
        last = at
        while last > utterance.end and text[last - 1].isspace():
            last -= 1
        spans.append((min(first, utterance.start), last))
    return spans


def _split_gap(text: str, start: int, end: int, *, is_last: bool) -> int:
    """Return how many of the marks text[start:end] between two utterances belong to the former."""
    if is_last:
        return end - start
    space = _SPACE.search(text, start, end)
    opening = space or _OPENING.search(text, start, end)
    return opening.start() - start if opening else end - start
