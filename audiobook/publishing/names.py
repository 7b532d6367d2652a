"""File names that every system takes, and titles that tell a book's files apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from hashlib import blake2b

LONGEST_BYTES = 120
"""Of a name without its ending: ext4, APFS and NTFS allow 255 bytes or letters, eCryptfs 143 bytes."""

LONGEST_FOLDER_BYTES = 80
"""Windows allows 260 characters for a whole path: a folder and a file leave 55 for where they are."""

# Not allowed in names on Windows (Microsoft, "Naming Files, Paths, and Namespaces"), or hidden by a dot.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f-\x9f]')
# Devices, also with any ending; the digits may be superscripts.
_RESERVED = re.compile(r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\.|$)", re.IGNORECASE)
_DROPPED = {"Cf", "Cs", "Cn", "Co"}
"""Marks of direction and others without a shape (a name could look like another one), and what no
standard has given a meaning: macOS refuses it."""


def safe_file_name(name: str, longest_bytes: int = LONGEST_BYTES) -> str:
    """Make of any text a file name for Windows, macOS and Linux, never empty, at most so many bytes.

    Its letters stay what they are, in any script, composed (NFC).  The same for a name and for what
    was made of it.
    """
    clean = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name))
    clean = "".join(char for char in clean if unicodedata.category(char) not in _DROPPED)
    # Once more, since what was dropped may have kept a letter and its accent apart.
    clean = _trim(" ".join(unicodedata.normalize("NFC", clean).split()))
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    return _cut(clean, longest_bytes) or "untitled"


def safe_folder_name(name: str) -> str:
    """Make of any text a folder's name; one that had to be cut ends in a hash, so that it stays its own."""
    whole = safe_file_name(name, longest_bytes=10_000)
    if len(whole.encode()) <= LONGEST_FOLDER_BYTES:
        return whole
    mark = f" ~{blake2b(whole.encode(), digest_size=3).hexdigest()}"
    return _cut(whole, LONGEST_FOLDER_BYTES - len(mark)) + mark


def _trim(name: str) -> str:
    """Take away what may not stand at an end: dots and spaces, and an accent without a letter."""
    start = 0
    while start < len(name) and (name[start] in " ." or _is_accent(name[start])):
        start += 1
    return name[start:].rstrip(" .")


def _cut(name: str, longest_bytes: int) -> str:
    """Shorten a name, leaving no letter without its accents or vowel signs."""
    data = name.encode()
    if len(data) <= longest_bytes:
        return name
    kept = data[:longest_bytes].decode(errors="ignore")
    if _is_accent(name[len(kept)]):
        kept = kept.rstrip("".join(filter(_is_accent, kept)))[:-1]
    return kept.rstrip(" .")


def _is_accent(char: str) -> bool:
    return unicodedata.category(char).startswith("M")


def unique_titles(titles: Sequence[str], album: str) -> list[str]:
    """Make the titles of a book's files differ, from each other and from the book's own.

    Audiobookshelf shows file names instead where they don't.  The first of equal ones stays as it is;
    the only file of a book may have the book's title.  A file without a title is called by its number.
    """
    named = [title if title.strip() else str(number) for number, title in enumerate(titles, 1)]
    taken = {_fold(title) for title in named}
    seen = {_fold(album)} if len(named) > 1 else set()
    unique = []
    for title in named:
        chosen = title
        if _fold(title) in seen:
            first = 1 if _fold(title) == _fold(album) else 2
            chosen = next(other for other in _numbered(title, first) if _fold(other) not in taken | seen)
        seen.add(_fold(chosen))
        unique.append(chosen)
    return unique


def _numbered(title: str, first: int) -> Iterator[str]:
    number = first
    while True:
        yield f"{title} ({number})"
        number += 1


def _fold(name: str) -> str:
    """Return what two names have in common that a person, or a file system, takes for the same."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold()).strip()
