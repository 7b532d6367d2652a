"""The process in which eSpeak NG speaks; `espeak_process.py` runs this file as a program of its own.

eSpeak carries state from one text to the next (the phase of its wave, its noise), so that the same
text would sound a little different each time, and a fault in one text could spoil the next.  Hence
a process that never speaks itself: it loads the library, and forks a child for every text.  All
children start in one and the same state, so equal texts give equal bytes.  The next child is
forked before its request comes.

It imports as little as it can (no site-packages but pyttsx3's binding) because the time of a fork
grows with the size of the process: about 0.7 ms here.

Requests and answers pass through one socket:

    server → HELLO (sample rate, or 0 and why not)
    client → REQUEST, voice, text
    server → any number of FRAME n > 0 and n bytes of samples, FRAME 0, END

A child that dies takes the server with it: the client sees the socket close, and starts another.
"""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import struct
import sys
from typing import Any

HELLO = struct.Struct("<II")
"""Sample rate in Hz, or 0 where eSpeak could not start; length of the message that follows."""

REQUEST = struct.Struct("<6I")
"""Seconds until the child gives up, rate, pitch, volume, bytes of voice and of text that follow."""

FRAME = struct.Struct("<I")
END = struct.Struct("<Bqq")
"""1 if the voice was taken, 2 if eSpeak reported the end of its work (3: both); the position of the
last end of a clause that it reported, in samples and in characters of the text."""

VOICE_TAKEN = 1
FINISHED = 2

_BUFFER_MS = 1000
"""eSpeak hands its sound over in such pieces; longer ones cost memory, shorter ones time."""

_NO_REQUEST = 3
"""The child's exit status where the client has closed the socket."""


def main() -> None:
    """Serve requests until the client closes the socket or a child fails."""
    descriptor, packages, library, data = sys.argv[1:]
    sys.path.append(packages)
    out = int(descriptor)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's business
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the client is gone: so is the child
    try:
        espeak, sample_rate = _load(library, data)
    except Exception as error:  # passed on, since nobody reads this process's standard error
        message = f"{type(error).__name__}: {error}".encode()
        _write(out, HELLO.pack(0, len(message)) + message)
        return
    _write(out, HELLO.pack(sample_rate, 0))
    gc.collect()
    gc.freeze()  # a collection in a child would copy every page of the heap
    gc.disable()
    server = os.getpid()
    while True:
        child = os.fork()
        if child == 0:
            _die_with(server)
            _answer(espeak, out)
        _, status = os.waitpid(child, 0)
        if status != 0:
            return


def _load(library: str, data: str) -> tuple[Any, int]:
    """Return pyttsx3's binding, bound to the library at that path, and the sample rate in Hz."""
    shared = ctypes.CDLL(library)
    # pyttsx3 looks for a library of the system; whichever name it asks for, it gets ours.
    setattr(ctypes.cdll, "LoadLibrary", lambda _name: shared)  # noqa: B010 - mypy: a method
    from pyttsx3.drivers import _espeak

    sample_rate = _espeak.Initialize(_espeak.AUDIO_OUTPUT_SYNCHRONOUS, _BUFFER_MS, data.encode(), 0)
    if sample_rate <= 0:
        raise OSError(f"eSpeak NG can't read its data in {data}")
    _espeak.ListVoices()  # or else every child would read all voice files to find its own, 4 ms
    return _espeak, sample_rate


def _die_with(server: int) -> None:
    """Have this child killed when the server dies; elsewhere than on Linux the closed socket does it."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>, see prctl(2)
        ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != server:
            os._exit(1)


def _answer(espeak: Any, stream: int) -> None:
    """Speak one request, and end this process."""
    header = os.read(stream, REQUEST.size)
    if not header:
        os._exit(_NO_REQUEST)
    header += _read(stream, REQUEST.size - len(header))
    limit_s, rate, pitch, volume, voice_size, text_size = REQUEST.unpack(header)
    signal.alarm(limit_s)
    voice = _read(stream, voice_size)
    text = _read(stream, text_size)
    if espeak.SetVoiceByName(voice) != espeak.EE_OK:
        _write(stream, FRAME.pack(0) + END.pack(0, 0, 0))
        os._exit(0)
    # An unknown voice or variant can leave another one in place without an error.
    taken = VOICE_TAKEN if espeak.GetCurrentVoice().contents.identifier == voice else 0
    espeak.SetParameter(espeak.RATE, rate)
    espeak.SetParameter(espeak.PITCH, pitch)
    espeak.SetParameter(espeak.VOLUME, volume)
    finished, samples, position = _speak(espeak, text, stream)
    _write(stream, FRAME.pack(0) + END.pack(taken | finished, samples, position))
    os._exit(0)


def _speak(espeak: Any, text: bytes, stream: int) -> tuple[int, int, int]:
    """Send the sound of `text` as frames; return `FINISHED` or 0, and the last clause's end (see `END`)."""
    finished, samples, position = 0, 0, 0

    def receive(wave: Any, count: int, events: Any) -> int:
        nonlocal finished, samples, position
        if not wave:
            finished = FINISHED
        elif count:
            _write(stream, FRAME.pack(2 * count) + ctypes.string_at(wave, 2 * count))
        index = 0
        while (kind := events[index].type) != espeak.EVENT_LIST_TERMINATED:
            if kind == espeak.EVENT_END:
                samples, position = events[index].sample, events[index].text_position
            index += 1
        return 0

    espeak.SetSynthCallback(receive)
    # Flags: neither SSML nor phoneme input, so that markup in a story is read as it stands.
    result = espeak.cSynth(text, len(text) + 1, 0, espeak.POS_CHARACTER, 0, espeak.CHARS_UTF8, None, None)
    return (finished if result == espeak.EE_OK else 0), samples, position


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
