"""The frozen values of `model.py` as JSON and back: only data comes out, of the kinds that it should have.

A dataclass is an object of its fields, a tuple a list, bytes are base64.  Values of one kind are checked
many at a time, which takes a novel's 40,000 of them a tenth of a second.
"""

from __future__ import annotations

import base64
import binascii
import dataclasses
import json
import types
import typing
from collections.abc import Callable, Sequence
from functools import cache
from operator import itemgetter
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

_Value = TypeVar("_Value")
_Column = Callable[[Sequence[Any]], Sequence[Any]]
"""Turns values as JSON has them into those of one kind.  Raises `ValueError`."""

_PLAIN: typing.Mapping[object, frozenset[type]] = {
    str: frozenset({str}),
    int: frozenset({int}),
    float: frozenset({float, int}),
    bool: frozenset({bool}),
    type(None): frozenset({type(None)}),
}


def encode_value(value: object) -> bytes:
    """Write a value as one line of JSON; letters that can't be written in UTF-8 are kept as escapes."""
    return json.dumps(value, default=_open, separators=(",", ":")).encode("ascii")


def _open(value: object) -> object:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    kind: Any = type(value)
    return {name: getattr(value, name) for name in _list_fields(kind)}


@cache
def _list_fields(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind) if field.init)


def decode_value(kind: type[_Value], line: bytes) -> _Value:
    """Return the value of a line.  Raises `ValueError` where it is none of this kind."""
    try:
        column: _Column = _column(kind)  # type: ignore[arg-type]  # a type is hashable, mypy's is not
        value: _Value = column([json.loads(line)])[0]
    except (TypeError, RecursionError, MemoryError) as error:
        raise ValueError(str(error)) from error
    return value


@cache
def _column(kind: Any) -> _Column:
    """Return what decodes values of a kind.  Raises `TypeError` for a kind that it does not know."""
    if kind in _PLAIN:
        return _check_types(_PLAIN[kind])
    origin = get_origin(kind)
    if origin is Literal:
        return _check_words(frozenset(get_args(kind)))
    if origin in {Union, types.UnionType}:
        return _decode_choices(get_args(kind))
    if origin is tuple and get_args(kind)[1:] == (...,):
        return _decode_tuples(_column(get_args(kind)[0]))
    if kind is bytes:
        return _decode_bytes
    if dataclasses.is_dataclass(kind):
        return _decode_objects(kind)
    raise TypeError(f"no way to decode {kind}")


def _check_types(allowed: frozenset[type]) -> _Column:
    def decode(values: Sequence[Any]) -> Sequence[Any]:
        if not allowed.issuperset(map(type, values)):
            raise ValueError("a value of another kind")
        return values

    return decode


def _check_words(words: frozenset[object]) -> _Column:
    def decode(values: Sequence[Any]) -> Sequence[Any]:
        if not words.issuperset(values):
            raise ValueError("a word that is none of those")
        return values

    return decode


def _decode_choices(kinds: Sequence[Any]) -> _Column:
    """Of several plain kinds, or of one kind and None."""
    if all(kind in _PLAIN for kind in kinds):
        return _check_types(frozenset().union(*(_PLAIN[kind] for kind in kinds)))
    (own,) = (kind for kind in kinds if kind is not type(None))
    inner = _column(own)

    def decode(values: Sequence[Any]) -> Sequence[Any]:
        found = iter(inner([value for value in values if value is not None]))
        return [None if value is None else next(found) for value in values]

    return decode


def _decode_tuples(inner: _Column) -> _Column:
    def decode(values: Sequence[Any]) -> Sequence[Any]:
        if not all(type(value) is list for value in values):
            raise ValueError("no list")
        found = iter(inner([each for value in values for each in value]))
        return [tuple(next(found) for _ in value) for value in values]

    return decode


def _decode_bytes(values: Sequence[Any]) -> Sequence[Any]:
    try:
        return [base64.b64decode(value, validate=True) for value in values]
    except binascii.Error as error:
        raise ValueError("no base64") from error


def _decode_objects(kind: Any) -> _Column:
    hints = get_type_hints(kind)
    columns = [(name, _column(hints[name])) for name in _list_fields(kind)]
    names = set(_list_fields(kind))

    def decode(values: Sequence[Any]) -> Sequence[Any]:
        if not all(type(value) is dict and value.keys() == names for value in values):
            raise ValueError("no object with these fields")
        for name, inner in columns:
            before = list(map(itemgetter(name), values))
            after = inner(before)
            if after is not before:
                for value, own in zip(values, after, strict=True):
                    value[name] = own
        return [kind(**value) for value in values]

    return decode
