"""The story itself: what it is called, its cover, its language, and what it is written as."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from pathlib import Path

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from audiobook.casting import BookDetails
from audiobook.casting.schema import DETAIL_KEYS
from audiobook.choices import FORMATS, PICTURES
from audiobook.errors import NarrateError, SourceError, StorageError
from audiobook.languages import NAMED_LANGUAGES
from audiobook.model import Book, Image
from audiobook.planning.covers import wish_cover
from audiobook.project.bin import put_away
from audiobook.project.incoming import waiting_room
from audiobook.publishing import CoverWish, find_picture_fault, make_cover
from audiobook.studio.answers import StudioError, answer
from audiobook.studio.bodies import read_fields
from audiobook.studio.desk import Desk
from audiobook.studio.uploads import MOST_BYTES, receive
from audiobook.studio.watch import Watch
from audiobook.yamledit.words import Value

_KEPT = {b"\xff\xd8\xff": ".jpg", b"\x89PNG\r\n\x1a\n": ".png"}
"""How pictures begin that are kept as they are (JPEG, PNG); any other becomes a JPEG."""


class Details:
    """Answers about the story itself, which is changed in voices.yaml, and for its cover in `texts/`."""

    def __init__(self, desk: Desk, watch: Watch) -> None:
        self._desk = desk
        self._watch = watch

    def routes(self) -> list[Route]:
        """List the addresses."""
        story = "/api/stories/{name}"
        return [
            Route(f"{story}/details", self.show),
            Route(f"{story}/details", self.change, methods=["POST"]),
            Route(f"{story}/cover", self.bring_cover, methods=["PUT"]),
            Route(f"{story}/cover", self.remove_cover, methods=["DELETE"]),
        ]

    def show(self, request: Request) -> Response:
        """Answer with what a story is called and the like; one that can't be read says why."""
        source = self._desk.find(request.path_params["name"])
        now = self._desk.read_now()
        settings = now.settings.for_story(source.name)
        book, error = None, source.fault
        try:
            book = self._desk.open(source.name).script.book
        except NarrateError as fault:
            error = str(fault)
        return answer(
            {
                "name": source.name,
                "file": source.path.name,
                "error": error,
                "details": _show_details(source.name, book, settings.details),
                "formats": list(settings.formats),
                "has_own_formats": settings.has_own_formats,
                "languages": list(NAMED_LANGUAGES),
                "known_formats": list(FORMATS),
                "cover": _show_cover(source.path, book),
                "revision": now.revision,
                "undoable": self._desk.editor.can_undo(now.revision),
            }
        )

    async def change(self, request: Request) -> Response:
        """State some of it in voices.yaml, or state it no more."""
        said = await read_fields(request, *DETAIL_KEYS, "formats", "revision")
        details: dict[str, Value | None] = {
            key: said.text_or_nothing(key) for key in DETAIL_KEYS if key in said
        }
        if "formats" in said:
            details["formats"] = said.texts_or_nothing("formats")
        change = partial(self._change, request.path_params["name"], details, said.text("revision"))
        revision = await anyio.to_thread.run_sync(change)
        self._watch.look()
        return answer({"revision": revision, "undoable": self._desk.editor.can_undo(revision)})

    def _change(self, name: str, details: dict[str, Value | None], revision: str) -> str:
        source = self._desk.find(name)
        formats = details.get("formats")
        has_podcast = isinstance(formats, list) and "podcast" in formats
        if has_podcast and self._desk.read_now().settings.output.base_url is None:
            raise StudioError(422, "A podcast needs its address: output.base_url in voices.yaml.")
        return self._desk.editor.set_details(source.name, details, revision)

    async def bring_cover(self, request: Request) -> Response:
        """Put a picture beside a story, in the place of the one that is there, which goes to the bin."""
        source = self._desk.find(request.path_params["name"])
        if int(request.headers.get("content-length", "0")) > MOST_BYTES:
            raise StudioError(413, f"The file has more than {MOST_BYTES // 1_000_000} MB.")
        with waiting_room(self._desk.project) as room:
            await receive(request.stream(), room / "picture")
            await anyio.to_thread.run_sync(self._put_cover, source.path, room / "picture")
        self._watch.look()
        return answer({"name": source.name}, 201)

    def _put_cover(self, source: Path, fresh: Path) -> None:
        data = fresh.read_bytes()
        picture = Image(data=data, media_type="")
        if fault := find_picture_fault(picture):
            raise StudioError(422, f"The picture {fault}.")
        suffix = next((suffix for start, suffix in _KEPT.items() if data.startswith(start)), None)
        if suffix is None:
            try:
                fresh.write_bytes(make_cover(CoverWish(picture=picture, title="", author=None)).data)
            except SourceError as error:
                raise StudioError(422, f"The picture {error}.") from error
        self._put_away_cover(source)
        try:
            fresh.replace(source.with_suffix(suffix or ".jpg"))
        except OSError as error:
            raise StorageError(f"{source.parent}: can't be written: {error.strerror}") from error

    async def remove_cover(self, request: Request) -> Response:
        """Take the picture beside a story away, to the bin."""
        source = self._desk.find(request.path_params["name"])
        place = await anyio.to_thread.run_sync(self._put_away_cover, source.path)
        self._watch.look()
        return answer({"name": source.name, "folder": None if place is None else str(place)})

    def _put_away_cover(self, source: Path) -> Path | None:
        pictures = _find_pictures(source)
        return put_away(self._desk.project, pictures, f"{source.stem} (cover)") if pictures else None


def _find_pictures(source: Path) -> list[Path]:
    return [path for suffix in PICTURES if (path := source.with_suffix(suffix)).is_file()]


def _show_details(name: str, book: Book | None, stated: BookDetails) -> dict[str, object]:
    """Return each of the details as it holds now, and whether voices.yaml states it."""
    shown: dict[str, object] = {}
    for key, value in asdict(stated).items():
        holds = value if book is None else getattr(book, key)
        shown[key] = {"value": holds or (name if key == "title" else ""), "stated": value is not None}
    return shown


def _show_cover(source: Path, book: Book | None) -> dict[str, object]:
    """Return which picture is the cover: one *beside* the story, the *book*'s own, or one that is *drawn*."""
    pictures = _find_pictures(source)
    if book is None:
        return {"origin": "beside" if pictures else "drawn", "file": _name(pictures), "faults": []}
    wish, faults = wish_cover(source, book)
    is_own = wish.picture is not None and book.cover is not None and wish.picture.data == book.cover.data
    origin = "drawn" if wish.picture is None else "book" if is_own else "beside"
    return {"origin": origin, "file": _name(pictures), "faults": faults}


def _name(paths: list[Path]) -> str | None:
    return paths[0].name if paths else None
