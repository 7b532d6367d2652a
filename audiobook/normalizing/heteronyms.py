"""English words of two sounds (read, lead, wound): which one is meant, by the words that stand around.

Only what a speech engine is known to say wrong has a rule; `heteronyms.txt` has them all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from audiobook.model import Pronunciation

_TOKEN = re.compile(r"\w+(?:['’]\w+)*|[^\w\s]")
_DROPPED = frozenset('"“”‘«»*_')
_REACH = 8
"""Words and signs to either side that a rule may ask for."""

_GROUP = re.compile(r"\{(\w+)\}")
_GROUP_LINE = re.compile(r"\{(\w+)\} = (.+)")
_HEAD = re.compile(r"(\S+)  (\S+) \| (.+)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sense:
    """Where in a text a word of two sounds stands, and the one that is meant."""

    start: int
    end: int
    pronunciation: Pronunciation


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rule:
    """What stands before and after a word, as patterns; empty where anything may."""

    before: str
    after: str

    def holds(self, before: str, after: str) -> bool:
        return (not self.before or _pattern(self.before).search(before) is not None) and (
            not self.after or _pattern(self.after).match(after) is not None
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Entry:
    """A sense of a word: how it sounds, where it is meant, and where in spite of that it is not."""

    pronunciation: Pronunciation
    where: tuple[_Rule, ...]
    unless: tuple[_Rule, ...]

    def holds(self, before: str, after: str) -> bool:
        meant = any(rule.holds(before, after) for rule in self.where)
        return meant and not any(rule.holds(before, after) for rule in self.unless)


def find_heteronyms(text: str, language: str) -> tuple[Sense, ...]:
    """Return the words of `text`, a sentence of a language (BCP 47), that an engine would say wrong.

    None in any language but English.
    """
    if language.partition("-")[0].lower() != "en":
        return ()
    table = _read_table()
    if not table.any_word.search(text):
        return ()
    tokens = [match for match in _TOKEN.finditer(text) if match.group() not in _DROPPED]
    words = ["^", *(match.group() for match in tokens), "$"]
    return tuple(
        Sense(start=match.start(), end=match.end(), pronunciation=found)
        for place, match in enumerate(tokens, 1)
        if (found := table.find(words, place)) is not None
    )


def read_senses() -> tuple[Pronunciation, ...]:
    """Return how each word of the table may sound."""
    return tuple(each.pronunciation for found in _read_table().entries.values() for each in found)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    any_word: re.Pattern[str]
    entries: Mapping[str, tuple[_Entry, ...]]

    def find(self, words: list[str], place: int) -> Pronunciation | None:
        word = words[place]
        # A word in capitals as a whole is the same word; a capital alone may be a name (Job, Nice).
        entries = self.entries.get(word) or self.entries.get(word.lower(), ())
        if not entries:
            return None
        before = "".join(f"{each} " for each in words[max(0, place - _REACH) : place])
        after = " ".join(words[place + 1 : place + 1 + _REACH])
        return next((each.pronunciation for each in entries if each.holds(before, after)), None)


@cache
def _read_table() -> _Table:
    groups: dict[str, str] = {}
    entries: dict[str, list[_Entry]] = {}
    head: Pronunciation | None = None
    where: list[_Rule] = []
    unless: list[_Rule] = []

    def close() -> None:
        if head is not None:
            entry = _Entry(pronunciation=head, where=tuple(where), unless=tuple(unless))
            entries.setdefault(head.words, []).append(entry)

    for line in _lines():
        if group := _GROUP_LINE.fullmatch(line):
            groups[group[1]] = group[2]
        elif line.startswith("  "):
            spec = line.strip()
            (unless if spec.startswith("!") else where).append(_read_rule(spec.removeprefix("!"), groups))
        else:
            close()
            where, unless = [], []
            words, ipa, respelling = _parts(line)
            head = Pronunciation(words=words, ph=ipa, respelling=respelling)
    close()
    words_pattern = "|".join(sorted(map(re.escape, entries)))
    return _Table(
        any_word=re.compile(rf"\b(?:{words_pattern})\b", re.IGNORECASE),
        entries={word: tuple(found) for word, found in entries.items()},
    )


def _lines() -> Iterator[str]:
    text = files(__package__).joinpath("heteronyms.txt").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line.strip() and not line.startswith("#"))


def _parts(line: str) -> tuple[str, str, str]:
    head = _HEAD.fullmatch(line)
    if head is None:
        raise ValueError(f"heteronyms.txt: {line!r} is no word with its sound and its respelling")
    return head[1], head[2], head[3]


def _read_rule(spec: str, groups: Mapping[str, str]) -> _Rule:
    before, mark, after = spec.partition("_")
    if not mark:
        raise ValueError(f"heteronyms.txt: {spec!r} has no _ for the word")
    # A space stands before the word already, or within what may be left out before it.
    return _Rule(
        before=_fill_in(rf"(?:^|(?<= )){before.lstrip()}$", groups) if before.strip() else "",
        after=_fill_in(rf"(?:{after.strip()})(?= |$)", groups) if after.strip() else "",
    )


def _fill_in(pattern: str, groups: Mapping[str, str]) -> str:
    while group := _GROUP.search(pattern):
        pattern = f"{pattern[: group.start()]}(?:{groups[group[1]]}){pattern[group.end() :]}"
    return pattern


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """Compile a pattern when a sentence first asks for it: a story has few of the words."""
    return re.compile(pattern, re.IGNORECASE)
