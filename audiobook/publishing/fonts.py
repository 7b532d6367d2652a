"""Letters for covers, in any script: FiraGO, which comes with the package, else a font of the system's.

FiraGO has Latin, Greek, Cyrillic, Hebrew, Arabic, Georgian, Devanagari and Thai.  For other scripts
(Chinese, Japanese, Korean) a font is looked for where systems keep them.  The font's name is part of the
cover's identity, since then the picture depends on the machine.
"""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import os
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.folders import FONT_FOLDERS

if TYPE_CHECKING:
    from PIL.ImageFont import FreeTypeFont

_NAMES = (
    "notosanscjk",
    "sourcehansans",
    "notosans",
    "pingfang",
    "hiragino",
    "applesdgothicneo",
    "msyh",
    "yugoth",
    "malgun",
    "arialuni",
    "wqy",
    "droidsansfallback",
    "dejavusans",
    "freesans",
    "unifont",
)
"""How file names of fonts with many letters begin, best first; of others there may be thousands."""

_MOST_TRIED = 60
_ALWAYS_THERE = (
    (0x20, 0x7E),
    (0xA1, 0x17F),
    (0x391, 0x3CE),
    (0x410, 0x44F),
    (0x5D0, 0x5EA),
    (0x2013, 0x2014),
    (0x2018, 0x201A),
    (0x201C, 0x201E),
    (0x2026, 0x2026),
)
"""Ranges of which FiraGO has every letter (a test looks), so that most titles need no look into the font."""

_NO_CHARACTER = "\U0010fffe"
_TURNED = {"R", "AL"}
_SHAPED = ((0x0600, 0x08FF), (0x0900, 0x0DFF), (0x0E00, 0x0E7F), (0xFB50, 0xFEFC))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lettering:
    """A font for certain words; `path` is None for the bundled one.

    `is_shaped` says that its letters must be turned or joined, which Pillow's Raqm does (it needs the
    system's FriBiDi on Linux).
    """

    name: str
    path: Path | None = None
    is_shaped: bool = False

    def load(self, size: int, *, is_bold: bool = False) -> FreeTypeFont:
        """Open the font at a size in pixels."""
        from PIL import ImageFont

        layout = ImageFont.Layout.RAQM if self.is_shaped else ImageFont.Layout.BASIC
        file = io.BytesIO(_bundled(is_bold)) if self.path is None else io.BytesIO(self.path.read_bytes())
        return ImageFont.truetype(file, size, layout_engine=layout)


@functools.lru_cache(maxsize=16)
def find_lettering(words: str) -> Lettering | None:
    """Return a font that has every letter of the words (in NFC), None where there is none.

    None, too, where letters would have to be turned or joined and Pillow can't.
    """
    letters = {char for char in words if not char.isspace() and unicodedata.category(char) != "Cf"}
    is_shaped = any(_needs_shaping(char) for char in letters)
    engine = ""
    if is_shaped:
        from PIL import features

        if not features.check("raqm"):
            return None
        engine = f", raqm {features.version('raqm')}, harfbuzz {features.version('harfbuzz')}"
    if all(_is_always_there(char) for char in letters) or _has_all(_bundled(is_bold=True), letters):
        version = importlib.metadata.version("pymupdf-fonts")
        return Lettering(name=f"FiraGO {version}{engine}", is_shaped=is_shaped)
    for path in _candidates():
        try:
            data = path.read_bytes()
        except OSError:
            continue
        if _has_all(data, letters):
            name = f"{path.name} {hashlib.sha256(data).hexdigest()[:16]}{engine}"
            return Lettering(name=name, path=path, is_shaped=is_shaped)
    return None


def _bundled(is_bold: bool) -> bytes:
    import pymupdf_fonts

    font: bytes = pymupdf_fonts.fontbuffers["figbo" if is_bold else "figo"]()
    return font


def _is_always_there(char: str) -> bool:
    return any(first <= ord(char) <= last for first, last in _ALWAYS_THERE)


def _needs_shaping(char: str) -> bool:
    is_joined = any(first <= ord(char) <= last for first, last in _SHAPED)
    return is_joined or unicodedata.bidirectional(char) in _TURNED


def _has_all(font: bytes, letters: Iterable[str]) -> bool:
    """Tell whether a font has a shape for each letter that is not its shape for what it lacks."""
    from PIL import ImageFont

    try:
        opened = ImageFont.truetype(io.BytesIO(font), 40, layout_engine=ImageFont.Layout.BASIC)
        lacking = bytes(opened.getmask(_NO_CHARACTER))
        return all(bytes(opened.getmask(char)) != lacking for char in letters)
    except (OSError, ValueError):
        return False


def _candidates() -> Iterator[Path]:
    found: list[tuple[int, str, Path]] = []
    for folder in FONT_FOLDERS:
        for parent, _, names in os.walk(Path(folder).expanduser()):
            for name in names:
                plain = name.lower().replace("-", "").replace(" ", "")
                rank = next((n for n, start in enumerate(_NAMES) if plain.startswith(start)), None)
                if rank is not None and plain.endswith((".ttf", ".ttc", ".otf")):
                    # The bold ones first, then by name, so that equal machines choose equally.
                    found.append((2 * rank + ("bold" not in plain), name, Path(parent, name)))
    yield from (path for _, _, path in sorted(found)[:_MOST_TRIED])
