"""Which picture an audiobook gets: the one beside the story, the book's own, or a drawn one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from audiobook.choices import PICTURES
from audiobook.errors import SourceError
from audiobook.model import Book, Image
from audiobook.publishing import CoverWish, find_picture_fault


def wish_cover(source: Path, book: Book) -> tuple[CoverWish, list[str]]:
    """Choose the first picture that can be read, and say what is wrong with those before it.

    A picture lies beside a story's file under its name.  Raises `SourceError` where one is there and
    can't be opened.
    """
    warnings: list[str] = []
    for place, picture in _find_pictures(source, book):
        fault = find_picture_fault(picture)
        if fault is None:
            return CoverWish(picture=picture, title=book.title, author=book.author), warnings
        warnings.append(f"{place} {fault}; it was not taken for the cover")
    return CoverWish(picture=None, title=book.title, author=book.author), warnings


def _find_pictures(source: Path, book: Book) -> Iterator[tuple[str, Image]]:
    for suffix, kind in PICTURES.items():
        path = source.with_suffix(suffix)
        try:
            if path.is_file():
                yield f"{path}:", Image(data=path.read_bytes(), media_type=f"image/{kind}")
        except OSError as error:
            raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    if book.cover is not None:
        yield f"{source}: the book's picture", book.cover
