"""onnxruntime: how many threads a model gets, and which models a process keeps."""

from __future__ import annotations

import ctypes
import os
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Generic, TypeVar

THREADS = "NARRATE_THREADS"
"""The environment variable that gives each model more threads than one, for fewer workers than cores."""

Model = TypeVar("Model")


def count_threads() -> int:
    """Return how many threads a model gets: one, or what `NARRATE_THREADS` says.

    Workers are as many as cores, so one thread each keeps these busy.  And a model's samples depend on the
    number: threads share a tensor, and where one's part ends, the last few values are computed one by one
    instead of four or eight together, which rounds otherwise.  With a number that followed `--jobs`, equal
    stories would no longer give equal bytes.
    """
    told = os.environ.get(THREADS, "")
    return int(told) if told.isdecimal() and int(told) > 0 else 1


def name_threads() -> str:
    """Return what an engine's fingerprint says of its threads: nothing where there is one."""
    return f"{count_threads()} threads" if count_threads() > 1 else ""


def load_onnxruntime() -> Any:
    """Import onnxruntime so that it tells nobody of it; to be called before packages that import it.

    From 1.29 on it sends its maker what models are run, on Linux and macOS too, and leaves files in the
    temporary and the cache folder, unless it is told beforehand (microsoft/onnxruntime, pull request 27379).
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime

    onnxruntime.disable_telemetry_events()  # Windows, where the variable means nothing
    return onnxruntime


def open_session(path: Path, *, is_prepared: bool = False) -> Any:
    """Load a model (an `onnxruntime.InferenceSession`) for the CPU, which every machine has.

    One that `is_prepared` needs no search for quicker forms of its nodes, which takes as long as the rest of
    loading it (Kokoro's: 1.2 s instead of 1.9 s, and as quick afterwards).
    """
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    if is_prepared:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.intra_op_num_threads = count_threads()
    options.inter_op_num_threads = 1
    options.use_deterministic_compute = True
    options.log_severity_level = 3  # errors: its warnings are about a graph's making
    # A thread that waits for work in a loop takes a core from the other workers.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(path), sess_options=options, providers=["CPUExecutionProvider"])


class ModelShelf(Generic[Model]):
    """The few models that a process keeps loaded, the one used longest ago going first.

    One user at a time; a process forked from one that has models loads its own.
    """

    def __init__(self, load: Callable[[str], Model], room: int) -> None:
        self._load = load
        self._room = room
        self._lock = threading.RLock()
        self._owner = os.getpid()
        self._models: OrderedDict[str, Model] = OrderedDict()

    @contextmanager
    def borrow(self, name: str) -> Iterator[Model]:
        """Give the model called `name`, loaded now if need be, to one user alone."""
        self._look_for_fork()
        with self._lock:
            if name not in self._models:
                while len(self._models) >= self._room:
                    self._models.popitem(last=False)
                self._models[name] = self._load(name)
            self._models.move_to_end(name)
            yield self._models[name]

    def clear(self) -> None:
        """Let go of all models."""
        self._look_for_fork()
        with self._lock:
            self._models.clear()

    def _look_for_fork(self) -> None:
        if self._owner == os.getpid():
            return
        # The parent's models have lost their threads, and to destroy one would wait for these for ever.
        for model in self._models.values():
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(model))
        self._models = OrderedDict()
        self._lock, self._owner = threading.RLock(), os.getpid()
