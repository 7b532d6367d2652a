"""An Audiobookshelf server, by its HTTP interface (https://api.audiobookshelf.org, and its own code).

The key goes into one header and nowhere else; an answer that leads elsewhere is not followed, since the key
would go there too.
"""

from __future__ import annotations

import http.client
import json
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from audiobook import __version__
from audiobook.errors import ServerError, UsageError

KEY = "AUDIOBOOKSHELF_API_KEY"
"""The environment variable that holds the key."""

_TIMEOUT_S = 120
"""Without a byte.  A server puts a large upload in its place before it answers."""
_LONGEST_ANSWER = 10_000_000
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """A library of books: `folders` are its folders' paths on the server, by their ids."""

    id: str
    name: str
    folders: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A book to send: what the server makes folders of, and the files by the names that they get there."""

    title: str
    author: str | None
    series: str | None
    files: Mapping[str, Path | bytes]

    @property
    def place(self) -> str:
        """Where it will lie in the library's folder, if the names are such that the server changes none."""
        return "/".join(filter(None, [self.author, self.series, self.title]))


class ShelfServer:
    """Talks to one server, a connection for each request.

    Raises `UsageError` for an address or a key that can't be one, and `ServerError` where the server does not
    do what is asked; neither says the key.
    """

    def __init__(self, url: str, key: str | None) -> None:
        try:
            parts = urlsplit(url)
            self._host, self._port = parts.hostname or "", parts.port
        except ValueError:
            parts, self._host, self._port = urlsplit(""), "", None
        if parts.scheme not in {"http", "https"} or not self._host or "@" in parts.netloc or parts.query:
            raise UsageError(
                f"{url[:100]!r}: expected a server's address like http://bookshelf:13378, without a name or "
                "password"
            )
        if not key:
            raise UsageError(
                f"{KEY} is not set: make a key on the server's page (Settings, API Keys) for a user who may "
                f"upload, and set the environment variable {KEY} to it"
            )
        if not key.isascii() or not key.isprintable() or " " in key:
            raise UsageError(f"{KEY}: holds characters that are in no key; set it anew")
        self._is_https = parts.scheme == "https"
        self._path = parts.path.rstrip("/")
        self._key = key
        self.address = f"{parts.scheme}://{parts.netloc}{self._path}"

    @property
    def is_open_to_others(self) -> bool:
        """Whether the key goes over a network as it is."""
        return not self._is_https and self._host not in {"localhost", "127.0.0.1", "::1"}

    def list_libraries(self) -> list[Library]:
        """List the libraries of books that the key's user may see."""
        answer = self._ask("GET", "/api/libraries")
        try:
            return [
                Library(
                    id=str(each["id"]),
                    name=str(each["name"]),
                    folders={str(folder["id"]): str(folder["fullPath"]) for folder in each["folders"]},
                )
                for each in json.loads(answer)["libraries"]
                if each["mediaType"] == "book"
            ]
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_a_shelf() from error

    def has_folder(self, library: Library, folder: str, place: str) -> bool:
        """Tell whether something lies at a place in a library's folder, or a book of its does above that."""
        path = library.folders[folder]
        # Older servers take the last.
        asked = {"directory": place, "folderPath": path, "filepath": f"{path}/{place}"}
        body = json.dumps(asked).encode()
        headers = {"Content-Type": "application/json", "Content-Length": str(len(body))}
        answer = self._ask("POST", "/api/filesystem/pathexists", headers=headers, body=iter([body]))
        try:
            return bool(json.loads(answer)["exists"])
        except (ValueError, KeyError, TypeError) as error:
            raise self._not_a_shelf() from error

    def upload(self, library: Library, folder: str, book: Upload) -> None:
        """Send a book's files into a folder of a library; those of the same names there are replaced."""
        fields = {"library": library.id, "folder": folder, "title": book.title}
        fields |= {"author": book.author} if book.author else {}
        fields |= {"series": book.series} if book.series else {}
        boundary = secrets.token_hex(16)
        parts = list(_list_parts(boundary, fields, book.files))
        headers = {
            "Content-Type": f"multipart/form-data; boundary={boundary}",
            "Content-Length": str(sum(map(_measure, parts))),
        }
        self._ask("POST", "/api/upload", headers=headers, body=_read_parts(parts))

    def scan(self, library: Library) -> None:
        """Have the server look at a library's folders; it answers before it has done so."""
        self._ask("POST", f"/api/libraries/{quote(library.id, safe='')}/scan")

    def _ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Iterator[bytes] | None = None,
    ) -> bytes:
        kind = http.client.HTTPSConnection if self._is_https else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_TIMEOUT_S)
        sent = {"Authorization": f"Bearer {self._key}", "User-Agent": f"narrate-audiobook/{__version__}"}
        try:
            connection.request(method, self._path + path, body=body, headers={**sent, **(headers or {})})
            answer = connection.getresponse()
            data = answer.read(_LONGEST_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            why = str(getattr(error, "strerror", None) or error or type(error).__name__)
            raise ServerError(
                f"{self.address}: can't be reached: {why}; what is sent already stays"
            ) from error
        finally:
            connection.close()
        if answer.status != 200:
            raise ServerError(f"{self.address}: {self._explain(answer, path)}", status=answer.status)
        return data

    def _not_a_shelf(self) -> ServerError:
        return ServerError(f"{self.address}: does not answer as Audiobookshelf does; is that its address?")

    def _explain(self, answer: http.client.HTTPResponse, path: str) -> str:
        if answer.status == 401:
            return f"does not take the key in {KEY}; is it this server's, and not expired?"
        if answer.status == 403:
            return "the key's user may not do that; allow uploads to that user on the server's page"
        if 300 <= answer.status < 400:
            place = (answer.getheader("Location") or "")[:200]
            return f"leads elsewhere ({place}); give that address, if it is right"
        return f"says {answer.status} {answer.reason} to {path}"


def _list_parts(
    boundary: str, fields: Mapping[str, str], files: Mapping[str, Path | bytes]
) -> Iterator[Path | bytes]:
    """Yield what a form of fields and files is made of (RFC 7578)."""
    for name, text in fields.items():
        yield f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{text}\r\n'.encode(
            "utf-8", "replace"
        )
    for number, (name, data) in enumerate(files.items()):
        escaped = name.replace("\r", " ").replace("\n", " ").replace('"', "%22")
        yield (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{number}"; filename="{escaped}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n"
        ).encode("utf-8", "replace")
        yield data
        yield b"\r\n"
    yield f"--{boundary}--\r\n".encode()


def _measure(part: Path | bytes) -> int:
    return len(part) if isinstance(part, bytes) else part.stat().st_size


def _read_parts(parts: Sequence[Path | bytes]) -> Iterator[bytes]:
    for part in parts:
        if isinstance(part, bytes):
            yield part
            continue
        with part.open("rb") as file:
            while data := file.read(_CHUNK):
                yield data
