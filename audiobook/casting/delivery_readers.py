"""Read how lines are spoken: the table `delivery` of voices.yaml."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from audiobook.casting.delivery import PLAIN, Manner
from audiobook.casting.readers import Reader, misfit, record, text, whole
from audiobook.model import DELIVERIES
from audiobook.yamledit.tree import Node, Scalar

_STEPS = "a number of steps to add"


def _percent(low: int, high: int, what: str) -> Reader[int]:
    """Read a share like 90%."""

    def read(node: Node) -> int:
        expected = f"{what} like 90% ({low}%–{high}%)"
        found = re.fullmatch(r"(\d{1,3}) ?%", node.text) if isinstance(node, Scalar) else None
        if found is None or not low <= int(found[1]) <= high:
            raise misfit(node, expected)
        return int(found[1])

    return read


MANNER_KEYS: Mapping[str, Reader[Any]] = {
    "rate": _percent(50, 200, "a share of the speaker's rate"),
    "pitch": whole(-50, 50, _STEPS),
    "volume": _percent(5, 200, "a share of the speaker's volume"),
    "range": whole(-50, 50, _STEPS),
    "variant": text("the name of a variant", pattern=r"[\w -]+"),
}

_read_changes = record(MANNER_KEYS, f"false, or a mapping with {', '.join(MANNER_KEYS)}")


def _is_false(node: Node) -> bool:
    return isinstance(node, Scalar) and node.kind == "truth" and node.text.lower() == "false"


def _read_manner(node: Node) -> Manner:
    return PLAIN if _is_false(node) else Manner(**_read_changes(node))


_read_table = record(
    dict.fromkeys(DELIVERIES, _read_manner), f"false, or a mapping with {', '.join(DELIVERIES)}"
)


def read_delivery(node: Node) -> dict[str, Manner]:
    """Read the table; false turns every delivery off."""
    return dict.fromkeys(DELIVERIES, PLAIN) if _is_false(node) else _read_table(node)
