"""How a line is spoken: what its own tag says of it, and what its own marks show.

    "Come here," he whispered.      "Go," said Max with a laugh.      "STOP!"      "I thought…"      "But —"

Only words about this very quotation count: the verb of its tag, the manner that stands in the tag's own
clause, and a sentence about the speaker's voice right beside it ("Her voice dropped to a whisper.").
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache

from audiobook.model import MANNERS
from audiobook.script.foreign.pack import find_pack
from audiobook.script.layout import Tokens
from audiobook.script.lexicon import inflect, lexicon, read_lines
from audiobook.script.tags import Tag
from audiobook.script.turns import Turn

_ENGLISH = "en"
_SENTENCE_ENDS = frozenset({".", "!", "?", "...", "…"})
_CLAUSE_STARTS = frozenset(
    "as while when and but who whom which because before after until though if than".split()
)
"""What begins a clause about something else: "he said, as the crowd roared"."""

_NOT = frozenset("not never n't without nor hardly".split())
_NOT_ELSEWHERE = frozenset("nicht kaum ohne pas sans sin nunca".split())
_OWNERS = frozenset("his her their my your 's".split())
_QUIET = frozenset({"whispered", "murmured"})
_JOINING = frozenset("and then but".split())
_JOINS_WITHIN = 3
"""Tokens before a verb among which one of these joins it to a tag before: "and then softly whispered,"."""

_INSERTED = 16
"""Tokens of the longest tag after which the other part of its quotation is still spoken like the first."""

_VOICE_SENTENCE = 16
_DROPS = frozenset("dropped sank fell lowered rose hushed became".split())

_DASHES = frozenset("—–―-")
_ENDS = frozenset(".!?…—–-")
_CAPITALS = re.compile(r"(?<![\w'’])[^\W\d_]{2,}(?:['’][^\W\d_]+)*(?![\w'’])")


def find_manners(tokens: Tokens, turn: Turn, language: str = _ENGLISH) -> list[tuple[str, ...]]:
    """Return how each quotation of a turn is spoken as its tags tell, in the order of `MANNERS`.

    `language` is ISO 639-1; in others than English there are fewer phrases, and the tag's clause ends at
    its comma.
    """
    found: list[set[str]] = [set() for _ in turn.quotations]
    for tag, number in turn.tags:
        read = _read_tag if language == _ENGLISH else _read_foreign_tag
        found[number].update(read(tokens, tag, turn, number, language))
    for number in range(len(found)):
        if language == _ENGLISH:
            found[number].update(_read_voice_beside(tokens, turn, number))
        if number and not found[number] and _goes_on(tokens, turn, number):
            if verb := _second_verb(tokens, turn.gaps[number]):
                told = _verbs(language).get(verb)
                found[number] = {told} if told else set()
                continue
            found[number] = set(found[number - 1])
            quotation = turn.quotations[number]
            if "!" in (tokens.lowers[i] for i in tokens.between(quotation.start, quotation.end)):
                found[number] -= _QUIET  # "All clear," he whispered. "Good heavens! Run!"
    for names in found:
        if "whispered" in names:  # as well as "softly", or in a voice that "dropped"
            names.discard("murmured")
    return [tuple(name for name in MANNERS if name in names) for names in found]


def find_contours(words: str, ordinary: Mapping[str, object] | frozenset[str]) -> tuple[str, ...]:
    """Return what the marks of a sentence of speech show, in the order of `model.CONTOURS`.

    `ordinary` are words that the book also writes in small letters, so that capitals are a raised voice
    and no abbreviation.
    """
    tail = _tail(words)
    found = [name for name, mark in (("question", "?"), ("exclamation", "!")) if mark in tail]
    if _is_raised(words, tail, ordinary):
        found.append("emphatic")
    if max(tail.rfind("…"), tail.rfind("..")) > max(tail.rfind("?"), tail.rfind("!")):
        found.append("trailing")
    if not _DASHES.isdisjoint(tail):
        found.append("interrupted")
    return tuple(found)


def _tail(words: str) -> str:
    """Return the marks behind the last word."""
    end = len(words)
    while end and not (words[end - 1].isalnum() or words[end - 1] == "_"):
        end -= 1
    return words[end:]


def list_ordinary_words(tokens: Tokens) -> frozenset[str]:
    """Return the words that a book writes in small letters somewhere."""
    return frozenset(word for word in tokens.texts if word[0].islower())


def _is_raised(words: str, tail: str, ordinary: Mapping[str, object] | frozenset[str]) -> bool:
    capitals = [each.group() for each in _CAPITALS.finditer(words) if each.group().isupper()]
    is_all = not any(letter.islower() for letter in words)
    if not capitals or (is_all and _ENDS.isdisjoint(tail)):  # "MY DEAR BROTHER," and other headings
        return False
    if any(word.lower().replace("’", "'") in ordinary for word in capitals):
        return True
    # Words that the book has nowhere else: all that is said in capitals, and more than a name.
    return is_all and (len(capitals) > 1 or "!" in tail)


def _read_tag(tokens: Tokens, tag: Tag, turn: Turn, number: int, language: str) -> Iterator[str]:
    """Yield what a tag's verb and the rest of its clause say of the quotation."""
    manner = _verbs(language).get(tag.verb)
    gap = turn.gaps[number + 1] if tag.where == "after" else turn.gaps[number]
    if tag.where == "after":
        clause = range(gap.start, _clause_end(tokens, tag.ends, gap.stop))
    else:
        clause = range(_clause_start(tokens, gap), gap.stop)
    if tag.subject.first not in clause:  # the tag of a quotation that the paragraph before leads to
        clause = range(tag.subject.first, tag.ends)
    words = tokens.lowers[clause.start : clause.stop]
    if manner and not _is_denied(words, tag.verb):
        yield manner
    yield from _find_phrases(words)


def _read_foreign_tag(tokens: Tokens, tag: Tag, turn: Turn, number: int, language: str) -> Iterator[str]:
    """Yield what a tag's verb and what stands behind it say of the quotation."""
    manner = _verbs(language).get(tag.verb)
    if manner:
        yield manner
    gap = turn.gaps[number + 1] if tag.where == "after" else turn.gaps[number]
    start = next((i for i in gap if tokens.lowers[i] == tag.verb), gap.stop)
    end = next((i for i in range(start, gap.stop) if tokens.lowers[i] == ","), gap.stop)
    words = tokens.lowers[start : _clause_end(tokens, start, end)]
    if _NOT_ELSEWHERE.isdisjoint(words):
        yield from _find_phrases(words, language)


def _second_verb(tokens: Tokens, gap: range) -> str:
    """Return a verb that leads to a quotation after another's tag: he cried, and then whispered, "…"."""
    words = [word for word in tokens.lowers[gap.start : gap.stop] if word[0].isalnum()]
    if not words or _JOINING.isdisjoint(words[-_JOINS_WITHIN - 1 : -1]):
        return ""
    return words[-1] if lexicon().speech_verbs.get(words[-1]) in ("past", "present") else ""


def _clause_end(tokens: Tokens, at: int, stop: int) -> int:
    for i in range(at, stop):
        if (
            tokens.lowers[i] in _SENTENCE_ENDS
            or tokens.lowers[i] in ";—"
            or tokens.lowers[i] in _CLAUSE_STARTS
        ):
            return i
    return stop


def _clause_start(tokens: Tokens, gap: range) -> int:
    start = gap.stop
    while start > gap.start and tokens.lowers[start - 1] not in _SENTENCE_ENDS:
        start -= 1
    return start


def _is_denied(words: Sequence[str], verb: str) -> bool:
    at = words.index(verb) if verb in words else 0
    return any(word in _NOT or word.endswith("n't") for word in words[max(0, at - 3) : at])


def _read_voice_beside(tokens: Tokens, turn: Turn, number: int) -> Iterator[str]:
    """Yield what a sentence about the speaker's voice says that stands right after or before."""
    after, before = turn.gaps[number + 1], turn.gaps[number]
    start = next((i for i in after if tokens.lowers[i][0].isalnum()), after.stop)
    end = next((i for i in range(start, after.stop) if tokens.lowers[i] in _SENTENCE_ENDS), after.stop)
    words = tokens.lowers[start:end]
    if words[1:2] == ["voice"] and words[0] in _OWNERS and len(words) <= _VOICE_SENTENCE:
        yield from _find_phrases(words)
    stop = before.stop
    while stop > before.start and not tokens.lowers[stop - 1][0].isalnum():
        stop -= 1
    words = tokens.lowers[_clause_start(tokens, range(before.start, stop)) : stop]
    if "voice" in words and len(words) <= _VOICE_SENTENCE and _DROPS.intersection(words):
        owner = words.index("voice") - 1
        if owner >= 0 and words[owner] in _OWNERS:
            yield from _find_phrases(words)


def _goes_on(tokens: Tokens, turn: Turn, number: int) -> bool:
    """Tell whether a quotation is the rest of the one before it, with nothing but a tag between."""
    if number in turn.own_speakers or not any(of == number - 1 for _, of in turn.tags):
        return False
    gap = turn.gaps[number]
    inner = [i for i in gap if tokens.lowers[i] in _SENTENCE_ENDS]
    return len(gap) <= _INSERTED and (not inner or inner[0] >= gap.stop - 1)


def _find_phrases(words: Sequence[str], language: str = _ENGLISH) -> Iterator[str]:
    line = f" {' '.join(words)} "
    for manner, pattern in _phrases(language):
        for match in pattern.finditer(line):
            if line[: match.start()].rstrip().rpartition(" ")[2] not in _NOT:
                yield manner
                break


@cache
def _sections(language: str) -> Mapping[str, tuple[str, ...]]:
    sections: dict[str, list[str]] = {}
    current: list[str] = []
    for line in read_lines("delivery.txt" if language == _ENGLISH else f"delivery.{language}.txt"):
        if line.startswith("["):
            current = sections.setdefault(line.strip("[]"), [])
        else:
            current.append(line)
    return {name: tuple(lines) for name, lines in sections.items()}


@cache
def _verbs(language: str) -> Mapping[str, str]:
    """Map the forms of the verbs to the manner that they tell."""
    found: dict[str, str] = {}
    pack = find_pack(language)
    for manner, lines in _sections(language).items():
        for line in lines:
            if line.startswith("verbs: "):
                for entry in line.removeprefix("verbs: ").split():
                    forms = pack.forms[entry.removeprefix("s'")] if pack else inflect(entry)
                    found |= dict.fromkeys(forms, manner)
    return found


@cache
def _phrases(language: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    patterns = []
    read = _pattern if language == _ENGLISH else _plain_pattern
    for manner, lines in _sections(language).items():
        phrases = [read(line) for line in lines if not line.startswith("verbs: ")]
        if phrases:
            patterns.append((manner, re.compile(f"(?<= )(?:{'|'.join(phrases)})(?= )")))
    return tuple(patterns)


def _pattern(phrase: str) -> str:
    """Return a phrase of `delivery.txt` as a pattern over words that stand with one space between."""
    pieces = []
    for word in phrase.split():
        if word == "*":
            pieces.append(r"(?:[\w'-]+ ){0,2}")
        elif word == "a":
            pieces.append("(?:a|an|the|his|her|their|my) ")
        else:
            pieces.append(f"{re.escape(word)} ")
    return "".join(pieces).removesuffix(" ")


def _plain_pattern(phrase: str) -> str:
    return re.escape(phrase.lower()).replace("\\ ", " ")
