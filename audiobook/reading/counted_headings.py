"""Headings that are told by their counting up: numerals alone or before titles, and "Day 1", "Day 2"."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from audiobook.reading.chapter_labels import LONGEST, bare_span
from audiobook.reading.counting import number_value
from audiobook.reading.printed_contents import BARE_NUMERAL, NUMERAL_TITLE, is_in_capitals, is_title
from audiobook.words import count_words

_FEWEST_WORDS = 15
"""Words that chapters under lines in capitals or numbered titles have at least, by their median."""
LONGEST_OPENING = 60
"""Words before a first heading, or as many as a chapter has; after more it is none (a sign, a list)."""
_LONGEST_SENTENCE_TITLE = 60
"""Characters of a numbered title that ends like a sentence."""
# What is counted in stories although it heads no chapter.
_COUNTED_THINGS = frozenset(
    "level lv lvl rank stage room floor unit page figure fig table no number nr item step rule option wave"
    " round class tier phase gate sector platform lesson exercise question answer note line verse".split()
)
_COUNTED = re.compile(
    r"(?P<word>[^\W\d_][^\d\s:.,;!?]{1,20})\s+(?P<number>\d{1,4}|[IVXLC]+|\w+)(?P<rest>(?:\s*[:.—–-]\s.*)?)"
)
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
_SMALL_WORD = re.compile(r"(?=[a-z])(?![ivxlc]+\W*$)")
_IN_WORDS = re.compile(r"[a-z]{3}|[A-Z]*[AEFGHNORSTUWY][A-Z]+", re.ASCII)
"""What a numeral that is written as a word has, and no Roman one."""


def find_numerals(texts: Sequence[str], rest: Sequence[int], levels: Mapping[int, int]) -> dict[int, int]:
    """Find numerals alone, or before a title, that count up; they begin anew in each part or story."""
    alone: list[tuple[int, float]] = []
    titled: list[tuple[int, float]] = []
    for i in rest:
        words = texts[i].strip()
        start, end = bare_span(words) if len(words) <= LONGEST else (0, len(words))
        if match := BARE_NUMERAL.fullmatch(words, start, end):
            value = number_value(match["number"])
            if value is not None and not _SMALL_WORD.match(match["number"]):
                alone.append((i, value))
        elif (match := NUMERAL_TITLE.fullmatch(words, start, end)) and _is_numbered_title(match["title"]):
            value = number_value(match["number"])
            titled += [(i, value)] if value is not None else []
    parts = [index for index, level in levels.items() if level == 1]
    runs = _count_up(alone, texts, parts)
    numerals = [index for run in runs for index in run]
    titles = [index for run in _count_up(titled, texts, parts) for index in run]
    if len(titles) > 2 and is_plausible(texts, titles, levels):
        if not numerals or len(numerals) < 2:
            return dict.fromkeys(titles, 2)
        # Numbered stories, with numbered sections in them.
        if titles[0] < numerals[0] < titles[-1]:
            return dict.fromkeys(titles, 2) | dict.fromkeys(numerals, 3)
    if len(numerals) < 2 or _median_words(texts, numerals) < 2:
        return {}
    in_words = any(_IN_WORDS.search(texts[index]) for index in numerals)
    starts_late = dict(alone)[numerals[0]] > 1
    if (in_words or starts_late) and not is_plausible(texts, numerals, levels):
        return {}
    stories = [run[0] - 1 for run in runs if run[0] - 1 in set(rest) and is_story_title(texts[run[0] - 1])]
    if not parts and len(runs) > 1 and len(stories) >= len(runs) - 1 and len(set(stories)) == len(stories):
        firsts = {index + 1 for index in stories}
        without = [run[0] for run in runs if run[0] not in firsts]
        return dict.fromkeys(stories, 2) | dict.fromkeys(numerals, 3) | dict.fromkeys(without, 2)
    return dict.fromkeys(numerals, 2)


def _is_numbered_title(title: str) -> bool:
    if is_title(title):
        return True
    ends_so = len(title) <= _LONGEST_SENTENCE_TITLE and title[-1] in ".!?" and "\n" not in title
    wide = not title[0].isascii() and title[0].lower() == title[0].upper()
    if wide:
        return len(title) <= 30 and title[-1] not in "。！？」』、"
    return title[:1].isupper() and ends_so and not re.search(r"[,.!?][”\"’]", title)


def _count_up(
    found: Sequence[tuple[int, float]], texts: Sequence[str], parts: Sequence[int]
) -> list[list[int]]:
    """Return runs of paragraphs that count up by one, each from one on, or from where an excerpt begins."""
    runs = _runs_from(found, texts, parts, {0, 1})
    if runs or len(found) < 3:
        return runs
    runs = _runs_from(found, texts, parts, {found[0][1]})
    return [run for run in runs if len(run) > 2]


def _runs_from(
    found: Sequence[tuple[int, float]], texts: Sequence[str], parts: Sequence[int], firsts: set[float]
) -> list[list[int]]:
    runs: list[list[int]] = []
    places = sorted(parts)
    expected = -1.0
    for position, (index, value) in enumerate(found):
        if index + 1 >= len(texts):
            continue
        follows = runs and value == expected
        if not follows and value in firsts:
            after = found[position + 1][1] if position + 1 < len(found) else None
            in_new_part = runs and bisect_left(places, index) > bisect_right(places, runs[-1][-1])
            if runs and not in_new_part and (len(runs[-1]) < 2 or after != value + 1):
                continue
            runs.append([])
        elif not follows:
            continue
        runs[-1].append(index)
        expected = value + 1
    return runs


def find_counted(texts: Sequence[str], rest: Sequence[int], levels: Mapping[int, int]) -> dict[int, int]:
    """Find lines of any word with a number that counts up: "Day 1", "Tape 2: The Sea"."""
    by_word: dict[str, list[tuple[int, float]]] = {}
    for index in rest:
        words = texts[index].strip()
        if len(words) > LONGEST or "\n" in words or words[:1].islower():
            continue
        start, end = bare_span(words)
        match = _COUNTED.fullmatch(words, start, end)
        value = number_value(match["number"]) if match else None
        if match and value is not None and match["word"].casefold() not in _COUNTED_THINGS:
            title = match["rest"].strip(" :.—–-")
            if not title or is_title(title):
                by_word.setdefault(match["word"].casefold(), []).append((index, value))
    best: list[int] = []
    for found in by_word.values():
        chosen = [index for run in _count_up(found, texts, []) for index in run]
        if len(chosen) > max(2, len(best)) and len(chosen) == len(found):
            best = chosen if is_plausible(texts, chosen, levels) else best
    return dict.fromkeys(best, 2)


def is_story_title(words: str) -> bool:
    """Tell whether a paragraph before a chapter's first number may name the story that begins there."""
    words = words.strip()
    return (is_title(words) or (is_in_capitals(words) and len(words) <= 80)) and not re.match(
        r"by\b", words, re.IGNORECASE
    )


def is_plausible(texts: Sequence[str], starts: Sequence[int], levels: Mapping[int, int]) -> bool:
    """Tell whether there is enough text under headings, and little that is under none."""
    size = _median_words(texts, starts)
    first = min([starts[0], *levels])
    opening = sum(_measure(words) for words in texts[:first])
    return size >= _FEWEST_WORDS and opening <= max(LONGEST_OPENING, size)


def _measure(words: str) -> int:
    """Count words, and the characters of scripts that set no spaces."""
    return count_words(words) + len(_UNSPACED.findall(words))


def _median_words(texts: Sequence[str], starts: Sequence[int]) -> float:
    return median(
        sum(_measure(words) for words in texts[start + 1 : end])
        for start, end in pairwise([*starts, len(texts)])
    )
