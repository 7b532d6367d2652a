"""Reading: a source file becomes a `Book`, one module per format."""

from __future__ import annotations

import stat
from collections.abc import Callable, Mapping
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.choices import DEFAULT_CHOICES, NO_WISH, ReadingChoices, ReadingWish
from audiobook.reading.converted import read_by_pandoc, read_mobi, read_pdf
from audiobook.reading.decode import MAX_BYTES
from audiobook.reading.detecting import detect_language, find_contradictions, find_other_parts
from audiobook.reading.docx import read_docx
from audiobook.reading.elements import WITHIN_TEXT
from audiobook.reading.epub import read_epub
from audiobook.reading.fictionbook import read_fb2
from audiobook.reading.html import read_html
from audiobook.reading.lexicon import read_lexicon_file
from audiobook.reading.markdown import read_markdown
from audiobook.reading.opendocument import read_odt
from audiobook.reading.page import NOTE_SIGN
from audiobook.reading.series import SeriesPlace, read_series
from audiobook.reading.text import SCENE_BREAK, read_text

Reader = Callable[[Path, bytes, ReadingChoices], Book]

READERS: Mapping[str, Reader] = {
    ".txt": read_text,
    ".text": read_text,
    "": read_text,
    ".epub": read_epub,
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".docx": read_docx,
    ".odt": read_odt,
    ".fb2": read_fb2,
    ".rtf": read_by_pandoc,
    ".mobi": read_mobi,
    ".azw": read_mobi,
    ".azw3": read_mobi,
    ".prc": read_mobi,
    ".pdf": read_pdf,
}
"""File ending → reader, which is given the path (for names), the file's bytes and the choices."""

SMALL_SKIPS = WITHIN_TEXT | {SCENE_BREAK}
"""Reasons of skips that are words here and there, and no part of a book."""

MAX_FILE = 500_000_000
"""Bytes; a book with many pictures has a tenth of it."""


def read_book(path: Path, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a source file.  Raises `SourceError` where that can't be done, saying why."""
    try:
        str(path).encode("utf-8")
    except UnicodeEncodeError as error:
        raise SourceError(f"{path}: the file's name is not UTF-8; rename it") from error
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        readable = ", ".join(sorted(filter(None, READERS)))
        raise SourceError(f"{path}: can't read files that end in {path.suffix} (readable: {readable})")
    try:
        status = path.stat()
        if not (stat.S_ISREG(status.st_mode) or stat.S_ISDIR(status.st_mode)):
            raise SourceError(f"{path}: is not a file that can be read to an end")
        limit, what = (MAX_BYTES, "text") if reader is read_text else (MAX_FILE, "book")
        if status.st_size > limit:
            raise SourceError(
                f"{path}: {status.st_size / 1e6:.0f} MB is more than a {what} of {limit / 1e6:.0f} MB; "
                "split it into several files"
            )
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise SourceError(f"{path}: is a folder, not a story") from error
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    return reader(path, data, choices)


__all__ = [
    "DEFAULT_CHOICES",
    "MAX_FILE",
    "NOTE_SIGN",
    "NO_WISH",
    "READERS",
    "SMALL_SKIPS",
    "ReadingChoices",
    "ReadingWish",
    "SeriesPlace",
    "detect_language",
    "find_contradictions",
    "find_other_parts",
    "read_book",
    "read_lexicon_file",
    "read_series",
]
