"""Project Gutenberg's header, licence, credits and transcriber's notes, and what its header says.

The marks are those of its files since 2000 (https://www.gutenberg.org/help/faq.html), the older "small
print" included.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from audiobook.reading.flow import Flow

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
    r"|End of (?:the |this )?Project Gutenberg(?:['’]s)? (?:e?text|ebook|edition|[^\r\n]{1,100} by)\b"
    r"|(?:\*{3} ?START: )?(?:THE )?FULL (?:PROJECT GUTENBERG[-\w™]* )?LICEN[SC]E(?: \*{3})?[ \t\r]*$)"
)
_SURE_END = re.compile(r"[ \t]*(?:\*{3} ?END OF|End of)", re.IGNORECASE)
_LICENCE_SAYS = re.compile(r"redistribut", re.IGNORECASE)
_LONGEST_LICENCE = 40_000
"""Characters; it has 19,000."""
_HEADER_LINE = re.compile(
    r"(?:The |A )?Project Gutenberg|This e-?(?:book|text) is for the use of anyone anywhere"
    r"|(?:Title|Author|Editor|Translator|Illustrator|Contributor|(?:Release|Posting|First posted) date"
    r"|Language|Character set(?: encoding)?|Credits|Produced by|Original publication"
    r"|(?:Most recently|Last) updated|E-?book(?: number| no\.)?|E-?text)\W{0,2}[:#]",
    re.IGNORECASE,
)
_HEADER_SAYS = re.compile(r"is for the use of anyone anywhere", re.IGNORECASE)
_HEADER_BLOCKS = 30
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """Where the book itself lies in a file of Project Gutenberg, and what the header says of it."""

    start: int
    end: int
    values: dict[str, str] = field(default_factory=dict)


def find_frame(text: str) -> Frame | None:
    """Find the header's end and the licence's beginning; None where the text has no such marks."""
    starts = list(_START.finditer(text))
    start = starts[0] if starts else None
    # Where several of its books were made one, what lies between them is read rather than lost.
    end = _find_end(text, starts[-1].end() if starts else 0)
    is_sure = end is not None and _SURE_END.match(end[0]) is not None
    if start is None and (end is None or not (is_sure or "gutenberg" in text[:3000].lower())):
        return None
    head = text[: start.end()] if start else ""
    values = {m[1].lower(): " ".join(m[2].split()) for m in reversed(list(_FIELD.finditer(head)))}
    return Frame(start=start.end() if start else 0, end=end.start() if end else len(text), values=values)


def _find_end(text: str, begin: int) -> re.Match[str] | None:
    """Find where the licence begins; its title alone may be an entry of the contents."""
    for found in _END.finditer(text, begin):
        rest = text[found.end() : found.end() + _LONGEST_LICENCE + 1]
        if _SURE_END.match(found[0]) or (len(rest) <= _LONGEST_LICENCE and _LICENCE_SAYS.search(rest)):
            return found
    return None


def mark_frame(flow: Flow) -> dict[str, str]:
    """Leave out a page's or book's header, licence, credits and notes, and return what the header says."""
    text = flow.text
    frame = find_frame(text)
    if frame is None or frame.start == 0:
        _mark_bare_header(flow, text)
    if frame is None:
        return {}
    inside = []
    for block in flow.blocks:
        if block.start < frame.start:
            block.skip = HEADER
        elif block.start >= frame.end:
            block.skip = LICENCE
        elif block.skip is None:
            inside.append(block)
    for index, reason in find_notes([text[block.start : block.end] for block in inside]).items():
        inside[index].skip = reason
    return frame.values


def _mark_bare_header(flow: Flow, text: str) -> None:
    """Leave out the lines of a header whose last line, the mark of the beginning, is missing."""
    first = flow.blocks[:_HEADER_BLOCKS]
    lines = [block for block in first if _HEADER_LINE.match(text, block.start, block.end)]
    if any(_HEADER_SAYS.search(text, block.start, block.end) for block in lines):
        for block in lines:
            block.skip = HEADER


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
