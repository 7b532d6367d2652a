"""Dialogue that is opened by a dash: — I'm not going out, Marta said. — Not in this.

The tag begins where a clause of "subject verb" or "verb subject" with a verb of speech does; it has no
marks of its own, or further dashes set it apart: – Not in this, – Marta said. – Never.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from audiobook.script.lexicon import lexicon

_DASH_BREAK = re.compile(r"\s(?:[—–―]\s*|--?\s+)(?=\S)")
_CLAUSE = re.compile(r"(?<=[,.!?…])\s+")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")


def cut_dialogue(text: str, start: int, stop: int) -> Iterator[tuple[int, int]]:
    """Yield the spans of speech of a paragraph, from `start` on: after each dash, up to its tag."""
    edges = [match.start() for match in _DASH_BREAK.finditer(text, start, stop)]
    begins = [start, *(match.end() for match in _DASH_BREAK.finditer(text, start, stop))]
    tag: int | None = start
    for begin, end in zip(begins, [*edges, stop], strict=True):
        if tag is None and _is_tag(text, begin, end):
            tag = begin
            continue
        tag = find_unmarked_tag(text, begin, end)
        inner = text[begin : end if tag is None else tag]
        if any(c.isalnum() for c in inner):
            yield begin, begin + len(inner.rstrip())


def find_unmarked_tag(text: str, start: int, end: int) -> int | None:
    """Return where the narration of a dash-dialogue segment begins, or None."""
    for clause in _CLAUSE.finditer(text, start, end):
        if _opens_tag(text, clause.end(), end):
            return clause.end()
    return None


def _is_tag(text: str, begin: int, end: int) -> bool:
    """Tell whether what stands between two dashes is a tag: the speech before it has ended."""
    return text[max(0, begin - 8) : begin].rstrip(" \t\n—–―-")[-1:] in ",.!?…" and _opens_tag(
        text, begin, end
    )


def _opens_tag(text: str, at: int, end: int) -> bool:
    verbs = lexicon().speech_verbs
    words = _WORD.findall(text, at, min(end, at + 60))[:5]
    return any(
        verbs.get(word.lower()) in ("past", "present") and _has_subject(words, i)
        for i, word in enumerate(words[:4])
    )


def _has_subject(words: list[str], verb: int) -> bool:
    """Tell whether a name, a role ("the master") or he/she/they/I stands beside the verb."""
    subjects = {"he", "she", "they", "I"}
    if any(w in subjects for w in words[:verb]) or (words[0][:1].isupper() and 0 < verb <= 2):
        return True
    if words[0].lower() in ("the", "a", "her", "his", "their") and 0 < verb <= 3:
        return True
    return (
        verb == 0 and len(words) > 1 and (words[1] in subjects or words[1][0].isupper() or words[1] == "the")
    )
