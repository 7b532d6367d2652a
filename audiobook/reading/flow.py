"""A book on its way from markup to text: blocks in order, and the places that links point to."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from audiobook.errors import SourceError
from audiobook.model import ForeignWords, Pronunciation
from audiobook.words import SAYABLE

MAX_CHARACTERS = 50_000_000
"""Eight million words: six times the longest novel, and what fits a laptop's memory."""

# Letters that printers joined, as letters (Unicode, Alphabetic Presentation Forms).
LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
}
# Marks for line breaking that are neither seen nor spoken: soft hyphen, zero width space, word joiner …
_UNSEEN = dict.fromkeys([0x00AD, 0x200B, 0x2060, 0xFEFF, *range(9), *range(14, 32), *range(0x7F, 0xA0)])
NEW_LINE = "\u2028"
"""What `tidy` turns into a line feed that stays."""
CLEANING = {**LIGATURES, **_UNSEEN}
_SPACES = re.compile(r"[ \t\r\n\f\v\u00a0\u2000-\u200a\u202f\u205f\u3000]+")
_AROUND_BREAK = re.compile(r" *\n *")
# A capital set apart from its word: "T HE".  A, I and O are words of their own and are left alone.
_DROP_CAP = re.compile(r"([\"“‘«']?[B-HJ-NP-Z]) (?=[A-Z]{2,}(?![a-z]))")
_CLOSING = re.compile(r"[”’»」』]{1,3}[.,]?")
SCENE_MARK = re.compile(r"[\s*\-–—_#~⁂•·=+§⸻❦❧◆◇☙]+")


@dataclass(slots=True, kw_only=True)
class Block:
    """A paragraph or heading of the text to be.

    `level` is 0 for a paragraph, 1 to 6 for a heading.  `matter` says why the section it stands in is
    not read, `skip` why it itself is not.  `is_kept`: it is read although its section is not.
    """

    start: int
    end: int
    level: int = 0
    matter: str | None = None
    skip: str | None = None
    language: str | None = None
    follows_scene_break: bool = False
    is_kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What holds for the blocks that are added: see `Block`."""

    level: int = 0
    matter: str | None = None
    skip: str | None = None
    language: str | None = None
    is_kept: bool = False


PLAIN = Style()


class SaidWords(NamedTuple):
    """Words of a block that are to be said so; `before` them are so many letters and digits.

    An entry without `ph` says only which language they are in.
    """

    words: str
    before: int
    entry: Pronunciation


class SourceText(NamedTuple):
    """All the text of a part of a file, and what the part is called."""

    place: str
    text: str


@dataclass(slots=True)
class Flow:
    """Text that grows by blocks, with a blank line between any two.

    `anchors` maps a link's target (`file#id`, or `file` for its beginning) to an offset in the text.
    """

    source: str
    blocks: list[Block] = field(default_factory=list)
    anchors: dict[str, int] = field(default_factory=dict)
    pronunciations: list[Pronunciation] = field(default_factory=list)
    foreign: list[ForeignWords] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    """Words that were added although they are no text of the source: descriptions, mostly."""
    sources: list[SourceText] = field(default_factory=list)
    """All text of what is read, taken otherwise: see `proof`."""
    length: int = 0
    _parts: list[str] = field(default_factory=list)
    _after_break: bool = False

    @property
    def text(self) -> str:
        """All that was added."""
        return "".join(self._parts)

    @property
    def next_start(self) -> int:
        """Where the next block will begin."""
        return self.length + (2 if self._parts else 0)

    def mark(self, target: str) -> None:
        """Let a link's target be where the next block begins; the first of that name counts."""
        self.anchors.setdefault(target, self.next_start)

    def add_scene_break(self) -> None:
        """Let the next paragraph begin a new scene."""
        self._after_break = True

    def add(self, words: str, style: Style = PLAIN, said: list[SaidWords] | None = None) -> None:
        """Add a block; `words` without a letter or digit are a scene break or nothing.

        `said` are words of the block, in order.  Raises `SourceError` where
        the text grows beyond `MAX_CHARACTERS`.
        """
        text = tidy(words)
        if not SAYABLE.search(text):
            if text and SCENE_MARK.fullmatch(text):
                self.add_scene_break()
            elif self.blocks and _CLOSING.fullmatch(text):
                # The last paragraph's closing mark, in one of its own.
                self._parts.append(text)
                self.length += len(text)
                self.blocks[-1].end = self.length
            return
        if self._parts:
            self._parts.append("\n\n")
            self.length += 2
        start = self.length
        if start + len(text) > MAX_CHARACTERS:
            raise SourceError(
                f"{self.source}: more than {MAX_CHARACTERS / 1e6:.0f} million characters of text"
            )
        self._parts.append(text)
        self.length += len(text)
        self.blocks.append(
            Block(
                start=start,
                end=self.length,
                level=style.level,
                matter=style.matter,
                skip=style.skip,
                language=style.language,
                is_kept=style.is_kept,
                follows_scene_break=self._after_break and style.skip is None,
            )
        )
        if style.skip is None:
            self._after_break = False
        self._place(text, start, [each for each in said or [] if each.entry.ph])
        self._place(text, start, [each for each in said or [] if not each.entry.ph])

    def _place(self, text: str, start: int, said: list[SaidWords]) -> None:
        """Give pronunciations of this block, and words in another language, their spans."""
        at = letters = 0
        for words, before, entry in said:
            needle = tidy(words)
            while letters < before and at < len(text):
                letters += text[at].isalnum()
                at += 1
            found = text.find(needle, at) if needle else -1
            if found >= 0:
                at = found + len(needle)
                letters += sum(map(str.isalnum, text[found:at]))
                if not entry.ph:
                    words_of = ForeignWords(
                        start=start + found, end=start + at, language=entry.language or ""
                    )
                    self.foreign.append(words_of)
                    continue
                self.pronunciations.append(
                    Pronunciation(
                        words=needle,
                        ph=entry.ph,
                        alphabet=entry.alphabet,
                        language=entry.language,
                        start=start + found,
                        end=start + at,
                    )
                )


def tidy(words: str) -> str:
    """Make text of a block's characters: single spaces, ligatures as letters, nothing unseen.

    A line feed must be written as U+2028 to be kept; white space of the source is a space.
    """
    text = _SPACES.sub(" ", words.translate(CLEANING)).replace("\u2028", "\n")
    text = re.sub(r"\n{2,}", "\n", _AROUND_BREAK.sub("\n", text)).strip()
    return _DROP_CAP.sub(r"\1", text, count=1) if _DROP_CAP.match(text) else text
