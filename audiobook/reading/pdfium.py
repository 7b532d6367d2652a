"""A PDF's lines and bookmarks, read with the library of Chromium's viewer.

It joins what is drawn on one height to lines, tells hyphens and spaces, and spells out joined letters.
"""

from __future__ import annotations

import ctypes
import math
from collections.abc import Iterator
from typing import Any

_LINE_END = "\n"
_NO_LETTER = frozenset({0, 0xD, 0xFFFD, 0xFFFF})
_HYPHEN = frozenset({0x2, 0xFFFE})
"""What the library gives for a hyphen that divides a word."""
_BOLD = (b"Bold", b"Black", b"Heavy", b"CMBX")


def open_pdf(path: str) -> dict[str, object]:
    """Return a PDF's pages of lines, its bookmarks, title, author and language; or an error."""
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        if "password" in str(error).lower():
            return {"error": "has a password; narrate can't read protected books"}
        raise
    about = document.get_metadata_dict()
    return {
        "pages": [_list_lines(page) for page in document],
        "outline": list(_list_entries(document)),
        "title": about.get("Title") or None,
        "author": about.get("Author") or None,
        "language": _read_language(document),
    }


def _list_lines(page: Any) -> list[list[object]]:
    """Return a page's lines, as they are drawn: text, x, y, size (points), whether all of it is bold."""
    lines: list[list[Any]] = []
    text = page.get_textpage()
    is_new = True
    for letter, x, y, size, is_bold in _list_letters(text):
        if letter == _LINE_END:
            is_new = True
            continue
        last = lines[-1] if lines else None
        if letter.isspace():
            if last and not is_new:
                last[0] += " "
            continue
        if is_new or last is None or abs(last[2] - y) > max(size, last[3]) / 2:
            lines.append([letter, x, y, size, is_bold])
        else:
            last[0] += letter
            last[3], last[4] = max(last[3], size), last[4] and is_bold
        is_new = False
    text.close()
    page.close()
    return [[_tidy(line[0]), *line[1:]] for line in lines]


def _list_letters(text: Any) -> Iterator[tuple[str, float, float, float, bool]]:
    """Yield the characters of a page with their origin, size and whether they are bold, as their word is."""
    from pypdfium2 import raw

    page, get_letter, get_origin = text.raw, raw.FPDFText_GetUnicode, raw.FPDFText_GetCharOrigin
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    height = -1.0
    size, is_bold = 0.0, False
    is_new = True
    for index in range(text.count_chars()):
        code = get_letter(page, index)
        if code in _NO_LETTER:
            continue
        letter = "-" if code in _HYPHEN else chr(code)
        if letter.isspace():
            is_new = True
            yield letter, 0.0, 0.0, 0.0, False
            continue
        get_origin(page, index, at_x, at_y)
        if is_new or y.value != height:
            size, is_bold = _measure(page, index), _is_bold(page, index)
            is_new, height = False, y.value
        yield letter, x.value, height, size, is_bold


def _measure(page: Any, index: int) -> float:
    """Return how high a character's type is on the page."""
    from pypdfium2 import raw

    matrix = raw.FS_MATRIX()
    scale = 1.0
    if raw.FPDFText_GetMatrix(page, index, ctypes.byref(matrix)):
        scale = math.hypot(matrix.c, matrix.d) or 1.0
    return float(raw.FPDFText_GetFontSize(page, index)) * scale


def _is_bold(page: Any, index: int) -> bool:
    from pypdfium2 import raw

    name = ctypes.create_string_buffer(128)
    raw.FPDFText_GetFontInfo(page, index, name, len(name), ctypes.byref(ctypes.c_int()))
    return any(weight in name.value for weight in _BOLD)


def _tidy(line: str) -> str:
    """Return a line with single spaces; letters beyond the first plane may come in halves."""
    whole = line.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join(whole.split())


def _list_entries(document: Any) -> Iterator[list[object]]:
    """Yield the bookmarks: level, title, page, height (points from below; None for the page's top)."""
    from pypdfium2 import raw

    tops = {raw.PDFDEST_VIEW_XYZ: 1, raw.PDFDEST_VIEW_FITH: 0, raw.PDFDEST_VIEW_FITBH: 0}
    for entry in document.get_toc():
        target = entry.get_dest()
        page = target.get_index() if target is not None else None
        if page is not None and page >= 0:
            mode, position = target.get_view()
            place = tops.get(mode, len(position))
            top = position[place] if place < len(position) else None
            yield [entry.level, entry.get_title(), page, top]


def _read_language(document: Any) -> str | None:
    from pypdfium2 import raw

    size = raw.FPDFCatalog_GetLanguage(document.raw, None, 0)
    if size <= 2:
        return None
    words = ctypes.create_string_buffer(size)
    raw.FPDFCatalog_GetLanguage(document.raw, ctypes.cast(words, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return words.raw[: size - 2].decode("utf-16-le", "replace") or None
