"""The same files from a Dask cluster: real processes without a shared disk, killed, lost, unlike this."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from audiobook.building.cluster.toolchain import name_tools
from audiobook.building.cluster.workers import ClusterWorkers
from audiobook.errors import ClusterError
from tests.command_line import environment, finished, make, make_apart, narrate, narrate_apart
from tests.conftest import ROOT, STORIES, TONES
from tests.test_building import MISBEHAVING

NewProject = Callable[..., Path]

SETTINGS = (ROOT / "voices.yaml").read_text(encoding="utf-8")
LONG = "\n\n".join(
    f'"This is line {number}," said Nora. "Nobody came down to the boats," said Ben.' for number in range(60)
)
NOWHERE = "tcp://127.0.0.1:1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """A running cluster: its address, its processes, and the folder that its workers are at home in."""

    address: str
    process: subprocess.Popen[str]
    home: Path

    def encoding(self) -> list[int]:
        """Return the workers that have an encoder running now: they are in the middle of a track."""
        family = descendants(self.process.pid)
        return [parent for parent, command in family.values() if "ffmpeg" in command and parent in family]


def descendants(root: int) -> dict[int, tuple[int, str]]:
    """Return the processes under `root` with their parents and commands."""
    done = subprocess.run(["ps", "-eo", "pid=,ppid=,args="], capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in done.stdout.splitlines()]
    everybody = {int(row[0]): (int(row[1]), row[2]) for row in rows if len(row) == 3}
    found = {root}
    while more := {pid for pid, (parent, _) in everybody.items() if parent in found} - found:
        found |= more
    return {pid: everybody[pid] for pid in found if pid in everybody}


@contextmanager
def running_cluster(home: Path, *, workers: int = 2, packages: str = str(ROOT)) -> Iterator[Host]:
    home.mkdir()
    kinds = {"PYTHONPATH": packages, "XDG_CACHE_HOME": str(home / "cache")}
    command = [sys.executable, "-m", "tests.cluster_host", str(home), str(home.parent), str(workers)]
    with (home / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES="1", **kinds),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        address = process.stdout.readline().strip()
        assert address, (home / "log").read_text()
        yield Host(address=address, process=process, home=home)
    finally:
        process.stdin.close()
        process.wait(timeout=60)
        process.stdout.close()


@pytest.fixture(scope="module")
def misbehaving(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A package with an engine that kills its process on some words; return a PYTHONPATH with it."""
    package = tmp_path_factory.mktemp("package")
    metadata = package / "misbehaving-1.dist-info"
    metadata.mkdir()
    (package / "misbehaving.py").write_text(MISBEHAVING)
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: misbehaving\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text("[narrate.engines]\nmisbehaving = misbehaving:Engine\n")
    return f"{ROOT}{os.pathsep}{package}"


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory, misbehaving: str) -> Iterator[Host]:
    with running_cluster(tmp_path_factory.getbasetemp() / "workers", packages=misbehaving) as running:
        yield running


@contextmanager
def narrating(project: Path, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "audiobook", *arguments],
        cwd=project,
        env=environment(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stderr is not None
        process.stderr.close()


def wait_until(happens: Callable[[], object], seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while not happens():
        assert time.monotonic() < until
        time.sleep(0.02)


def nothing_half_made(project: Path) -> bool:
    return not (project / "output" / ".partial").exists()


@pytest.mark.slow
def test_a_cluster_that_shares_no_disk_makes_the_same_bytes(host: Host, new_project: NewProject) -> None:
    project = new_project(settings=SETTINGS)
    (project / "texts" / "book.md").write_text(
        "# Book\n\n## One\n\nIt began.\n\n## Two\n\nIt began. It ended.\n"
    )
    local = make_apart()
    wanted = finished(project)
    shutil.rmtree(project / "output")
    done = narrate_apart("--scheduler", host.address, "--verbose")
    assert done.returncode == 0, done.stderr
    assert finished(project) == wanted
    assert len(wanted) == len(STORIES) + 3  # and the playlist of the two
    for name in STORIES:
        clips = local[name]["clips_made"]
        assert f"{name}: {clips} clips to speak, 1 file to make\n" in done.stderr
        assert f"{name}: spoke {clips} clips\n{name}: made output/{name}/" in done.stderr
    forced = make_apart("--force", "--scheduler", host.address)
    made = {name: int(str(story["clips_made"])) for name, story in local.items()}
    made["book"] += 1  # "It began." of both chapters, whose workers share nothing
    assert {name: story["clips_made"] for name, story in forced.items()} == made
    assert finished(project) == wanted
    assert nothing_half_made(project)

    assert (host.home / "scratch").is_dir()  # the workers touched nothing of this project, and kept nothing
    assert not (host.home / "touched").exists(), (host.home / "touched").read_text()
    assert not [path for path in host.home.rglob("*") if path.suffix in {".mp3", ".clip"}]
    assert not (host.home / "cache").exists()


@pytest.mark.slow
def test_a_cluster_makes_every_format_and_the_book_is_joined_here(
    host: Host, new_project: NewProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    project = new_project(a="All is well.")
    (project / "texts" / "book.md").write_text("# Book\n\n## One\n\nIt began.\n\n## Two\n\nIt ended.\n")
    formats = [word for name in ("opus", "flac", "m4b") for word in ("--format", name)]
    make_apart(*formats)
    wanted = finished(project)
    assert len(wanted) == 3 * 2 + 2
    shutil.rmtree(project / "output")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "another cache"))
    done = narrate_apart(*formats, "--scheduler", host.address, "--verbose")
    assert done.returncode == 0, done.stderr
    assert "book: encoded 'Two'" in done.stderr
    assert finished(project) == wanted
    assert nothing_half_made(project)
    again = narrate_apart(*formats, "--scheduler", host.address, "--force", "--json")
    counts = [(story["clips_made"], story["clips_reused"]) for story in json.loads(again.stdout)["stories"]]
    assert counts == [(1, 0), (4, 0)]  # each utterance once, though in three formats


@pytest.mark.slow
def test_a_worker_killed_in_the_middle_is_survived(host: Host, new_project: NewProject) -> None:
    project = new_project(a=LONG, b=LONG.replace("boats", "river"), c=LONG.replace("boats", "shore"))
    make_apart()
    wanted = finished(project)
    shutil.rmtree(project / "output")
    with narrating(project, "--scheduler", host.address) as process:
        wait_until(host.encoding)
        os.kill(host.encoding()[0], signal.SIGKILL)
        assert process.wait(timeout=180) == 0
    assert finished(project) == wanted


@pytest.mark.slow
def test_a_story_that_kills_every_worker_fails_alone(
    host: Host, new_project: NewProject, misbehaving: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", misbehaving)
    texts = {"a": "All is well.", "b": "They kill it.", "c": "They raise it.", "d": "So it is."}
    project = new_project(settings=TONES.replace("engine: tone", "engine: misbehaving"), **texts)
    stories = make_apart("--scheduler", host.address, status=1)
    assert [name for name, story in stories.items() if story["errors"]] == ["b", "c"]
    assert "were killed each time" in str(stories["b"]["errors"])
    assert "on the worker tcp://" in str(stories["c"]["errors"])
    assert "RuntimeError" in str(stories["c"]["errors"])
    assert sorted(finished(project)) == ["a/01 - A.mp3", "d/01 - D.mp3"]


@pytest.mark.slow
def test_an_interrupt_leaves_whole_files_and_the_next_run_makes_the_rest(
    host: Host, new_project: NewProject
) -> None:
    project = new_project(**{f"s{number}": LONG.replace("boats", f"boat {number}") for number in range(12)})
    with narrating(project, "--scheduler", host.address) as process:
        wait_until(lambda: len(list((project / "output").rglob("s*/*.mp3"))) > 0)
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=60) == 130
    assert nothing_half_made(project)
    whole = finished(project)
    assert 0 < len(whole) < 12
    stories = make_apart("--scheduler", host.address)
    assert sum(1 for story in stories.values() if story["clips_made"] == 0) == len(whole)
    assert finished(project).items() >= whole.items()


@pytest.mark.slow
def test_a_lost_scheduler_is_one_message_and_leaves_whole_files(
    new_project: NewProject, tmp_path: Path
) -> None:
    project = new_project(**{f"s{number}": LONG.replace("boats", f"boat {number}") for number in range(4)})
    with (
        running_cluster(tmp_path / "workers") as lost,
        narrating(project, "--scheduler", lost.address) as run,
    ):
        wait_until(lost.encoding)
        workers = [pid for pid in descendants(lost.process.pid) if pid != lost.process.pid]
        lost.process.kill()
        assert run.wait(timeout=180) == 1
        assert run.stderr is not None
        said = run.stderr.read()
        assert "the scheduler was lost" in said
        assert "Traceback" not in said
        assert nothing_half_made(project)
        wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers), 60)


@pytest.mark.slow
def test_workers_that_would_make_other_bytes_are_refused_before_and_during_the_work(
    new_project: NewProject, tmp_path: Path
) -> None:
    other = tmp_path / "other"
    shutil.copytree(ROOT / "audiobook", other / "audiobook")
    with (other / "audiobook" / "audio" / "master.py").open("a", encoding="utf-8") as file:
        file.write("\n# Another state of the code under the same version number.\n")
    texts = {f"s{number}": LONG.replace("boats", f"boat {number}") for number in range(12)}
    project = new_project(**texts)
    with running_cluster(tmp_path / "workers", workers=1) as host:
        with narrating(project, "--scheduler", host.address) as run:
            wait_until(host.encoding)
            join = [sys.executable, "-m", "distributed.cli.dask_worker", "--nthreads=1", "--no-dashboard"]
            stranger = subprocess.Popen(
                [*join, host.address, "--local-directory", str(tmp_path / "stranger")],
                cwd=other,
                env=environment(PYTHONPATH=str(other)),
                stderr=subprocess.DEVNULL,
            )
            try:
                assert run.wait(timeout=180) == 1
                assert run.stderr is not None
                joined = run.stderr.read()
                before = narrate_apart("--scheduler", host.address)
            finally:
                stranger.terminate()
                stranger.wait(timeout=60)
        for said in (joined, before.stderr):
            assert "narrate is '" in said
            assert "install the same" in said
            assert "Traceback" not in said
        assert before.returncode == 1
        assert "1 of 2 workers" in before.stderr
        assert nothing_half_made(project)


@pytest.mark.slow
def test_no_worker_is_one_message_in_bounded_time(tmp_path: Path) -> None:
    with running_cluster(tmp_path / "workers", workers=0) as host:
        workers = ClusterWorkers(
            host.address, name_tools(["tone"], "bundled"), ffmpeg="bundled", patience_s=1
        )
        with pytest.raises(ClusterError, match="no worker for 1 s; start some: dask worker tcp"), workers:
            pass


@pytest.mark.slow
def test_without_the_extra_the_message_says_how_to_install_it(
    new_project: NewProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project(a="All is well.")
    missing = tmp_path / "missing"
    missing.mkdir()
    (missing / "distributed.py").write_text("raise ModuleNotFoundError(\"No module named 'distributed'\")\n")
    monkeypatch.setenv("PYTHONPATH", f"{missing}{os.pathsep}{ROOT}")
    done = narrate_apart("--scheduler", NOWHERE)
    assert done.returncode == 1
    assert "pip install 'narrate-audiobook[cluster]'" in done.stderr
    assert "Traceback" not in done.stderr
    assert not finished(project)
    assert nothing_half_made(project)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("address", "reason"),
    [
        ("nonsense", "missing port number"),
        ("ftp://127.0.0.1:8786", "unknown address scheme"),
        pytest.param(NOWHERE, "Timed out", marks=pytest.mark.slow),
    ],
)
def test_a_wrong_address_is_one_message(address: str, reason: str, new_project: NewProject) -> None:
    project = new_project(a="All is well.")
    done = narrate("--scheduler", address)
    assert done.returncode == 1
    assert f"error: {address}: no Dask scheduler answers there" in done.stderr
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
    assert not finished(project)
    assert nothing_half_made(project)


def test_processes_of_this_machine_and_a_cluster_exclude_each_other(new_project: NewProject) -> None:
    new_project(a="All is well.")
    done = narrate("--scheduler", NOWHERE, "--jobs", "2")
    assert done.returncode == 2
    assert "name one of them" in done.stderr


def test_an_unchanged_run_asks_no_cluster(new_project: NewProject) -> None:
    new_project(a="All is well.")
    make()
    assert narrate("--scheduler", NOWHERE).returncode == 0
