"""Which lines are heard at once: as many as the recognizer takes, cut in the pauses between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

LONGEST_S = 28.0
"""Of the recognizer's 30 s: at its very end it hears less well."""

AROUND_S = 0.3


def group_lines(
    times: Sequence[tuple[float, float]], which: range, longest_s: float = LONGEST_S
) -> Iterator[range]:
    """Yield the numbers of lines, of those asked for, that are together; a longer one stands alone."""
    first = which.start
    for number in range(which.start + 1, which.stop + 1):
        if number == which.stop or times[number][1] - times[first][0] > longest_s:
            yield range(first, number)
            first = number


def find_edges(times: Sequence[tuple[float, float]], lines: range, seconds: float) -> tuple[float, float]:
    """Return from when to when lines sound, with a little of the silence around them.

    What is farther from a line than half of the pause belongs to its neighbour.
    """
    before_s = times[lines.start - 1][1] if lines.start else 0.0
    after_s = times[lines.stop][0] if lines.stop < len(times) else seconds
    start_s, end_s = times[lines.start][0], times[lines.stop - 1][1]
    return (
        max(start_s - AROUND_S, (before_s + start_s) / 2),
        min(end_s + AROUND_S, (end_s + after_s) / 2),
    )
