"""Single quotation marks of a paragraph, told from apostrophes: ‘ ’Tis Tom’s,’ said th’ boy."""

from __future__ import annotations

import re

from audiobook.script.layout import Passage
from audiobook.script.lexicon import lexicon

WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
ELIDED = re.compile(r"(?:tis|twas|twill|twere|twould|tisn['’]t|twasn['’]t)(?!\w)", re.IGNORECASE)
"""What opens a sentence of narration as well as one of speech."""
_THIN = "\u00a0\u2002-\u200a\u202f"
_BLANKS = re.compile(f"[ {_THIN}]{{0,3}}")
BEFORE_OPENING = "([{—–-/_*\"“„«'‘"
SURE_END = '.,!?;:…—–-"”»)*_'


def around(text: str, passage: Passage, at: int) -> tuple[str, str]:
    """Return the characters beside a mark; a space stands for the paragraph's edge."""
    before = text[at - 1] if at > passage.start else " "
    after = text[at + 1] if at + 1 < passage.end else " "
    return before, after


def is_elision(text: str, at: int) -> bool:
    """Tell whether the straight mark or apostrophe at a place begins a shortened word: 'tis, ’em, '98."""
    if text[at] not in "'’":
        return False
    word = WORD.match(text, at + 1)
    if not word:
        return True
    return word.group().lower() in lexicon().section("elisions") or word.group()[0].isdigit()


class Singles:
    """Single quotation marks of one paragraph, told from apostrophes.

    A mark after punctuation closes for sure; one after a letter may be a possessive or an elision, so
    it closes only where no sure closing mark comes before the next sure opening one.
    """

    def __init__(self, text: str, passage: Passage, marks: list[int]) -> None:
        """Take the places of all marks of a paragraph, in order."""
        self.text, self.passage, self.marks = text, passage, marks
        count = len(marks)
        self.next_sure = [count] * (count + 1)
        self.next_unsure = [count] * (count + 1)
        self.next_opener = [count] * (count + 1)
        for i in range(count - 1, -1, -1):
            at = marks[i]
            self.next_sure[i] = i if self._closes_surely(at) else self.next_sure[i + 1]
            self.next_unsure[i] = i if self._may_close(at) else self.next_unsure[i + 1]
            self.next_opener[i] = i if self._opens_surely(at) else self.next_opener[i + 1]

    def opens(self, at: int) -> bool:
        """Tell whether a mark may open a quotation."""
        mark = self.text[at]
        if mark not in "‘'‚":
            return False
        before, after = around(self.text, self.passage, at)
        if not (before.isspace() or before in BEFORE_OPENING):
            return False
        if after.isspace():  # a blank sets the mark apart from another: ‘ “Go,” he said,’
            blanks = _BLANKS.match(self.text, at + 1, self.passage.end)
            inner = self.text[blanks.end() : blanks.end() + 1] if blanks else ""
            return mark == "‘" and self._after_punctuation(at) and (inner in "’“" or inner.isalnum())
        return mark == "‘" or after in '"“' or not is_elision(self.text, at) or self._after_punctuation(at)

    def _after_punctuation(self, at: int) -> bool:
        before = self.text[max(self.passage.start, at - 4) : at].rstrip().rstrip("’”").rstrip()
        return not before or before[-1] in ".,!?…;:—–-"

    def _opens_surely(self, at: int) -> bool:
        return self.opens(at) and self._after_punctuation(at)

    def _closes_surely(self, at: int) -> bool:
        before, after = around(self.text, self.passage, at)
        if self.text[at] != "’" and self.text[at] != "'":
            return False
        if before.isspace() and after.isspace() and at + 1 < self.passage.end:  # ‘ “No”? ’ said Tom.
            before = self.text[max(self.passage.start, at - 3) : at].rstrip()[-1:] or " "
        return before in SURE_END and not after.isalnum()

    def _may_close(self, at: int) -> bool:
        before, after = around(self.text, self.passage, at)
        return self.text[at] in "’'" and not before.isspace() and not after.isalnum()

    def find_close(self, position: int) -> tuple[int, int, bool] | None:
        """Return (end, next position, closed) for the mark that opens at marks[position]."""
        count = len(self.marks)
        sure = self.next_sure[position + 1]
        opener = self.next_opener[position + 1]
        unsure = self.next_unsure[position + 1]
        if sure < count and sure < opener:
            return self.marks[sure], sure + 1, True
        if ELIDED.match(self.text, self.marks[position] + 1):
            return None  # 'Tis so.
        if unsure < count and unsure < opener:
            return self.marks[unsure], unsure + 1, True
        if opener < count:
            return self.marks[opener], opener, False
        return None
