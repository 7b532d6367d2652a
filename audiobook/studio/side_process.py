"""One process apart, in which long work is done that would keep this one's threads from their answers."""

from __future__ import annotations

import contextlib
import multiprocessing
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from multiprocessing import resource_tracker
from multiprocessing.process import BaseProcess
from typing import Any

if sys.platform == "win32":
    from multiprocessing.connection import PipeConnection as Connection
else:
    from multiprocessing.connection import Connection

from audiobook.errors import EngineError, NarrateError

_TRIES = 2
_PATIENCE_S = 1.0
"""For the system to be done with a process that was killed."""


class SideProcess:
    """Does jobs in a process apart, one after another; it is started when the first comes.

    What `make` returns there is every job's first argument.  Jobs, what they are given and what they
    return go through pipes of this process alone, so they may be pickled.  Threads may share it.
    """

    def __init__(self, make: Callable[..., Any], *arguments: Any) -> None:
        self._make = (make, arguments)
        self._process: BaseProcess | None = None
        self._pipe: Connection | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()

    def ask(self, job: Callable[..., Any], *arguments: Any) -> Any:
        """Return what a job returns, and raise what it raises.

        Raises `EngineError` where its process is killed each time, or all was ended.
        """
        with self._lock:
            for _ in range(_TRIES):
                try:
                    pipe = self._open()
                    pipe.send((job, arguments))
                    is_done, answer = pipe.recv()
                except (EOFError, OSError):
                    self._drop()
                    continue
                if not is_done:
                    raise answer
                return answer
        raise EngineError("the process that read the story was killed (out of memory, perhaps)")

    def end(self) -> None:
        """End the process at once; who waits for an answer gets `EngineError`."""
        self._ended.set()
        process = self._process
        if process is not None:
            process.kill()
            process.join(_PATIENCE_S)

    def _open(self) -> Connection:
        if self._ended.is_set():
            raise EOFError
        if self._pipe is None:
            # Forked, it would begin with whatever this process's other threads hold.
            context = multiprocessing.get_context("spawn")
            self._pipe, there = context.Pipe()
            process = context.Process(target=_serve, args=(there, *self._make), daemon=True)
            with _without_interrupts():
                process.start()
            there.close()
            self._process = process
            if self._ended.is_set():  # while it was started
                process.kill()
        return self._pipe

    def _drop(self) -> None:
        if self._pipe is not None:
            self._pipe.close()
        if self._process is not None:
            self._process.kill()
            self._process.join()
        self._pipe = self._process = None


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Let no Ctrl-C reach a process that is started here, not even before it can say that it ignores it."""
    if sys.platform == "win32":
        yield
        return
    resource_tracker.ensure_running()  # started within, it would let them through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _serve(pipe: Connection, make: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    """Do what comes until the other side is gone; Ctrl-C is its business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    own = make(*arguments)
    while True:
        try:
            job, given = pipe.recv()
        except (EOFError, OSError):
            return
        try:
            answer = (True, job(own, *given))
        except NarrateError as error:
            answer = (False, error)
        except Exception as error:
            error.add_note(traceback.format_exc())
            answer = (False, error)
        try:
            pipe.send(answer)
        except OSError:
            return
