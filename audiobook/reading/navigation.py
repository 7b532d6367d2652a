"""The links around a web site's chapters, left as words where one is saved: "Prev | Index | Next"."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from audiobook.reading.flow import Block

NAVIGATION = "navigation"
_LONGEST = 120
"""Characters of a line that is nothing but links."""
_CHAPTER = r"chapter|chap\.?|page|part|episode|post|entry"
_BACK = (
    rf"prev(?:ious|\.)?(?:\s+(?:{_CHAPTER}))?|last\s+chapter|(?:vor(?:heriges|iges)|letztes)\s+kapitel"
    r"|(?:chapitre\s+)?précédent|(?:capítulo\s+)?anterior|(?:capitolo\s+)?precedente|vorig(?:e|\s+hoofdstuk)"
    r"|(?:poprzedni(?:\s+rozdział)?)|(?:предыдущая(?:\s+глава)?)|上一?[章页頁篇节節回话話]|前の?[話へ章]|前へ"
    r"|이전\s?(?:화|편|글)?"
)
_ON = (
    rf"next(?:\s+(?:{_CHAPTER}))?|nächstes\s+kapitel|(?:chapitre\s+)?suivant"
    r"|(?:capítulo\s+)?siguiente|(?:capítulo\s+)?seguinte|próximo\s+capítulo|(?:capitolo\s+)?successivo"
    r"|volgend(?:e|\s+hoofdstuk)|następny(?:\s+rozdział)?|следующая(?:\s+глава)?|下一?[章页頁篇节節回话話]"
    r"|次の?[話へ章]|次へ|다음\s?(?:화|편|글)?"
)
_UP = (
    r"(?:table\s+of\s+)?contents|toc|index|(?:all\s+chapters|chapter\s+(?:list|index)|chapters)"
    r"|back\s+to\s+(?:top|index|(?:the\s+)?(?:table\s+of\s+)?contents)|inhalt(?:sverzeichnis)?|übersicht"
    r"|sommaire|table\s+des\s+matières|índice|indice|inhoud|spis\s+treści|оглавление|содержание"
    r"|目[录錄次](?:页|頁)?|(?:返回|回到)(?:目[录錄]|书页)|章节(?:目录|列表)|もくじ|목[차록]"
)
_SITE = r"home(?:\s+page)?|(?:add\s+)?bookmark|comments?|report(?:\s+error)?|share|print|加入书签"
_MARKS = r"[\s|/\\«»<>‹›←→⇐⇒⟵⟶◄►◀▶·•・,~\[\](){}=*_#【】–—-]|&[lr]aquo;"
_LINK = re.compile(
    rf"(?:{_MARKS})*(?:(?P<back>{_BACK})|(?P<on>{_ON})|(?P<up>{_UP})|(?P<site>{_SITE}))(?![^\W\d_])(?:{_MARKS})*",
    re.IGNORECASE,
)
_ARROW = re.compile(r"[|«»<>‹›←→⇐⇒⟵⟶◄►◀▶]|&[lr]aquo;")
_QUOTED = re.compile(r"\s*(?:«.*»|».*«|‹.*›|›.*‹|<.*>)\s*")
"""What somebody says, or a command of a game."""
_NAMES_CHAPTER = re.compile(
    r"(?:prev(?:ious|\.)?|next)\s+(?:chapter|chap\.?|episode)|上一[章话話]|下一[章话話]", re.IGNORECASE
)


def find_navigation(lines: Sequence[str]) -> Set[int]:
    """Return which lines (or paragraphs) are nothing but links to other pages.

    Sure are those that name the way back and the way on, one such way with an arrow, or "Next Chapter" alone;
    "Index" or "Next" are only next to one of these.
    """
    parts = [_list_links(line) for line in lines]
    found = {i for i, links in enumerate(parts) if links and _is_sure(lines[i], links)}
    for order in (range(1, len(lines)), range(len(lines) - 2, -1, -1)):
        step = -1 if order.step == 1 else 1
        for i in order:
            if set(parts[i]) - {"site"} and i not in found and i + step in found:
                found.add(i)
    return found


def mark_navigation(blocks: Sequence[Block], text: str) -> None:
    """Give a reason to the paragraphs that are nothing but links to other pages."""
    read = [block for block in blocks if block.skip is None and not block.level]
    for index in find_navigation([text[block.start : block.end] for block in read]):
        read[index].skip = NAVIGATION


def _list_links(line: str) -> list[str]:
    """Return the ways that a line's links lead (back, on, up), or none where it is anything else."""
    ways: list[str] = []
    at = 0
    while at < len(line) <= _LONGEST:
        match = _LINK.match(line, at)
        if match is None:
            return []
        ways.append(match.lastgroup or "")
        at = match.end()
    return ways


def _is_sure(line: str, ways: Sequence[str]) -> bool:
    if {"back", "on"} <= set(ways):
        return True
    has_arrow = _ARROW.search(line) is not None and _QUOTED.fullmatch(line) is None
    return not {"back", "on"}.isdisjoint(ways) and (has_arrow or _NAMES_CHAPTER.search(line) is not None)
