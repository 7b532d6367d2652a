"""Covers: drawn in any script, or made of whatever picture a book has."""

from __future__ import annotations

import io
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from mutagen.id3 import ID3
from PIL import Image as Pictures
from PIL import ImageDraw, features

from audiobook.audio import Spacing
from audiobook.building.jobs import _make_cover
from audiobook.cli import main
from audiobook.errors import StorageError
from audiobook.model import Image
from audiobook.planning.plans import TrackPlan
from audiobook.publishing import CoverWish, find_picture_fault, identify_cover, make_cover
from audiobook.publishing.cover_drawing import SIDE, draw_cover, fit
from audiobook.publishing.fonts import _ALWAYS_THERE, _bundled, _has_all, _needs_shaping, find_lettering
from tests.test_mp3_times import TAGS

TITLES = [
    "Echo Fade",
    "Преступление и наказание",
    "Η Πάπισσα Ιωάννα",
    "אהבת ציון",
    "ألف ليلة وليلة",
    "गोदान",
    "The Strange and Surprising Adventures of Robinson Crusoe, of York, Mariner, Who Lived All Alone",
    "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft",
]


def _wish(picture: bytes | None = None, title: str = "Echo Fade", author: str | None = None) -> CoverWish:
    image = Image(data=picture, media_type="image/jpeg") if picture is not None else None
    return CoverWish(picture=image, title=title, author=author)


def _opened(cover: Image) -> Pictures.Image:
    picture = Pictures.open(io.BytesIO(cover.data))
    picture.load()
    assert (picture.format, picture.mode, cover.media_type) == ("JPEG", "RGB", "image/jpeg")
    return picture


def _saved(picture: Pictures.Image, kind: str = "PNG", **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return out.getvalue()


def _ink(title: str, author: str | None = None) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Return where a cover differs from the same one without words: same hash, letters left out."""
    picture = np.asarray(draw_cover(title, author).convert("RGB")).astype(int)
    ink: np.ndarray[tuple[int, int], np.dtype[np.bool_]] = picture.min(axis=2) > 225
    return ink


@pytest.mark.slow
@pytest.mark.parametrize("title", TITLES)
def test_any_title_stands_within_the_margins(title: str) -> None:
    if any(_needs_shaping(char) for char in title) and not features.check("raqm"):
        pytest.skip(
            "Pillow can't turn or join letters here, without FriBiDi (Debian: apt install libfribidi0)"
        )
    ink = _ink(title)[:1300]  # above the sun
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    assert ink.sum() > 20_000
    assert columns[0] > 200
    assert columns[-1] < SIDE - 200
    assert abs((columns[0] + columns[-1]) / 2 - SIDE / 2) < 30
    assert rows[0] > 200
    cover = make_cover(_wish(title=title, author="Ö. Writer"))
    assert _opened(cover).size == (2400, 2400)
    assert len(cover.data) <= 250_000


@pytest.mark.slow
def test_the_author_stands_below_and_a_book_without_one_has_a_cover_too() -> None:
    below = slice(2000, 2400)
    assert _ink("Echo Fade", "Anne-Marie Ferrari")[below].sum() > 10_000
    assert not _ink("Echo Fade")[below].any()
    assert not _ink("")[:1300].any()


def test_a_title_has_its_own_cover_always_the_same() -> None:
    one, again, other = (draw_cover(title, None).tobytes() for title in ("One", "One", "Two"))
    assert one == again != other
    assert draw_cover("e\u0301", None).tobytes() == draw_cover("é", None).tobytes()


def test_the_bundled_font_has_what_is_taken_for_granted() -> None:
    letters = {chr(code) for first, last in _ALWAYS_THERE for code in range(first, last + 1)}
    unassigned = {"\u03a2", "\xad", " "}
    for is_bold in (False, True):
        assert _has_all(_bundled(is_bold), letters - unassigned)
    assert not _has_all(_bundled(is_bold=True), {"夜"})


@pytest.mark.slow
def test_other_scripts_take_a_font_of_the_system_or_leave_the_words_out() -> None:
    armenian = "Հայոց պատմություն"
    lettering = find_lettering(armenian)
    is_named = lettering is not None and lettering.name in identify_cover(_wish(title=armenian))
    assert is_named or "no letters" in identify_cover(_wish(title=armenian))
    assert _ink(armenian)[:1300].any() == (lettering is not None)
    assert find_lettering("\U0001fb00 \u1880\U00013000\U00016a00\ua500") is None  # no font has all of these
    draw_cover("\U0001fb00 \u1880\U00013000\U00016a00\ua500", None)


@pytest.mark.slow
@settings(max_examples=25, deadline=None)
@given(st.text(max_size=300))
def test_any_words_can_be_drawn(words: str) -> None:
    assert draw_cover(words, words).size == (SIDE, SIDE)


def test_accents_without_letters_are_written_as_any_words() -> None:
    """They have no width: no line is ever narrow enough to hold fewer of them."""
    assert draw_cover("\u0301" * 9, "\u0301").size == (SIDE, SIDE)


def test_words_are_as_large_as_fits_and_lines_as_even_as_they_go() -> None:
    lettering = find_lettering("Echo")
    assert lettering is not None
    size, lines = fit(
        lettering, "The quick brown fox jumps over the lazy dog", (1900, 1000), range(300, 100, -10)
    )
    assert len(lines) == 3
    assert " ".join(lines) == "The quick brown fox jumps over the lazy dog"
    assert max(map(len, lines)) - min(map(len, lines)) < 5
    assert fit(lettering, "x" * 80, (1900, 1000), range(300, 100, -10))[0] >= 60
    assert size > 200


def test_a_fit_picture_stays_as_it_is() -> None:
    data = _saved(Pictures.effect_noise((900, 1200), 50).convert("RGB"), "JPEG")
    assert make_cover(_wish(data)).data == data
    assert find_picture_fault(Image(data=data, media_type="image/jpeg")) is None


def _half(mode: str, one: object, other: object, size: tuple[int, int] = (400, 400)) -> Pictures.Image:
    picture = Pictures.new(mode, size, one)  # type: ignore[arg-type]
    ImageDraw.Draw(picture).rectangle((0, 0, size[0] // 2 - 1, size[1]), fill=other)  # type: ignore[arg-type]
    return picture


def test_pictures_of_all_kinds_become_rgb_on_white() -> None:
    clear = _half("RGBA", (0, 0, 0, 0), (200, 0, 0, 255))
    red, white = (200, 0, 0), (255, 255, 255)
    assert _near(_opened(make_cover(_wish(_saved(clear)))), red, white)
    palette = clear.convert("P")
    assert _near(
        _opened(make_cover(_wish(_saved(palette, "GIF", transparency=palette.getpixel((399, 0)))))),
        red,
        white,
    )
    grey = _half("L", 255, 100)
    assert _near(_opened(make_cover(_wish(_saved(grey, "JPEG")))), (100, 100, 100), white)
    deep = Pictures.fromarray(np.asarray(grey).astype(np.uint16) * 257)
    assert _near(_opened(make_cover(_wish(_saved(deep)))), (100, 100, 100), white)
    print_colors = _half("CMYK", (0, 0, 0, 0), (0, 255, 255, 0))
    assert _near(_opened(make_cover(_wish(_saved(print_colors, "JPEG")))), (255, 0, 0), white, by=12)


def _near(picture: Pictures.Image, left: tuple[int, ...], right: tuple[int, ...], by: int = 4) -> bool:
    middle = picture.height // 2
    found = (picture.getpixel((10, middle)), picture.getpixel((picture.width - 10, middle)))
    return bool(np.abs(np.array(found) - np.array((left, right))).max() <= by)


def test_a_turned_photograph_is_set_upright() -> None:
    exif = Pictures.Exif()
    exif[0x0112] = 8  # lies on its side: turn it a quarter to the left
    picture = _half("RGB", "white", "red", (400, 300)).transpose(Pictures.Transpose.ROTATE_270)
    upright = _opened(make_cover(_wish(_saved(picture, "JPEG", exif=exif))))
    assert upright.size == (400, 300)
    assert _near(upright, (255, 0, 0), (255, 255, 255))


@pytest.mark.slow
def test_a_large_picture_gets_smaller() -> None:
    noise = Pictures.merge("RGB", [Pictures.effect_noise((3000, 2000), 90) for _ in range(3)])
    data = _saved(noise, "JPEG", quality=95)
    assert len(data) > 4_000_000
    cover = make_cover(_wish(data))
    assert _opened(cover).size == (2400, 1600)
    assert len(cover.data) < 2_000_000


def _bomb() -> bytes:
    """Return a small PNG that says it has 50,000 × 50,000 pixels."""
    head = struct.pack(">IIBBBBB", 50_000, 50_000, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    body = b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
    return b"\x89PNG\r\n\x1a\n" + body


def test_what_is_no_picture_or_too_much_of_one_is_refused() -> None:
    whole = _saved(Pictures.effect_noise((600, 600), 50).convert("RGB"), "JPEG")
    for data, words in (
        (b"", "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", "no picture"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture"),
        (whole[: len(whole) // 2], "damaged"),
        (_bomb(), "too many"),
        (_saved(Pictures.new("1", (9000, 9000))), "too many"),
        (bytes(50_000_001), "50 MB"),
    ):
        fault = find_picture_fault(Image(data=data, media_type="image/png"))
        assert fault is not None
        assert words in fault


def test_a_broken_picture_beside_the_story_is_warned_of_and_a_cover_drawn(
    new_project: Callable[..., Path],
) -> None:
    project = new_project(story="The rain fell.")
    (project / "texts" / "story.jpg").write_bytes(b"not a picture")
    made = CliRunner().invoke(main, [])
    assert made.exit_code == 0, made.output
    assert "story.jpg: is no picture" in " ".join(made.output.split())
    path = min((project / "output" / "story").glob("*.mp3"))
    assert ID3(path).getall("APIC")[0].data == make_cover(_wish(title="Story")).data
    data = _saved(Pictures.new("RGB", (100, 100), "red"), "JPEG")
    (project / "texts" / "story.jpg").write_bytes(data)
    assert CliRunner().invoke(main, []).exit_code == 0
    assert ID3(path).getall("APIC")[0].data == data


def test_a_machine_that_would_make_another_cover_says_so() -> None:
    wish = _wish()
    plan = TrackPlan(
        path=Path("01 - One.mp3"),
        codec="mp3",
        chapter=1,
        utterances=(),
        specs=(),
        spacing=Spacing(pause_ms={}, head_ms=0, tail_ms=0),
        tags=replace(TAGS, cover=identify_cover(wish)),
        origin="texts",
        cover=wish,
    )
    assert _make_cover(plan) == make_cover(wish)
    with pytest.raises(StorageError, match=r"01 - One\.mp3: this machine would make another cover"):
        _make_cover(replace(plan, tags=replace(TAGS, cover="cover 2, drawn with another font")))
