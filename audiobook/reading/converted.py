"""Formats read through other programs, which the extra `[formats]` installs.

RTF through pandoc, MOBI and AZW through `mobi`, PDF through `pypdfium2`; each in a process of
its own, with bounds of time and memory, and without leave to read other files.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading.bounds import MAX_MARKUP
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.epub import read_epub
from audiobook.reading.html import read_html, read_page_metadata, read_tree
from audiobook.reading.markup import parse_page
from audiobook.reading.package import read_metadata
from audiobook.reading.pdf import make_pdf_book
from audiobook.reading.rtf import spell_letters
from audiobook.scratch import open_scratch

TIME_LIMIT_S = 180
INSTALL = "install what it takes with: pip install 'narrate-audiobook[formats]'"
_PANDOC_MEMORY = "-M1500M"


def read_by_pandoc(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read RTF.  Raises `SourceError` where pandoc is missing or can't read the file."""
    pandoc = _find_pandoc()
    if pandoc is None:
        raise SourceError(
            f"{path}: {path.suffix} files are read through pandoc, which is not here; {INSTALL}"
        )
    # The sandbox keeps pandoc from reading or fetching anything but its input.
    command = [pandoc, "+RTS", _PANDOC_MEMORY, "-RTS", "--sandbox", "--standalone", "--wrap=none"]
    command += ["--from", path.suffix[1:].lower(), "--to", "html5"]
    done = _run(path, command, spell_letters(data))
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
    return read_tree(path, root, choices, read_page_metadata(root))


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

    Raises `SourceError` where it has a password, is broken, holds pictures alone, or `pypdfium2` is missing.
    """
    with open_scratch() as folder:
        found = _open(path, "pdf", data, folder)
    return make_pdf_book(path, found, choices)


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
