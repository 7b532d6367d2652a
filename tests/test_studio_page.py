"""The page as files: nothing from elsewhere, no script in its text, colours that everybody can read."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

import audiobook.studio
from audiobook.model import CONTOURS
from audiobook.studio.views import RANGES

STUDIO = Path(audiobook.studio.__file__).parent
PAGE = STUDIO / "page"
SCRIPTS = sorted((PAGE / "js").rglob("*.js"))
STYLES = sorted((PAGE / "css").glob("*.css"))
PAGES = [PAGE / "index.html", STUDIO / "export.html"]

_READABLE = 4.5
"""WCAG 2.2, success criterion 1.4.3, for text of a usual size."""
_TINT = 0.16
"""Of a speaker's colour behind the line that is chosen or sounds (css/script.css, css/player.css)."""


def _name(path: Path) -> str:
    return path.relative_to(STUDIO).as_posix()


@pytest.mark.parametrize("path", [*SCRIPTS, *STYLES, *PAGES, PAGE / "icon.svg"], ids=_name)
def test_nothing_comes_from_elsewhere(path: Path) -> None:
    addresses = re.findall(r"(?:https?:)?//[\w.-]+\.\w+[^\s\"']*", path.read_text(encoding="utf-8"))
    assert [each for each in addresses if "www.w3.org" not in each] == []


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_no_text_ever_becomes_markup_or_program(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    forbidden = (
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|srcdoc|DOMParser"
    )
    assert not re.search(forbidden, source)


@pytest.mark.parametrize("path", SCRIPTS, ids=_name)
def test_modules_are_small_and_say_their_job(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) < 300
    assert lines[0].startswith("// ")


@pytest.mark.parametrize("path", PAGES, ids=_name)
def test_pages_hold_no_script_or_style_of_their_own(path: Path) -> None:
    page = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)", page)


def test_what_the_page_names_is_there() -> None:
    index = PAGES[0].read_text(encoding="utf-8")
    named = re.findall(r'(?:href|src)="([^"#]+)"', index)
    assert {"css/base.css", "js/main.js", "icon.svg"} <= set(named)
    for name in named:
        assert (PAGE / name).is_file(), name
    for script in SCRIPTS:
        for target in re.findall(r'from "([^"]+)"', script.read_text(encoding="utf-8")):
            assert (script.parent / target).is_file(), f"{script}: {target}"


def _themes() -> dict[str, dict[str, tuple[float, ...]]]:
    """Return the colours of both themes by name, each in linear light."""
    light, dark = (PAGE / "css" / "colours.css").read_text(encoding="utf-8").split("@media", 1)
    themes: dict[str, dict[str, tuple[float, ...]]] = {}
    for name, css in (("light", light), ("dark", dark)):
        colours = re.findall(r"--([\w-]+): #([0-9a-f]{6});", css)
        themes[name] = {
            key: tuple(int(value[i : i + 2], 16) / 255 for i in (0, 2, 4)) for key, value in colours
        }
    return themes


def _contrast(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the contrast ratio of two sRGB colours (WCAG 2.2, "relative luminance")."""
    shades = []
    for colour in (one, other):
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in colour]
        shades.append(0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2])
    dark, light = sorted(shades)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_colour_is_readable(theme: str) -> None:
    colours = _themes()[theme]
    voices = [f"voice-{number}" for number in range(12)]
    assert set(voices) <= colours.keys()
    for name, ground in itertools.product((*voices, "ink", "muted", "rubric"), ("paper", "card")):
        own, behind = colours[name], colours[ground]
        tint = tuple(_TINT * a + (1 - _TINT) * b for a, b in zip(own, behind, strict=True))
        assert _contrast(own, behind) >= _READABLE, (name, ground)
        if name != "muted":
            assert _contrast(own, tint) >= _READABLE, (name, ground)
    assert _contrast(colours["on-rubric"], colours["rubric"]) >= _READABLE
    for ground in ("paper", "card"):  # a control's edge (1.4.11)
        assert _contrast(colours["edge"], colours[ground]) >= 3


@pytest.mark.parametrize(("count", "apart"), [(6, 0.2), (12, 0.1)])
def test_speakers_colours_differ(count: int, apart: float) -> None:
    # The first six, who speak most, more so than the rest: twelve hues that are all dark are near.
    for colours in _themes().values():
        voices = [colours[f"voice-{number}"] for number in range(count)]
        for one, other in itertools.combinations(voices, 2):
            assert sum(abs(a - b) for a, b in zip(one, other, strict=True)) > apart


def test_every_quality_of_a_voice_has_its_slider_and_every_mark_its_words() -> None:
    sliders = (PAGE / "js" / "cast" / "slider.js").read_text(encoding="utf-8")
    assert set(re.findall(r"^  (\w+): \{ words:", sliders, re.MULTILINE)) == set(RANGES)
    delivery = (PAGE / "js" / "script" / "delivery.js").read_text(encoding="utf-8")
    assert set(re.findall(r'^  (\w+): "', delivery, re.MULTILINE)) == set(CONTOURS)
