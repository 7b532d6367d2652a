"""Worker processes: started when needed, replaced when one dies, gone when the work is stopped."""

from __future__ import annotations

import concurrent.futures
import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import wait as wait_for
from pathlib import Path
from types import TracebackType
from typing import Any

from audiobook.engines.base import Effort
from audiobook.errors import EngineError
from audiobook.forking import may_fork
from audiobook.model import SpeechServer
from audiobook.project.shared_engines import introduce, known_servers

_SHARE_OF_MEMORY = 0.8
"""Of what can be had without swapping: the rest is for the system's cache and for what a person opens."""

_GROUP_FILES = ("memory.max", "memory.current", "inactive_file")
_OLD_GROUP_FILES = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
"""The files of a control group's limit and of what it has taken, and what of that the system gives back when
it is needed, in `memory.stat`: those of version 2 and 1 (Documentation/admin-guide/cgroup-v2.rst and
cgroup-v1/memory.rst of Linux)."""

_PR_SET_PDEATHSIG = 1  # linux/prctl.h
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD = -1, -3  # malloc.h of glibc


def count_cores() -> int:
    """Count the processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def choose_jobs(efforts: Iterable[Effort] = ()) -> int:
    """Return how many processes keep all cores busy with engines of such efforts, without swapping.

    One more than there are cores: a worker waits for its engine's process and its encoder now and then; a
    third one on two cores made a cold run 5 to 12 % shorter (`benchmarks/scale.py`, 30,000 words).  A model
    computes within its worker and leaves that nothing to wait for: then they are as many as cores.  For
    servers they are at least as many as these are asked at once.
    """
    efforts = list(efforts)
    models_mb = sum(effort.memory_mb for effort in efforts)
    if not models_mb:
        return max([count_cores() + 1, *(effort.at_once for effort in efforts)])
    free_mb = count_free_bytes() / 2**20
    return max(1, min(count_cores(), int(_SHARE_OF_MEMORY * free_mb / models_mb)))


def count_free_bytes(groups: Path = Path("/proc/self/cgroup"), folder: Path = Path("/sys/fs/cgroup")) -> int:
    """Return how much memory can be had without swapping: the machine's, or less in a container.

    `groups` names this process's control groups, `folder` holds them (Linux alone has them).
    """
    import psutil

    free: list[int] = [psutil.virtual_memory().available]
    with contextlib.suppress(OSError):  # no Linux
        for line in groups.read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if not controllers:
                free += _free_in_groups(folder, path, _GROUP_FILES)
            elif "memory" in controllers.split(","):
                free += _free_in_groups(folder / "memory", path, _OLD_GROUP_FILES)
    return min(free)


def _free_in_groups(top: Path, path: str, names: Sequence[str]) -> Iterator[int]:
    """Yield what is free in each group with a limit: one at `path` below `top`, and those that it lies in.

    From within a container its own group is seen at the top, and `path` perhaps not at all.
    """
    limit, used, cached = names
    group = top / path.strip("/")
    for each in (group, *group.parents[: len(group.parts) - len(top.parts)]):
        with contextlib.suppress(OSError, ValueError):  # it is not there, or its limit is "max"
            stat = dict(line.split() for line in (each / "memory.stat").read_text().splitlines())
            taken = int((each / used).read_text()) - int(stat.get(cached, 0))
            yield max(0, int((each / limit).read_text()) - taken)


def _start_worker(parent: int, servers: Sequence[SpeechServer]) -> None:
    """Prepare a worker: Ctrl-C is its parent's business, and it never outlives its parent."""
    introduce(servers)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if hasattr(libc, "mallopt"):  # glibc
            # Sound comes in pieces of 100 kB to 5 MB.  Kept in the heap, each need not be asked of the
            # system and zeroed page by page: a sixth of the time that packing a clip takes.
            libc.mallopt(_M_MMAP_THRESHOLD, 32 << 20)
            libc.mallopt(_M_TRIM_THRESHOLD, 256 << 20)
        if os.getppid() != parent:
            os._exit(1)
    else:
        threading.Thread(target=_exit_with_parent, daemon=True).start()


def _exit_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        wait_for([parent.sentinel])
        os._exit(1)


@dataclass(slots=True, eq=False)
class _Task:
    """A job with its arguments, the caller's label, and how often its process died on it alone."""

    label: object
    job: Callable[..., Any]
    arguments: tuple[Any, ...]
    deaths: int = 0


class Workers:
    """A pool of processes for jobs that may kill their process; used as a context manager.

    When a process dies, the jobs that ran then are suspects: each is given to a new pool alone.  One
    whose process dies again, alone, twice, has failed with `EngineError`; the others go on.
    Leaving the context by an exception ends all processes at once.
    """

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._pool: ProcessPoolExecutor | None = None
        self._running: dict[Future[Any], _Task] = {}
        self._suspects: deque[_Task] = deque()

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
        return not self._suspects and len(self._running) < 2 * self._jobs

    @property
    def is_idle(self) -> bool:
        """Tell whether all that was submitted has been returned."""
        return not self._running and not self._suspects

    def submit(self, label: object, job: Callable[..., Any], *arguments: Any) -> None:
        """Give a job to the pool; `label` comes back with its result."""
        self._start(_Task(label, job, arguments))

    def finished(self, timeout_s: float) -> Iterator[tuple[object, Future[Any]]]:
        """Wait for a job to end, and yield those that have, with their labels.

        Yields nothing where the time passes first.
        """
        if self._suspects and not self._running:
            self._start(self._suspects.popleft())
        done, _ = concurrent.futures.wait(
            self._running, timeout=timeout_s, return_when=concurrent.futures.FIRST_COMPLETED
        )
        if any(isinstance(future.exception(), BrokenProcessPool) for future in done):
            yield from self._question_suspects()
            return
        for future in done:
            yield self._running.pop(future).label, future

    def _start(self, task: _Task) -> None:
        try:
            future = self._open_pool().submit(task.job, *task.arguments)
        except BrokenProcessPool as error:
            # A process died since the last look; `finished` sorts it out.
            future = Future()
            future.set_exception(error)
        self._running[future] = task

    def _question_suspects(self) -> Iterator[tuple[object, Future[Any]]]:
        """Put the running jobs aside, to be run one by one; give up on one that died alone, twice."""
        self._kill()
        tasks, self._running = list(self._running.values()), {}
        if len(tasks) == 1:
            tasks[0].deaths += 1
            if tasks[0].deaths > 1:
                failed: Future[Any] = Future()
                failed.set_exception(
                    EngineError(
                        "the process that worked on it was killed each time (out of memory, or a fault "
                        "in the engine); try fewer processes: narrate --jobs 1"
                    )
                )
                yield tasks[0].label, failed
                return
        self._suspects.extendleft(reversed(tasks))

    def _open_pool(self) -> ProcessPoolExecutor:
        if self._pool is None:
            method = "fork" if may_fork() else "spawn"  # which takes half a second a worker
            self._pool = ProcessPoolExecutor(
                self._jobs,
                mp_context=multiprocessing.get_context(method),
                initializer=_start_worker,
                initargs=(os.getpid(), known_servers()),
            )
        return self._pool

    def _kill(self) -> None:
        pool, self._pool = self._pool, None
        if pool is None:
            return
        pool.shutdown(wait=False, cancel_futures=True)
        for process in multiprocessing.active_children():
            process.kill()
            process.join()
