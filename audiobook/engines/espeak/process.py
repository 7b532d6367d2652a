"""What passes between this program and `server.py`, in which eSpeak speaks, and how that is started.

`forking_process.py` and `reloading_process.py` are the client's sides of its two ways.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Protocol

from audiobook.engines.espeak import server as protocol
from audiobook.errors import EngineError

START_LIMIT_S = 30.0
"""The start takes 50 ms; this is for a machine that is short of memory or reads from a slow disk."""

_KEPT_VARIABLES = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "TEMP")
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


class EspeakProcess(Protocol):
    """A running `server.py`.  Ends with this object, with `close`, and with this process."""

    sample_rate: int

    @property
    def is_ours(self) -> bool:
        """Whether it was started by this very process, not by the one this was forked from."""

    def speak(self, request: Request, limit_s: float) -> Answer:
        """Return the sound of a request.

        Raises `ServerFailure` where the server dies or `limit_s` seconds pass; the server is then
        gone, and this object is of no more use.
        """

    def close(self) -> None:
        """End the server and wait for it; in a forked process, let go of the parent's server."""


def start_server(way: str, *descriptors: int, **options: Any) -> subprocess.Popen[bytes]:
    """Start the server, to fork or to reload; raises `ServerFailure` and `EngineError`.

    `descriptors` are its own from then on, `options` those of `Popen`.
    """
    import espeakng_loader

    if not sys.executable:
        raise EngineError("eSpeak needs a Python interpreter to run in, and this program has none")
    # -I and -S keep site-packages, the user's settings and the current folder out of the server.
    command = [sys.executable, "-I", "-S", protocol.__file__, way, str(package_folder("pyttsx3").parent)]
    command += [espeakng_loader.get_library_path(), espeakng_loader.get_data_path(), *map(str, descriptors)]
    kept = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
    if sys.platform == "win32":
        options["creationflags"] = subprocess.CREATE_NO_WINDOW  # nor does the console's Ctrl-C reach it
    else:
        options["start_new_session"] = True  # the terminal's Ctrl-C does not reach it
        options["pass_fds"] = descriptors
    try:
        return subprocess.Popen(command, env={**kept, "LC_ALL": "C"}, stderr=subprocess.DEVNULL, **options)
    except OSError as error:
        raise ServerFailure(f"eSpeak's process can't be started: {error}") from error


def read_hello(receive: Callable[[int], bytes | bytearray]) -> tuple[int, int]:
    """Return the server's sample rate, and how many texts it can speak.

    `receive` returns as many bytes as it is asked for.  Raises `EngineError` where eSpeak could not start.
    """
    sample_rate, texts, size = protocol.HELLO.unpack(receive(protocol.HELLO.size))
    message = receive(size).decode()
    if not sample_rate:
        raise EngineError(f"eSpeak can't start ({message}); reinstall pyttsx3 and espeakng-loader")
    return sample_rate, texts


def pack_voice(voice: str) -> bytes:
    """Return how a voice is named to the server."""
    return voice.encode().ljust(protocol.VOICE_BYTES, b"\0")


def pack_request(request: Request, limit_s: float) -> bytes:
    """Return a request, with its text, as the server reads it."""
    text = request.text.encode()
    # The server's own clock is for the case that nobody is left to kill it.
    clock_s = max(int(limit_s), 0) + 2
    header = protocol.REQUEST.pack(
        clock_s, request.rate, request.pitch, request.volume, request.range, request.has_phonemes, len(text)
    )
    return header + text


def read_answer(receive: Callable[[int], bytes | bytearray]) -> Answer:
    """Return what the server answers; `receive` returns as many bytes as it is asked for."""
    frames: list[bytes | bytearray] = []
    while size := protocol.FRAME.unpack(receive(protocol.FRAME.size))[0]:
        frames.append(receive(size))
    status, samples, characters, count = protocol.END.unpack(receive(protocol.END.size))
    words = receive(count * protocol.WORD.size)
    return Answer(
        samples=b"".join(frames),
        voice_taken=bool(status & protocol.VOICE_TAKEN),
        finished=bool(status & protocol.FINISHED),
        spoken_samples=samples,
        spoken_characters=characters,
        words=tuple((at - 1, sample) for at, sample in protocol.WORD.iter_unpack(words)),
    )


def package_folder(name: str) -> Path:
    """Return the folder of an installed package without importing it; raises `EngineError`."""
    spec = find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EngineError(f"the package {name} is missing; install it with pip")
    return Path(spec.submodule_search_locations[0])
