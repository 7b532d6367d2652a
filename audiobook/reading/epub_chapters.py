"""Where an EPUB's chapters begin, and which of its pages are front or back matter."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, replace

from audiobook.reading.chapter_labels import find_label
from audiobook.reading.copyright import is_copyright_page
from audiobook.reading.cuts import Cut, cuts_at_headings, mark_plain_headings
from audiobook.reading.flaws import Flaws
from audiobook.reading.flow import Block, Flow
from audiobook.reading.headings import is_label
from audiobook.reading.semantics import SHORT_MATTER, matter_of_title, matter_of_types
from audiobook.reading.titles import letters_of
from audiobook.reading.toc import TocEntry, choose_cuts, list_entries
from audiobook.words import count_words

_ONE_PAGE = SHORT_MATTER | {"contents"}
"""Matter that ends with its page: what the contents don't name after it is the book again."""
_LONGEST_UNTITLED = 200
"""Words of a page whose first line, no heading, says that it is a cover or its like."""
COPYRIGHT = "copyright page"
_MOST_TITLES = 3
"""Paragraphs over which a chapter's title may stand: its number, its name, what is below it."""
_FEWEST_HEADINGS = 4
"""Headings, of any words, that are chapters although the contents name but one."""
_TITLE_LEVEL = 2
_LONGEST_HEADING = 500
"""Characters of a paragraph that may have an entry's words."""
_LONGEST_TITLE = 60
"""Characters of a page's first line that may say what the page is without being a heading."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """The text of an EPUB as its pages have it: where each begins, and the blocks that may be read."""

    flow: Flow
    text: str
    starts: Mapping[str, int]
    """In reading order."""
    blocks: Mapping[str, Sequence[Block]]

    def words(self, block: Block) -> str:
        """Return a block's text on one line."""
        return " ".join(self.text[block.start : block.end].split())


def spread_pages(flow: Flow, names: Sequence[str]) -> Spread:
    """Divide a flow among the pages that it was read from."""
    text = flow.text
    starts = {name: flow.anchors[name] for name in names if name in flow.anchors}
    begins = [block.start for block in flow.blocks]
    blocks = {}
    order = list(starts)
    for name, following in zip(order, [*order[1:], ""], strict=True):
        last = bisect_left(begins, starts[following]) if following else len(begins)
        own = flow.blocks[bisect_left(begins, starts[name]) : last]
        blocks[name] = [block for block in own if block.skip is None]
    return Spread(flow=flow, text=text, starts=starts, blocks=blocks)


def find_whole_pages(
    marks: Sequence[tuple[str, str]], contents: Sequence[TocEntry]
) -> Iterator[tuple[str, str]]:
    """Yield the pages that are front or back matter as a whole: as the guide or landmarks say."""
    named: dict[str, list[str]] = {}
    for entry in list_entries(contents):
        named.setdefault((entry.target or "").partition("#")[0], []).append(entry.title)
    for name, target in marks:
        matter = matter_of_types([name])
        file, _, fragment = target.partition("#")
        entries = named.get(file, [])
        # A part of a page is told by its own markup or by the contents; a page with several chapters
        # is no front matter, nor is one an index that the contents give another name.
        is_chapter = len(entries) == 1 and matter not in SHORT_MATTER and not matter_of_title(entries[0])
        if matter and not fragment and len(entries) <= 1 and not is_chapter:
            yield file, matter


def find_cuts(
    spread: Spread, contents: Sequence[TocEntry], title: str, source: str, flaws: Flaws
) -> list[Cut]:
    """Find where chapters begin: as the contents say, else at headings, else with each page.

    Entries that lead to no text of their own are cuts too, `is_empty`.
    """
    flow = spread.flow
    found = choose_cuts(contents, flow, title, lambda start, end: count_words(spread.text[start:end]))
    empty, found = _part_empty(spread, _place_anew(spread, found))
    listed = [cut for cut in found if not cut.matter]
    cuts = _add_pages_outside(spread, found)
    _mark_matter(spread, cuts)
    if len(listed) < 2:
        mark_plain_headings(flow)
    matter = {block.start for block in flow.blocks if block.matter}
    by_heading = [cut for cut in cuts_at_headings(flow) if cut.start not in matter]
    if len(listed) >= 2 or (listed and not _outdo(by_heading, listed[0])):
        _mark_titles(spread, listed)
        return [*cuts, *empty]
    known = {cut.start for cut in by_heading}
    besides = [cut for cut in cuts if cut.start not in known]
    if len([cut for cut in by_heading if not cut.matter]) >= 2:
        flaws.note(source, "has no table of contents to go by; chapters begin at headings")
        return sorted([*by_heading, *besides], key=_start) + empty
    if len(spread.starts) > 1 and not listed:
        flaws.note(source, "has no contents and no headings; chapters begin with pages")
        left_out = [cut for cut in cuts if cut.matter]
        by_page = _cuts_at_pages(spread, {cut.start for cut in left_out})
        return sorted([*by_page, *left_out], key=_start) + empty
    return [*(cuts or by_heading), *empty]


def _outdo(by_heading: Sequence[Cut], listed: Cut) -> bool:
    """Tell whether headings know more than the contents' only entry: they are many, or say "Chapter"."""
    labels = [find_label(cut.title) for cut in by_heading]
    chapters = sum(1 for label in labels if label and label.kind == "chapter")
    return len(by_heading) >= _FEWEST_HEADINGS or (chapters > 1 and find_label(listed.title) is None)


def _mark_matter(spread: Spread, cuts: Sequence[Cut]) -> None:
    """Give the blocks of pages that are matter as a whole their reason, so that they head no chapter."""
    reasons = {cut.start: cut.matter for cut in cuts if cut.matter}
    for name, start in spread.starts.items():
        for block in spread.blocks[name] if start in reasons else ():
            block.matter = block.matter or (None if block.is_kept else reasons[start])


def _mark_titles(spread: Spread, cuts: Sequence[Cut]) -> None:
    """Make headings of the plain paragraphs at a chapter's beginning that say what the contents call it."""
    blocks = [block for block in spread.flow.blocks if block.skip is None]
    begins = [block.start for block in blocks]
    for cut in cuts:
        first = bisect_left(begins, cut.start)
        label = find_label(cut.title)
        wholes = {letters_of(cut.title)}
        if label and label.value is not None:
            wholes.add(letters_of(f"{label.value:g}{label.rest}"))
        said = ""
        for last, block in enumerate(blocks[first : first + _MOST_TITLES], start=first + 1):
            said += letters_of(spread.words(block))
            if block.level or not any(whole.startswith(said) for whole in wholes):
                break
            if said and said in wholes:
                for part in blocks[first:last]:
                    part.level = _TITLE_LEVEL
                break


def _place_anew(spread: Spread, cuts: Sequence[Cut]) -> list[Cut]:
    """Where several entries lead to one place, since their ids are wrong, go by their headings' words."""
    placed: list[Cut] = []
    by_page: dict[str, Mapping[str, Sequence[int]]] = {}
    for cut in cuts:
        last = placed[-1] if placed else None
        if last and last.page == cut.page and last.start >= cut.start and cut.title and not cut.matter:
            if cut.page not in by_page:
                by_page[cut.page] = _list_starts(spread, cut.page)
            starts = by_page[cut.page].get(letters_of(cut.title), ())
            later = bisect_right(starts, last.start)
            placed.append(replace(cut, start=starts[later] if later < len(starts) else cut.start))
        else:
            placed.append(cut)
    return sorted(placed, key=_start)


def _list_starts(spread: Spread, page: str) -> Mapping[str, Sequence[int]]:
    """Return where a page's short paragraphs begin, by their letters."""
    starts: dict[str, list[int]] = {}
    for block in spread.blocks.get(page, ()):
        if block.end - block.start <= _LONGEST_HEADING:
            starts.setdefault(letters_of(spread.words(block)), []).append(block.start)
    starts.pop("", None)
    return starts


def _start(cut: Cut) -> int:
    return cut.start


def _part_empty(spread: Spread, cuts: Sequence[Cut]) -> tuple[list[Cut], list[Cut]]:
    """Part the entries behind which there is no text before another page's entry from the others.

    A page without text whose next page no entry names is the picture of a chapter's title, say.
    """
    begins = [block.start for block in spread.flow.blocks]
    places = [bisect_left(begins, cut.start) for cut in cuts]
    last = dict(zip(places, cuts, strict=True))
    empty: list[Cut] = []
    filled: list[Cut] = []
    for place, cut in zip(places, cuts, strict=True):
        if place < len(begins) and last[place].page == cut.page:
            filled.append(cut)
        elif not cut.matter:
            empty.append(replace(cut, start=min(cut.start, len(spread.text)), is_empty=True))
    return empty, filled


def _add_pages_outside(spread: Spread, cuts: Sequence[Cut]) -> list[Cut]:
    """Add the pages that the contents leave out where they are front or back matter, or follow such a page.

    A page is matter where its first line says so, or where it is a copyright page by all that it says.
    """
    by_start: dict[int, Cut] = {}
    for cut in cuts:
        known = by_start.get(cut.start)
        if known is None or (known.matter and not cut.matter):
            by_start[cut.start] = cut
    chapters = [cut.start for cut in cuts if not cut.matter and not cut.is_opening]
    before: Cut | None = None
    order = sorted(by_start)
    for name, start in spread.starts.items():
        blocks = spread.blocks[name]
        if not blocks:
            continue
        while order and order[0] < start:
            before = by_start[order.pop(0)]
        at_edge = not chapters or start < chapters[0] or start >= chapters[-1]
        own = by_start.get(start)
        if own:
            if not own.matter and at_edge and is_copyright_page(spread.words, blocks, signs=3):
                by_start[start] = replace(own, matter=COPYRIGHT)
            continue
        first = spread.words(blocks[0])
        title = first if blocks[0].level else ""
        reason = _reason_of(spread, blocks, first, at_edge=at_edge)
        if reason:
            before = by_start[start] = Cut(start=start, title=title, matter=reason, page=name)
        elif before and before.matter in _ONE_PAGE and before.page != name:
            before = by_start[start] = Cut(start=start, title=title, page=name, is_opening=True)
    return [by_start[start] for start in sorted(by_start)]


def _reason_of(spread: Spread, blocks: Sequence[Block], first: str, *, at_edge: bool) -> str | None:
    """Return why a page outside the contents is not read: by its first line, or by all that it says."""
    if at_edge and is_copyright_page(spread.words, blocks):
        return COPYRIGHT
    named = matter_of_title(first) if len(first) <= _LONGEST_TITLE else None
    if named is None or blocks[0].level:
        return named
    if any(block.level for block in blocks):
        return None
    is_short = sum(count_words(spread.words(block)) for block in blocks) <= _LONGEST_UNTITLED
    return named if named in _ONE_PAGE and at_edge and is_short else None


def _cuts_at_pages(spread: Spread, matter: Set[int]) -> list[Cut]:
    """Let each page be a chapter but those that are matter; a numeral alone is the title of the next."""
    cuts: list[Cut] = []
    is_titled = False
    for name, start in spread.starts.items():
        blocks = spread.blocks[name]
        if not blocks or start in matter:
            continue
        words = spread.words(blocks[0]) if len(blocks) == 1 or blocks[0].level else ""
        is_title = len(blocks) == 1 and is_label(words)
        if not is_titled:
            title = words if is_title or blocks[0].level else f"Chapter {len(cuts) + 1}"
            cuts.append(Cut(start=start, title=title))
        is_titled = is_title
    return cuts
