"""The frozen values of `model.py` as JSON and back: only data comes out, of the kinds that it should have.

A dataclass is an object of its fields, a tuple a list, bytes are base64.
"""

from __future__ import annotations

import json
from typing import TypeVar

_Value = TypeVar("_Value")


def encode_value(value: object) -> bytes:
    """Write a value as one line of JSON."""
    import msgspec

    try:
        return msgspec.json.encode(value)
    except UnicodeEncodeError:  # half a letter, which a file's name may hold: written as an escape
        return json.dumps(msgspec.to_builtins(value)).encode("ascii")


def decode_value(kind: type[_Value], line: bytes) -> _Value:
    """Return the value of a line.  Raises `ValueError` where it is none of this kind."""
    import msgspec

    try:
        try:
            value = msgspec.json.decode(line, type=kind)
        except msgspec.DecodeError:  # half a letter, again, or no value
            value = msgspec.convert(json.loads(line), kind)
    except (msgspec.MsgspecError, TypeError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from error
    # msgspec passes over fields that a dataclass does not have, and fills in those that have a default.
    if encode_value(value) != line:
        raise ValueError("not as this value is written")
    return value
