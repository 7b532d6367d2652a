"""What of a run leaves this machine: how much text goes to which server."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from audiobook.engines.base import find_destination
from audiobook.planning.clip_specs import ClipSpec
from audiobook.plurals import count
from audiobook.project.shared_engines import shared_engine


@dataclass(frozen=True, slots=True, kw_only=True)
class SentText:
    """What goes to one server: its name and where it is, the clips, and the characters of their texts."""

    server: str
    destination: str
    clips: int
    characters: int

    def __str__(self) -> str:
        texts = f"{count(self.characters, 'character')} of {count(self.clips, 'clip')}"
        return f"{texts} go over the network to {self.destination} ({self.server})"


def count_sent(specs: Iterable[ClipSpec]) -> Iterator[SentText]:
    """Count what is sent where, of clips that are to be spoken; nothing of engines that speak here."""
    sizes: dict[str, list[int]] = {}
    for spec in specs:
        sizes.setdefault(spec.voice.engine, []).append(len(spec.text))
    for name, letters in sizes.items():
        destination = find_destination(shared_engine(name))
        if destination is not None:
            yield SentText(server=name, destination=destination, clips=len(letters), characters=sum(letters))
