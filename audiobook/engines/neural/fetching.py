"""Download files that are large, over connections that break, and prove them whole."""

from __future__ import annotations

import http.client
import re
import shutil
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

from audiobook import __version__
from audiobook.engines.neural.store import digest_file, storing
from audiobook.errors import EngineError, StorageError

Tell = Callable[[str, int, int], None]
"""Is told a file's name, how many of its bytes are there, and how many it has."""

_TIMEOUT_S = 15.0
_ATTEMPTS = 4
_BLOCK = 1 << 18
_INDEX_LIMIT = 20_000_000
FROM_FILE = "; without a network, install from a file: narrate voices install ENGINE:VOICE --from FILE"
_NO_RANGE = 416  # Range Not Satisfiable, RFC 9110 15.5.17
_PARTIAL = 206  # Partial Content, RFC 9110 15.3.7


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A file, what its publisher says of it (its size, and its digest by `algorithm`), and where it is had.

    The sources are tried in this order.
    """

    name: str
    size: int
    algorithm: str
    digest: str
    sources: tuple[FileSource, ...]

    def is_like(self, path: Path) -> bool:
        """Tell whether a file has these bytes."""
        return path.stat().st_size == self.size and digest_file(path, self.algorithm) == self.digest


class FileSource(Protocol):
    """A place that a file may be had from."""

    @property
    def address(self) -> str:
        """What a person reads of it."""
        ...

    def fetch(self, file: PublishedFile, part: Path, tell: Tell) -> None:
        """Write what the place has as `file` to `part`, all of it; going on where that is possible.

        Nobody has compared it yet.  Raises `EngineError` where it can't be had (`UnreachableError` where
        nobody answers at all), and `StorageError` where it can't be written.
        """
        ...

    def keeps_bytes(self, folder: Path) -> int:
        """Return what a fetch leaves on the disk that `folder` is on, besides the file."""
        ...


class UnreachableError(EngineError):
    """Nobody answers at an address; there is no sense in asking it for another file."""


def fetch_index(url: str) -> bytes:
    """Return a small file.  Raises `EngineError` where it can't be had."""
    try:
        with _open(url, 0) as answer:
            return bytes(answer.read(_INDEX_LIMIT))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineError(f"{url}: can't be fetched: {_describe(error)}{FROM_FILE}") from error


def check_room(folder: Path, source: FileSource, needed: int) -> None:
    """Raise `StorageError` where the disk has no room for `needed` bytes and for what the source keeps."""
    kept = source.keeps_bytes(folder)
    free = shutil.disk_usage(folder).free
    if free < needed + kept:
        besides = f" ({kept / 1e6:.0f} MB of them stay in its cache)" if kept else ""
        raise StorageError(
            f"{folder}: {(needed + kept) / 1e6:.0f} MB are needed to install from {source.address}{besides}, "
            f"and {free / 1e6:.0f} MB are free; free some space, or set NARRATE_VOICES to another folder"
        )


@dataclass(frozen=True, slots=True)
class WebSource:
    """A file on a server; see `FileSource`."""

    url: str

    @property
    def address(self) -> str:
        """The folder that the file lies in."""
        return self.url.rpartition("/")[0]

    def fetch(self, file: PublishedFile, part: Path, tell: Tell) -> None:
        """Fetch what is missing of it, going on where an earlier attempt stopped; what has come stays."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                _fetch_rest(self.url, file, part, tell)
            except (http.client.HTTPException, OSError, ValueError) as error:
                if attempt < _ATTEMPTS and not _is_final(error):
                    continue
                kind = UnreachableError if _is_unreachable(error) else EngineError
                raise kind(f"{self.url}: can't be fetched: {_describe(error)}") from error
            else:
                return

    def keeps_bytes(self, folder: Path) -> int:
        """Return 0: nothing but the file comes."""
        del folder
        return 0


def _fetch_rest(url: str, file: PublishedFile, part: Path, tell: Tell) -> None:
    """Fetch what is missing of a file; `ConnectionError` where less has come than was promised."""
    have = part.stat().st_size if part.exists() else 0
    if have > file.size:
        part.unlink()
        have = 0
    if have == file.size:
        tell(file.name, have, file.size)
        return
    try:
        answer = _open(url, have)
    except urllib.error.HTTPError as error:
        if error.code != _NO_RANGE:
            raise
        answer = _open(url, 0)
    with answer:
        if not _goes_on(answer, have):
            have = 0
        length = answer.headers.get("Content-Length")
        if length is not None and have + int(length) != file.size:
            raise ValueError(
                f"it is not the file that was published: {have + int(length):,} bytes, not {file.size:,}"
            )
        tell(file.name, have, file.size)
        with storing(part):
            part.parent.mkdir(parents=True, exist_ok=True)
            target = part.open("ab" if have else "wb", buffering=0)
        with target:
            while block := answer.read1(min(_BLOCK, file.size + 1 - have)):
                with storing(part):
                    write_all(target, block)
                have += len(block)
                tell(file.name, have, file.size)
    if have < file.size:
        raise ConnectionError(f"the connection ended after {have:,} of {file.size:,} bytes")


def _open(url: str, start: int) -> Any:
    if not re.match(r"https?://", url):
        raise ValueError(f"no web address: {url}")
    headers = {"User-Agent": f"narrate-audiobook/{__version__}"}
    if start:
        headers["Range"] = f"bytes={start}-"
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - http and https alone, see above
    try:
        return urllib.request.build_opener(Redirects).open(request, timeout=_TIMEOUT_S)
    except urllib.error.HTTPError as error:
        error.close()  # it is the answer as well
        raise


class Redirects(urllib.request.HTTPRedirectHandler):
    """Follows a server elsewhere, but from a connection that nobody can change only to another such one.

    An index is believed since it comes by HTTPS; and Python would follow to FTP as well.
    """

    def redirect_request(self, *arguments: Any) -> urllib.request.Request | None:
        """Refuse what is less safe; see `urllib.request.HTTPRedirectHandler`."""
        request: urllib.request.Request = arguments[0]
        target: str = arguments[-1]
        schemes = ("https://",) if request.full_url.startswith("https:") else ("https://", "http://")
        if not target.lower().startswith(schemes):
            arguments[1].close()
            raise ValueError(f"the server leads to {target}, which is less safe")
        return super().redirect_request(*arguments)


def write_all(target: IO[bytes], data: bytes) -> None:
    """Write all of `data` to an unbuffered file, which takes a part of it where the disk becomes full.

    Unbuffered, so that what has come is in the file when the program is interrupted.
    """
    rest = memoryview(data)
    while rest:
        rest = rest[target.write(rest) :]


def _goes_on(answer: Any, start: int) -> bool:
    """Tell whether a server has sent what follows the first `start` bytes, and not the whole again."""
    told = answer.headers.get("Content-Range") or ""
    return answer.status == _PARTIAL and told.startswith(f"bytes {start}-")


def _is_final(error: BaseException) -> bool:
    """Tell whether another try can't help: the server has answered so, or nobody answers at all."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code < 500
    return _is_unreachable(error) or isinstance(error, ValueError)


def _is_unreachable(error: BaseException) -> bool:
    """Tell whether no connection was had: no such name, no way there, nobody listening, or no answer."""
    return isinstance(error, urllib.error.URLError) and not isinstance(error, urllib.error.HTTPError)


def _describe(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server says {error.code} {error.reason}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
