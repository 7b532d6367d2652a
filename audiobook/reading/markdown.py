"""Markdown (CommonMark with tables and footnotes): rendered to HTML, and read as that."""

from __future__ import annotations

import html
import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.decode import decode_text
from audiobook.reading.frontmatter import find_front_matter
from audiobook.reading.html import read_tree
from audiobook.reading.markup import parse_page_text
from audiobook.reading.package import Metadata

_MAX_LINES = 120_000
"""Twice as many as War and Peace has, wrapped; a list of so many lines takes 250 MB."""
_DEFINITION = re.compile(
    r"(?m)^\[\^([^\]\s]{1,50})\]:[ \t]*(.*(?:\n(?:[ \t]{2,}\S.*|[ \t]*(?=\n[ \t]{2,}\S)))*)"
)
_REFERENCE = re.compile(r"\[\^([^\]\s]{1,50})\]")
_FENCE = re.compile(r"(?ms)^(```|~~~).*?^\1|`[^`\n]+`")


def read_markdown(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a Markdown file, with the optional block about the story at its top.

    Chapters begin at headings.  Raises `SourceError` where it is not text or holds nothing to speak.
    """
    from markdown_it import MarkdownIt

    text, warnings = decode_text(data, str(path))
    if len(text) > MAX_MARKUP:
        raise SourceError(
            f"{path}: {len(text) / 1e6:.0f} MB of Markdown; at most {MAX_MARKUP / 1e6:.0f} MB are read"
        )
    lines = text.count("\n") + text.count("\r")
    if lines > _MAX_LINES:
        raise SourceError(f"{path}: has {lines} lines, more than any book ({_MAX_LINES}); split it")
    front = find_front_matter(text, str(path))
    values = front.values if front else {}
    body = text[front.end if front else 0 :].replace("\r\n", "\n").replace("\r", "\n")
    rendered = (
        MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"]).render(_mark_notes(body))
    )
    root = parse_page_text(f"<html><body>{rendered}</body></html>", str(path))
    book = read_tree(path, root, choices, _metadata(values))
    return replace(book, warnings=warnings + (front.warnings if front else ()) + book.warnings)


def _metadata(values: Mapping[str, str]) -> Metadata:
    return Metadata(
        title=values.get("title"),
        author=values.get("author"),
        language=values.get("language"),
        year=values.get("year"),
        series=values.get("series"),
        series_part=values.get("series_part"),
        description=values.get("description"),
    )


def _mark_notes(text: str) -> str:
    """Write footnotes (`[^1]`, `[^1]: …`) as the HTML that the reader of pages knows them by."""
    notes: list[str] = []

    def keep(match: re.Match[str]) -> str:
        words = html.escape(" ".join(match[2].split()))
        notes.append(f'<aside epub:type="footnote" id="fn-{html.escape(match[1])}"><p>{words}</p></aside>')
        return ""

    if "[^" not in text:
        return text

    def refer(match: re.Match[str]) -> str:
        before = bisect_right(starts, match.start()) - 1
        if before >= 0 and match.start() < code[before][1]:
            return match[0]
        name = html.escape(match[1])
        return f'<a epub:type="noteref" href="#fn-{name}">{name}</a>'

    defined = {match[1] for match in _DEFINITION.finditer(text)}
    text = _DEFINITION.sub(keep, text)
    code = [match.span() for match in _FENCE.finditer(text)]
    starts = [start for start, _ in code]
    text = _REFERENCE.sub(lambda match: refer(match) if match[1] in defined else match[0], text)
    return text + "\n\n" + "\n".join(notes) + "\n"
