"""Project Gutenberg's header, licence, credits and transcriber's notes, and what its header says.

The marks are those of its files since 2000 (https://www.gutenberg.org/help/faq.html), the older "small
print" included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

HEADER = "Project Gutenberg header"
LICENCE = "Project Gutenberg licence"
CREDITS = "Project Gutenberg credits"
TRANSCRIBER = "transcriber's note"

_START = re.compile(
    r"(?mi)^[ \t]*(?:\*{3} ?START OF (?:THE|THIS) PROJECT GUTENBERG[^\r\n]*(?:[\r\n]+[^\r\n*]+)?\*{3}"
    r"|\*END\*? ?THE SMALL PRINT![^\r\n]*|\*END THE SMALL PRINT![^\r\n]*)[ \t\r]*$"
)
_END = re.compile(
    r"(?mi)^[ \t]*(?:\*{3} ?END OF (?:THE|THIS) PROJECT GUTENBERG"
    r"|End of (?:the |this )?Project Gutenberg(?:['’]s)? (?:e?text|ebook|edition|[^\r\n]{1,100} by)\b)"
)
_FIELD = re.compile(
    r"(?mi)^[ \t]*(Title|Author|Language):[ \t]*(\S[^\r\n]*(?:(?:\r\n|\r|\n)[ \t]{3,}\S[^\r\n]*)*)"
)
_CREDIT = re.compile(
    r"(?:Produced by|E-?text prepared by|This e-?(?:text|book) was (?:produced|prepared|transcribed)"
    r"|Transcribed (?:from|by)|HTML version by|Updated editions will)\b",
    re.IGNORECASE,
)
_NOTE = re.compile(r"[\[*]{0,3}\s*Transcribers?['’]?s?['’]?\s+notes?\b", re.IGNORECASE)
_CREDIT_BLOCKS = 6
_LANGUAGES = {
    "english": "en",
    "french": "fr",
    "german": "de",
    "spanish": "es",
    "italian": "it",
    "dutch": "nl",
    "portuguese": "pt",
    "finnish": "fi",
    "swedish": "sv",
    "danish": "da",
    "latin": "la",
    "esperanto": "eo",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the book itself lies in a file of Project Gutenberg, and what the header says of it."""

    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)


def find_frame(text: str) -> Frame | None:
    """Find the header's end and the licence's beginning; None where the text has no such marks."""
    start = _START.search(text)
    end = _END.search(text, start.end() if start else 0)
    if start is None and (end is None or "gutenberg" not in text[:3000].lower()):
        return None
    head = text[: start.end()] if start else ""
    values = {m[1].lower(): " ".join(m[2].split()) for m in reversed(list(_FIELD.finditer(head)))}
    language = values.pop("language", "").partition(",")[0].strip().lower()
    if language in _LANGUAGES:
        values["language"] = _LANGUAGES[language]
    return Frame(start=start.end() if start else 0, end=end.start() if end else len(text), values=values)


def find_notes(texts: Sequence[str]) -> dict[int, str]:
    """Return which of a framed book's paragraphs (by index) are credits or transcriber's notes, and which."""
    found: dict[int, str] = {}
    for index, words in enumerate(texts):
        near_edge = index < _CREDIT_BLOCKS or index >= len(texts) - _CREDIT_BLOCKS
        if near_edge and _CREDIT.match(words.strip()):
            found[index] = CREDITS
        elif _NOTE.match(words.strip()):
            for following in range(index, _note_end(texts, index)):
                found[following] = TRANSCRIBER
    return found


def _note_end(texts: Sequence[str], index: int) -> int:
    """Return the index after a note's last paragraph: where its bracket closes, else its own."""
    words = texts[index].strip()
    if words.startswith("["):
        for last in range(index, min(index + 12, len(texts))):
            if texts[last].rstrip().endswith("]"):
                return last + 1
        return index + 1
    is_label = len(words) < 40 and index + 1 < len(texts)
    return index + 2 if is_label else index + 1
