"""`narrate`, called by tests: in this process, or in one of its own where the process is what is tested."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from audiobook.cli import main
from tests.conftest import ROOT


def narrate(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `narrate` in this process: a start of Python and of all rooms costs more than most runs.

    An exception that is no error of `narrate`'s own goes up to the test.
    """
    with contextlib.chdir(cwd or Path()):
        done = CliRunner().invoke(main, arguments, catch_exceptions=False)
    return subprocess.CompletedProcess(arguments, done.exit_code, done.stdout, done.stderr)


def narrate_apart(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m audiobook`, as a person does."""
    command = [sys.executable, "-m", "audiobook", *arguments]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=300, check=False, env=environment()
    )


def environment(**more: str) -> dict[str, str]:
    """Return the variables of a process of narrate's."""
    return {"PYTHONPATH": str(ROOT), **os.environ, "PYTHONWARNINGS": "ignore", **more}


def make(*arguments: str, status: int = 0) -> dict[str, dict[str, object]]:
    """Run `narrate make --json` and return its stories by name."""
    return _read_stories(narrate("make", "--json", *arguments), status)


def make_apart(*arguments: str, status: int = 0) -> dict[str, dict[str, object]]:
    """Do as `make`, in a process of its own."""
    return _read_stories(narrate_apart("make", "--json", *arguments), status)


def _read_stories(done: subprocess.CompletedProcess[str], status: int) -> dict[str, dict[str, object]]:
    assert done.returncode == status, done.stderr
    return {story["name"]: story for story in json.loads(done.stdout)["stories"]}


def finished(project: Path) -> dict[str, bytes]:
    """Every file under output/, by its path."""
    files = (path for path in (project / "output").rglob("*") if path.is_file())
    return {str(path.relative_to(project / "output")): path.read_bytes() for path in files}
