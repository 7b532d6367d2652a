"""What is wrong with a book and can be lived with: gathered, and told once for each kind."""

from __future__ import annotations


class Flaws:
    """What was mended or left out while a book was read, and where."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, None]] = {}

    def note(self, place: str, what: str) -> None:
        """Note a flaw of a place (`book.epub: page.xhtml`); a page that is read again has it once."""
        self._places.setdefault(what, {})[place] = None

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person: where, how often, what."""
        told = []
        for what, places in self._places.items():
            more = f" and {len(places) - 1} more" if len(places) > 1 else ""
            told.append(f"{next(iter(places))}{more}: {what}")
        return tuple(told)
