"""Dialogue that is opened by a dash: — I'm not going out, Marta said. — Not in this.

The tag begins where a clause of "subject verb" or "verb subject" with a verb of speech does; it has no
marks of its own, or further dashes set it apart: – Not in this, – Marta said. – Never.  Between dashes it may
stand without a comma before it: — Late — said Ivo. — Come in.  After a tag without a second dash speech may
go on: —Late, he said. Come in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from audiobook.script.lexicon import lexicon

_DASH_BREAK = re.compile(r"\s(?:[—–―]\s*|--?\s+)(?=\S)")
_CLAUSE = re.compile(r"(?<=[,.!?…])\s+")
_CLAUSE_END = re.compile(r"[,.;:!?…]")
_SENTENCE = re.compile(r"(?<=[.!?…])(?<!\bMr\.)(?<!\bMrs\.)(?<!\bDr\.)\s+")
_BARE_TAG = 5
"""Words of a tag between dashes before which no comma stands: "said the old man gravely"."""
_THIRD_PERSONS = frozenset("he she they his her their its".split())
_YOU = frozenset("you your yours yourself you're you'll you've you'd".split())
_SHORTENED = ("n't", "'m", "'ll", "'re", "'ve")
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
        if tag is not None:
            yield from _find_resumed(text, tag, end)


def _find_resumed(text: str, tag: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield what is said again after the sentence of a tag that no dash follows, up to where somebody acts.

    Speech is told by what narration does not do: it asks, calls out, bids, or says "you".
    """
    sentences = [tag, *(match.end() for match in _SENTENCE.finditer(text, tag, end)), end]
    said: tuple[int, int] | None = None
    for begin, stop in pairwise(sentences[1:]):
        if not _is_said(text[begin:stop]):
            break
        said = (said[0] if said else begin, begin + len(text[begin:stop].rstrip()))
    if said:
        yield said


def _is_said(sentence: str) -> bool:
    words = [word.lower().replace("’", "'") for word in _WORD.findall(sentence)]
    if not words or words[0] in _THIRD_PERSONS:
        return False
    asks = sentence.rstrip()[-1:] in "?!"
    bids = "base" in (lexicon().human_verbs.get(words[0]), lexicon().speech_verbs.get(words[0]))
    return asks or bids or any(word in _YOU or word.endswith(_SHORTENED) for word in words)


def find_unmarked_tag(text: str, start: int, end: int) -> int | None:
    """Return where the narration of a dash-dialogue segment begins, or None."""
    for clause in _CLAUSE.finditer(text, start, end):
        if _opens_tag(text, clause.end(), end):
            return clause.end()
    return None


def _is_tag(text: str, begin: int, end: int) -> bool:
    """Tell whether what stands between two dashes is a tag: speech has ended, or it is but a tag."""
    if not _opens_tag(text, begin, end):
        return False
    ends = text[max(0, begin - 8) : begin].rstrip(" \t\n—–―-")[-1:] in ",.!?…"
    clause = _CLAUSE_END.split(text[begin:end], maxsplit=1)[0]
    return ends or len(_WORD.findall(clause)) <= _BARE_TAG


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
