"""Find what in a text is not said as it is written."""

from __future__ import annotations

from audiobook.model import Reading
from audiobook.normalizing.powers import NOTE
from audiobook.normalizing.registry import ELSEWHERE, HEADINGS, RULES


def find_readings(text: str, language: str, *, is_heading: bool = False) -> tuple[Reading, ...]:
    """Return what is spoken in place of stretches of `text`, in order; no two overlap.

    `language` is a BCP 47 tag; in languages that have no rules only the signs of notes are found.  Where
    two rules find the same place, the first in the registry reads it.  In a heading, a Roman I is a
    number.  The cost is linear in the text; most sentences cost some microseconds.
    """
    needs: dict[int, bool] = {}
    found: list[Reading] = []
    taken = bytearray()
    tag = language.partition("-")[0].lower()
    rules = RULES.get(tag, ELSEWHERE)
    for rule in (*HEADINGS.get(tag, ()), *rules) if is_heading else rules:
        key = id(rule.needs)
        if key not in needs:
            needs[key] = rule.needs.search(text) is not None
        if not needs[key]:
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span("at" if "at" in rule.pattern.groupindex else 0)
            if taken and taken.find(1, start, end) >= 0:
                continue
            spoken = rule.read(match)
            if spoken is None or spoken == text[start:end]:
                continue
            taken = taken or bytearray(len(text))
            taken[start:end] = b"\1" * (end - start)
            found.append(Reading(start=start, end=end, spoken=spoken, rule=rule.name))
    return tuple(sorted(found, key=lambda reading: reading.start))


def find_note_signs(text: str, language: str) -> tuple[Reading, ...]:
    """Return where a text has the signs of notes, of which nothing is spoken: 1804[1], Clara.², Clara†."""
    if NOTE.needs.search(text) is None:
        return ()
    return tuple(reading for reading in find_readings(text, language) if reading.rule == NOTE.name)
