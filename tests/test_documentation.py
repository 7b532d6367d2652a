"""The documentation tells the truth: commands, options, output, links, and the two commands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import click
import pytest

from audiobook.cli import main
from audiobook.cli.command_list import COMMANDS, COMMON_OPTIONS
from tests.conftest import ROOT, STORIES

README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md"))]


def test_the_readme_holds_its_two_commands_in_order() -> None:
    commands = [
        line.partition("#")[0].strip() for line in README.splitlines() if line.startswith("python3 -m venv")
    ]
    assert commands == [
        "python3 -m venv .venv && .venv/bin/pip install . && .venv/bin/narrate",
        "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest",
    ]


@pytest.mark.slow
def test_output_in_the_documentation_is_what_the_program_prints() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "docs" / "render.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_and_option_is_documented(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.help
    assert " ".join(command.help.split()).startswith(COMMANDS[name].summary)
    assert f"narrate {name}" in README
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            assert parameter.help, parameter.name
            if name == "make":
                assert parameter.opts[0] in README, parameter.name


def test_the_options_that_the_first_help_names_are_a_runs() -> None:
    make = main.get_command(click.Context(main), "make")
    assert make is not None
    known = {name for parameter in make.params for name in parameter.opts}
    assert {option.partition(" ")[0] for option in COMMON_OPTIONS} <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def test_the_stories_are_there_and_nothing_but_its_page_is_kept_of_output() -> None:
    assert {path.stem for path in (ROOT / "texts").glob("*.txt")} == set(STORIES)
    done = subprocess.run(
        ["git", "ls-files", "output"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.skip("not a git checkout")
    assert done.stdout.split() == ["output/README.md"]


def test_the_repository_names_no_machine() -> None:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    for name in done.stdout.splitlines():
        text = (ROOT / name).read_text(encoding="utf-8", errors="ignore") if (ROOT / name).is_file() else ""
        assert not re.search(r"/(?:home|root|work)/\w", text), name
