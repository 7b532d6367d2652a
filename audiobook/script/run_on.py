"""A paragraph in which several people talk by turns: a chapter that lost its line ends, or never had them.

    “Out,” said Tom. “Out where?” “By the river.” “Alone?”

Nobody closes his words and opens them again at once, so where nothing, or a dash, stands between two
quotations somebody else speaks.  Behind "said Tom." either may; what the tags after it name decides.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from audiobook.script.marks import Quoted
from audiobook.script.phrases import Phrase
from audiobook.script.tags import Tag

_NOTHING = re.compile(r"\s*(?:--+|[—–])?\s*")
_SENTENCE_END = re.compile(r"[.!?…][\"”’'»)]*\s*\Z")
_FEWEST_MEETINGS = 2
"""Times that quotations meet in a paragraph that is talked through by turns; once may be a lapse."""


@dataclass(frozen=True, slots=True)
class Said:
    """A quotation of a paragraph, and the tag behind it."""

    quotation: Quoted
    tag: Tag | None


def cut_turns(text: str, said: Sequence[Said]) -> list[int]:
    """Return at which of a paragraph's quotations another speaker begins; the first is not listed."""
    meets = [i > 0 and _meet(text, said[i - 1].quotation, said[i].quotation) for i in range(len(said))]
    if sum(meets) < _FEWEST_MEETINGS:
        return [i for i, each in enumerate(meets) if each]
    cuts: list[int] = []
    last: Phrase | None = None  # the subject of the tag of the turn
    for i, each in enumerate(said):
        subject = each.tag.subject if each.tag and each.tag.is_sure else None
        if i and (meets[i] or _changes(text, said, meets, i, last)):
            cuts.append(i)
            last = None
        last = subject or last
    return cuts


def _meet(text: str, one: Quoted, other: Quoted) -> bool:
    is_marked = not {"dash", "label"} & {one.style, other.style}
    return (
        is_marked and one.is_closed and _NOTHING.fullmatch(text, one.outer_end, other.outer_start) is not None
    )


def _changes(text: str, said: Sequence[Said], meets: Sequence[bool], i: int, last: Phrase | None) -> bool:
    """Tell whether another speaker begins behind narration: by the tags, else behind a whole sentence."""
    between = text[said[i - 1].quotation.outer_end : said[i].quotation.outer_start]
    if not _SENTENCE_END.search(between):
        return False
    for later in range(i, len(said)):
        tag = said[later].tag
        if last is not None and tag is not None and tag.is_sure:
            is_other = not _is_same(tag.subject, last)
            return is_other == ((later - i) % 2 == 0)
        if later + 1 < len(said) and not meets[later + 1]:
            break
    return True


def _is_same(one: Phrase, other: Phrase) -> bool:
    if one.kind == other.kind == "name":
        return one.person == other.person
    return one.kind == other.kind and (one.text, one.gender) == (other.text, other.gender)
