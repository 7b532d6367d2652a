"""`narrate check` on whole projects: what it prints, its exit status, pictures, and broken folders."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result
from mutagen.id3 import ID3, TIT2
from mutagen.mp4 import MP4

from audiobook.checking import PROFILES
from audiobook.cli import main
from tests.conftest import ROOT, TONES

NewProject = Callable[..., Path]
BOATS = "The boats\n\n“Come in,” said Anna. The door was open, and it stayed so.\n"
WALK = (
    "# One\n\n“Come in,” said Anna. The door was open, and behind it there was rain.\n\n"
    "“No,” said Tom. “Never.”\n\n"
    "# Two\n\nThat evening they left by the lower gate, and nobody in the village ever saw them again.\n"
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def check(*arguments: str) -> tuple[int, dict[str, Any]]:
    result = run("check", *arguments, "--json")
    return result.exit_code, json.loads(result.stdout)


def failed(found: dict[str, Any]) -> dict[str, dict[str, Any]]:
    rows = [row for story in found["stories"] for row in story["findings"]]
    return {row["figure"]: row for row in [*rows, *found["findings"]] if not row["passed"]}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of two stories, made once by real speech."""
    project = tmp_path_factory.mktemp("built")
    (project / "texts").mkdir()
    (project / "voices.yaml").write_text(
        "pauses: {head_ms: 800, tail_ms: 1200, heading_ms: 500}\n", encoding="utf-8"
    )
    (project / "texts" / "boats.txt").write_text(BOATS, encoding="utf-8")
    (project / "texts" / "walk.md").write_text(WALK, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(project)
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        assert run("--quiet").exit_code == 0
    return project


@pytest.fixture
def made(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it for each test, which goes there."""
    project = tmp_path / "project"
    shutil.copytree(built, project)
    monkeypatch.chdir(project)
    return project


@pytest.mark.slow
@pytest.mark.usefixtures("made")
def test_what_narrate_makes_passes_its_own_check() -> None:
    status, found = check()
    assert failed(found) == {}
    assert (status, found["passed"]) == (0, True)
    assert {
        story["name"]: len({row["file"] for row in story["findings"]} - {None}) for story in found["stories"]
    } == {
        "boats": 1,
        "walk": 2,
    }
    figures = {row["figure"] for story in found["stories"] for row in story["findings"]}
    assert figures >= {
        "rms",
        "peak",
        "floor",
        "head",
        "tail",
        "lines",
        "pace",
        "sound in pauses",
        "tags",
        "source",
    }
    assert {row["figure"] for row in found["findings"]} >= {"rms spread", "loudness spread"}
    shown = run("check").stdout
    assert "✓ All stories" in shown
    assert "✗" not in shown


@pytest.mark.usefixtures("made")
def test_signs_are_words_where_the_output_has_none() -> None:
    result = CliRunner(charset="latin-1").invoke(main, ["check", "boats"])
    assert result.exit_code == 0
    assert "✓" not in result.stdout


@pytest.mark.slow
def test_missing_outdated_foreign_and_broken_files_are_rows(made: Path) -> None:
    walk = made / "output" / "walk"
    one, two = sorted(walk.glob("*.mp3"))
    (walk / "music.mp3").write_bytes(b"some song")
    two.unlink()
    one.write_bytes(one.read_bytes()[:-5000])
    text = made / "texts" / "boats.txt"
    text.write_text(text.read_text() + "\nAnd then the lamp went out.\n")
    status, found = check()
    assert status == 1
    rows = {
        (Path(row["file"] or "").name, row["figure"]): row for s in found["stories"] for row in s["findings"]
    }
    assert rows[two.name, "up to date"]["value"] == "missing"
    assert "damaged" in rows[one.name, "up to date"]["remark"]
    assert "move it elsewhere" in rows["music.mp3", "belongs here"]["remark"]
    boats = next(s for s in found["stories"] if s["name"] == "boats")
    by_figure = {row["figure"]: row for row in boats["findings"]}
    assert "run narrate" in by_figure["up to date"]["remark"]
    assert "“And then the lamp went out.” is in no cue" in by_figure["lines"]["remark"]
    assert "lost" in by_figure["source"]["remark"]
    shown = run("check")
    assert shown.exit_code == 1
    assert "✗" in shown.stdout
    assert "Traceback" not in shown.output


@pytest.mark.slow
def test_a_file_of_a_chapter_that_is_no_more_does_not_belong(made: Path) -> None:
    old = sorted((made / "output" / "walk").glob("*.mp3"))[1]
    shutil.copy(old, old.with_name("03 - Three.mp3"))
    status, found = check("walk")
    assert status == 1
    row = failed(found)["belongs here"]
    assert (row["value"], "narrate clean" in row["remark"]) == ("made earlier", True)
    assert check("walk", "--chapters", "1")[0] == 0


def test_a_changed_tag_fails(made: Path) -> None:
    (path,) = (made / "output" / "boats").glob("*.mp3")
    id3 = ID3(path)
    id3.setall("TIT2", [TIT2(encoding=1, text=["Another title"])])
    id3.save(path, v2_version=3)
    assert "'Another title'" in failed(check("boats")[1])["tags"]["remark"]


@pytest.mark.slow
def test_a_story_that_can_not_be_read_is_an_error_and_leaves_the_others(made: Path) -> None:
    (made / "texts" / "void.txt").write_text("***\n")
    result = run("check")
    assert result.exit_code == 1
    assert "void.txt: holds nothing to speak" in result.stderr
    assert "Boats (1 file" in result.stdout


@pytest.mark.usefixtures("made")
def test_another_profile() -> None:
    status, found = check("boats", "--profile", "librivox")
    assert status == 1
    assert set(failed(found)) == {"bitrate", "file name"}
    assert run("check", "--profile", "none").exit_code == 2


@pytest.mark.slow
def test_pictures_are_drawn_and_cleaned_away(made: Path) -> None:
    result = run("check", "--plot")
    assert result.exit_code == 0
    pictures = sorted((made / "output" / "previews").glob("*.svg"))
    assert len(pictures) == 3
    for picture in pictures:
        root = ElementTree.fromstring(picture.read_text(encoding="utf-8"))  # noqa: S314 - our own
        assert root.tag.endswith("svg")
        assert picture.stat().st_size < 1e6
    words = pictures[0].read_text(encoding="utf-8")
    assert "narrator" in words
    assert "Anna: Come in" in words
    assert "LUFS" in words
    assert run("check", "boats", "--plot-to", "drawn").exit_code == 0
    assert len(list((made / "drawn").glob("*.svg"))) == 1
    other = made / "output" / "previews" / "mine.svg"
    other.write_text("<svg/>")
    assert run("clean").exit_code == 0
    assert sorted((made / "output" / "previews").glob("*.svg")) == [other]


def test_a_folder_that_can_not_be_written_is_one_error(made: Path) -> None:
    (made / "taken").write_text("a file")
    result = run("check", "boats", "--plot-to", "taken")
    assert result.exit_code in {1, 2}
    assert "taken" in result.stderr
    assert "Traceback" not in result.output


@pytest.mark.slow
def test_tones_are_no_speech_but_complete(new_project: NewProject) -> None:
    """The cheap engine says everything in its own time: only its loudness and pace are its own."""
    new_project(TONES, boats="The boats\n\n“Come in,” said Anna. The door was open.\n")
    assert run("--quiet").exit_code == 0
    assert set(failed(check()[1])) <= {"pace", "rms", "peak", "floor", "head"}


@pytest.mark.parametrize("program", ["mpg123", "mp3val"])
def test_other_programs_read_the_files_without_a_complaint(program: str, made: Path) -> None:
    if shutil.which(program) is None:
        pytest.skip(f"{program} is not installed (Debian: apt install {program})")
    for path in sorted(made.glob("output/*/*.mp3")):
        command = [program, "-t", str(path)] if program == "mpg123" else [program, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        said = done.stdout + done.stderr
        assert done.returncode == 0, said
        assert not re.search(r"error|warning|problem|resync|illegal", said, re.IGNORECASE), said


def test_other_programs_would_complain(made: Path) -> None:
    """The test above can fail: a damaged file is complained of by each program that is there."""
    programs = [name for name in ("mpg123", "mp3val") if shutil.which(name)]
    if not programs:
        pytest.skip("neither mpg123 nor mp3val is installed")
    path = next(made.glob("output/*/*.mp3"))
    data = path.read_bytes()
    middle = len(data) - 30_000
    path.write_bytes(data[:middle] + b"\x55" * 5000 + data[middle + 5000 :])
    for program in programs:
        command = [program, "-t", str(path)] if program == "mpg123" else [program, str(path)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert done.returncode or re.search(r"error|warning|resync|illegal", done.stdout + done.stderr, re.I)


@pytest.mark.slow
def test_whole_book_files_are_checked_too(made: Path) -> None:
    (made / "voices.yaml").write_text("output: {formats: [m4b, epub]}\n", encoding="utf-8")
    assert failed(check("walk")[1]).keys() >= {"up to date"}
    assert run("walk", "--quiet").exit_code == 0
    status, found = check("walk")
    assert failed(found) == {}
    assert status == 0
    rows = {row["figure"] for row in found["stories"][0]["findings"] if str(row["file"]).endswith(".m4b")}
    assert rows >= {
        "rms",
        "peak",
        "floor",
        "head",
        "tail",
        "tags",
        "chapters",
        "speech at its marks",
        "decodes",
    }
    assert rows >= {"lines", "pace", "planned silences", "decoded length", "sound in pauses"}
    assert "source" in {row["figure"] for row in found["stories"][0]["findings"]}
    (book,) = (made / "output" / "walk").glob("*.epub")
    data = bytearray(book.read_bytes())
    data[len(data) // 2] ^= 0xFF
    book.write_bytes(data)
    (m4b,) = (made / "output" / "walk").glob("*.m4b")
    audio = MP4(m4b)
    audio["\xa9nam"] = "Another"
    audio.save()
    wrong = failed(check("walk")[1])
    assert "narrate --force makes it anew" in wrong["decodes"]["remark"]
    assert "title is 'Another'" in wrong["tags"]["remark"]


def test_the_documentation_names_every_figure_and_profile() -> None:
    page = (ROOT / "docs" / "checking.md").read_text(encoding="utf-8")
    for profile in PROFILES.values():
        assert f"`{profile.name}`" in page
        assert profile.source in page
        for limit in profile.limits:
            assert limit.figure in page, limit.figure
