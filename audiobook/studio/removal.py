"""A story is taken off the shelf: its files go to the system's bin, or to a folder beside."""

from __future__ import annotations

import contextlib
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audiobook.choices import PICTURES
from audiobook.project.bin import put_away
from audiobook.project.layout import Source, story_folder
from audiobook.project.leftovers import remove_empty
from audiobook.project.locks import sole_use
from audiobook.project.places import find_folder, list_made
from audiobook.studio.answers import StudioError, answer
from audiobook.studio.desk import Desk
from audiobook.studio.runs import Runs
from audiobook.studio.watch import Watch

_CHOICES = ("stay", "go")


class Removal:
    """Answers that remove; nothing is deleted."""

    def __init__(self, desk: Desk, runs: Runs, watch: Watch) -> None:
        self._desk = desk
        self._runs = runs
        self._watch = watch

    def routes(self) -> list[Route]:
        """List the addresses."""
        return [Route("/api/stories/{name}", self.remove, methods=["DELETE"])]

    async def remove(self, request: Request) -> Response:
        """Remove a story, and what was made of it where `made` is *go*."""
        made = request.query_params.get("made", "stay")
        if made not in _CHOICES:
            raise StudioError(422, f"made: expected {' or '.join(_CHOICES)}, got {made[:40]!r}.")
        source = self._desk.find(request.path_params["name"])
        self._check_rest(source.name)
        place = await anyio.to_thread.run_sync(self._put_away, source, made == "go")
        self._watch.look()
        return answer({"name": source.name, "folder": None if place is None else str(place)})

    def _check_rest(self, name: str) -> None:
        """Raise `StudioError` for a story that is being made, or waits for that."""
        if name in self._runs.stories:
            raise StudioError(409, f"{name} is being made; stop that, or wait until it is done.")
        if any(each["name"] == name for each in self._runs.state.queue):
            raise StudioError(409, f"{name} waits to be made; take it out of the queue first.")

    def _put_away(self, source: Source, with_made: bool) -> Path | None:
        project = self._desk.project
        folder = find_folder(project, source.name)
        others = [other for other in self._desk.sources() if _shares(source, other)]
        if others and with_made:
            raise StudioError(422, f"{folder} is also {others[0].path.name}'s; remove the story alone.")
        beside = [source.path.with_suffix(suffix) for suffix in PICTURES] if not others else []
        pictures = [path for path in beside if path.is_file()]
        made = list_made(project, source.name) if with_made else []
        with self._sole_use():
            place = put_away(project, [*made, *pictures, source.path], source.name)
            if made:
                remove_empty(folder, project.output)
            return place

    def _sole_use(self) -> contextlib.AbstractContextManager[None]:
        """Keep other runs away meanwhile; raises `StudioError` where one is on that may need the story."""
        project = self._desk.project
        is_ours = self._runs.is_running and not self._runs.state.waiting
        if is_ours or not project.output.exists():
            return contextlib.nullcontext()
        return sole_use(project.output, self._desk.cache_folder, _refuse)


def _shares(source: Source, other: Source) -> bool:
    """Tell whether another story has the same folder under `output/`, and perhaps the same picture."""
    folders = story_folder(source.name).casefold(), story_folder(other.name).casefold()
    return other.path != source.path and folders[0] == folders[1]


def _refuse(_message: str) -> None:
    raise StudioError(409, "Another narrate is at work in this project; wait until it has finished.")
