"""A PDF's lines and bookmarks, as `foreign` finds them, become a book."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import Any

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.choices import ReadingChoices
from audiobook.reading.flow import LIGATURES, Flow, SourceText, Style
from audiobook.reading.furniture import find_contents, find_furniture
from audiobook.reading.html import make_flow_book
from audiobook.reading.package import Metadata
from audiobook.reading.titles import letters_of
from audiobook.reading.toc import TocEntry, choose_cuts
from audiobook.reading.typeset import (
    PrintedLine,
    PrintedStretch,
    find_body_size,
    set_drop_caps,
    set_paragraphs,
)
from audiobook.words import count_words

_PROGRAMS_TITLE = re.compile(
    r"^Microsoft Word - |\.(?:docx?|odt|rtf|html?|tex|indd|pdf)$|^untitled$", re.IGNORECASE
)
"""What programs write as a title: the name of the file that was printed."""
_TOLERANCE = 2.0
"""Type sizes by which a bookmark may point above its heading's line, or below it."""


def make_pdf_book(path: Path, found: Mapping[str, Any], choices: ReadingChoices) -> Book:
    """Make a book of what a PDF holds: pages of [text, x, y, size, is bold], an outline.

    Its bookmarks are [level, title, page, y].  Raises `SourceError` where there is no text.
    """
    pages = [
        set_drop_caps([PrintedLine(number, t.translate(LIGATURES), *rest) for t, *rest in page])
        for number, page in enumerate(found["pages"])
    ]
    lines = list(chain.from_iterable(pages))
    if not any(character.isalnum() for line in lines for character in line.text):
        raise SourceError(
            f"{path}: holds no text, only pictures of it; scan it with a text recognition first"
        )
    body, outline = find_body_size(lines), found["outline"]
    furniture = find_furniture(pages, body)
    text = [line for line in lines if line not in furniture]
    furniture |= find_contents(text, body, [title for _, title, *_ in outline])
    stretches = set_paragraphs([line for line in text if line not in furniture])
    flow = Flow(str(path))
    flow.sources.append(SourceText("", "\n".join(line.text for line in lines)))
    places = _place_entries(outline, stretches)
    _fill(flow, stretches, furniture, places)
    words = {number: stretches[index].text for index, numbers in places.items() for number in numbers}
    entries = _nest([(row[0], _spell(row[1], words.get(number, ""))) for number, row in enumerate(outline)])
    title = str(found["title"] or "").strip()
    text_of_flow = flow.text
    cuts = choose_cuts(entries, flow, title, lambda start, end: count_words(text_of_flow[start:end]))
    metadata = Metadata(
        title=None if _PROGRAMS_TITLE.search(title) else title or None,
        author=str(found["author"] or "").strip() or None,
        language=found["language"],
    )
    are_chapters = len([cut for cut in cuts if not cut.matter]) > 1
    return make_flow_book(path, flow, metadata, choices, cuts if are_chapters else ())


def _fill(
    flow: Flow,
    stretches: Sequence[PrintedStretch],
    furniture: Mapping[PrintedLine, str],
    places: Mapping[int, list[int]],
) -> None:
    """Add the paragraphs, and behind each what stands at the edges of the pages that it ends."""
    rest = sorted(furniture, key=lambda line: line.page)
    for index, stretch in enumerate(stretches):
        while rest and rest[0].page < stretch.lines[0].page:
            _leave_out(flow, rest.pop(0), furniture)
        for number in places.get(index, ()):
            flow.mark(_name(number))
        level = stretch.level or (2 if index in places and len(stretch.text) < _LONGEST_BOOKMARK else 0)
        flow.add(stretch.text, Style(level=level))
    for line in rest:
        _leave_out(flow, line, furniture)


def _leave_out(flow: Flow, line: PrintedLine, furniture: Mapping[PrintedLine, str]) -> None:
    flow.add(line.text, Style(skip=furniture[line]))


_LONGEST_BOOKMARK = 100
"""Characters of a paragraph that a bookmark may call a heading."""


def _place_entries(
    outline: Sequence[Sequence[Any]], stretches: Sequence[PrintedStretch]
) -> dict[int, list[int]]:
    """Return at which stretches the bookmarks point: at the one with their words, else the next one there."""
    pages = [stretch.lines[0].page for stretch in stretches]
    places: dict[int, list[int]] = {}
    for number, (_, title, page, top) in enumerate(outline):
        after = bisect_right(pages, page)
        near = [
            *(
                index
                for index in range(bisect_left(pages, page), after)
                if top is None or (line := stretches[index].lines[0]).y <= top + _TOLERANCE * line.size
            ),
            *range(after, bisect_right(pages, page + 1)),
        ]
        named = [index for index in near if _is_called(stretches[index].text, title)]
        place = next(iter(named or near), after)
        if place < len(stretches):
            places.setdefault(place, []).append(number)
    return places


def _spell(title: str, words: str) -> str:
    """Return a bookmark's title as its heading has it: browsers lose the spaces at line ends."""
    return words if letters_of(words) == letters_of(title) else " ".join(title.split())


def _is_called(words: str, title: str) -> bool:
    own, other = letters_of(words), letters_of(title)
    return bool(own) and (own == other or (own in other and len(own) * 2 > len(other)))


def _nest(rows: Sequence[tuple[int, str]]) -> tuple[TocEntry, ...]:
    """Return bookmarks (level, title) as a table of contents."""
    rest = deque(enumerate(rows))

    def take(depth: int) -> Iterator[TocEntry]:
        while rest and rest[0][1][0] >= depth:
            number, (level, title) = rest.popleft()
            yield TocEntry(title=title, target=_name(number), entries=tuple(take(level + 1)))

    return tuple(take(0))


def _name(number: int) -> str:
    return f"#{number}"
