"""Tell speech from the other things that stand between quotation marks.

Titles, nicknames, signs, quoted words and scare quotes are narration.  What surrounds the marks tells
most of it: a word of narration that runs straight into the mark ("the band “Echo Chamber”") against
a comma, a colon, or the opening of a paragraph.  Each clue has a weight in `data/speech_weights.txt`;
a stretch is speech where they sum to more than zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from audiobook.script.layout import Passage, Tokens
from audiobook.script.lexicon import lexicon, read_lines
from audiobook.script.marks import Quoted

_TALKING = re.compile(
    r"\b(?:I|you|we|my|your|our|me|us|[Yy]es|[Nn]o|[Oo]h|Well|sir|ma'am|madam|please|\w+n['’]t|\w+['’](?:ll|re|ve|m))\b"
)
_NAMING = frozenset(
    "called named titled entitled dubbed nicknamed christened labelled labeled marked word words phrase term "
    "name title sign read reads label engraved inscribed inscription known so-called song single album band "
    "book novel poem play film story newspaper ship pub inn copy expression letters slogan motto headline as "
    "hit singing sang sung playing played sing".split()
)
_THINGS_THAT_READ = frozenset(
    "sign signs card slate label board poster plate badge mirror notice placard banner screen headline page "
    "letter note telegram book lipstick inscription door wall map ticket paper legend stone tombstone plaque "
    "sticker t-shirt shirt menu clock chapter verse song proverb saying text bible scripture".split()
)
_LENGTHS = ((1, "1"), (3, "2-3"), (7, "4-7"), (20, "8-20"))
_DETERMINERS = frozenset(
    "a an the this that his her their its our my your no any some every each of in".split()
)

_DASH_AFTER = re.compile(r"\s*(?:[—–―]|--?\s)")


def select_speech(
    text: str, tokens: Tokens, passages: Sequence[Passage], quoted: Sequence[Quoted]
) -> list[Quoted]:
    """Return those of `quoted` that someone says."""
    kept: list[Quoted] = []
    for i, span in enumerate(quoted):
        before = quoted[i - 1] if i and quoted[i - 1].passage == span.passage else None
        after = quoted[i + 1] if i + 1 < len(quoted) and quoted[i + 1].passage == span.passage else None
        if span.style == "label":
            kept.append(span)
            continue
        if span.continues and i:
            # It is what the paragraph before was left open as.
            if kept and kept[-1] is quoted[i - 1]:
                kept.append(span)
            continue
        spoken_before = bool(kept) and kept[-1].passage == span.passage
        clues = list(
            read_clues(
                text,
                tokens,
                passages[span.passage],
                span,
                before=before,
                after=after,
                spoken_before=spoken_before,
            )
        )
        if sum(_weights().get(clue, 0.0) for clue in clues) > 0:
            kept.append(span)
    # A paragraph that a dash opens is somebody's words, whatever dashes stand among them.
    said = {span.passage for span in kept if span.style == "dash"}
    spoken = {span.start for span in kept}
    return [
        span for span in quoted if span.start in spoken or (span.style == "dash" and span.passage in said)
    ]


@cache
def _weights() -> dict[str, float]:
    pairs = (line.rsplit(None, 1) for line in read_lines("speech_weights.txt"))
    return {clue: float(weight) for clue, weight in pairs}


def read_clues(
    text: str,
    tokens: Tokens,
    passage: Passage,
    span: Quoted,
    *,
    before: Quoted | None,
    after: Quoted | None,
    spoken_before: bool,
) -> Iterator[str]:
    """Yield what speaks for or against a stretch being speech, as the names of clues.

    `before` and `after` are the stretches in quotation marks beside it in the paragraph;
    `spoken_before` says that speech precedes it there.
    """
    yield "any stretch"
    inner = text[span.start : span.end]
    if span.style == "dash" and inner[-1].isalnum() and _DASH_AFTER.match(text, span.end, passage.end):
        inner += "—"  # it stands for the comma: — Late — said Ivo.
    yield from _clues_inside(inner)
    if span.style == "dash":
        yield "dialogue dash"
    if spoken_before:
        yield "speech before it in the paragraph"
    left = tokens.between(before.outer_end if before else passage.start, span.outer_start)
    right = tokens.between(span.outer_end, after.outer_start if after else passage.end)
    if inner[-1] == "—" != text[span.end - 1]:
        right = right[1:]
    if not before and not len(left):
        yield "opens the paragraph"
        if not len(right) and not after:
            yield "is the paragraph"
    else:
        yield from _clues_before(text, tokens, left, span)
    yield from _clues_after(tokens, right, inner, after)


def _clues_inside(inner: str) -> Iterator[str]:
    words = re.findall(r"[^\W\d_]+(?:['’-][^\W\d_]+)*", inner)
    count = len(words)
    yield next((f"{name} words" for most, name in _LENGTHS if count <= most), "over 20 words")
    last = inner[-1:]
    yield (
        f"ends with {last}"
        if last in ".,!?"
        else "ends with a dash"
        if last in "—–-…"
        else "ends without a mark"
    )
    if inner[:1].islower():
        yield "begins in lower case"
    if count and all(w.isupper() for w in words) and len(inner) > 2:
        yield "all capitals"
    elif (
        count > 1
        and sum(w[0].isupper() or len(w) < 4 for w in words) == count
        and any(w[0].isupper() for w in words[1:])
    ):
        yield "every word capitalized"
    if _TALKING.search(inner):
        yield "talks (I, you, yes, don't)"


def _clues_before(text: str, tokens: Tokens, left: range, span: Quoted) -> Iterator[str]:
    gap = text[max(0, span.outer_start - 4) : span.outer_start].rstrip("\"“‘' \n\r\t_*")
    mark = gap[-1:] if gap else ""
    lowers = [tokens.lowers[i] for i in left if tokens.lowers[i][0].isalnum()][-8:]
    last = lowers[-1] if lowers else ""
    words = lexicon()
    speaks = [w for w in lowers if w in words.speech_verbs and words.speech_verbs[w] != "base"]
    if mark.isalnum():
        yield "narration runs into it"
        if last in words.speech_verbs and words.speech_verbs[last] != "base" and last not in _NAMING:
            yield "verb of speech runs into it"
        if last in _DETERMINERS:
            yield "article before it"
        if last in _NAMING or (len(lowers) > 1 and lowers[-2] in _NAMING):
            yield "naming word before it"
    elif mark in ",:—-":
        yield "colon before it" if mark == ":" else "comma before it" if mark == "," else "dash before it"
        if speaks:
            yield "verb of speech before it"
    elif mark in ".!?…":
        yield "sentence ends before it"
    if any(w in _THINGS_THAT_READ for w in lowers):
        yield "a sign or a book before it"
        if speaks:
            yield "a sign or a book says it"


def _clues_after(tokens: Tokens, right: range, inner: str, after: Quoted | None) -> Iterator[str]:
    lowers = [tokens.lowers[i] for i in right[:9]]
    texts = [tokens.texts[i] for i in right[:9]]
    if not lowers:
        yield "nothing after it" if after is None else "more quoted after it"
        return
    words = lexicon()
    alpha = [i for i, low in enumerate(lowers) if low[0].isalnum()]
    if not alpha:
        return
    first = alpha[0]
    past = ("past", "present")
    stop = next((i for i, low in enumerate(lowers) if low in ".!?;"), len(lowers))
    verbs = [i for i in alpha if i < stop and words.speech_verbs.get(lowers[i]) in past]
    manner = words.manner_verbs.get(lowers[first]) in past
    if verbs and verbs[0] == first:
        yield "verb of speech right after it"
    elif verbs and first == 0 and inner[-1:] in ",!?—-…" and verbs[0] <= 5:
        yield "verb of speech after it"
    elif manner and inner[-1:] in ",!?—-":
        yield "manner verb after it"
    elif texts[first][0].islower():
        yield "sentence goes on after it"
    elif inner[-1:] in ".!?…—-":
        yield "sentence begins after it"
    if any(lowers[i] in _THINGS_THAT_READ for i in alpha if i < stop) and verbs:
        yield "a sign or a book says it"
    if first and lowers[0] in ",;:":
        yield "mark after it"
