"""A program of its own that opens MOBI and PDF files, so that a hostile one can't take narrate along.

    python -m audiobook.reading.foreign mobi|pdf FILE

It prints one JSON object: {"epub": path} or {"html": path} (in TMPDIR) or {"pages": [lines], "outline",
"title", "author", "language"} (see `pdf`), or {"error": sentence}.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator
from typing import Any

MEMORY = 1_500_000_000
"""Bytes of address space; a novel's PDF takes a tenth of it."""


def main(kind: str, path: str) -> None:
    """Open the file and print what it holds."""
    _bound_memory()
    try:
        found = {"mobi": _open_mobi, "pdf": _open_pdf}[kind](path)
    except ImportError as error:
        found = {"missing": str(error.name)}
    except MemoryError:
        found = {"error": "takes more memory than any book"}
    # The libraries raise all kinds of errors on broken files.
    except Exception as error:
        found = {"error": f"can't be opened ({type(error).__name__}: {str(error)[:200]})"}
    sys.stdout.write(json.dumps(found) + "\n")


def _bound_memory() -> None:
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _open_mobi(path: str) -> dict[str, object]:
    import contextlib
    import io

    import mobi

    # The library reports its progress on standard output.
    with contextlib.redirect_stdout(io.StringIO()):
        _, book = mobi.extract(path)
    kind = book.rpartition(".")[2]
    if kind not in {"epub", "html"}:
        return {"error": f"holds a {kind} instead of a text"}
    return {kind: book}


def _open_pdf(path: str) -> dict[str, object]:
    import pypdf

    reader = pypdf.PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        return {"error": "has a password; narrate can't read protected books"}
    about = reader.metadata
    language = reader.root_object.get("/Lang")
    return {
        "pages": [_list_lines(page) for page in reader.pages],
        "outline": list(_list_entries(reader, reader.outline, 0)),
        "title": about.title if about else None,
        "author": about.author if about else None,
        "language": str(language) if language else None,
    }


def _list_lines(page: Any) -> list[list[object]]:
    """Return a page's lines, as they are drawn: text, x, y, size (points), whether all of it is bold."""
    lines: list[list[Any]] = []
    is_new = True

    def visit(text: str, own: list[float], within: list[float], font: Any, size: float) -> None:
        nonlocal is_new
        for piece in text.splitlines(keepends=True):
            words = piece.rstrip("\r\n")
            if words.strip():
                x = within[4] * own[0] + within[5] * own[2] + own[4]
                y = within[4] * own[1] + within[5] * own[3] + own[5]
                height = size * math.hypot(within[2], within[3]) * math.hypot(own[2], own[3])
                name = str((font or {}).get("/BaseFont", ""))
                is_bold = any(weight in name for weight in ("Bold", "Black", "Heavy", "CMBX"))
                last = lines[-1] if lines else None
                if is_new or last is None or abs(last[2] - y) > max(height, last[3]) / 2:
                    lines.append([words, x, y, height, is_bold])
                elif last[:3] != [words, x, y]:  # what is drawn twice is bold
                    last[0] += words
                    last[3], last[4] = max(last[3], height), last[4] and is_bold
                is_new = False
            elif last_line := lines[-1:]:
                last_line[0][0] += " " if words and not is_new else ""
            is_new = is_new or piece != words

    page.extract_text(visitor_operand_before=_Unseen().visit, visitor_text=visit)
    return [[" ".join(line[0].split()), *line[1:]] for line in lines]


class _Unseen:
    """Takes out signs that are drawn as a space and are none by their ActualText (ISO 32000-1, 14.9.4).

    Browsers write so where a word could have been divided and was not: within a word.
    """

    def __init__(self) -> None:
        self._spans: list[bool] = []

    def visit(self, operator: bytes, operands: list[Any], *_: object) -> None:
        """Hear of an operator before it is followed."""
        if operator in {b"BDC", b"BMC"}:
            told = (
                operands[1].get("/ActualText") if len(operands) > 1 and hasattr(operands[1], "get") else None
            )
            self._spans.append(told is not None and not str(told).strip("\u00ad\u200b\u2060\ufeff"))
        elif operator == b"EMC" and self._spans:
            self._spans.pop()
        elif operator in {b"Tj", b"TJ", b"'", b'"'} and any(self._spans):
            operands[-1] = [] if isinstance(operands[-1], list) else b""


def _list_entries(reader: Any, entries: Any, level: int) -> Iterator[list[object]]:
    """Yield the bookmarks: level, title, page, height (points from below; None for the page's top)."""
    for entry in entries:
        if isinstance(entry, list):
            yield from _list_entries(reader, entry, level + 1)
            continue
        page = reader.get_destination_page_number(entry)
        if page is not None and page >= 0:
            top = entry.get("/Top")
            yield [level, str(entry.title or ""), page, float(top) if isinstance(top, int | float) else None]


if __name__ == "__main__":
    main(*sys.argv[1:3])
