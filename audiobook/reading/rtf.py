r"""RTF's letters outside ASCII, written so that pandoc reads them and what follows.

A letter is written as its number and a substitute for old programs, whose length `\uc` gives (Rich Text
Format Specification 1.9.1, "Unicode RTF").  Pandoc 3 takes one character too many where no space stands
between the two, and knows no `\uc0`.
"""

from __future__ import annotations

import re

_TOKEN = re.compile(rb"\\'[0-9A-Fa-f]{2}|\\([a-zA-Z]+)(-?\d+)? ?|\\[^a-zA-Z]|[{}]|[\r\n]+|[^\\{}\r\n]+")


def spell_letters(data: bytes) -> bytes:
    """Return the same document with each letter's number followed by a space and one `?`."""
    out: list[bytes] = []
    lengths = [1]
    left = 0
    for token in _TOKEN.finditer(data):
        piece = token[0]
        if piece == b"{":
            lengths.append(lengths[-1])
            left = 0
        elif piece == b"}":
            lengths = lengths[:-1] or [1]
            left = 0
        elif left and not piece.isspace():
            # A substitute's letters: words of the text are cut, a control word or \'93 counts as one.
            count = len(piece) if not piece.startswith(b"\\") else 1
            piece, left = (piece[left:], max(0, left - count)) if count == len(piece) else (b"", left - 1)
        if token[1] == b"u" and token[2] is not None:
            piece, left = b"\\u" + token[2] + b" ?", lengths[-1]
        elif token[1] == b"uc" and token[2] is not None:
            lengths[-1] = max(0, min(9, int(token[2])))
        out.append(piece)
    return b"".join(out)
