"""Read what is announced before and after a story: `credits` of voices.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from audiobook.casting.readers import Reader, misfit, suggest, text
from audiobook.model import CREDIT_WORDS
from audiobook.yamledit.tree import Node, Scalar

_TEXT = text("true, false, or the words to be said", pattern=r".*[^\W_].*", longest=500)
_WORD = re.compile(r"\{([^{}]*)\}|[{}]")


def _read_credit(node: Node) -> bool | str:
    """Read whether a credit is spoken, or the very words, in which {title} and the like may stand."""
    if isinstance(node, Scalar) and node.kind == "truth":
        return node.text.lower() == "true"
    words = _TEXT(node)
    for match in _WORD.finditer(words):
        name = match[1]
        if name not in CREDIT_WORDS:
            known = ", ".join(f"{{{each}}}" for each in CREDIT_WORDS)
            raise misfit(
                node, f"no other words in braces than {known}", hint=suggest(name or "", CREDIT_WORDS)
            )
    return words


CREDIT_KEYS: Mapping[str, Reader[Any]] = {
    "opening": _read_credit,
    "closing": _read_credit,
    "narrator": text("who is said to read", longest=200),
}
