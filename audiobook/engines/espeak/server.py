"""The process in which eSpeak NG speaks; `process.py` runs this file as a program.

eSpeak carries state from one text to the next (the phase of its wave, its noise), so that the same text would
sound a little different each time, and a fault in one text could spoil the next.  Neither a seed nor a new
Initialize undoes that, so every text meets a library that has never spoken, by one of two ways, whose bytes
are the same:

**fork** (Linux): processes that never speak themselves.  The server loads the library, forks a process for
every voice asked for, which loads the voice, and that forks a child for every text, the next one before its
request comes.  A process ends when the client closes its socket.  A child that dies takes its voice's process
with it: the client sees that socket close.

    control socket    server → HELLO, its message
                      client → VOICE, the name padded with NUL, and with it a socket for that voice
    a voice's socket  client → REQUEST, text
                      server → any number of FRAME n > 0 and n bytes of samples, FRAME 0, END, its WORDs

**reload** (everywhere): one process that unloads the library after each text and loads it again, which gives
it back its first state.  Where a library stays once it is loaded, it speaks one text and ends, as HELLO says.
It ends when the client closes its standard input.

    standard output   server → HELLO, its message
    standard input    client → VOICE, REQUEST, text
    standard output   server → FRAMEs, END, WORDs, as above

It imports little (no site-packages but pyttsx3's binding): a fork's time grows with the process.
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

if sys.platform == "win32":
    from _ctypes import FreeLibrary as _unload  # noqa: N813
else:
    from _ctypes import dlclose as _unload

HELLO = struct.Struct("<III")
"""Sample rate in Hz, or 0 where eSpeak could not start; how many texts it speaks until it ends, 0 for no end;
length of the message that follows."""

VOICE_BYTES = 64
"""eSpeak cuts the names of voices at 40."""

REQUEST = struct.Struct("<7I")
"""Seconds until the server gives up, rate, pitch, volume, range, 1 if `[[…]]` in the text is phonemes,
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

_TEXTS = 2000
"""How often the library is loaded anew before the process is: each time leaves about 6 kB behind."""

_NO_REQUEST = 3
"""The exit status where the client has closed its end."""

_BOUND = (
    "Initialize Terminate SetVoiceByName GetCurrentVoice SetParameter GetParameter cSetSynthCallback cSynth"
)
"""Those of pyttsx3's binding that are used; the library has them as espeak_Initialize, …, espeak_Synth."""


def main() -> None:
    """Serve by forking or by reloading, until the client closes its end."""
    way, packages, library, data, *descriptors = sys.argv[1:]
    sys.path.append(packages)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the client's business
    if way == "fork":
        _serve_forking(library, data, int(descriptors[0]))
    else:
        _serve_reloading(library, data)


def _serve_forking(library: str, data: str, descriptor: int) -> None:
    """Start a process for each voice that is asked for, until the client closes the control socket."""
    if sys.platform != "linux":
        sys.exit(_NO_REQUEST)
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # the client is gone: so is the process
    with socket.socket(fileno=descriptor) as control:
        try:
            libc = ctypes.CDLL(None)
            espeak, sample_rate = _load(library, data)
            espeak.ListVoices()  # or else every child would read all voice files to find its own, 4 ms
        except Exception as error:  # passed on, since nobody reads this process's standard error
            control.sendall(_excuse(error))
            return
        control.sendall(HELLO.pack(sample_rate, 0, 0))
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
    if sys.platform != "linux":
        sys.exit(_NO_REQUEST)
    taken = _set_voice(espeak, name)
    process = os.getpid()
    while True:
        child = os.fork()
        if child == 0:
            _die_with(process, libc)
            _answer(espeak, taken, stream, stream)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status != 0:
            os._exit(status & 0xFF)


def _die_with(parent: int, libc: ctypes.CDLL) -> None:
    """Have this child killed when its parent is."""
    if sys.platform == "linux":
        set_parent_death_signal = 1  # PR_SET_PDEATHSIG of <linux/prctl.h>, see prctl(2)
        libc.prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _serve_reloading(library: str, data: str) -> None:
    """Load the library for each text anew, until the client closes the standard input."""
    output = os.dup(1)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # eSpeak prints remarks of its own
    try:
        texts = _TEXTS if _can_unload(library) else 1
        espeak, sample_rate = _load(library, data)
    except Exception as error:  # passed on, since nobody reads this process's standard error
        _write(output, _excuse(error))
        return
    _write(output, HELLO.pack(sample_rate, texts, 0))
    for _ in range(texts):
        taken = _set_voice(espeak, _read(0, VOICE_BYTES).rstrip(b"\0"))
        _answer(espeak, taken, 0, output)
        if texts > 1:  # while the client is busy with the answer
            espeak.Terminate()
            _unload(espeak.dll._handle)
            _load(library, data)


def _can_unload(library: str) -> bool:
    """Tell whether the library forgets what it was told when it is unloaded."""
    espeak = _bind(library)
    espeak.SetParameter(espeak.RATE, unlikely_rate := 123, 0)
    _unload(espeak.dll._handle)
    espeak = _bind(library)
    has_forgotten: bool = espeak.GetParameter(espeak.RATE, 1) != unlikely_rate
    _unload(espeak.dll._handle)
    return has_forgotten


def _load(library: str, data: str) -> tuple[Any, int]:
    """Return pyttsx3's binding, bound to a library in its first state, and the sample rate in Hz."""
    espeak = _bind(library)
    os.chdir(data)  # eSpeak holds its data's path in 160 bytes, and Windows reads those by its code page
    sample_rate = espeak.Initialize(espeak.AUDIO_OUTPUT_SYNCHRONOUS, _BUFFER_MS, b".", 0)
    if sample_rate <= 0:
        raise OSError(f"eSpeak NG can't read its data in {data}")
    espeak.dll.espeak_ng_SetRandSeed(_SEED)  # Initialize has set it to the time
    ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None).srand(_SEED)
    return espeak, sample_rate


def _bind(library: str) -> Any:
    """Load the library at that path, and return pyttsx3's binding of it."""
    shared = ctypes.CDLL(library)
    # pyttsx3 looks for a library of the system; whichever name it asks for, it gets ours.
    setattr(ctypes.cdll, "LoadLibrary", lambda _name: shared)  # noqa: B010 - mypy: a method
    from pyttsx3.drivers import _espeak

    if _espeak.dll is not shared:  # it was bound before, to a library that is unloaded by now
        _espeak.dll = shared
        for name in _BOUND.split():
            symbol = f"espeak_{name.removeprefix('c')}"
            setattr(_espeak, name, type(getattr(_espeak, name))((symbol, shared)))
    return _espeak


def _set_voice(espeak: Any, name: bytes) -> int:
    """Return VOICE_TAKEN, or 0: an unknown voice can leave another one in place without an error."""
    espeak.SetVoiceByName(name)
    identifier: bytes = espeak.GetCurrentVoice().contents.identifier
    # Where upper and lower case are one to the file system, it finds gmw/en-US as gmw/en-us.
    return VOICE_TAKEN if identifier.lower() == name.lower() else 0


def _excuse(error: Exception) -> bytes:
    message = f"{type(error).__name__}: {error}".encode()
    return HELLO.pack(0, 0, len(message)) + message


def _answer(espeak: Any, taken: int, source: int, target: int) -> None:
    """Speak one request."""
    limit_s, rate, pitch, volume, melody, has_phonemes, size = REQUEST.unpack(_read(source, REQUEST.size))
    if sys.platform != "win32":
        signal.alarm(limit_s)
    text = _read(source, size)
    listener = _Listener(espeak, target)
    espeak.SetSynthCallback(listener)
    espeak.SetParameter(espeak.RATE, rate, 0)
    espeak.SetParameter(espeak.PITCH, pitch, 0)
    espeak.SetParameter(espeak.VOLUME, volume, 0)
    espeak.SetParameter(espeak.RANGE, melody, 0)
    # No SSML, and phonemes only where the client put them: markup in a story is read as it stands.
    flags = espeak.CHARS_UTF8 | (espeak.PHONEMES if has_phonemes else 0)
    espeak.cSynth(text, len(text) + 1, 0, espeak.POS_CHARACTER, 0, flags, None, None)
    status, words = taken | listener.finished, listener.words
    end = END.pack(status, listener.samples, listener.position, len(words) // WORD.size)
    _write(target, FRAME.pack(0) + end + words)
    if sys.platform != "win32":
        signal.alarm(0)


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
    data = bytearray()
    while len(data) < size:
        part = os.read(stream, min(size - len(data), 1 << 20))
        if not part:
            os._exit(_NO_REQUEST)
        data += part
    return bytes(data)


def _write(stream: int, data: bytes) -> None:
    """Write all of `data`, or end the process where the client is gone: eSpeak would speak on to nobody."""
    view = memoryview(data)
    try:
        while view:
            view = view[os.write(stream, view) :]
    except OSError:
        os._exit(_NO_REQUEST)


if __name__ == "__main__":
    main()
