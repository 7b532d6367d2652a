"""What a person saw who corrects a line, and whether the story is still that."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from audiobook.errors import ConflictError
from audiobook.model import Book, Quotation, Script, StatedLine


@dataclass(frozen=True, slots=True, kw_only=True)
class LineSeen:
    """What was seen of a line: the edition of the text, and the words of the line, or a part, as spoken."""

    edition: str
    words: str


def name_edition(book: Book) -> str:
    """Return a hash of a story's text: in one edition a line starts where it did."""
    return hashlib.blake2b(book.text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def check_edition(name: str, book: Book, seen: LineSeen | None) -> None:
    """Raise `ConflictError` where a story's text is another than was seen."""
    if seen is not None and seen.edition != name_edition(book):
        raise refuse_other_text(name)


def check_words(name: str, script: Script, line: Quotation | StatedLine, seen: LineSeen | None) -> None:
    """Raise `ConflictError` where the words that were seen are not spoken where the line is."""
    if seen is None:
        return
    utterances = (each for chapter in script.chapters for each in chapter.utterances)
    there = [each.text for each in utterances if each.start < line.end and line.start < each.end]
    if seen.words not in there:
        own, sought = " ".join(there)[:60], seen.words[:60]
        raise ConflictError(
            f"{name}: the line there is “{own}”, not “{sought}”, so nothing was written; look again"
        )


def refuse_other_text(name: str) -> ConflictError:
    """Return what is raised where a text was changed meanwhile."""
    return ConflictError(f"{name}: its text was changed meanwhile, so nothing was written; look again")
