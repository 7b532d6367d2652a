"""Where chapters begin, and how headings tell."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from audiobook.reading.flow import Block, Flow
from audiobook.reading.headings import find_headings, is_label
from audiobook.reading.semantics import matter_of_title

TITLE_PAGE = "title page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """Where a chapter begins (an offset into the text), and its title.

    `matter` says why it is not read; `part` is the title of the part that it stands in.  `is_opening`:
    what follows is a part's title, with a motto perhaps, and no chapter.
    """

    start: int
    title: str
    matter: str | None = None
    part: str = ""
    is_opening: bool = False


def cuts_at_headings(flow: Flow) -> list[Cut]:
    """Let chapters begin at the headings of the highest level that has several.

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
    below = [other for other in levels if other > level and counts[other] > 2 * counts[level]]
    if below and all(PART.match(name) for block, name in named if block.level == level):
        level = below[0]
    # A single heading above all others is the book's own title.
    is_title = bool(named) and named[0][0].level < level and counts[named[0][0].level] == 1
    cuts: list[Cut] = []
    part = ""
    for block, name in named[1 if is_title else 0 :]:
        if block.level < level:
            part = name
        if block.level <= level:
            cuts.append(
                Cut(
                    start=block.start,
                    title=name,
                    matter=matter_of_title(name),
                    part=part if part != name else "",
                )
            )
    return cuts


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
    blocks = [block for block in flow.blocks if block.skip is None and block.matter is None]
    own = [block for block in blocks if block.level]
    # A single heading is the book's title.
    blocks = [block for block in blocks if not block.level]
    if not blocks or len(own) > 1:
        return
    text = flow.text
    headings, contents = find_headings([text[block.start : block.end] for block in blocks])
    for index, reason in contents.items():
        blocks[index].matter = reason
    for heading in headings:
        for index in range(heading.index, heading.last + 1):
            blocks[index].level = min(6, heading.level + (own[0].level if own else 0))


PART = re.compile(
    r"(?:(?:the )?(?:first|second|third|fourth|fifth|sixth|last) )?"
    r"(?:part|book|volume|vol\.|section|act|teil|buch|band|partie|livre|tome|parte|libro|deel|boek)\b",
    re.IGNORECASE,
)
"""How titles of parts begin, which hold chapters."""
