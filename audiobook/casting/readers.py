"""Readers: from a node of a settings file to a checked value.

A reader is a function that takes a node and returns a value, or raises `Misfit` with everything that
is wrong below that node.  Readers are built from readers; the path of a finding grows as it passes
through the readers that hold it, and a reader of many values goes on after the first fault.  The
`gather_…` functions also return what could be read, for checks that look at several values at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from unicodedata import category

from audiobook.suggesting import did_you_mean
from audiobook.yamledit.tree import (
    Entry,
    Listing,
    Mark,
    Misfit,
    Node,
    Scalar,
    SettingFault,
    Table,
    describe,
    is_nothing,
)

T = TypeVar("T")
Reader = Callable[[Node], T]


def misfit(node: Node, expected: str, *, hint: str = "") -> Misfit:
    """Return the exception that says what was expected at a node, and what is there."""
    return Misfit(SettingFault(mark=node.mark, message=f"expected {expected}, got {describe(node)}{hint}"))


def suggest(word: str, known: Iterable[str]) -> str:
    """Return " (did you mean …?)" for the two known words most like `word`, or nothing."""
    return did_you_mean(word, known, most=2, ignores_case=True)


def text(what: str, *, pattern: str = r".*\S.*", longest: int = 200) -> Reader[str]:
    """Read a word or a sentence, whatever YAML takes it for (a title may be 1984, a name No).

    White space becomes single.
    """
    shape = re.compile(pattern, re.DOTALL)

    def read(node: Node) -> str:
        if not isinstance(node, Scalar):
            raise misfit(node, what)
        value = " ".join(node.text.split())
        if len(value) > longest:
            raise misfit(node, f"{what} of at most {longest} characters")
        if not shape.fullmatch(value):
            raise misfit(node, what)
        # Quoted YAML can spell control characters and halves of surrogate pairs, which no file can hold.
        if any(category(character) in {"Cc", "Cs"} for character in value):
            raise misfit(node, what, hint=", which has a control character")
        return value

    return read


def argument(what: str) -> Reader[str]:
    """Read one word of a command line as it stands, white space and all; YAML's numbers are words too."""

    def read(node: Node) -> str:
        if not isinstance(node, Scalar) or node.kind == "nothing":
            raise misfit(node, what)
        if len(node.text) > 1000 or not node.text.isprintable():
            raise misfit(node, f"{what} of at most 1000 characters, none of them a control character")
        return node.text

    return read


def choice(*words: str) -> Reader[str]:
    """Read one of a few words."""
    listed = ", ".join(words[:-1]) + f" or {words[-1]}" if len(words) > 1 else words[0]

    def read(node: Node) -> str:
        if not isinstance(node, Scalar):
            raise misfit(node, listed)
        if node.text not in words:
            raise misfit(node, listed, hint=suggest(node.text, words))
        return node.text

    return read


def truth(what: str) -> Reader[bool]:
    """Read true or false, unquoted."""

    def read(node: Node) -> bool:
        if not isinstance(node, Scalar) or node.kind != "truth":
            raise misfit(node, what)
        return node.text.lower() == "true"

    return read


def whole(low: int, high: int, what: str) -> Reader[int]:
    """Read a whole number from `low` to `high`."""

    def read(node: Node) -> int:
        expected = f"{what} ({low}–{high})"
        value = int(_digits(node, r"[+-]?\d{1,12}", expected))
        if not low <= value <= high:
            raise misfit(node, expected)
        return value

    return read


def number(low: float, high: float, what: str) -> Reader[float]:
    """Read a number, whole or decimal, from `low` to `high`."""

    def read(node: Node) -> float:
        expected = f"{what} ({low:g}–{high:g})"
        value = float(_digits(node, r"[+-]?(\d{1,12}(\.\d{0,12})?|\.\d{1,12})", expected))
        if not low <= value <= high:
            raise misfit(node, expected)
        return value

    return read


def _digits(node: Node, pattern: str, expected: str) -> str:
    """Return the text of a number that is written plainly: no quotes, no 0x1F, no .inf."""
    if not isinstance(node, Scalar) or not re.fullmatch(pattern, node.text):
        raise misfit(node, expected)
    if node.kind not in {"whole", "decimal"}:
        raise misfit(node, expected, hint=" in quotes, which make it a text")
    return node.text


def listing(item: Reader[T], what: str, *, at_least: int = 0) -> Reader[tuple[T, ...]]:
    """Read a list; `item` reads each of its values."""

    def read(node: Node) -> tuple[T, ...]:
        if not isinstance(node, Listing) or len(node.items) < at_least:
            raise misfit(node, what, hint=" without any" if isinstance(node, Listing) else "")
        values: list[T] = []
        findings: list[SettingFault] = []
        for place, child in enumerate(node.items):
            values += attempt(item, child, f"[{place}]", child.mark, findings)
        if findings:
            raise Misfit(*findings)
        return tuple(values)

    return read


def table(read_entry: Callable[[Entry], T], what: str) -> Reader[dict[str, T]]:
    """Read a mapping from names that the user chooses; `read_entry` reads each."""

    def read(node: Node) -> dict[str, T]:
        findings: list[SettingFault] = []
        values = gather_table(node, lambda entry, _: read_entry(entry), what, findings)
        if findings:
            raise Misfit(*findings)
        return values

    return read


def gather_table(
    node: Node, read_entry: Callable[[Entry, list[SettingFault]], T], what: str, findings: list[SettingFault]
) -> dict[str, T]:
    """Return what can be read of a mapping with free names, and add what can't to the findings.

    `read_entry` may add findings too and still return what it could read.
    """
    if not isinstance(node, Table):
        raise misfit(node, what)
    values: dict[str, T] = {}
    for entry in node.entries:
        inner: list[SettingFault] = []
        try:
            values[entry.name] = read_entry(entry, inner)
        except Misfit as error:
            inner.extend(error.findings)
        findings.extend(found.under(entry.name, entry.mark) for found in inner)
    return values


def record(keys: Mapping[str, Reader[Any]], what: str) -> Reader[dict[str, Any]]:
    """Read a mapping with known keys, all optional, into the values of those that are given."""

    def read(node: Node) -> dict[str, Any]:
        findings: list[SettingFault] = []
        values = gather_keys(node, keys, what, findings)
        if findings:
            raise Misfit(*findings)
        return values

    return read


def gather_keys(
    node: Node, keys: Mapping[str, Reader[Any]], what: str, findings: list[SettingFault]
) -> dict[str, Any]:
    """Return the values of the known keys that can be read, and add what is wrong to the findings.

    Raises `Misfit` where the node is no mapping at all.
    """
    if not isinstance(node, Table):
        raise misfit(node, what)
    values: dict[str, Any] = {}
    for entry in node.entries:
        reader = keys.get(entry.name)
        if reader is None:
            hint = suggest(entry.name, keys) or f" (known here: {', '.join(keys)})"
            message = f"expected a known key, got {entry.name!r}{hint}"
            findings.append(SettingFault(mark=entry.mark, message=message, path=entry.name))
        elif not is_nothing(entry.value):
            for value in attempt(reader, entry.value, entry.name, entry.mark, findings):
                values[entry.name] = value
    return values


def attempt(
    reader: Reader[T], node: Node, name: str, mark: Mark, findings: list[SettingFault]
) -> tuple[T] | tuple[()]:
    """Read one value; what is wrong with it goes to the findings, under its name, and () comes back."""
    try:
        return (reader(node),)
    except Misfit as error:
        findings.extend(found.under(name, mark) for found in error.findings)
        return ()
