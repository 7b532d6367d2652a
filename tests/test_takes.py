"""Clips that are heard as they are made, and spoken again where something of them is not heard."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audiobook.building import takes
from audiobook.building.retakes import find_cut
from audiobook.building.unclear import read_unclear
from audiobook.caching.clips import ClipCache
from audiobook.casting import VoiceWish
from audiobook.folders import cache_folder
from audiobook.model import Phonemes
from audiobook.planning.scripting import plan_script
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.studio.line_speech import LineSpeaker
from tests import command_line
from tests.command_line import narrate
from tests.forgetful import add_engine, listen_by_telegraph
from tests.published import fetch_once, fetch_recognizer, find_shared

NewProject = Callable[..., Path]

SETTINGS = "engine: telegraph\nnarrator: {voice: key}\npools: {female: [key], male: [key], unknown: [key]}\n"
STORY = """\
Nobody came down to the boats. The harbour lay still under the winter moon.

The lamp in the tower burned all through the night. Nobody went into the cellar after the long rain.
"""


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Return a file that gets a line for all that is heard."""
    path = tmp_path / "heard.log"
    listen_by_telegraph(monkeypatch, path)
    return path


def make(*arguments: str) -> dict[str, Any]:
    return dict(command_line.make(*arguments))


def digests(project: Path) -> dict[str, str]:
    files = sorted(project.glob("output/*/*.mp3"))
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_line_that_is_not_heard_is_spoken_again(new_project: NewProject, log: Path) -> None:
    project = new_project(SETTINGS, night=STORY)
    story = make()["night"]

    assert story["spoken_again"] == 3
    (line,) = story["unclear"]
    assert (line["line"], line["words"], line["verdict"], line["again"]) == (
        4, "Nobody went into the cellar after the long rain.", "words lost", 3,
    )  # fmt: skip
    assert line["heard"] == "nobody went into the cellar after"
    assert STORY[line["start"] : line["end"]] == line["words"]
    assert read_unclear(open_project(project), "night", "making")[0].told == line["told"]
    assert log.read_text()


@pytest.mark.slow
def test_the_same_takes_whatever_the_order_and_the_cache(new_project: NewProject, log: Path) -> None:
    project = new_project(SETTINGS, night=STORY)
    make("--jobs", "1")
    cold = digests(project)
    make("--jobs", "3", "--force")
    assert digests(project) == cold

    first = log.read_text()
    make()
    assert (digests(project), log.read_text()) == (cold, first)
    for path in project.glob("output/*/*.mp3"):
        path.unlink()
    again = make()["night"]
    assert (digests(project), log.read_text(), again["clips_made"]) == (cold, first, 0)
    assert len(again["unclear"]) == 1


@pytest.mark.slow
def test_listening_is_turned_on_and_off_without_speaking_anew(new_project: NewProject, log: Path) -> None:
    project = new_project(f"{SETTINGS}output: {{listen: false}}\n", night=STORY)
    plain = make()["night"]
    bytes_plain = digests(project)
    assert (plain["spoken_again"], plain["unclear"], log.read_text()) == (0, [], "")

    settings = project / "voices.yaml"
    settings.write_text(f"{SETTINGS}output: {{listen: true}}\n", encoding="utf-8")
    assert make()["night"]["clips_made"] == 0
    assert digests(project) == bytes_plain  # what is finished stays

    for path in project.glob("output/*/*.mp3"):
        path.unlink()
    told = json.loads(narrate("--dry-run", "--json").stdout)["stories"][0]
    assert (told["clips_to_speak"], told["clips_cached"], told["clips_to_hear"]) == (0, 4, 4)
    assert "0 clips to speak, 4 cached, 4 to be heard" in narrate("--dry-run").stdout
    heard = make()["night"]
    assert (heard["clips_made"], heard["spoken_again"]) == (0, 3)
    bytes_heard = digests(project)
    assert bytes_heard != bytes_plain

    for path in project.glob("output/*/*.mp3"):
        path.unlink()
    settings.write_text(f"{SETTINGS}output: {{listen: false}}\n", encoding="utf-8")
    assert make()["night"]["clips_made"] == 0
    assert digests(project) == bytes_plain


@pytest.mark.slow
def test_a_run_ends_with_what_is_still_unclear(new_project: NewProject, log: Path) -> None:
    new_project(SETTINGS, night=STORY)
    first, second = narrate().stdout, narrate().stdout

    assert "3 lines spoken again, 1 still unclear to the recognizer:" in first
    place = "“Nobody went into the cellar after the long rain.”: words lost: “the long rain” is not there"
    for told in (first, second):
        assert "  Night, Night, line 4, 0:" in told
        assert place in told
    assert "spoken again" not in second
    assert log.read_text()


@pytest.mark.slow
def test_making_another_format_once_forgets_nothing(new_project: NewProject, log: Path) -> None:
    project = new_project(SETTINGS, night=STORY)
    make()
    noted = read_unclear(open_project(project), "night", "making")
    narrate("--format", "flac")

    assert noted
    assert set(noted) <= set(read_unclear(open_project(project), "night", "making"))
    assert log.read_text()


@pytest.mark.slow
def test_a_line_that_is_respelled_is_not_unclear_any_more(new_project: NewProject, log: Path) -> None:
    project = new_project(SETTINGS, night=STORY)
    make()
    (project / "texts" / "night.txt").write_text(STORY.replace("cellar", "meadow"), encoding="utf-8")
    story = make()["night"]

    assert (story["clips_made"], story["spoken_again"], story["unclear"]) == (1, 0, [])
    assert read_unclear(open_project(project), "night", "making") == ()
    assert log.read_text()


@pytest.mark.slow
def test_a_preview_is_heard_and_leaves_no_record(new_project: NewProject, log: Path) -> None:
    project = new_project(SETTINGS, night=STORY)
    told = narrate("--preview", "2").stdout

    assert "1 still unclear" in told
    assert not (project / "output" / ".heard").exists()
    assert log.read_text()


@pytest.mark.slow
def test_a_single_line_is_the_take_that_the_file_holds(
    new_project: NewProject, log: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = open_project(new_project(SETTINGS, night=STORY))
    monkeypatch.setattr(takes, "choose_recognizer", lambda _: log)
    cache = ClipCache(cache_folder() / "clips")
    script, cast = plan_script(project.texts / "night.txt", read_settings(project).for_story("night"))
    speaker = LineSpeaker(script, cast, read_settings(project).for_story("night"), cache)
    before = speaker.speak(1, VoiceWish())
    assert log.read_text() == ""
    make()
    after = speaker.speak(1, VoiceWish())

    assert len(after.samples) > len(before.samples)
    assert speaker.speak(0, VoiceWish()) == speaker.speak(0, VoiceWish())


@pytest.mark.slow
def test_what_is_kept_of_a_story_goes_with_its_files(new_project: NewProject, log: Path) -> None:
    project = new_project(SETTINGS, night=STORY, day="Nobody came down to the boats.\n")
    make()
    (project / "texts" / "night.txt").unlink()
    narrate("clean")

    assert not list(project.glob("output/.heard/*"))
    assert log.read_text()


@pytest.mark.slow
def test_a_line_of_several_formats_is_named_once(new_project: NewProject, log: Path) -> None:
    project = open_project(new_project(f"{SETTINGS}output: {{formats: [flac, mp3, sample]}}\n", night=STORY))
    story = make()["night"]

    assert (len(story["unclear"]), len(read_unclear(project, "night", "making"))) == (1, 1)
    assert log.read_text()


@pytest.mark.slow
def test_a_book_in_one_file_is_heard_too(new_project: NewProject, log: Path) -> None:
    new_project(f"{SETTINGS}output: {{formats: [m4b]}}\n", night=STORY)
    first, second = make()["night"], make()["night"]

    assert (first["spoken_again"], second["spoken_again"]) == (3, 0)
    assert first["unclear"] == second["unclear"] != []
    assert log.read_text()


@pytest.mark.slow
@pytest.mark.parametrize("form", ["m4b", "epub"])
def test_a_book_of_an_unheard_time_is_made_of_what_is_heard(
    new_project: NewProject, log: Path, form: str
) -> None:
    formats = f"formats: [{'m4b' if form == 'm4b' else 'mp3, epub'}]"
    project = new_project(f"{SETTINGS}output: {{listen: false, {formats}}}\n", night=STORY)
    make()
    (book,) = project.glob(f"output/night/*.{form}")
    before = book.read_bytes()
    (project / "voices.yaml").write_text(f"{SETTINGS}output: {{{formats}}}\n", encoding="utf-8")
    (book if form == "m4b" else next(iter(project.glob("output/night/*.mp3")))).unlink()
    story = make()["night"]

    assert book.read_bytes() != before
    told = "Night.m4b" if form == "m4b" else "01 - Night.mp3"
    assert [line["file"] for line in story["unclear"]] == [f"output/night/{told}"]
    assert log.read_text()


@pytest.mark.slow
def test_other_engines_and_languages_are_not_heard(new_project: NewProject, log: Path) -> None:
    new_project("engine: tone\n", night=STORY)
    make()
    new_project(f"{SETTINGS}stories: {{weg: {{language: de}}}}\n", "other", weg="Die Nacht war lang.\n")
    make()
    assert log.read_text() == ""


def test_who_wants_to_listen_without_a_recognizer_reads_how_it_is_had(new_project: NewProject) -> None:
    new_project("engine: tone\noutput: {listen: true}\n", night=STORY)
    for arguments in ((), ("--dry-run",)):
        done = narrate(*arguments)
        assert (done.returncode, done.stdout) == (1, "")
        assert "voices.yaml: output.listen is true, but listening needs" in done.stderr
        assert "install" in done.stderr


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("When the boat came in, nobody was on the pier.", "When the boat came in,"),
        ("She waited by the lamp until it went out", "She waited by the lamp"),
        ("Oh, yes, he said", None),
        ("Unanswerable", None),
    ],
)
def test_a_text_is_cut_after_a_clause_or_a_word(text: str, first: str | None) -> None:
    cut = find_cut(text)
    assert (text[:cut].strip() if cut else None) == first


def test_a_text_is_never_cut_within_what_is_spoken_by_phonemes() -> None:
    text = "They sailed to Monte Cristo yesterday"
    start = text.index("to Monte")
    cut = find_cut(text, [Phonemes(start=start, end=start + len("to Monte Cristo"), notation="x")])
    assert cut is not None
    assert not start < cut < start + len("to Monte Cristo")


@pytest.mark.slow
def test_a_real_recognizer_hears_what_a_real_voice_forgets(
    new_project: NewProject,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    pytest.importorskip("faster_whisper", reason="faster-whisper is not installed: the extra `listen`")
    model = fetch_once(find_shared(tmp_path_factory), "whisper", fetch_recognizer)
    monkeypatch.setenv("NARRATE_WHISPER", str(model))
    add_engine(monkeypatch, "forgetful", "ForgetfulEngine")
    project = new_project("engine: forgetful\ncasting: single\nnarrator: {voice: en-us}\n", night=STORY)
    story = make("--jobs", "1")["night"]
    once = digests(project)

    assert story["spoken_again"] == 3
    (line,) = story["unclear"]
    assert (line["words"], line["verdict"]) == (
        "Nobody went into the cellar after the long rain.",
        "words lost",
    )
    assert "long rain" not in line["heard"]
    make("--jobs", "2", "--force")
    assert digests(project) == once
    told = json.loads(narrate("check", "--listen", "--json").stdout)["stories"][0]["heard"]
    assert [each["line"] for each in told if each["verdict"] in {"words lost", "not heard"}] == [
        line["words"]
    ]
    (checked,) = read_unclear(open_project(project), "night", "check")
    assert (checked.start, checked.end, checked.line) == (line["start"], line["end"], line["line"])
