"""What the page writes into voices.yaml and takes back.

A change names the revision of the file that it was made on, and one of a line the edition of the text too.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import cast, get_args

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audiobook.editing.seen import LineSeen
from audiobook.model import Gender
from audiobook.studio.answers import StudioError, answer
from audiobook.studio.bodies import JsonFields, read_fields
from audiobook.studio.desk import Desk
from audiobook.studio.pronunciations import check_saying, read_way
from audiobook.studio.watch import Watch

_SEEN = ("edition", "words")
"""What a change of a line says of what the page showed."""


class Changes:
    """Answers that change voices.yaml, by the desk's editor."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self._desk = desk
        self._watch = watch

    def routes(self) -> list[Route]:
        """List the addresses."""
        story = "/api/stories/{name}"
        return [
            Route(f"{story}/corrections", self.correct, methods=["POST"]),
            Route(f"{story}/stated", self.restate, methods=["POST"]),
            Route(f"{story}/voice", self.set_voice, methods=["POST"]),
            Route(f"{story}/character", self.set_character, methods=["POST"]),
            Route(f"{story}/merge", self.merge, methods=["POST"]),
            Route(f"{story}/pronunciations", self.pronounce, methods=["POST"]),
            Route("/api/undo", self.undo, methods=["POST"]),
        ]

    async def correct(self, request: Request) -> Response:
        """Give a line to a speaker."""
        said = await read_fields(request, "quotation", "speaker", "revision", *_SEEN)
        change = partial(
            self._desk.editor.correct_line,
            start=said.whole("quotation"),
            speaker=said.text("speaker"),
            revision=said.text("revision"),
            seen=_read_seen(said),
        )
        return await self._change(request, change)

    async def restate(self, request: Request) -> Response:
        """Give a line whose speaker is stated to another, or state nothing of it any more."""
        said = await read_fields(request, "stated", "speaker", "revision", *_SEEN)
        change = partial(
            self._desk.editor.restate_line,
            start=said.whole("stated"),
            speaker=said.text_or_nothing("speaker"),
            revision=said.text("revision"),
            seen=_read_seen(said),
        )
        return await self._change(request, change)

    async def set_voice(self, request: Request) -> Response:
        """State what is named of a voice, a character's or the narrator's."""
        said = await read_fields(request, "character", "voice", "revision")
        change = partial(
            self._desk.editor.set_voice,
            character=said.text("character"),
            wish=said.voice("voice"),
            revision=said.text("revision"),
        )
        return await self._change(request, change)

    async def set_character(self, request: Request) -> Response:
        """State a character's gender, or other names, or both."""
        said = await read_fields(request, "character", "gender", "aliases", "revision")
        gender = _read_gender(said.text("gender")) if "gender" in said else None
        change = partial(
            self._desk.editor.set_character,
            character=said.text("character"),
            revision=said.text("revision"),
            gender=gender,
            aliases=said.texts("aliases") if "aliases" in said else None,
        )
        return await self._change(request, change)

    async def merge(self, request: Request) -> Response:
        """Make a character's names another's."""
        said = await read_fields(request, "character", "into", "revision")
        change = partial(
            self._desk.editor.merge_characters,
            character=said.text("character"),
            into=said.text("into"),
            revision=said.text("revision"),
        )
        return await self._change(request, change)

    async def pronounce(self, request: Request) -> Response:
        """State how words are said, or nothing of them any more."""
        said = await read_fields(request, "word", "way", "said", "revision")
        word, revision = said.text("word"), said.text("revision")
        way = said.text_or_nothing("way")
        stated = None if way is None else read_way(way, said.text("said"))

        def change(name: str) -> str:
            if stated is not None:
                check_saying(self._desk.open(name), word, stated)
            return self._desk.editor.state_pronunciation(name, word, stated, revision)

        return await self._change(request, change)

    async def undo(self, request: Request) -> Response:
        """Take the last change back."""
        said = await read_fields(request, "revision")
        undone = await anyio.to_thread.run_sync(self._desk.editor.undo, said.text("revision"))
        self._watch.look()
        can_undo = self._desk.editor.can_undo(undone.revision)
        return answer({"revision": undone.revision, "undone": undone.undone, "undoable": can_undo})

    async def _change(self, request: Request, change: Callable[[str], str]) -> Response:
        """Change something of the story that is addressed; only those in `texts/` can be."""

        def run() -> str:
            return change(self._desk.find(request.path_params["name"]).name)

        revision = await anyio.to_thread.run_sync(run)
        self._watch.look()
        return answer({"revision": revision, "undoable": self._desk.editor.can_undo(revision)})


def _read_seen(said: JsonFields) -> LineSeen:
    return LineSeen(edition=said.text("edition"), words=said.text("words"))


def _read_gender(text: str) -> Gender:
    for gender in get_args(Gender):
        if gender == text:
            return cast(Gender, gender)
    raise StudioError(422, f"gender: expected {', '.join(get_args(Gender))}, got {text[:40]!r}.")
