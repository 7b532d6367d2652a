"""What a settings file is to say after a change: changes as values, and as they work on plain values.

It says nothing of how a file is written; `change.py` writes, and is proven right by this.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Union

from audiobook.yamledit.tree import Node, Scalar, Table
from audiobook.yamledit.words import Value, write_scalar


@dataclass(frozen=True, slots=True)
class Section:
    """HashedFiles to put into a mapping, of which each has a line of its own where it is new."""

    entries: Mapping[str, Change]


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields to put into a mapping that is written in braces where it is new.

    `alone` names the field whose value may stand in the mapping's place (`Max: en-us`).
    """

    values: Mapping[str, Change]
    alone: str | None = None


@dataclass(frozen=True, slots=True)
class Items:
    """Items to put into a list, by index; one behind the last is added."""

    changes: Mapping[int, Change]


Change = Union[Section, Fields, Items, Value]  # noqa: UP007 - Value names itself
"""What to put in a place: a plain value takes the place of whatever stands there."""

Plain = Union[tuple[str, str], list["Plain"], dict[str, "Plain"]]  # noqa: UP007 - it names itself
"""A file's meaning, whatever its writing: scalars are their kind and text."""

NOTHING = ("nothing", "")


def make_plain(node: Node) -> Plain:
    """Return what a node of a settings file's tree says."""
    if isinstance(node, Scalar):
        return NOTHING if node.kind == "nothing" else (node.kind, node.text)
    if isinstance(node, Table):
        return {entry.name: make_plain(entry.value) for entry in node.entries}
    return [make_plain(item) for item in node.items]


def apply_change(plain: Plain, change: Change) -> Plain:
    """Return what a value says after a change; `NOTHING` where none was there."""
    match change:
        case Section(entries):
            table = dict(plain) if isinstance(plain, dict) else {}
            return table | {key: apply_change(table.get(key, NOTHING), own) for key, own in entries.items()}
        case Fields(values, alone):
            if isinstance(plain, tuple) and plain != NOTHING and alone is not None:
                if values.keys() == {alone}:
                    return apply_change(plain, values[alone])
                return apply_change({alone: plain}, Section(values))
            return apply_change(plain, Section(values))
        case Items(changes):
            items = list(plain) if isinstance(plain, list) else []
            for index, own in sorted(changes.items()):
                if index < len(items):
                    items[index] = apply_change(items[index], own)
                else:
                    items.append(apply_change(NOTHING, own))
            return items
        case _:
            return _plain_value(change)


def _plain_value(value: Value) -> Plain:
    if isinstance(value, str):
        return ("text", value)
    if isinstance(value, int | float):
        written = write_scalar(value)
        return ("whole" if written.isdigit() else "decimal", written)
    if isinstance(value, Mapping):
        return {key: _plain_value(own) for key, own in value.items()}
    return [_plain_value(own) for own in value]


def remove_from(plain: Plain, path: Sequence[str | int]) -> Plain:
    """Return what a value says without the one at a path that is there."""
    first, *rest = path
    if isinstance(plain, dict) and isinstance(first, str):
        below = {first: remove_from(plain[first], rest)} if rest else {}
        return {key: below.get(key, own) for key, own in plain.items() if key != first or rest}
    if isinstance(plain, list) and isinstance(first, int):
        kept = [remove_from(plain[first], rest)] if rest else []
        return [*plain[:first], *kept, *plain[first + 1 :]]
    raise KeyError(first)


def is_same(one: Plain, other: Plain) -> bool:
    """Tell whether two values say the same; an empty mapping says nothing."""
    return _without_empty(one) == _without_empty(other)


def _without_empty(plain: Plain) -> Plain:
    if isinstance(plain, dict):
        return {key: _without_empty(own) for key, own in plain.items()} or NOTHING
    return [_without_empty(own) for own in plain] if isinstance(plain, list) else plain


def write_plain(plain: Plain) -> str:
    """Return a value written in one line."""
    if isinstance(plain, dict):
        inner = ", ".join(f"{write_scalar(key)}: {write_plain(own)}" for key, own in plain.items())
        return f"{{{inner}}}"
    if isinstance(plain, list):
        return f"[{', '.join(map(write_plain, plain))}]"
    kind, text = plain
    return write_scalar(text) if kind == "text" else text or "~"
