"""The proof that nothing is lost and nothing spoken twice."""

from __future__ import annotations

import re

from audiobook.errors import IncompleteError
from audiobook.model import Script

_OTHER = re.compile(r"[\W_]+")
_LETTER = re.compile(r"[^\W_]")


def prove_complete(script: Script) -> None:
    """Check that the text holds all of the file, and that utterances and skips tile its letters and digits.

    Raises `IncompleteError` naming the place and the words.
    """
    if script.book.faults:
        raise IncompleteError(
            f"{script.book.source}: {script.book.faults[0]}; this is a fault of the program, please "
            "report it. To have the book made all the same, write `proof: warn` below `reading:` in "
            "voices.yaml"
        )
    text = script.book.text
    spans: list[tuple[int, int]] = [(skip.start, skip.end) for skip in script.skipped]
    for chapter in script.chapters:
        for utterance in chapter.utterances:
            if utterance.start == utterance.end:
                continue
            spans.append((utterance.start, utterance.end))
            source = text[utterance.start : utterance.end]
            if source != utterance.text and _OTHER.sub("", source) != _OTHER.sub("", utterance.text):
                raise IncompleteError(
                    _tell(text, utterance.start, utterance.end, "is spoken with other words")
                )
    spans.sort()
    done = 0
    for start, end in spans:
        if start < done and _LETTER.search(text, start, min(end, done)):
            raise IncompleteError(_tell(text, start, min(end, done), "would be spoken twice"))
        if start > done and _LETTER.search(text, done, start):
            raise IncompleteError(_tell(text, done, start, "would be lost"))
        done = max(done, end)
    if _LETTER.search(text, done):
        raise IncompleteError(_tell(text, done, len(text), "would be lost"))


def _tell(text: str, start: int, end: int, what: str) -> str:
    letter = _LETTER.search(text, start, end)
    start = letter.start() if letter else start
    words = " ".join(text[start:end].split())
    shown = words if len(words) <= 80 else words[:77] + "…"
    line = text.count("\n", 0, start) + 1
    where = f"line {line}, characters {start}–{end}"
    return f"{where}: “{shown}” {what}; this is a fault of the program, please report it"
