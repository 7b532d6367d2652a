"""The studio put together: the page's files, the interface under `api/`, and the guard before both."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import AsyncIterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from audiobook.errors import NarrateError
from audiobook.project.incoming import sweep
from audiobook.project.layout import Project
from audiobook.studio.answers import answer, refuse_fault, refuse_http_error, refuse_narrate_error
from audiobook.studio.changes import Changes
from audiobook.studio.desk import Desk
from audiobook.studio.details import Details
from audiobook.studio.downloads import Downloads
from audiobook.studio.guard import Guard
from audiobook.studio.hub import Hub
from audiobook.studio.player import Player
from audiobook.studio.prepared import Prepared
from audiobook.studio.pronunciations import Pronunciations
from audiobook.studio.removal import Removal
from audiobook.studio.review import Review
from audiobook.studio.routes import ReadRoutes
from audiobook.studio.runs import Runs
from audiobook.studio.shelf import Shelf
from audiobook.studio.watch import Watch
from audiobook.studio.work import Work

_HERE = Path(__file__).parent
_INDEX = "index.html"
_MEDIA_TYPES: Mapping[str, str] = {
    ".html": "text/html",
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".woff2": "font/woff2",
    ".json": "application/json",
}
"""Of the page's files.  Stated here, since a machine's own table may say otherwise."""


class Studio:
    """All parts of one studio; `app` is what a server runs."""

    def __init__(self, project: Project, cache_folder: Path, *, token: str, port: int) -> None:
        self._hub = Hub()
        self._desk = Desk(project, cache_folder, self._story_settled, self._story_edited)
        self._shelf = Shelf(self._desk)
        self._player = Player(self._desk)
        self._runs = Runs(self._hub.tell, self._run_ended, self._look_again)
        self._prepared = Prepared(self._desk)
        self._watch = Watch(
            self._desk,
            self._shelf,
            self._hub.tell_soon,
            at_work=lambda: self._runs.at_work,
            prepare=self._prepared.story,
        )
        self.interface = self._list_interface()
        self.app: ASGIApp = Guard(self._build(), token=token, port=port)

    def _list_interface(self) -> list[Route]:
        """List the addresses under `api/`, all of which `openapi.json` describes."""
        reading = ReadRoutes(self._desk, self._shelf, self._player, self._watch, self._prepared)
        changes = Changes(self._desk, self._watch)
        work = Work(self._desk, self._runs, self._hub, self._watch)
        review = Review(self._desk, self._player, self._watch, self._story_measured)
        details, downloads = Details(self._desk, self._watch), Downloads(self._desk)
        removal = Removal(self._desk, self._runs, self._watch)
        parts = (reading, Pronunciations(self._desk), review, work, changes, details, downloads, removal)
        return [*(route for part in parts for route in part.routes()), Route("/api/openapi.json", _describe)]

    def _build(self) -> Starlette:
        return Starlette(
            routes=[*self.interface, *_list_page()],
            exception_handlers={
                NarrateError: refuse_narrate_error,
                HTTPException: refuse_http_error,
                Exception: refuse_fault,
            },
            lifespan=self._live,
        )

    @contextlib.asynccontextmanager
    async def _live(self, _app: Starlette) -> AsyncIterator[None]:
        sweep(self._desk.project)
        self._hub.open()
        self._watch.start()
        threading.Thread(target=self._prepared.begin, name="studio beginning", daemon=True).start()
        try:
            yield
        finally:
            self._watch.end()
            self._desk.end()
            await self._runs.stop()

    def part(self) -> None:
        """End the streams of events, without which a server would wait for its pages to close."""
        self._hub.close()

    def _story_settled(self, name: str, revision: str, is_changed: bool) -> None:
        self._hub.tell_soon("script", {"name": name, "revision": revision, "changed": is_changed})

    def _story_edited(self, name: str) -> None:
        self._hub.tell_soon("text", {"name": name})

    def _story_measured(self, name: str) -> None:
        self._hub.tell_soon("review", {"name": name})

    def _look_again(self) -> None:
        self._watch.look()

    def _run_ended(self, made: Sequence[str]) -> None:
        for name in made:
            self._watch.later(partial(self._player.prepare, name))
        self._watch.look()


def _describe(_request: Request) -> Response:
    return answer((_HERE / "openapi.json").read_bytes())


def _list_page() -> list[Route]:
    """List the page's files, each an address of its own: no address is ever made a path."""
    page = _HERE / "page"
    files = {path.relative_to(page).as_posix(): path for path in sorted(page.rglob("*")) if path.is_file()}
    if _INDEX in files:
        files[""] = files[_INDEX]
    return [Route(f"/{address}", partial(_send, path)) for address, path in files.items()]


def _send(path: Path, _request: Request) -> Response:
    return FileResponse(path, media_type=_MEDIA_TYPES.get(path.suffix), stat_result=path.stat())
