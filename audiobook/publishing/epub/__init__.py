"""A read-along EPUB: the text and its audio in one file, sentence by sentence in step.

EPUB 3.3 with media overlays (https://www.w3.org/TR/epub-33/#sec-media-overlays).  A source that is an EPUB
keeps its own pages, styles and pictures; any other gets clean pages of the book's text.
"""

from __future__ import annotations

from pathlib import Path

from audiobook.model import Release
from audiobook.publishing.epub.archive import read_epub_mark
from audiobook.publishing.epub.generated import write_generated


def write_epub(release: Release, path: Path, *, mark: str) -> None:
    """Write a release."""
    write_generated(release, path, mark=mark)


__all__ = ["read_epub_mark", "write_epub"]
