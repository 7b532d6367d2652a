"""Who tells a name: "I am Tobias.", or a role's line: "Travellers," said the crone. "I am Elder Fenn."."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from audiobook.script.behaviour import NameMention
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import lexicon
from audiobook.script.people import Person
from audiobook.script.phrases import WHICH
from audiobook.script.roles import RoleBook
from audiobook.script.turns import Turn

_OWN_NAME = (("i", "am"), ("i'm",), ("my", "name", "is"), ("my", "name's"))
_SENTENCE_ENDS = frozenset(".!—")
_NAME_ENDS = frozenset(".!,")
_GREETINGS = frozenset("hello hi hey no yes well oh please evening morning day sir".split())
_WORDS_BEFORE = (
    ("i", "am"),
    ("i'm",),
    ("my", "name", "is"),
    ("my", "name's"),
    ("call", "me"),
    ("name", "is"),
)


def learn_introductions(
    turns: Sequence[Turn],
    tokens: Tokens,
    mentions: Sequence[NameMention],
    of_mention: Sequence[int],
    roles: RoleBook,
) -> None:
    """Give such lines, and the role where it is no word for anybody, to the person of the name."""
    _hear_names(turns, tokens, mentions, of_mention, roles.people)
    named = {m.first: person for m, person in zip(mentions, of_mention, strict=True) if m.in_quotation}
    generic = lexicon().section("generic nouns") | lexicon().section("kin nouns") | WHICH
    for turn in turns:
        tag = turn.tag
        if tag is None or not tag.is_sure or tag.subject.kind != "role" or turn.speaker is not None:
            continue
        noun = tag.subject.noun
        person = _find_own_name(turn, tokens, named)
        if person is None or noun in WHICH or roles.holders.get(noun, {person}) != {person}:
            continue
        turn.speaker, turn.type, turn.confidence = person, "anaphoric", 0.9
        turn.evidence = f"tag {tag.where}: '{tag.words}', who says the name"
        if noun not in generic:
            roles.give(tag.subject, person)
        told = roles.people[person]
        if told.gender == "unknown" and tag.subject.gender != "unknown":
            told.gender, told.gender_evidence = tag.subject.gender, f"role: '{noun}'"


def _hear_names(
    turns: Sequence[Turn],
    tokens: Tokens,
    mentions: Sequence[NameMention],
    of_mention: Sequence[int],
    people: Sequence[Person],
) -> None:
    """Give a turn that says "I am Tobias." to him, where no tag but "he said" stands beside it."""
    ends = {m.first: (m.after, person) for m, person in zip(mentions, of_mention, strict=True)}
    for turn in turns:
        tag = turn.tag
        if turn.speaker is not None or (tag is not None and tag.subject.kind != "pronoun"):
            continue
        for quotation in turn.quotations:
            span = tokens.between(quotation.start, quotation.end)
            person = _find_whole_sentence(tokens, span, ends)
            if person is None:
                continue
            gender = people[person].gender
            if tag is None or gender == "unknown" or tag.subject.gender in (gender, "unknown"):
                turn.speaker, turn.confidence = person, 0.9
                turn.evidence = "says the own name"
                turn.type = "anaphoric" if tag else "implicit"
                break


def _find_whole_sentence(tokens: Tokens, span: range, ends: Mapping[int, tuple[int, int]]) -> int | None:
    """Return who is named by a sentence that says no more: "I am Tobias", "Hello, my name is Anna Lee"."""
    lowers = tokens.lowers
    for at in span:
        if at > span.start and not _begins(lowers[max(span.start, at - 2) : at]):
            continue
        for words in _OWN_NAME:
            after, person = ends.get(at + len(words), (span.stop + 1, None))
            if after > span.stop or tuple(lowers[at : at + len(words)]) != words:
                continue
            if after == span.stop or lowers[after] in _NAME_ENDS or lowers[after - 1].endswith("."):
                return person
    return None


def _begins(before: Sequence[str]) -> bool:
    """Tell whether a sentence begins behind two words, or what counts as one: "Hello, "."""
    return before[-1] in _SENTENCE_ENDS or (before[-1] == "," and before[0] in _GREETINGS)


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
