"""`narrate studio` as a person starts and ends it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from audiobook.publishing import read_mark
from tests.conftest import ROOT
from tests.studio import StudioClient

NewProject = Callable[..., Path]

LONG = "\n\n".join(
    f'"This is line {number}," said Nora. Nobody came down to the boats.' for number in range(300)
)


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "audiobook", "studio", "--no-browser", *arguments]


@contextmanager
def started(folder: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], StudioClient]]:
    with subprocess.Popen(
        command(*arguments),
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        process_group=0,
    ) as process:
        try:
            assert process.stdout is not None
            words = process.stdout.readline().split()
            assert words[:2] == ["narrate", "studio:"]
            yield process, StudioClient(words[2])
        finally:
            process.kill()


@pytest.mark.slow
def test_a_second_one_on_the_same_port_says_what_to_do(new_project: NewProject) -> None:
    project = new_project(a="All is well.")
    with started(project, "--port", "0") as (_, studio):
        second = subprocess.run(
            command("--port", str(studio.port)),
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert second.returncode == 2
        assert f"port {studio.port} of this machine is in use" in second.stderr
        assert f"narrate studio --port {studio.port + 1}" in second.stderr
        assert "Traceback" not in second.stderr
        assert second.stdout == ""
        assert studio.ask("api/shelf").status == 200


@pytest.mark.slow
def test_ctrl_c_ends_it_though_a_page_listens_and_a_run_is_on(new_project: NewProject) -> None:
    project = new_project(settings="narrator: en-us\n", a=LONG)
    with started(project, "--port", "0") as (process, studio), studio.events() as events:
        studio.ask("api/make", "POST", value={"stories": []})
        for name, data in events:
            if name == "state" and data["clips"]:
                break
        os.killpg(process.pid, signal.SIGINT)  # as a terminal does
        _, errors = process.communicate(timeout=60)
        assert process.returncode == 130
        assert "what is finished stays" in errors
        assert "Traceback" not in errors
        assert "ERROR" not in errors
        assert not (project / "output" / ".partial").exists()
        assert list((project / "output").rglob("*.mp3")) == []


@pytest.mark.slow
def test_other_folders_may_be_named(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(a="All is well.")
    (project / "voices.yaml").rename(tmp_path / "mine.yaml")
    arguments = ("--port", "0", "--voices", str(tmp_path / "mine.yaml"), "--output", str(tmp_path / "there"))
    with started(project, *arguments) as (_, studio), studio.events() as events:
        assert studio.ask(studio.story("a", "/cast")).json["characters"][0]["voice"]["id"] == "tone-low"
        studio.ask("api/make", "POST", value={"stories": []})
        assert any(name == "state" and data["files"] for name, data in events)
        assert len(list((tmp_path / "there" / "a").glob("*.mp3"))) == 1


@pytest.mark.slow
def test_a_run_ends_when_the_studio_is_killed(new_project: NewProject) -> None:
    project = new_project(settings="narrator: en-us\n", **{f"a{number}": LONG for number in range(6)})
    with started(project, "--port", "0") as (process, studio), studio.events() as events:
        studio.ask("api/make", "POST", value={"stories": []})
        for name, data in events:
            if name == "state" and data["clips"]:
                break
        process.kill()
        assert process.wait(10) == -signal.SIGKILL
    until = time.monotonic() + 60
    while (project / "output" / ".partial").exists():
        assert time.monotonic() < until, "the run goes on"
        time.sleep(0.05)
    files = list((project / "output").rglob("*.mp3"))
    assert len(files) < 6
    assert all(read_mark(file) is not None for file in files)
