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
    `proof`: what it means that a reader lost or doubled words of the file: a fault, or a warning.
    """

    matter: bool = False
    footnotes: Footnotes = "skip"
    descriptions: bool = False
    proof: Literal["fail", "warn"] = "fail"


DEFAULT_CHOICES = ReadingChoices()


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingWish:
    """What is asked for in one run; None leaves it to the settings.  See `ReadingChoices`."""

    matter: bool | None = None
    footnotes: Footnotes | None = None

    def over(self, lower: ReadingChoices) -> ReadingChoices:
        """Return these choices with what they leave open taken from `lower`."""
        return ReadingChoices(
            matter=lower.matter if self.matter is None else self.matter,
            footnotes=lower.footnotes if self.footnotes is None else self.footnotes,
            descriptions=lower.descriptions,
            proof=lower.proof,
        )


NO_WISH = ReadingWish()
