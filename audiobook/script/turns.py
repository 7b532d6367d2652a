"""Turns: what one paragraph says, and the tags that stand in it.

Writers give each speaker a paragraph of his own: all speech of a paragraph is one person's in 99 of
100 cases (measured on the Project Dialogism Novel Corpus).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise
from typing import Literal, Protocol

from audiobook.model import QuotationType
from audiobook.script.layout import Passage, Tokens
from audiobook.script.marks import Quoted
from audiobook.script.phrases import Phrase
from audiobook.script.run_on import Said, cut_turns
from audiobook.script.tags import Tag

_FEW = 2
"""Quotations of which tags need not be known to cut a paragraph into turns."""


class FindsTags(Protocol):
    """Finds the tags of quotations in the narration around them."""

    def find_after(self, span: range, quotation_ends: str) -> Tag | None:
        """Look for a tag at the beginning of the narration that follows a quotation."""

    def find_before(self, span: range) -> Tag | None:
        """Look for a tag at the end of the narration that leads to a quotation."""


@dataclass(slots=True)
class Beat:
    """The subject of a sentence of narration beside a turn's words, or who owns what it is about.

    `where` is its place as seen from the words.  `person` is an id, once known.
    """

    phrase: Phrase
    where: Literal["before", "after"]
    owns: bool = False
    person: int | None = None


@dataclass(slots=True)
class Turn:
    """The speech of one paragraph, or of a part of it, and what has been found out about it.

    `start` and `end` bound the part in the text, `first` and `after` its tokens; `gaps` are the stretches of
    narration in it.  `speaker` is a person's id.
    """

    passage: int
    quotations: list[Quoted]
    start: int
    end: int
    first: int
    after: int
    tags: list[tuple[Tag, int]] = field(default_factory=list)
    gaps: list[range] = field(default_factory=list)
    beats: list[Beat] = field(default_factory=list)
    opens_scene: bool = False
    continues: bool = False
    takes_over: bool = False
    """Nothing stands between it and the turn before: somebody else speaks."""
    speaker: int | None = None
    type: QuotationType = "implicit"
    evidence: str = "nothing tells"
    confidence: float = 0.0
    own_speakers: dict[int, int | None] = field(default_factory=dict)

    @property
    def tag(self) -> Tag | None:
        """The first sure tag, else the first."""
        sure = [tag for tag, _ in self.tags if tag.is_sure]
        return sure[0] if sure else self.tags[0][0] if self.tags else None

    @property
    def is_several(self) -> bool:
        """Whether the tag says that several speak at once."""
        return self.tag is not None and self.tag.is_sure and self.tag.subject.kind == "group"

    @property
    def role(self) -> Phrase | None:
        """What someone not met before may be known by: the role in the tag, else in the nearest beat."""
        tag = self.tag
        if tag is not None and tag.is_sure:
            return tag.subject if tag.subject.kind == "role" else None
        near = [beat for beat in self.beats if beat.where == "before"][::-1]
        near += [beat for beat in self.beats if beat.where == "after"]
        gender = near[0].phrase.gender if near else "unknown"
        for beat in near:
            if beat.phrase.kind == "role":
                return beat.phrase if not beat.owns and beat.phrase.gender in (gender, "unknown") else None
            if beat.phrase.kind != "pronoun":
                return None
        return None


def find_turns(
    text: str, tokens: Tokens, passages: Sequence[Passage], speech: Sequence[Quoted], finder: FindsTags
) -> list[Turn]:
    """Group speech by paragraph, or by who takes turns in one, and find the tags of each."""
    turns: list[Turn] = []
    for _, own in groupby(speech, key=lambda quotation: quotation.passage):
        turns += _divide(text, tokens, passages, list(own), finder)
    for turn in turns:
        _find_gaps_and_tags(text, tokens, passages, turn, finder)
    return turns


def _divide(
    text: str, tokens: Tokens, passages: Sequence[Passage], quotations: list[Quoted], finder: FindsTags
) -> list[Turn]:
    passage = passages[quotations[0].passage]
    bounds = [*(each.outer_start for each in quotations[1:]), passage.end]
    said = [
        Said(each, finder.find_after(tokens.between(each.outer_end, bound), text[each.end - 1]))
        if len(quotations) > _FEW
        else Said(each, None)
        for each, bound in zip(quotations, bounds, strict=True)
    ]
    turns: list[Turn] = []
    for first, after in pairwise([0, *cut_turns(text, said), len(quotations)]):
        start = quotations[first].outer_start if first else passage.start
        end = quotations[after].outer_start if after < len(quotations) else passage.end
        span = tokens.between(start, end)
        turns.append(
            Turn(
                passage=passage.index,
                quotations=quotations[first:after],
                start=start,
                end=end,
                first=span.start,
                after=span.stop,
                opens_scene=passage.opens_scene and not first,
                continues=quotations[first].continues,
                takes_over=first > 0,
            )
        )
    return turns


def _find_gaps_and_tags(
    text: str, tokens: Tokens, passages: Sequence[Passage], turn: Turn, finder: FindsTags
) -> None:
    edges = [turn.start]
    for quotation in turn.quotations:
        edges += [quotation.outer_start, quotation.outer_end]
    edges.append(turn.end)
    turn.gaps = [tokens.between(edges[i], edges[i + 1]) for i in range(0, len(edges), 2)]
    for number, gap in enumerate(turn.gaps):
        if not len(gap):
            continue
        read_to = gap.start
        if number:
            tag = finder.find_after(gap, text[turn.quotations[number - 1].end - 1])
            if tag:
                turn.tags.append((tag, number - 1))
                read_to = tag.ends
        if number < len(turn.quotations):
            tag = finder.find_before(range(read_to, gap.stop))
            if tag and (read_to == gap.start or tag.subject.kind == "name"):
                turn.tags.append((tag, number))
    if not turn.tags and turn.quotations[-1].outer_end >= passages[turn.passage].end == turn.end:
        after = passages[turn.passage + 1] if turn.passage + 1 < len(passages) else None
        if after and not after.is_heading and text[after.start].islower():  # the tag got a line of its own
            tag = finder.find_after(tokens.between(after.start, after.end), text[turn.quotations[-1].end - 1])
            if tag:
                turn.tags.append((tag, len(turn.quotations) - 1))
    opens = turn.start == passages[turn.passage].start
    before = passages[turn.passage - 1] if turn.passage and opens else None
    leads = before and before.chapter == passages[turn.passage].chapter
    if (
        before
        and leads
        and not turn.tags
        and text[before.start : before.end].rstrip(" —–-")[-1:] in (":", ",")
    ):
        tag = finder.find_before(tokens.between(before.start, before.end))
        if tag:
            turn.tags.append((tag, 0))
