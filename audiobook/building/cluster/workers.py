"""The workers of a Dask cluster, in the place of this machine's processes (`building/workers.py`).

`Client.get_executor` would fetch every result as soon as it is there; here each stays on its worker
until the one before it is on the disk, so that this machine holds one file at a time.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from audiobook.building.cluster.remote import (
    RemoteTrack,
    UnlikeError,
    make_track_remotely,
    pack_track,
    receive_track,
)
from audiobook.building.cluster.toolchain import compare_tools, engines_of, name_tools
from audiobook.building.jobs import TrackResult
from audiobook.errors import ClusterError, EngineError
from audiobook.planning.plans import TrackPlan

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as DaskFuture

_CONNECT_S = 15.0
_PATIENCE_S = 30.0
"""How long a cluster may be without a worker: enough for one that was killed to be started anew."""

_LOOK_S = 1.0
_ANSWER_S = 60.0
_FETCH_S = 600.0
"""Two hours of sound are 170 MB: half a minute at 6 MB a second."""

_POLL_S = 0.05
_ENDED = {"finished", "error", "cancelled"}
_KILLED = (
    "the workers of the cluster that worked on it were killed each time (out of memory, or a fault in the "
    "engine); give them more memory (dask worker --memory-limit), or make this story without --scheduler"
)


@dataclass(frozen=True, slots=True, eq=False)
class _Task:
    """A job with its arguments and the caller's label; `is_suspect` when workers were killed at it."""

    label: object
    job: Callable[..., Any]
    arguments: tuple[Any, ...]
    is_suspect: bool = False


class _KilledError(Exception):
    """The workers of a job were killed, as often as Dask allows."""


def open_cluster(address: str, engines: Iterable[str], ffmpeg: str) -> ClusterWorkers:
    """Return a cluster's workers, which must have these engines as they are here, and the same encoder."""
    return ClusterWorkers(address, name_tools(engines, ffmpeg), ffmpeg=ffmpeg)


class ClusterWorkers:
    """The workers of a cluster, for jobs that are functions of their arguments alone.

    A job whose worker dies is begun anew on another, until Dask gives up on it (`allowed-failures`: 3).
    Since that may have been the fault of a job next to it, it gets a second chance then, with no other
    suspect at the same time.

    `tools` is what decides the bytes here, as every worker must have it (see `name_tools`); `ffmpeg` is
    the setting by which a worker finds its own.  `patience_s` is how long there may be no worker.
    """

    def __init__(
        self, address: str, tools: Mapping[str, str], *, ffmpeg: str, patience_s: float = _PATIENCE_S
    ) -> None:
        self.tools = dict(tools)
        self._address = address
        self._ffmpeg = ffmpeg
        self._patience_s = patience_s
        self._threads = 0
        self._looked_s = self._manned_s = 0.0
        self._running: dict[DaskFuture[Any], _Task] = {}
        self._suspects: deque[_Task] = deque()

    def __enter__(self) -> Self:
        """Connect, and look at the workers there are.

        Raises `ClusterError` where there is no such scheduler, no worker in time, or one that would
        make other bytes than this machine.
        """
        self._client = _connect(self._address)
        try:
            self._manned_s = time.monotonic()
            while not self._count_threads():
                time.sleep(_POLL_S)
            self._check_tools()
        except BaseException:
            self._close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave; jobs that have not begun are taken back, and what others make is thrown away."""
        if self._running and self._client.status == "running":
            with contextlib.suppress(Exception):  # the scheduler is going: nothing is left to take back
                self._client.cancel(list(self._running), force=True)
        self._close()

    def _close(self) -> None:
        self._running.clear()
        with contextlib.suppress(Exception):  # there may be nobody left to say good-bye to
            self._client.close(timeout=5)

    @property
    def has_room(self) -> bool:
        """Tell whether a job submitted now would start soon: one waits for each thread at most."""
        return len(self._running) < 2 * self._threads

    @property
    def is_idle(self) -> bool:
        """Tell whether all that was submitted has been returned."""
        return not self._running and not self._suspects

    def submit(self, label: object, job: Callable[..., Any], *arguments: Any) -> None:
        """Give a job to the cluster; `label` comes back with its result."""
        self._start(_Task(label, job, arguments))

    def submit_track(self, label: object, plan: TrackPlan) -> None:
        """Let the cluster make a track, all of it: clips, mastering, encoding."""
        self.submit(label, make_track_remotely, pack_track(plan), self.tools, self._ffmpeg)

    def receive_track(self, plan: TrackPlan, made: RemoteTrack, partial: Path) -> TrackResult:
        """Publish a track that the cluster made.  Raises as `remote.receive_track`."""
        return receive_track(plan, made, partial)

    def finished(self, timeout_s: float) -> Iterator[tuple[object, Future[Any]]]:
        """Wait for a job to end, and yield one that has, with its label.

        One, so that its worker is given another before the next file is fetched.  Yields nothing where
        the time passes first.  Raises `ClusterError` where the scheduler is lost,
        there is no worker for too long, or one joined that would make other bytes.
        """
        if self._suspects and not any(task.is_suspect for task in self._running.values()):
            self._start(self._suspects.popleft())
        until = time.monotonic() + timeout_s
        while True:
            if time.monotonic() > self._looked_s + _LOOK_S:
                self._count_threads()
            ended = next((future for future in self._running if future.status in _ENDED), None)
            if ended is not None or time.monotonic() > until:
                break
            time.sleep(_POLL_S)
        outcome = None if ended is None else self._settle(ended)
        if outcome is not None:
            yield outcome

    def _start(self, task: _Task) -> None:
        with self._guard():
            future = self._client.submit(task.job, *task.arguments, pure=False)
        self._running[future] = task

    def _settle(self, future: DaskFuture[Any]) -> tuple[object, Future[Any]] | None:
        """Fetch what a job that has ended came to; None where it goes on after all."""
        settled: Future[Any] = Future()
        try:
            with self._guard():
                if future.status == "error":
                    settled.set_exception(self._judge(future.exception(timeout=_ANSWER_S)))
                else:
                    settled.set_result(future.result(timeout=_FETCH_S))
        except _KilledError:
            if not self._running[future].is_suspect:
                self._suspects.append(replace(self._running.pop(future), is_suspect=True))
                return None
            settled.set_exception(EngineError(_KILLED))
        except ClusterError:
            if future.status in {"pending", "lost"}:  # its worker died with the result, which is made anew
                return None
            raise
        task = self._running.pop(future)
        future.release()  # or else its worker would keep the file
        return task.label, settled

    def _judge(self, error: BaseException) -> BaseException:
        """Return the error that a job ended with; raise it where it is not the job's own."""
        from distributed import KilledWorker

        if isinstance(error, KilledWorker):
            raise _KilledError
        if isinstance(error, UnlikeError):
            raise ClusterError(f"{self._address}: {error}; stop it, or install the same versions there")
        return error

    def _count_threads(self) -> int:
        """Ask the scheduler for its workers; raise `ClusterError` where it has had none for too long."""
        with self._guard():
            self._threads = sum(self._client.nthreads(callback_timeout=_ANSWER_S).values())
        self._looked_s = time.monotonic()
        if self._threads:
            self._manned_s = self._looked_s
        elif self._looked_s > self._manned_s + self._patience_s:
            raise ClusterError(
                f"{self._address}: the scheduler has had no worker for {self._patience_s:g} s; start some: "
                f"dask worker {self._address} --nthreads 1 --nworkers=-1"
            )
        return self._threads

    def _check_tools(self) -> None:
        """Raise `ClusterError` naming each worker that would make other bytes than this machine.

        The scheduler need only know narrate, since it looks at the jobs that it passes on.
        """
        with self._guard():
            try:
                self._client.run_on_scheduler(engines_of, {})
            except Exception as error:
                raise ClusterError(
                    f"{self._address}: the scheduler can't take narrate's jobs ({error!r}); install the same "
                    "narrate on its machine, with the extra [cluster]"
                ) from error
            answers = self._client.run(name_tools, engines_of(self.tools), self._ffmpeg, on_error="return")
        faults = []
        for worker, answer in sorted(answers.items()):
            if isinstance(answer, BaseException):
                faults.append(f"{worker}: {answer!r}")
            elif difference := compare_tools(self.tools, answer):
                faults.append(f"{worker}: {difference}")
        if faults:
            listed = "\n".join(faults[:10])
            raise ClusterError(
                f"{self._address}: {len(faults)} of {len(answers)} workers would not make the same files as "
                f"this machine; install the same narrate there:\n{listed}"
            )

    @contextlib.contextmanager
    def _guard(self) -> Iterator[None]:
        """Turn what Dask raises when the scheduler is gone into one error."""
        try:
            yield
        except (OSError, concurrent.futures.CancelledError, asyncio.CancelledError, RuntimeError) as error:
            raise ClusterError(
                f"{self._address}: the scheduler was lost ({type(error).__name__}); what is finished stays: "
                "run narrate again when it is back"
            ) from error


def _connect(address: str) -> Client:
    try:
        from distributed import Client
    except ImportError as error:
        raise ClusterError(
            f"--scheduler needs Dask, which is missing ({error}): pip install 'narrate-audiobook[cluster]'"
        ) from error
    # What it would log comes as an error too, and in words for a person.
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        # First, since a `Client` that fails waits for half a minute when it goes.
        asyncio.run(asyncio.wait_for(_meet(address), _CONNECT_S + 1))
        return Client(address, timeout=_CONNECT_S, set_as_default=False)
    except (OSError, ValueError, TypeError, RuntimeError) as error:
        reason = str(error) or f"no answer within {_CONNECT_S:g} s"
        raise ClusterError(
            f"{address}: no Dask scheduler answers there ({reason}); start one (dask scheduler), or look at "
            "the address: tcp://host:8786, or tls://host:8786 with Dask's TLS settings"
        ) from error


async def _meet(address: str) -> None:
    """Ask who is at an address; raise `ValueError` where it is no scheduler."""
    from distributed import rpc
    from distributed.security import Security

    security = Security().get_connection_args("client")
    async with rpc(address, timeout=_CONNECT_S, connection_args=security) as there:
        identity = await there.identity()
    if identity["type"] != "Scheduler":
        raise ValueError(f"it is a {identity['type'].lower()}")
