"""Headings among the paragraphs of a plain text: labels, numerals, words that count up, lines in capitals."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

from audiobook.reading.chapter_labels import LONGEST, ChapterLabel, find_label, plain_title
from audiobook.reading.counted_headings import (
    LONGEST_OPENING,
    find_counted,
    find_numerals,
    is_plausible,
    is_story_title,
)
from audiobook.reading.printed_contents import (
    BARE_NUMERAL,
    NUMERAL_TITLE,
    find_contents,
    is_in_capitals,
    is_title,
)
from audiobook.reading.titles import letters_of
from audiobook.words import count_words

_SIGN = re.compile(r"[+=<>→%/\\|*$€£]|\d-|-\d|:\s*\S*\d|^[\[({<【「].*|^(?:INT|EXT|I/E)\b")
_END = re.compile(r"(?:the )?end(?: of .*)?\W*|fin(?:is|e)?\W*|ende\W*|koniec\W*|конец\W*", re.IGNORECASE)
_BEHIND_TITLE = re.compile(r"(?P<title>[^\W\d_].{1,60}?)(?:\s+[-–—|:]|:)\s+(?P<label>\S.*)")
_ARGUMENT = re.compile(
    r"_?(?:in which|wherein|containing|shewing|showing|treats|treating|concerning|describes|relates|being"
    r"|of|how)\b",
    re.IGNORECASE,
)
_ENDS_SENTENCE = re.compile(r"[.!?…。！？][\"”’»」』)\]_*]*$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Heading:
    """A paragraph that is a heading: `level` 1 for parts, 2 for chapters, 3 for what is within a chapter.

    `label` is without the subtitle.
    """

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
    labels = {i: label for i, words in enumerate(texts) if (label := _read_heading(words))}
    labels = labels or _find_behind_title(texts)
    contents = find_contents(texts, labels)
    labels = _keep_likely({i: label for i, label in labels.items() if i not in contents}, texts)
    levels = rank_labels(labels)
    rest = [index for index in range(len(texts)) if index not in levels and index not in contents]
    if not any(level == 2 and labels[index].kind != "named" for index, level in levels.items()):
        levels |= find_numerals(texts, rest, levels) or find_counted(texts, rest, levels)
        own = [index for index, level in levels.items() if level == 2 and index not in labels]
        if all(level != 2 or index in labels for index, level in levels.items()) or (
            3 in levels.values() and all(is_in_capitals(texts[index]) for index in own)
        ):
            # Of a collection's stories some have no numbered sections.
            levels.update(dict.fromkeys(_find_capitals(texts, rest, levels), 2))
    else:
        levels.update(dict.fromkeys(_find_story_titles(texts, labels, levels), 1))
    if len(levels) == 1 and all(index in labels and labels[index].kind == "named" for index in levels):
        return [], contents
    return [_make_heading(texts, index, levels) for index in sorted(levels)], contents


def find_glued(texts: Sequence[str]) -> dict[int, int]:
    """Find paragraphs that begin with a heading's line: by index, the offset at which their text begins."""
    found: dict[int, int] = {}
    numbered: list[int] = []
    for index, words in enumerate(texts):
        first, end, below = words.partition("\n")
        if not end or not below.strip():
            continue
        if (label := find_label(first.rstrip("\r"))) and (offset := _body_offset(words, label)):
            found[index] = offset
        elif BARE_NUMERAL.fullmatch(first.strip()) or NUMERAL_TITLE.fullmatch(first.strip()):
            numbered.append(index)
    if numbered and not found:
        lines = [line for words in texts for line in words.split("\n", 1)]
        places = list(accumulate((1 + ("\n" in words) for words in texts), initial=0))
        heads = find_numerals(lines, range(len(lines)), {})
        found = {i: texts[i].index("\n") + 1 for i in numbered if places[i] in heads and _is_body(texts[i])}
    return found


def _is_body(words: str) -> bool:
    below = words.partition("\n")[2].strip()
    return not below[:1].islower() and _ENDS_SENTENCE.search(below) is not None


def _body_offset(words: str, label: ChapterLabel) -> int:
    """Return where the text begins below a heading's line, 0 where all of the paragraph is heading."""
    first, _, below = words.partition("\n")
    line = below.partition("\n")[0].strip()
    if find_label(line) or BARE_NUMERAL.fullmatch(line) or NUMERAL_TITLE.fullmatch(line):
        return 0
    begins_small = below.strip()[:1].islower() and not label.is_bare
    if len(words) <= LONGEST and (begins_small or _ARGUMENT.match(below.strip())):
        return 0
    if label.is_bare and _is_subtitle(line):
        offset = len(first) + 1 + len(below.partition("\n")[0]) + 1
        return offset if offset < len(words) else 0
    if len(words) <= LONGEST and not _ENDS_SENTENCE.search(below.rstrip()):
        return 0
    return len(first) + 1


def is_label(words: str) -> bool:
    """Tell whether a heading is a chapter's number alone: "IV.", "7", "Chapter Two"."""
    label = find_label(words.strip())
    bare = label is not None and label.kind in {"chapter", "scene"} and label.is_bare
    return bare or BARE_NUMERAL.fullmatch(words.strip()) is not None


def _read_heading(words: str) -> ChapterLabel | None:
    """Read a paragraph that is a heading, with its title on further lines perhaps."""
    first, _, below = words.rstrip().partition("\n")
    label = find_label(first.rstrip("\r"))
    if label is None or not below:
        return label
    return label if len(words) <= LONGEST and not _body_offset(words, label) else None


def _find_behind_title(texts: Sequence[str]) -> dict[int, ChapterLabel]:
    """Find labels behind the book's title: "The Lost Sea - Chapter 2"."""
    found: dict[str, dict[int, ChapterLabel]] = {}
    for index, words in enumerate(texts):
        match = _BEHIND_TITLE.fullmatch(words.strip()) if len(words) <= LONGEST else None
        label = find_label(match["label"]) if match else None
        if match and label and label.kind == "chapter":
            found.setdefault(match["title"], {})[index] = label
    best = max(found.values(), key=len, default={})
    return best if len(best) > 1 else {}


def _keep_likely(labels: Mapping[int, ChapterLabel], texts: Sequence[str]) -> dict[int, ChapterLabel]:
    """Leave out what is quoted within a chapter, or a sentence after all."""
    kept = dict(labels)
    counted = [i for i in sorted(labels) if labels[i].kind == "chapter" and labels[i].value is not None]
    values = [labels[i].value or 0 for i in counted]
    for before, index, after in zip(
        range(len(counted)), range(1, len(counted)), range(2, len(counted)), strict=False
    ):
        is_between = values[before] <= values[index] <= values[after]
        if values[after] == values[before] + 1 and not is_between and values[index] > 1:
            del kept[counted[index]]
    alone = [i for i, label in kept.items() if label.kind != "named"]
    if len(alone) == 1:
        label, before = kept[alone[0]], sum(count_words(words) for words in texts[: min(kept)])
        is_sentence = _ENDS_SENTENCE.search(label.rest) and len(label.rest.split()) > 4
        # A first chapter may lack its heading; a ninth alone is quoted.
        is_quoted = before > LONGEST_OPENING and (label.rest or label.value != 2)
        if is_sentence or is_quoted:
            del kept[alone[0]]
    return kept


def rank_labels(labels: Mapping[int, ChapterLabel]) -> dict[int, int]:
    """Give labels their levels; a play's acts and scenes within a chapter head none of their own."""
    order = sorted(labels)
    chapters = [index for index in order if labels[index].kind == "chapter"]
    levels = {index: 1 if label.kind == "part" else 2 for index, label in labels.items()}
    following = {i: bisect_right(chapters, i) for i in order if labels[i].kind == "act"}
    are_parts = not chapters or all(n < len(chapters) and chapters[n] - i <= 2 for i, n in following.items())
    for index in order:
        if labels[index].kind == "scene":
            levels[index] = 3 if chapters else 2
        elif labels[index].kind == "act":
            levels[index] = 1 if are_parts else 3
    return levels


def _find_capitals(texts: Sequence[str], rest: Sequence[int], levels: Mapping[int, int]) -> list[int]:
    """Find lines in capitals that head chapters: several, each once, each between paragraphs of text."""
    found = []
    seen: dict[str, int] = {}
    for index in rest:
        words = texts[index].strip()
        is_line = len(words) <= 80 and not re.search(r"[\r\n]", words) and index - 1 not in levels
        if (
            is_line
            and not BARE_NUMERAL.fullmatch(words)
            and is_in_capitals(words)
            and not re.search(r"[,;:!?\"”“»«…—-]$|^[\"“«]", words)
        ):
            seen[words] = seen.get(words, 0) + 1
            if not _SIGN.search(words) and not _END.fullmatch(words):
                found.append(index)
    lines = set(found)
    found = [i for i in found if i + 1 < len(texts) and i + 1 not in lines and seen[texts[i].strip()] == 1]
    # A full stop ends a sign, a date or a signature, unless all headings are set so.
    without = [i for i in found if not texts[i].rstrip().endswith(".")]
    found = without if without or len(found) < 3 else found
    return found if len(found) > 1 and is_plausible(texts, found, levels) else []


def _find_story_titles(
    texts: Sequence[str], labels: Mapping[int, ChapterLabel], levels: Mapping[int, int]
) -> list[int]:
    """Find the titles of stories whose chapters count from one anew: the lines before each first chapter."""
    chapters = [i for i in sorted(labels) if levels[i] == 2 and labels[i].kind == "chapter"]
    firsts = [index for index in chapters if labels[index].value == 1]
    titles = [i - 1 for i in firsts if i > 0 and i - 1 not in labels and is_story_title(texts[i - 1])]
    return titles if len(firsts) > 1 and any(index > firsts[0] for index in titles) else []


def _make_heading(texts: Sequence[str], index: int, levels: Mapping[int, int]) -> Heading:
    """Join a heading with the subtitle below it."""
    label = plain_title(texts[index])
    last, title = index, label
    following = index + 1
    below = texts[following] if following + 1 < len(texts) and following not in levels else ""
    if below and _is_subtitle(below):
        last = following
        subtitle = plain_title(below)
        is_new = not letters_of(label).endswith(letters_of(subtitle))
        title = f"{label.rstrip(' .:')}. {subtitle}" if is_new else label
    return Heading(index=index, level=levels[index], label=label, title=title, last=last)


def _is_subtitle(words: str) -> bool:
    words = words.strip()
    if len(words) > LONGEST or words[-1:] in ',;"”!?':
        return False
    if is_in_capitals(words):
        return True
    capital = re.findall(r"[^\W\d_]{4,}", words)
    return (
        is_title(words.strip("_"))
        and len(words) <= 60
        and bool(capital)
        and all(word[0].isupper() for word in capital)
    )


def starts_chapter(line: str) -> bool:
    """Tell whether a line of a text without blank lines names a chapter."""
    label = find_label(line)
    return label is not None and label.kind not in {"act", "scene"}
