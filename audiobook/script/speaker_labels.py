"""Scripts, interviews and chats: who speaks stands as a label before the line.

    ALICE: Hello, Bob.     Q. And then?     <mira> ok     [12:05] bob: back     LADY B. (rising): Never!

A label is no part of the line, so `divide_labels` makes each line a paragraph of its own and leaves the
label out, as a `Skip` of the book; `find_labels` tells the lines again by these.  One "Note: …" makes no
script: the labels of a stretch must take turns.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from audiobook.model import NARRATOR, Book, Paragraph, Script, Skip, Utterance
from audiobook.script.answers import continue_answers
from audiobook.script.label_patterns import (
    ACTION,
    ALONE,
    DATED,
    EXTENSION,
    MOMENT,
    PATTERNS,
    WHOLE,
    WHOLE_DATED,
)
from audiobook.script.layout import Passage
from audiobook.script.marks import Quoted, find_quoted
from audiobook.script.utterances import clean

LABEL = "speaker's label"
"""The reason of the skip."""
TIME = "time of a message"

_DIRECTION = re.compile(r"\s*(?:\([^()\n]{1,200}\)|\[[^\[\]\n]{1,200}\])[:.]?\s*")
_AFTER_SENTENCE = re.compile(r"[.!?…—–-][\"”’']?\s*\Z")
_SENTENCE_ENDS = 3
"""Characters that this may have; the white space behind them is the direction's."""
_TALK_END = re.compile(r"[.!?…—–)\]\"”’'*-]\s*\Z")
_SMALL = re.compile("[a-zß-öø-ÿ]{2}")
_TALKING = re.compile(r"[?!]|(?i:\b(?:i|you|we|me|yes|no|ok|hey|hi|lol|your|my|what|why|oh)\b)")
_NO_SPEAKERS = frozenset(
    "note notes warning ps p.s. nb n.b. chapter part act scene date time to from subject re cc bcc title "
    "author name class level rank quest reward skill status hp mp xp exp int ext http https step figure "
    "table race example answer total result summary location setting characters cast place source isbn "
    "address phone tel email monday tuesday wednesday thursday saturday sunday".split()
) | {"the end"}
"""In small letters; Friday is a name as well."""
_HEADINGS = frozenset("scene act chapter part int ext int. ext. enter exit exeunt prologue epilogue".split())
_QUOTES = re.compile('["“”„«»]')
_FEWEST_LINES = 3
_MOST_BETWEEN = 6
"""Lines without a label between two of one scene: directions, and speech that goes on."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that may have a label: its span, where label and words end and begin, and whose it is."""

    number: int
    start: int
    label_end: int
    end: int
    name: str
    kind: str


def divide_labels(book: Book) -> Book:
    """Return a book in which each labelled line is a paragraph, and its label is left out."""
    lines = _find_lines(book)
    if not lines:
        return book
    starts = [line.start for line in lines]
    chapters = []
    for chapter in book.chapters:
        paragraphs: list[Paragraph] = []
        for paragraph in chapter.paragraphs:
            own = lines[bisect_left(starts, paragraph.start) : bisect_left(starts, paragraph.end)]
            paragraphs += _divide(book.text, paragraph, own)
        chapters.append(replace(chapter, paragraphs=tuple(paragraphs)))
    skips = [
        Skip(start=each.start, end=each.label_end, reason=LABEL if each.name else TIME)
        for each in lines
        if any(map(str.isalnum, book.text[each.start : each.label_end]))
    ]
    skipped = tuple(sorted((*book.skipped, *skips), key=lambda skip: skip.start))
    return replace(book, chapters=tuple(chapters), skipped=skipped)


def _divide(text: str, paragraph: Paragraph, lines: Sequence[_Line]) -> Iterator[Paragraph]:
    begins = [paragraph.start, *(line.label_end for line in lines)]
    ends = [*(line.start for line in lines), paragraph.end]
    for begin, end in zip(begins, ends, strict=True):
        words = text[begin:end]
        start, stop = begin + len(words) - len(words.lstrip()), begin + len(words.rstrip())
        if start < stop:
            opens = paragraph.follows_scene_break and begin in (paragraph.start, begins[1:2] or 0)
            yield replace(paragraph, start=start, end=stop, follows_scene_break=opens)


def _find_lines(book: Book) -> list[_Line]:
    """Return the labelled lines of a book in order, and the actions of its chats (without a name)."""
    found: list[_Line] = []
    for chapter in book.chapters:
        number = 0
        lines: list[_Line] = []
        actions: list[_Line] = []
        for paragraph, following in pairwise((*chapter.paragraphs, None)):
            if paragraph is None or paragraph.kind == "heading":
                continue
            place = (book.text, paragraph.start, paragraph.end)
            kind, whole = "played", WHOLE.fullmatch(*place)
            if whole is None:
                kind, whole = "dated", WHOLE_DATED.fullmatch(*place)
            if whole and following and following.kind == "body":
                name = " ".join(whole["name"].split())
                number += 1
                if name.lower() not in _NO_SPEAKERS and name.split()[0].lower() not in _HEADINGS:
                    end = following.end
                    lines.append(_Line(number, paragraph.start, paragraph.end, end, name, kind))
                continue
            for start, end in _lines_of(book.text, paragraph):
                number += 1
                line = _read(book.text, start, end, paragraph.end, number)
                if line is not None:
                    (lines if line.name else actions).append(line)
        kept = [line for run in _runs(lines) for line in _talk_of(book.text, run)]
        chats = [line.number for line in kept if line.kind == "chat"]
        near = [each for each in actions if chats and chats[0] < each.number <= chats[-1] + 1]
        found += sorted((*kept, *near), key=lambda line: line.start)
    return found


def _lines_of(text: str, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    start = paragraph.start
    for words in text[paragraph.start : paragraph.end].splitlines(keepends=True):
        yield start, start + len(words)
        start += len(words)


def _read(text: str, start: int, end: int, stop: int, number: int) -> _Line | None:
    """Read the line [start, end) of a paragraph that ends at `stop`."""
    for kind, pattern in PATTERNS:
        last = stop if pattern in (ALONE, DATED) else end
        match = pattern.match(text, start, last)
        if match is None or not text[match.end() : last].strip():
            continue
        groups = match.groupdict()
        name = " ".join((groups["name"] or groups["nick"]).split())
        if name.lower() in _NO_SPEAKERS or name.split()[0].lower() in _HEADINGS:
            return None
        return _Line(number, start, match.end(), last, name, kind)
    action = ACTION.match(text, start, end)
    return _Line(number, start, action.end(), end, "", "chat") if action else None


def _runs(lines: Sequence[_Line]) -> Iterator[list[_Line]]:
    """Yield the labelled lines that stand together."""
    run: list[_Line] = []
    for line in lines:
        if run and line.number - run[-1].number > _MOST_BETWEEN:
            yield run
            run = []
        run.append(line)
    if run:
        yield run


def _talk_of(text: str, run: Sequence[_Line]) -> list[_Line]:
    """Return the lines of a run that are said; a label that never has talk is none ("Armour: Mail")."""
    talking = {
        line.name for line in run if line.kind == "chat" or _holds_talk(text[line.label_end : line.end])
    }
    talk = [line for line in run if line.name in talking]
    return talk if _is_talk(text, talk) else []


def _holds_talk(words: str) -> bool:
    return (
        _TALKING.search(words) is not None or (_SMALL.search(words) and _TALK_END.search(words)) is not None
    )


def _is_talk(text: str, run: Sequence[_Line]) -> bool:
    """Tell whether lines are said: their labels take turns and come again, and they hold sentences."""
    names = Counter(line.name for line in run)
    if sum(line.kind == "chat" for line in run) > 1:
        return True
    if len(run) < _FEWEST_LINES or not 1 < len(names) < len(run):
        return False
    if all(line.kind == "dated" for line in run):
        return _are_messages(text, run)
    nicks = {line.name for line in run if line.kind == "nick"}
    if any(names[nick] < 2 for nick in nicks):  # "note: …" is written small as well
        return False
    changes = sum(one.name != other.name for one, other in pairwise(run))
    words = [text[line.label_end : line.end] for line in run]
    said = sum(1 for each in words if _SMALL.search(each) and _TALK_END.search(each))
    talked = sum(1 for each in words if _TALKING.search(each))
    holds_talk = 4 * said >= 3 * len(run) or (3 * talked >= len(run) and min(names.values()) > 1)
    return holds_talk and 2 * changes >= len(run) - 1


def _are_messages(text: str, run: Sequence[_Line]) -> bool:
    """Tell messages under their senders and times from a story's "Berlin 14:05": most talk to somebody."""
    words = [text[line.label_end : line.end] for line in run]
    if any(_QUOTES.search(each) for each in words):
        return False
    return 3 * sum(1 for each in words if _TALKING.search(each)) >= len(run)


def say_labels(script: Script) -> Script:
    """Return a script in which the narrator reads each label before its line."""
    labels = [skip for skip in script.skipped if skip.reason == LABEL]
    if not labels:
        return script
    chapters = []
    said: set[Skip] = set()
    at = 0
    for chapter in script.chapters:
        utterances: list[Utterance] = []
        done = 0
        for each in chapter.utterances:
            while at < len(labels) and labels[at].start < done:
                at += 1
            follows = each.follows
            if at < len(labels) and labels[at].end <= each.start:
                label = labels[at]
                said.add(label)
                at += 1
                words = clean(script.book.text[label.start : label.end])
                utterances.append(
                    replace(
                        each, start=label.start, end=label.end, text=words,
                        kind="narration", speaker=NARRATOR, delivery=(), language=None,
                    )
                )  # fmt: skip
                follows = "speaker"
            utterances.append(replace(each, follows=follows))
            done = each.end
        chapters.append(replace(chapter, utterances=tuple(utterances)))
    skipped = tuple(skip for skip in script.skipped if skip not in said)
    return replace(script, chapters=tuple(chapters), skipped=skipped)


def find_labels(book: Book) -> dict[int, str]:
    """Return whose line a paragraph is, by where the paragraph starts."""
    starts = [paragraph.start for chapter in book.chapters for paragraph in chapter.paragraphs]
    found: dict[int, str] = {}
    for skip in book.skipped:
        if skip.reason == LABEL:
            at = bisect_left(starts, skip.end)
            if at < len(starts):
                found[starts[at]] = _name_of(book.text[skip.start : skip.end])
    if found:
        for chapter in book.chapters:
            found.update(list(continue_answers(book.text, chapter.paragraphs, found)))
    return found


def _name_of(label: str) -> str:
    bare = re.sub(rf"{EXTENSION}|{MOMENT}|[\[\]<>()*:]", " ", label)
    return " ".join(bare.split()).strip(" .-—–")


def quote_all(text: str, passages: Sequence[Passage], labels: Mapping[int, str]) -> list[Quoted]:
    """Return all stretches between marks, and the labelled lines, in order."""
    quoted = find_quoted(text, hide_labelled(passages, labels))
    return sorted([*quoted, *quote_lines(text, passages, labels)], key=lambda each: each.start)


def hide_labelled(passages: Iterable[Passage], labels: Mapping[int, str]) -> list[Passage]:
    """Return passages in which nothing is looked for where a label tells all."""
    return [replace(each, is_heading=True) if each.start in labels else each for each in passages]


def quote_lines(text: str, passages: Iterable[Passage], labels: Mapping[int, str]) -> Iterator[Quoted]:
    """Yield what is said of labelled passages: all but the directions in them."""
    for passage in passages:
        if passage.start not in labels:
            continue
        at = passage.start
        lead = _DIRECTION.match(text, at, passage.end)
        at = lead.end() if lead else at
        if text[at : at + 1] == ":":
            at += 1
        for direction in _DIRECTION.finditer(text, at, passage.end):
            if (
                _AFTER_SENTENCE.search(text, max(at, direction.start() - _SENTENCE_ENDS), direction.start())
                and text[direction.start() - 1 : direction.start()] != "("
            ):
                yield from _quote(text, passage, at, direction.start())
                at = direction.end()
        yield from _quote(text, passage, at, passage.end)


def _quote(text: str, passage: Passage, start: int, end: int) -> Iterator[Quoted]:
    words = text[start:end]
    start, end = start + len(words) - len(words.lstrip(' \t\n*"“')), start + len(words.rstrip(' \t\n*"”'))
    if any(map(str.isalnum, text[start:end])):
        yield Quoted(
            start=start, end=end, outer_start=start, outer_end=end, passage=passage.index, style="label"
        )
