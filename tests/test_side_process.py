"""A process apart does what it is asked, and nobody waits for one that is dead."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time

import pytest

from audiobook.errors import EngineError, SourceError
from audiobook.studio.side_process import SideProcess


def _add(start: int, more: int) -> tuple[int, int]:
    return start + more, os.getpid()


def _refuse(_start: int, message: str) -> None:
    raise SourceError(message)


def _break(_start: int) -> int:
    return 1 // 0


def _die(_start: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _sleep(_start: int) -> None:
    time.sleep(60)


def test_jobs_are_done_in_one_other_process() -> None:
    apart = SideProcess(int, "40")
    try:
        (first, process), (second, same) = apart.ask(_add, 1), apart.ask(_add, 2)
        assert (first, second) == (41, 42)
        assert process == same != os.getpid()
        with pytest.raises(SourceError, match=r"^no such file$"):
            apart.ask(_refuse, "no such file")
        with pytest.raises(ZeroDivisionError) as caught:
            apart.ask(_break)
        assert "_break" in caught.value.__notes__[0]  # where it happened
    finally:
        apart.end()


def test_an_interrupt_while_it_starts_is_not_its_business() -> None:
    """A terminal's Ctrl-C comes to every process, also to one that has not yet read a line of its program."""
    apart = SideProcess(int, "40")
    try:
        apart._open()
        assert apart._process is not None
        started = apart._process.pid
        assert started is not None
        os.kill(started, signal.SIGINT)
        assert apart.ask(_add, 2) == (42, started)
        assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, set())
    finally:
        apart.end()


@pytest.mark.slow
def test_one_that_dies_is_started_again_and_given_up_on() -> None:
    apart = SideProcess(int, "40")
    try:
        _, process = apart.ask(_add, 1)
        os.kill(process, signal.SIGKILL)
        assert apart.ask(_add, 2)[0] == 42
        with pytest.raises(EngineError, match="was killed"):
            apart.ask(_die)
        assert apart.ask(_add, 3)[0] == 43
    finally:
        apart.end()


def test_the_end_does_not_wait() -> None:
    apart = SideProcess(int, "40")
    caught: list[Exception] = []

    def wait() -> None:
        try:
            apart.ask(_sleep)
        except EngineError as error:
            caught.append(error)

    apart.ask(_add, 1)
    thread = threading.Thread(target=wait)
    thread.start()
    time.sleep(0.1)
    apart.end()
    thread.join(10)
    assert not thread.is_alive()
    assert caught
    assert multiprocessing.active_children() == []
    with pytest.raises(EngineError):
        apart.ask(_add, 1)
