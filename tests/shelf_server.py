"""A server that is asked as Audiobookshelf is, and takes nothing that the real one would not."""

from __future__ import annotations

import contextlib
import email.parser
import email.policy
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

API_KEY = "secret-key-of-the-test"
BOOKS = {
    "id": "lib-1",
    "name": "Books",
    "mediaType": "book",
    "folders": [{"id": "fol-1", "fullPath": "/books"}],
}
PODCASTS = {"id": "lib-2", "name": "Casts", "mediaType": "podcast", "folders": []}


@dataclass
class Shelf:
    """What the server has, and how it answers: `says` overrides the answer's status by path."""

    libraries: list[dict[str, Any]] = field(default_factory=lambda: [BOOKS, PODCASTS])
    says: dict[str, int] = field(default_factory=dict)
    uploads: list[tuple[dict[str, str], dict[str, bytes]]] = field(default_factory=list)
    scans: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    there: set[tuple[str, str]] = field(default_factory=set)
    """Paths of a library's folder, and of what lies in it."""
    address: str = ""


class _Handler(BaseHTTPRequestHandler):
    shelf: Shelf

    def do_GET(self) -> None:
        if self.path != "/api/libraries":
            self._fault(f"GET {self.path}")
        self._answer(json.dumps({"libraries": self.shelf.libraries}).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        answer = b"OK"
        if self.path == "/api/upload":
            self._take(body)
        elif self.path == "/api/filesystem/pathexists":
            asked = json.loads(body)
            exists = (asked["folderPath"], asked["directory"]) in self.shelf.there
            answer = json.dumps({"exists": exists}).encode()
        elif self.path.startswith("/api/libraries/") and self.path.endswith("/scan") and not body:
            self.shelf.scans.append(self.path.split("/")[3])
        else:
            self._fault(f"POST {self.path}")
        self._answer(answer)

    def _take(self, body: bytes) -> None:
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
        form = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + body)
        fields: dict[str, str] = {}
        files: dict[str, bytes] = {}
        for part in form.iter_parts():
            data = part.get_payload(decode=True)
            assert isinstance(data, bytes)
            name = part.get_param("name", header="content-disposition")
            if part.get_filename() is None:
                fields[str(name)] = data.decode()
            else:
                files[str(part.get_filename())] = data
        known = {library["id"]: library for library in self.shelf.libraries}
        folders = known.get(fields.get("library", ""), {"folders": []})["folders"]
        if not any(folder["id"] == fields.get("folder") for folder in folders) or not fields.get("title"):
            self._fault(f"upload of {fields}")
        if fields.keys() - {"library", "folder", "title", "author", "series"} or not files:
            self._fault(f"upload with {fields}, {files.keys()}")
        if "/api/upload" not in self.shelf.says:
            self.shelf.uploads.append((fields, files))
            paths = {each["id"]: each["fullPath"] for each in folders}
            place = "/".join(fields[name] for name in ("author", "series", "title") if name in fields)
            self.shelf.there.add((paths[fields["folder"]], place))

    def _fault(self, what: str) -> None:
        self.shelf.faults.append(what)

    def _answer(self, body: bytes) -> None:
        status = self.shelf.says.get(self.path, 200)
        if self.headers["Authorization"] != f"Bearer {API_KEY}":
            status = 401
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "http://elsewhere.example/")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_arguments: object) -> None:
        """Say nothing."""


@contextlib.contextmanager
def serve_shelf() -> Iterator[Shelf]:
    """Serve an empty shelf of books from a free port of this machine."""
    shelf = Shelf()
    handler = type("Handler", (_Handler,), {"shelf": shelf})
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        shelf.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield shelf
        finally:
            server.shutdown()
            thread.join()
    assert shelf.faults == []
