"""A cover drawn from nothing but words: title and author over hills under an evening sky.

Colours and hills follow from a hash of the title, so that a book keeps its cover and a shelf is colourful.
"""

from __future__ import annotations

import colorsys
import hashlib
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import TYPE_CHECKING

from audiobook.publishing.fonts import Lettering, find_lettering

if TYPE_CHECKING:
    from PIL import Image as Pictures
    from PIL.ImageDraw import ImageDraw

SIDE = 2400
"""Pixels: what audiobook shops ask for (ACX: at least 2400 x 2400, RGB)."""

_PAPER = (250, 246, 236)
_MARGIN = 240
_TITLE_TOP, _TITLE_BOTTOM = 230, 1290
_AUTHOR_TOP, _AUTHOR_BOTTOM = 2040, 2300
_TITLE_SIZES = range(300, 100, -10)
_AUTHOR_SIZES = range(120, 60, -10)
_SMALLEST = 60
"""Pixels: 16 on a phone that shows the cover 640 wide.  What does not fit whole is divided within words."""
_LEAST_WIDTH = 0.01
"""In sizes of the letters: no line is narrower, though accents alone have no width at all."""
_LINE_HEIGHT = 1.16
_LONGEST_TITLE = 240
_HILLS = 4
_IDEOGRAPH = "[\u3040-\u9fff\U00020000-\U0003ffff]"
_STEP = 8
"""Pixels between the points of a hill's outline."""


def name_lettering(title: str, author: str | None) -> str:
    """Name the fonts that a drawn cover has, since the picture depends on them."""
    fonts = [find_lettering(_tidy(words)) for words in (title, author or "")]
    return " and ".join(dict.fromkeys(font.name if font else "no letters" for font in fonts))


def draw_cover(title: str, author: str | None) -> Pictures.Image:
    """Draw a square RGB picture.  Words that no font here can show are left out."""
    from PIL import ImageDraw

    seed = hashlib.sha256(_tidy(title).encode("utf-8", "replace")).digest()
    picture = _paint_sky(seed)
    draw = ImageDraw.Draw(picture)
    _paint_hills(draw, seed)
    title = _tidy(title)
    if len(title) > _LONGEST_TITLE:
        title = title[:_LONGEST_TITLE].rstrip() + "…"
    _write(draw, title, (_TITLE_TOP, _TITLE_BOTTOM), _TITLE_SIZES, is_bold=True)
    _write(draw, _tidy(author or "")[:_LONGEST_TITLE], (_AUTHOR_TOP, _AUTHOR_BOTTOM), _AUTHOR_SIZES)
    return picture


def _tidy(words: str) -> str:
    return unicodedata.normalize("NFC", " ".join(words.encode("utf-8", "ignore").decode().split()))


def _color(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)


def _paint_sky(seed: bytes) -> Pictures.Image:
    """Paint a sky that is dark above, where the title stands, and lighter at the horizon, with a low sun."""
    from PIL import Image as Pictures
    from PIL import ImageDraw

    hue = seed[0] / 256
    glow = hue + (0.07 if seed[1] % 2 else -0.07)
    strip = Pictures.new("RGB", (1, 3))
    for row, color in enumerate((_color(hue, 0.62, 0.2), _color(hue, 0.52, 0.36), _color(glow, 0.4, 0.74))):
        strip.putpixel((0, row), color)
    sky = strip.resize((1, SIDE), Pictures.Resampling.BICUBIC).resize((SIDE, SIDE))
    x, y, radius = SIDE * (0.25 + seed[2] / 512), SIDE * 0.68, SIDE * 0.115
    ImageDraw.Draw(sky).ellipse(
        (x - radius, y - radius, x + radius, y + radius), fill=_color(glow, 0.16, 0.96)
    )
    return sky


def _paint_hills(draw: ImageDraw, seed: bytes) -> None:
    """Paint hills, the nearer the darker; each is the sum of two waves."""
    hue = seed[0] / 256
    for number in range(_HILLS):
        nearness = (number + 1) / _HILLS
        wide, steep, phase, other = (byte / 256 for byte in seed[4 + 4 * number : 8 + 4 * number])
        base = SIDE * (0.63 + 0.07 * number)
        outline = [(0.0, float(SIDE))]
        for x in range(0, SIDE + _STEP, _STEP):
            at = x / SIDE * 2 * math.pi
            wave = math.sin(at * (0.5 + wide) + phase * 7) + 0.4 * math.sin(
                at * (1.5 + 2 * steep) + other * 7
            )
            outline.append((float(x), round(base + wave * SIDE * 0.035)))
        outline.append((float(SIDE), float(SIDE)))
        draw.polygon(outline, fill=_color(hue, 0.42 + 0.22 * nearness, 0.56 - 0.43 * nearness))


def _write(
    draw: ImageDraw, words: str, rows: tuple[int, int], sizes: range, *, is_bold: bool = False
) -> None:
    """Write words in the middle between two rows of pixels, as large as fits."""
    lettering = find_lettering(words) if words else None
    if lettering is None:
        return
    top, bottom = rows
    size, lines = fit(lettering, words, (SIDE - 2 * _MARGIN, bottom - top), sizes, is_bold=is_bold)
    font = lettering.load(size, is_bold=is_bold)
    first = (top + bottom) / 2 - (len(lines) - 1) / 2 * size * _LINE_HEIGHT
    for number, line in enumerate(lines):
        place = (SIDE / 2, first + number * size * _LINE_HEIGHT)
        draw.text(place, line, font=font, fill=_PAPER, anchor="mm")


def fit(
    lettering: Lettering, words: str, room: tuple[int, int], sizes: range, *, is_bold: bool = False
) -> tuple[int, Sequence[str]]:
    """Return the largest of these sizes at which words fit into a width and height, and their lines.

    Words too long for any are divided anywhere; of what still does not fit, as much as does.
    """
    width, height = room
    measure = lettering.load(100, is_bold=is_bold).getlength
    # Chinese and Japanese are written without spaces: a line may end after each letter.
    pieces = re.findall(rf"\s*(?:{_IDEOGRAPH}|(?:(?!{_IDEOGRAPH})\S)+)", words)
    lengths = [measure(piece) / 100 for piece in pieces]
    for size in sizes:
        lines = _wrap(pieces, lengths, width / size)
        if max(lengths) <= width / size and len(lines) * size * _LINE_HEIGHT <= height:
            narrow, least = width / size, max(*lengths, _LEAST_WIDTH)
            # The same number of lines, as even as they go.
            while narrow > least and len(_wrap(pieces, lengths, narrow * 0.96)) == len(lines):
                narrow *= 0.96
            return size, _wrap(pieces, lengths, narrow)
    pieces = list(words)
    lengths = [measure(piece) / 100 for piece in pieces]
    for size in range(sizes[len(sizes) // 2], _SMALLEST - 1, -10):
        lines = _wrap(pieces, lengths, width / size)
        if len(lines) * size * _LINE_HEIGHT <= height:
            break
    return size, lines[: int(height / (size * _LINE_HEIGHT))]


def _wrap(pieces: Sequence[str], lengths: Sequence[float], width: float) -> list[str]:
    """Fill lines one after the other; a piece begins with the space before it."""
    lines: list[str] = []
    used = math.inf
    for piece, length in zip(pieces, lengths, strict=True):
        if used + length > width:
            lines.append("")
            used = 0.0
        lines[-1] += piece
        used += length
    return [line.strip() for line in lines]
