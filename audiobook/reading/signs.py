"""The signs of notes: numbers, letters and marks that refer to a note, and links that lead back from it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import TYPE_CHECKING

from audiobook.reading.markup import text_of, types_of
from audiobook.reading.raised import SLASHES, is_verse_number
from audiobook.reading.semantics import BACKLINK_TYPES, REFERENCE_TYPES

if TYPE_CHECKING:
    from lxml.etree import _Element

_NUMBER = r"(?:\d{1,4}[a-z]?|(?=[ivxlc])(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3}))"
_NAME = r"(?:fn|n|no|note|nota|footnote|endnote|anm|anmerkung|fu(?:ß|ss)note|noot|прим|注|註|注釈|訳注|※)"
_ARROWS = r"←↑↩↵⏎⤴⤶↲⇐⇑^«‹\ufe0e\ufe0f"
_MARK = rf"[^\w\s{_ARROWS}\[\](){{}}.,;:!?“”‘’\"'…–—-]"
_SIGN = re.compile(
    rf"[\[({{]?\s*(?:(?:{_NAME}\.?\s*)?{_NUMBER}|{_MARK}{{1,6}}\d{{0,3}}|[a-z]|注|註)\s*[.:]?\s*[\])}}]?",
    re.IGNORECASE,
)
_BRACKETED = re.compile(r"\[\s*(?:\w{1,4}|[*†‡§]+)\s*\]|[*†‡§¶‖※]+")
_REFERENCE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:id)?(?:(?:foot|end)?-?note-?(?:ref|reference|call|link)|fnanchor|fnref|fn-?link|citation)",
    re.IGNORECASE,
)
_RAISED_CLASS = re.compile(r"(?:^|\s)(?:sup|super|superscript)\d*(?:\s|$)", re.IGNORECASE)
_RAISED_STYLE = re.compile(r"vertical-align\s*:\s*(?:super|top|text-top)", re.IGNORECASE)
_BACK = re.compile(
    r"\W*(?:(?:(?:go |jump )?back|return)(?: to (?:the )?(?:text|top|content))?|zurück(?: zum text)?"
    r"|retour(?: au texte)?|volver(?: al texto)?|torna(?: al testo)?|戻る)\W*"
    rf"|[\s{_ARROWS}\[\]().-]+",
    re.IGNORECASE,
)
_BRACKETS = str.maketrans("［］〔〕【】（）〈〉", "[][][]()()")
_LONGEST_SIGN = 6
_INLINE = frozenset({"a", "b", "em", "font", "i", "small", "span", "strong"})


def spell_sign(words: str) -> str:
    """Write a sign plainly: raised and full-width digits as digits, brackets of any kind as [ ] and ( )."""
    return unicodedata.normalize("NFKC", words.translate(_BRACKETS)).strip()


def has_form_of_sign(words: str) -> bool:
    """Tell whether words are nothing but what refers to a note: 1, [2], (iii), *, note 4, 注5."""
    plain = spell_sign(words)
    return bool(plain) and _SIGN.fullmatch(plain) is not None


def is_reference(link: _Element) -> bool:
    """Tell whether a link's type, role or class says that it refers to a note, whatever its words are."""
    if {name.removeprefix("doc-") for name in types_of(link)} & REFERENCE_TYPES or link.tag == "noteref":
        return True
    parent = link.getparent()
    above = parent.get("class", "") if parent is not None and parent.tag in {"sup", "span", "small"} else ""
    return any(_REFERENCE_CLASS.search(name) for name in (link.get("class", ""), above))


def is_marker(link: _Element) -> bool:
    """Tell whether a link is the sign of a note: by its type or class and its form, else by its form alone.

    A bare number counts only where it is raised, so that "see chapter 5" is read; words never do: they
    belong to the sentence, even where they refer to a note.
    """
    words = text_of(link)
    if is_backlink(link) or not has_form_of_sign(words):
        return False
    if is_reference(link) and not re.fullmatch(r"\d{4}", words):
        return True
    # Four digits are a year, unless it shows that they are none.
    return bool(link.get("href")) and (is_raised(link) or _BRACKETED.fullmatch(spell_sign(words)) is not None)


def is_backlink(link: _Element) -> bool:
    """Tell whether a link's type, role or words say that it leads back from a note."""
    if {name.removeprefix("doc-") for name in types_of(link)} & BACKLINK_TYPES:
        return True
    words = text_of(link)
    return bool(words) and _BACK.fullmatch(words) is not None


def is_raised(link: _Element) -> bool:
    """Tell whether a link stands in, or holds, what is set above the line."""
    around = [link]
    above = link.getparent()
    while above is not None and above.tag in _INLINE:
        around.append(above)
        above = above.getparent()
    around += [above] if above is not None and above.tag == "sup" else []
    return any(
        each.tag == "sup"
        or _RAISED_CLASS.search(each.get("class", ""))
        or _RAISED_STYLE.search(each.get("style", ""))
        for each in (*around, *link.iterdescendants("*"))
    )


def is_unlinked_sign(raised: _Element, before: str) -> bool:
    """Tell whether a raised number that is no link is a note's: behind a word's or sentence's end.

    Within a link that refers to a note any sign is: the link's other words belong to the sentence.
    """
    link = next(raised.iterancestors("a"), None)
    if link is not None and is_reference(link):
        return has_form_of_sign(text_of(raised))
    is_number = raised.find(".//a") is None and re.fullmatch(r"\d{1,3}", text_of(raised)) is not None
    after = raised.tail or ""
    if not is_number or after.lstrip().startswith(SLASHES) or is_verse_number(before, after):
        return False
    return before.rstrip()[-1:] in set(".,;:!?”’\"'")


def begins_with_sign(head: str, sign: str) -> bool:
    """Tell whether a paragraph's first words are a note's own sign: "[1] A note" for 1."""
    core = re.sub(r"[\s\[\](){}.:]", "", spell_sign(sign)).casefold()
    start = re.sub(r"^[\s\[({]+", "", spell_sign(head)).casefold()
    return bool(core) and start.startswith(core) and not start[len(core) : len(core) + 1].isalnum()


def is_longer_than_a_sign(words: Iterable[str]) -> bool:
    """Tell a link to a chapter, as lists of contents have them, from the sign of a note."""
    return len("".join(words).strip()) > _LONGEST_SIGN
