"""The text of a settings file as a tree that knows where each value stands.

The tree keeps a scalar as it was written (`No`, `1984` and `2001-01-01` may be names or titles), and
every entry keeps line and column, so that a fault can be pointed at.  ruamel.yaml reads the syntax
(YAML 1.2: `yes` and `off` are words); what the values mean is up to `readers.py`.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

MAX_BYTES = 500_000
"""A larger file is refused: it would take over a second to parse (measured: 0.35 MB a second)."""
MAX_VALUES = 200_000
"""How many values a file may hold once its aliases are written out; stops an alias bomb."""
MAX_DEPTH = 20
"""The deepest setting lies six levels down; a deeper file is a mistake, or an alias within itself."""

ScalarKind = Literal["text", "whole", "decimal", "truth", "nothing"]

_SCALAR_KINDS: Mapping[str, ScalarKind] = {
    "tag:yaml.org,2002:str": "text",
    "tag:yaml.org,2002:timestamp": "text",
    "tag:yaml.org,2002:int": "whole",
    "tag:yaml.org,2002:float": "decimal",
    "tag:yaml.org,2002:bool": "truth",
    "tag:yaml.org,2002:null": "nothing",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A place in a file; line and column count from 1, columns in code points."""

    line: int
    column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A single value: its text as written (without quotes) and what YAML takes it for."""

    mark: Mark
    text: str
    kind: ScalarKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list of values."""

    mark: Mark
    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A key of a mapping, where it stands, and its value."""

    mark: Mark
    name: str
    value: Node


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A mapping; names are unique."""

    mark: Mark
    entries: tuple[Entry, ...]

    def get(self, name: str) -> Node | None:
        """Return the value under a name, None where there is none or nothing follows the key."""
        return next((e.value for e in self.entries if e.name == name and not is_nothing(e.value)), None)


Node = Scalar | Listing | Table

START = Mark(line=1, column=1)


def is_nothing(node: Node) -> bool:
    """Tell whether nothing was written: a key with nothing after it counts as not stated."""
    return isinstance(node, Scalar) and node.kind == "nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingFault:
    """One thing wrong, where, and the dotted path of the setting as far as it is known."""

    mark: Mark
    message: str
    path: str = ""

    def under(self, name: str, mark: Mark) -> SettingFault:
        """Return the finding as the holder of the value sees it.

        The path grows by `name`.  What is wrong with a value as a whole is shown at its key.
        """
        if not self.path:
            return SettingFault(mark=mark, message=self.message, path=name)
        joint = "" if self.path.startswith("[") else "."
        return SettingFault(mark=self.mark, message=self.message, path=f"{name}{joint}{self.path}")


class Misfit(Exception):  # noqa: N818 - holds findings on their way to a SettingsError; never leaves casting
    """Settings that can't be used, with everything that was found wrong."""

    def __init__(self, *findings: SettingFault) -> None:
        super().__init__(*findings)
        self.findings = findings


def read_bytes(path: Path) -> bytes:
    """Return a settings file's bytes; raises `Misfit` where it can't be read or is too large."""
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise Misfit(SettingFault(mark=START, message=f"expected a readable file, got: {reason}")) from error
    if len(data) > MAX_BYTES:
        message = f"expected a file of at most {MAX_BYTES // 1000} kB, got a larger one"
        raise Misfit(SettingFault(mark=START, message=message))
    return data


def decode(data: bytes) -> str:
    """Return the text of UTF-8 bytes, without a byte order mark; raises `Misfit`."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = data[: error.start].decode("utf-8-sig")
        message = f"expected UTF-8 text, got the byte 0x{data[error.start]:02x}: save the file as UTF-8"
        raise Misfit(SettingFault(mark=_mark_of_offset(before, len(before)), message=message)) from error


def parse(text: str, findings: list[SettingFault]) -> Table:
    """Return the tree of a YAML text whose top level is a mapping; an empty text gives an empty one.

    Raises `Misfit` with the first fault of syntax, or where aliases make a bomb.  What the shape alone
    shows, duplicate keys (the first counts), keys that are no plain words and tags, is added to the
    findings.
    """
    root = _compose(text)
    if root is None:
        return Table(mark=START, entries=())
    tree = _Grower(findings).grow(root, 0)
    if is_nothing(tree):
        return Table(mark=START, entries=())
    if not isinstance(tree, Table):
        message = f"expected settings as 'key: value' lines, got {describe(tree)}"
        raise Misfit(SettingFault(mark=tree.mark, message=message))
    return tree


def describe(node: Node) -> str:
    """Say in a few words what was written, to follow "got"."""
    if isinstance(node, Table):
        return "a mapping"
    if isinstance(node, Listing):
        return "a list"
    if node.kind == "nothing":
        return "nothing"
    shown = node.text if len(node.text) <= 40 else node.text[:39] + "…"
    return repr(shown) if node.kind == "text" else shown


@functools.lru_cache(maxsize=1)
def _compose(text: str) -> Any:
    """Return ruamel.yaml's own node tree, whose aliases are one object in several places.

    Read it, and leave it as it is: a text that is changed is read for its settings, for the change, as a
    proof of it and for its settings anew, and parsed but twice.
    """
    from ruamel.yaml import YAML
    from ruamel.yaml.error import MarkedYAMLError, YAMLError
    from ruamel.yaml.reader import ReaderError

    yaml = YAML(typ="safe", pure=True)
    yaml.max_depth = MAX_DEPTH
    yaml.composer.warn_double_anchors = False
    try:
        return yaml.compose(text)
    except ReaderError as error:
        message = f"expected text, got the control character U+{ord(text[error.position]):04X}"
        raise Misfit(SettingFault(mark=_mark_of_offset(text, error.position), message=message)) from error
    except MarkedYAMLError as error:
        where = error.problem_mark or error.context_mark
        mark = START if where is None else Mark(line=where.line + 1, column=where.column + 1)
        raise Misfit(
            SettingFault(mark=mark, message=_explain(error.problem or "a fault of syntax"))
        ) from error
    except YAMLError as error:
        raise Misfit(SettingFault(mark=START, message=_explain(str(error)))) from error


def _explain(problem: str) -> str:
    """Return the parser's complaint with what to do about the common ones."""
    advice = ""
    if "'\\t'" in problem:
        advice = " (indent with spaces, not tabs)"
    elif "mapping values are not allowed" in problem:
        advice = " (quote a value that holds ': ', and indent all keys of a section alike)"
    elif "another document" in problem:
        advice = " (remove the second '---')"
    elif "undefined alias" in problem:
        advice = " (quote a value that begins with '*')"
    elif "maximum depth" in problem:
        return f"expected settings at most {MAX_DEPTH} levels deep"
    return f"expected YAML: {problem}{advice}"


def _mark_of_offset(text: str, offset: int) -> Mark:
    before = text[:offset]
    return Mark(line=before.count("\n") + 1, column=offset - (before.rfind("\n") + 1) + 1)


class _Grower:
    """Turns ruamel.yaml's nodes into a tree, writing aliases out, within bounds."""

    def __init__(self, findings: list[SettingFault]) -> None:
        self._findings = findings
        self._grown = 0

    def grow(self, raw: Any, depth: int) -> Node:
        mark = Mark(line=raw.start_mark.line + 1, column=raw.start_mark.column + 1)
        self._grown += 1
        if self._grown > MAX_VALUES or depth > MAX_DEPTH:
            message = (
                f"expected at most {MAX_VALUES} values in {MAX_DEPTH} levels, got more: "
                "write out what the aliases (*) stand for"
            )
            raise Misfit(SettingFault(mark=mark, message=message))
        tag = str(raw.tag)
        if not tag.startswith("tag:yaml.org,2002:") or (raw.id == "scalar" and tag not in _SCALAR_KINDS):
            self._findings.append(
                SettingFault(mark=mark, message=f"expected a plain value, got the tag {tag}")
            )
        if raw.id == "sequence":
            return Listing(mark=mark, items=tuple(self.grow(item, depth + 1) for item in raw.value))
        if raw.id == "mapping":
            return Table(mark=mark, entries=tuple(self._grow_entries(raw, depth)))
        # A tag that is complained of leaves nothing to complain of: the value counts as not stated.
        return Scalar(mark=mark, text=str(raw.value), kind=_SCALAR_KINDS.get(tag, "nothing"))

    def _grow_entries(self, raw: Any, depth: int) -> Iterator[Entry]:
        first_marks: dict[str, Mark] = {}
        for raw_key, raw_value in raw.value:
            mark = Mark(line=raw_key.start_mark.line + 1, column=raw_key.start_mark.column + 1)
            if raw_key.id != "scalar" or str(raw_key.tag) == "tag:yaml.org,2002:merge":
                got = "a merge key '<<'" if raw_key.id == "scalar" else f"a {raw_key.id}"
                self._findings.append(SettingFault(mark=mark, message=f"expected a name as key, got {got}"))
                continue
            name = str(raw_key.value)
            outer = len(self._findings)
            value = self.grow(raw_value, depth + 1)
            self._findings[outer:] = [found.under(name, mark) for found in self._findings[outer:]]
            if name in first_marks:
                message = f"expected each key once, got it again (first in line {first_marks[name].line})"
                self._findings.append(SettingFault(mark=mark, message=message, path=name))
                continue
            first_marks[name] = mark
            yield Entry(mark=mark, name=name, value=value)
