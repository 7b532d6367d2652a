"""Write characters into the text of a voices.yaml, by insertion alone.

Nothing that stands in the file is changed or moved: comments, order, quotes, indentation and line ends
stay as they are, byte for byte, and what is added follows the indentation around it.  ruamel.yaml tells
where things stand; its own round trip would set the file anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audiobook.casting.yaml_words import Value, write_flow, write_scalar
from audiobook.errors import StorageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Pin:
    """A character to write: names under which it may stand there already, and its fields in order."""

    name: str
    names: frozenset[str]
    fields: Mapping[str, Value]


def pin_characters(text: str, story: str, pins: Sequence[Pin]) -> str:
    """Return a settings file's text with characters added to a story's section.

    A character that stands there (under any of its names, whatever the capitals) gets only the fields
    that it lacks.  `text` is valid YAML.  Raises `StorageError` where a part of the file that would
    have to grow is written in a way that insertion can't serve, such as a YAML alias.
    """
    editor = _Editor(text)
    root = _compose(text)
    found = editor.descend(root, ("stories", story, "characters"), pins)
    if found is not None:
        editor.add_to(found, pins)
    return editor.result()


def _compose(text: str) -> Any:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.composer.warn_double_anchors = False
    return yaml.compose(text)


def _nest(keys: Sequence[str], pins: Sequence[Pin], indent: int, line_end: str) -> str:
    lines = [f"{' ' * (indent + 2 * depth)}{write_scalar(key)}:{line_end}" for depth, key in enumerate(keys)]
    column = indent + 2 * len(keys)
    lines += [f"{' ' * column}{_entry(pin)}{line_end}" for pin in pins]
    return "".join(lines)


def _entry(pin: Pin) -> str:
    return f"{write_scalar(pin.name)}: {{{write_flow(pin.fields)}}}"


def _flow_nest(keys: Sequence[str], pins: Sequence[Pin]) -> str:
    inner = ", ".join(map(_entry, pins))
    for key in reversed(keys):
        inner = f"{write_scalar(key)}: {{{inner}}}"
    return inner


def _is_nothing(node: Any) -> bool:
    return node.id == "scalar" and str(node.tag).endswith(":null")


@dataclass(slots=True)
class _Editor:
    """Gathers insertions into a text: places (code points) and what comes there."""

    text: str
    insertions: list[tuple[int, str]] = field(default_factory=list)

    @property
    def line_end(self) -> str:
        first = self.text.find("\n")
        return "\r\n" if first > 0 and self.text[first - 1] == "\r" else "\n"

    def result(self) -> str:
        text = self.text
        for place, words in sorted(self.insertions, key=lambda each: each[0], reverse=True):
            text = text[:place] + words + text[place:]
        return text

    def descend(self, root: Any, keys: Sequence[str], pins: Sequence[Pin]) -> Any:
        """Return the innermost mapping, or None where it was not there and has been inserted whole."""
        if root is None or _is_nothing(root):
            self._append(_nest(keys, pins, 0, self.line_end))
            return None
        node = root
        for depth, key in enumerate(keys):
            entry = next((pair for pair in node.value if str(pair[0].value) == key), None)
            if entry is None:
                self._insert(node, _Addition(keys[depth:], pins), is_root=node is root)
                return None
            name, value = entry
            self._check(name, value, keys[: depth + 1])
            if _is_nothing(value):
                if node.flow_style:
                    self._put_value(name, f"{{{_flow_nest(keys[depth + 1 :], pins)}}}")
                else:
                    below = _nest(keys[depth + 1 :], pins, name.start_mark.column + 2, self.line_end)
                    self._put_line_after(name.end_mark.index, below)
                return None
            node = value
        return node

    def add_to(self, characters: Any, pins: Sequence[Pin]) -> None:
        """Add to the mapping of characters those that it lacks, and to its own what they lack."""
        standing = {str(name.value).casefold(): (name, value) for name, value in characters.value}
        fresh = []
        for pin in pins:
            own = next((standing[name] for name in sorted(pin.names) if name in standing), None)
            if own is None:
                fresh.append(pin)
            else:
                self._complete(*own, pin)
        if fresh:
            self._insert(characters, _Addition((), fresh), is_root=False)

    def _complete(self, name: Any, value: Any, pin: Pin) -> None:
        """Add the fields that a character's own entry lacks; one that is a voice, or false, is whole."""
        if _is_nothing(value):
            self._put_value(name, f"{{{write_flow(pin.fields)}}}")
        elif value.id == "mapping" and value.start_mark.index >= name.end_mark.index:
            stated = {str(key.value) for key, inner in value.value if not _is_nothing(inner)}
            lacking = {key: field for key, field in pin.fields.items() if key not in stated}
            if lacking and not {str(key.value) for key, _ in value.value} & lacking.keys():
                self._insert(value, _Addition(fields=lacking), is_root=False)

    def _check(self, name: Any, value: Any, keys: Sequence[str]) -> None:
        is_alias = not _is_nothing(value) and value.start_mark.index < name.end_mark.index
        if is_alias or (value.id != "mapping" and not _is_nothing(value)):
            raise StorageError(f"{'.'.join(keys)}: is written as a YAML alias; write it out, then pin again")

    def _insert(self, mapping: Any, addition: _Addition, *, is_root: bool) -> None:
        """Put entries at the end of a block mapping, or at the beginning of one in braces."""
        if mapping.flow_style:
            words = addition.flow()
            self.insertions.append((mapping.start_mark.index + 1, words + (", " if mapping.value else "")))
        elif is_root:
            self._append(addition.block(mapping.value[0][0].start_mark.column, self.line_end))
        else:
            block = addition.block(mapping.value[0][0].start_mark.column, self.line_end)
            self._put_line_after(_end_of(mapping), block)

    def _put_value(self, name: Any, value: str) -> None:
        colon = self.text.find(":", name.end_mark.index)
        self.insertions.append((colon + 1, f" {value}"))

    def _put_line_after(self, index: int, lines: str) -> None:
        end = self.text.find("\n", index)
        if end < 0:
            self._append(lines)
        else:
            self.insertions.append((end + 1, lines))

    def _append(self, lines: str) -> None:
        is_whole = not self.text or self.text.endswith("\n")
        self.insertions.append((len(self.text), lines if is_whole else self.line_end + lines))


@dataclass(frozen=True, slots=True)
class _Addition:
    """What is inserted: characters below keys that were not there, or fields of one character."""

    keys: Sequence[str] = ()
    pins: Sequence[Pin] = ()
    fields: Mapping[str, Value] = field(default_factory=dict)

    def flow(self) -> str:
        return write_flow(self.fields) if self.fields else _flow_nest(self.keys, self.pins)

    def block(self, column: int, line_end: str) -> str:
        if not self.fields:
            return _nest(self.keys, self.pins, column, line_end)
        return "".join(
            f"{' ' * column}{write_flow({key: value})}{line_end}" for key, value in self.fields.items()
        )


def _end_of(node: Any) -> int:
    """Return where the words of a node end; ruamel.yaml ends a block mapping only at the next token."""
    while node.id == "mapping" and not node.flow_style:
        name, value = node.value[-1]
        is_elsewhere = _is_nothing(value) or value.start_mark.index < name.end_mark.index
        node = name if is_elsewhere else value
    if node.id == "sequence" and not node.flow_style and node.value:
        return _end_of(node.value[-1])
    end: int = node.end_mark.index
    # A block scalar ends where the next token begins: step back over what is no part of it.
    return end - 1 if node.id == "scalar" and node.style in ("|", ">") else end
