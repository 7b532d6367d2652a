"""Bytes of unknown encoding become text, without losing a byte."""

from __future__ import annotations

import codecs

from audiobook.errors import SourceError

MAX_BYTES = 100_000_000
"""A million words are about 6 MB; a hundred times a long novel is somebody's disk image."""

# A byte order mark names the encoding.  UTF-32's begins like UTF-16's, so it is looked for first.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def fill_cp1252() -> dict[int, str]:
    """Map the bytes 0x80–0x9f as cp1252 does; the five it leaves out keep their C1 control.

    That is what browsers do (WHATWG Encoding Standard, index windows-1252), so that no byte is lost.
    """
    filled = {}
    for byte in range(0x80, 0xA0):
        try:
            filled[byte] = bytes([byte]).decode("cp1252")
        except UnicodeDecodeError:
            filled[byte] = chr(byte)
    return filled


def decode_text(data: bytes, source: str) -> tuple[str, tuple[str, ...]]:
    """Decode a text file: UTF-8, UTF-16 or UTF-32 with a byte order mark, else cp1252 with a warning.

    Returns the text (line ends untouched, the byte order mark left out) and warnings for a person.
    Raises `SourceError` where the bytes are no text, naming `source`.
    """
    text, guessed = _decode(data, source)
    controls = sum(text.count(chr(code)) for code in (*range(9), *range(14, 32), 127))
    # Random bytes taken for cp1252 hold a tenth of control characters, a text next to none.
    if controls > 1 and controls > len(text) * (0.02 if guessed else 0.3):
        hint = (
            " (UTF-16 without a byte order mark? save it as UTF-8)"
            if text.count("\0") > len(text) / 4
            else ""
        )
        raise SourceError(
            f"{source}: not text: {controls} of {len(text)} characters are control characters{hint}"
        )
    warnings = []
    if guessed:
        warnings.append(
            f"{source}: not UTF-8, read as Windows-1252 (cp1252); save it as UTF-8 if letters look wrong"
        )
    if "\0" in text:
        warnings.append(f"{source}: {text.count(chr(0))} NUL character(s) dropped")
    return text, tuple(warnings)


def _decode(data: bytes, source: str) -> tuple[str, bool]:
    """Return the text and whether its encoding had to be guessed."""
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding), False
            except UnicodeDecodeError as error:
                where = f"byte {error.start + len(mark)}"
                if encoding == "utf-8":
                    break
                raise SourceError(
                    f"{source}: starts as {encoding.upper()} but {where} does not fit it: {error.reason}; "
                    "save the file again as UTF-8"
                ) from error
    try:
        return data.decode("utf-8"), False
    except UnicodeDecodeError:
        return data.decode("latin-1").translate(fill_cp1252()), True
