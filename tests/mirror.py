"""A place to download voices from: a real HTTP server that can be told to break off, or to know no ranges."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.tiny_voices import PIPER, digest, make_kokoro, make_piper


@dataclass(slots=True)
class Mirror:
    """What a server of voices holds, and how it behaves; `asked` are the requests with their ranges."""

    folder: Path
    address: str = ""
    breaks_after: int | None = None
    """Bytes of a large file after which the connection ends, once for each time that it is asked for."""
    breaks_left: int = 0
    knows_ranges: bool = True
    slowly: threading.Event | None = None
    """Where set, a large file stops halfway until this is set."""
    leads_to: str = ""
    """Where set, the next request is sent there."""
    asked: list[tuple[str, str]] = field(default_factory=list)

    def write_indices(self) -> None:
        """Write what publishers do: Piper's voices.json with MD5, and index.json with SHA-256 for Kokoro."""
        files = {
            str(path.relative_to(self.folder)): {
                "size_bytes": path.stat().st_size,
                "md5_digest": digest(path, "md5"),
            }
            for path in sorted((self.folder / "en").rglob("*"))
            if path.is_file()
        }
        index = {PIPER: {"key": PIPER, "quality": "low", "num_speakers": 6, "files": files, "aliases": []}}
        (self.folder / "voices.json").write_text(json.dumps(index))
        kokoro = {
            path.name: {"size_bytes": path.stat().st_size, "sha256": digest(path, "sha256")}
            for path in (*self.folder.glob("kokoro-*.onnx"), self.folder / "voices-v1.0.bin")
        }
        (self.folder / "index.json").write_text(json.dumps(kokoro))

    @property
    def model(self) -> Path:
        """Piper's model, as it is published."""
        return self.folder / "en" / "en_US" / "tiny" / "low" / f"{PIPER}.onnx"


@contextmanager
def open_mirror(folder: Path) -> Iterator[Mirror]:
    """Serve tiny voices on this machine alone until the context ends."""
    (folder / "kokoro-v1.0.int8.onnx").write_bytes(make_kokoro(folder).read_bytes())
    mirror = Mirror(folder)
    make_piper(mirror.model.parent)
    (mirror.model.parent / "MODEL_CARD").write_text("tones")
    mirror.write_indices()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            self.close_connection = True
            asked = self.headers.get("Range", "")
            mirror.asked.append((self.path, asked))
            if mirror.leads_to:
                self.send_response(302)
                self.send_header("Location", mirror.leads_to)
                self.end_headers()
                mirror.leads_to = ""
                return
            path = folder / self.path.strip("/?")
            if not path.is_file():
                self.send_error(404)
                return
            data = path.read_bytes()
            start = 0
            if (match := re.fullmatch(r"bytes=(\d+)-", asked)) and mirror.knows_ranges:
                start = int(match[1])
                if start >= len(data):
                    self.send_error(416)
                    return
                self.send_response(206)
                self.send_header("Content-Range", f"bytes {start}-{len(data) - 1}/{len(data)}")
            else:
                self.send_response(200)
            self.send_header("Content-Length", str(len(data) - start))
            self.end_headers()
            self.send(path, data[start:])

        def send(self, path: Path, data: bytes) -> None:
            is_large = path.suffix == ".onnx"
            if is_large and mirror.breaks_left:
                mirror.breaks_left -= 1
                self.wfile.write(data[: mirror.breaks_after])
                return
            if is_large and mirror.slowly is not None:
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                mirror.slowly.wait(20)
                return
            self.wfile.write(data)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        mirror.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield mirror
        finally:
            if mirror.slowly is not None:
                mirror.slowly.set()
            server.shutdown()
            thread.join()
