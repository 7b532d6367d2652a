"""Who tells a name in a line that is a role's: "Travellers," said the crone. "I am Elder Fenn."."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audiobook.script.behaviour import NameMention
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon
from audiobook.script.roles import RoleBook
from audiobook.script.turns import Turn

_WORDS_BEFORE = (
    ("i", "am"),
    ("i'm",),
    ("my", "name", "is"),
    ("my", "name's"),
    ("call", "me"),
    ("name", "is"),
)
_ANYBODY = frozenset({"other", "one", "another", "first", "second", "third", "last"})
"""Roles of a moment."""


def learn_introductions(
    turns: Sequence[Turn],
    tokens: Tokens,
    mentions: Sequence[NameMention],
    of_mention: Sequence[int],
    roles: RoleBook,
) -> None:
    """Give such lines, and the role where it is no word for anybody, to the person of the name."""
    named = {m.first: person for m, person in zip(mentions, of_mention, strict=True) if m.in_quotation}
    generic = lexicon().section("generic nouns") | lexicon().section("kin nouns") | _ANYBODY
    for turn in turns:
        tag = turn.tag
        if tag is None or not tag.is_sure or tag.subject.kind != "role" or turn.speaker is not None:
            continue
        noun = tag.subject.noun
        person = _find_own_name(turn, tokens, named)
        if person is None or noun in _ANYBODY or roles.holders.get(noun, {person}) != {person}:
            continue
        turn.speaker, turn.type, turn.confidence = person, "anaphoric", 0.9
        turn.evidence = f"tag {tag.where}: '{tag.words}', who says the name"
        if noun not in generic:
            roles.hold(noun, person)
        told = roles.people[person]
        if told.gender == "unknown" and tag.subject.gender != "unknown":
            told.gender, told.gender_evidence = tag.subject.gender, f"role: '{noun}'"


def _find_own_name(turn: Turn, tokens: Tokens, named: Mapping[int, int]) -> int | None:
    for quotation in turn.quotations:
        span = tokens.between(quotation.start, quotation.end)
        lowers = [low.replace("’", "'") for low in tokens.lowers[span.start : span.stop]]
        for at in range(1, len(lowers)):
            if span.start + at in named and any(
                tuple(lowers[max(0, at - len(words)) : at]) == words for words in _WORDS_BEFORE
            ):
                return named[span.start + at]
    return None
