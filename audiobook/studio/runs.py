"""One run at a time: started, followed and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace

from audiobook.studio.answers import StudioError
from audiobook.studio.maker import MakeRequest

_PATIENCE_S = 10.0
"""A run that is interrupted ends its workers and removes what is half-done, which takes a moment."""

_LONGEST_LINE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class RunState:
    """How far a run is; `message` says in words what became of the last one."""

    running: bool = False
    story: str = ""
    clips: int = 0
    clips_total: int = 0
    files: int = 0
    files_total: int = 0
    left_s: float | None = None
    message: str = ""


class Runs:
    """Makes stories in a process apart (`maker.py`) and tells how that goes, all on the server's loop."""

    def __init__(self, tell: Callable[[str, object], None], ended: Callable[[Sequence[str]], None]) -> None:
        self._tell = tell
        self._ended = ended
        self._process: asyncio.subprocess.Process | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_stopped = False
        self.state = RunState()

    @property
    def is_running(self) -> bool:
        """Whether a run is on."""
        return self.state.running

    async def start(self, request: MakeRequest) -> None:
        """Begin to make what is ordered.  Raises `StudioError` while a run is on."""
        if self.is_running:
            raise StudioError(409, "narrate is at work already; stop it, or wait until it has finished.")
        self._is_stopped = False
        self._show(RunState(running=True, message="Reading what there is to make"))
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
            self._show(RunState(message=f"The work could not be started: {error.strerror}"))
            raise StudioError(500, self.state.message) from error
        self._task = asyncio.create_task(self._follow(self._process))

    async def stop(self) -> None:
        """Interrupt the run, and wait until it has ended; what is finished stays."""
        process, task = self._process, self._task
        if process is None or task is None or not self.is_running:
            return
        self._is_stopped = True
        with contextlib.suppress(ProcessLookupError):
            if sys.platform == "win32":
                process.terminate()
            else:
                process.send_signal(signal.SIGINT)
        _, late = await asyncio.wait({task}, timeout=_PATIENCE_S)
        if late:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await task

    async def _follow(self, process: asyncio.subprocess.Process) -> None:
        """Pass on what the process says, and at the end what became of it."""
        assert process.stdout is not None  # noqa: S101 - PIPE was asked for
        made: dict[str, int] = {}
        errors: list[str] = []
        async for line in process.stdout:
            try:
                said = json.loads(line)
            except ValueError:  # not ours: what printed it is none of our business, to go on is
                continue
            if "state" in said:
                self._show(RunState(running=True, **said["state"]))
            elif said.get("note"):
                self._tell("note", {"message": said["note"]})
            made, errors = said.get("made", made), said.get("errors", errors)
        status = await process.wait()
        self._show(
            replace(
                self.state,
                running=False,
                left_s=None,
                message=self._sum_up(status, sum(made.values()), errors),
            )
        )
        self._ended(list(made))

    def _sum_up(self, status: int, made: int, errors: list[str]) -> str:
        if self._is_stopped:
            return "Stopped. What is finished stays, and the next run makes the rest."
        if errors:
            return "\n".join(errors)
        if status:
            return (
                f"narrate ended with status {status}; the terminal that the studio was started in says more."
            )
        return (
            "Everything is up to date."
            if not made
            else f"Done: {made} {'file' if made == 1 else 'files'} made."
        )

    def _show(self, state: RunState) -> None:
        self.state = state
        self._tell("state", asdict(state))
