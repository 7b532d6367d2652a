"""A text as a narrator says it: what is spoken in place of years, money, abbreviations, numerals.

    find_readings(text, language) → Readings
    find_note_signs(text, language) → those Readings that say nothing of a note's sign
    find_heteronyms(text, language) → Senses: how words of two sounds are said where they stand

A module for each kind of thing, the order in `registry.py`.  A rule stands here only where engines read
the text badly as it is; benchmarks/readings.py measures that, docs/reading-aloud.md shows it.
"""

from audiobook.normalizing.common_words import keep_uncommon
from audiobook.normalizing.finding import find_note_signs, find_readings
from audiobook.normalizing.heteronyms import Sense, find_heteronyms

__all__ = ["Sense", "find_heteronyms", "find_note_signs", "find_readings", "keep_uncommon"]
