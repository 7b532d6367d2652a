"""What lies beside a book's files for Audiobookshelf's scanner: `metadata.json` and `cover.jpg`.

`metadata.json` outranks folder names and tags there.  The server may write that file itself, with what a
person corrected on its page: one that does not hold narrate's own mark is left alone, and the cover with it.
So is a cover that is not the one whose hash is noted there; the server passes over what it does not know.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from audiobook.model import Book
from audiobook.publishing.tags import GENRE

METADATA = "metadata.json"
COVER = "cover.jpg"
_MARK = "made_by"
_NAME = "narrate"
_COVER_MARK = "made_cover"


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
    """Return the files by their paths; none where the server has written its own.

    A cover that somebody else put there is not among them.
    """
    noted = _read_own(folder)
    if noted is None and (folder / METADATA).exists():
        return {}
    stated, digest, files = describe_shelf_book(book, narrators), _hash(cover), dict[Path, bytes]()
    if _hash_cover(folder) in {None, digest, (noted or {}).get(_COVER_MARK)}:
        stated = {**stated, _COVER_MARK: digest}
        # Before its hash is noted: one that is noted and not there yet would make a stranger of that before.
        files[folder / COVER] = cover
    text = json.dumps(stated, indent=2, ensure_ascii=False)
    return {**files, folder / METADATA: (text + "\n").encode("utf-8", "surrogatepass")}


def list_shelf_files(folder: Path) -> list[Path]:
    """List those of the files that lie in a folder as narrate wrote them."""
    noted = _read_own(folder)
    if noted is None:
        return []
    cover = _hash_cover(folder)
    has_cover = cover is not None and cover == noted.get(_COVER_MARK)
    return [folder / METADATA, *([folder / COVER] if has_cover else [])]


def _read_own(folder: Path) -> Mapping[str, object] | None:
    """Return what `metadata.json` says, if it is as narrate writes it."""
    try:
        stated = json.loads((folder / METADATA).read_bytes())
    except (OSError, ValueError):
        return None
    return stated if isinstance(stated, dict) and stated.get(_MARK) == _NAME else None


def _hash_cover(folder: Path) -> str | None:
    """Hash the cover that is there; nothing has the hash of one that can't be read."""
    try:
        return _hash((folder / COVER).read_bytes())
    except FileNotFoundError:
        return None
    except OSError:
        return ""


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
