"""The last step of every reader of markup: flow, cuts and metadata become a book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.languages import read_tag
from audiobook.model import Book, Image
from audiobook.reading.chapters import assemble
from audiobook.reading.choices import ReadingChoices
from audiobook.reading.cuts import Cut
from audiobook.reading.flow import Flow
from audiobook.reading.package import Metadata
from audiobook.reading.semantics import matter_of_title
from audiobook.reading.titles import make_title

_FEWEST_LINKS = 3
"""Paragraphs in a row that are only links within the book, from which on they are a list of contents."""


def make_book(
    path: Path,
    flow: Flow,
    cuts: Sequence[Cut],
    *,
    choices: ReadingChoices,
    metadata: Metadata,
    cover: Image | None = None,
    warnings: tuple[str, ...] = (),
) -> Book:
    """Make a book of what was read.  Raises `SourceError` where nothing of it is to be spoken."""
    title = metadata.title or make_title(path.stem)
    chapters, skipped = assemble(
        flow.blocks, flow.text, cuts, title=title, author=metadata.author, choices=choices
    )
    if not chapters:
        if not flow.blocks:
            raise SourceError(f"{path}: holds no text to speak (pictures alone, perhaps)")
        reasons = ", ".join(sorted({skip.reason for skip in skipped}))
        raise SourceError(f"{path}: holds nothing to speak but {reasons}; read those with --matter")
    return Book(
        name=path.stem,
        source=str(path),
        text=flow.text,
        title=title,
        author=metadata.author,
        language=read_tag(metadata.language),
        year=metadata.year,
        series=metadata.series,
        series_part=metadata.series_part,
        description=metadata.description,
        publisher=metadata.publisher,
        identifiers=metadata.identifiers,
        cover=cover,
        pronunciations=tuple(flow.pronunciations),
        foreign=tuple(flow.foreign),
        chapters=chapters,
        skipped=skipped,
        warnings=warnings,
    )


def mark_link_lists(flow: Flow, indices: Sequence[int]) -> None:
    """Call runs of paragraphs that are only links the contents, with the heading before them."""
    text = flow.text if len(indices) >= _FEWEST_LINKS else ""
    run: list[int] = []
    for index in [*indices, -2]:
        if run and index == run[-1] + 1:
            run.append(index)
            continue
        if len(run) >= _FEWEST_LINKS:
            before = flow.blocks[run[0] - 1] if run[0] else None
            if before and matter_of_title(text[before.start : before.end]) == "contents":
                before.matter = "contents"
            for linked in run:
                flow.blocks[linked].matter = flow.blocks[linked].matter or "contents"
        run = [index]
