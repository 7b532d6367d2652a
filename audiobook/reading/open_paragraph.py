"""A paragraph on its way: its words so far, and what stands in it without being a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from audiobook.reading.flow import SaidWords
from audiobook.words import SAYABLE

if TYPE_CHECKING:
    from lxml.etree import _Element

    from audiobook.model import Pronunciation

DESCRIPTION = "picture description"
RUBY = "ruby"
_LAST_PIECES = 8
_READING = re.compile(r"(?<=[\u3400-\u9fff\uf900-\ufaff々])[（(]([\u3041-\u309fー]{1,12})[)）]")
"""A word's reading in hiragana, in brackets behind its last kanji."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """Words that stand in a paragraph and are no part of it: they follow it, and say why."""

    words: str
    reason: str
    element: _Element


@dataclass(slots=True)
class OpenParagraph:
    """What has been read since the last paragraph's end.

    `plain` and `links` count the letters and digits outside of links within the book and in them.
    `made` are words that are no text of the page, `markers` the links to notes with their targets.
    """

    pieces: list[str] = field(default_factory=list)
    said: list[SaidWords] = field(default_factory=list)
    beside: list[Beside] = field(default_factory=list)
    markers: list[tuple[_Element, str]] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    plain: int = 0
    links: int = 0

    @property
    def has_words(self) -> bool:
        """Tell whether it holds a letter or digit yet."""
        return bool(self.plain or self.links)

    @property
    def end(self) -> str:
        """Its last words so far."""
        return "".join(self.pieces[-_LAST_PIECES:])

    def put(self, words: str, *, in_link: bool = False) -> None:
        """Add words."""
        length = sum(map(str.isalnum, words))
        self.links += length if in_link else 0
        self.plain += 0 if in_link else length
        self.pieces.append(words)

    def put_made(self, words: str) -> None:
        """Add words that are no text of the page."""
        self.put(words)
        self.made.append(words)

    def set_beside(self, words: str, reason: str, element: _Element) -> None:
        """Let words follow it, if they are any."""
        if SAYABLE.search(words):
            self.beside.append(Beside(words=words, reason=reason, element=element))

    def note(self, words: str, entry: Pronunciation) -> None:
        """Say how the words that come next are to be said."""
        self.said.append(SaidWords(words, self.plain + self.links, entry))

    def take_text(self, root: _Element) -> str:
        """Return its words; a word's reading in brackets is set beside it, since the word itself is read."""

        def take(match: re.Match[str]) -> str:
            self.set_beside(match[1], RUBY, root)
            return ""

        return _READING.sub(take, "".join(self.pieces))

    def list_beside(self) -> Iterator[Beside]:
        """Yield what follows it: for each reason all words that are left out, then each description."""
        for reason in dict.fromkeys(each.reason for each in self.beside if each.reason != DESCRIPTION):
            those = [each for each in self.beside if each.reason == reason]
            words = " ".join(each.words for each in those)
            yield Beside(words=words, reason=reason, element=those[0].element)
        yield from (each for each in self.beside if each.reason == DESCRIPTION)
