"""Pronunciation lexicons that a book brings (W3C PLS 1.0, https://www.w3.org/TR/pronunciation-lexicon/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from audiobook.model import Pronunciation
from audiobook.reading.markup import attribute, parse_xml, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element


def read_lexicon(data: bytes, source: str) -> list[Pronunciation]:
    """Return a lexicon's entries; of several pronunciations the preferred one, else the first.

    An `alias` (other words to read) counts as a pronunciation; beside a phoneme it is what is read where
    phonemes can't be.  Raises `SourceError` where the file is not well-formed.
    """
    root = parse_xml(data, source)
    alphabet = root.get("alphabet", "ipa")
    language = attribute(root, "xml", "lang") or None
    entries = []
    for lexeme in root.iter("{*}lexeme"):
        ways = [way for way in lexeme.iter("{*}phoneme", "{*}alias") if text_of(way)]
        if not ways:
            continue
        chosen = next((way for way in ways if way.get("prefer") == "true"), ways[0])
        is_alias = _is_alias(chosen)
        alias = chosen if is_alias else next(filter(_is_alias, ways), None)
        for grapheme in lexeme.iterfind("{*}grapheme"):
            words = text_of(grapheme)
            if words:
                entries.append(
                    Pronunciation(
                        words=words,
                        ph="" if is_alias else text_of(chosen),
                        alphabet=chosen.get("alphabet", alphabet),
                        respelling="" if alias is None else text_of(alias),
                        language=attribute(lexeme, "xml", "lang") or language,
                    )
                )
    return entries


def _is_alias(way: _Element) -> bool:
    return isinstance(way.tag, str) and way.tag.rpartition("}")[2] == "alias"
