"""Find the lines that a person means by some words of them.

White space, underscores of emphasis and the kind of quotation mark make no difference; words are whole.
A snippet lies within one pair of marks.  Where it fits several lines, one that it is the whole of
counts before those that it is a part of, and a line that is spoken before a title in marks.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from audiobook.model import NARRATOR, LineFix
from audiobook.script.marks import DOUBLE, SINGLE, Quoted

_EDGES = DOUBLE + SINGLE + "_ \t\r\n"
_LETTER = re.compile(r"[^\W_]")
_REACH = 3000
"""How many characters after the words of `after` the line must begin: a page and a half."""
_PLACES_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFix:
    """What became of a fix: the line (an index of the quoted stretches), or what is wrong."""

    line: int | None = None
    problem: str = ""
    is_missing: bool = False


def snippet_pattern(snippet: str) -> re.Pattern[str] | None:
    """Return the pattern of a snippet's words, None where it has none.

    That a word of the text begins where a match does is for `find_places` to see: a pattern that opens
    with a letter is found ten times as fast as one that looks behind it.
    """
    words = [word.strip("_") for word in snippet.strip(_EDGES).split()]
    if not any(_LETTER.search(word) for word in words):
        return None
    parts = ["".join(map(_letter_pattern, word)) for word in words]
    return re.compile(r"[\s_]+".join(parts) + r"(?![^\W_])")


def _letter_pattern(letter: str) -> str:
    """Return what stands for a letter or mark; beside a mark there may be an underscore of emphasis."""
    if letter.isalnum():
        return letter
    return f"_*[{DOUBLE if letter in DOUBLE else SINGLE if letter in SINGLE else re.escape(letter)}]_*"


def find_places(
    pattern: re.Pattern[str], text: str, start: int = 0, end: int | None = None
) -> Iterator[range]:
    """Yield where the words of a snippet stand in a text."""
    stop = len(text) if end is None else end
    for match in pattern.finditer(text, start, stop):
        at = match.start()
        if at == 0 or not _LETTER.match(text[at - 1]) or not _LETTER.match(text[at]):
            yield range(at, match.end())


class LineFinder:
    """Finds lines among a text's quoted stretches, which are in order; `spoken` has the starts of speech."""

    def __init__(self, text: str, quoted: Sequence[Quoted], spoken: set[int]) -> None:
        self._text = text
        self._quoted = quoted
        self._starts = [span.start for span in quoted]
        self._spoken = spoken

    def find(self, fix: LineFix) -> FoundFix:
        """Return the one line that a fix means, or why there is none."""
        pattern = snippet_pattern(fix.snippet)
        lines, stands_outside = self._match(pattern) if pattern else ([], False)
        if not lines:
            reason = (
                "these words stand outside quotation marks"
                if stands_outside
                else "no line of the story has these words"
            )
            return FoundFix(problem=reason, is_missing=not stands_outside)
        if fix.after is not None:
            lines = self._after(lines, fix.after)
            if not lines:
                return FoundFix(problem=f"no such line comes after {fix.after!r}", is_missing=True)
        best = self._prefer(lines, fix)
        if len(best) > 1:
            places = [str(self._text.count("\n", 0, self._starts[line]) + 1) for line in best]
            more = f" and {len(places) - _PLACES_SHOWN} more" if len(places) > _PLACES_SHOWN else ""
            listed = ", ".join(places[:_PLACES_SHOWN])
            return FoundFix(
                problem=f"fits {len(best)} lines (source lines {listed}{more}): quote more words, "
                "or add what stands before: {speaker: …, after: …}"
            )
        return FoundFix(line=best[0])

    def is_shared(self, pattern: re.Pattern[str], start: int) -> bool:
        """Tell whether words surely mean more lines than the spoken one that starts there and holds them.

        Of words that many lines have (`find` looks at each) it sees no more than the next one or two.
        """
        own = bisect_left(self._starts, start)
        if start not in self._spoken or own == len(self._starts) or self._starts[own] != start:
            return False
        is_whole = self._is_whole(own, pattern)
        for place in find_places(pattern, self._text):
            line = bisect_right(self._starts, place.start) - 1
            if line < 0 or line == own or place.stop > self._quoted[line].end:
                continue
            if self._starts[line] in self._spoken and (not is_whole or self._is_whole(line, pattern)):
                return True
        return False

    def _match(self, pattern: re.Pattern[str]) -> tuple[list[int], bool]:
        """Return the lines that hold the words, and whether the words stand outside of lines too."""
        lines: dict[int, None] = {}
        stands_outside = False
        for place in find_places(pattern, self._text):
            line = bisect_right(self._starts, place.start) - 1
            if line >= 0 and place.stop <= self._quoted[line].end:
                lines[line] = None
            else:
                stands_outside = True
        return list(lines), stands_outside

    def _after(self, lines: Sequence[int], words: str) -> list[int]:
        """Keep, for each place of the words, the first of the lines that comes after it."""
        pattern = snippet_pattern(words)
        kept: dict[int, None] = {}
        starts = [self._starts[line] for line in lines]
        for place in find_places(pattern, self._text) if pattern else ():
            following = bisect_left(starts, place.stop)
            if following < len(starts) and starts[following] - place.stop <= _REACH:
                kept[lines[following]] = None
        return list(kept)

    def _prefer(self, lines: Sequence[int], fix: LineFix) -> Sequence[int]:
        """Keep the lines that are spoken, where any is, and of these those that hold nothing else."""
        pattern = snippet_pattern(fix.snippet)
        spoken = [line for line in lines if self._starts[line] in self._spoken] or lines
        return [line for line in spoken if self._is_whole(line, pattern)] or spoken

    def _is_whole(self, line: int, pattern: re.Pattern[str] | None) -> bool:
        span = self._quoted[line]
        place = next(find_places(pattern, self._text, span.start, span.end), None) if pattern else None
        return place is not None and not (
            _LETTER.search(self._text, span.start, place.start)
            or _LETTER.search(self._text, place.stop, span.end)
        )


def correct_speech(
    quoted: Sequence[Quoted], speech: Sequence[Quoted], fixes: dict[int, LineFix]
) -> list[Quoted]:
    """Return what is speech once the fixes (by the start of their line) have had their say."""
    spoken = {span.start for span in speech}
    return [
        span
        for span in quoted
        if (fixes[span.start].speaker != NARRATOR if span.start in fixes else span.start in spoken)
    ]
