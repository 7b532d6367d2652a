"""Which series a book is of, without reading the rest of it."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from audiobook.errors import SourceError
from audiobook.reading.archive import Archive
from audiobook.reading.decode import MAX_BYTES, decode_text
from audiobook.reading.fictionbook import read_metadata as read_fb2_metadata
from audiobook.reading.flaws import Flaws
from audiobook.reading.frontmatter import find_front_matter
from audiobook.reading.markup import parse_xml
from audiobook.reading.package import read_package

_TEXTS = {"", ".txt", ".text", ".md", ".markdown"}


class SeriesPlace(NamedTuple):
    """A book's series and its place there as its file states them, and its title where that is stated too."""

    series: str | None = None
    part: str | None = None
    title: str | None = None


def read_series(path: Path) -> SeriesPlace:
    """Return what a file says of the series that it belongs to; nothing where it can't be read.

    Of the formats that are read, EPUB, FB2 and texts with front matter can say so.
    """
    suffix = path.suffix.lower()
    try:
        if suffix == ".epub":
            with Archive(str(path), path.read_bytes()) as archive:
                stated = read_package(archive, Flaws()).metadata
            return SeriesPlace(stated.series, stated.series_part, stated.title)
        if suffix == ".fb2":
            stated = read_fb2_metadata(parse_xml(path.read_bytes(), str(path)))
            return SeriesPlace(stated.series, stated.series_part, stated.title)
        if suffix in _TEXTS and path.stat().st_size <= MAX_BYTES:
            front = find_front_matter(decode_text(path.read_bytes(), str(path))[0], str(path))
            values = front.values if front else {}
            return SeriesPlace(values.get("series"), values.get("series_part"), values.get("title"))
    except (OSError, SourceError):  # whoever reads it says so
        pass
    return SeriesPlace()
