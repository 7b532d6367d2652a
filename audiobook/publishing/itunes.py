"""An M4B's tags: the atoms that Apple's players, and Audiobookshelf through ffprobe, read.

Format: "Metadata item list" in Apple's QuickTime File Format; the names are those that iTunes writes
(https://mutagen.readthedocs.io/en/latest/api/mp4.html lists them).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from audiobook.model import Book, Image, Release
from audiobook.publishing.tags import GENRE, SYNTHETIC, UNKNOWN_AUTHOR

Atoms = Mapping[str, Any]
"""Tags as mutagen takes them, by their names."""

_AUDIOBOOK = 2
_LONGEST_SHORT = 255
"""Letters of `desc`; `ldes` holds the whole description."""

_ITUNES = "----:com.apple.iTunes:"
_MARK = "----:narrate:mark"

_ATOM_BYTES = 100
"""What an atom has besides its value, at most."""


def list_atoms(release: Release, mark: str) -> Atoms:
    """List a book's tags, with narrate's own mark."""
    book = release.book
    author, voices = book.author or UNKNOWN_AUTHOR, "; ".join(release.voices)
    year = re.search(r"\d{4}", book.year or "")
    texts = {
        "©nam": book.title,
        "©alb": book.title,
        "©ART": author,
        "aART": author,
        "©wrt": voices,
        "©nrt": voices,
        "©day": year[0] if year else None,
        "©gen": GENRE,
        "©cmt": SYNTHETIC,
        "desc": (book.description or "")[:_LONGEST_SHORT],
        "ldes": book.description,
        "©pub": book.publisher,
        "©mvn": book.series,
    }
    named = {
        f"{_ITUNES}NARRATOR": voices,
        f"{_ITUNES}SERIES": book.series,
        f"{_ITUNES}SERIES-PART": book.series_part,
        f"{_ITUNES}PUBLISHER": book.publisher,
        f"{_ITUNES}LANGUAGE": book.language,
        f"{_ITUNES}ISBN": find_isbn(book),
        f"{_ITUNES}ASIN": find_asin(book),
        _MARK: mark,
    }
    # Half of a surrogate pair has no UTF-8, and a tag is no place to fail on it.
    atoms: dict[str, Any] = {
        key: [value.encode("utf-8", "replace").decode()] for key, value in texts.items() if value
    }
    atoms |= {key: [value.encode("utf-8", "replace")] for key, value in named.items() if value}
    if book.series and re.fullmatch(r"\d{1,4}", book.series_part or ""):
        atoms["©mvi"] = [int(book.series_part or 0)]
    atoms |= {"stik": [_AUDIOBOOK], "pgap": True}
    if release.cover is not None:
        atoms["covr"] = [_picture(release.cover)]
    return atoms


def count_bytes(atoms: Atoms) -> int:
    """Return the bytes that tags take at most."""
    values = [value[0] if isinstance(value, list) else value for value in atoms.values()]
    sizes = (len(v.encode() if isinstance(v, str) else v) for v in values if isinstance(v, str | bytes))
    return sum(sizes) + _ATOM_BYTES * len(values)


def read_atom_mark(tags: Atoms) -> str | None:
    """Return the mark that `list_atoms` was given; None where there is none."""
    return bytes(tags[_MARK][0]).decode(errors="replace") if _MARK in tags else None


def _picture(cover: Image) -> Any:
    from mutagen.mp4 import MP4Cover

    kind = MP4Cover.FORMAT_PNG if cover.media_type == "image/png" else MP4Cover.FORMAT_JPEG
    return MP4Cover(cover.data, imageformat=kind)


def find_isbn(book: Book) -> str | None:
    """Return the book's ISBN as digits: of 13 or 10, whatever stands before it and between them."""
    for identifier in book.identifiers:
        words = re.sub(r"^(urn:)?isbn:?\s*", "", identifier.strip(), flags=re.IGNORECASE)
        digits = re.sub(r"[\s-]", "", words).upper()
        if re.fullmatch(r"97[89]\d{10}|\d{9}[\dX]", digits) and _is_checked(digits):
            return digits
    return None


def _is_checked(isbn: str) -> bool:
    """Tell whether the last digit fits the others (ISBN Users' Manual, 7th edition)."""
    values = [10 if char == "X" else int(char) for char in isbn]
    if len(values) == 13:
        return sum(value * (1, 3)[place % 2] for place, value in enumerate(values)) % 10 == 0
    return sum(value * (10 - place) for place, value in enumerate(values)) % 11 == 0


def find_asin(book: Book) -> str | None:
    """Return the book's number at Amazon."""
    for identifier in book.identifiers:
        found = re.fullmatch(
            r"(?:(?:urn:|mobi-)?asin:?\s*)?(B0[0-9A-Z]{8})", identifier.strip(), re.IGNORECASE
        )
        if found:
            return found[1].upper()
    return None
