"""Tables that can be read in a terminal of any width."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.text import Text

_LEAST_PROSE = 16
"""Columns that prose gets at least, unless it is shorter: below that a sentence is a tower of words."""

_LONGEST_WORD = 24
"""A longer word in prose may be broken: it is an address or an invention."""

_INDENT = "  "


def _add_up(widths: Sequence[int]) -> int:
    """Return the width of a table of columns of these widths."""
    return sum(widths) + 3 * len(widths) - 1


class Grid:
    """Rows under titles; where a terminal is too narrow for a table, each row is a list under its first cell.

    Cells of the columns in `prose` are broken between words; all others stand whole.  `right` are set flush
    right.  Cells may have several lines.  The last column may stand `apart`, as lines below the table, where
    that has no room for it.
    """

    def __init__(
        self, *titles: str, prose: Collection[str] = (), right: Collection[str] = (), apart: bool = False
    ) -> None:
        self._titles = titles
        self._prose, self._right, self._apart = prose, right, apart
        self._rows: list[list[Text]] = []

    def add(self, *cells: Text | str, style: str = "") -> None:
        """Add a row of as many cells as there are titles."""
        from rich.text import Text

        self._rows.append([cell if isinstance(cell, Text) else Text(cell, style=style) for cell in cells])

    def print(self, console: Console) -> None:
        """Print a table where it can be read, or else the lists."""
        widths = [self._measure(column) for column in range(len(self._titles))]
        if _add_up(widths) <= console.width:
            self._print_table(console, widths)
        elif self._apart and _add_up(widths[:-1]) <= console.width:
            self._print_table(console, widths[:-1])
            for row in self._rows:
                console.print(f"{row[0].plain}: {' '.join(row[-1].plain.splitlines())}", soft_wrap=True)
            console.print()
        else:
            self._print_lists(console)

    def _measure(self, column: int) -> int:
        """Return the least width at which a column can be read."""
        from rich.cells import cell_len

        title = self._titles[column]
        cells = [row[column].plain for row in self._rows]
        whole = max((cell_len(line) for cell in cells for line in cell.splitlines()), default=0)
        if title in self._prose:
            word = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
            whole = min(whole, max(_LEAST_PROSE, min(word, _LONGEST_WORD)))
        return max(whole, cell_len(title))

    def _print_table(self, console: Console, widths: list[int]) -> None:
        from rich.box import SIMPLE_HEAD
        from rich.table import Table

        table = Table(box=SIMPLE_HEAD, pad_edge=False)
        for title, width in zip(self._titles, widths, strict=False):
            table.add_column(
                title,
                justify="right" if title in self._right else "left",
                min_width=width,
                no_wrap=title not in self._prose,
                overflow="fold",
            )
        for row in self._rows:
            table.add_row(*row[: len(widths)])
        console.print(table)

    def _print_lists(self, console: Console) -> None:
        from rich.cells import cell_len
        from rich.text import Text

        room = max(map(cell_len, self._titles[1:]), default=0) + 2
        console.print()
        for head, *cells in self._rows:
            console.print(Text.assemble((head.plain, "bold")), soft_wrap=True)
            for title, cell in zip(self._titles[1:], cells, strict=True):
                if not cell.plain:
                    continue
                lines = cell.split("\n")
                if title in self._prose:
                    width = max(_LEAST_PROSE, console.width - room - len(_INDENT))
                    lines = cell.wrap(console, width)
                for place, line in enumerate(lines):
                    name = title if place == 0 else ""
                    start = _INDENT + name + " " * (room - cell_len(name))
                    line.rstrip()
                    console.print(Text.assemble((start, "dim"), line), soft_wrap=True)
        console.print()
