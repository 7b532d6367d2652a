"""Write names and values as YAML: plain where that is safe, in double quotes where not."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Union

_PLAIN = re.compile(r"[^\W\d_](?:[\w .’'/+-]*[\w.’'+])?")
_VOICE = re.compile(r"[A-Za-z][\w.+/-]*")
_RESERVED = re.compile(r"(?i)true|false|null|yes|no|on|off|y|n")
"""Words that YAML 1.1 or 1.2 takes for something else than a text."""

Value = Union[str, int, float, Sequence["Value"], Mapping[str, "Value"]]  # noqa: UP007 - it names itself


def write_scalar(value: str | float) -> str:
    """Return a text or a number as a YAML scalar that stands anywhere, in flow mappings too."""
    if not isinstance(value, str):
        return f"{value:g}" if isinstance(value, float) else str(value)
    if (_PLAIN.fullmatch(value) or _VOICE.fullmatch(value)) and not _RESERVED.fullmatch(value):
        return value
    return _quote(value)


def _quote(value: str) -> str:
    quoted = json.dumps(value, ensure_ascii=False)
    # What YAML does not allow as it stands, even between quotes (YAML 1.2.2, 5.1).
    return re.sub(
        r"[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]",
        lambda match: f"\\u{ord(match[0]):04x}",
        quoted,
    )


def write_like(value: str | float, style: str | None) -> str:
    """Return a scalar in the quotes (`'` or `"`) of the one that it replaces, where it can stand in them."""
    if isinstance(value, str) and style == "'" and value.isprintable():
        doubled = value.replace("'", "''")
        return f"'{doubled}'"
    if isinstance(value, str) and style == '"':
        return _quote(value)
    return write_scalar(value)
