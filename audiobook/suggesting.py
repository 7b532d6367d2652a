"""What a person may have meant who wrote a name that there is none of."""

from __future__ import annotations

from collections.abc import Callable, Iterable


def did_you_mean(
    word: str,
    known: Iterable[str],
    *,
    show: Callable[[str], str] = repr,
    most: int = 1,
    cutoff: float = 0.6,
    ignores_case: bool = False,
) -> str:
    """Return " (did you mean …?)" for the known words most like `word`, or nothing.

    `cutoff` is how alike they must be, 0 to 1 (`difflib.get_close_matches`); `show` writes one of them.
    """
    import difflib

    fold = str.casefold if ignores_case else str
    by_folded = {fold(name): name for name in reversed([*known])}
    close = difflib.get_close_matches(fold(word), by_folded, n=most, cutoff=cutoff)
    return f" (did you mean {' or '.join(show(by_folded[name]) for name in close)}?)" if close else ""
