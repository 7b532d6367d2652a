"""Worker processes: started when needed, replaced when one dies, gone when the work is stopped."""

from __future__ import annotations

import concurrent.futures
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing.connection import wait as wait_for
from types import TracebackType
from typing import Any

from audiobook.errors import EngineError

_MOST_RESTARTS = 3
_PR_SET_PDEATHSIG = 1  # linux/prctl.h


def count_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _start_worker(parent: int) -> None:
    """Prepare a worker: Ctrl-C is its parent's business, and it never outlives its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)
    else:
        threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


class Workers:
    """A pool of processes for jobs that may each kill their process; used as a context manager.

    A job whose process died is given to a new pool, up to three times in all; after that
    `EngineError` is raised.  Leaving the context by an exception ends all processes at once.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._running: dict[Future[Any], tuple[Callable[..., Any], tuple[Any, ...], object]] = {}
        self._restarts = 0

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self._kill()
        elif self._pool is not None:
            self._pool.shutdown()

    @property
    def has_room(self) -> bool:
        """Tell whether a job submitted now would start soon: one waits for each process at most."""
        return len(self._running) < 2 * self._jobs

    @property
    def is_idle(self) -> bool:
        """Tell whether all that was submitted has been returned."""
        return not self._running

    def submit(self, label: object, job: Callable[..., Any], *arguments: Any) -> None:
        """Give a job to the pool; `label` comes back with its result."""
        try:
            future = self._open_pool().submit(job, *arguments)
        except BrokenProcessPool:
            self._restart()
            future = self._open_pool().submit(job, *arguments)
        self._running[future] = (job, arguments, label)

    def finished(self, timeout_s: float) -> Iterator[tuple[object, Future[Any]]]:
        """Wait for a job to end, and yield those that have, with their labels.

        Yields nothing where the time passes first.
        """
        done, _ = concurrent.futures.wait(
            self._running, timeout=timeout_s, return_when=concurrent.futures.FIRST_COMPLETED
        )
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            self._restart()
            return
        for future in done:
            _, _, label = self._running.pop(future)
            yield label, future

    def _open_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            # A forked worker starts in milliseconds; elsewhere than on Linux fork is not safe or not there.
            method = "fork" if sys.platform == "linux" else "spawn"
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context(method),
                initializer=_start_worker,
                initargs=(os.getpid(),),
            )
        return self._pool

    def _restart(self) -> None:
        """Put a new pool in the place of one that lost a process, and submit its jobs again."""
        self._restarts += 1
        if self._restarts > _MOST_RESTARTS:
            raise EngineError(
                "a worker process was killed again and again (out of memory?); try fewer: narrate --jobs 1"
            )
        unfinished, self._running = list(self._running.values()), {}
        self._kill()
        for job, arguments, label in unfinished:
            self.submit(label, job, *arguments)

    def _kill(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
