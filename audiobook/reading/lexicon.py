"""Pronunciation lexicons that a book brings (W3C PLS 1.0, https://www.w3.org/TR/pronunciation-lexicon/)."""

from __future__ import annotations

from audiobook.model import Pronunciation
from audiobook.reading.markup import attribute, parse_xml, text_of


def read_lexicon(data: bytes, source: str) -> list[Pronunciation]:
    """Return a lexicon's entries; of several pronunciations the preferred one, else the first.

    Raises `SourceError` where the file is not well-formed.
    """
    root = parse_xml(data, source)
    alphabet = root.get("alphabet", "ipa")
    language = attribute(root, "xml", "lang") or None
    entries = []
    for lexeme in root.iter("{*}lexeme"):
        phonemes = lexeme.findall("{*}phoneme")
        if not phonemes:
            continue
        chosen = next((phoneme for phoneme in phonemes if phoneme.get("prefer") == "true"), phonemes[0])
        sound = text_of(chosen)
        for grapheme in lexeme.iterfind("{*}grapheme"):
            words = text_of(grapheme)
            if words and sound:
                entries.append(
                    Pronunciation(
                        words=words,
                        ph=sound,
                        alphabet=chosen.get("alphabet", alphabet),
                        language=attribute(lexeme, "xml", "lang") or language,
                    )
                )
    return entries
