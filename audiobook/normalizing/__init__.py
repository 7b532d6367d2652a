"""A text as a narrator says it: what is spoken in place of years, money, abbreviations, numerals.

    find_readings(text, language) → Readings

A module for each kind of thing, the order in `registry.py`.  A rule stands here only where engines read
the text badly as it is; benchmarks/readings.py measures that, docs/reading-aloud.md shows it.
"""

from audiobook.normalizing.finding import find_readings

__all__ = ["find_readings"]
