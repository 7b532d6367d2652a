"""An M4B's tags: the atoms that Apple's players, and Audiobookshelf through ffprobe, read.

Format: "Metadata item list" in Apple's QuickTime File Format; the names are those that iTunes writes
(https://mutagen.readthedocs.io/en/latest/api/mp4.html lists them).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from audiobook.model import Book, Image, Release
from audiobook.publishing.mp4 import box, find_box, full_box, iterate_boxes
from audiobook.publishing.tags import GENRE, SYNTHETIC, UNKNOWN_AUTHOR

_TEXT, _JPEG, _PNG, _NUMBER = 1, 13, 14, 21
_AUDIOBOOK = 2
_LONGEST_SHORT = 255
"""Letters of `desc`; `ldes` holds the whole description."""

_ITUNES, _OWN = "com.apple.iTunes", "narrate"


def write_atoms(release: Release, mark: str) -> bytes:
    """Build the `meta` box of a book, with narrate's own mark."""
    handler = full_box(b"hdlr", struct.pack(">I4s4s9x", 0, b"mdir", b"appl"))
    return full_box(b"meta", handler, box(b"ilst", *_atoms(release), _named(_OWN, "mark", mark)))


def read_atom_mark(moov: bytes) -> str:
    """Return the mark that `write_atoms` was given.  Raises `ValueError` where there is none."""
    for kind, atom in iterate_boxes(find_box(moov, b"udta", b"meta", b"ilst")):
        if kind == b"----" and find_box(atom, b"mean")[4:] == _OWN.encode():
            return find_box(atom, b"data")[8:].decode()
    raise ValueError("narrate did not make it")


def _atoms(release: Release) -> Iterator[bytes]:
    book = release.book
    author, voices = book.author or UNKNOWN_AUTHOR, "; ".join(release.voices)
    year = re.search(r"\d{4}", book.year or "")
    for name, value in (
        ("©nam", book.title),
        ("©alb", book.title),
        ("©ART", author),
        ("aART", author),
        ("©wrt", voices),
        ("©nrt", voices),
        ("©day", year[0] if year else None),
        ("©gen", GENRE),
        ("©cmt", SYNTHETIC),
        ("desc", (book.description or "")[:_LONGEST_SHORT]),
        ("ldes", book.description),
        ("©pub", book.publisher),
        ("©mvn", book.series),
    ):
        if value:
            yield box(name.encode("latin-1"), _data(_TEXT, _encode(value)))
    if book.series and re.fullmatch(r"\d{1,4}", book.series_part or ""):
        yield box("©mvi".encode("latin-1"), _data(_NUMBER, struct.pack(">H", int(book.series_part or 0))))
    yield box(b"stik", _data(_NUMBER, bytes([_AUDIOBOOK])))
    yield box(b"pgap", _data(_NUMBER, bytes([1])))
    for name, value in (
        ("NARRATOR", voices),
        ("SERIES", book.series),
        ("SERIES-PART", book.series_part),
        ("PUBLISHER", book.publisher),
        ("LANGUAGE", book.language),
        ("ISBN", find_isbn(book)),
        ("ASIN", find_asin(book)),
    ):
        if value:
            yield _named(_ITUNES, name, value)
    if release.cover is not None:
        yield box(b"covr", _picture(release.cover))


def _picture(cover: Image) -> bytes:
    return _data(_PNG if cover.media_type == "image/png" else _JPEG, cover.data)


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


def _named(mean: str, name: str, value: str) -> bytes:
    """Build a freeform atom: one whose name is words."""
    return box(
        b"----",
        full_box(b"mean", mean.encode()),
        full_box(b"name", name.encode()),
        _data(_TEXT, _encode(value)),
    )


def _data(kind: int, value: bytes) -> bytes:
    return box(b"data", struct.pack(">II", kind, 0), value)


def _encode(value: str) -> bytes:
    # Half of a surrogate pair has no UTF-8, and a tag is no place to fail on it.
    return value.encode("utf-8", "replace")
