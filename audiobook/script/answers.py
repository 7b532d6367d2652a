"""Interviews: an answer of several paragraphs has its label before the first alone.

A: In 1971.          It is an answer's if it talks of I or you, or of whom the answer talks;
I had no money.      if it tells what the other does (She put down her brush.) or stands in
Q: And then?         brackets or italics it is narration.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from audiobook.model import Gender, Paragraph
from audiobook.script.lexicon import lexicon

_INITIALS = ("Q", "A")
_ASKERS = frozenset("q interviewer reporter host moderator question journalist editor".split())
_TALKING = re.compile(r"(?<![\w’'])(?:I|[Mm]y|[Mm]e|[Ww]e|[Oo]ur|[Uu]s|[Yy]ou|[Yy]our)(?![\w-])")
_DIRECTION = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|([*_]{1,2})(?!\s).*\1)[.]?\s*", re.DOTALL)
_WORD = re.compile(r"[^\W\d_]+")
_GENDERS: Mapping[str, Gender] = {"he": "male", "she": "female"}
_OTHERS = {"he": ("he", "him", "his"), "she": ("she", "her", "hers"), "they": ("they", "them", "their")}
_MOST = 6
"""Paragraphs that an answer has at most."""


def continue_answers(
    text: str, paragraphs: Sequence[Paragraph], labels: Mapping[int, str]
) -> Iterator[tuple[int, str]]:
    """Yield (where it starts, whose it is) of each paragraph of one chapter that goes on with an answer.

    `labels` say whose paragraphs are by their starts; all between two of them are looked at.
    """
    own = {p.start: labels[p.start] for p in paragraphs if p.start in labels}
    asked = frozenset(own.values()) == frozenset(_INITIALS)
    if not asked and not _is_interview(text, paragraphs, own):
        return
    at = [index for index, paragraph in enumerate(paragraphs) if paragraph.start in own]
    for first, after in pairwise(at):
        between = paragraphs[first + 1 : after]
        whose = own[paragraphs[first].start]
        if len(between) > _MOST or any(each.kind != "body" for each in between):
            continue
        said = text[paragraphs[first].start : paragraphs[first].end]
        for each in between:
            words = text[each.start : each.end]
            if not _goes_on(words, said, whose, surely=not asked):
                break
            said += " " + words
            yield each.start, whose


def _is_interview(text: str, paragraphs: Sequence[Paragraph], labels: Mapping[int, str]) -> bool:
    """Tell whether one asks and others answer: by the label, or since nearly all of one's lines ask."""
    lines: dict[str, list[bool]] = {}
    for each in paragraphs:
        if each.start in labels:
            asks = text[each.start : each.end].rstrip('*_"” \n').endswith("?")
            lines.setdefault(labels[each.start].casefold(), []).append(asks)
    if _ASKERS & set(lines):
        return True
    shares = sorted(sum(own) / len(own) for own in lines.values() if len(own) > 1)
    return len(shares) > 1 and shares[-1] >= 0.75 and shares[0] <= 0.25


def _goes_on(words: str, said: str, whose: str, *, surely: bool) -> bool:
    if _DIRECTION.fullmatch(words):
        return False
    if _TALKING.search(words):
        return True
    first, *others = [word.lower() for word in _WORD.findall(words[:60])] or [""]
    if first in _OTHERS and _talks_of(first, said):
        return True
    return not surely and not (_is_somebody(first, others, whose) and _acts(others))


def _talks_of(who: str, said: str) -> bool:
    nouns = lexicon().noun_gender
    gender = _GENDERS.get(who)
    return any(
        word in _OTHERS[who] or (gender and nouns.get(word) == gender)
        for word in map(str.lower, _WORD.findall(said))
    )


def _is_somebody(first: str, others: Sequence[str], whose: str) -> bool:
    """Tell whether the subject of a sentence is a person: he, Dr. Hale, the painter, who answers."""
    words = lexicon()
    if not others:
        return False
    if first in _OTHERS or first in words.first_names or first in words.title_gender:
        return True
    is_role = first == "the" and others[0] in words.noun_gender
    return is_role or first in whose.lower().split()


def _acts(others: Sequence[str]) -> bool:
    """Tell whether what follows the first word of a sentence is what somebody does: laughed, put."""
    verbs = lexicon()
    past = [verbs.manner_verbs.get(word) or verbs.human_verbs.get(word) for word in others[:3]]
    return "past" in past
