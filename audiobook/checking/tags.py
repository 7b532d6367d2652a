"""A file's tags as a player sees them, against the book."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audiobook.checking.report import Finding
from audiobook.plurals import count


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownTags:
    """What a player should show of a file; `language` is as its tag has it, `cover` whether it has one."""

    title: str
    album: str
    author: str
    track: str
    language: str
    cover: bool = False


def read_label(path: Path) -> ShownTags | str:
    """Read what a player would show, by mutagen's own names for a format's tags; or say why not."""
    import mutagen

    try:
        easy = mutagen.File(path, easy=True)
        plain = mutagen.File(path)
    except (mutagen.MutagenError, OSError) as error:
        return f"its tags can't be read: {error}"
    if easy is None or easy.tags is None:
        return "has no tags"

    def get(key: str) -> str:
        return "; ".join(easy.tags.get(key, ()))

    return ShownTags(
        title=get("title"),
        album=get("album"),
        author=get("artist"),
        track=_join_track(get("tracknumber"), get("tracktotal")),
        language=get("language"),
        cover=_has_cover(plain),
    )


def _join_track(number: str, total: str) -> str:
    """Write "3/12" where a format keeps the number and the count apart."""
    return f"{number}/{total}" if total and "/" not in number else number


def _has_cover(file: object) -> bool:
    """Look for a picture with something in it where each format keeps it."""
    tags: Any = getattr(file, "tags", None)
    pictures = [*getattr(file, "pictures", ())]
    if hasattr(tags, "getall"):
        pictures += tags.getall("APIC")
    held = [picture.data for picture in pictures]
    for key in ("covr", "metadata_block_picture"):
        held += (tags.get(key) or []) if hasattr(tags, "get") else []
    return any(len(data) > 0 for data in held)


def judge_label(path: Path, wanted: ShownTags) -> Finding:
    """Compare a file's tags with what a player should show; a cover that was not asked for is welcome."""
    found = read_label(path)
    limit = "as the book"
    if isinstance(found, str):
        return Finding(file=path, figure="tags", value=None, limit=limit, passed=False, remark=found)
    wrong = [
        f"{name} is {getattr(found, name)!r} and should be {getattr(wanted, name)!r}"
        for name in ("title", "album", "author", "track", "language")
        if getattr(found, name) != getattr(wanted, name)
    ]
    if wanted.cover and not found.cover:
        wrong.append("there is no cover")
    return Finding(
        file=path, figure="tags", value=found.title, limit=limit, passed=not wrong, remark="; ".join(wrong)
    )


def judge_titles(paths: Sequence[Path]) -> Iterator[Finding]:
    """Check that no two files of a book have the same title, since players tell them apart by it."""
    labels = [read_label(path) for path in paths]
    titles = Counter(label.title for label in labels if not isinstance(label, str))
    if not titles:
        return
    again = [title for title, count in titles.items() if count > 1]
    yield Finding(
        file=None,
        figure="titles",
        value=f"{len(titles)} of {count(len(paths), 'file')}",
        limit="each file's own",
        passed=not again,
        remark=f"more than one file is called {again[0]!r}" if again else "",
    )
