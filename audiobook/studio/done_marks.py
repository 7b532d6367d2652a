"""Which concerns of a story a person is done with: kept in `review.json` beside voices.yaml.

A mark means its line as a correction does, by words and by what stands before them, so that it stays when the
text is edited elsewhere; and it holds as long as what is to be said of the line is the same.
"""

from __future__ import annotations

import json
import threading
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.files import write_whole

FILE = "review.json"

_LOCK = threading.Lock()
"""Of the file, which is read and written whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What was looked at: the kind of concern, the line's words, those before it, and what was said of it."""

    kind: str
    words: str
    after: str
    gist: str


class DoneMarks:
    """The marks of a project's stories.  Everything raises `StorageError` where the file can't be used."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find_done(self, story: str, wanted: Sequence[Mark], words: Counter[str]) -> list[bool]:
        """Tell of each mark whether it is set; `words` counts how many lines have the same words.

        Where only one has them, what stands before it may have changed.
        """
        with _LOCK:
            marks = self._read().get(story, [])
        by_line: defaultdict[tuple[str, str, str], set[str]] = defaultdict(set)
        for mark in marks:
            by_line[mark.kind, mark.words, mark.gist].add(mark.after)
        return [
            bool(after := by_line[each.kind, each.words, each.gist])
            and (words[each.words] == 1 or each.after in after)
            for each in wanted
        ]

    def set(self, story: str, mark: Mark, words: Counter[str], *, is_done: bool) -> None:
        """Set or remove a mark."""

        def change(marks: list[Mark]) -> list[Mark]:
            is_alone = words[mark.words] == 1
            kept = [each for each in marks if not _is_same(each, mark, is_alone=is_alone)]
            return [*kept, mark] if is_done else kept

        with _LOCK:
            self._change(story, change)

    def _change(self, story: str, change: Callable[[list[Mark]], list[Mark]]) -> None:
        stories = self._read()
        marks = change(stories.get(story, []))
        stories = {name: own for name, own in {**stories, story: marks}.items() if own}
        written = {name: [asdict(mark) for mark in own] for name, own in stories.items()}
        try:
            write_whole(
                self._path, (json.dumps({"stories": written}, ensure_ascii=False, indent=1) + "\n").encode()
            )
        except OSError as error:
            raise StorageError(f"{self._path}: can't be written: {error.strerror}") from error

    def _read(self) -> dict[str, list[Mark]]:
        try:
            stories = json.loads(self._path.read_bytes())["stories"]
            return {name: [Mark(**mark) for mark in marks] for name, marks in stories.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StorageError(f"{self._path}: can't be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StorageError(
                f"{self._path}: expected the marks of what was reviewed, as narrate studio writes them; "
                "mend the file, or remove it to begin anew"
            ) from error


def _is_same(one: Mark, other: Mark, *, is_alone: bool) -> bool:
    """Tell whether two marks mean the same line and concern."""
    is_like = (one.kind, one.words, one.gist) == (other.kind, other.words, other.gist)
    return is_like and (is_alone or one.after == other.after)
