"""A program that does one thing with an engine, without threads, and reports what came of it as JSON.

`python engine_program.py WHAT JOB REPORT`: what to do, a pickled job in hexadecimal, the file for the report.
"""

from __future__ import annotations

import _thread
import ctypes
import hashlib
import json
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from audiobook.engines.base import Engine
from audiobook.model import Voice

_SUBREAPER = 36
"""PR_SET_CHILD_SUBREAPER of prctl(2): who lost its parent becomes a child of this process."""
_PATIENCE_S = 5.0
"""How long an engine goes on being asked to speak that has let an interruption pass."""
_GRACE_S = 5.0
"""How long a process may take to notice that nobody needs it any more: a program that speaks a sentence ends
by itself."""


def main(what: str, job: str, report: str) -> None:
    """Do what is asked for and write the report."""
    open_engine, voice, texts = pickle.loads(bytes.fromhex(job))  # noqa: S301 - written by `processes.py`
    answer = _DEEDS[what](open_engine, voice, texts)
    Path(report).write_text(json.dumps(answer), encoding="utf-8")


def _speak(open_engine: Callable[[], Engine], voice: Voice, texts: Sequence[str]) -> dict[str, Any]:
    engine = open_engine()
    clips = [engine.synthesize(text, voice) for text in texts[2:4]]
    engine.close()
    return {"bytes": [len(clip.samples) for clip in clips]}


def _fork(open_engine: Callable[[], Engine], voice: Voice, texts: Sequence[str]) -> dict[str, Any]:
    if sys.platform == "win32":
        return {}
    engine = open_engine()
    context = multiprocessing.get_context("fork")
    queue = context.SimpleQueue()

    def speak() -> None:
        samples = engine.synthesize(texts[1], voice).samples
        queue.put((len(samples), hashlib.sha256(samples).hexdigest()))

    speak()
    children = [context.Process(target=speak) for _ in range(3)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    speak()
    results = []
    while not queue.empty():
        results.append(queue.get())
    engine.close()
    return {"bytes": [length for length, _ in results], "digests": [digest for _, digest in results]}


def _interrupt(open_engine: Callable[[], Engine], voice: Voice, texts: Sequence[str]) -> dict[str, Any]:
    can_tell = _adopt()
    engine = open_engine()
    lengths = [len(engine.synthesize(texts[1], voice).samples)]
    interrupted = 0
    for delay_s in (0.002, 0.02, 0.1, 0.3):
        _interrupt_after(delay_s)
        deadline = time.monotonic() + _PATIENCE_S
        try:
            while time.monotonic() < deadline:
                engine.synthesize(" ".join(texts), voice)
        except KeyboardInterrupt:
            interrupted += 1
        else:
            break
        lengths.append(len(engine.synthesize(texts[1], voice).samples))
    engine.close()
    return {"bytes": lengths, "interrupted": interrupted, "can_tell": can_tell, "left": _find_left(1.0)}


def _interrupt_after(delay_s: float) -> None:
    if sys.platform == "win32":  # no signal comes amid a call there, as none of Ctrl-C does
        threading.Timer(delay_s, _thread.interrupt_main).start()
    else:
        signal.setitimer(signal.ITIMER_REAL, delay_s)
        signal.signal(signal.SIGALRM, signal.default_int_handler)


def _kill(open_engine: Callable[[], Engine], voice: Voice, texts: Sequence[str]) -> dict[str, Any]:
    if sys.platform != "linux" or not _adopt():
        return {"can_tell": False, "left": []}
    left: list[str] = []
    for delay_s in (0.3, 0.5):
        child = os.fork()
        if not child:
            engine = open_engine()
            while True:
                engine.synthesize(" ".join(texts), voice)
        time.sleep(delay_s)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        left = _find_left(_GRACE_S)
        if left:
            break
    return {"can_tell": True, "left": left}


_DEEDS: dict[str, Callable[..., dict[str, Any]]] = {
    "speak": _speak,
    "fork": _fork,
    "interrupt": _interrupt,
    "kill": _kill,
}


def _adopt() -> bool:
    """Become the parent of all processes that lose theirs below this one; only Linux can."""
    return sys.platform == "linux" and not int(ctypes.CDLL(None).prctl(_SUBREAPER, 1, 0, 0, 0))


def _find_left(patience_s: float) -> list[str]:
    """Return the command lines of the processes below this one that do not end; those are then ended."""
    if sys.platform != "linux":
        return []
    deadline = time.monotonic() + patience_s
    while True:
        below = _children()
        if not below or time.monotonic() > deadline:
            break
        time.sleep(0.02)
    names = []
    for child in below:
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        names.append(b" ".join(words).decode("utf-8", "replace")[:100].strip() or str(child))
        os.kill(child, signal.SIGKILL)
    return names


def _children() -> list[int]:
    """Return the living children; those that have ended are reaped."""
    if sys.platform == "win32":
        return []
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    except ChildProcessError:
        return []
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            after_name = stat.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if int(after_name[1]) == os.getpid():
            found.append(int(stat.parent.name))
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
