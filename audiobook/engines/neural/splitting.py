"""Cut phonemes that are more than a model takes at once, where it is heard least."""

from __future__ import annotations

from collections.abc import Sequence

SENTENCE_ENDS = frozenset(".!?…")
CLAUSE_ENDS = frozenset(",;:—–")
_SPACES = frozenset(" ")


def split_phonemes(phonemes: Sequence[str], limit: int) -> list[tuple[str, ...]]:
    """Cut a text's phonemes into pieces of at most `limit`, which joined are the whole again.

    The pieces are about equally long: a short rest would be spoken in another pace than the others.
    A cut is after a sentence's end where one is near enough, else after a clause's, else after a space;
    within a word only where that is longer than half a piece.
    """
    pieces = []
    start = 0
    while (left := len(phonemes) - start) > limit:
        aim = -(-left // -(-left // limit))
        end = _choose_cut(phonemes, start, aim, limit)
        pieces.append(tuple(phonemes[start:end]))
        start = end
    if start < len(phonemes):
        pieces.append(tuple(phonemes[start:]))
    return pieces


def _choose_cut(phonemes: Sequence[str], start: int, aim: int, limit: int) -> int:
    """Return the end of the piece that begins at `start`: the best cut that is nearest to its aim."""
    window = range(start + max(1, aim // 2), start + limit + 1)
    for marks in (SENTENCE_ENDS, CLAUSE_ENDS, _SPACES):
        cuts = [end for end in window if phonemes[end - 1] in marks and _ends_word(phonemes, end)]
        if cuts:
            return min(cuts, key=lambda end: abs(end - start - aim))
    return start + aim


def _ends_word(phonemes: Sequence[str], end: int) -> bool:
    """Tell whether what follows is another word: a mark may stand within one ("3.5", "o'clock")."""
    return phonemes[end - 1] in _SPACES or phonemes[end] in _SPACES
