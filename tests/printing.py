"""PDFs whose text is known: pages of HTML that the machine's Chromium prints."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from audiobook.model import Book
from tests.browser import find_browser


def print_page(html: str, folder: Path, *, outline: bool = True, own_frame: bool = False) -> Path:
    """Print a page of HTML; `own_frame` is the browser's date, title, address and page number around it."""
    page = folder / "page.html"
    page.write_text(html, encoding="utf-8")
    return print_file(page, folder / "page.pdf", outline=outline, own_frame=own_frame)


def print_file(page: Path, pdf: Path, *, outline: bool = True, own_frame: bool = False) -> Path:
    """Print a file of HTML; see `print_page`."""
    command = [find_browser(), "--headless", "--no-sandbox", "--disable-gpu", f"--print-to-pdf={pdf}"]
    command += [] if own_frame else ["--no-pdf-header-footer"]
    command += ["--generate-pdf-document-outline"] if outline else ["--disable-pdf-tagging"]
    subprocess.run([*command, page.as_uri()], check=True, capture_output=True, timeout=120)
    return pdf


def words_of(text: str) -> list[str]:
    """Return a text's words, without marks."""
    return re.findall(r"[^\W_]+", text)


def spoken_words(book: Book) -> list[str]:
    """Return the words of a book that are read, in order."""
    return [
        word for c in book.chapters for p in c.paragraphs for word in words_of(book.text[p.start : p.end])
    ]


def recall_and_precision(found: Sequence[str], expected: Sequence[str]) -> tuple[float, float]:
    """Return which share of the pairs of neighbouring words was found, and which of those found is right."""
    own, other = (Counter(pairwise(words)) for words in (found, expected))
    both = (own & other).total()
    return both / max(1, other.total()), both / max(1, own.total())
