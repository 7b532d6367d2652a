"""The picture on an audiobook: the book's own, or one drawn from its title and author."""

from __future__ import annotations

import functools
import hashlib
import importlib.metadata
import io
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Image
from audiobook.publishing.cover_drawing import SIDE, draw_cover, name_lettering

if TYPE_CHECKING:
    from PIL import Image as Pictures

_VERSION = 2
"""Raised whenever the same wish makes another picture."""

_FORMATS = ("JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF")
"""Some of Pillow's others start programs."""

_MOST_PIXELS = 64_000_000
"""Decoded, these are 192 MB; a camera's largest pictures are not more."""

_MOST_DATA = 50_000_000

_OWN_BYTES = 2_000_000
_DRAWN_BYTES = 250_000
"""How large a cover in every file may be: at 192 kb/s, 83 and 10 seconds of sound."""

_QUALITIES = (88, 80, 70, 55)
_ROTATION = 0x0112


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverWish:
    """What a cover is made from: a picture where there is one, else the words to draw."""

    picture: Image | None
    title: str
    author: str | None


def identify_cover(wish: CoverWish) -> str:
    """Name the cover that a wish makes on this machine, without making it."""
    maker = f"cover {_VERSION}, pillow {importlib.metadata.version('pillow')}"
    if wish.picture is not None:
        return f"{maker}, picture {hashlib.sha256(wish.picture.data).hexdigest()[:16]}"
    words = hashlib.sha256(f"{wish.title}\0{wish.author or ''}".encode("utf-8", "surrogatepass")).hexdigest()
    return f"{maker}, drawn {words[:16]}, {name_lettering(wish.title, wish.author)}"


@functools.lru_cache(maxsize=4)
def find_picture_fault(picture: Image) -> str | None:
    """Say why a picture can't be a cover, None where it can.  Decodes it."""
    try:
        _open(picture, is_draft=True)
    except SourceError as error:
        return str(error)
    return None


@functools.lru_cache(maxsize=2)
def make_cover(wish: CoverWish) -> Image:
    """Return an RGB JPEG of at most 2400 pixels a side: the picture, or else a drawing.

    A picture that is one already, upright and under 2 MB, stays as it is.  Raises `SourceError` where
    the picture can't be read (`find_picture_fault` tells).
    """
    if wish.picture is None:
        return _encode(draw_cover(wish.title, wish.author), _DRAWN_BYTES)
    picture = _open(wish.picture)
    if _is_fit(picture, wish.picture):
        return Image(data=wish.picture.data, media_type="image/jpeg")
    return _encode(_convert(picture), _OWN_BYTES)


def make_thumbnail(wish: CoverWish, side: int) -> Image:
    """Return the cover as a JPEG of at most `side` pixels a side.  Raises as `make_cover`."""
    from PIL import Image as Pictures

    picture = _open(make_cover(wish)).convert("RGB")
    picture.thumbnail((side, side), Pictures.Resampling.LANCZOS)
    return _encode(picture, _DRAWN_BYTES)


def _open(image: Image, *, is_draft: bool = False) -> Pictures.Image:
    """Decode a picture, bounded in bytes and pixels; a JPEG's draft is smaller, and quicker to look at."""
    from PIL import Image as Pictures
    from PIL import UnidentifiedImageError

    if len(image.data) > _MOST_DATA:
        raise SourceError(f"has {len(image.data) / 1e6:.0f} MB, and {_MOST_DATA / 1e6:.0f} are the most")
    try:
        with warnings.catch_warnings():
            # Pillow warns of what is bounded here, and of odd metadata.
            warnings.simplefilter("ignore")
            picture = Pictures.open(io.BytesIO(image.data), formats=_FORMATS)
            if picture.width * picture.height > _MOST_PIXELS:
                raise SourceError(f"has {picture.width} × {picture.height} pixels, which are too many")
            if is_draft:
                picture.draft("RGB", (300, 300))
            picture.load()
    except UnidentifiedImageError as error:
        raise SourceError(f"is no picture of a kind that narrate knows ({', '.join(_FORMATS)})") from error
    except Pictures.DecompressionBombError as error:
        raise SourceError("has too many pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        raise SourceError(f"is damaged ({error})") from error
    return picture


def _is_fit(picture: Pictures.Image, image: Image) -> bool:
    is_jpeg = picture.format == "JPEG" and picture.mode == "RGB" and len(image.data) <= _OWN_BYTES
    return is_jpeg and max(picture.size) <= SIDE and picture.getexif().get(_ROTATION, 1) == 1


def _convert(picture: Pictures.Image) -> Pictures.Image:
    """Return it upright, in RGB on white, no larger than a cover; its colour profile goes along."""
    from PIL import Image as Pictures
    from PIL import ImageOps

    profile = picture.info.get("icc_profile") if picture.mode in {"RGB", "RGBA", "P"} else None
    picture = ImageOps.exif_transpose(picture)
    if picture.mode.startswith("I"):  # 16 bits of grey
        picture = picture.convert("I").point(lambda value: value / 256).convert("L")
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Pictures.new("RGBA", picture.size, "white")
        paper.alpha_composite(picture)
        picture = paper
    picture = picture.convert("RGB")
    picture.thumbnail((SIDE, SIDE), Pictures.Resampling.LANCZOS)
    picture.info = {"icc_profile": profile} if profile else {}
    return picture


def _encode(picture: Pictures.Image, most_bytes: int) -> Image:
    """Encode it as well as fits into so many bytes."""
    out = io.BytesIO()
    for quality in _QUALITIES:
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, icc_profile=picture.info.get("icc_profile"))
        if out.tell() <= most_bytes:
            break
    return Image(data=out.getvalue(), media_type="image/jpeg")
