"""Script: a `Book` becomes a `Script`, with quotations, characters, and who speaks.

    marks → speech → names → people → tags → sieve → utterances

Each step is a module that can be read by itself; `writing.py` puts them in order, and
`completeness.py` proves that nothing was lost on the way.
"""

from audiobook.script.completeness import prove_complete
from audiobook.script.doubts import SURE, Doubt, count_doubtful, find_doubtful, show_around
from audiobook.script.foresight import foresee
from audiobook.script.joins import Join, find_joins
from audiobook.script.line_words import LineWords
from audiobook.script.pace import LETTERS_A_DIGIT, SECONDS_A_LETTER, WORDS_A_MINUTE, time_marks
from audiobook.script.speaker_labels import say_labels
from audiobook.script.utterances import clean
from audiobook.script.writing import knows_language, write_script

__all__ = [
    "LETTERS_A_DIGIT",
    "SECONDS_A_LETTER",
    "SURE",
    "WORDS_A_MINUTE",
    "Doubt",
    "Join",
    "LineWords",
    "clean",
    "count_doubtful",
    "find_doubtful",
    "find_joins",
    "foresee",
    "knows_language",
    "prove_complete",
    "say_labels",
    "show_around",
    "time_marks",
    "write_script",
]
