"""Counted things as a person reads them: "1 line", "2,310 lines"."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """Write how many there are of something whose plural has an s, or is given: "story/stories"."""
    one, _, many = noun.partition("/")
    return f"{number:,} {one if number == 1 else many or one + 's'}"
