"""Find what stands between quotation marks, or after a dialogue dash.

Whether it is speech is another question (`speech.py`).  A quotation never leaves its paragraph; one
that runs on into the next paragraph (no closing mark here, an opening mark there) is two spans, the
second marked as continuing the first.  That is also why an unbalanced mark can't swallow a chapter.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from audiobook.script.dashes import cut_dialogue, find_unmarked_tag
from audiobook.script.layout import Passage, Tokens
from audiobook.script.lexicon import lexicon

Style = Literal["double", "single", "dash"]

DOUBLE = '"“”„«»'
SINGLE = "'‘’‚"
_MARK = re.compile("[\"“”„«»'‘’‚]")
_SINGLE_OPENER = re.compile(r"(?:^|(?<=[\s(\[—–-]))(?:‘|['‚](?=[^\W\d_]))", re.MULTILINE)
_SAID_NAME = re.compile(r"(?:said|cried|asked|replied|answered|exclaimed|whispered)\s+[A-Z]")
_DASH_OPENER = re.compile(r"\s*[—–―]\s*(?=[^\s—–―-])")
_BEFORE_OPENING = "([{—–-/_*\"“„«'‘"
_SURE_END = '.,!?;:…—–-"”»)*_'


@dataclass(frozen=True, slots=True, kw_only=True)
class Quoted:
    """A span between quotation marks, without them.

    `outer_start` and `outer_end` include the marks.  `continues` says that it goes on with what the
    paragraph before left open; `is_closed` that its closing mark was found.
    """

    start: int
    end: int
    outer_start: int
    outer_end: int
    passage: int
    style: Style
    continues: bool = False
    is_closed: bool = True


def find_quoted(text: str, passages: Sequence[Passage]) -> list[Quoted]:
    """Return every stretch in quotation marks, in order, never overlapping, never nested."""
    found: list[Quoted] = []
    styles = _choose_styles(text, passages)
    left_open: Style | None = None
    for passage in passages:
        if passage.is_heading:
            left_open = None
            continue
        style = styles[passage.chapter]
        dash = _DASH_OPENER.match(text, passage.start, passage.end) if style == "dash" else None
        if dash:
            found.extend(_quote_dialogue(text, passage, dash.end()))
            left_open = None
            continue
        spans = list(_pair_marks(text, passage, style, left_open))
        if spans and not spans[-1].is_closed:
            goes_on = _goes_on(text, passages, passage, spans[-1].style)
            spans[-1] = _close_before_tag(text, spans[-1], surely=goes_on)
        found.extend(spans)
        left_open = spans[-1].style if spans and not spans[-1].is_closed else None
    return found


def mark_tokens(tokens: Tokens, spans: Sequence[Quoted]) -> bytearray:
    """Return for each token 1 where it lies in one of the spans, else 0."""
    marked = bytearray(len(tokens.texts))
    for span in spans:
        for i in tokens.between(span.start, span.end):
            marked[i] = 1
    return marked


def _choose_styles(text: str, passages: Sequence[Passage]) -> list[Style]:
    """Tell by counting which marks each chapter uses; a chapter that hardly quotes follows the book."""
    counts: list[list[int]] = []
    for passage in passages:
        while len(counts) <= passage.chapter:
            counts.append([0, 0, 0])
        body = text[passage.start : passage.end]
        tally = counts[passage.chapter]
        # The mark that opens a paragraph is speech more surely than one inside it.
        tally[0] += 2 * body.startswith(("“", "«", "„", '"'))
        tally[1] += 2 * (_SINGLE_OPENER.match(body) is not None)
        tally[0] += body.count("“") + body.count("«") + body.count("„") + body.count('"') // 2
        tally[1] += sum(1 for _ in _SINGLE_OPENER.finditer(body))
        tally[2] += _DASH_OPENER.match(body) is not None
    total = [sum(column) for column in zip(*counts, strict=True)] or [0, 0, 0]
    overall = _name_style(total)
    return [_name_style(tally) if tally[0] + tally[1] >= 10 else overall for tally in counts]


def _goes_on(text: str, passages: Sequence[Passage], passage: Passage, style: Style) -> bool:
    """Tell whether the next paragraph opens with a mark, as one that continues a speech does."""
    if passage.index + 1 >= len(passages):
        return False
    following = passages[passage.index + 1]
    return text[following.start] in (DOUBLE if style == "double" else SINGLE)


def _close_before_tag(text: str, span: Quoted, *, surely: bool) -> Quoted:
    """End a quotation whose closing mark is missing where its tag begins ("…, said Clara.").

    `surely` asks for "said Clara": where the speech may go on in the next paragraph, its "he told me"
    need be no tag.
    """
    tag = find_unmarked_tag(text, span.start, min(span.end, span.start + (200 if surely else 1000)))
    if tag is None or (surely and not _SAID_NAME.match(text, tag)):
        return span
    end = span.start + len(text[span.start : tag].rstrip())
    return replace(span, end=end, outer_end=end, is_closed=True)


def _name_style(tally: Sequence[int]) -> Style:
    doubles, singles, dashes = tally
    if dashes >= 2 and dashes > doubles and dashes > singles:
        return "dash"
    return "single" if singles > doubles else "double"


def _pair_marks(text: str, passage: Passage, style: Style, left_open: Style | None) -> Iterator[Quoted]:
    """Pair the marks of one paragraph from left to right, outermost only."""
    marks = [m.start() for m in _MARK.finditer(text, passage.start, passage.end)]
    singles = _Singles(text, passage, marks) if style == "single" else None
    position = 0
    is_first = True
    while position < len(marks):
        at = marks[position]
        if text[at] in DOUBLE:
            kind: Style = "double"
            opens = _may_open_double(text, passage, at)
            close = _find_double_close(text, passage, marks, position) if opens else None
        else:
            kind = "single"
            opens = singles is not None and singles.opens(at)
            close = singles.find_close(position) if singles is not None and opens else None
        if opens:
            end, after, closed = close if close else (passage.end, len(marks), False)
            continues = is_first and left_open == kind and not text[passage.start : at].strip()
            quoted = _trim(text, at, end, passage, style=kind, continues=continues, closed=closed)
            position = after
            if quoted:
                yield quoted
        else:
            if is_first and left_open == kind and _closes(text, passage, at, kind):
                # The paragraph before was left open, and this one forgets to open again.
                quoted = _trim(text, passage.start - 1, at, passage, style=kind, continues=True, closed=True)
                if quoted:
                    yield quoted
            position += 1
        is_first = False


def _trim(
    text: str, at: int, end: int, passage: Passage, *, style: Style, continues: bool, closed: bool
) -> Quoted | None:
    start = at + 1
    inner = text[start:end]
    left = len(inner) - len(inner.lstrip())
    right = len(inner.rstrip())
    if not any(c.isalnum() for c in inner):
        return None
    return Quoted(
        start=start + left,
        end=start + right,
        outer_start=max(at, passage.start),
        outer_end=end + 1 if closed else end,
        passage=passage.index,
        style=style,
        continues=continues,
        is_closed=closed,
    )


def _around(text: str, passage: Passage, at: int) -> tuple[str, str]:
    """Return the characters beside a mark; a space stands for the paragraph's edge."""
    before = text[at - 1] if at > passage.start else " "
    after = text[at + 1] if at + 1 < passage.end else " "
    return before, after


def _may_open_double(text: str, passage: Passage, at: int) -> bool:
    if text[at] in "“„«":
        return True
    if text[at] in "”»":
        return False
    before, after = _around(text, passage, at)
    return not after.isspace() and (before.isspace() or before in _BEFORE_OPENING or after.isalnum())


def _closes(text: str, passage: Passage, at: int, style: Style) -> bool:
    before, after = _around(text, passage, at)
    if style == "double":
        return text[at] in "”»" or (text[at] == '"' and not before.isspace())
    return text[at] in "’'" and before in _SURE_END and not after.isalnum()


def _find_double_close(
    text: str, passage: Passage, marks: list[int], position: int
) -> tuple[int, int, bool] | None:
    """Return (end, next position, closed) for the double mark that opens at marks[position]."""
    opener = text[marks[position]]
    for later in range(position + 1, len(marks)):
        at = marks[later]
        mark = text[at]
        if mark not in DOUBLE:
            continue
        before, after = _around(text, passage, at)
        if mark in "”»" or (opener == "„" and mark == "“"):
            return at, later + 1, True
        clearly_opens = (before.isspace() or before in "([—–") and not after.isspace()
        if mark == '"' and not (clearly_opens and after.isalnum()):
            return at, later + 1, True
        if mark in '"“«' and (opener == mark):
            # A second opening mark: the first was never closed, so it ends before this one.
            return at, later, False
    return None


class _Singles:
    """Single quotation marks of one paragraph, told from apostrophes.

    A mark after punctuation closes for sure; one after a letter may be a possessive or an elision, so
    it closes only where no sure closing mark comes before the next sure opening one.
    """

    def __init__(self, text: str, passage: Passage, marks: list[int]) -> None:
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
        mark = self.text[at]
        if mark not in "‘'‚":
            return False
        before, after = _around(self.text, self.passage, at)
        if not (before.isspace() or before in _BEFORE_OPENING) or after.isspace():
            return False
        return mark == "‘" or after in '"“' or not self._is_elision(at) or self._after_punctuation(at)

    def _is_elision(self, at: int) -> bool:
        word = re.compile(r"[^\W_]+(?:['’][^\W_]+)*").match(self.text, at + 1)
        if not word:
            return True
        return word.group().lower() in lexicon().section("elisions") or word.group()[0].isdigit()

    def _after_punctuation(self, at: int) -> bool:
        before = self.text[max(self.passage.start, at - 3) : at].rstrip()
        return not before or before[-1] in ".,!?;:—–-"

    def _opens_surely(self, at: int) -> bool:
        return self.opens(at) and self._after_punctuation(at)

    def _closes_surely(self, at: int) -> bool:
        before, after = _around(self.text, self.passage, at)
        return self.text[at] in "’'" and before in _SURE_END and not after.isalnum()

    def _may_close(self, at: int) -> bool:
        before, after = _around(self.text, self.passage, at)
        return self.text[at] in "’'" and not before.isspace() and not after.isalnum()

    def find_close(self, position: int) -> tuple[int, int, bool] | None:
        """Return (end, next position, closed) for the mark that opens at marks[position]."""
        count = len(self.marks)
        sure = self.next_sure[position + 1]
        opener = self.next_opener[position + 1]
        unsure = self.next_unsure[position + 1]
        if sure < count and sure < opener:
            return self.marks[sure], sure + 1, True
        if unsure < count and unsure < opener:
            return self.marks[unsure], unsure + 1, True
        if opener < count:
            return self.marks[opener], opener, False
        return None


def _quote_dialogue(text: str, passage: Passage, start: int) -> Iterator[Quoted]:
    for begin, end in cut_dialogue(text, start, passage.end):
        yield Quoted(
            start=begin, end=end, outer_start=begin, outer_end=end, passage=passage.index, style="dash"
        )
