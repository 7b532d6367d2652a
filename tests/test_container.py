"""The Dockerfile by hadolint, the Compose file by Compose, and the image where a daemon can make it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT

BESIDE_PYTHON = Path(sys.executable).parent


def find(program: str) -> str:
    found = shutil.which(program, path=f"{BESIDE_PYTHON}{os.pathsep}{os.environ['PATH']}")
    if found is None:
        pytest.skip(f"{program} is not installed (the extra dev has it for Linux on x86-64)")
    return found


@pytest.mark.slow
def test_the_dockerfile_has_nothing_that_hadolint_minds() -> None:
    done = subprocess.run([find("hadolint"), "Dockerfile"], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stdout.decode()) == (0, "")


@pytest.mark.slow
def test_compose_reads_its_file() -> None:
    services = read_compose_file()["services"]
    assert set(services) == {"narrate", "install-voices", "audiobookshelf"}
    made = services["narrate"]
    assert made["network_mode"] == "none"
    assert made["user"].split(":")[0] != "0"
    assert made["cap_drop"] == ["ALL"]
    assert [each["target"] for each in made["volumes"] if each["type"] == "volume"] == ["/voices", "/cache"]
    shelf = services["audiobookshelf"]
    (library,) = (each["source"] for each in shelf["volumes"] if each["target"] == "/audiobooks")
    (output,) = (each["source"] for each in made["volumes"] if each["target"] == "/project/output")
    assert library == output == str(ROOT / "output")
    assert all(port["host_ip"] == "127.0.0.1" for port in shelf["ports"])


def read_compose_file() -> dict[str, Any]:
    command = [find("docker-compose"), "--profile", "*", "config", "--format", "json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode, done.stderr.decode()) == (0, "")
    services: dict[str, Any] = json.loads(done.stdout)
    return services


@pytest.mark.slow
def test_the_image_makes_a_story_without_a_network(tmp_path: Path) -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "info"], capture_output=True, check=False).returncode:
        pytest.skip("no Docker daemon is here")
    subprocess.run([docker, "build", "--tag", "narrate-test", "."], cwd=ROOT, check=True)
    (tmp_path / "texts").mkdir()
    (tmp_path / "output").mkdir()
    shutil.copy(ROOT / "texts" / "echo-fade.txt", tmp_path / "texts")
    command = [docker, "run", "--rm", "--network", "none", "--user", f"{os.getuid()}:{os.getgid()}"]
    for folder in ("texts", "output"):
        command += ["--volume", f"{tmp_path / folder}:/project/{folder}"]
    subprocess.run([*command, "narrate-test"], check=True)
    assert [path.name for path in (tmp_path / "output").rglob("*.mp3")] == ["01 - Echo Fade.mp3"]
