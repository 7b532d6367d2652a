"""Tables of contents (EPUB 3 navigation documents, NCX) and which of their entries are chapters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.reading.cuts import PART, Cut
from audiobook.reading.flow import Flow
from audiobook.reading.markup import Resolve, text_of, types_of
from audiobook.reading.semantics import matter_of_title, matter_of_types

if TYPE_CHECKING:
    from lxml.etree import _Element

_KEYWORD = re.compile(
    r"(?:chapter|chap\.|kapitel|chapitre|capítulo|capitulo|capitolo|hoofdstuk|rozdział|kapitola|глава|letter"
    r"|stave|canto|scene)\b|第.{1,6}[章回話话]|제\s?\d+\s?장",
    re.IGNORECASE,
)
_CHAPTER = re.compile(rf"{_KEYWORD.pattern}|(?:[ivxlc]+|\d+)\W*$|(?:\d+|[ivxlc]+)[.:]\s", re.IGNORECASE)
_LONGEST_OPENING = 60
"""Words between a part's beginning and its first chapter that make no chapter: titles, an epigraph."""
_FAR = 3_000
"""Characters in which so many words are found, if there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TocEntry:
    """An entry of the contents: title, target (`file#id`; None for a mere label), entries below it."""

    title: str
    target: str | None
    entries: tuple[TocEntry, ...] = ()
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedEntry:
    """An entry whose target has been found in the text."""

    title: str
    start: int
    file: str
    depth: int
    part: str
    matter: str | None
    entries: tuple[PlacedEntry, ...]


def read_nav(root: _Element, resolve: Resolve) -> tuple[TocEntry, ...]:
    """Read the contents of a navigation document (EPUB 3.3 section 7)."""
    for nav in root.iter("nav"):
        if "toc" in types_of(nav) or "doc-toc" in types_of(nav):
            top = nav.find(".//ol")
            return () if top is None else tuple(_read_list(top, resolve))
    return ()


def read_landmarks(root: _Element, resolve: Resolve) -> list[tuple[str, str]]:
    """Read (type, target) of a navigation document's landmarks."""
    found = []
    for nav in root.iter("nav"):
        if "landmarks" in types_of(nav):
            for link in nav.iter("a"):
                target = resolve(link.get("href", ""))
                found += [(name, target) for name in types_of(link) if target]
    return found


def _read_list(top: _Element, resolve: Resolve) -> Iterator[TocEntry]:
    for item in top.findall("li"):
        below = item.find("ol")
        label = _find_label(item)
        # A hidden list is finer than a reader is meant to see.
        is_shown = below is not None and below.get("hidden") is None
        entries = tuple(_read_list(below, resolve)) if below is not None and is_shown else ()
        title = text_of(label) if label is not None else ""
        target = resolve(label.get("href", "")) if label is not None and label.get("href") else None
        types = tuple(types_of(label)) if label is not None else ()
        yield TocEntry(title=title, target=target, entries=entries, types=types)


def _find_label(item: _Element) -> _Element | None:
    """Return an entry's link, or the words it has instead, wherever they stand before the list below."""
    own = [child for child in item if child.tag != "ol"]
    links = [link for child in own for link in child.iter("a")]
    return next(iter([*links, *(child for child in own if child.tag in {"span", "p", "div"})]), None)


def read_ncx(root: _Element, resolve: Resolve) -> tuple[TocEntry, ...]:
    """Read an NCX's map of the book (OPF 2.0.1 section 2.4.1; DAISY Z39.86-2005 section 8)."""

    def read_points(parent: _Element) -> Iterator[TocEntry]:
        for point in parent.findall("{*}navPoint"):
            label = point.find("{*}navLabel")
            content = point.find("{*}content")
            yield TocEntry(
                title=text_of(label) if label is not None else "",
                target=resolve(content.get("src", "")) if content is not None else None,
                entries=tuple(read_points(point)),
            )

    start = root.find("{*}navMap")
    return () if start is None else tuple(read_points(start))


def list_entries(entries: Sequence[TocEntry]) -> Iterator[TocEntry]:
    """Yield all entries in their order, those below others too."""
    for entry in entries:
        yield entry
        yield from list_entries(entry.entries)


def choose_cuts(
    entries: Sequence[TocEntry], flow: Flow, title: str, count_words: Callable[[int, int], int]
) -> list[Cut]:
    """Return where chapters begin, as the contents have it, in the text's order.

    Parts are opened into their chapters, chapters are not opened into their sections.  `title` is the
    book's; `count_words` counts those between two offsets.
    """
    placed = _place(entries, flow.anchors)
    cuts: list[Cut] = []
    by_depth: dict[int, list[PlacedEntry]] = {}
    for entry in _all(placed):
        if not entry.matter:
            by_depth.setdefault(entry.depth, []).append(entry)

    def visit(entry: PlacedEntry) -> None:
        first = min((child.start for child in entry.entries), default=entry.start)
        end = min(first, entry.start + _FAR)
        own = count_words(entry.start, end) > _LONGEST_OPENING if entry.start < first else False
        is_title = _same(entry.title, title) and not own
        if not _is_part(entry, by_depth.get(entry.depth, []), is_title=is_title, has_text=own):
            cuts.append(
                Cut(
                    start=entry.start,
                    title=entry.title,
                    matter=entry.matter,
                    part=entry.part,
                    page=entry.file,
                )
            )
            return
        if entry.start < first:
            # A part's own words are a chapter; a title alone is read before its first chapter.
            part = "" if own else entry.part
            cuts.append(
                Cut(
                    start=entry.start,
                    title=entry.title,
                    part=part,
                    matter=entry.matter,
                    is_opening=not own,
                    page=entry.file,
                )
            )
        for child in entry.entries:
            visit(child)

    for entry in placed:
        visit(entry)
    return sorted(cuts, key=lambda cut: cut.start)


def _same(one: str, other: str) -> bool:
    return bool(one.strip()) and " ".join(one.casefold().split()) == " ".join(other.casefold().split())


def _place(
    entries: Sequence[TocEntry], anchors: Mapping[str, int], depth: int = 0, part: str = ""
) -> tuple[PlacedEntry, ...]:
    """Find the entries in the text; labels give their place to the entries below them."""
    placed: list[PlacedEntry] = []
    for entry in entries:
        file = (entry.target or "").partition("#")[0]
        start = anchors.get(entry.target or "", anchors.get(file, -1)) if entry.target else -1
        if start < 0 and not entry.target:
            placed += _place(entry.entries, anchors, depth, entry.title or part)
        elif start < 0:
            placed += _place(entry.entries, anchors, depth, part)
        else:
            matter = matter_of_types(entry.types) or matter_of_title(entry.title)
            below = _place(entry.entries, anchors, depth + 1, entry.title)
            placed.append(
                PlacedEntry(
                    title=entry.title,
                    start=start,
                    file=file,
                    depth=depth,
                    part=part,
                    matter=matter,
                    entries=below,
                )
            )
    return tuple(placed)


def _all(entries: Sequence[PlacedEntry]) -> Iterator[PlacedEntry]:
    for entry in entries:
        yield entry
        yield from _all(entry.entries)


def _is_part(entry: PlacedEntry, peers: Sequence[PlacedEntry], *, is_title: bool, has_text: bool) -> bool:
    """Tell whether an entry holds chapters: by its title, by theirs, by its like, and by its chapters' files.

    `is_title`: it is called as the book is; `has_text`: it has more words of its own than a title has.
    """
    if not entry.entries:
        return False
    if is_title:
        return True
    named = sum(1 for child in entry.entries if _KEYWORD.match(child.title) or PART.match(child.title))
    if named * 2 > len(entry.entries) and not _CHAPTER.match(entry.title):
        return True
    if entry.matter:
        return False
    if PART.match(entry.title):
        return True
    if _CHAPTER.match(entry.title):
        return False
    if len(peers) == 1:
        return True
    holders = [peer for peer in peers if peer.entries]
    elsewhere = sum(1 for child in entry.entries if child.file != entry.file)
    files = {child.file for child in entry.entries}
    # A page that holds a title alone, and as many files below it as entries.
    if not has_text and elsewhere == len(files) == len(entry.entries):
        return True
    return len(holders) * 2 >= len(peers) and elsewhere * 2 >= len(entry.entries)
