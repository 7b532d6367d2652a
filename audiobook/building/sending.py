"""Sends finished books to an Audiobookshelf server, those that it was not sent just so before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from audiobook.building.recipe import plan_stories
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.building.survey import StoryWork
from audiobook.errors import ServerError, StorageError, UsageError
from audiobook.files import write_whole
from audiobook.model import Book
from audiobook.planning.tagging import name_voices
from audiobook.plurals import count
from audiobook.project.layout import Project, list_texts
from audiobook.project.places import title_with_part
from audiobook.publishing import describe_shelf_book, make_cover, safe_folder_name
from audiobook.publishing.shelf_server import Library, ShelfServer, Upload

SENT = ".sent.json"
"""Under `output/`: what each library was sent, so that it is not sent again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentBook:
    """What became of a story: *sent*, *as before* (the library has just that), *unfinished* or *refused*.

    It is refused where its folder on the server is another book's.  `why` says of an unfinished one what is
    wrong with it, where that is known, and why one is refused.  `left` is what was sent as it before and is
    none of it any more, files or its whole folder: the server keeps that.
    """

    name: str
    outcome: Literal["sent", "as before", "unfinished", "refused"]
    files: int = 0
    size_bytes: int = 0
    left: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShelfTarget:
    """Where books are sent: a server's library, and the id of one of its folders."""

    server: ShelfServer
    library: Library
    folder: str


def choose_target(server: ShelfServer, library: str | None = None, folder: str | None = None) -> ShelfTarget:
    """Return the server's library and folder that are named, or its only ones.

    Raises `UsageError` where there are none, or several and none is named, and `ServerError`.
    """
    chosen = _choose_library(server, library)
    return ShelfTarget(server=server, library=chosen, folder=_choose_folder(server, chosen, folder))


def send_stories(
    project: Project,
    names: Sequence[str],
    target: ShelfTarget,
    listener: RunListener,
    *,
    cache_folder: Path,
    again: bool = False,
    tell: Callable[[SentBook], None] = lambda _sent: None,
) -> list[SentBook]:
    """Send the named stories (all without a name) that are finished, and have the server scan its library.

    Stops at the first that the server does not take; what was sent is remembered.  `again`: what the library
    has too, and into folders that are there though nothing was sent to them.  Raises `NarrateError`.
    """
    report, works = plan_stories(project, names, Options(), listener, cache_folder=cache_folder)
    outcomes: list[SentBook] = []
    for story, work in zip(report.stories, works, strict=True):
        if work is None:
            outcome = SentBook(name=story.name, outcome="unfinished", why="; ".join(story.errors))
        else:
            outcome = _send(project, work, target, again=again)
        tell(outcome)
        outcomes.append(outcome)
    if any(each.outcome == "sent" for each in outcomes):
        _scan(target, listener)
    return outcomes


def _choose_library(server: ShelfServer, wanted: str | None) -> Library:
    libraries = server.list_libraries()
    names = ", ".join(each.name for each in libraries)
    if wanted is None and len(libraries) == 1:
        return libraries[0]
    if wanted is None:
        has = f"has several libraries of books: --library with one of {names}" if names else _NO_LIBRARY
        raise UsageError(f"{server.address}: {has}")
    found = [each for each in libraries if wanted in {each.id, each.name}]
    if len(found) != 1:
        raise UsageError(
            f"{server.address}: has no library of books {wanted!r}; there are: {names or 'none'}"
        )
    return found[0]


_NO_LIBRARY = "has no library of books that the key's user may see; make one on the server's page"


def _choose_folder(server: ShelfServer, library: Library, wanted: str | None) -> str:
    """Return the id of a folder of the library: the only one, or that `wanted` by path or id."""
    known = library.folders
    found = [id_ for id_, path in known.items() if wanted in {None, id_, path}]
    if len(found) != 1:
        paths = ", ".join(known.values()) or "none"
        raise UsageError(f"{server.address}: {library.name}: --folder with one of its folders: {paths}")
    return found[0]


def _send(project: Project, work: StoryWork, target: ShelfTarget, *, again: bool) -> SentBook:
    name = work.plan.name
    files = {} if work.files else _list_files(work)
    if not files:
        return SentBook(name=name, outcome="unfinished")
    digest = _digest(files)
    record = _read_record(project)
    before = record.get(target.library.id, {}).get(name, {"digest": "", "place": "", "files": []})
    if before["digest"] == digest and not again:
        return SentBook(name=name, outcome="as before", files=len(files))
    upload = _make_upload(work.plan.script.book, files)
    if why := _find_objection(project, name, upload, target, record, again=again):
        return SentBook(name=name, outcome="refused", why=why)
    target.server.upload(target.library, target.folder, upload)
    sent: _Sent = {"digest": digest, "place": upload.place, "files": list(files)}
    record.setdefault(target.library.id, {})[name] = sent
    _write_record(project, record)
    size = sum(len(data) if isinstance(data, bytes) else data.stat().st_size for data in files.values())
    has_moved = before["place"] not in {"", upload.place}
    left = (f"{before['place']}/",) if has_moved else tuple(f for f in before["files"] if f not in files)
    return SentBook(name=name, outcome="sent", files=len(files), size_bytes=size, left=left)


def _make_upload(book: Book, files: dict[str, Path | bytes]) -> Upload:
    """Return what is sent of a book, in folders by names that the server leaves as they are."""
    return Upload(
        title=safe_folder_name(title_with_part(book)),
        author=safe_folder_name(book.author) if book.author else None,
        series=safe_folder_name(book.series) if book.series else None,
        files=files,
    )


def _find_objection(
    project: Project, name: str, upload: Upload, target: ShelfTarget, record: _Record, *, again: bool
) -> str:
    """Say why a book can't go where it would lie: the server would mix it with what lies there."""
    stories = record.get(target.library.id, {})
    place = upload.place
    there = {path.stem for path in list_texts(project)} - {name}
    for other in there & stories.keys():
        if str(stories[other]["place"]).casefold() == place.casefold():
            return f"'{other}' lies in its folder there, {place}: give one another title, author or series"
    is_own = name in stories and stories[name]["place"] == place
    if is_own or again or not target.server.has_folder(target.library, target.folder, place):
        return ""
    return (
        f"the server has {place} already, which was not sent from here: its files would be mixed with that, "
        "and replaced where they are called the same; if they may be: --force"
    )


def _list_files(work: StoryWork) -> dict[str, Path | bytes]:
    """Return what is sent of a finished story: its sound in one format, its EPUB, cover and description."""
    plan = work.plan
    tracks = [track for track in plan.chapters if not track.is_part]
    books = {edition.format: edition.path for edition in work.all_editions}
    sounds = [books["m4b"]] if "m4b" in books else [track.path for track in tracks if track.longest_s is None]
    if not sounds:
        return {}
    paths = [*sounds, *([books["epub"]] if "epub" in books else [])]
    narrators = name_voices(role.voice for role in plan.cast.roles)
    described = json.dumps(describe_shelf_book(plan.script.book, narrators), indent=2, ensure_ascii=False)
    return {
        **{path.name: path for path in paths},
        "cover.jpg": make_cover(plan.cover).data,
        "metadata.json": (described + "\n").encode("utf-8", "surrogatepass"),
    }


def _digest(files: dict[str, Path | bytes]) -> str:
    digest = hashlib.sha256()
    for name, data in sorted(files.items()):
        if isinstance(data, bytes):
            own = hashlib.sha256(data).hexdigest()
        else:
            with data.open("rb") as file:
                own = hashlib.file_digest(file, "sha256").hexdigest()
        digest.update(f"{own} {name}\n".encode())
    return digest.hexdigest()


def _scan(target: ShelfTarget, listener: RunListener) -> None:
    try:
        target.server.scan(target.library)
    except ServerError as error:
        if error.status != 403:
            raise
        listener.note(
            f"{target.library.name} was not scanned, which only an admin's key may ask for; the server's own "
            "watcher finds the files, unless it is turned off"
        )


_Sent = dict[str, str | list[str]]
_Record = dict[str, dict[str, _Sent]]


def _read_record(project: Project) -> _Record:
    """Return what each library was sent, by story; nothing where that is damaged: it is sent again."""
    try:
        record: _Record = json.loads((project.output / SENT).read_bytes())
        for stories in record.values():
            for sent in stories.values():
                if {"digest": str, "place": str, "files": list} != {key: type(sent[key]) for key in sent}:
                    return {}
    except (OSError, ValueError, TypeError, KeyError, AttributeError):
        return {}
    return record


def _write_record(project: Project, record: _Record) -> None:
    path = project.output / SENT
    try:
        write_whole(path, (json.dumps(record, indent=1, ensure_ascii=False, sort_keys=True) + "\n").encode())
    except OSError as error:
        raise StorageError(f"{path}: can't be written: {error.strerror}") from error


def describe_sent(sent: SentBook) -> str:
    """Say in a line what became of a story."""
    if sent.outcome == "unfinished":
        why = "is not finished as it would be made now: narrate makes it"
        return f"{sent.name}: not sent: {sent.why or why}"
    if sent.outcome == "refused":
        return f"{sent.name}: not sent: {sent.why}"
    if sent.outcome == "as before":
        return f"{sent.name}: the library has it"
    told = f"{sent.name}: sent {count(sent.files, 'file')}, {sent.size_bytes / 1e6:.1f} MB"
    if sent.left:
        told += (
            f"; the server still has what is none of it any more: {', '.join(sent.left)} (remove that there)"
        )
    return told
