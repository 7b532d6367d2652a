"""Headings in plain text ("CHAPTER IV.", "Part Two", numerals, lines in capitals), and lists of contents."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from audiobook.reading.flow import count_words
from audiobook.reading.semantics import matter_of_title

_ROMAN = r"(?=[IVXLC])(?:C{0,3})(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_WORD_NUMBERS = (
    "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen"
    " seventeen eighteen nineteen twenty thirty forty fifty"
).split()
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth last".split()
_WORDS = "|".join(_WORD_NUMBERS)
_NUMBER = rf"(?:\d{{1,3}}|{_ROMAN}|(?:the )?(?:{'|'.join(_ORDINALS)})|(?:{_WORDS})(?:[- ](?:{_WORDS}))?)"
_PARTS = "part|book|volume|act"
_CHAPTERS = r"chapter|chap\.|letter|stave|canto|scene|section"
_KEYWORD = re.compile(
    rf"_?((?P<kind>{_PARTS}|{_CHAPTERS})\s+(?:{_NUMBER})(?![^\W_]))(?P<rest>[\s\S]*)", re.IGNORECASE
)
_ORDINAL_PART = re.compile(
    rf"_?((?:the )?(?:{'|'.join(_ORDINALS)})\s+(?P<kind>{_PARTS}|chapter))(?P<rest>\W*)", re.IGNORECASE
)
_NAMED = re.compile(
    r"_?(?:prologue|epilogue|introduction|preface|foreword|afterword|postscript|conclusion|interlude)[\s.:_]*",
    re.IGNORECASE,
)
_NUMERAL = re.compile(rf"_?(?:({_ROMAN})|(\d{{1,3}}))[.):]?_?")
_NUMERAL_TITLE = re.compile(rf"(?:({_ROMAN})|(\d{{1,3}}))[.:)]?[ \t—–-]+(\S.*)")
_ENTRY_TAIL = re.compile(r"(?:\.{2,}|\s{2,}|\t)\s*(?:\d{1,4}|[ivxlc]+)$", re.IGNORECASE)
_VALUES = {"I": 1, "V": 5, "X": 10, "L": 50, "C": 100}
_LONGEST = 150
"""Characters of a heading."""
_FEWEST_WORDS = 20
"""Words that chapters under lines in capitals or numbered titles have at least, by their median."""
_LONGEST_ENTRY = 14
"""Words of a title in a list of contents that is known only by its coming again."""
_SPREAD = 60
"""Paragraphs from the beginning within which a list of contents begins."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A paragraph that is a heading: `level` 1 for parts, 2 for chapters; `label` without the subtitle."""

    index: int
    level: int
    label: str
    title: str
    last: int
    """The index of its last paragraph: a subtitle may stand on its own."""


def find_headings(texts: Sequence[str]) -> tuple[list[Heading], dict[int, str]]:
    """Find the headings among a plain text's paragraphs, and which paragraphs are a list of contents.

    Returns the headings in order, and a reason by index for what is not read.  A text without headings
    has none; a single line in capitals makes no chapter.
    """
    keywords = {index: level for index, words in enumerate(texts) if (level := _keyword_level(words))}
    contents = _find_contents(texts, keywords)
    levels = {index: level for index, level in keywords.items() if index not in contents}
    rest = [index for index in range(len(texts)) if index not in levels and index not in contents]
    if not any(level == 2 for level in levels.values()):
        numerals = _find_numerals(texts, rest, levels)
        levels.update(dict.fromkeys(numerals, 2))
        if not levels:
            levels.update(dict.fromkeys(_find_capitals(texts, rest), 2))
    if set(levels) and all(_NAMED.fullmatch(texts[index].strip()) for index in levels) and len(levels) == 1:
        return [], contents
    return [_make_heading(texts, index, levels) for index in sorted(levels)], contents


def _keyword_level(words: str) -> int:
    """Return 1 for the title of a part, 2 for that of a chapter, 0 for any other paragraph."""
    words = words.strip()
    if not words[:1].isupper() and not words.startswith("_"):
        return 0
    if len(words) > _LONGEST:
        return 0
    if _NAMED.fullmatch(words):
        return 2
    match = _KEYWORD.fullmatch(words) or _ORDINAL_PART.fullmatch(words)
    if match is None:
        return 0
    rest = match["rest"].strip(" \t_")
    # "Chapter 2 was long" is a sentence; "Chapter 2 The Carpet-Bag", "Chapter 2. Was it so?" are titles.
    if rest and rest[0] not in ".:—–-\r\n([])" and (rest[0].islower() or rest[-1] in '.,;!?”"'):
        return 0
    return 1 if match["kind"].lower() in _PARTS.split("|") else 2


def is_label(words: str) -> bool:
    """Tell whether a heading is a chapter's number alone: "IV.", "7", "Chapter Two"."""
    words = words.strip()
    match = _KEYWORD.fullmatch(words)
    bare = (
        match is not None
        and not match["rest"].strip(" .:_")
        and match["kind"].lower() not in _PARTS.split("|")
    )
    return bare or _NUMERAL.fullmatch(words) is not None


def _value(roman: str | None, digits: str | None) -> int:
    if digits:
        return int(digits)
    values = [_VALUES[letter] for letter in roman or ""]
    return sum(-v if any(w > v for w in values[i + 1 : i + 2]) else v for i, v in enumerate(values))


def _find_numerals(texts: Sequence[str], rest: Sequence[int], parts: dict[int, int]) -> list[int]:
    """Find numerals alone, or before a title, that count up from one; they begin anew in each part."""
    alone = [(i, _value(m[1], m[2])) for i in rest if (m := _NUMERAL.fullmatch(texts[i].strip()))]
    counted = _count_up(alone, texts, parts)
    if len(counted) > 1:
        return counted
    titled = [
        (i, _value(m[1], m[2]))
        for i in rest
        if (m := _NUMERAL_TITLE.fullmatch(texts[i].strip())) and _is_title(m[3])
    ]
    counted = _count_up(titled, texts, parts)
    enough = len(counted) > 2 and _median_words(texts, counted) >= _FEWEST_WORDS
    return counted if enough else []


def _count_up(found: Sequence[tuple[int, int]], texts: Sequence[str], parts: dict[int, int]) -> list[int]:
    chosen: list[int] = []
    places = sorted(parts)
    expected = 1
    for index, value in found:
        last = chosen[-1] if chosen else -1
        is_new = value == 1 and bisect_left(places, index) > bisect_right(places, last)
        followed = index + 1 < len(texts)
        if followed and (value == expected or is_new):
            chosen.append(index)
            expected = value + 1
    return chosen


def _is_title(words: str) -> bool:
    words = words.strip()
    return len(words) <= 80 and "\n" not in words and words[:1].isupper() and words[-1:] not in '.,;!?”":'


def _is_in_capitals(words: str) -> bool:
    letters = [character for character in words if character.isalpha()]
    return len(letters) > 2 and all(character.isupper() for character in letters)


def _find_capitals(texts: Sequence[str], rest: Sequence[int]) -> list[int]:
    """Find lines in capitals that head chapters: several, each with text below it."""
    found = []
    for index in rest:
        words = texts[index].strip()
        is_line = len(words) <= 80 and not re.search(r"[\r\n]", words)
        if is_line and _is_in_capitals(words) and not re.search(r"[,;:!?\"”“»«…—-]$|^[\"“«]", words):
            found.append(index)
    lines = set(found)
    found = [i for i in found if i + 1 < len(texts) and i + 1 not in lines]
    # A full stop ends a sign, a date or a signature, unless all headings are set so.
    without = [i for i in found if not texts[i].rstrip().endswith(".")]
    found = without if without or len(found) < 3 else found
    is_plausible = len(found) > 1 and _median_words(texts, found) >= _FEWEST_WORDS
    return found if is_plausible else []


def _median_words(texts: Sequence[str], starts: Sequence[int]) -> float:
    ends = [*starts[1:], len(texts)]
    sizes = [
        sum(count_words(words) for words in texts[start + 1 : end])
        for start, end in zip(starts, ends, strict=True)
    ]
    return median(sizes)


def _make_heading(texts: Sequence[str], index: int, levels: dict[int, int]) -> Heading:
    """Join a heading with the subtitle below it."""
    lines = " ".join(texts[index].replace("_", " ").split())
    label, last, title = lines, index, lines
    following = index + 1
    if following < len(texts) and following not in levels and _is_subtitle(texts, following):
        last = following
        title = f"{lines.rstrip(' .:')}. {' '.join(texts[following].replace('_', ' ').split())}"
    return Heading(index=index, level=levels[index], label=label, title=title, last=last)


def _is_subtitle(texts: Sequence[str], index: int) -> bool:
    words = texts[index].strip()
    if len(words) > _LONGEST or index + 1 >= len(texts) or words[-1:] in ',;"”!?':
        return False
    if _is_in_capitals(words):
        return True
    capital = re.findall(r"[^\W\d_]{4,}", words)
    return (
        _is_title(words.strip("_"))
        and len(words) <= 60
        and bool(capital)
        and all(word[0].isupper() for word in capital)
    )


def _find_contents(texts: Sequence[str], keywords: dict[int, int]) -> dict[int, str]:
    """Find the list of contents: lines that come again as headings, after "Contents" or without it."""
    limit = min(_SPREAD, len(texts))
    start = next((i for i in range(limit) if matter_of_title(_first_line(texts[i])) == "contents"), None)
    if start is None:
        start = _find_dense_run(texts, keywords)
        if start is None:
            return {}
        first = start
    else:
        first = start if len(texts[start].split("\n")) > 1 else start + 1
    again = _count_lines(texts)
    end = first
    while end < len(texts) and _is_entries(texts[end], keywords.get(end, 0), again):
        end += 1
    if end >= len(texts):
        return {}
    end = _give_back(texts, first, end, keywords)
    has_entries = end - first > 1 or (end > first and len(texts[first].splitlines()) > 1)
    return dict.fromkeys(range(start, end), "contents") if has_entries else {}


def _find_dense_run(texts: Sequence[str], keywords: dict[int, int]) -> int | None:
    """Find four headings in a row that have nothing between them, and whose first comes again."""
    for index in range(min(_SPREAD, len(texts) - 4)):
        if all(index + step in keywords for step in range(4)):
            label = _label(texts[index])
            if any(_label(texts[other]) == label for other in keywords if other > index + 3):
                return index
    return None


def _give_back(texts: Sequence[str], first: int, end: int, keywords: dict[int, int]) -> int:
    """Return the list's end without the first chapter's own heading, which looks like an entry too."""
    labels = [_label(words) for words in texts[first:end]]
    # Where lines end with page numbers, the list goes on at least to the last of them.
    paged = [i for i in range(first, end) if _ENTRY_TAIL.search(texts[i].rstrip())]
    for index in range(max(first + 1, end - 4, paged[-1] + 1 if paged else 0), end):
        label = labels[index - first]
        numeral = _NUMERAL.fullmatch(texts[index].strip())
        is_first = numeral is not None and _value(numeral[1], numeral[2]) == 1
        inside = len(label) > 3 and any(label in earlier for earlier in labels[: index - first])
        comes_again = is_first or inside or label in labels[: index - first]
        if comes_again and (keywords.get(index) != 1 or index + 1 < end):
            before = index - 1
            return before if before > first and keywords.get(before) == 1 else index
    return end - 1 if end - 1 in keywords and end - 1 > first else end


def _label(words: str) -> str:
    match = _KEYWORD.match(words.strip())
    label = match[1] if match else _first_line(words)
    return "".join(character for character in label.casefold() if character.isalnum())


def _first_line(words: str) -> str:
    return words.strip().splitlines()[0].strip() if words.strip() else ""


def _count_lines(texts: Sequence[str]) -> dict[str, int]:
    """Count, by its letters, how often each short paragraph occurs in the text."""
    counts: dict[str, int] = {}
    for words in texts:
        if len(words) <= _LONGEST:
            letters = "".join(c for c in words.casefold() if c.isalpha())
            counts[letters] = counts.get(letters, 0) + 1
    return counts


def _is_entries(words: str, level: int, again: dict[str, int]) -> bool:
    """Tell whether half of a paragraph's lines are entries of a list of contents."""
    if level:
        return True
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if any(len(line) > 100 for line in lines):
        return False
    entries = 0
    for line in lines:
        bare = _ENTRY_TAIL.sub("", line)
        titled = _NUMERAL_TITLE.fullmatch(bare)
        name = titled[3] if titled else bare
        letters = "".join(c for c in name.casefold() if c.isalpha())
        is_entry = _ENTRY_TAIL.search(line) or _KEYWORD.fullmatch(bare) or _NUMERAL.fullmatch(bare)
        comes_again = again.get(letters, 0) > 1 and len(name.split()) <= _LONGEST_ENTRY
        is_titled = titled is not None and _is_title(name.strip("\"'“”‘’"))
        entries += bool(is_entry or comes_again or is_titled or (len(lines) == 1 and _is_in_capitals(bare)))
    return entries * 2 >= len(lines)
