"""The client's side of a server that loads eSpeak anew for every text: two pipes, which every system has."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import threading
import weakref
from collections.abc import Iterator

from audiobook.engines.espeak.process import (
    START_LIMIT_S,
    Answer,
    Request,
    ServerFailure,
    pack_request,
    pack_voice,
    read_answer,
    read_hello,
    start_server,
)


class ReloadingProcess:
    """A server that reloads eSpeak for every text; see `EspeakProcess` for what each member promises.

    It is replaced where it has spoken all the texts that it can, or an answer was broken off.
    """

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._start()

    @property
    def is_ours(self) -> bool:
        """Whether it was started by this very process, not by the one this was forked from."""
        return self._owner == os.getpid()

    def speak(self, request: Request, limit_s: float) -> Answer:
        """Return the sound of a request; raises `ServerFailure`."""
        if not self._texts_left:
            self.close()
            self._start()
        self._texts_left -= 1
        with self._time_limit(limit_s):
            assert self._process.stdin  # noqa: S101 - for mypy: it is a pipe
            self._process.stdin.write(pack_voice(request.voice) + pack_request(request, limit_s))
            self._process.stdin.flush()
            return read_answer(self._receive)

    def close(self) -> None:
        """End the server and wait for it; in a forked process, let go of the parent's server."""
        self._finalizer()

    def _start(self) -> None:
        self._process = start_server("reload", stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._finalizer = weakref.finalize(self, _end, self._process, self._owner)
        with self._time_limit(START_LIMIT_S):
            self.sample_rate, self._texts_left = read_hello(self._receive)

    def _receive(self, size: int) -> bytes:
        assert self._process.stdout  # noqa: S101 - for mypy: it is a pipe
        data = self._process.stdout.read(size)
        if len(data) < size:
            raise ConnectionError("its pipe is closed")
        return data

    @contextlib.contextmanager
    def _time_limit(self, limit_s: float) -> Iterator[None]:
        """Kill the server where the time passes, or the conversation breaks off; raises `ServerFailure`.

        A pipe of Windows can't be waited for with a limit: the clock's kill closes it.
        """
        is_late = threading.Event()

        def give_up() -> None:
            is_late.set()
            self._process.kill()

        clock = threading.Timer(max(limit_s, 0), give_up)
        clock.daemon = True
        clock.start()
        try:
            yield
        except (OSError, struct.error) as error:
            self._kill()
            reason = f"no answer within {limit_s:g} s" if is_late.is_set() else f"it broke off ({error})"
            raise ServerFailure(reason) from error
        except BaseException:  # Ctrl-C in the middle of an answer: what is left of it must not be read
            self._kill()
            raise
        finally:
            clock.cancel()

    def _kill(self) -> None:
        if self.is_ours:
            self._process.kill()
        self._texts_left = 0
        self._finalizer()


def _end(process: subprocess.Popen[bytes], owner: int) -> None:
    """Close the pipes, upon which the server ends, and reap it."""
    for pipe in (process.stdin, process.stdout):
        with contextlib.suppress(OSError):  # what was not yet written finds nobody
            if pipe is not None:
                pipe.close()
    if os.getpid() != owner:
        process.returncode = 0  # not this process's child: nothing to wait for or to warn of
        return
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
