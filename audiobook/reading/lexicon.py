"""Pronunciation lexicons, a book's or a person's (W3C PLS 1.0, https://www.w3.org/TR/pronunciation-lexicon/)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Pronunciation
from audiobook.reading.bounds import MAX_TAGS
from audiobook.reading.markup import attribute, parse_xml, text_of

if TYPE_CHECKING:
    from lxml.etree import _Element


_MAX_FILE = 30_000_000
"""Bytes of a person's own lexicon; 50,000 entries take 5 MB."""
_MAX_FILE_TAGS = 1_500_000
"""Angle brackets of one; each entry has six or more."""


def read_lexicon_file(path: Path) -> tuple[Pronunciation, ...]:
    """Return the entries of a person's own lexicon.

    Raises `SourceError` where it can't be read, is no lexicon, or has nothing that could be spoken.
    """
    try:
        if path.exists() and not path.is_file():
            raise SourceError(f"{path}: is not a file that can be read to an end")
        with path.open("rb") as file:
            data = file.read(_MAX_FILE + 1)
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SourceError(f"{path}: can't be read: {reason}") from error
    if len(data) > _MAX_FILE:
        raise SourceError(f"{path}: is larger than {_MAX_FILE // 1_000_000} MB; split it into several files")
    entries = read_lexicon(data, str(path), _MAX_FILE_TAGS)
    if not entries:
        raise SourceError(
            f"{path}: holds no pronunciation; expected <lexeme> elements, each with a <grapheme> and a "
            f"<phoneme> or <alias>, in a PLS <lexicon>"
        )
    return tuple(entries)


def read_lexicon(data: bytes, source: str, max_tags: int = MAX_TAGS) -> list[Pronunciation]:
    """Return a lexicon's entries; of several pronunciations the preferred one, else the first.

    An `alias` (other words to read) counts as a pronunciation; beside a phoneme it is what is read where
    phonemes can't be.  Raises `SourceError` where the file is not well-formed.
    """
    root = parse_xml(data, source, max_tags)
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
