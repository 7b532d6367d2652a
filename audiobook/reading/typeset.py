"""From the printed lines of a PDF to paragraphs and headings: what a page's look tells.

A PDF holds no paragraphs, only words at places.  Lines come in the order in which the file draws them, which
is the reading order in what browsers, TeX and word processors write, columns included.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from audiobook.words import HAN, KANA


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """A printed line: `page` from 0, where its first letter stands (points, `y` from below), type size."""

    page: int
    text: str
    x: float
    y: float
    size: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PrintedStretch:
    """Lines that are one paragraph, or a heading of a level (1 to 6); `text` joins them."""

    lines: tuple[PrintedLine, ...]
    text: str
    level: int = 0


LARGER = 1.12
"""Times the text's size, from which on a line is a heading."""
_LONGEST_HEADING = 150
"""Characters."""
_CLEAR_GAP, _SMALL_GAP = 1.3, 1.12
"""Times the distance of lines, from which on a paragraph ends; the smaller one where a sentence does, too."""
_INDENT = 0.7
"""Times the type's size: an em is usual, and half an em is a list's or a hanging mark's."""
_INDENTED = 0.1
"""Share of lines, from which on paragraphs of a text are told by their indents."""
_SHORT = 0.75
"""Share of a full line, below which one that ends a sentence ends its paragraph."""
_COLUMN = 60.0
"""Points between the left edges of columns, at least."""
_FEWEST = 3
"""Lines that make an edge."""
_DROPPED = 1.8
"""Times the size of the lines beside it that a first letter has at least, which takes two of them."""

_ENDS = re.compile(r"(?:[.!?:…。！？]|[,—–-](?=[”\"’'»«]))[”\"’'»«)\]』」]*$")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_DIVIDED = re.compile(r"([^\W\d_]+)([-\u2010\u00ad])$")
_CONTINUES = re.compile(r"([^\W\d_]+)")
_DENSE = re.compile(f"[{HAN}{KANA}、。「」『』！？]")


def set_paragraphs(lines: Sequence[PrintedLine]) -> list[PrintedStretch]:
    """Return the paragraphs and headings that printed lines make, in order; every line is in one."""
    if not lines:
        return []
    body = find_body_size(lines)
    levels = _rank_headings(lines, body)
    edges = _find_edges(lines)
    pitch = _find_pitch(lines, body)
    indents = sum(_is_indented(line, edges) for line in lines) / len(lines)
    full = _find_full_length(lines, body)
    rules = _Rules(levels=levels, edges=edges, pitch=pitch, has_indents=indents >= _INDENTED, full=full)
    words, divides = _list_words(lines), _divides_by_hyphen(lines)
    groups: list[list[PrintedLine]] = []
    for line in lines:
        if groups and not rules.begins(groups[-1][-1], line, groups[-1]):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [
        PrintedStretch(
            lines=tuple(group),
            text=join_lines([line.text for line in group], words, divides=divides),
            level=levels.get(group[0], 0),
        )
        for group in groups
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Rules:
    """What tells where a paragraph begins, as a whole text shows it."""

    levels: Mapping[PrintedLine, int]
    edges: Mapping[int, Sequence[float]]
    pitch: float
    has_indents: bool
    full: float

    def begins(self, before: PrintedLine, line: PrintedLine, group: Sequence[PrintedLine]) -> bool:
        """Tell whether a line begins another paragraph than the one `before` it (of `group`)."""
        own, other = self.levels.get(line, 0), self.levels.get(before, 0)
        if own or other:
            return own != other or line.page != before.page or not 0 <= before.y - line.y <= 1.7 * line.size
        fell = before.y - line.y
        is_below = line.page == before.page and fell > 0
        gap = fell / self.pitch if is_below else 0.0
        is_indented, ends = _is_indented(line, self.edges), bool(_ENDS.search(before.text))
        if gap > _CLEAR_GAP or (gap > _SMALL_GAP and (is_indented or ends)):
            return True
        if is_indented:
            # Verse and quotations are set in as a whole.
            return ends or not is_below or abs(line.x - before.x) >= 1
        if is_below and _is_indented(before, self.edges) and len(group) > 1:
            return abs(group[-2].x - before.x) < 1
        is_short = len(before.text) < _SHORT * self.full
        return not self.has_indents and ends and (is_short or not is_below)


def _list_words(lines: Sequence[PrintedLine]) -> set[str]:
    """Return the words of a text in small letters, without those that are divided."""
    words: set[str] = set()
    was_divided = False
    for line in lines:
        divided = _DIVIDED.search(line.text)
        own = _WORD.findall(line.text[: divided.start()] if divided else line.text)
        words.update(word.lower() for word in own[1 if was_divided else 0 :])
        was_divided = divided is not None
    return words


def find_body_size(lines: Sequence[PrintedLine]) -> float:
    """Return the size of most letters."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return sizes.most_common(1)[0][0]


def _rank_headings(lines: Sequence[PrintedLine], body: float) -> dict[PrintedLine, int]:
    """Return the lines that are headings, larger ones on a higher level (1 is the highest)."""
    large = [line for line in lines if line.size >= LARGER * body and len(line.text) <= _LONGEST_HEADING]
    bold = [
        line
        for line, (above, below) in zip(lines, _neighbours(lines), strict=True)
        if line.is_bold and line not in large and _stands_apart(line, above, below)
    ]
    sizes = sorted({round(line.size) for line in large}, reverse=True)
    levels = {line: min(5, sizes.index(round(line.size)) + 1) for line in large}
    return levels | dict.fromkeys(bold, min(6, len(sizes) + 1))


def _neighbours(lines: Sequence[PrintedLine]) -> Iterator[tuple[PrintedLine | None, PrintedLine | None]]:
    return zip([None, *lines[:-1]], [*lines[1:], None], strict=True)


def _stands_apart(line: PrintedLine, above: PrintedLine | None, below: PrintedLine | None) -> bool:
    """Tell whether a bold line is no part of a paragraph: nothing bold or plain right above or below it."""
    if len(line.text) > _LONGEST_HEADING / 2 or not any(map(str.isalnum, line.text)):
        return False
    near_above = above is not None and above.page == line.page and 0 <= above.y - line.y < 1.6 * line.size
    goes_on = below is not None and below.is_bold and 0 <= line.y - below.y < 1.6 * line.size
    return not near_above and not goes_on


def _find_edges(lines: Sequence[PrintedLine]) -> dict[int, list[float]]:
    """Return the left edges of each page's columns, of a page with few lines those of all pages."""
    of_all = _cluster(lines)
    pages: dict[int, list[PrintedLine]] = {}
    for line in lines:
        pages.setdefault(line.page, []).append(line)
    return {page: _cluster(own) or of_all for page, own in pages.items()}


def _cluster(lines: Sequence[PrintedLine]) -> list[float]:
    """Return the leftmost place at which several lines begin, of each column."""
    starts = Counter(round(line.x) for line in lines)
    edges: list[float] = []
    last = None
    for x in sorted(x for x, count in starts.items() if count >= _FEWEST):
        if last is None or x - last > _COLUMN:
            edges.append(x)
        last = x
    return edges


def _is_indented(line: PrintedLine, edges: Mapping[int, Sequence[float]]) -> bool:
    own = max((edge for edge in edges[line.page] if edge <= line.x + 1), default=line.x)
    return line.x - own > _INDENT * line.size


def _find_pitch(lines: Sequence[PrintedLine], body: float) -> float:
    """Return the distance of lines within a paragraph: the one that is most frequent."""
    steps = Counter(
        round(before.y - line.y, 1)
        for before, line in pairwise(lines)
        if before.page == line.page and 0 < before.y - line.y < 3 * body and line.size == before.size
    )
    return steps.most_common(1)[0][0] if steps else 1.2 * body


def _find_full_length(lines: Sequence[PrintedLine], body: float) -> float:
    """Return how many characters a full line has."""
    lengths = sorted(len(line.text) for line in lines if abs(line.size - body) < 1)
    return median(lengths[len(lengths) // 2 :]) if lengths else 0.0


def set_drop_caps(lines: Sequence[PrintedLine]) -> list[PrintedLine]:
    """Give the first letters that are set as high as several lines to the lines that they stand beside."""
    caps = [line for line in lines if re.fullmatch(r"\W?[^\W\d_]\W?", line.text)]
    found = list(lines)
    for cap in caps:
        beside = [
            line
            for line in found
            if cap.size > _DROPPED * line.size
            and 0 < line.x - cap.x < 1.3 * cap.size
            and -0.2 * cap.size <= line.y - cap.y <= cap.size
        ]
        first = max(beside, key=lambda line: line.y, default=None)
        if first is not None:
            own = {line for line in beside if abs(line.x - first.x) < 1}
            words = {word.lower() for line in found for word in _WORD.findall(line.text)}
            text = _add_first_letter(cap.text, first.text, words)
            found = [
                replace(line, x=cap.x, text=text if line == first else line.text) if line in own else line
                for line in found
                if line != cap
            ]
    return found


def _add_first_letter(letter: str, text: str, words: Collection[str]) -> str:
    """Join a first letter with its line: it may be a word of its own ("A", "I")."""
    rest = re.match(r"[^\W\d_]+", text)
    is_word = rest and (letter[-1:] + rest[0]).lower() not in words and rest[0].lower() in words
    return f"{letter} {text}" if is_word and letter[-1:] in "AIOÀYE" else f"{letter}{text}"


def join_lines(texts: Sequence[str], words: Collection[str] = (), *, divides: bool = True) -> str:
    """Join lines; words that were divided become whole, by what other `words` of the text there are.

    `divides` False: a hyphen at a line's end is a compound's, where nothing else is known.
    """
    parts: list[str] = []
    for text in texts:
        following, last = text.strip(), parts[-1] if parts else ""
        divided, rest = _DIVIDED.search(last), _CONTINUES.match(following)
        if divided and rest:
            whole = _joins(divided[1], divided[2], rest[1], words, divides=divides)
            parts[-1] = last[: divided.start(2)] + ("" if whole else "-")
        elif last and not _runs_on(last, following):
            parts.append(" ")
        parts.append(following)
    return "".join(parts)


def _runs_on(last: str, following: str) -> bool:
    """Tell whether lines are joined without a space: at a dash that has none, in Chinese and Japanese."""
    if last.endswith("—"):
        return not last.endswith(" —")
    return bool(_DENSE.match(last[-1:]) and _DENSE.match(following[:1]))


def _joins(left: str, mark: str, right: str, words: Collection[str], *, divides: bool) -> bool:
    """Tell whether a hyphen at a line's end only divides a word."""
    if mark != "-":
        return True
    if not right[0].islower():
        return False
    if f"{left}{right}".lower() in words:
        return True
    if not divides or f"{left}-{right}".lower() in words:
        return False
    return not (left.lower() in words and right.lower() in words)


def _divides_by_hyphen(lines: Sequence[PrintedLine]) -> bool:
    """Tell whether a text divides words by "-": else few lines end in one, fewer than hold one within."""
    ends = Counter(match[2] for line in lines if (match := _DIVIDED.search(line.text)))
    within = sum("-" in word for line in lines for word in _WORD.findall(line.text))
    return ends.total() == ends["-"] and ends["-"] > within
