"""Where everything stands in a YAML text: its values as spans of characters.

Unlike `tree.py`, which knows what a file says, this knows how it is written: in braces or a line
each, behind an anchor, as an alias.  ruamel.yaml's events tell; offsets are code points into the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

_ANCHOR = re.compile(r"[&!]\S*\s*")
_COLON = re.compile(r"\s*:")
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\r\n]*", re.MULTILINE)
_NOTHING = re.compile(r"~|null|Null|NULL|")


@dataclass(slots=True, kw_only=True)
class WrittenValue:
    """A value as it is written.

    `start` is where its own words begin, `outer` where the anchor before them does; `end` is behind the
    last word (of an empty value both are where one would be written).  `column` is that of a block's
    keys or dashes.  `style` is what a scalar is quoted by, None where it is plain.
    """

    kind: Literal["scalar", "nothing", "list", "table", "alias"]
    outer: int
    start: int
    end: int
    column: int = 0
    text: str = ""
    style: str | None = None
    is_flow: bool = True
    pairs: list[Pair] = field(default_factory=list)
    items: list[WrittenValue] = field(default_factory=list)

    def scalars(self) -> Iterator[WrittenValue]:
        """Yield the scalars below, and itself where it is one; keys too."""
        if self.kind == "scalar":
            yield self
        for item in self.items:
            yield from item.scalars()
        for pair in self.pairs:
            yield from pair.key.scalars()
            yield from pair.value.scalars()


@dataclass(slots=True, kw_only=True)
class Pair:
    """A key and its value; `colon` is the place behind the colon, None for a bare key in braces."""

    key: WrittenValue
    value: WrittenValue
    colon: int | None

    @property
    def end(self) -> int:
        """Where the last word of key or value ends."""
        return max(self.key.end, self.value.end)


def find_pieces(text: str) -> WrittenValue | None:
    """Return the pieces of a text that is valid YAML; None where it holds nothing but comments."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    root = _Builder(text, yaml.parse(text)).build()
    return None if root is None or root.kind == "nothing" else root


def find_comments(text: str, pieces: Iterable[WrittenValue], start: int, end: int) -> list[range]:
    """Return where the comments between two places stand; `pieces` are all that stand there."""
    scalars = [scalar for piece in pieces for scalar in piece.scalars()]
    found: list[range] = []
    while match := _COMMENT.search(text, start, end):
        # A sign in a scalar begins none, and one may follow on the same line.
        scalar = next((each for each in scalars if each.start <= match.start() < each.end), None)
        start = match.end() if scalar is None else scalar.end
        if scalar is None:
            found.append(range(match.start(), match.end()))
    return found


class _Builder:
    """Builds pieces from the events of a parser."""

    def __init__(self, text: str, events: Iterator[Any]) -> None:
        self._text = text
        self._events = events

    def build(self) -> WrittenValue | None:
        for event in self._events:
            if type(event).__name__ not in {"StreamStartEvent", "DocumentStartEvent"}:
                return None if type(event).__name__ == "StreamEndEvent" else self._build(event)
        return None

    def _build(self, event: Any) -> WrittenValue:
        outer, end = event.start_mark.index, event.end_mark.index
        match type(event).__name__:
            case "AliasEvent":
                return WrittenValue(kind="alias", outer=outer, start=outer, end=end)
            case "ScalarEvent":
                return self._build_scalar(event, outer, end)
            case "MappingStartEvent":
                return self._build_table(event, outer, end)
            case _:
                return self._build_list(event, outer, end)

    def _build_scalar(self, event: Any, outer: int, end: int) -> WrittenValue:
        start = outer
        if event.anchor is not None or event.tag is not None:
            while match := _ANCHOR.match(self._text, start, end):
                start = match.end()
        is_block = event.style in {"|", ">"}
        if is_block:  # ends where the next token begins
            end = start + len(self._text[start:end].rstrip())
        is_nothing = event.style is None and _NOTHING.fullmatch(event.value) is not None
        return WrittenValue(
            kind="nothing" if is_nothing else "scalar",
            outer=outer,
            start=start,
            end=end,
            text=str(event.value),
            style=event.style,
            is_flow=not is_block,
        )

    def _build_table(self, event: Any, outer: int, after: int) -> WrittenValue:
        is_flow = bool(event.flow_style)
        table = WrittenValue(
            kind="table",
            outer=outer,
            start=after - is_flow,
            end=after,
            column=event.end_mark.column,
            is_flow=is_flow,
        )
        while type(inner := next(self._events)).__name__ != "MappingEndEvent":
            key = self._build(inner)
            value = self._build(next(self._events))
            colon = _COLON.match(self._text, key.end)
            if value.kind == "nothing" and value.outer == value.end:
                # The parser puts what is not there before the next token, behind any comment.
                value.outer = value.start = value.end = colon.end() if colon else key.end
            table.pairs.append(Pair(key=key, value=value, colon=colon.end() if colon else None))
            table.end = table.pairs[-1].end
        if is_flow:
            table.end = inner.end_mark.index
        return table

    def _build_list(self, event: Any, outer: int, after: int) -> WrittenValue:
        is_flow = bool(event.flow_style)
        # Of a list that is not indented below its key the parser has read the first dash already.
        start = after - 1 if is_flow or self._text[after : after + 1] != "-" else after
        line = max(self._text.rfind("\n", 0, start), self._text.rfind("\r", 0, start)) + 1
        piece = WrittenValue(
            kind="list", outer=outer, start=start, end=after, column=start - line, is_flow=is_flow
        )
        while type(inner := next(self._events)).__name__ != "SequenceEndEvent":
            piece.items.append(self._build(inner))
            piece.end = piece.items[-1].end
        if is_flow:
            piece.end = inner.end_mark.index
        return piece
