"""Books that the tests make: EPUBs by script, as small as the case allows."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from audiobook.model import Book, Chapter
from audiobook.reading import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.epub import read_epub

CONTAINER = (
    '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container" version="1.0"><rootfiles>'
    '<rootfile full-path="OPS/book.opf" media-type="application/oebps-package+xml"/></rootfiles></container>'
)
METADATA = "<dc:title>The Book</dc:title><dc:creator>A. Writer</dc:creator><dc:language>en</dc:language>"


def xhtml(body: str, attributes: str = "") -> str:
    """Return a page of XHTML around a body."""
    return (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html><html xmlns="http://www.w3.org/1999/xhtml"'
        ' xmlns:epub="http://www.idpf.org/2007/ops" xmlns:ssml="http://www.w3.org/2001/10/synthesis"'
        f"><head><title>Page</title></head><body {attributes}>{body}</body></html>"
    )


def nav(*entries: tuple[str, str], extra: str = "") -> str:
    """Return a navigation document of (target, title)."""
    items = "".join(f'<li><a href="{href}">{title}</a></li>' for href, title in entries)
    return xhtml(f'<nav epub:type="toc"><ol>{items}</ol></nav>{extra}')


def make_epub(
    pages: Mapping[str, str],
    *,
    toc: str = "",
    metadata: str = METADATA,
    guide: str = "",
    manifest: str = "",
    files: Mapping[str, str | bytes] | None = None,
    ncx: str = "",
) -> bytes:
    """Return an EPUB of pages (name → body, or a whole page) in reading order.

    `files` are further members of the archive, or replace those that are made.
    """
    items = "".join(f'<item id="{name}" href="{name}" media-type="application/xhtml+xml"/>' for name in pages)
    items += (
        '<item id="nav" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>' if toc else ""
    )
    items += '<item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>' if ncx else ""
    spine = "".join(f'<itemref idref="{name}"/>' for name in pages)
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf" version="3.0"><metadata'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:opf="http://www.idpf.org/2007/opf">'
        f"{metadata}</metadata><manifest>{items}{manifest}</manifest>"
        f"<spine>{spine}</spine>{guide}</package>"
    )
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": package,
    }
    members |= {f"OPS/{name}": body if "<html" in body else xhtml(body) for name, body in pages.items()}
    members |= {"OPS/nav.xhtml": toc} if toc else {}
    members |= {"OPS/toc.ncx": ncx} if ncx else {}
    return make_zip(members | dict(files or {}))


_WORD_NAMES = " ".join(
    f'xmlns:{prefix}="http://schemas.{name}"'
    for prefix, name in {
        "w": "openxmlformats.org/wordprocessingml/2006/main",
        "a": "openxmlformats.org/drawingml/2006/main",
        "m": "openxmlformats.org/officeDocument/2006/math",
        "mc": "openxmlformats.org/markup-compatibility/2006",
        "wp": "openxmlformats.org/drawingml/2006/wordprocessingDrawing",
        "wps": "microsoft.com/office/word/2010/wordprocessingShape",
    }.items()
)


def make_docx(body: str, *, footnotes: str = "", **parts: str) -> bytes:
    """Return a DOCX of a body's markup; `parts` are further ones (header1 …), as whole elements."""
    parts |= {
        "document": f"<w:document><w:body>{body}</w:body></w:document>",
        "footnotes": f"<w:footnotes>{footnotes}</w:footnotes>",
    }
    names = f'{_WORD_NAMES} xmlns:v="urn:schemas-microsoft-com:vml"'
    return make_zip({f"word/{name}.xml": part.replace(">", f" {names}>", 1) for name, part in parts.items()})


def make_zip(members: Mapping[str, str | bytes]) -> bytes:
    """Return a zip archive."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def read(data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read an EPUB and check that every letter of its text lies in one place."""
    book = read_epub(Path("book.epub"), data, choices)
    assert_tiled(book)
    return book


def read_page(body: str, choices: ReadingChoices = DEFAULT_CHOICES) -> list[str]:
    """Return the paragraphs that are read of an EPUB of one page."""
    book = read(make_epub({"a.xhtml": body}), choices)
    return [words for chapter in book.chapters for words in said(book, chapter)]


def said(book: Book, chapter: Chapter) -> list[str]:
    """Return the chapter's paragraphs."""
    return [book.text[p.start : p.end] for p in chapter.paragraphs]


def skipped(book: Book) -> list[tuple[str, str]]:
    """Return what is skipped: (reason, words)."""
    return [(skip.reason, book.text[skip.start : skip.end]) for skip in book.skipped]


def assert_tiled(book: Book) -> None:
    """Check that paragraphs and skips hold each letter and digit once."""
    covered = [0] * len(book.text)
    spans = [(p.start, p.end) for c in book.chapters for p in c.paragraphs]
    for start, end in spans + [(skip.start, skip.end) for skip in book.skipped]:
        for index in range(start, end):
            covered[index] += 1
    assert all(n == 1 for n, c in zip(covered, book.text, strict=True) if c.isalnum())
    assert max(covered, default=0) <= 1
