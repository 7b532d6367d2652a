"""Formats read through other programs, which the extra `[formats]` installs.

ODT, FB2 and RTF through pandoc, MOBI and AZW through `mobi`, PDF through `pypdf`; each in a process of
its own, with bounds of time and memory, and without leave to read other files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.archive import Archive
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.epub import read_epub
from audiobook.reading.html import read_html, read_page_metadata, read_tree
from audiobook.reading.markup import parse_page, parse_xml, text_of
from audiobook.reading.package import Metadata, read_metadata
from audiobook.reading.rtf import spell_letters
from audiobook.reading.text import make_text_book
from audiobook.scratch import open_scratch

TIME_LIMIT_S = 180
INSTALL = "install what it takes with: pip install 'narrate-audiobook[formats]'"
_PANDOC_MEMORY = "-M1500M"
_PAGE_NUMBER = re.compile(r"\W*(?:page )?(?:\d{1,4}|[ivxlc]{1,6})\W*", re.IGNORECASE)
_FB2_LANGUAGE = re.compile(rb"<lang>\s*([A-Za-z-]{2,20})\s*</lang>")
"""FictionBook 2's title-info/lang, which pandoc leaves out."""
_EDGE_LINES = 2
"""Lines at a page's top and bottom among which running titles and page numbers are looked for."""


def read_by_pandoc(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read ODT, FB2 or RTF.  Raises `SourceError` where pandoc is missing or can't read the file."""
    pandoc = _find_pandoc()
    if pandoc is None:
        raise SourceError(
            f"{path}: {path.suffix} files are read through pandoc, which is not here; {INSTALL}"
        )
    # The sandbox keeps pandoc from reading or fetching anything but its input.
    command = [pandoc, "+RTS", _PANDOC_MEMORY, "-RTS", "--sandbox", "--standalone", "--wrap=none"]
    command += ["--from", path.suffix[1:].lower(), "--to", "html5"]
    kind = path.suffix.lower()
    done = _run(path, command, spell_letters(data) if kind == ".rtf" else data)
    if done.returncode:
        raise SourceError(f"{path}: pandoc can't read it: {_last_line(done.stderr)}")
    if len(done.stdout) > MAX_MARKUP:
        raise SourceError(f"{path}: is more than {MAX_MARKUP / 1e6:.0f} MB of markup")
    root = parse_page(done.stdout, str(path))
    title = root.find(".//title")
    if title is not None and (title.text or "").strip() in {"", "-"}:
        title.text = ""
    # What pandoc sets above the text is the metadata, which is read from the head.
    header = root.find(".//header[@id='title-block-header']")
    above = header.getparent() if header is not None else None
    if header is not None and above is not None:
        above.remove(header)
    metadata = read_page_metadata(root)
    if kind == ".fb2" and (stated := _FB2_LANGUAGE.search(data)):
        metadata = replace(metadata, language=stated[1].decode())
    return read_tree(path, root, choices, _read_odt_metadata(path, data) if kind == ".odt" else metadata)


def _read_odt_metadata(path: Path, data: bytes) -> Metadata:
    """Read what an ODT says of itself, which pandoc leaves out (OpenDocument 1.3 part 3, section 4.3)."""
    with Archive(str(path), data) as archive:
        if archive.find("meta.xml") is None:
            return Metadata()
        root = parse_xml(archive.read_markup("meta.xml"), f"{path}: meta.xml")
    found = {str(element.tag).rpartition("}")[2]: text_of(element) for element in root.iter("{*}*")}
    return Metadata(
        title=found.get("title") or None,
        author=found.get("initial-creator") or found.get("creator") or None,
        language=found.get("language") or None,
        description=found.get("description") or None,
    )


def read_mobi(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read MOBI or AZW.  Raises `SourceError` where it is protected, broken, or `mobi` is missing."""
    with open_scratch() as folder:
        found = _open(path, "mobi", data, folder)
        if "epub" in found:
            unpacked = Path(str(found["epub"]))
            book = read_epub(path, unpacked.read_bytes(), choices)
        else:
            page = Path(str(found["html"]))
            about = page.with_name("content.opf")
            metadata = read_metadata(about.read_bytes(), f"{path}: {about.name}") if about.exists() else None
            book = read_html(path, page.read_bytes(), choices, metadata)
    return book


def read_pdf(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read a PDF's text, without page numbers and running titles.

    Raises `SourceError` where it has a password, is broken, holds pictures alone, or `pypdf` is missing.
    """
    with open_scratch() as folder:
        found = _open(path, "pdf", data, folder)
    listed = found.get("pages")
    pages = [str(page) for page in listed] if isinstance(listed, list) else []
    if not any(character.isalnum() for page in pages for character in page):
        raise SourceError(
            f"{path}: holds no text, only pictures of it; scan it with a text recognition first"
        )
    book = make_text_book(path, join_pages(pages), choices=choices)
    title, author = found.get("title"), found.get("author")
    named = str(title).strip() if title else ""
    chapters = tuple(replace(c, title=named) if named and c.title == book.title else c for c in book.chapters)
    return replace(
        book,
        title=named or book.title,
        author=book.author or (str(author).strip() if author else None) or None,
        chapters=chapters,
    )


def join_pages(pages: Sequence[str]) -> str:
    """Join the pages of a PDF: lines to paragraphs over page ends, divided words whole again.

    Lines that stand at the edge of a third of all pages are running titles and left out, as are page
    numbers.
    """
    split = [[line.rstrip() for line in page.splitlines()] for page in pages]
    running = Counter(_shape(line) for lines in split for line in {*_edges(lines)})
    kept: list[str] = []
    for lines in split:
        edges = {i for i, _ in _edge_indices(lines)}
        body = [
            line
            for index, line in enumerate(lines)
            if not (index in edges and _is_running(line, running, len(pages)))
        ]
        while body and not body[0].strip():
            body.pop(0)
        if kept and body and re.search(r"[.!?:”\"’»]$", kept[-1].strip()):
            kept.append("")
        kept += body
    text = "\n".join(kept)
    # A word divided at a line's end; one that is a compound keeps its hyphen where a capital follows.
    return re.sub(r"(?<=[^\W\d_])[-\u00ad]\n(?=[a-zß-ÿ])", "", text)


def _edge_indices(lines: Sequence[str]) -> list[tuple[int, str]]:
    filled = [(index, line) for index, line in enumerate(lines) if line.strip()]
    return filled[:_EDGE_LINES] + filled[-_EDGE_LINES:]


def _edges(lines: Sequence[str]) -> set[str]:
    return {line for _, line in _edge_indices(lines)}


def _shape(line: str) -> str:
    return re.sub(r"\d+", "#", " ".join(line.split()))


def _is_running(line: str, running: Mapping[str, int], count: int) -> bool:
    if count < 3:
        return False
    return bool(_PAGE_NUMBER.fullmatch(line)) or running.get(_shape(line), 0) * 3 >= max(count, 9)


def _open(path: Path, kind: str, data: bytes, folder: Path) -> dict[str, object]:
    """Open a file in a process of its own; see `foreign`."""
    copy = folder / f"book.{kind}"
    copy.write_bytes(data)
    command = [sys.executable, "-m", "audiobook.reading.foreign", kind, str(copy)]
    done = _run(path, command, b"", env={**os.environ, "TMPDIR": str(folder), "TEMP": str(folder)})
    try:
        found: dict[str, object] = json.loads(done.stdout.decode().strip().splitlines()[-1])
    except (ValueError, IndexError) as error:
        raise SourceError(f"{path}: can't be opened: {_last_line(done.stderr)}") from error
    if "missing" in found:
        raise SourceError(f"{path}: {path.suffix} files take the package {found['missing']!r}; {INSTALL}")
    if "error" in found:
        reason = str(found["error"])
        if "encrypt" in reason.lower() or "drm" in reason.lower():
            reason = "is protected (DRM) and can't be read"
        raise SourceError(f"{path}: {reason}")
    return found


def _run(
    path: Path, command: Sequence[str], data: bytes, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(
            command, input=data, capture_output=True, check=False, timeout=TIME_LIMIT_S, env=env
        )
    except subprocess.TimeoutExpired as error:
        raise SourceError(f"{path}: took more than {TIME_LIMIT_S} s to open; is it broken?") from error
    except OSError as error:
        raise SourceError(f"{path}: {command[0]} can't be started: {error.strerror}") from error


def _find_pandoc() -> str | None:
    """Return pandoc's path: the extra's own, else the system's."""
    try:
        import pypandoc

        return str(pypandoc.get_pandoc_path())
    except (ImportError, OSError):
        return shutil.which("pandoc")


def _last_line(output: bytes) -> str:
    lines = output.decode("utf-8", "replace").strip().splitlines()
    return lines[-1][:300] if lines else "no reason given"
