"""Which concerns of a story a person is done with: kept in `review.json` beside voices.yaml.

A mark means its line as a correction does, by words and by what stands before them, so that it stays when the
text is edited elsewhere; and it holds as long as what is to be said of the line is the same.
"""

from __future__ import annotations

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.files import write_whole

FILE = "review.json"

_LOCK = threading.Lock()
"""Of the file, which is read and written whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DoneMark:
    """What was looked at: the kind of concern, the line's words, those before it, and what was said of it.

    `is_alone`: no other line of the story has these words.
    """

    kind: str
    words: str
    after: str
    gist: str
    is_alone: bool

    def means(self, other: DoneMark) -> bool:
        """Tell whether this mark is of the line and concern that the other is of, as the story is now."""
        is_like = (self.kind, self.words, self.gist) == (other.kind, other.words, other.gist)
        return is_like and (self.after == other.after or (self.is_alone and other.is_alone))


class DoneMarks:
    """The marks of a project's stories.  Everything raises `StorageError` where the file can't be used."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def find_done(self, story: str, marks: Sequence[DoneMark]) -> list[bool]:
        """Tell of each mark, as the story is now, whether it was set."""
        with _LOCK:
            known = self._read().get(story, [])
        by_words: defaultdict[str, list[DoneMark]] = defaultdict(list)
        for each in known:
            by_words[each.words].append(each)
        return [any(one.means(each) for one in by_words[each.words]) for each in marks]

    def set(self, story: str, mark: DoneMark, *, is_done: bool) -> None:
        """Set or remove a mark."""

        def change(marks: list[DoneMark]) -> list[DoneMark]:
            kept = [each for each in marks if not each.means(mark)]
            return [*kept, mark] if is_done else kept

        with _LOCK:
            self._change(story, change)

    def _change(self, story: str, change: Callable[[list[DoneMark]], list[DoneMark]]) -> None:
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

    def _read(self) -> dict[str, list[DoneMark]]:
        try:
            stories = json.loads(self._path.read_bytes())["stories"]
            return {name: [DoneMark(**mark) for mark in marks] for name, marks in stories.items()}
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise StorageError(f"{self._path}: can't be read: {error.strerror}") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise StorageError(
                f"{self._path}: expected the marks of what was reviewed, as narrate studio writes them; "
                "mend the file, or remove it to begin anew"
            ) from error
