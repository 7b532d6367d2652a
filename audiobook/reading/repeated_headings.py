"""A chapter's heading that stands there twice is read once."""

from __future__ import annotations

from audiobook.model import Skip
from audiobook.reading.chapter_labels import LONGEST, find_label
from audiobook.reading.flow import Block
from audiobook.reading.titles import letters_of

REPEATED = "repeated heading"
_MOST = 8
"""Blocks at a chapter's beginning among which its heading may come again."""


def drop_repeats(blocks: list[Block], text: str) -> list[Skip]:
    """Take headings that say what another at the chapter's beginning says out of `blocks`.

    Of a number alone and the same with its title, the latter stays.
    """
    skips: list[Skip] = []
    heads: list[Block] = []
    for block in blocks[:_MOST]:
        if block.end - block.start > LONGEST:
            break
        again = next((head for head in heads if _says_the_same(text, head, block)), None)
        joined = "".join(letters_of(_words(text, head)) for head in heads)
        if again is None and len(heads) > 1 and joined.endswith(letters_of(_words(text, block))):
            again = block if _is_heading(text, block, heads[-1]) and find_label(_words(text, block)) else None
        if again is not None:
            first = again if _fullness(text, again) < _fullness(text, block) else block
            skips.append(Skip(start=first.start, end=first.end, reason=REPEATED))
            blocks.remove(first)
            if first is not block:
                block.level = block.level or first.level
                heads[heads.index(first)] = block
        elif block.level:
            heads.append(block)
        else:
            break
    return skips


def _words(text: str, block: Block) -> str:
    return " ".join(text[block.start : block.end].split())


def _fullness(text: str, block: Block) -> tuple[bool, int]:
    """Return how much a heading says: a number with a title is more than any number alone."""
    label = find_label(_words(text, block))
    return label is not None and not label.is_bare, len(letters_of(_words(text, block)))


def _is_heading(text: str, block: Block, head: Block) -> bool:
    """Tell whether a paragraph may be a heading's repetition: it is not ended as a sentence alone is."""
    end = text[block.end - 1 : block.end]
    return block.level > 0 or end not in ".!?…" or text[head.end - 1 : head.end] == end


def _says_the_same(text: str, head: Block, block: Block) -> bool:
    letters, own = letters_of(_words(text, head)), letters_of(_words(text, block))
    label, other = find_label(_words(text, head)), find_label(_words(text, block))
    if letters == own:
        # A part and its first chapter may both be called "I".
        return _is_heading(text, block, head) and (head.level == block.level or len(own) > 3)
    if label and other and label.key == other.key:
        return label.is_bare or other.is_bare
    title = letters_of(label.rest) if label else ""
    return title == own and _is_heading(text, block, head)
