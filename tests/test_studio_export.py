"""`narrate export-player`: what the folder holds, and what it will not write over."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from click.testing import CliRunner

from audiobook.cli import main
from tests.conftest import TONES

STORY = """\
---
title: Salt & <Soup>
---

# One

"Who else is coming?" asked Tom.

* * *

Clara laughed.

# Two

"Nobody," said Clara.
"""


def _run(*words: str, status: int = 0) -> str:
    done = CliRunner().invoke(main, list(words))
    assert done.exit_code == status, done.output
    return done.output


def _read_book(folder: Path) -> dict[str, Any]:
    text = (folder / "book.js").read_bytes().decode("ascii")
    name, _, value = text.partition(" = ")
    assert name == "globalThis.narrateBook"
    book: dict[str, Any] = json.loads(value.rstrip(";\n"))
    return book


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project whose story is finished, made once for all tests."""
    folder = tmp_path_factory.mktemp("made")
    (folder / "texts").mkdir()
    (folder / "texts" / "soup.md").write_text(STORY, encoding="utf-8")
    (folder / "voices.yaml").write_text(TONES, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        patch.chdir(folder)
        _run("--quiet")
    return folder


@pytest.fixture
def project(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(shutil.copytree(made, tmp_path / "project"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
def test_the_folder_holds_all_that_it_needs(project: Path) -> None:
    _run("--quiet")
    said = _run("export-player", "soup")
    folder = project / "output" / "soup" / "player"
    assert str(Path("output", "soup", "player", "index.html")) in said
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    sounds = {f"audio/{path.name}" for path in (project / "output" / "soup").glob("*.mp3")}
    assert len(sounds) == 2
    assert names == sounds | {"index.html", "player.css", "player.js", "book.js", "icon.svg", "cover.jpg"}
    book = _read_book(folder)
    assert [unquote(track["audio"]) for track in book["tracks"]] == sorted(sounds)
    page = (folder / "index.html").read_text(encoding="utf-8")
    assert "<title>Salt &amp; &lt;Soup&gt;</title>" in page
    assert "Salt & <Soup>" not in page


@pytest.mark.slow
def test_the_book_says_what_sounds_when_and_how_loud(project: Path) -> None:
    _run("export-player", "soup", "--output", "elsewhere")
    book = _read_book(project / "elsewhere")
    assert (book["title"], book["language"]) == ("Salt & <Soup>", "en")
    first, second = book["tracks"]
    assert [cue["text"] for cue in first["cues"]] == [
        "One",
        "Who else is coming?",
        "asked Tom.",
        "Clara laughed.",
    ]
    assert [cue["kind"] for cue in first["cues"]] == ["heading", "speech", "narration", "narration"]
    assert [cue["scene"] for cue in first["cues"]] == [False, False, False, True]
    assert first["cues"][2]["color"] is None
    assert first["cues"][1]["color"] != second["cues"][1]["color"]
    for track in (first, second):
        assert len(track["peaks"]) == 1000
        assert max(height for height, _ in track["peaks"]) == 1
        ends = [time for cue in track["cues"] for time in (cue["start"], cue["end"])]
        assert ends == sorted(ends)
        assert ends[-1] < track["seconds"]
        # A stretch has its speaker's colour while the words sound.
        for cue in track["cues"]:
            step = int((cue["start"] + cue["end"]) / 2 / track["seconds"] * 1000)
            assert track["peaks"][step][1] == cue["color"]


@pytest.mark.slow
def test_the_same_player_is_the_same_bytes(project: Path) -> None:
    _run("export-player", "soup", "--output", "a")
    _run("export-player", "soup", "--output", "b")
    for path in (project / "a").rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (project / "b" / path.relative_to(project / "a")).read_bytes()


@pytest.mark.slow
def test_an_earlier_player_is_brought_up_to_date(project: Path) -> None:
    _run("export-player", "soup", "--output", "out")
    (project / "out" / "audio" / "my own.mp3").write_bytes(b"mine")
    story = project / "texts" / "soup.md"
    story.write_text(STORY.replace("# Two", "# The end"), encoding="utf-8")
    _run("--quiet")
    _run("export-player", "soup", "--output", "out")
    names = {path.name for path in (project / "out" / "audio").iterdir()}
    assert names == {"01 - One.mp3", "02 - The end.mp3", "my own.mp3"}


def test_a_story_that_is_not_made_has_no_player(project: Path) -> None:
    (project / "output" / "soup" / "02 - Two.mp3").unlink()
    said = _run("export-player", "soup", status=1)
    assert "only 1 of 2 MP3 files are there" in " ".join(said.split())
    (project / "output" / "soup" / "01 - One.mp3").unlink()
    said = _run("export-player", "soup", status=1)
    assert "soup: it is not made yet; make it first: narrate soup --format mp3" in " ".join(said.split())
    assert not (project / "output" / "soup" / "player").exists()


@pytest.mark.parametrize("own", ["letter.txt", "book.js"])
def test_a_folder_of_other_things_is_left_alone(project: Path, own: str) -> None:
    folder = project / "out"
    folder.mkdir()
    (folder / own).write_text("globalThis.narrateBook = my own", encoding="utf-8")
    said = _run("export-player", "soup", "--output", "out", status=1)
    assert "holds other things" in said
    assert [path.name for path in folder.iterdir()] == [own]


def test_an_empty_folder_will_do(project: Path) -> None:
    (project / "out").mkdir()
    _run("export-player", "soup", "--output", "out")
    assert (project / "out" / "index.html").is_file()
