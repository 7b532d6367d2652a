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
from audiobook.script.singles import BEFORE_OPENING, ELIDED, SURE_END, WORD, Singles, around, is_elision

Style = Literal["double", "single", "dash", "label"]

DOUBLE = '"“”„«»'
SINGLE = "'‘’‚"
_MARK = re.compile("[\"“”„«»'‘’‚]")
_SINGLE_OPENER = re.compile(r"(?:^|(?<=[\s(\[—–-]))(?:‘|['‚](?=[^\W\d_]))", re.MULTILINE)
_SAID_NAME = re.compile(r"(?:said|cried|asked|replied|answered|exclaimed|whispered)\s+[A-Z]")
_DASH_OPENER = re.compile(r"\s*(?:[—–―]\s*(?=[^\s—–―-])|(?P<hyphens>--?)(?:\s+|(?=[A-Z]))(?=[^\s—–―-]))")
_FEW_MARKS = 6
"""Of one kind alone: two paragraphs that open with one (each counts three times)."""
_CALL = re.compile(r"[\w\])][(\[=]\Z|[\w(\[]=\Z")
"""Program code: print("Hello"), name="x"."""
_SURE_CLOSE = re.compile(r"[.,!?…—–]\s?[’'](?!\w)")


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
        if style == "double" and _is_said_in_singles(text, passage):
            style = "single"
        dash = _DASH_OPENER.match(text, passage.start, passage.end)
        if dash and (style == "dash" or _is_said_after_dash(text, passage, dash)):
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
    hyphens_talk = _do_hyphens_talk(text, passages)
    for passage in passages:
        while len(counts) <= passage.chapter:
            counts.append([0, 0, 0])
        body = text[passage.start : passage.end]
        tally = counts[passage.chapter]
        # The mark that opens a paragraph is speech more surely than one inside it.
        tally[0] += 2 * body.startswith(("“", "«", "„", '"'))
        opener = _SINGLE_OPENER.match(body)
        tally[1] += 2 * (opener is not None and not is_elision(body, opener.end() - 1))
        tally[0] += body.count("“") + body.count("«") + body.count("„") + body.count('"') // 2
        tally[1] += sum(
            1 for opener in _SINGLE_OPENER.finditer(body) if not is_elision(body, opener.end() - 1)
        )
        dash = _DASH_OPENER.match(body)
        tally[2] += dash is not None and (hyphens_talk or not dash["hyphens"])
    total = [sum(column) for column in zip(*counts, strict=True)] or [0, 0, 0]
    overall = _name_style(total)
    return [_name_style(tally) if _is_telling(tally) else overall for tally in counts]


def _is_telling(tally: Sequence[int]) -> bool:
    """Tell whether a chapter quotes enough to have a style of its own: much, or in one way alone."""
    doubles, singles, dashes = tally
    alone = sum(1 for each in tally if each) == 1
    return doubles + singles >= 10 or (alone and (doubles + singles >= _FEW_MARKS or dashes > 1))


def _do_hyphens_talk(text: str, passages: Sequence[Passage]) -> bool:
    """Tell whether paragraphs that a hyphen opens are talk and no list: one has a tag, or some ask."""
    asks = 0
    for passage in passages:
        dash = None if passage.is_heading else _DASH_OPENER.match(text, passage.start, passage.end)
        if dash is not None and dash["hyphens"]:
            if find_unmarked_tag(text, dash.end(), min(passage.end, dash.end() + 200)) is not None:
                return True
            asks += text[passage.start : passage.end].rstrip().endswith("?")
    return asks > 1


def _is_said_in_singles(text: str, passage: Passage) -> bool:
    """Tell whether a paragraph alone among double marks is ‘speech,’ said she, and no more."""
    opener = _SINGLE_OPENER.match(text, passage.start, passage.end)
    if opener is None or is_elision(text, opener.end() - 1):
        return False
    if any(mark in DOUBLE for mark in text[passage.start : passage.end]):
        return False
    close = _SURE_CLOSE.search(text, opener.end(), passage.end)
    if close is None:
        return False
    words = WORD.findall(text, close.end(), min(passage.end, close.end() + 60))[:3]
    verbs = lexicon().speech_verbs
    return not words or any(verbs.get(word.lower()) in ("past", "present") for word in words)


def _is_said_after_dash(text: str, passage: Passage, dash: re.Match[str]) -> bool:
    """Tell whether a paragraph alone among marks is — speech, said she."""
    if dash["hyphens"] or any(mark in DOUBLE for mark in text[passage.start : passage.end]):
        return False
    return find_unmarked_tag(text, dash.end(), min(passage.end, dash.end() + 300)) is not None


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
    singles = Singles(text, passage, marks) if style == "single" else None
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
            opens = opens and (close is not None or not ELIDED.match(text, at + 1))
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


def _may_open_double(text: str, passage: Passage, at: int) -> bool:
    if text[at] in "“„«":
        return True
    if text[at] in "”»":
        return False
    before, after = around(text, passage, at)
    if _CALL.search(text, max(passage.start, at - 2), at):
        return False
    return not after.isspace() and (before.isspace() or before in BEFORE_OPENING or after.isalnum())


def _closes(text: str, passage: Passage, at: int, style: Style) -> bool:
    before, after = around(text, passage, at)
    if style == "double":
        return text[at] in "”»" or (text[at] == '"' and not before.isspace())
    return text[at] in "’'" and before in SURE_END and not after.isalnum()


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
        before, after = around(text, passage, at)
        if mark in "”»" or (opener == "„" and mark == "“"):
            return at, later + 1, True
        clearly_opens = (before.isspace() or before in "([—–") and not after.isspace()
        if mark == '"' and not (clearly_opens and after.isalnum()):
            return at, later + 1, True
        if mark in '"“«' and (opener == mark):
            # A second opening mark: the first was never closed, so it ends before this one.
            return at, later, False
    return None


def _quote_dialogue(text: str, passage: Passage, start: int) -> Iterator[Quoted]:
    for begin, end in cut_dialogue(text, start, passage.end):
        yield Quoted(
            start=begin, end=end, outer_start=begin, outer_end=end, passage=passage.index, style="dash"
        )
