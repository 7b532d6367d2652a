"""Where paragraphs begin among lines: by blank lines, indents, short lines, or a line each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from audiobook.reading.flow import NEW_LINE, SCENE_MARK, Block
from audiobook.reading.headings import find_glued, starts_chapter
from audiobook.reading.navigation import find_navigation

LONGEST_WRAPPED_LINE = 100
"""Editors and Project Gutenberg wrap at 60 to 80 columns; a longer line was not wrapped."""
_LINE = re.compile(r"[^\r\n\f\v]*(?:\r\n|[\r\n\f\v]|\Z)")
_ENDS_SENTENCE = re.compile(r"[.!?…:—–-][\"'”’»)\]_*]*$|[\"”»。！？」』）]$")
_ENDS_SURELY = re.compile(r"[.!?…。！？—–-][\"'”’»」』）)\]_*]*$|[”»」』\"]$")
_CLOSING = re.compile(r"[ \t]*[”’»」』\"')\]]{1,3}[.,;:!?]?[ \t]*$|[ \t]*[”’»][,.]?\s+[a-z]")
_BLANK = " \t\r\n\u00a0\u3000"
_INDENTED = re.compile(r"[ \t\r\n]*(?:[\u00a0\u2002]{2}|[\u2003\u3000])")
_OPENS_SPEECH = re.compile(r"[\"“‘«„]|[—–-]\S")
_RAGGED = 8
"""How much shorter than the longest a wrapped line may be although the next word had fitted."""
_SHORT = 0.6
"""The share of the longest line below which a line was not ended by wrapping, however ragged."""
_FEWEST_LINES = 3
_FEWEST_OWN_LINES = 5
"""Lines that a stretch without blank ones has at least to be judged by itself."""
_BY_LINE = 0.85
"""The share of lines that end a sentence where a line is a paragraph (of wrapped texts: 0.1 to 0.2)."""


@dataclass(frozen=True, slots=True)
class _Line:
    start: int
    end: int
    text: str

    @property
    def indent(self) -> int:
        """Columns; a tab and an ideographic space are as wide as an indent."""
        before = self.text[: len(self.text) - len(self.text.lstrip())]
        return len(before.replace("\t", "    ").replace("\u3000", "  "))


def find_paragraphs(text: str, position: int, stop: int) -> list[tuple[int, int, bool]]:
    """Return the span of every paragraph and scene-break mark, and whether it is a mark."""
    runs = _find_runs(text, position, stop)
    lines = [line for run in runs for line in run]
    width = max((len(line.text) for line in lines if len(line.text) <= LONGEST_WRAPPED_LINE), default=0)
    by_line = is_by_line([line.text for line in run] for run in runs)
    found: list[tuple[int, int, bool]] = []
    for run in runs:
        if SCENE_MARK.fullmatch(run[0].text):
            found.append((*trim(text, run[0].start, run[0].end), True))
            continue
        own = is_by_line([[line.text for line in run]]) if len(run) > _FEWEST_OWN_LINES else by_line
        first = run[0]
        for before, line in zip([None, *run], run, strict=False):
            is_closing = _CLOSING.match(line.text) and _is_open(text, found, first.start, line)
            if is_closing and (before or (found and not found[-1][2])):
                if before is None:
                    first = replace(line, start=found.pop()[0])
            elif before and _starts_paragraph(before, line, width, by_line=own):
                found.append((*trim(text, first.start, before.end), False))
                first = line
        found.append((*trim(text, first.start, run[-1].end), False))
    return found


def is_by_line(runs: Iterable[Sequence[str]]) -> bool:
    """Tell whether a line is a paragraph: whether nearly all lines before another one end a sentence."""
    lines = ended = 0
    for run in runs:
        for line in run[:-1]:
            if not _CLOSING.match(line) and not starts_chapter(line.strip()):
                lines += 1
                ended += _ENDS_SURELY.search(line.rstrip()) is not None
    return lines >= _FEWEST_LINES and ended >= _BY_LINE * lines


def ends_paragraph(before: str, after: str) -> bool:
    """Tell whether a page's line end parts paragraphs: a second one, or one before an indent."""
    words = before.rstrip(_BLANK + NEW_LINE)
    if before.count(NEW_LINE, len(words)) > 1:
        return True
    return _INDENTED.match(after) is not None and _ENDS_SURELY.search(words) is not None


def part_lines(blocks: Sequence[Block], text: str) -> list[Block]:
    """Part blocks of which each line is a paragraph, as where a page has nothing but `<br/>` in one `<p>`."""
    lines = [
        [] if block.level or block.skip else text[block.start : block.end].split("\n") for block in blocks
    ]
    by_line = is_by_line(lines)
    parted: list[Block] = []
    for block, own in zip(blocks, lines, strict=True):
        is_parted = is_by_line([own]) if len(own) > _FEWEST_OWN_LINES else by_line and len(own) > 1
        if not is_parted:
            parted.append(block)
            continue
        start = block.start
        for index, line in enumerate(own):
            first = replace(block, start=start, end=start + len(line))
            if index and _CLOSING.match(line):
                parted[-1].end = first.end
            else:
                parted.append(first if not index else replace(first, follows_scene_break=False))
            start += len(line) + 1
    return parted


def part_glued(blocks: Sequence[Block], text: str) -> list[Block]:
    """Part headings from the paragraphs that they are glued to by a single line end."""
    glued = find_glued(
        ["" if block.level or block.skip else text[block.start : block.end] for block in blocks]
    )
    parted: list[Block] = []
    for index, block in enumerate(blocks):
        if index in glued:
            middle = block.start + glued[index]
            start, end = trim(text, block.start, middle)
            parted.append(replace(block, start=start, end=end))
            start, end = trim(text, middle, block.end)
            parted.append(replace(block, start=start, end=end, follows_scene_break=False))
        else:
            parted.append(block)
    return parted


def _find_runs(text: str, position: int, stop: int) -> list[list[_Line]]:
    """Return lines that have neither a blank line, a scene-break mark nor a site's links between them.

    These are alone.
    """
    lines: list[_Line] = []
    blank: set[int] = set()
    """Before which of the lines there is a blank one."""
    for match in _LINE.finditer(text, position, stop):
        words = match[0].rstrip("\r\n\f\v")
        if words.strip("\0 \t\xa0\u3000"):
            lines.append(_Line(match.start(), match.start() + len(words), words))
        else:
            blank.add(len(lines))
    links = find_navigation([line.text for line in lines])
    runs: list[list[_Line]] = []
    is_new = True
    for index, line in enumerate(lines):
        is_alone = index in links or SCENE_MARK.fullmatch(line.text) is not None
        if is_alone or is_new or index in blank:
            runs.append([line])
        else:
            runs[-1].append(line)
        is_new = is_alone
    return runs


def _is_open(text: str, found: Sequence[tuple[int, int, bool]], start: int, line: _Line) -> bool:
    """Tell whether a mark that stands alone closes: a straight one does where one is open."""
    mark = line.text.strip()[0]
    if mark not in "\"'":
        return True
    begin = start if start < line.start or not found else found[-1][0]
    return text.count(mark, begin, line.start) % 2 == 1


def _starts_paragraph(before: _Line, line: _Line, width: int, *, by_line: bool) -> bool:
    """Tell whether a line without a blank one before it begins a paragraph all the same.

    It does where the text is not wrapped (a line a paragraph), where it is indented more than the
    line before, and where the line before ended a sentence although the next word had fitted on it
    (clearly so, unless a speech begins).
    """
    if len(before.text) > LONGEST_WRAPPED_LINE or len(line.text) > LONGEST_WRAPPED_LINE:
        return True
    if line.indent >= before.indent + 2:
        return True
    ended = _ENDS_SENTENCE.search(before.text.rstrip()) is not None
    if by_line:
        goes_on = line.text.lstrip()[:1].islower() or before.text.rstrip()[-1:] in ",;"
        return ended or not goes_on
    if ended and starts_chapter(line.text.strip()):
        return True
    if _CLOSING.match(before.text) and line.text.lstrip()[:1].islower():
        return False
    first_word = line.text.split(maxsplit=1)[0]
    room = width - _RAGGED if _OPENS_SPEECH.match(first_word) else width * _SHORT
    had_fitted = len(before.text.rstrip()) + 1 + len(first_word) <= room
    return had_fitted and ended


def trim(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a stretch without the white space around it."""
    stretch = text[start:end]
    return start + len(stretch) - len(stretch.lstrip()), start + len(stretch.rstrip())
