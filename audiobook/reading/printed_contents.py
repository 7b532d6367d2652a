"""A list of contents within a plain text: lines that come again as headings."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from audiobook.reading.chapter_labels import LONGEST, ChapterLabel, find_label
from audiobook.reading.counting import NUMERAL, number_value
from audiobook.reading.semantics import matter_of_title
from audiobook.reading.titles import letters_of

BARE_NUMERAL = re.compile(rf"_?#?(?P<number>{NUMERAL})[.):]?_?", re.IGNORECASE)
NUMERAL_TITLE = re.compile(
    r"(?P<number>[IVXLCDM]+|[0-9０-９]{1,4}|[A-Z][A-Za-z]+(?:-[A-Za-z]+)?(?=[.:]\s|\s[—–-]))"
    r"(?:[.:)]?[ \t—–-]+|[.:)](?=[^\W\d]))(?P<title>\S.*)"
)
_ENTRY_TAIL = re.compile(r"(?:\.{2,}|\s{2,}|\t)\s*(?:\d{1,4}|[ivxlc]+)$", re.IGNORECASE)
_LONGEST_ENTRY = 14
"""Words of a title in a list of contents that is known only by its coming again."""
_SPREAD = 60
"""Paragraphs from the beginning within which a list of contents begins."""


def is_title(words: str) -> bool:
    """Tell whether a line may be a chapter's title: short, begun large, not ended like a sentence."""
    words = words.strip()
    return len(words) <= 80 and "\n" not in words and words[:1].isupper() and words[-1:] not in '.,;!?”":'


def is_in_capitals(words: str) -> bool:
    """Tell whether a line has three letters or more, and all of them capitals."""
    letters = [character for character in words if character.isalpha()]
    return len(letters) > 2 and all(character.isupper() for character in letters)


def find_contents(texts: Sequence[str], labels: Mapping[int, ChapterLabel]) -> dict[int, str]:
    """Find which paragraphs are the list of contents; `labels` are those that may be headings."""
    limit = min(_SPREAD, len(texts))
    start = next((i for i in range(limit) if matter_of_title(_first_line(texts[i])) == "contents"), None)
    if start is None:
        start = _find_dense_run(texts, labels)
        if start is None:
            return {}
        first = start
    else:
        first = start if len(texts[start].split("\n")) > 1 else start + 1
    again = _count_lines(texts)
    end = first
    while end < len(texts) and _is_entries(texts[end], labels.get(end), again):
        end += 1
    if end >= len(texts):
        return {}
    end = _give_back(texts, first, end, labels)
    has_entries = end - first > 1 or (end > first and len(texts[first].splitlines()) > 1)
    return dict.fromkeys(range(start, end), "contents") if has_entries else {}


def _find_dense_run(texts: Sequence[str], labels: Mapping[int, ChapterLabel]) -> int | None:
    """Find four headings in a row that have nothing between them, and whose first comes again."""
    for index in range(min(_SPREAD, len(texts) - 4)):
        if all(index + step in labels for step in range(4)):
            key = _key(texts[index])
            if any(_key(texts[other]) == key for other in labels if other > index + 3):
                return index
    return None


def _give_back(texts: Sequence[str], first: int, end: int, labels: Mapping[int, ChapterLabel]) -> int:
    """Return the list's end without the first chapter's own heading, which looks like an entry too."""
    keys = [_key(words) for words in texts[first:end]]
    parts = {index for index, label in labels.items() if label.kind in {"part", "act"}}
    # Where lines end with page numbers, the list goes on at least to the last of them.
    paged = [i for i in range(first, end) if _ENTRY_TAIL.search(texts[i].rstrip())]
    for index in range(max(first + 1, end - 4, paged[-1] + 1 if paged else 0), end):
        key = keys[index - first]
        numeral = BARE_NUMERAL.fullmatch(texts[index].strip())
        is_first = numeral is not None and number_value(numeral["number"]) == 1
        inside = len(key) > 3 and any(key in earlier for earlier in keys[: index - first])
        comes_again = is_first or inside or key in keys[: index - first]
        if comes_again and (index not in parts or index + 1 < end):
            before = index - 1
            return before if before > first and before in parts else index
    return end - 1 if end - 1 in labels and end - 1 > first else end


def _key(words: str) -> str:
    label = find_label(_first_line(words))
    line = label.words if label else _first_line(words)
    return letters_of(line)


def _first_line(words: str) -> str:
    return words.strip().splitlines()[0].strip() if words.strip() else ""


def _count_lines(texts: Sequence[str]) -> dict[str, int]:
    """Count, by its letters, how often each short paragraph occurs in the text."""
    counts: dict[str, int] = {}
    for words in texts:
        if len(words) <= LONGEST:
            letters = "".join(c for c in words.casefold() if c.isalpha())
            counts[letters] = counts.get(letters, 0) + 1
    return counts


def _is_entries(words: str, label: ChapterLabel | None, again: dict[str, int]) -> bool:
    """Tell whether half of a paragraph's lines are entries of a list of contents."""
    if label:
        return True
    lines = [line.strip() for line in words.splitlines() if line.strip()]
    if any(len(line) > 100 for line in lines):
        return False
    entries = 0
    for line in lines:
        bare = _ENTRY_TAIL.sub("", line)
        titled = NUMERAL_TITLE.fullmatch(bare)
        name = titled["title"] if titled else bare
        letters = "".join(c for c in name.casefold() if c.isalpha())
        is_entry = _ENTRY_TAIL.search(line) or find_label(bare) or BARE_NUMERAL.fullmatch(bare)
        comes_again = again.get(letters, 0) > 1 and len(name.split()) <= _LONGEST_ENTRY
        is_titled = titled is not None and is_title(name.strip("\"'“”‘’"))
        entries += bool(is_entry or comes_again or is_titled or (len(lines) == 1 and is_in_capitals(bare)))
    return entries * 2 >= len(lines)
