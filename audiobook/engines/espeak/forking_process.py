"""The client's side of a server that forks: a socket to it, and one to each voice's process."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import struct
import subprocess
import sys
import time
import weakref
from collections import OrderedDict
from collections.abc import Mapping

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
from audiobook.errors import EngineError

assert sys.platform == "linux"  # noqa: S101 - for mypy: nothing is forked elsewhere

_MOST_VOICES = 32
"""Processes kept at a time, one a voice; each takes about 2 MB of its own."""


class ForkingProcess:
    """A server that forks a child for every text; see `EspeakProcess` for what each member promises."""

    def __init__(self) -> None:
        self._owner = os.getpid()
        self._control, theirs = socket.socketpair()
        self._voices: OrderedDict[str, socket.socket] = OrderedDict()
        with theirs:
            self._process = start_server(
                "fork", theirs.fileno(), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
            )
        self._finalizer = weakref.finalize(
            self, _end, self._process, self._control, self._voices, self._owner
        )
        deadline = time.monotonic() + START_LIMIT_S
        try:
            self.sample_rate, _ = read_hello(lambda size: _receive(self._control, size, deadline))
        except (OSError, struct.error) as error:
            self._kill()
            raise ServerFailure(f"eSpeak did not start: {error}") from error
        except EngineError:
            self.close()
            raise

    @property
    def is_ours(self) -> bool:
        """Whether it was started by this very process, not by the one this was forked from."""
        return self._owner == os.getpid()

    def speak(self, request: Request, limit_s: float) -> Answer:
        """Return the sound of a request; raises `ServerFailure`."""
        deadline = time.monotonic() + limit_s
        try:
            voice = self._socket_of(request.voice)
            voice.settimeout(max(limit_s, 0.001))
            voice.sendall(pack_request(request, limit_s))
            return read_answer(lambda size: _receive(voice, size, deadline))
        except TimeoutError as error:
            self._kill()
            raise ServerFailure(f"no answer within {limit_s:g} s") from error
        except OSError as error:
            self._kill()
            raise ServerFailure(f"the speaking process broke off ({error})") from error
        except BaseException:  # Ctrl-C in the middle of an answer: what is left of it must not be read
            self._kill()
            raise

    def close(self) -> None:
        """End the server and wait for it; in a forked process, let go of the parent's server."""
        self._finalizer()

    def _kill(self) -> None:
        """End the server and its children at once, whatever they do."""
        if self.is_ours:
            _kill(self._process)
        self._finalizer()

    def _socket_of(self, voice: str) -> socket.socket:
        """Return the socket of a voice's process, which starts where there is none."""
        if voice in self._voices:
            self._voices.move_to_end(voice)
            return self._voices[voice]
        if len(self._voices) == _MOST_VOICES:
            self._voices.popitem(last=False)[1].close()  # upon which its process ends
        ours, theirs = socket.socketpair()
        self._voices[voice] = ours
        with theirs:
            socket.send_fds(self._control, [pack_voice(voice)], [theirs.fileno()])
        return ours


def _receive(connection: socket.socket, size: int, deadline: float) -> bytearray:
    buffer = bytearray(size)
    view = memoryview(buffer)
    while view:
        # 0 would mean "do not wait" and raise another exception than the time-out's.
        connection.settimeout(max(deadline - time.monotonic(), 0.001))
        count = connection.recv_into(view)
        if not count:
            raise ConnectionError("its socket is closed")
        view = view[count:]
    return buffer


def _end(
    process: subprocess.Popen[bytes],
    control: socket.socket,
    voices: Mapping[str, socket.socket],
    owner: int,
) -> None:
    """Close the sockets, upon which all processes end, and reap the server."""
    for connection in (*voices.values(), control):
        connection.close()
    if os.getpid() != owner:
        process.returncode = 0  # not this process's child: nothing to wait for or to warn of
        return
    try:
        process.wait(timeout=2)
    except subprocess.TimeoutExpired:
        _kill(process)


def _kill(process: subprocess.Popen[bytes]) -> None:
    if process.returncode is None:
        with contextlib.suppress(ProcessLookupError):  # not reaped yet, so the number still is this group's
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
