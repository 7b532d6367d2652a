"""What Windows and macOS do otherwise, as far as Linux can be made to: disks, paths, consoles, processes."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.cli import main
from audiobook.cli.command_list import COMMANDS
from audiobook.cli.console import show_whatever_can_be
from tests.command_line import environment, finished, narrate
from tests.conftest import ROOT, STORIES, TONES

NewProject = Callable[..., Path]
TALK = "“Hello,” said Anne. “How are you?” asked Max.\n"
EVERYTHING = TONES + "output: {formats: [mp3, m4b, epub, vtt]}\n"


@pytest.fixture(name="disk", scope="module")
def mount_ntfs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Return a folder where upper and lower case are one, and names must be those of Windows."""
    if shutil.which("lowntfs-3g") is None:
        pytest.skip("no disk of Windows' kind: lowntfs-3g is not installed (Debian: ntfs-3g)")
    folder = tmp_path_factory.mktemp("disk")
    image, mounted = folder / "disk.img", folder / "mounted"
    mounted.mkdir()
    with image.open("wb") as file:
        file.truncate(100_000_000)
    subprocess.run(["mkntfs", "-F", "-Q", "-q", image], check=True, capture_output=True)
    options = "ignore_case,windows_names"
    done = subprocess.run(["lowntfs-3g", "-o", options, image, mounted], capture_output=True, check=False)
    if done.returncode:
        pytest.skip(f"no disk of Windows' kind: {done.stderr.decode().strip() or 'it can not be mounted'}")
    yield mounted
    subprocess.run(["umount", mounted], check=True)


def make_project(folder: Path, **stories: str) -> Path:
    (folder / "texts").mkdir(parents=True)
    (folder / "voices.yaml").write_text(EVERYTHING)
    for name, text in stories.items():
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


@pytest.mark.slow
def test_where_upper_and_lower_case_are_one_no_new_file_counts_as_a_leftover(disk: Path) -> None:
    project = make_project(disk / "one", Anne=TALK)
    assert (project / "TEXTS" / "ANNE.TXT").is_file()
    first = json.loads(narrate("--json", cwd=project).stdout)
    again = json.loads(narrate("--json", cwd=project).stdout)
    assert first["leftovers"] == again["leftovers"] == []
    assert len(first["stories"][0]["files"]) == 4
    made = finished(project)
    assert "nothing to remove" in narrate("clean", cwd=project).stdout
    assert finished(project) == made
    checked = json.loads(narrate("check", "--json", cwd=project).stdout)
    assert not [each for each in checked["findings"] if each["figure"] == "belongs here"]


@pytest.mark.slow
def test_a_title_in_other_capitals_takes_the_old_ones_files(disk: Path) -> None:
    project = make_project(disk / "two", story="The Wolf\n\n" + TALK)
    narrate(cwd=project)
    (project / "texts" / "story.txt").write_text("The WOLF\n\n" + TALK, encoding="utf-8")
    assert json.loads(narrate("--json", cwd=project).stdout)["leftovers"] == []
    assert len(finished(project)) == 4


@pytest.mark.slow
def test_names_that_windows_does_not_take(disk: Path, tmp_path: Path) -> None:
    """They lie on a disk of Linux, and what is made of them on one of Windows'."""
    names = [
        "CON",
        "nul.first",
        "What? No: “Yes” <2>",
        "Dots...",
        "space ",
        "COM¹",
        "a\\b",
        "tab\there",
        "Anne",
        "anne",
    ]
    for name in names:
        (tmp_path / f"{name}.txt").write_text(f"{name}\n\n{TALK}", encoding="utf-8")
    (tmp_path / "voices.yaml").write_text(EVERYTHING)
    sources = [str(tmp_path / f"{name}.txt") for name in names]
    output = disk / "names"
    done = narrate("--voices", str(tmp_path / "voices.yaml"), "--output", str(output), "--json", *sources)
    stories = json.loads(done.stdout)["stories"]
    assert [(each["name"], *each["errors"]) for each in stories if each["errors"]] == [
        ("anne", f"{tmp_path}/anne.txt: would have the same output folder as {tmp_path}/Anne.txt; rename one")
    ]
    made = [Path(file) for each in stories for file in each["files"]]
    assert len(made) == 4 * (len(names) - 1)
    assert all(path.is_file() for path in made)


@pytest.mark.slow
def test_paths_longer_than_windows_has_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project(tmp_path / ("a long way down/" * 20), story=TALK)
    monkeypatch.setenv("XDG_CACHE_HOME", str(project / ("cache" * 20)))
    assert len(str(project)) > 260
    (story,) = json.loads(narrate("--json", cwd=project).stdout)["stories"]
    assert len(story["files"]) == 4


@pytest.mark.slow
@pytest.mark.parametrize("encoding", ["cp1252", "cp437"])
def test_a_console_that_lacks_characters_ends_no_command(new_project: NewProject, encoding: str) -> None:
    name = "Łódź 😀"
    new_project(
        settings=TONES + "output: {formats: [mp3]}\n",
        **{name: "“Ünï → 😀,” said Anne. “No ✓ – 1992,” said Łukasz…\n"},
    )

    def run(*arguments: str) -> str:
        done = CliRunner(charset=encoding).invoke(main, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.stdout

    assert json.loads(run("--dry-run", "--json"))["stories"][0]["name"] == name
    assert r"\u0141" in run("--dry-run")
    assert "Nothing lost" in run()
    assert " -> " in run("script", name, "--spoken")
    (story,) = json.loads(run("--json"))["stories"]
    assert story["name"] == name
    for command in ("cast", "contents", "text", "check"):
        run(command, name)
    for command in COMMANDS:
        run(command, "--help")


def test_a_stream_shows_plain_signs_for_what_it_lacks() -> None:
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="cp1252")
    show_whatever_can_be(stream)
    stream.write("é – a → b, −3 dB, ✓ 😀")
    stream.flush()
    assert written.getvalue().decode("cp1252") == r"é – a -> b, -3 dB, \u2713 \U0001f600"


@pytest.mark.slow
def test_progress_on_a_terminal_that_lacks_characters(new_project: NewProject) -> None:
    import pty

    project = new_project(**{"Łódź 😀": TALK})
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "audiobook"]
    variables = environment(PYTHONIOENCODING="cp1252", TERM="xterm")
    with subprocess.Popen(command, cwd=project, stdout=theirs, stderr=theirs, env=variables) as run:
        os.close(theirs)
        shown = b""
        with contextlib.suppress(OSError):  # of a terminal whose other end is closed
            while piece := os.read(ours, 65536):
                shown += piece
    os.close(ours)
    assert run.returncode == 0, shown.decode("cp1252")
    assert b"100%" in shown
    assert b"\\u28" not in shown  # a spinner's dots


@pytest.mark.slow
def test_the_four_stories_are_the_same_where_nothing_can_be_forked(tmp_path: Path) -> None:
    made = []
    for way in ("", "1"):
        project = tmp_path / f"forking{way}"
        (project / "texts").mkdir(parents=True)
        for name in STORIES:
            shutil.copy(ROOT / "texts" / f"{name}.txt", project / "texts")
        variables = environment(NARRATE_NO_FORK=way, XDG_CACHE_HOME=str(project / "cache"))
        command = [sys.executable, "-m", "audiobook", "--engine", "pyttsx3"]
        subprocess.run(command, cwd=project, env=variables, check=True, capture_output=True)
        made.append(finished(project))
    assert len(made[0]) >= len(STORIES)
    assert made[0] == made[1]


WITHOUT = """
import contextlib, importlib, os, pkgutil, select, signal, socket, sys

def run(engine):
    import audiobook
    for module in pkgutil.walk_packages(audiobook.__path__, "audiobook."):
        if not module.name.endswith(".__main__"):
            importlib.import_module(module.name)
    from audiobook.cli import main
    main(["--engine", engine, "--jobs", "2", "--json"], standalone_mode=False)

with open(os.devnull, "w") as nobody, contextlib.redirect_stdout(nobody):
    run("tone")  # which loads what others' packages need of this system
for name in [name for name in sys.modules if name.partition(".")[0] == "audiobook"]:
    del sys.modules[name]
for module in ("fcntl", "grp", "pty", "pwd", "resource", "termios", "tty"):
    sys.modules[module] = None
for module, names in {
    os: "fork forkpty getuid geteuid killpg nice pidfd_open sched_getaffinity setsid statvfs waitid",
    signal: "SIGALRM SIGHUP SIGPIPE alarm pthread_sigmask setitimer",
    socket: "AF_UNIX recv_fds send_fds",
    select: "epoll",
}.items():
    for name in names.split():
        delattr(module, name)
run("pyttsx3")
"""


@pytest.mark.slow
def test_a_story_is_made_without_what_linux_alone_has(new_project: NewProject) -> None:
    project = new_project(settings="output: {formats: [mp3, m4b, epub, vtt]}\n", story=TALK)
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT],
        cwd=project,
        env=environment(NARRATE_NO_FORK="1"),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    (story,) = json.loads(done.stdout)["stories"]
    assert len(story["files"]) == 4


@pytest.mark.slow
def test_nothing_is_used_that_windows_has_not(tmp_path: Path) -> None:
    """By the type checker, which knows what of the standard library each system has."""
    options = [
        "--platform",
        "win32",
        "--no-site-packages",
        "--ignore-missing-imports",
        "--config-file",
        os.devnull,
    ]
    command = [sys.executable, "-m", "mypy", *options, "--cache-dir", str(tmp_path), "audiobook"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert re.search(r"checked \d{3} source files", done.stdout), done.stdout + done.stderr
    assert not re.findall(".*Module has no attribute.*", done.stdout)
