"""`narrate check --listen` and the recognizer's installation: what is said where something is missing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audiobook.building import audit
from audiobook.building.hearing import FileToHear
from audiobook.building.recognizer_files import _list_published
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.building.unclear import read_unclear
from audiobook.checking import PROFILES, CheckReport, HeardLine, describe_line
from audiobook.checking.hearing import judge_heard, pass_over
from audiobook.cli import main
from audiobook.folders import cache_folder
from audiobook.listening.recognizer import FILES, find_recognizer, has_package
from audiobook.listening.verdicts import Heard
from audiobook.project.layout import open_project
from tests.conftest import TONES
from tests.published import fetch_once, fetch_recognizer, find_shared

NewProject = Callable[..., Path]
FILE = Path("01 - Boats.mp3")
BEEPING = """\
engine: pyttsx3
characters:
  Anna: {engine: tone, voice: tone-high}
"""
BOATS = """\
Nobody came down to the boats. She waited by the lamp all night.

“Come in at once, it is cold.” said Anna. The harbour lay still.
"""


def narrate(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, [*map(str, arguments)], catch_exceptions=False)


def line(heard: Heard, text: str = "Nobody came down to the boats.", start_s: float = 72.5) -> HeardLine:
    return HeardLine(
        file=FILE, text=text, speaker="narrator", start_s=start_s, end_s=start_s + 2, heard=heard
    )


HEARD = line(Heard(verdict="heard", words="nobody came down to the boats"))
LOST = line(Heard(verdict="words lost", words="nobody to the boats", changes=(("came down", ""),)))
OTHER = line(Heard(verdict="heard otherwise", words="…", changes=(("boats", "coats"),)))
MORE = line(Heard(verdict="heard", words="…", extra="nobody came down"))
CUT = line(Heard(verdict="words lost", words="…", is_cut=True))


def test_a_file_passes_whose_every_line_is_heard() -> None:
    share, others = judge_heard(FILE, [HEARD, OTHER])

    assert (share.value, share.passed, others.value, others.passed) == (100.0, True, 1, True)


@pytest.mark.parametrize(
    ("lost", "words"),
    [
        (LOST, "words lost: “came down” is not there"),
        (MORE, "heard, and more: “nobody came down” belongs to no line"),
        (CUT, "words lost: it stops in its last word"),
    ],
)
def test_a_loss_fails_and_is_told_with_its_place(lost: HeardLine, words: str) -> None:
    share, _ = judge_heard(FILE, [HEARD, lost])

    assert (share.value, share.passed) == (50.0, False)
    assert describe_line(lost) == f"1:12.5, “Nobody came down to the boats.”: {words}"
    assert share.remark.startswith(describe_line(lost))


def test_what_the_recognizer_does_not_know_is_passed_over() -> None:
    (found,) = judge_heard(FILE, [line(Heard(verdict="not judged", words=""))])

    assert found == pass_over(FILE, "the recognizer knows none of its language")
    assert found.passed


def test_without_a_recognizer_it_is_said_what_to_type(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_project("", boats="Nobody came down to the boats.\n")
    monkeypatch.delenv("NARRATE_WHISPER", raising=False)
    done = narrate("check", "--listen")
    missing = "narrate voices install whisper" if has_package() else "pip install 'narrate-audiobook[listen]'"

    assert (done.exit_code, done.stdout) == (1, "")
    assert missing in done.stderr


def test_a_folder_that_is_no_recognizer_is_named(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    new_project("", boats="Nobody came down to the boats.\n")
    monkeypatch.setenv("NARRATE_WHISPER", str(tmp_path))
    done = narrate("check", "--listen")

    assert done.exit_code == 1
    assert find_recognizer() is None
    assert str(tmp_path) in done.stderr or not has_package()


def test_a_folder_without_its_files_installs_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "model.bin").touch()
    done = narrate("voices", "install", "whisper", "--from", tmp_path / "model")

    assert done.exit_code == 1
    assert "config.json and tokenizer.json and vocabulary.txt are not there" in done.stderr
    assert not (tmp_path / "voices" / "whisper").exists()


def test_a_damaged_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    for file in _list_published():
        with (tmp_path / file.name).open("wb") as target:
            target.truncate(file.size)
    done = narrate("voices", "install", "whisper", "--from", tmp_path)

    assert done.exit_code == 1
    assert "model.bin is damaged: as long as the published one" in done.stderr
    assert find_recognizer() is None


def test_a_model_of_the_same_form_is_installed_if_it_can_be_loaded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    monkeypatch.delenv("NARRATE_WHISPER", raising=False)
    for name in FILES:
        (tmp_path / name).write_text("{}", encoding="utf-8")
    done = narrate("voices", "install", "whisper", "--from", tmp_path / "model.bin")

    if has_package():
        assert (done.exit_code, find_recognizer()) == (1, None)
        assert "can't be loaded" in done.stderr
    else:
        assert (done.exit_code, find_recognizer()) == (0, tmp_path / "voices" / "whisper" / "tiny.en")
        assert "it is not tried" in done.stderr


def test_who_asks_for_a_voice_that_is_none_reads_of_it() -> None:
    assert "whisper is the recognizer" in narrate("voices", "install", "whispr:x").stderr


@pytest.mark.slow
def test_a_finished_story_is_heard_and_what_is_not_in_it_is_missed(
    new_project: NewProject,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
    tmp_path: Path,
) -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed: the extra `listen`")
    model = fetch_once(find_shared(tmp_path_factory), "whisper", fetch_recognizer)
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    assert narrate("voices", "install", "whisper", "--from", model).exit_code == 0
    project = new_project(BEEPING, boats=BOATS)
    assert narrate("--quiet").exit_code == 0
    done = narrate("check", "--listen", "--json", "--plot")
    (story,) = json.loads(done.stdout)["stories"]
    verdicts = {line["line"]: line["verdict"] for line in story["heard"]}

    assert verdicts.pop("Come in at once, it is cold.") == "not heard"
    assert set(verdicts.values()) == {"heard"}
    assert (done.exit_code, [row["figure"] for row in story["findings"] if not row["passed"]]) == (
        1,
        ["heard"],
    )
    (picture,) = project.glob("output/previews/*.svg")
    assert "not heard: " in picture.read_text(encoding="utf-8")
    assert "Heard" in narrate("check", "--listen").stdout


@dataclass(slots=True)
class Hearsay:
    """Hears every line as it should be, but those that hold a word."""

    unheard: str = "\0"
    files: list[FileToHear] = field(default_factory=list)

    def __call__(self, files: Sequence[FileToHear], *_: object) -> dict[Path, list[HeardLine]]:
        self.files += files
        return {
            file.path: [
                HeardLine(
                    file=file.path,
                    text=line.written,
                    speaker=None,
                    start_s=line.start_s,
                    end_s=line.end_s,
                    heard=Heard(verdict="not heard" if self.unheard in line.written else "heard", words=""),
                    span=(cue.utterance.start, cue.utterance.end),
                )
                for line, cue in zip(file.lines, file.cues, strict=True)
            ]
            for file in files
        }


def listen(monkeypatch: pytest.MonkeyPatch, hearsay: Hearsay) -> CheckReport:
    monkeypatch.setattr(audit, "hear_files", hearsay)
    return audit.check_stories(
        open_project(Path()),
        [],
        Options(),
        RunListener(),
        profile=PROFILES["acx"],
        cache_folder=cache_folder(),
        hearing=audit.Hearing(recognizer=Path()),
    )


WALK = "# One\n\nThe door was open.\n\n# Two\n\nThey left by the lower gate.\n"


@pytest.mark.slow
def test_a_book_in_one_file_is_heard_by_its_chapters(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_project(f"{TONES}output: {{formats: [m4b]}}\n", walk=WALK)
    assert narrate("--quiet").exit_code == 0
    (story,) = listen(monkeypatch, Hearsay("gate")).stories
    starts = [line.start_s for line in story.heard]

    assert {line.file.suffix for line in story.heard} == {".m4b"}
    assert starts == sorted(starts)
    (found,) = [each for each in story.findings if each.figure == "heard"]
    assert (found.passed, found.value) == (False, 75.0)


@pytest.mark.slow
def test_what_was_not_heard_is_kept_until_the_files_are_heard_anew(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = open_project(new_project(TONES, walk=WALK))
    assert narrate("--quiet").exit_code == 0
    listen(monkeypatch, Hearsay("gate"))
    (line,) = read_unclear(project, "walk", "check")

    assert (line.words, line.chapter, line.title, line.line) == ("They left by the lower gate.", 2, "Two", 2)
    assert WALK[line.start : line.end] == line.words
    assert (line.verdict, Path(line.file).name) == ("not heard", "02 - Two.mp3")
    assert read_unclear(project, "walk", "making") == ()
    listen(monkeypatch, Hearsay())
    assert read_unclear(project, "walk", "check") == ()


@pytest.mark.slow
def test_of_several_formats_one_is_heard(new_project: NewProject, monkeypatch: pytest.MonkeyPatch) -> None:
    new_project(f"{TONES}output: {{formats: [mp3, flac, m4b]}}\n", walk=WALK)
    assert narrate("--quiet").exit_code == 0
    hearsay = Hearsay()
    (story,) = listen(monkeypatch, hearsay).stories

    assert [file.path.suffix for file in hearsay.files] == [".mp3", ".mp3"]
    remarks = [each.remark for each in story.findings if each.value == "not listened to"]
    assert remarks == ["made of the same clips as 01 - One.mp3"] * 2
    assert [each.passed for each in story.findings if each.figure == "heard"] == [True] * 4


@pytest.mark.slow
def test_a_story_in_another_language_is_not_judged(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = f"{TONES}stories: {{weg: {{language: de}}}}\n"
    new_project(settings, weg="Die Tür stand offen, und sie gingen fort.\n")
    assert narrate("--quiet").exit_code == 0
    hearsay = Hearsay()
    listen(monkeypatch, hearsay)

    assert [line.limits for file in hearsay.files for line in file.lines] == [None]
