"""Read who speaks single lines, as a person states it: `lines` of voices.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from audiobook.casting.readers import Reader, listing, misfit, record, text
from audiobook.model import NARRATOR, LineFix, Origin
from audiobook.yamledit.tree import Entry, Listing, Node, Scalar, Table

_SNIPPET = text("some words of the story", pattern=r".*[^\W_].*")
_SPEAKER = text("a character's name, or narrator for what is no speech")

LINE_KEYS: Mapping[str, Reader[Any]] = {
    "speaker": _SPEAKER,
    "after": text("some words of the story that stand before the line", pattern=r".*[^\W_].*"),
}


def origin_of(entry: Entry, section: str, key: str) -> Origin:
    """Return where an entry of `key` stands; `section` is "" for the settings of every story."""
    return Origin(path=f"{section}{key}.{entry.name}", line=entry.mark.line, is_general=not section)


def read_line(entry: Entry, section: str) -> tuple[LineFix, ...]:
    """Read who speaks a line: a name, a mapping with the place too, or a list of such mappings."""
    _SNIPPET(Scalar(mark=entry.mark, text=entry.name, kind="text"))
    origin = origin_of(entry, section, "lines")
    if isinstance(entry.value, Listing):
        several = listing(_read_place, "a list of mappings with speaker, after", at_least=1)(entry.value)
    elif isinstance(entry.value, Table):
        several = (_read_place(entry.value),)
    else:
        several = ({"speaker": _SPEAKER(entry.value)},)
    return tuple(
        LineFix(
            snippet=entry.name,
            speaker=NARRATOR if place["speaker"].casefold() == NARRATOR else place["speaker"],
            after=place.get("after"),
            origin=origin,
        )
        for place in several
    )


def _read_place(node: Node) -> dict[str, Any]:
    values = record(LINE_KEYS, "a mapping with speaker, after")(node)
    if "speaker" not in values:
        raise misfit(node, "a mapping with the key 'speaker'", hint=" without it")
    return values
