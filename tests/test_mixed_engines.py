"""One audiobook in the voices of several engines, each with a sample rate of its own."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.building.installing import install_voice
from audiobook.cli import main
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.project.shared_engines import shared_engine
from benchmarks.pace import NORM, measure_chapters
from tests.conftest import STORIES
from tests.tiny_voices import PIPER, make_piper

STORY = """\
The harbour

The boat came in late, and nobody waited on the quay.

"Where have you been?" asked Rachel.

"Out there," said Max. "Where the water has no floor, and 3 lights burn."

"I do not believe a word of it," whispered Rachel, and she took the rope from him.

Max laughed. "Then believe the fish."
"""
SETTINGS = f"""\
narrator: {{voice: en-gb-x-rp}}
characters:
  Rachel: {{engine: kokoro, voice: af_bella*0.7+af_sky*0.3, pitch: 60}}
  Max: {{engine: piper, voice: "{PIPER}#dan", rate: 140}}
"""


def narrate(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    return subprocess.run(
        [sys.executable, "-W", "error", "-m", "audiobook", *arguments],
        capture_output=True,
        text=True,
        check=False,
        env={**kept, **environment},
    )


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
def test_three_engines_make_one_audiobook(new_project: Callable[..., Path], tmp_path: Path) -> None:
    new_project(SETTINGS, harbour=STORY)
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    done = narrate("--json", "--jobs", "2", TMPDIR=str(scratch), HOME=str(scratch))
    assert done.returncode == 0, done.stderr
    (story,) = json.loads(done.stdout)["stories"]
    assert (story["errors"], story["clips_made"]) == ([], 11)
    checked = narrate("check", "--json")
    assert checked.returncode == 0, checked.stdout
    # Neither eSpeak's library, which phonemizer copies, nor what onnxruntime would tell its maker.
    assert list(scratch.iterdir()) == []
    assert [path.name for path in Path(os.environ["XDG_CACHE_HOME"]).iterdir()] == ["narrate"]


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
def test_three_engines_make_the_same_bytes_with_any_workers(
    new_project: Callable[..., Path], tmp_path: Path
) -> None:
    project = new_project(SETTINGS, harbour=STORY)
    assert narrate("--jobs", "2").returncode == 0
    (file,) = (project / "output").glob("*/*.mp3")
    first = file.read_bytes()
    again = narrate("--force", "--jobs", "1", "-q", XDG_CACHE_HOME=str(tmp_path / "other-cache"))
    assert again.returncode == 0, again.stderr
    assert file.read_bytes() == first
    assert '"clips_made": 0' in narrate("--json").stdout


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
def test_the_parent_of_the_workers_loads_no_model(new_project: Callable[..., Path]) -> None:
    new_project(SETTINGS, harbour=STORY)
    program = (
        "import sys; from audiobook.cli import main\n"
        "try: main(['-q'])\n"
        "except SystemExit as end: print(end.code)\n"
        "print(sorted({'onnxruntime', 'piper', 'kokoro_onnx', 'phonemizer'} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("0\n[]\n", "")


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
@pytest.mark.parametrize(("engine", "voice"), [("piper", f"{PIPER}#ann"), ("kokoro", "af_bella")])
@pytest.mark.parametrize(
    "story", [STORIES[0], *(pytest.param(name, marks=pytest.mark.slow) for name in STORIES[1:])]
)
def test_a_story_is_read_at_the_rate_of_audiobooks(
    new_project: Callable[..., Path], engine: str, voice: str, story: str
) -> None:
    """140 to 170 words a minute with all pauses, where nothing is said of the rate; and as by eSpeak."""
    project = new_project(f"casting: single\nnarrator: {{engine: {engine}, voice: '{voice}'}}\n")
    other = project / "espeak.yaml"
    other.write_text("casting: single\n")
    paces = []
    for voices in (None, other):
        settings = read_settings(open_project(project, voices=voices))
        (chapter,) = measure_chapters(project / "texts" / f"{story}.txt", settings)
        paces.append(chapter.words_per_minute)
        assert NORM[0] <= chapter.words_per_minute <= NORM[1]
    assert paces[0] == pytest.approx(paces[1], rel=0.03)
    shared_engine("pyttsx3").close()


@pytest.mark.slow
def test_a_model_in_the_place_of_another_speaks_its_voices_lines_anew(
    new_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And nobody else's, whatever engine speaks them."""
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    for name in ("mine", "other"):
        install_voice(f"piper:{name}", make_piper(tmp_path / "first"), lambda *_: None)
    settings = SETTINGS.replace(
        "engine: kokoro, voice: af_bella*0.7+af_sky*0.3", "engine: piper, voice: other"
    )
    new_project(settings.replace(PIPER, "mine"), harbour=STORY)

    def clips_made() -> int:
        done = CliRunner().invoke(main, ["--json", "--jobs", "1"], catch_exceptions=False)
        (story,) = json.loads(done.stdout)["stories"]
        return int(story["clips_made"])

    lines_of_max = 3
    assert [clips_made(), clips_made()] == [11, 0]
    install_voice("piper:mine", make_piper(tmp_path / "first"), lambda *_: None)
    assert clips_made() == 0
    install_voice("piper:mine", make_piper(tmp_path / "second", base_hz=99.0), lambda *_: None)
    told = CliRunner().invoke(main, ["--dry-run"]).stdout
    assert re.search(r"mine#dan changed: model \w{12} → model \w{12}", told), told
    assert [clips_made(), clips_made()] == [lines_of_max, 0]


def test_voices_that_are_not_installed_are_no_silent_loss(
    new_project: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = new_project(SETTINGS.replace(PIPER, "en_US-lessac-medium"), harbour=STORY)
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path))
    done = CliRunner().invoke(main)
    assert done.exit_code == 1
    assert re.findall(r"narrate voices install \S+", done.stderr) == [
        "narrate voices install kokoro:af_bella",
        "narrate voices install piper:en_US-lessac-medium",
    ]
    assert not list(project.glob("output/**/*.mp3"))


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
def test_a_voice_of_any_engine_is_heard_by_audition(new_project: Callable[..., Path]) -> None:
    project = new_project(SETTINGS, harbour=STORY)
    done = narrate("voices", "--audition", "Good evening.", "kokoro:am_puck", f"piper:{PIPER}#1", "en-us")
    assert done.returncode == 0, done.stderr
    assert len(list((project / "output" / "previews").glob("audition - *.mp3"))) == 3


@pytest.mark.slow
@pytest.mark.usefixtures("tiny_voices")
@pytest.mark.parametrize("name", [f"piper:{PIPER}#bob", "kokoro:af_bella*0.7+af_sky*0.3"])
def test_the_doctor_passes_both(name: str, tmp_path: Path) -> None:
    done = narrate("doctor", "--engine", name, TMPDIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert list(tmp_path.iterdir()) == []


def test_the_doctor_finds_nothing_wrong_with_engines_that_nobody_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path))
    done = CliRunner().invoke(main, ["doctor"])
    assert "engine piper: no voices installed (narrate voices --available piper)" in done.stdout
    assert done.exit_code == 0, done.stdout
