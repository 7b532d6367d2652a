"""`series.json`: how the people of a series' books sounded when these were made, for when a book is gone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from audiobook.casting import EarlierRole, VoiceWish
from audiobook.errors import StorageError
from audiobook.files import write_whole
from audiobook.project.layout import Project

_NOTE = (
    "Voices of series whose earlier books may be gone from texts/; narrate writes this, see docs/voices.md"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedBook:
    """A book of a series as it was made last; `casts` are its named people by the story's engine."""

    series: str
    part: str | None
    title: str
    casts: Mapping[str, tuple[EarlierRole, ...]]


def read_series_record(project: Project) -> dict[str, RememberedBook]:
    """Return the remembered books by story.  Raises `StorageError` where that can't be read."""
    path = project.series_record
    try:
        books = json.loads(path.read_bytes())["books"]
        return {str(name): _read_book(stated) for name, stated in books.items()}
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StorageError(
            f"{path}: is not what narrate wrote ({type(error).__name__}: {error}); take it from a backup, or "
            "remove it: only books whose texts are gone are remembered by it alone"
        ) from error


def update_series_record(project: Project, books: Mapping[str, RememberedBook | None]) -> None:
    """Remember books, beside what they were with other engines, or forget those that are None.

    Raises `StorageError`.
    """
    before = read_series_record(project)
    after = dict(before)
    for name, book in books.items():
        if book is None:
            after.pop(name, None)
            continue
        earlier = before[name].casts if name in before else {}
        after[name] = replace(book, casts={**earlier, **book.casts})
    if after == before:
        return
    stated = {"note": _NOTE, "books": {name: asdict(after[name]) for name in sorted(after)}}
    path = project.series_record
    try:
        write_whole(path, (json.dumps(stated, indent=1, ensure_ascii=False) + "\n").encode())
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error


def _read_book(stated: Mapping[str, Any]) -> RememberedBook:
    casts = {name: tuple(map(_read_role, roles)) for name, roles in stated["casts"].items()}
    return RememberedBook(series=stated["series"], part=stated["part"], title=stated["title"], casts=casts)


def _read_role(stated: Mapping[str, Any]) -> EarlierRole:
    voice = VoiceWish(**stated["voice"])
    if not isinstance(voice.engine, str) or not isinstance(voice.id, str):
        raise TypeError("a voice has no engine or no id")
    return EarlierRole(**{**stated, "aliases": tuple(stated["aliases"]), "voice": voice})
