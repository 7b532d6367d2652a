"""What is made of a book's finished tracks, as tables: whole-book files, and texts beside the tracks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from audiobook.model import Release
from audiobook.publishing import epub, lpf, m4b
from audiobook.publishing.captions import CAPTIONS
from audiobook.publishing.playlist import write_playlist
from audiobook.publishing.podcast import write_feed


class BookFile(Protocol):
    """A file that holds a whole book.

    `write` makes it at an unfinished path; equal arguments give equal bytes.  `mark` is what
    `read_mark` returns of a file that is whole, by which narrate knows whether it is up to date.
    `ffmpeg` is the program.  Raises `StorageError` or `EncoderError`.
    """

    def write(self, release: Release, path: Path, *, mark: str, ffmpeg: str) -> None: ...
    def read_mark(self, path: Path) -> str | None: ...


BOOK_FILES: Mapping[str, BookFile] = {"epub": epub, "lpf": lpf, "m4b": m4b}
"""By format: the file's ending is the format's name."""

WITH_PAGES = frozenset({"epub"})
"""The formats of `BOOK_FILES` that show the text, on the source's own pages where it has some."""

TextWriter = Callable[[Release, str], Mapping[str, str] | Mapping[str, str | bytes]]
"""From a release and the podcast's address to the text (or bytes) of each file, by its name in the book's
folder."""

TEXT_FILES: Mapping[str, TextWriter] = {"mp3": write_playlist, "podcast": write_feed, **CAPTIONS}

WITH_COVER = frozenset({"podcast"})
"""The formats of `TEXT_FILES` whose writers need the release's cover."""


def read_edition_seconds(path: Path) -> float:
    """Return how long a whole-book file plays, 0 for one that does not tell.  Raises `StorageError`."""
    return m4b.read_seconds(path) if path.suffix == ".m4b" else 0.0


def read_edition_mark(path: Path) -> str | None:
    """Return the mark of a whole-book file that narrate made; None where it is missing, cut or foreign."""
    file = BOOK_FILES.get(path.suffix.removeprefix("."))
    return file.read_mark(path) if file else None
