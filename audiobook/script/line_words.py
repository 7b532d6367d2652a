"""The words by which voices.yaml means a line: found for a line, and the line found by them."""

from __future__ import annotations

from collections.abc import Iterator

from audiobook.model import Book, LineFix, Quotation
from audiobook.script.foreign.pack import find_pack
from audiobook.script.foreign.quoting import find_speech
from audiobook.script.layout import list_passages, tokenize
from audiobook.script.line_fixes import LineFinder, find_places, snippet_pattern
from audiobook.script.marks import DOUBLE, SINGLE, Quoted
from audiobook.script.speaker_labels import find_labels, quote_all
from audiobook.script.speech import select_speech
from audiobook.script.utterances import clean
from audiobook.script.writing import knows_language

_SNIPPET_WORDS = (4, 7, 12, 30)
_AFTER_WORDS = (4, 8, 16, 30)
_LONGEST = 200
"""How many characters voices.yaml takes as words of a line, and as words before it."""
_EARLIER = 1000
_DASHES = "—–―-"
_LOOSE_ENDS = ",;:—–- "
"""Left off at the end of a snippet, which most often spares the line its YAML quotes."""


class LineWords:
    """Goes from lines of a book to words and back, as `Corrector` does when it reads the book."""

    def __init__(self, book: Book) -> None:
        self.text = book.text
        quoted, speech = _find_lines(book)
        self._lines = [range(span.start, span.end) for span in quoted]
        self._finder = LineFinder(book.text, quoted, {span.start for span in speech})

    def means(self, fix: LineFix, quotation: Quotation) -> bool:
        """Tell whether a fix means this line, and no other."""
        pattern = snippet_pattern(fix.snippet)
        if pattern is None or not any(find_places(pattern, self.text, quotation.start, quotation.end)):
            return False  # spares a search through the whole book
        if fix.after is None and self._finder.is_shared(pattern, quotation.start):
            return False
        found = self.find(fix)
        return found is not None and found.start == quotation.start

    def find(self, fix: LineFix) -> range | None:
        """Return the span of the one line that a fix means, None where there is none, or several."""
        line = self._finder.find(fix).line
        return None if line is None else self._lines[line]

    def find_fix(self, quotation: Quotation, speaker: str) -> LineFix | None:
        """Return the shortest of a few ways to mean a line that means it alone.

        None where no words tell it from others.
        """
        for snippet, after in self._choices(quotation):
            fix = LineFix(snippet=snippet, speaker=speaker, after=after)
            if len(snippet) <= _LONGEST and self.means(fix, quotation):
                return fix
        return None

    def _choices(self, quotation: Quotation) -> Iterator[tuple[str, str | None]]:
        said = clean(self.text[quotation.start : quotation.end]).split()
        earlier = clean(self.text[max(0, quotation.start - _EARLIER) : quotation.start]).split()
        lengths = [length for length in _SNIPPET_WORDS if length < len(said)]
        snippets = [" ".join(said[:length]).rstrip(_LOOSE_ENDS) for length in (*lengths, len(said))]
        whole = " ".join(said)
        yield from ((snippet, None) for snippet in (*snippets, whole))
        longest = [snippet for snippet in snippets if len(snippet) <= _LONGEST][-1:]
        for length in _AFTER_WORDS:
            # The mark or dash that opens the line stands between; the words before are what a person sees.
            after = " ".join(earlier[-length:]).strip(DOUBLE + SINGLE + _DASHES + " ")
            if after and len(after) <= _LONGEST:
                yield from ((snippet, after) for snippet in (*longest, whole))


def _find_lines(book: Book) -> tuple[list[Quoted], list[Quoted]]:
    """Return what stands between marks, and what of it is speech, as `write_script` finds it."""
    if not knows_language(book.language):
        return [], []
    passages = list_passages(book)
    pack = find_pack(book.language)
    if pack is not None:
        return find_speech(book.text, passages, pack)
    quoted = quote_all(book.text, passages, find_labels(book))
    return quoted, select_speech(book.text, tokenize(book.text), passages, quoted)
