"""Puts a book into `texts/`: a file, what lies at an address, or one of a catalogue's (OPDS)."""

from __future__ import annotations

import http.client
import re
import shutil
import unicodedata
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.message import Message
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from audiobook import __version__
from audiobook.engines.neural.fetching import Redirects
from audiobook.errors import ServerError, SourceError, StorageError, UsageError
from audiobook.project.incoming import (
    bring_in,
    find_name_fault,
    find_namesake,
    find_type_fault,
    sweep,
    waiting_room,
)
from audiobook.project.layout import Project
from audiobook.publishing import safe_file_name
from audiobook.reading import read_book
from audiobook.reading.opds import FORMATS, BookCatalogue, CatalogueBook, is_catalogue, read_catalogue

MOST_BYTES = 200_000_000
"""A book with pictures has a few tens of MB."""

MOST_OF_A_FEED = 5_000_000
"""A page of a catalogue has a hundred kB."""

_TIMEOUT_S = 60
_CHUNK = 1 << 16
_ADDRESS = re.compile(r"https?://", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """A book that is in `texts/` now, and how large it is."""

    path: Path
    size_bytes: int


def add_book(
    project: Project, source: str, *, pick: int | None = None, name: str | None = None
) -> Added | BookCatalogue:
    """Put a book into `texts/`, and return it; or a catalogue of several, of which one is to be picked.

    `source` is a file or an address that a person typed, by which its host is allowed for this once; a
    catalogue's books are fetched from its own host alone.  `pick` counts the catalogue's books from 1; `name`
    is what the story shall be called.  A book is read once before it takes its name, and nobody's file is
    replaced.  Raises `NarrateError`.
    """
    sweep(project)
    with waiting_room(project) as room:
        held = room / "book"
        if _ADDRESS.match(source):
            shown, found = source, _fetch(source, held)
        else:
            shown, found = source, _copy(Path(source), held)
        if is_catalogue(_peek(held)):
            _check_size(held.stat().st_size, source, MOST_OF_A_FEED)
            catalogue = read_catalogue(held.read_bytes(), source)
            book = _choose(catalogue, source, pick)
            if book is None:
                return catalogue
            _check_host(book, source)
            _fetch(book.url, held, _OwnHost)
            shown, found = book.url, f"{safe_file_name(book.title)}{book.suffix}"
        elif pick is not None:
            raise UsageError(f"--pick is for catalogues, and {source} is none")
        final = _name(project, shown, found, name)
        return _admit(held, room / final.name, final, shown)


def _choose(catalogue: BookCatalogue, source: str, pick: int | None) -> CatalogueBook | None:
    books = catalogue.books
    if pick is not None and not 1 <= pick <= len(books):
        raise UsageError(f"--pick: {source} has {len(books)} books that can be had, got {pick}")
    if pick is not None:
        return books[pick - 1]
    return books[0] if len(books) == 1 and not catalogue.feeds else None


def _check_host(book: CatalogueBook, source: str) -> None:
    """Raise `UsageError` for a book elsewhere than its catalogue, which nobody has allowed."""
    if not _ADDRESS.match(book.url):
        raise SourceError(f"{source}: {book.title}: lies at no web address: {book.url[:100]!r}")
    if not _ADDRESS.match(source) or urlsplit(book.url).netloc != urlsplit(source).netloc:
        raise UsageError(f"{book.title} lies on another host; if you trust it: narrate add {book.url}")


class _OwnHost(Redirects):
    """Follows a server to another place of its own alone."""

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:
        """Refuse another host or port before it is asked anything."""
        request: urllib.request.Request = arguments[0]
        target: str = arguments[-1]
        if urlsplit(target).netloc.lower() != urlsplit(request.full_url).netloc.lower():
            arguments[1].close()
            raise UsageError(
                f"{request.full_url} leads to another host; if you trust it: narrate add {target}"
            )
        return super().redirect_request(*arguments)


def _copy(path: Path, held: Path) -> str:
    try:
        if not path.is_file():
            raise SourceError(f"{path}: is no file" if path.exists() else f"{path}: no such file")
        _check_size(path.stat().st_size, str(path))
        shutil.copyfile(path, held)
    except OSError as error:
        raise SourceError(f"{path}: can't be read: {error.strerror}") from error
    return path.name


def _fetch(url: str, held: Path, redirects: type[Redirects] = Redirects) -> str:
    """Fetch what lies at an address, and return the name that its file should have."""
    request = urllib.request.Request(url, headers={"User-Agent": f"narrate-audiobook/{__version__}"})  # noqa: S310 - http and https alone, see _ADDRESS
    try:
        with urllib.request.build_opener(redirects).open(request, timeout=_TIMEOUT_S) as answer:
            _check_size(int(answer.headers.get("Content-Length") or 0), url)
            size = _receive(answer, held, url)
            promised = answer.headers.get("Content-Length")
            if promised is not None and size != int(promised):
                raise ServerError(f"{url}: only {size:,} of {int(promised):,} bytes came; try again")
            return _name_answer(answer.headers, answer.url)
    except urllib.error.HTTPError as error:
        error.close()
        raise ServerError(f"{url}: can't be fetched: the server says {error.code} {error.reason}") from error
    except (OSError, http.client.HTTPException, ValueError) as error:
        reason = error.reason if isinstance(error, urllib.error.URLError) else error
        why = getattr(reason, "strerror", None) or reason
        raise ServerError(f"{url}: can't be fetched: {why}") from error


def _receive(answer: http.client.HTTPResponse, held: Path, url: str) -> int:
    size = 0
    try:
        file = held.open("wb")
    except OSError as error:
        raise StorageError(f"{held}: can't be written: {error.strerror}") from error
    with file:
        while data := answer.read(_CHUNK):
            size += len(data)
            _check_size(size, url)
            file.write(data)
    return size


def _check_size(size: int, source: str, most: int | None = None) -> None:
    most = most or MOST_BYTES
    if size > most:
        raise SourceError(f"{source}: has more than {most // 1_000_000} MB, which is too much")


def _name_answer(headers: Message, url: str) -> str:
    """Return the name of a file that was fetched: as the server says, else as its address ends."""
    name = headers.get_filename() or unquote(urlsplit(url).path).rpartition("/")[2]
    suffix = FORMATS.get(headers.get_content_type())
    if find_type_fault(name) and suffix:
        name = f"{name or urlsplit(url).hostname}{suffix}"
    return name


def _name(project: Project, source: str, found: str, wanted: str | None) -> Path:
    """Return where in `texts/` a book shall lie.  Raises `UsageError` where that can't be."""
    found = unicodedata.normalize("NFC", found)
    if fault := find_type_fault(found):
        raise SourceError(f"{source}: {fault}")
    stem = Path(found).stem if wanted is None else unicodedata.normalize("NFC", wanted)
    name = f"{stem}{Path(found).suffix.lower()}"
    name = name if wanted is not None else safe_file_name(name)
    if fault := find_name_fault(name):
        raise UsageError(f"--name: {fault}" if wanted is not None else f"{source}: {fault} (--name)")
    if there := find_namesake(project, name):
        raise UsageError(f"{there} is there already; give the new one another name: --name OTHER")
    return project.texts / name


def _admit(held: Path, named: Path, final: Path, source: str) -> Added:
    """Have a file read as a story, then give it its name."""
    try:
        held.rename(named)
        size = named.stat().st_size
    except OSError as error:
        raise StorageError(f"{named}: can't be written: {error.strerror}") from error
    try:
        read_book(named)
    except SourceError as error:
        raise SourceError(str(error).replace(str(named), source)) from error
    try:
        bring_in(named, final)
    except FileExistsError as error:
        raise UsageError(f"{final} is there already; give the new one another name: --name OTHER") from error
    return Added(path=final, size_bytes=size)


def _peek(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_CHUNK)
