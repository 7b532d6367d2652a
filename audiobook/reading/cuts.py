"""Where chapters begin, and how headings tell."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from audiobook.reading.chapter_labels import ChapterLabel, find_label
from audiobook.reading.flow import Block, Flow
from audiobook.reading.headings import find_headings, is_label, rank_labels
from audiobook.reading.semantics import matter_of_title
from audiobook.reading.titles import letters_of
from audiobook.words import count_words

TITLE_PAGE = "title page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a chapter begins (an offset into the text), and its title.

    `matter` says why it is not read; `part` is the title of the part that it stands in.  `is_opening`:
    what follows is a part's title, with a motto perhaps, and no chapter.  `page` is the file that it is in
    (of an EPUB); `is_empty`: there is no text behind it.
    """

    start: int
    title: str
    matter: str | None = None
    part: str = ""
    is_opening: bool = False
    page: str = ""
    is_empty: bool = False


def cuts_at_headings(flow: Flow) -> list[Cut]:
    """Let chapters begin at the headings of the highest level that has several, or below it those of parts.

    Headings of higher levels begin one too, unless a lower one follows at once (as in a part's title).
    """
    named = _join_titles(flow)
    counts = Counter(block.level for block, name in named if matter_of_title(name) is None)
    levels = [level for level in sorted(counts) if counts[level] > 1]
    if not levels:
        levels = sorted(counts)[-1:]
    if not levels:
        return []
    level = levels[0]
    for below in levels[1:]:
        level = below if _holds_chapters(flow, named, level, below) else level
    # A single heading above all others is the book's own title.
    is_title = bool(named) and named[0][0].level < level and counts[named[0][0].level] == 1
    inside = _find_inner(flow, named, level)
    cuts: list[Cut] = []
    part = ""
    for block, name in named[1 if is_title else 0 :]:
        if block.level < level:
            part = name
        if block.level <= level and block.start not in inside:
            cuts.append(
                Cut(
                    start=block.start,
                    title=name,
                    matter=matter_of_title(name),
                    part=part if part != name else "",
                )
            )
    return cuts


def _holds_chapters(flow: Flow, named: Sequence[tuple[Block, str]], level: int, below: int) -> bool:
    """Tell whether headings of a level are parts, and those `below` their chapters."""
    held: list[list[tuple[Block, str]]] = []
    holders: list[tuple[Block, str]] = []
    for block, name in named:
        if block.level <= level:
            holders.append((block, name))
            held.append([])
        elif block.level == below and held:
            held[-1].append((block, name))
    pairs = [(holder, inner) for holder, inner in zip(holders, held, strict=True) if inner]
    labels = [find_label(name) for _, inner in pairs for _, name in inner]
    if len(labels) < 2 or any(_is_chapter(find_label(name)) for (_, name), _ in pairs):
        return False
    if sum(map(_is_chapter, labels)) * 2 >= len(labels):
        return True
    text = flow.text
    # One directly below each is its subtitle.
    subtitles = all(
        len(inner) == 1 and not text[block.end : inner[0][0].start].strip() for (block, _), inner in pairs
    )
    return not subtitles and all(PART.match(name) or _is_part(name) for (_, name), _ in pairs)


def _is_chapter(label: ChapterLabel | None) -> bool:
    return label is not None and label.kind == "chapter"


def _is_part(name: str) -> bool:
    label = find_label(name)
    return label is not None and label.kind in {"part", "act"}


def _find_inner(flow: Flow, named: Sequence[tuple[Block, str]], level: int) -> set[int]:
    """Return where headings begin that are a play's within a chapter."""
    names = {block.start: name for block, name in named if block.level <= level}
    labels = {
        index: label
        for index, block in enumerate(flow.blocks)
        if block.start in names and (label := find_label(names[block.start]))
    }
    return {flow.blocks[index].start for index, rank in rank_labels(labels).items() if rank == 3}


def mark_book_title(flow: Flow, title: str, author: str) -> None:
    """Call the headings before a book's first text its title page, where they are its title and author."""
    text = flow.text
    heads: list[Block] = []
    for block in flow.blocks:
        if block.skip or block.matter:
            continue
        if block.level:
            heads.append(block)
        elif count_words(text[block.start : block.end]) > _LONGEST_IMPRINT:
            break
    names = [" ".join(text[block.start : block.end].split()) for block in heads]
    count = next((i for i, name in enumerate(names) if find_label(name) or is_label(name)), len(names))
    own = _count_title(names[:count], title)
    later = Counter(b.level for b in flow.blocks if b.level and not b.skip and not b.matter)
    if not own and not title:
        top = [i for i in range(count) if heads[i].level == min(block.level for block in heads)]
        own = len(top) if 1 < len(top) == later[heads[0].level] and top[-1] == len(top) - 1 else 0
    if own:
        while own < count and _is_author(names[own], names[own - 1], author):
            own += 1
    if own < 2 or sum(later.values()) == own:
        return
    for block in heads[:own]:
        block.matter = TITLE_PAGE


def _count_title(names: Sequence[str], title: str) -> int:
    """Count the headings that are the book's title, one after the other."""
    wanted = letters_of(title)
    joined, count = "", 0
    for index, name in enumerate(names, 1):
        joined += letters_of(name)
        if not wanted.startswith(joined):
            break
        count = index
    return count if joined else 0


def _is_author(name: str, before: str, author: str) -> bool:
    words = name.casefold().strip(" .")
    return (
        words == "by"
        or words.startswith("by ")
        or before.casefold().strip(" .") == "by"
        or (len(words) > 2 and letters_of(words) in letters_of(author))
    )


def _join_titles(flow: Flow) -> list[tuple[Block, str]]:
    """Return the headings with their words; a chapter's number is one with the title right below it."""
    text = flow.text
    counts = Counter(" ".join(text[b.start : b.end].split()) for b in flow.blocks if b.level and not b.skip)
    joined: list[tuple[Block, str]] = []
    last: Block | None = None
    for block in flow.blocks:
        is_heading = block.level and not block.skip and block.matter != TITLE_PAGE
        if is_heading:
            name = " ".join(text[block.start : block.end].split())
            above = joined[-1] if joined and last is joined[-1][0] else None
            if (
                above
                and counts[above[1]] > 2
                and counts[name] < counts[above[1]]
                and block.level > above[0].level
            ):
                # The book's title, on every page anew.
                joined[-1] = (above[0], name)
                last = block
                continue
            if above and block.level >= above[0].level and is_label(above[1]) and not is_label(name):
                joined[-1] = (above[0], f"{above[1].rstrip(' .:')}. {name}")
            else:
                joined.append((block, name))
        last = block if block.skip is None else last
    return joined


def mark_plain_headings(flow: Flow) -> None:
    """Where a text has no headings of its own, find them among its paragraphs as in a plain text.

    A heading and its subtitle become blocks of one level, the list of contents gets its reason.
    """
    text = flow.text
    blocks = [block for block in flow.blocks if block.skip is None and block.matter is None]
    own = [block for block in blocks if block.level]
    # Headings before all text are the book's title.
    first = next(
        (b.start for b in blocks if not b.level and count_words(text[b.start : b.end]) > _LONGEST_IMPRINT), 0
    )
    blocks = [block for block in blocks if not block.level]
    if not blocks or (len(own) > 1 and own[-1].start > first):
        return
    headings, contents = find_headings([text[block.start : block.end] for block in blocks])
    for index, reason in contents.items():
        blocks[index].matter = reason
    above = max((block.level for block in own), default=0)
    for heading in headings:
        for index in range(heading.index, heading.last + 1):
            blocks[index].level = min(6, heading.level + above)


_LONGEST_IMPRINT = 12
"""Words of a paragraph on a title page."""
PART = re.compile(
    r"(?:(?:the )?(?:first|second|third|fourth|fifth|sixth|last) )?"
    r"(?:part|book|volume|vol\.|section|act|teil|buch|band|partie|livre|tome|parte|libro|livro|tomo|deel|boek"
    r"|część|tom|księga|часть|книга|том|частина|část|díl|kniha|del|bok|osa|kirja|kısım|cilt|rész|kötet"
    r"|partea|cartea)\b|第.{1,5}[卷巻部]|제 ?\d+ ?[부권]",
    re.IGNORECASE,
)
"""How titles of parts begin, which hold chapters."""
