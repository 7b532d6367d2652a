"""The process in which eSpeak NG speaks; `process.py` runs this file as a program of its own.

eSpeak carries state from one text to the next (the phase of its wave, its noise), so that the same
text would sound a little different each time, and a fault in one text could spoil the next.  Hence
processes that never speak themselves: the server loads the library, forks a process for every voice
asked for, which loads the voice, and that forks a child for every text.  All children of a voice
start in one and the same state, so equal texts give equal bytes.  The next child is forked before
its request comes.

It imports little (no site-packages but pyttsx3's binding), since the time of a fork grows with the
size of the process.  What passes, in order:

    control socket    server → HELLO (sample rate, or 0 and why not)
                      client → VOICE, the name padded with NUL, and with it a socket for that voice
    a voice's socket  client → REQUEST, text
                      server → any number of FRAME n > 0 and n bytes of samples, FRAME 0, END, its WORDs

A process ends when the client closes its socket.  A child that dies takes its voice's process with
it: the client sees that socket close.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import os
import signal
import socket
import struct
import sys
from typing import Any, NoReturn

HELLO = struct.Struct("<II")
"""Sample rate in Hz, or 0 where eSpeak could not start; length of the message that follows."""

VOICE_BYTES = 64
"""eSpeak cuts the names of voices at 40."""

REQUEST = struct.Struct("<7I")
"""Seconds until the child gives up, rate, pitch, volume, range, 1 if `[[…]]` in the text is phonemes,
bytes of text that follow."""

FRAME = struct.Struct("<I")
END = struct.Struct("<BqqI")
"""1 if the voice was taken, 2 if eSpeak reported the end of its work (3: both); the position of the
last end of a clause that it reported, in samples and in characters of the text; how many words follow."""

WORD = struct.Struct("<ii")
"""A word that eSpeak reported: its first character in the text, from 1, and its first sample."""

VOICE_TAKEN = 1
FINISHED = 2

_BUFFER_MS = 1000
"""eSpeak hands its sound over in such pieces; longer ones cost memory, shorter ones time."""

_SEED = 1
"""Of eSpeak's noise, and of the C library's for the Klatt voices'; any number, but always the same."""

_NO_REQUEST = 3
"""The child's exit status where the client has closed the socket."""


def main() -> None:
    """Start a process for each voice that is asked for, until the client closes the control socket."""
    descriptor, packages, library, data = sys.argv[1:]
    sys.path.append(packages)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's business
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the client is gone: so is the process
    with socket.socket(fileno=int(descriptor)) as control:
        try:
            libc = ctypes.CDLL(None)
            espeak, sample_rate = _load(library, data)
            libc.srand(_SEED)
        except Exception as error:  # passed on, since nobody reads this process's standard error
            message = f"{type(error).__name__}: {error}".encode()
            control.sendall(HELLO.pack(0, len(message)) + message)
            return
        control.sendall(HELLO.pack(sample_rate, 0))
        gc.collect()
        gc.freeze()  # a collection in a child would copy every page of the heap
        gc.disable()
        server = os.getpid()
        while True:
            name, sockets, *_ = socket.recv_fds(control, VOICE_BYTES, 1)
            if not name:
                break
            _reap(os.WNOHANG)  # those of voices that were given up
            if os.fork() == 0:
                _die_with(server, libc)
                control.close()
                _serve_voice(espeak, libc, name.rstrip(b"\0"), sockets[0])
            os.close(sockets[0])
    _reap(0)


def _reap(options: int) -> None:
    """Take note of the voices' processes that have ended, so that their time counts as this process's."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, options)[0]:
            pass


def _serve_voice(espeak: Any, libc: ctypes.CDLL, name: bytes, stream: int) -> NoReturn:
    """Fork a child for each text in one voice, until the client closes its socket or a child fails."""
    espeak.SetVoiceByName(name)
    # An unknown voice or variant can leave another one in place without an error.
    taken = VOICE_TAKEN if espeak.GetCurrentVoice().contents.identifier == name else 0
    listener = _Listener(espeak, stream)
    espeak.SetSynthCallback(listener)
    process = os.getpid()
    while True:
        child = os.fork()
        if child == 0:
            _die_with(process, libc)
            _answer(espeak, listener, taken, stream)
        _, status = os.waitpid(child, 0)
        if status != 0:
            os._exit(status & 0xFF)


def _load(library: str, data: str) -> tuple[Any, int]:
    """Return pyttsx3's binding, bound to the library at that path, and the sample rate in Hz."""
    shared = ctypes.CDLL(library)
    # pyttsx3 looks for a library of the system; whichever name it asks for, it gets ours.
    setattr(ctypes.cdll, "LoadLibrary", lambda _name: shared)  # noqa: B010 - mypy: a method
    from pyttsx3.drivers import _espeak

    sample_rate = _espeak.Initialize(_espeak.AUDIO_OUTPUT_SYNCHRONOUS, _BUFFER_MS, data.encode(), 0)
    if sample_rate <= 0:
        raise OSError(f"eSpeak NG can't read its data in {data}")
    shared.espeak_ng_SetRandSeed(_SEED)  # Initialize has set it to the time
    _espeak.ListVoices()  # or else every child would read all voice files to find its own, 4 ms
    return _espeak, sample_rate


def _die_with(parent: int, libc: ctypes.CDLL) -> None:
    """Have this child killed when its parent is; elsewhere than on Linux the closed socket ends it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>, see prctl(2)
        libc.prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _answer(espeak: Any, listener: _Listener, taken: int, stream: int) -> NoReturn:
    """Speak one request, and end this process."""
    limit_s, rate, pitch, volume, melody, has_phonemes, size = REQUEST.unpack(_read(stream, REQUEST.size))
    signal.alarm(limit_s)
    text = _read(stream, size)
    espeak.SetParameter(espeak.RATE, rate)
    espeak.SetParameter(espeak.PITCH, pitch)
    espeak.SetParameter(espeak.VOLUME, volume)
    espeak.SetParameter(espeak.RANGE, melody)
    # No SSML, and phonemes only where the client put them: markup in a story is read as it stands.
    flags = espeak.CHARS_UTF8 | (espeak.PHONEMES if has_phonemes else 0)
    espeak.cSynth(text, len(text) + 1, 0, espeak.POS_CHARACTER, 0, flags, None, None)
    status, words = taken | listener.finished, listener.words
    end = END.pack(status, listener.samples, listener.position, len(words) // WORD.size)
    _write(stream, FRAME.pack(0) + end + words)
    os._exit(0)


class _Listener:
    """Sends the sound as frames, and notes what eSpeak reports of its progress (see `END` and `WORD`)."""

    def __init__(self, espeak: Any, stream: int) -> None:
        self.finished, self.samples, self.position = 0, 0, 0
        self.words = b""
        self._stream = stream
        self._word, self._end = espeak.EVENT_WORD, espeak.EVENT_END
        self._terminated = espeak.EVENT_LIST_TERMINATED

    def __call__(self, wave: Any, count: int, events: Any) -> int:
        if not wave:
            self.finished = FINISHED
        elif count:
            _write(self._stream, FRAME.pack(2 * count) + ctypes.string_at(wave, 2 * count))
        index = 0
        while (kind := events[index].type) != self._terminated:
            if kind == self._end:
                self.samples, self.position = events[index].sample, events[index].text_position
            elif kind == self._word:
                self.words += WORD.pack(events[index].text_position, events[index].sample)
            index += 1
        return 0


def _read(stream: int, size: int) -> bytes:
    """Read exactly `size` bytes, or end the process where the client is gone."""
    parts = []
    while size:
        part = os.read(stream, min(size, 1 << 20))
        if not part:
            os._exit(_NO_REQUEST)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _write(stream: int, data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(stream, view) :]


if __name__ == "__main__":
    main()
