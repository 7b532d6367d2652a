"""The client's side of `server.py`: start the process, send a text, receive its sound, end it."""

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
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from audiobook.engines.espeak import server as protocol
from audiobook.errors import EngineError

START_LIMIT_S = 30.0
"""The start takes 50 ms; this is for a machine that is short of memory or reads from a slow disk."""

_MOST_VOICES = 32
"""Processes kept at a time, one a voice; each takes about 2 MB of its own."""

_KEPT_VARIABLES = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR")
"""What Python itself may need; a locale, say, must not change how a text is read."""


class ServerFailure(Exception):  # noqa: N818 - always caught by the adapter; no error of the program
    """The server crashed, broke off or took too long; another may succeed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One text to speak; `rate`, `pitch`, `volume` and `range` in eSpeak's own units.

    Only with `has_phonemes` does `[[` begin phonemes.
    """

    text: str
    voice: str
    rate: int
    pitch: int
    volume: int
    range: int = 50
    has_phonemes: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The sound of a request, silence at both ends included, and eSpeak's own account of it.

    `spoken_samples` and `spoken_characters` are where the last clause ended, as eSpeak reports it; `words`
    where words begin: the character of the text, from 0, and the sample.
    """

    samples: bytes
    voice_taken: bool
    finished: bool
    spoken_samples: int
    spoken_characters: int
    words: tuple[tuple[int, int], ...] = ()


class EspeakProcess:
    """A running `server.py`.  Ends with this object, with `close`, and with this process."""

    def __init__(self) -> None:
        if not hasattr(os, "fork"):
            raise EngineError(
                "eSpeak through pyttsx3 needs Linux or macOS; on Windows set 'engine: system' in voices.yaml"
            )
        self._owner = os.getpid()
        self._control, theirs = socket.socketpair()
        self._voices: OrderedDict[str, socket.socket] = OrderedDict()
        with theirs:
            self._process = _start(theirs.fileno())
        self._finalizer = weakref.finalize(
            self, _end, self._process, self._control, self._voices, self._owner
        )
        try:
            deadline = time.monotonic() + START_LIMIT_S
            self.sample_rate, size = protocol.HELLO.unpack(
                _receive(self._control, protocol.HELLO.size, deadline)
            )
            message = _receive(self._control, size, deadline).decode()
        except (OSError, struct.error) as error:
            self.kill()
            raise ServerFailure(f"eSpeak did not start: {error}") from error
        if not self.sample_rate:
            self.close()
            raise EngineError(f"eSpeak can't start ({message}); reinstall pyttsx3 and espeakng-loader")

    @property
    def is_ours(self) -> bool:
        """Whether it was started by this very process, not by the one this was forked from."""
        return self._owner == os.getpid()

    def speak(self, request: Request, limit_s: float) -> Answer:
        """Return the sound of a request.

        Raises `ServerFailure` where the server dies or `limit_s` seconds pass; the server is then
        gone, and this object is of no more use.
        """
        deadline = time.monotonic() + limit_s
        try:
            voice = self._socket_of(request.voice)
            _send(voice, request, limit_s)
            frames = []
            while size := protocol.FRAME.unpack(_receive(voice, protocol.FRAME.size, deadline))[0]:
                frames.append(_receive(voice, size, deadline))
            *end, count = protocol.END.unpack(_receive(voice, protocol.END.size, deadline))
            words = _receive(voice, count * protocol.WORD.size, deadline)
        except TimeoutError as error:
            self.kill()
            raise ServerFailure(f"no answer within {limit_s:g} s") from error
        except OSError as error:
            self.kill()
            raise ServerFailure(f"the speaking process broke off ({error})") from error
        except BaseException:  # Ctrl-C in the middle of an answer: what is left of it must not be read
            self.kill()
            raise
        status, samples, characters = end
        return Answer(
            samples=b"".join(frames),
            voice_taken=bool(status & protocol.VOICE_TAKEN),
            finished=bool(status & protocol.FINISHED),
            spoken_samples=samples,
            spoken_characters=characters,
            words=tuple((at - 1, sample) for at, sample in protocol.WORD.iter_unpack(words)),
        )

    def close(self) -> None:
        """End the server and wait for it; in a forked process, let go of the parent's server."""
        self._finalizer()

    def kill(self) -> None:
        """End the server and its child at once, whatever they do."""
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
            name = voice.encode().ljust(protocol.VOICE_BYTES, b"\0")
            socket.send_fds(self._control, [name], [theirs.fileno()])
        return ours


def _send(connection: socket.socket, request: Request, limit_s: float) -> None:
    text = request.text.encode()
    # The child's own clock is for the case that nobody is left to kill it.
    clock_s = max(int(limit_s), 0) + 2
    header = protocol.REQUEST.pack(
        clock_s, request.rate, request.pitch, request.volume, request.range, request.has_phonemes, len(text)
    )
    connection.settimeout(max(limit_s, 0.001))
    connection.sendall(header + text)


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


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it; raises `EngineError`."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(f"the package {name} is missing; install it with pip")
    return Path(spec.submodule_search_locations[0])


def _start(descriptor: int) -> subprocess.Popen[bytes]:
    import espeakng_loader

    if not sys.executable:
        raise EngineError("eSpeak needs a Python interpreter to run in, and this program has none")
    # -I and -S keep site-packages, the user's settings and the current folder out of the server.
    command = [sys.executable, "-I", "-S", protocol.__file__, str(descriptor)]
    command += [str(package_folder("pyttsx3").parent)]
    command += [espeakng_loader.get_library_path(), espeakng_loader.get_data_path()]
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    try:
        return subprocess.Popen(
            command,
            env={**kept, "LC_ALL": "C"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # eSpeak prints remarks of its own
            stderr=subprocess.DEVNULL,
            pass_fds=(descriptor,),
            start_new_session=True,  # the terminal's Ctrl-C does not reach it; one signal ends the group
        )
    except OSError as error:
        raise ServerFailure(f"eSpeak's process can't be started: {error}") from error


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
        # Not reaped yet, so the number still is this group's.  macOS: EPERM for a group of zombies.
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
