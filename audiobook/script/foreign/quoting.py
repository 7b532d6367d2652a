"""Find speech: between a language's marks, after a dialogue dash, and without the tags that stand within.

« Assieds-toi, dit-il. Le café est chaud. »      — Je sais, répondit-elle. Le tram n'avançait pas.
„Du kommst spät“, sagte Anna.                    »Ich weiß«, sagte er.
—Llegas tarde —dijo Juan—. Siéntate.             «Ya voy», pensó Ana.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from audiobook.script.foreign.incises import cut_speech
from audiobook.script.foreign.pack import Pack
from audiobook.script.layout import Passage
from audiobook.script.marks import Quoted

_DASH = re.compile(r"[—–―]\s*(?=[^\s—–―-])|-\s+(?=[^\s—–―-])")
_GLUED_DASH = re.compile(rf"{_DASH.pattern}|--?(?=[¿¡A-ZÀ-Þ])")
"""A hyphen right before the words (-Hola -dijo Ana-.) counts where a verb of speech stands behind one."""
_PAIRS: Mapping[str, Mapping[str, str]] = {
    "fr": {"«": "»", "“": "”", "‹": "›", '"': '"'},
    "de": {"„": "“”", "»": "«", "›": "‹", "‚": "‘’", "“": "”", '"': '"'},
    "es": {"«": "»", "“": "”", "„": "“”", '"': '"'},
}
"""Opening mark → the marks that may close it."""
_SWISS = {"«": "»", "‹": "›"}
"""In place of »…« where a German book points its marks outwards."""
_OUTWARD = re.compile(r"(?:^|(?<=[\s(\[—–]))«(?=\w)", re.MULTILINE)
_INWARD = re.compile(r"(?:^|(?<=[\s(\[—–]))»(?=\w)", re.MULTILINE)
_WORD = re.compile(r"[^\W\d_]+")
_NEAR = 80
"""Characters beside the marks that are looked at."""
_SURE_END = ".!?…,—–"


def find_speech(text: str, passages: Sequence[Passage], pack: Pack) -> tuple[list[Quoted], list[Quoted]]:
    """Return all stretches that may be speech, and those that are, in order and apart."""
    pairs = _choose_pairs(text, pack)
    opener = _GLUED_DASH if _do_glued_hyphens_talk(text, passages, pack) else _DASH
    uses_dashes = sum(_opens_with_dash(text, each, opener) for each in passages) > 0
    quoted: list[Quoted] = []
    spoken: list[Quoted] = []
    left_open = ""
    for passage in passages:
        if passage.is_heading:
            left_open = ""
            continue
        dash = opener.match(text, passage.start, passage.end) if uses_dashes else None
        if dash:
            left_open = ""
            own = list(_quote(text, passage, (dash.end(), passage.end), pack, dashed=True))
            quoted += own
            spoken += own
            continue
        for start, end, mark, is_closed in _pair_marks(text, passage, pairs, left_open):
            continues = bool(left_open) and start <= passage.start + 1
            left_open = "" if is_closed else mark
            is_said = continues or _is_speech(text, passage, (start, end), pack)
            own = list(
                _quote(text, passage, (start, end), pack, continues=continues, is_closed=is_closed)
                if is_said
                else _whole(text, passage, (start, end))
            )
            quoted += own
            spoken += own if is_said else []
    return quoted, spoken


def _opens_with_dash(text: str, passage: Passage, dash: re.Pattern[str]) -> bool:
    return not passage.is_heading and dash.match(text, passage.start, passage.end) is not None


def _do_glued_hyphens_talk(text: str, passages: Sequence[Passage], pack: Pack) -> bool:
    """Tell whether paragraphs that a hyphen opens are talk and no list: one of them has a verb of speech."""
    return any(
        pack.speaks(word.lower())
        for each in passages
        if text.startswith("-", each.start, each.end) and _opens_with_dash(text, each, _GLUED_DASH)
        for word in _WORD.findall(text, each.start, each.end)
    )


def _choose_pairs(text: str, pack: Pack) -> Mapping[str, str]:
    """Return the pairs that a book uses: »…« points inwards in Germany, outwards in Switzerland."""
    pairs = dict(_PAIRS[pack.language])
    if pack.language == "de" and len(_OUTWARD.findall(text)) > len(_INWARD.findall(text)):
        del pairs["»"], pairs["›"]
        pairs |= _SWISS
    if "„" in pairs and "„" in text:
        pairs.pop("“", None)  # it closes
    return pairs


def _pair_marks(
    text: str, passage: Passage, pairs: Mapping[str, str], left_open: str
) -> Iterator[tuple[int, int, str, bool]]:
    """Yield (start, end, opening mark, is closed) of what stands between marks, outermost only."""
    at, stop = passage.start, passage.end
    if left_open and text[at] in {left_open, *pairs.get(left_open, "")}:
        # The paragraph goes on with what the one before left open: « again, or the Spanish ».
        end = _find_close(text, at + 1, stop, left_open, pairs)
        yield (at + 1, stop if end < 0 else end, left_open, end >= 0)
        at = stop if end < 0 else end + 1
    while at < stop:
        mark = text[at]
        if mark not in pairs or not _may_open(text, passage, at):
            at += 1
            continue
        end = _find_close(text, at + 1, stop, mark, pairs)
        yield (at + 1, stop if end < 0 else end, mark, end >= 0)
        at = stop if end < 0 else end + 1


def _find_close(text: str, start: int, stop: int, mark: str, pairs: Mapping[str, str]) -> int:
    closing = pairs[mark]
    depth = 0
    for at in range(start, stop):
        if text[at] in closing and (mark not in "‚" or not text[at + 1 : at + 2].isalnum()):
            if not depth:
                return at
            depth -= 1
        elif text[at] == mark:
            depth += 1
    return -1


def _may_open(text: str, passage: Passage, at: int) -> bool:
    before = text[at - 1] if at > passage.start else " "
    after = text[at + 1 : at + 2]
    if text[at] in '"‚»›':
        return (before.isspace() or before in "([—–-") and not after.isspace()
    return True


def _is_speech(text: str, passage: Passage, span: tuple[int, int], pack: Pack) -> bool:
    """Tell speech from titles and quoted words by what stands around the marks."""
    start, end = span
    inner = text[start:end].strip()
    if not any(map(str.isalnum, inner)):
        return False
    before = text[max(passage.start, start - _NEAR) : max(passage.start, start - 1)].rstrip()
    after = text[end + 1 : min(passage.end, end + _NEAR)].lstrip()
    if inner[-1] in _SURE_END or before.endswith(":"):
        return True
    if _begins_with_tag(after, pack):
        return True
    return not before and (not after or after[0] in ",—–")


def _begins_with_tag(after: str, pack: Pack) -> bool:
    """Tell whether a verb of speech follows within a few words and before a full stop: `, sagte Anna`."""
    words = [word.group().lower() for word in re.finditer(r"[^\W\d_]+|[.!?;]", after[:60])][:3]
    stop = next((number for number, word in enumerate(words) if word in ".!?;"), len(words))
    near = words[:stop]
    return bool(near) and after[:1] in ",—–" and any(word in pack.speech_verbs for word in near)


def _whole(text: str, passage: Passage, span: tuple[int, int]) -> Iterator[Quoted]:
    start, end = _trim(text, *span)
    if start < end:
        yield Quoted(
            start=start, end=end, outer_start=span[0] - 1, outer_end=min(span[1] + 1, passage.end),
            passage=passage.index, style="double",
        )  # fmt: skip


def _quote(
    text: str,
    passage: Passage,
    span: tuple[int, int],
    pack: Pack,
    *,
    dashed: bool = False,
    continues: bool = False,
    is_closed: bool = True,
) -> Iterator[Quoted]:
    """Yield a stretch of speech without the tags within it, as several where such a tag divides it."""
    pieces = list(cut_speech(text, span, pack, dashed=dashed))
    for number, (start, end) in enumerate(pieces):
        is_first, is_last = number == 0, number == len(pieces) - 1
        whole = not dashed and is_last and end >= _trim(text, *span)[1]
        yield Quoted(
            start=start,
            end=end,
            outer_start=max(passage.start, span[0] - 1) if is_first and not dashed else start,
            outer_end=min(span[1] + 1, passage.end) if whole else end,
            passage=passage.index,
            style="dash" if dashed else "double",
            continues=continues and is_first,
            is_closed=is_closed or not is_last,
        )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    words = text[start:end]
    return start + len(words) - len(words.lstrip()), start + len(words.rstrip())
