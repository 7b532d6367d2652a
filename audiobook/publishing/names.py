"""File names that every system takes."""

from __future__ import annotations

import re
import unicodedata

# Not allowed in names on Windows (Microsoft, "Naming Files, Paths, and Namespaces"), or hidden by a dot.
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)
_LONGEST_BYTES = 120


def safe_file_name(name: str) -> str:
    """Make of any text a file name for Windows, macOS and Linux: at most 120 bytes, never empty."""
    clean = _FORBIDDEN.sub(" ", unicodedata.normalize("NFC", name))
    clean = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in clean)
    clean = " ".join(clean.split()).strip(" .")
    while len(clean.encode("utf-8")) > _LONGEST_BYTES:
        clean = clean[:-1].rstrip(" .")
    if _RESERVED.match(clean):
        clean = f"_{clean}"
    return clean or "untitled"
