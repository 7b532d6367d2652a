"""Change the text of a settings file in place, and nothing of it but what the change asks for.

Comments, order, quotes, indentation, anchors and line ends stay as they are, and what is added follows
the indentation around it.  A comment on what goes away stays, on a line of its own.  Every change is
proven: the new text is read again, and says what it should and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from audiobook.errors import EditError
from audiobook.yamledit.merge import (
    NOTHING,
    Change,
    Fields,
    Items,
    Plain,
    Section,
    apply_change,
    is_same,
    make_plain,
    remove_from,
    write_plain,
)
from audiobook.yamledit.pieces import Pair, WrittenValue, find_comments, find_pieces
from audiobook.yamledit.tree import Misfit, SettingFault, parse
from audiobook.yamledit.words import write_like, write_scalar

_BLOCK_HEADER = re.compile(r"[|>][0-9+-]*([ \t]+#[^\r\n]*)?")
_FLOW_MARK = re.compile(r"[,\[\]{}|>]")
_PROPERTY = re.compile(r"[&!]\S*")
_COMMA = re.compile(r"(?:\s++|#[^\n]*+)*+,")


def change_settings(text: str, change: Section) -> str:
    """Return a settings file's text after a change.  `text` is valid YAML.

    Raises `EditError` where the place is written so that nothing can be changed there alone (an anchor
    that other lines share).
    """
    before = _read(text)
    root = find_pieces(text)
    editor = _Editor(text)
    if root is None:
        editor.append(editor.lines_of(change.entries, 0))
    else:
        editor.change_table(root, before, change.entries, is_root=True)
    return _prove(editor.result(), apply_change(before, change), _path_of(change))


def remove_value(text: str, path: Sequence[str | int]) -> str:
    """Return a settings file's text without the entry at a path that is there.

    Raises `EditError` as `change_settings`.
    """
    piece = find_pieces(text)
    editor = _Editor(text)
    for part in path[:-1]:
        piece = _step(piece, part)
    if piece is not None:
        editor.remove(piece, path[-1])
    return _prove(editor.result(), remove_from(_read(text), path), [str(part) for part in path])


def _step(piece: WrittenValue | None, part: str | int) -> WrittenValue | None:
    if piece is None:
        return None
    if isinstance(part, int):
        return piece.items[part] if part < len(piece.items) else None
    return next((pair.value for pair in piece.pairs if pair.key.text == part), None)


def _path_of(change: Change) -> list[str]:
    """Return the keys down to the first place where more than one thing changes."""
    entries = change.entries if isinstance(change, Section) else {}
    (key, inner), *others = entries.items() or [("", "")]
    return [key, *_path_of(inner)] if key and not others else []


def _read(text: str) -> Plain:
    findings: list[SettingFault] = []
    tree = parse(text, findings)
    if findings:
        raise Misfit(*findings)
    return make_plain(tree)


def _prove(text: str, expected: Plain, path: Sequence[str]) -> str:
    try:
        if is_same(_read(text), expected):
            return text
    except Misfit:
        pass
    raise EditError(
        f"{'.'.join(path)}: is written so that it can't be changed alone (others share it by an anchor, "
        "say): write it out in an editor first"
    )


@dataclass(slots=True)
class _Editor:
    """Gathers what comes in the place of which stretch of a text (in code points)."""

    text: str
    splices: list[tuple[int, int, str]] = field(default_factory=list)
    tail: str = ""

    @property
    def line_end(self) -> str:
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    def result(self) -> str:
        parts, at = [], 0
        for start, end, words in sorted(self.splices, key=lambda splice: splice[:2]):
            parts += [self.text[at:start], words]
            at = max(at, end)
        whole = "".join([*parts, self.text[at:]])
        gap = self.line_end if self.tail and whole and not whole.endswith("\n") else ""
        return whole + gap + self.tail

    def lines_of(self, entries: Mapping[str, Change], column: int) -> str:
        """Return entries as lines, sections one below the other, all else in braces."""
        lines = ""
        for key, change in entries.items():
            words = f"{' ' * column}{write_scalar(key)}:"
            if isinstance(change, Section):
                lines += words + self.line_end + self.lines_of(change.entries, column + 2)
            else:
                lines += f"{words} {_write_new(change)}{self.line_end}"
        return lines

    def change_table(
        self, table: WrittenValue, plain: Plain, entries: Mapping[str, Change], *, is_root: bool = False
    ) -> None:
        """Change the entries that stand in a mapping, and add those that don't."""
        standing = {pair.key.text: pair for pair in table.pairs}
        values = plain if isinstance(plain, dict) else {}
        fresh = {}
        for key, change in entries.items():
            if key not in standing:
                fresh[key] = change
            elif isinstance(change, Section) and standing[key].value.kind == "nothing" and not table.is_flow:
                self._put_below(standing[key], table.column + 2, change)
            else:
                colon = standing[key].colon
                self._change(standing[key].value, values.get(key, NOTHING), change, colon)
        if not fresh:
            return
        if table.is_flow:
            words = ", ".join(f"{write_scalar(key)}: {_write_new(change)}" for key, change in fresh.items())
            self._add_in_braces(table, [pair.end for pair in table.pairs], words)
        elif is_root:
            self.append(self.lines_of(fresh, table.column))
        else:
            self._put_lines_after(table.end, self.lines_of(fresh, table.column))

    def _change(self, piece: WrittenValue, plain: Plain, change: Change, colon: int | None) -> None:
        """Change one value; `colon` is the place behind its key's colon, where it has one."""
        if isinstance(change, Section | Fields) and piece.kind == "table":
            entries = change.entries if isinstance(change, Section) else change.values
            self.change_table(piece, plain, entries)
        elif isinstance(change, Items) and piece.kind == "list":
            self._change_list(piece, plain, change)
        elif piece.kind == "nothing":
            lead = "" if piece.start < piece.end else " " if colon is not None else ": "
            self._splice(piece.start, piece.end, lead + _write_new(change))
        elif piece.kind == "scalar":
            self._change_scalar(piece, plain, change)
        else:
            self._replace(piece, write_plain(apply_change(plain, change)), colon)

    def _change_scalar(self, piece: WrittenValue, plain: Plain, change: Change) -> None:
        words = self.text[piece.start : piece.end]
        if isinstance(change, Fields) and change.alone is not None:
            after = self._change_alone(piece, words, change, change.alone)
        elif isinstance(change, str | int | float):
            after = write_like(change, piece.style)
        else:
            after = write_plain(apply_change(plain, change))
        header = None if piece.is_flow else _BLOCK_HEADER.match(words)
        self._splice(piece.start, piece.end, after + ((header and header[1]) or ""))

    def _change_alone(self, piece: WrittenValue, words: str, change: Fields, alone: str) -> str:
        """Return a mapping, or one value still, for a value that stands in a mapping's place."""
        own = change.values.get(alone)
        if isinstance(own, str | int | float):
            words = write_like(own, piece.style)
        elif piece.style not in {"'", '"'} and _FLOW_MARK.search(words):
            words = write_scalar(piece.text)
        rest = {key: value for key, value in change.values.items() if key != alone}
        inner = write_plain(apply_change(NOTHING, Fields(rest)))[1:-1]
        return f"{{{alone}: {words}, {inner}}}" if rest else words

    def _change_list(self, piece: WrittenValue, plain: Plain, change: Items) -> None:
        values = plain if isinstance(plain, list) else []
        fresh = []
        for index, own in sorted(change.changes.items()):
            if index < len(piece.items):
                self._change(piece.items[index], values[index], own, None)
            else:
                fresh.append(_write_new(own))
        if fresh and piece.is_flow:
            self._add_in_braces(piece, [item.end for item in piece.items], ", ".join(fresh))
        elif fresh:
            lines = [f"{' ' * piece.column}- {words}{self.line_end}" for words in fresh]
            self._put_lines_after(piece.end, "".join(lines))

    def _replace(self, piece: WrittenValue, words: str, colon: int | None) -> None:
        """Put words in the place of an alias, or of a mapping or list, whose comments stay below."""
        if piece.kind == "alias":
            self._splice(piece.start, piece.end, words)
        elif piece.is_flow:
            indent = f"{self.line_end}{self._indent_at(piece.start)}  "
            comments = find_comments(self.text, [piece], piece.start, piece.end)
            kept = "".join(f"{self.text[place.start : place.stop]}{indent}" for place in comments)
            # Only lists and mappings take such a place: the comments go before the last brace.
            self._splice(piece.start, piece.end, words[:-1] + "  " * bool(kept) + kept + words[-1])
        else:
            anchor = _PROPERTY.match(self.text, piece.outer, piece.start)
            place = anchor.end() if anchor else colon or piece.start
            self._splice(place, place, f" {words}")
            self._drop_lines(piece.start, piece.end, [piece])

    def remove(self, parent: WrittenValue, part: str | int) -> None:
        """Take an entry out of a mapping, or an item out of a list."""
        parts = parent.items or [pair.key for pair in parent.pairs]
        ends = [item.end for item in parent.items] or [pair.end for pair in parent.pairs]
        names = [key.text for key in parts]
        if isinstance(part, str) and part not in names:
            return
        index = names.index(part) if isinstance(part, str) else part
        start, end = parts[index].outer, ends[index]
        if not parent.is_flow:
            inner = parent.pairs[index : index + 1]
            within = [parts[index], *(pair.value for pair in inner)]
            self._drop_lines(start, end, within)
            return
        self._splice(start, end, "")
        if comma := _COMMA.match(self.text, end, parent.end):
            blank = self.text[comma.end() :]
            self._splice(comma.end() - 1, comma.end() + len(blank) - len(blank.lstrip(" ")), "")
        elif index and (comma := _COMMA.match(self.text, ends[index - 1], start)):
            is_near = not self.text[comma.end() : start].strip()
            self._splice(comma.end() - 1, start if is_near else comma.end(), "")

    def _put_below(self, pair: Pair, column: int, section: Section) -> None:
        """Write a section below its key, which has no value yet."""
        if pair.colon is not None and pair.value.start < pair.value.end:  # ~ or null
            space = len(self.text[: pair.value.start].rstrip(" "))
            self._splice(space, pair.value.end, "")
        self._put_lines_after(pair.end, self.lines_of(section.entries, column))

    def _add_in_braces(self, piece: WrittenValue, ends: Sequence[int], words: str) -> None:
        if ends:
            self._splice(ends[-1], ends[-1], f", {words}")
        else:
            self._splice(piece.start + 1, piece.start + 1, words)

    def _drop_lines(self, start: int, end: int, pieces: Sequence[WrittenValue]) -> None:
        """Take out the lines from one place to another, but not their comments."""
        first = self.text.rfind("\n", 0, start) + 1
        newline = self.text.find("\n", end)
        after = len(self.text) if newline < 0 else newline + 1
        kept = [
            f"{self._indent_at(comment.start)}{self.text[comment.start : comment.stop]}{self.line_end}"
            for comment in find_comments(self.text, pieces, first, after)
        ]
        self._splice(first, after, "".join(kept))

    def _indent_at(self, place: int) -> str:
        line = self.text[self.text.rfind("\n", 0, place) + 1 : place]
        return line[: len(line) - len(line.lstrip(" "))]

    def _splice(self, start: int, end: int, words: str) -> None:
        self.splices.append((start, end, words))

    def _put_lines_after(self, place: int, lines: str) -> None:
        end = self.text.find("\n", place)
        if end < 0:
            self.append(lines)
        else:
            self._splice(end + 1, end + 1, lines)

    def append(self, lines: str) -> None:
        """Put lines at the end of the text."""
        self.tail += lines


def _write_new(change: Change) -> str:
    return write_plain(apply_change(NOTHING, change))
