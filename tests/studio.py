"""A studio to test: a real server on a free port, and a client that says exactly what it is told to."""

from __future__ import annotations

import contextlib
import http.client
import json
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import numpy  # noqa: F401 - pytest.approx looks whether it is loaded, and must not find it half loaded
import pytest

from audiobook.folders import cache_folder
from audiobook.project.layout import open_project
from audiobook.studio.serve import open_socket, prepare


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True, slots=True)
class StudioClient:
    """Talks to a studio; paths are relative to the page's own."""

    address: str

    @property
    def port(self) -> int:
        """The server's."""
        return urlsplit(self.address).port or 0

    @property
    def root(self) -> str:
        """The page's path, with the token."""
        return urlsplit(self.address).path

    def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        body: bytes | None = None,
        value: object = None,
        headers: Mapping[str, str] | None = None,
        absolute: bool = False,
    ) -> Answer:
        """Send a request: `value` as JSON, or a `body` as it is."""
        sent = dict(headers or {})
        if value is not None:
            body, sent = json.dumps(value).encode(), {"Content-Type": "application/json", **sent}
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, path if absolute else self.root + path, body=body, headers=sent)
            response = connection.getresponse()
            return Answer(
                status=response.status,
                headers={name.lower(): text for name, text in response.getheaders()},
                body=response.read(),
            )
        finally:
            connection.close()

    def story(self, name: str, rest: str = "") -> str:
        """Return the path of something of a story's."""
        return f"api/stories/{quote(name, safe='')}{rest}"

    @contextlib.contextmanager
    def events(self) -> Iterator[Iterator[tuple[str, Any]]]:
        """Listen to the server's events: their names, and their data."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", self.root + "api/events", headers={"Accept": "text/event-stream"})
        response = connection.getresponse()
        try:
            assert response.status == 200
            assert response.getheader("content-type", "").startswith("text/event-stream")
            yield _read_events(response)
        finally:
            response.close()
            connection.close()

    def wait_for_shelf(self) -> dict[str, dict[str, Any]]:
        """Return the shelf's stories by name, once all have been read."""
        until = time.monotonic() + 90
        while time.monotonic() < until:
            stories = {story["name"]: story for story in self.ask("api/shelf").json["stories"]}
            if all(story["state"] != "reading" for story in stories.values()):
                return stories
            time.sleep(0.05)
        raise AssertionError("the shelf was never read")


def _read_events(response: http.client.HTTPResponse) -> Iterator[tuple[str, Any]]:
    name = ""
    while line := response.readline().decode().rstrip("\n"):
        key, _, text = line.partition(": ")
        if key == "event":
            name = text
        elif key == "data":
            yield name, json.loads(text)
            assert response.readline() == b"\n"


@contextlib.contextmanager
def open_studio(folder: Path, cache: Path | None = None) -> Iterator[StudioClient]:
    """Serve a project's studio from a thread of this process, with the test's own cache or another."""
    with open_socket(0) as listener:
        server, address = prepare(open_project(folder), cache or cache_folder(), listener)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield StudioClient(address)
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


@contextlib.contextmanager
def open_shared_studio(
    factory: pytest.TempPathFactory, settings: str, **stories: str
) -> Iterator[tuple[StudioClient, Path]]:
    """Serve a project of its own, with a cache of its own, to a module's tests that change nothing."""
    project = factory.mktemp("shared")
    (project / "texts").mkdir()
    (project / "voices.yaml").write_text(settings, encoding="utf-8")
    for name, text in stories.items():
        (project / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    with open_studio(project, factory.mktemp("cache")) as client:
        yield client, project
