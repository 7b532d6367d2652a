"""How an element of a page says that its words sound."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiobook.languages import is_same_language
from audiobook.model import Pronunciation
from audiobook.reading.elements import BLOCKS
from audiobook.reading.markup import attribute, language_of

if TYPE_CHECKING:
    from lxml.etree import _Element


def stated_sound(element: _Element) -> Pronunciation | None:
    """Return the phonemes that an element states for its words (EPUB 3.3 appendix on SSML attributes)."""
    sound = attribute(element, "ssml", "ph").strip()
    if not sound:
        return None
    at: _Element | None = element
    alphabet = ""
    while at is not None and not alphabet:
        alphabet = attribute(at, "ssml", "alphabet")
        at = at.getparent()
    return Pronunciation(words="", ph=sound, alphabet=alphabet or "ipa")


def stated_language(element: _Element, around: str) -> Pronunciation | None:
    """Return the other language of words within a block; what stands in such words goes with them."""
    stated = language_of(element)
    above = element.getparent()
    while above is not None and above.tag not in BLOCKS and not language_of(above):
        above = above.getparent()
    is_outermost = above is None or above.tag in BLOCKS
    if stated and is_outermost and not is_same_language(stated, around):
        return Pronunciation(words="", language=stated)
    return None
