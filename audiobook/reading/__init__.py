"""Reading: a source file becomes a `Book`, one module per format."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.converted import read_by_pandoc, read_mobi, read_pdf
from audiobook.reading.docx import read_docx
from audiobook.reading.epub import read_epub
from audiobook.reading.flow import count_words
from audiobook.reading.html import read_html
from audiobook.reading.markdown import read_markdown
from audiobook.reading.text import read_text

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
    ".odt": read_by_pandoc,
    ".fb2": read_by_pandoc,
    ".rtf": read_by_pandoc,
    ".mobi": read_mobi,
    ".azw": read_mobi,
    ".azw3": read_mobi,
    ".prc": read_mobi,
    ".pdf": read_pdf,
}
"""File ending → reader, which is given the path (for names and messages), the file's bytes and the choices."""

MAX_FILE = 500_000_000
"""Bytes; a book with many pictures has a tenth of it."""


def read_book(path: Path, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a source file.  Raises `SourceError` where that can't be done, saying why."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        readable = ", ".join(sorted(filter(None, READERS)))
        raise SourceError(f"{path}: can't read files that end in {path.suffix} (readable: {readable})")
    try:
        if path.is_file() and path.stat().st_size > MAX_FILE:
            raise SourceError(f"{path}: is over {MAX_FILE / 1e6:.0f} MB; no book is that large")
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise SourceError(f"{path}: no such file") from error
    except IsADirectoryError as error:
        raise SourceError(f"{path}: is a folder, not a story") from error
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    return reader(path, data, choices)


__all__ = ["READERS", "ReadingChoices", "count_words", "read_book"]
