"""The lines whose speaker is in doubt, with what a person needs to judge and to settle them.

Lines that no tag tells hang on those around: whoever corrects one of them mends the others, too.  So they are
told together, by the least sure of them, and what a correction is worth is the doubt of all.  To settle the
first twenty by that measure mended 45 lines of two annotated novels (33 by the doubt of single lines alone,
36 to settle the first line of each place).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from audiobook.model import Gender, LineFix, Quotation, Script
from audiobook.script.line_words import LineWords
from audiobook.script.utterances import clean

SURE = 0.9
"""From here on a line is not in doubt: by authors left out 94 in 100 are right, of those between 0.8 and 0.9
it is 77."""
_CONTEXT = 160
"""Characters of the story shown before and after a line: about two lines of a terminal."""
_NEIGHBOURS = 6
_APART = 600
"""Characters of narration after which a line hangs on none before it: six lines of a book."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """A line, its place, what stands around it, and the words that mean it and no other.

    `line` is the line of the source, `chapter` the chapter's number, both from 1.  `before` and `after`
    are the story's words around.  `lines` counts those that hang together with it, itself among them, and
    `gain` is how many of them are wrong by their confidences: what a correction would mend.  `others` are
    characters who speak near by and whom the line's tag does not rule out, the nearest first; `proposal` is
    the likeliest of all, None where the tag rules out everybody.  `fix` states the proposal (an empty speaker
    where there is none); None where no words tell the line from others.
    """

    quotation: Quotation
    line: int
    chapter: int
    before: str
    text: str
    after: str
    lines: int
    gain: float
    others: tuple[str, ...]
    proposal: str | None
    fix: LineFix | None


def find_doubtful(script: Script, count: int | None = None, *, with_fixes: bool = True) -> tuple[Doubt, ...]:
    """Return at most `count` lines (or all) by what a correction would mend, the most first.

    Of lines that hang together there is one; settled lines and those surer than `SURE` are not in doubt.
    A novel's fixes take seconds; without them each is None.
    """
    chains = sorted(_find_chains(script.quotations), key=lambda chain: (-_gain(chain), chain[0][0]))[:count]
    if not chains:
        return ()
    words = LineWords(script.book) if with_fixes else None
    return tuple(_describe(script, chain, words) for chain in chains)


def count_doubtful(script: Script) -> tuple[int, int]:
    """Return how many places are in doubt (as many as `find_doubtful` would return), and how many lines."""
    chains = list(_find_chains(script.quotations))
    return len(chains), sum(map(len, chains))


_Chain = list[tuple[int, Quotation]]
"""Lines that hang together, with their places among all."""


def _find_chains(quotations: Iterable[Quotation]) -> Iterable[_Chain]:
    chain: _Chain = []
    for index, quotation in enumerate(quotations):
        hangs = bool(chain) and _hangs_on(quotation, chain[-1][1])
        if quotation.confidence >= SURE or not hangs:
            if chain:
                yield chain
            chain = []
        if quotation.confidence < SURE:
            chain.append((index, quotation))
    if chain:
        yield chain


def _hangs_on(quotation: Quotation, before: Quotation) -> bool:
    """Tell whether a line is in one paragraph with the one before, or follows it and no tag tells of it."""
    is_near = quotation.start - before.end < _APART
    return is_near and (quotation.paragraph == before.paragraph or quotation.type == "implicit")


def _gain(chain: _Chain) -> float:
    return round(sum(1 - quotation.confidence for _, quotation in chain), 6)


def _rules_out(quotation: Quotation, genders: dict[str, Gender], name: str) -> bool:
    """Tell whether a line's tag contradicts a speaker: "he said" is no woman, "he told Ann" not Ann."""
    genders_told = {quotation.tag_gender, genders.get(name, "unknown")} - {"unknown"}
    return len(genders_told) > 1 or name == quotation.addressee


def _describe(script: Script, chain: _Chain, words: LineWords | None) -> Doubt:
    index, quotation = min(chain, key=lambda each: (each[1].confidence, each[0]))
    text = script.book.text
    genders = {character.name: character.gender for character in script.characters}
    near = _speakers_near(script.quotations, index)
    fitting = [name for name in near if not _rules_out(quotation, genders, name)]
    guess = quotation.speaker
    if guess is None or _rules_out(quotation, genders, guess):
        guess = next(iter(fitting), None)
    start, end = quotation.start, quotation.end
    before, after = show_around(text, start, end)
    chapter = next(
        (c.number for c in script.book.chapters for p in c.paragraphs[-1:] if start < p.end),
        len(script.book.chapters),
    )
    return Doubt(
        quotation=quotation,
        line=text.count("\n", 0, start) + 1,
        chapter=chapter,
        before=before,
        text=clean(text[start:end]),
        after=after,
        lines=len(chain),
        gain=_gain(chain),
        others=tuple(name for name in fitting if name != guess),
        proposal=guess,
        fix=words.find_fix(quotation, guess or "") if words else None,
    )


def show_around(text: str, start: int, end: int) -> tuple[str, str]:
    """Return what stands before and after a stretch of a text, about two lines of a terminal each."""
    before = _shorten_left(_flatten(text[max(0, start - 3 * _CONTEXT) : start]).lstrip())
    return before, _shorten_right(_flatten(text[end : end + 3 * _CONTEXT]).rstrip())


def _flatten(words: str) -> str:
    """Return words with single spaces; one at either end stays."""
    return re.sub(r"\s+", " ", words)


def _shorten_left(words: str) -> str:
    return words if len(words) <= _CONTEXT else "…" + words[-_CONTEXT:].partition(" ")[2]


def _shorten_right(words: str) -> str:
    return words if len(words) <= _CONTEXT else words[:_CONTEXT].rpartition(" ")[0] + "…"


def _speakers_near(quotations: Sequence[Quotation], index: int) -> tuple[str, ...]:
    """List who else speaks among the lines around, the nearest first."""
    near: dict[str, None] = {}
    for distance in range(1, _NEIGHBOURS + 1):
        for place in (index - distance, index + distance):
            if 0 <= place < len(quotations) and (speaker := quotations[place].speaker):
                near[speaker] = None
    near.pop(quotations[index].speaker or "", None)
    return tuple(near)
