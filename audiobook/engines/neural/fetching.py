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
from typing import IO, Any

from audiobook import __version__
from audiobook.engines.neural.store import digest_file, storing
from audiobook.errors import EngineError, StorageError

Tell = Callable[[str, int, int], None]
"""Is told a file's name, how many of its bytes are there, and how many it has."""

_TIMEOUT_S = 30.0
_ATTEMPTS = 4
_BLOCK = 1 << 18
_INDEX_LIMIT = 20_000_000
_FROM_FILE = "; without a network, install from a file: narrate voices install ENGINE:VOICE --from FILE"
_NO_RANGE = 416  # Range Not Satisfiable, RFC 9110 15.5.17
_PARTIAL = 206  # Partial Content, RFC 9110 15.3.7


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishedFile:
    """A file on a server, and what its publisher says of it: its size, and its digest by `algorithm`."""

    url: str
    size: int
    algorithm: str
    digest: str

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.url.rpartition("/")[2]


def fetch_index(url: str) -> bytes:
    """Return a small file.  Raises `EngineError` where it can't be had."""
    try:
        with _open(url, 0) as answer:
            return bytes(answer.read(_INDEX_LIMIT))
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise EngineError(f"{url}: can't be fetched: {_describe(error)}{_FROM_FILE}") from error


def check_room(folder: Path, needed: int) -> None:
    """Raise `StorageError` where the disk has no room for `needed` bytes."""
    existing = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(existing).free
    if free < needed:
        raise StorageError(
            f"{folder}: {needed / 1e6:.0f} MB are needed and {free / 1e6:.0f} MB are free; free some space, "
            "or set NARRATE_VOICES to another folder"
        )


def download(file: PublishedFile, part: Path, tell: Tell) -> None:
    """Fetch a file into `part`, going on where an earlier attempt stopped.

    Raises `EngineError` where the server or the connection fails (what has come stays), or where the file is
    not what its publisher says (nothing stays), and `StorageError` where it can't be written.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        try:
            _fetch_rest(file, part, tell)
            break
        except (http.client.HTTPException, OSError, ValueError) as error:
            if attempt == _ATTEMPTS or _is_final(error):
                has_begun = part.exists() and part.stat().st_size > 0
                hint = "; the next try goes on where this one stopped" if has_begun else _FROM_FILE
                raise EngineError(f"{file.url}: can't be fetched: {_describe(error)}{hint}") from error
    size = part.stat().st_size
    if size == file.size and digest_file(part, file.algorithm) == file.digest:
        return
    part.unlink()
    raise EngineError(
        f"{file.url}: is not the file that was published: {size:,} bytes of {file.size:,}"
        + (f", another {file.algorithm.upper()} than {file.digest}" if size == file.size else "")
        + "; nothing of it was kept, try again, or from another mirror"
    )


def _fetch_rest(file: PublishedFile, part: Path, tell: Tell) -> None:
    """Fetch what is missing of a file; `ConnectionError` where less has come than was promised."""
    have = part.stat().st_size if part.exists() else 0
    if have > file.size:
        part.unlink()
        have = 0
    tell(file.name, have, file.size)
    if have == file.size:
        return
    try:
        answer = _open(file.url, have)
    except urllib.error.HTTPError as error:
        if error.code != _NO_RANGE:
            raise
        answer = _open(file.url, 0)
    with answer:
        if not _goes_on(answer, have):
            have = 0
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
    return urllib.request.build_opener(Redirects).open(request, timeout=_TIMEOUT_S)


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
    """Tell whether another try can't help: the server has answered, or there is none of that name."""
    if isinstance(error, urllib.error.HTTPError):
        return error.code < 500
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return isinstance(reason, ConnectionRefusedError | ValueError) or type(reason).__name__ == "gaierror"


def _describe(error: BaseException) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"the server says {error.code} {error.reason}"
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    return str(getattr(reason, "strerror", None) or reason or type(reason).__name__)
