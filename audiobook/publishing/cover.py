"""The picture on an audiobook: the book's own, or one drawn from its title and author."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Image

if TYPE_CHECKING:
    from PIL import Image as Pictures

SIDE = 2400
"""Pixels: what audiobook shops ask for (ACX: at least 2400 x 2400, RGB)."""

_VERSION = 1
"""Raised whenever the same wish makes another picture."""

_QUALITY = 88


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverWish:
    """What a cover is made from: a picture where there is one, else the words to draw."""

    picture: Image | None
    title: str
    author: str | None


def identify_cover(wish: CoverWish) -> str:
    """Name the cover that a wish makes, without making it."""
    maker = f"cover {_VERSION}, pillow {importlib.metadata.version('pillow')}"
    if wish.picture is not None:
        return f"{maker}, picture {hashlib.sha256(wish.picture.data).hexdigest()[:16]}"
    words = hashlib.sha256(f"{wish.title}\0{wish.author or ''}".encode()).hexdigest()[:16]
    return f"{maker}, drawn {words}"


@functools.lru_cache(maxsize=2)
def make_cover(wish: CoverWish) -> Image:
    """Return an RGB JPEG: the picture, made smaller where it is over 2400 pixels, or else a drawing.

    Raises `SourceError` where the picture can't be read.
    """
    from PIL import Image as Pictures

    if wish.picture is None:
        picture = _draw(wish.title, wish.author)
    else:
        try:
            with Pictures.open(io.BytesIO(wish.picture.data)) as opened:
                picture = opened.convert("RGB")
        except (OSError, ValueError, Pictures.DecompressionBombError) as error:
            raise SourceError(
                f"the cover of {wish.title!r} is no picture that can be read: {error}"
            ) from error
        picture.thumbnail((SIDE, SIDE))
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=_QUALITY)
    return Image(data=out.getvalue(), media_type="image/jpeg")


def _draw(title: str, author: str | None) -> Pictures.Image:
    from PIL import Image as Pictures
    from PIL import ImageDraw, ImageFont

    picture = Pictures.new("RGB", (SIDE, SIDE), (38, 50, 66))
    draw = ImageDraw.Draw(picture)
    draw.text(
        (SIDE / 2, SIDE / 2.4), title, anchor="mm", font=ImageFont.load_default(160), fill=(245, 240, 230)
    )
    draw.text(
        (SIDE / 2, SIDE * 0.8),
        author or "",
        anchor="mm",
        font=ImageFont.load_default(90),
        fill=(205, 190, 160),
    )
    return picture
