"""A program of its own that opens MOBI and PDF files, so that a hostile one can't take narrate along.

    python -m audiobook.reading.foreign mobi|pdf FILE

It prints one JSON object: {"epub": path} or {"html": path} (in TMPDIR) or {"pages": [lines], "outline",
"title", "author", "language"} (see `pdfium`), or {"error": sentence}.
"""

from __future__ import annotations

import json
import sys

from audiobook.reading.pdfium import open_pdf

MEMORY = 1_500_000_000
"""Bytes of address space; a novel's PDF takes a tenth of it."""


def main(kind: str, path: str) -> None:
    """Open the file and print what it holds."""
    _bound_memory()
    try:
        found = {"mobi": _open_mobi, "pdf": open_pdf}[kind](path)
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


if __name__ == "__main__":
    main(*sys.argv[1:3])
