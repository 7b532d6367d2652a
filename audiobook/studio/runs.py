"""One run at a time: started, followed and stopped; what is asked for meanwhile waits in a queue."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from audiobook.studio.answers import StudioError
from audiobook.studio.maker import MakeRequest

_PATIENCE_S = 10.0
"""A run that is interrupted ends its workers and removes what is half-done, which takes a moment."""

_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """How far a run is; `message` says in words what became of the last one.

    `stories` are those that are being made, by their names, with the counts of each; `queue` those that are
    made after them; `waiting` says what must end first.
    """

    running: bool = False
    story: str = ""
    stories: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    queue: tuple[Mapping[str, object], ...] = ()
    waiting: str = ""
    clips: int = 0
    clips_total: int = 0
    files: int = 0
    files_total: int = 0
    left_s: float | None = None
    message: str = ""


class Runs:
    """Makes stories in a process apart (`maker.py`) and tells how that goes, all on the server's loop.

    `ended` is told the stories that a run has made, `left` each as soon as the run is done with it.
    """

    def __init__(
        self,
        tell: Callable[[str, object], None],
        ended: Callable[[Sequence[str]], None],
        left: Callable[[], None] = lambda: None,
    ) -> None:
        self._tell = tell
        self._ended = ended
        self._left = left
        self._request: MakeRequest | None = None
        self._queue: list[MakeRequest] = []
        self._at_work: frozenset[str] = frozenset()
        self._made = 0
        self._errors: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False
        self.state = RunState()

    @property
    def is_running(self) -> bool:
        """Whether a run is on."""
        return self.state.running

    @property
    def stories(self) -> frozenset[str]:
        """The stories of the run that is on: their captions come at its end."""
        return frozenset(self._request.stories if self._request and self.is_running else ())

    @property
    def at_work(self) -> frozenset[str]:
        """The stories whose files come and go now."""
        return self._at_work

    async def ask(self, request: MakeRequest) -> None:
        """Begin to make what is ordered, or put it behind what is being made; nothing is made twice."""
        now = self._request if self.is_running and not self._is_stopped else None
        is_being_made = now is not None and now.covers(request) and self._at_work.issuperset(request.stories)
        if is_being_made or any(each.covers(request) for each in self._queue):
            return
        if self.is_running:
            self._queue.append(request)
            self._show(self.state)
            return
        self._is_stopped, self._made, self._errors = False, 0, []
        await self._start(request)

    def leave(self, name: str) -> None:
        """Take a story out of the queue, if it is there."""
        left = (each.without(name) for each in self._queue)
        self._queue = [each for each in left if each.stories]
        self._show(self.state)

    async def _start(self, request: MakeRequest) -> None:
        self._request, self._at_work = request, frozenset(request.stories)
        nothing = {"clips": 0, "clips_total": 0, "files": 0, "files_total": 0}
        stories = dict.fromkeys(request.stories, nothing)
        self._show(RunState(running=True, stories=stories, message="Reading what there is to make"))
        try:
            self._process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", "audiobook.studio.maker", request.write()),
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                limit=_LONGEST_LINE,
                # Ctrl-C in the terminal is the studio's, which then ends the run itself.
                start_new_session=True,
            )
        except OSError as error:
            self._queue, self._at_work = [], frozenset()
            self._show(RunState(message=f"The work could not be started: {error.strerror}"))
            raise StudioError(500, self.state.message) from error
        self._task = asyncio.create_task(self._follow(self._process))
        if self._is_stopped:  # while the process was being started
            _interrupt(self._process)

    async def stop(self) -> None:
        """Empty the queue, interrupt the run, and wait until it has ended; what is finished stays."""
        self._queue = []
        if not self.is_running:
            return
        self._is_stopped = True
        process, task = self._process, self._task
        if process is None or task is None:
            return
        _interrupt(process)
        _, late = await asyncio.wait({task}, timeout=_PATIENCE_S)
        if late:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await task

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Pass on what the process says, and at the end what became of it; then make what waits."""
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        made: dict[str, int] = {}
        async for line in process.stdout:
            try:
                said = json.loads(line)
            except ValueError:  # not ours: what printed it is none of our business, to go on is
                continue
            self._hear(said)
            made = said.get("made", made)
            self._errors += said.get("errors", [])
        status = await process.wait()
        self._made += sum(made.values())
        self._at_work = frozenset()
        if self._queue:  # since a stop empties it, this was asked for after that
            self._ended(list(made))
            if self._is_stopped:
                self._is_stopped, self._made, self._errors = False, 0, []
            with contextlib.suppress(StudioError):  # the state says it
                await self._start(self._queue.pop(0))
            return
        ended = replace(self.state, running=False, stories={}, waiting="", left_s=None)
        self._show(replace(ended, message=self._sum_up(status)))
        self._ended(list(made))

    def _hear(self, said: Mapping[str, Any]) -> None:
        """Show what a line of the process says of how far it is."""
        if "state" in said:
            self._show(RunState(running=True, **said["state"]))
        elif said.get("waiting"):
            self._show(replace(self.state, waiting=said["waiting"]))
        elif said.get("done"):
            self._at_work -= {said["done"]}
            self._left()
        elif said.get("note"):
            self._tell("note", {"message": said["note"]})

    def _sum_up(self, status: int) -> str:
        if self._is_stopped:
            return "Stopped. What is finished stays, and the next run makes the rest."
        if self._errors:
            return "\n".join(self._errors)
        if status:
            return (
                f"narrate ended with status {status}; the terminal that the studio was started in says more."
            )
        made = self._made
        return (
            f"Done: {made} {'file' if made == 1 else 'files'} made." if made else "Everything is up to date."
        )

    def _show(self, state: RunState) -> None:
        waiting = ({"name": name, "chapters": each.chapters} for each in self._queue for name in each.stories)
        self.state = replace(state, queue=tuple(waiting))
        self._tell("state", asdict(self.state))


def _interrupt(process: asyncio.subprocess.Process) -> None:
    """End a run as Ctrl-C does, where it still goes on."""
    with contextlib.suppress(ProcessLookupError):
        if sys.platform == "win32":
            process.terminate()
        else:
            process.send_signal(signal.SIGINT)
