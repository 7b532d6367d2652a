"""Checks of how an engine lives with others: order, threads, processes, Ctrl-C, and an end from outside."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import pickle
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

from audiobook.engines.base import Engine
from audiobook.engines.conformance import engine_program
from audiobook.engines.conformance.trial import TEXTS, Breach, Check, Trial, expect
from audiobook.model import Clip, Voice
from audiobook.scratch import open_scratch

_LIMIT_S = 300
"""For a program that speaks a few sentences; only an engine that hangs takes so long."""


def check_order(trial: Trial) -> str:
    """Expect a text to sound alike whatever was spoken before it, in this object or another."""
    first = [trial.speak(text) for text in TEXTS]
    trial.speak("Something else altogether!", rate=200, pitch=70)
    for text, before in reversed(list(zip(TEXTS, first, strict=True))):
        trial.expect_same(before, trial.speak(text), f"later for {text!r}")
    other = trial.open_engine()
    try:
        trial.expect_same(first[1], other.synthesize(TEXTS[1], trial.voice), "from another object")
    finally:
        other.close()
    return "same lengths" if "determinism" in trial.limits else "equal bytes"


def check_closing(trial: Trial) -> str:
    """Expect an engine that was closed to speak again, and closing twice to be harmless."""
    first = trial.speak(TEXTS[0])
    trial.engine.close()
    trial.engine.close()
    trial.expect_same(first, trial.speak(TEXTS[0]), "after it was closed")
    return "may be used again"


def check_threads(trial: Trial) -> str:
    """Expect eight threads to share an engine."""
    first = [trial.speak(text) for text in TEXTS[:3]]
    results: dict[int, Clip | Exception] = {}

    def work(index: int) -> None:
        try:
            results[index] = trial.speak(TEXTS[index % 3])
        except Exception as error:
            results[index] = error

    threads = [threading.Thread(target=work, args=(index,), daemon=True) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(_LIMIT_S)
    for index in range(8):
        result = results.get(index)
        if not isinstance(result, Clip):
            raise Breach(
                "hangs where threads share it" if result is None else f"raised {result!r} in a thread"
            )
        trial.expect_same(first[index % 3], result, "in a thread")
    return "8 share one"


def check_new_processes(trial: Trial) -> str:
    """Expect the same from processes that are started afresh."""
    first = [trial.speak(text) for text in TEXTS[:2]]
    with ProcessPoolExecutor(2, mp_context=multiprocessing.get_context("spawn")) as pool:
        jobs = [pool.submit(_speak_apart, trial.open_engine, text, trial.voice) for text in TEXTS[:2]]
        for before, job in zip(first, jobs, strict=True):
            trial.expect_same(before, job.result(_LIMIT_S), "in a process of its own")
    return "speak alike"


def _speak_apart(open_engine: Callable[[], Engine], text: str, voice: Voice) -> Clip:
    """Speak in a process that keeps no engine."""
    engine = open_engine()
    try:
        return engine.synthesize(text, voice)
    finally:
        engine.close()


def check_forked_processes(trial: Trial) -> str:
    """Expect the same from processes that are forked from one in which the engine has spoken."""
    if "fork" not in multiprocessing.get_all_start_methods():
        return "this system has none"
    first = trial.speak(TEXTS[1])
    said = _run(trial, "fork")
    lengths, digests = said["bytes"], set(said["digests"])
    expect(len(lengths) == 5, f"only {len(lengths)} of 5 clips came back")
    if "determinism" not in trial.limits:
        expect(
            digests == {hashlib.sha256(first.samples).hexdigest()}, "gives other samples in forked processes"
        )
    for length in lengths:
        trial.expect_same_length(first, length, "in a forked process")
    return "3 speak alike"


def check_interruption(trial: Trial) -> str:
    """Expect Ctrl-C amid a text to come through, the engine to speak on, and no process to stay."""
    first = trial.speak(TEXTS[1])
    said = _run(trial, "interrupt")
    expect(said["interrupted"] == 4, f"{4 - said['interrupted']} of 4 interruptions did not come through")
    for length in said["bytes"]:
        trial.expect_same_length(first, length, "after an interruption")
    expect(not said["left"], f"leaves processes behind when it is closed: {', '.join(said['left'])}")
    return "speaks on" if said["can_tell"] else "speaks on; whether processes stay can't be told here"


def check_sudden_end(trial: Trial) -> str:
    """Expect no process to stay when the one that speaks is killed."""
    said = _run(trial, "kill")
    if not said["can_tell"]:
        return "can't be told on this system"
    expect(not said["left"], f"leaves processes behind when it is killed: {', '.join(said['left'])}")
    return "leaves no process"


def check_printing(trial: Trial) -> str:
    """Expect nothing on standard output and standard error, and no warning, while it speaks."""
    said = _run(trial, "speak")
    expect(len(said["bytes"]) == 2, "does not speak in a program of its own")
    return "nothing printed"


def _run(trial: Trial, what: str) -> dict[str, Any]:
    """Have `engine_program.py` do something with the engine, without threads; return what it reports."""
    job = pickle.dumps((trial.open_engine, trial.voice, TEXTS))
    package = Path(__file__).parents[3]
    with open_scratch() as folder:
        report = folder / "report.json"
        try:
            done = subprocess.run(
                [sys.executable, "-W", "error", engine_program.__file__, what, job.hex(), str(report)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join([str(package), *filter(None, sys.path)])},
                capture_output=True,
                check=False,
                timeout=_LIMIT_S,
            )
        except subprocess.TimeoutExpired as error:
            raise Breach(f"hangs ({what})") from error
        said = report.read_bytes() if report.exists() else b""
    printed = (done.stdout + done.stderr).decode("utf-8", "replace").strip()
    expect(
        done.returncode == 0 and bool(said),
        f"ends its program with status {done.returncode}: {printed[-300:]}",
    )
    expect(not printed, f"prints {printed[:200]!r}")
    answer: dict[str, Any] = json.loads(said)
    return answer


PROCESSES: tuple[Check, ...] = (
    check_order,
    check_closing,
    check_threads,
    check_new_processes,
    check_forked_processes,
    check_interruption,
    check_sudden_end,
    check_printing,
)
