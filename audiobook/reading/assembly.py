"""The last step of every reader of markup: flow, cuts and metadata become a book."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.languages import read_tag, read_tags
from audiobook.model import Book, Image
from audiobook.reading.chapters import assemble
from audiobook.reading.choices import ReadingChoices
from audiobook.reading.cuts import Cut
from audiobook.reading.flow import Flow, Style
from audiobook.reading.line_breaks import part_lines
from audiobook.reading.notes import FOOTNOTE, BookNotes
from audiobook.reading.package import Metadata
from audiobook.reading.proof import list_faults
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
    blocks = part_lines(flow.blocks, flow.text)
    chapters, skipped = assemble(
        blocks, flow.text, cuts, title=title, author=metadata.author, choices=choices
    )
    if not chapters:
        if not flow.blocks:
            flaw = f"; {warnings[0]}" if warnings else ""
            raise SourceError(f"{path}: holds no text to speak (pictures alone, perhaps){flaw}")
        reasons = ", ".join(sorted({skip.reason for skip in skipped}))
        raise SourceError(f"{path}: holds nothing to speak but {reasons}; read those with --matter")
    faults = list_faults(flow.sources, flow.text, flow.made, chapters)
    if choices.proof == "warn":
        warnings += tuple(f"{path}: {fault}; it is read all the same" for fault in faults)
        faults = ()
    return Book(
        name=path.stem,
        source=str(path),
        text=flow.text,
        title=title,
        author=metadata.author,
        language=read_tag(metadata.language),
        languages=read_tags(metadata.language),
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
        faults=faults,
    )


def mark_link_lists(flow: Flow, indices: Sequence[int]) -> None:
    """Call runs of paragraphs that are only links the contents, with the heading before them."""
    text = flow.text if len(indices) >= _FEWEST_LINKS else ""
    run: list[int] = []
    for index in [*indices, -2]:
        if run and index > run[-1] and all(block.skip for block in flow.blocks[run[-1] + 1 : index]):
            run.append(index)
            continue
        if len(run) >= _FEWEST_LINKS:
            before = next(
                (flow.blocks[i] for i in range(run[0] - 1, -1, -1) if not flow.blocks[i].skip), None
            )
            if before and matter_of_title(text[before.start : before.end]) == "contents":
                before.matter = "contents"
            for linked in run:
                flow.blocks[linked].matter = flow.blocks[linked].matter or "contents"
        run = [index]


def add_unread_notes(flow: Flow, notes: BookNotes) -> None:
    """Name what was kept of notes for reading them elsewhere, and not read, as skipped."""
    for words in notes.list_rest():
        flow.add(words, Style(skip=FOOTNOTE))
