"""What a person may choose about how a book is read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Footnotes = Literal["skip", "paragraph"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingChoices:
    """`matter`: read front and back matter too (title page, copyright, contents, index, notes …).

    `footnotes`: leave them out, or read each at the end of the paragraph that refers to it.
    `descriptions`: read the descriptions of pictures (alternative texts).  Captions are always read.
    """

    matter: bool = False
    footnotes: Footnotes = "skip"
    descriptions: bool = False


DEFAULT_CHOICES = ReadingChoices()
