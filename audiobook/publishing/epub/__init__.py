"""A read-along EPUB: the text and its audio in one file, sentence by sentence in step.

EPUB 3.3 with media overlays (https://www.w3.org/TR/epub-33/#sec-media-overlays).  A source that is an EPUB
keeps its own pages, styles and pictures; any other gets clean pages of the book's text.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path, PurePath

from audiobook.errors import SourceError
from audiobook.model import Release
from audiobook.publishing.epub.archive import read_epub_mark
from audiobook.publishing.epub.generated import write_generated
from audiobook.publishing.epub.takeover import write_taken_over


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadAlong:
    """How a read-along EPUB came out.

    `keeps_pages`: the pages are the source's own.  `near` utterances are not in the pages as text (a
    picture's description, a note read elsewhere) and point to the nearest element.  `divided` ones go
    over several blocks (lines of a poem) and have an element in each, the time divided by letters.
    """

    keeps_pages: bool
    near: int = 0
    divided: int = 0


def write_epub(release: Release, path: Path, *, mark: str) -> ReadAlong:
    """Write a finished audiobook as one EPUB; `mark` (ASCII) is what `read_epub_mark` returns.

    Equal releases give equal bytes.  A source EPUB that is gone or another by now does not stop it: the
    pages are then made of the book's text.  Raises `StorageError` where the file can't be written or a
    track can't be read.
    """
    if PurePath(release.book.source).suffix.lower() == ".epub":
        count = None
        with contextlib.suppress(SourceError):
            count = write_taken_over(release, path, mark=mark)
        if count is not None:
            return ReadAlong(keeps_pages=True, near=count.near, divided=count.divided)
    write_generated(release, path, mark=mark)
    return ReadAlong(keeps_pages=False)


def write(release: Release, path: Path, *, mark: str, ffmpeg: str) -> None:  # noqa: ARG001 (no audio is made)
    """Write a release, as `editions.BookFile` has it."""
    write_epub(release, path, mark=mark)


read_mark = read_epub_mark

__all__ = ["ReadAlong", "read_epub_mark", "read_mark", "write", "write_epub"]
