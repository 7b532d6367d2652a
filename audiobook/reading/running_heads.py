"""The running heads of printed pages, which scans and conversions leave among the paragraphs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from audiobook.reading.flow import Block
from audiobook.reading.titles import letters_of

RUNNING_HEAD = "running head"
_LONGEST = 100
"""Characters of a line at the head of a page."""
_FEWEST = 3
"""Times that a running head comes at least."""
_SHORTEST = 4
"""Letters of a name that is no word of every page."""
_PAGE_NUMBER = re.compile(r"^\W*(\d{1,4})\W+(?=\D)|(?<=\D)\W+(\d{1,4})\W*$")


def mark_running_heads(blocks: Sequence[Block], text: str, names: Sequence[str]) -> None:
    """Give a reason to lines that are a name with the number of a page, and to the book's over and over.

    `names` are the book's title and author; chapters' names are taken from the headings.
    """
    read = [
        block
        for block in blocks
        if block.skip is None and not block.matter and block.end - block.start <= _LONGEST
    ]
    own = {name for each in names if len(name := letters_of(each)) >= _SHORTEST}
    headings = {letters_of(text[block.start : block.end]) for block in read if block.level}
    titles = own | {name for name in headings if len(name) >= _SHORTEST and name.isalpha()}
    numbered: dict[str, list[tuple[int, Block]]] = {}
    bare: dict[str, list[Block]] = {}
    for block in read:
        words = " ".join(text[block.start : block.end].split())
        number = _PAGE_NUMBER.search(words)
        name = letters_of(_PAGE_NUMBER.sub("", words, count=1))
        if number and name in titles:
            numbered.setdefault(name, []).append((int(number[1] or number[2]), block))
        elif not number and name in own and (block.level or _is_no_sentence(words)):
            bare.setdefault(name, []).append(block)
    for lines in numbered.values():
        pages = [number for number, _ in lines]
        # The numbers of chapters called alike would come one after the other as well, but as headings.
        if len(pages) >= _FEWEST and pages == sorted(set(pages)) and not all(b.level for _, b in lines):
            for _, block in lines:
                block.skip = RUNNING_HEAD
    for names_alone in bare.values():
        for block in names_alone[1:] if len(names_alone) >= _FEWEST else ():
            block.skip = RUNNING_HEAD


def _is_no_sentence(words: str) -> bool:
    """Tell whether a line can't be what somebody says: "Anna!" in a book of that name is no running head."""
    return " " in words and words[-1].isalnum() and words[0].isalnum()
