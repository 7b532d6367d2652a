"""The proof begins at the source: what a reader took from a file, against a plain extraction of its text.

The readers decide element by element what is read, what is skipped and why.  This knows nothing of that: it
takes every piece of text there is, and counts.  A book's text must hold each letter and digit as often as its
source does, but for words that readers made of attributes, which they say (`Flow.made`).  That the text is
spoken or skipped, each piece once, is proved of the script.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from audiobook.model import Chapter
from audiobook.plurals import count as count_of
from audiobook.reading.flow import CLEANING, SourceText
from audiobook.reading.raised import RAISED

if TYPE_CHECKING:
    from lxml.etree import _Element

_PLAIN = {**CLEANING, **str.maketrans(RAISED, "0123456789")}
"""A number that a page raises may be written as such (`raised.py`)."""
_WORD = re.compile(r"[^\W_]+")
_SHOWN = 12
"""Words of a fault that its sentence quotes."""
_FEWEST = 6
"""Words before a fault by which its place in the text is found."""
_WORDPROCESSING = re.compile(
    r"\{[^}]*/(?:wordprocessingml|drawingml|officeDocument)/(?:2006/)?(?:main|math)\}"
)


def page_text(root: _Element) -> str:
    """Return every piece of text of a page, a line each; scripts, styles and the head's title are none."""
    from lxml import etree

    pieces: list[str] = []
    walker = etree.iterwalk(root, events=("start", "end"))
    for event, element in walker:
        name = str(element.tag).rpartition("}")[2].lower()
        above = element.getparent()
        if event == "end":
            pieces.append(element.tail or "" if element is not root else "")
        elif name in {"script", "style", "metadata"} or (
            name == "title" and above is not None and str(above.tag).rpartition("}")[2].lower() == "head"
        ):
            walker.skip_subtree()
        else:
            pieces.append(element.text or "")
    return "\n".join(filter(None, pieces))


def document_text(root: _Element) -> str:
    """Return every piece of text of a part of a DOCX, of alternatives the first that holds any."""
    from lxml import etree

    pieces: list[str] = []
    left_out: set[_Element] = set()
    walker = etree.iterwalk(root, events=("start",))
    for _, element in walker:
        plain = _WORDPROCESSING.sub("w:", str(element.tag))
        if element in left_out:
            walker.skip_subtree()
        elif plain in {"w:t", "w:delText"}:
            pieces.append(element.text or "")
        elif plain.endswith("}AlternateContent"):
            branches = list(element)
            with_text = [each for each in branches if any((t.text or "").strip() for t in each.iter("{*}t"))]
            left_out.update(each for each in branches if each is not (with_text or branches)[0])
    return "\n".join(filter(None, pieces))


def list_faults(
    sources: Sequence[SourceText], text: str, made: Sequence[str], chapters: Sequence[Chapter]
) -> tuple[str, ...]:
    """Return what is wrong with a book's text, in sentences that complete a file's name.

    Takes time linear in the length.
    """
    own = Counter(text)
    own.subtract(Counter("".join(made)))
    there: Counter[str] = Counter()
    for source in sources:
        there.update(source.text)
    lost, doubled = _subtract(there, own), _subtract(own, there)
    faults = []
    if lost:
        faults.append(_tell_lost(sources, text, made, chapters) or _tell_letters(lost, "lost"))
    if doubled:
        faults.append(_tell_doubled(sources, text, made, chapters) or _tell_letters(doubled, "doubled"))
    return tuple(faults)


def _subtract(these: Mapping[str, int], those: Mapping[str, int]) -> Counter[str]:
    """Return the letters and digits of which these are more than those, as the readers write them."""
    found: Counter[str] = Counter()
    for counts, sign in ((these, 1), (those, -1)):
        for character, count in counts.items():
            for letter in character.translate(_PLAIN):
                if letter.isalnum():
                    found[letter] += sign * count
    return +found


def _tell_letters(letters: Mapping[str, int], what: str) -> str:
    return (
        f"{count_of(sum(letters.values()), 'letter')} of it would be {what} ({''.join(sorted(letters))[:40]})"
    )


def _tell_lost(
    sources: Sequence[SourceText], text: str, made: Sequence[str], chapters: Sequence[Chapter]
) -> str:
    left = Counter(_WORD.findall(text.translate(_PLAIN)))
    left.subtract(Counter(_WORD.findall(" ".join(made).translate(_PLAIN))))
    found = [
        (words, source.place, before)
        for source in sources
        for words, before in _runs_without(_WORD.findall(source.text.translate(_PLAIN)), left)
    ]
    if not found:
        return ""
    words, place, before = max(found, key=lambda run: sum(map(len, run[0])))
    where = ", ".join(filter(None, [place, _find_chapter(before, text, chapters)]))
    return f"{where + ': ' if where else ''}{_quote(words)} would be lost: neither read nor named as skipped"


def _tell_doubled(
    sources: Sequence[SourceText], text: str, made: Sequence[str], chapters: Sequence[Chapter]
) -> str:
    left = Counter(_WORD.findall(" ".join(made).translate(_PLAIN)))
    for source in sources:
        left.update(_WORD.findall(source.text.translate(_PLAIN)))
    found = list(_runs_without(_WORD.findall(text.translate(_PLAIN)), left))
    if not found:
        return ""
    words, before = max(found, key=lambda run: sum(map(len, run[0])))
    where = _find_chapter([*before, *words[:1]], text, chapters)
    return f"{where + ': ' if where else ''}{_quote(words)} is in its text more often than in the file"


def _runs_without(words: Sequence[str], left: Counter[str]) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the runs of words of which none is left, each with the words before it."""
    run: list[str] = []
    for index, word in enumerate(words):
        if left[word] > 0:
            left[word] -= 1
            if run:
                yield run, list(words[max(0, index - len(run) - _FEWEST) : index - len(run)])
            run = []
        else:
            run.append(word)
    if run:
        yield run, list(words[max(0, len(words) - len(run) - _FEWEST) : len(words) - len(run)])


def _find_chapter(before: Sequence[str], text: str, chapters: Sequence[Chapter]) -> str:
    """Name the chapter in which these words stand."""
    found = re.search(r"[\W_]*".join(map(re.escape, before)), text) if before else None
    inside = [c for c in chapters if found and c.paragraphs and c.paragraphs[0].start <= found.start()]
    return f"chapter “{inside[-1].title}”" if inside else ""


def _quote(words: Sequence[str]) -> str:
    shown = " ".join(words[:_SHOWN])
    return f"“{shown}”" if len(words) <= _SHOWN else f"“{shown} …” ({len(words)} words)"
