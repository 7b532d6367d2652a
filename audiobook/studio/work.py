"""What the page sets going: runs, uploads, and the stream of events that tells of them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from audiobook.building.upkeep import EXAMPLE, read_example
from audiobook.studio.answers import StudioError, answer
from audiobook.studio.bodies import read_fields
from audiobook.studio.desk import Desk
from audiobook.studio.hub import Hub, write_event
from audiobook.studio.maker import MakeRequest
from audiobook.studio.runs import Runs
from audiobook.studio.uploads import MOST_BYTES, bring
from audiobook.studio.watch import Watch


class Work:
    """Answers that make something, and the events."""

    def __init__(self, desk: Desk, runs: Runs, hub: Hub, watch: Watch) -> None:
        self._desk = desk
        self._runs = runs
        self._hub = hub
        self._watch = watch

    def routes(self) -> list[Route]:
        """List the addresses."""
        return [
            Route("/api/make", self.make, methods=["POST", "DELETE"]),
            Route("/api/make/{name}", self.leave, methods=["DELETE"]),
            Route("/api/events", self.events),
            Route("/api/example", self.add_example, methods=["POST"]),
            Route("/api/texts/{name}", self.upload, methods=["PUT"]),
        ]

    async def make(self, request: Request) -> Response:
        """Make the stories that are named, or all, now or after what is being made; or stop all that."""
        if request.method == "DELETE":
            await self._runs.stop()
            return answer(asdict(self._runs.state))
        said = await read_fields(request, "stories", "chapters", "anew")
        names = said.texts("stories")
        chapters = said.wholes("chapters") if "chapters" in said else []
        if chapters and len(set(names)) != 1:
            raise StudioError(422, "chapters: expected them of one story.")
        known = {source.name for source in self._desk.sources()}
        for name in names:
            if name not in known:
                raise StudioError(422, f"There is no story {name[:80]!r} in {self._desk.project.texts}.")
        if not known:
            raise StudioError(422, f"There are no stories in {self._desk.project.texts}.")
        order = MakeRequest(
            project=self._desk.project,
            cache_folder=self._desk.cache_folder,
            stories=tuple(dict.fromkeys(names or sorted(known))),
            chapters=tuple(sorted(set(chapters))),
            are_all=not names,
            is_anew="anew" in said and said.truth("anew"),
        )
        await self._runs.ask(order)
        return answer(asdict(self._runs.state), 202)

    async def leave(self, request: Request) -> Response:
        """Take a story out of the queue."""
        self._runs.leave(request.path_params["name"])
        return answer(asdict(self._runs.state))

    async def events(self, request: Request) -> Response:
        """Answer with the stream of events, which begins with the state as it is."""
        if request.method == "HEAD":
            return Response(media_type="text/event-stream")
        trouble = {"message": self._watch.trouble}
        first = write_event("state", asdict(self._runs.state)) + write_event("trouble", trouble)
        return StreamingResponse(self._hub.listen(first), media_type="text/event-stream")

    async def add_example(self, _request: Request) -> Response:
        """Put the story that comes with narrate on the shelf."""

        async def read() -> AsyncIterator[bytes]:
            yield read_example()

        name = await bring(self._desk.project, EXAMPLE, read(), self._desk.reader.prove)
        self._watch.look()
        return answer({"name": name}, 201)

    async def upload(self, request: Request) -> Response:
        """Take a new story."""
        if int(request.headers.get("content-length", "0")) > MOST_BYTES:
            raise StudioError(413, f"The file has more than {MOST_BYTES // 1_000_000} MB.")
        name = await bring(
            self._desk.project, request.path_params["name"], request.stream(), self._desk.reader.prove
        )
        self._watch.look()
        return answer({"name": name}, 201)
