"""Tables in narrow terminals: every cell can be read, and what is to be copied stands whole."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from audiobook.cli.grid import Grid

PATH = "output/the-lighthouse-keepers-daughter/01 - The Lighthouse Keeper's Daughter.mp3"
ROWS = [
    ("The Lighthouse", "2:31", "reads what nobody says; male: pronoun: 'he whispered'", PATH),
    ("Echo", "1:02:03", "", "output/echo/01 - Echo.mp3\n… and 3 more"),
]


def draw(width: int, *, apart: bool = False) -> list[str]:
    out = io.StringIO()
    grid = Grid("Story", "Length", "Why", "File", prose=["Story", "Why"], right=["Length"], apart=apart)
    for row in ROWS:
        grid.add(*row)
    grid.print(Console(file=out, width=width, highlight=False))
    return out.getvalue().splitlines()


@pytest.mark.parametrize("apart", [True, False])
@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 160, 300])
def test_whole_cells_stand_whole_at_any_width(width: int, apart: bool) -> None:
    lines = draw(width, apart=apart)
    text = "\n".join(lines)
    for whole in ("2:31", "1:02:03", PATH, "output/echo/01 - Echo.mp3", "… and 3 more", "Length"):
        assert whole in text
    assert " ".join(ROWS[0][2].split()) in " ".join(text.split()) or width > 100
    assert all(len(line) <= max(width, len(PATH) + 20) for line in lines)
    for word in "reads what nobody says; male: pronoun: 'he whispered'".split():
        assert word in text


def test_it_is_a_table_where_there_is_room_and_lists_where_not() -> None:
    assert "─" in "".join(draw(160))
    assert draw(60)[1:3] == ["The Lighthouse", "  Length  2:31"]
    assert not any("─" in line for line in draw(60))


def test_what_stands_apart_comes_below_with_its_row() -> None:
    lines = draw(60, apart=True)
    assert any("─" in line for line in lines)
    assert f"The Lighthouse: {PATH}" in lines
    assert "Echo: output/echo/01 - Echo.mp3 … and 3 more" in lines
