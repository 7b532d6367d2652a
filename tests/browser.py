"""A real browser for the tests: a page is shown by headless Chromium, and what it posts comes back."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find_browser() -> str:
    """Return the program, or skip the test, saying what is missing."""
    for name in _NAMES:
        program = shutil.which(name)
        if program:
            return program
    pytest.skip("no Chromium here (Debian: apt-get install chromium)")


class _Handler(SimpleHTTPRequestHandler):
    """Serves a folder, and keeps what is posted."""

    def __init__(self, *arguments: Any, posts: queue.Queue[object], **named: Any) -> None:
        self._posts = posts
        super().__init__(*arguments, **named)

    def do_POST(self) -> None:
        self._posts.put(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_arguments: object) -> None:
        """Say nothing: the test's output is for the test."""


def show(folder: Path, page: str, profile: Path, *, seconds: float = 60) -> Any:
    """Open a page of a folder and return what its script posts (JSON)."""
    program = find_browser()
    posts: queue.Queue[object] = queue.Queue()
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, posts=posts, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--mute-audio", "--no-first-run"]
    flags += ["--disable-dev-shm-usage", "--autoplay-policy=no-user-gesture-required"]
    address = f"http://127.0.0.1:{server.server_port}/{page}"
    try:
        with subprocess.Popen(
            [program, *flags, f"--user-data-dir={profile}", address],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as process:
            try:
                return posts.get(timeout=seconds)
            finally:
                process.terminate()
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
