"""What lies beside a book's files for Audiobookshelf's scanner: `metadata.json` and `cover.jpg`.

`metadata.json` outranks folder names and tags there.  The server may write that file itself, with what a
person corrected on its page: one that does not hold narrate's own mark is left alone, and the cover with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from audiobook.model import Book
from audiobook.publishing.tags import GENRE

METADATA = "metadata.json"
COVER = "cover.jpg"
SHELF_FILES = (METADATA, COVER)
"""Of which the first tells whether both are narrate's."""

_MARK = "made_by"
_NAME = "narrate"


def describe_shelf_book(book: Book, narrators: Sequence[str]) -> Mapping[str, object]:
    """Return what `metadata.json` says of a book, in that server's terms, without what is not known."""
    series = (
        [f"{book.series} #{book.series_part}" if book.series_part else book.series] if book.series else []
    )
    stated: dict[str, object] = {
        "title": book.title,
        "authors": (book.author or "").split("; ") if book.author else [],
        "narrators": list(narrators),
        "series": series,
        "genres": [GENRE],
        "publishedYear": book.year,
        "publisher": book.publisher,
        "description": book.description,
        "language": book.language,
        _MARK: _NAME,
    }
    return {key: value for key, value in stated.items() if value}


def compose_shelf_files(
    folder: Path, book: Book, narrators: Sequence[str], cover: bytes
) -> dict[Path, bytes]:
    """Return the files by their paths; none where the server has written its own."""
    if (folder / METADATA).exists() and not is_own_metadata(folder):
        return {}
    text = json.dumps(describe_shelf_book(book, narrators), indent=2, ensure_ascii=False)
    return {folder / METADATA: (text + "\n").encode("utf-8", "surrogatepass"), folder / COVER: cover}


def is_own_metadata(folder: Path) -> bool:
    """Tell whether a folder's `metadata.json` is as narrate writes it."""
    try:
        stated = json.loads((folder / METADATA).read_bytes())
    except (OSError, ValueError):
        return False
    return isinstance(stated, dict) and stated.get(_MARK) == _NAME
