"""A run that would make nothing says so before the program is loaded, and only then."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.building.recipe import make_stories
from audiobook.building.report import Report, RunListener
from audiobook.building.run import Options
from audiobook.building.unchanged import Asked, LastRun, open_last_run
from audiobook.building.upkeep import clean_project
from audiobook.cli import main
from audiobook.folders import cache_folder
from audiobook.project.layout import open_project
from tests.conftest import ROOT, TONES

NewProject = Callable[..., Path]

LEXICON = """\
<lexicon version="1.0" xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en">
<lexeme><grapheme>{word}</grapheme><alias>{alias}</alias></lexeme></lexicon>
"""


def look(*stories: str, **parameters: object) -> LastRun:
    asked = Asked(
        parameters=parameters,
        stories=stories,
        texts=Path("texts"),
        voices=Path("voices.yaml"),
        output=Path("output"),
    )
    return LastRun(asked, cache_folder())


def make(*stories: str) -> Report:
    return make_stories(
        open_project(Path()), stories, Options(jobs=1), RunListener(), cache_folder=cache_folder()
    )


def outcome(report: Report) -> dict[str, object]:
    stories = tuple(replace(story, proven={}) for story in report.stories)
    return asdict(replace(report, stories=stories, read=None))


def rewrite(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def edit(chance: random.Random) -> None:
    """Change one thing in the project, or nothing, as a person or another program might."""
    chance.choice([edit_texts, edit_settings, edit_output])(chance)


def edit_texts(chance: random.Random) -> None:
    texts = Path("texts")
    stories, number = sorted(texts.glob("*.txt")), chance.randrange(100, 1000)
    story, what = chance.choice(stories), chance.randrange(7)
    if what == 0:
        story.write_text(f'"So it is {number}," said Anna.\n', encoding="utf-8")
    elif what == 1:  # as long as before, and as old
        was = story.stat()
        rewrite(story, "said", "sang")
        os.utime(story, ns=(was.st_atime_ns, was.st_mtime_ns))
    elif what == 2:
        (texts / f"story-{number}.txt").write_text(f"There were {number} of them.\n", encoding="utf-8")
    elif what == 3 and len(stories) > 1:
        story.unlink()
    elif what == 4:
        story.rename(texts / f"story-{number}.txt")
    elif what == 5:
        shutil.copy(ROOT / "docs" / "studio-cast.png", story.with_suffix(".png"))
    elif what == 6:
        story.touch()


def edit_settings(chance: random.Random) -> None:
    settings, lexicon, number = Path("voices.yaml"), Path("words.pls"), chance.randrange(100, 1000)
    what = chance.randrange(4)
    if what == 0:
        settings.write_text(f"{TONES}# {number}\n", encoding="utf-8")
    elif what == 1:
        settings.write_text(f"{TONES}pauses: {{paragraph_ms: {number}}}\n", encoding="utf-8")
    elif what == 2:
        lexicon.write_text(LEXICON.format(word="Anna", alias=f"Ann {number}"), encoding="utf-8")
        settings.write_text(f"{TONES}lexicons: [words.pls]\n", encoding="utf-8")
    elif what == 3 and lexicon.exists():
        rewrite(lexicon, "Ann ", "An ")


def edit_output(chance: random.Random) -> None:
    made = sorted(Path("output").glob("*/*.mp3"))
    if not made:
        return
    one, what = chance.choice(made), chance.randrange(3)
    if what == 0:
        one.unlink()
    elif what == 1:
        one.write_bytes(one.read_bytes()[: chance.randrange(1_000, 10_000)])
    elif what == 2:
        (one.parent / "notes.txt").write_text("mine", encoding="utf-8")


def play(seed: int, steps: int) -> int:
    """Edit at random; return how often nothing had to be made, and that was known at once."""
    chance, known_at_once = random.Random(seed), 0
    for _ in range(steps):
        if chance.random() < 0.75:
            edit(chance)
        last_run = look()
        known, report = last_run.report(), make()
        if known is not None:
            known_at_once += 1
            assert outcome(known) == outcome(report)
            assert not any(story.clips_made or story.reasons for story in report.stories)
        last_run.keep(report)
    return known_at_once


TALES = {"one": '"Good evening," said Anna.\n', "two": "Nobody said a word.\n"}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_what_is_said_at_once_is_what_a_full_run_says(seed: int, new_project: NewProject) -> None:
    new_project(**TALES)
    play(seed, 6)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 106))
def test_what_is_said_at_once_is_what_a_full_run_says_for_long(seed: int, new_project: NewProject) -> None:
    new_project(**TALES)
    assert play(seed, 25)


@pytest.mark.slow
def test_an_unchanged_run_loads_no_room(new_project: NewProject) -> None:
    project = new_project(**TALES)
    program = (
        "import sys\nfrom audiobook.cli import main\n"
        "try: main(['--quiet'])\nexcept SystemExit as end: code = end.code\n"
        "print(code, *sorted(m for m in sys.modules if m.startswith('audiobook') and m.count('.') == 1))"
    )
    for rooms in ("planning", None):
        done = subprocess.run(
            [sys.executable, "-c", program], cwd=project, capture_output=True, text=True, check=True
        )
        code, *loaded = done.stdout.split()
        assert code == "0"
        if rooms:
            assert f"audiobook.{rooms}" in loaded  # the first run makes the files
        else:
            assert loaded == [
                f"audiobook.{name}"
                for name in ("building", "caching", "choices", "cli", "errors", "files", "folders")
            ]
            assert "yaml" not in done.stdout


@pytest.mark.slow
def test_the_table_and_the_json_are_those_of_a_full_run(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_project(**TALES)
    runner = CliRunner()
    made = runner.invoke(main, [])
    assert made.exit_code == 0, made.output
    at_once = [runner.invoke(main, options).stdout for options in ([], ["--json"])]
    assert "Nothing lost" in at_once[0]
    monkeypatch.setattr(LastRun, "report", lambda _: None)
    assert [runner.invoke(main, options).stdout for options in ([], ["--json"])] == at_once


def test_a_damaged_note_and_other_options_are_no_note(new_project: NewProject) -> None:
    new_project(**TALES)
    last_run = look(formats=("mp3",))
    last_run.keep(make())
    assert look(formats=("mp3",)).report() is not None
    assert look(formats=("mp3", "vtt")).report() is None
    for path in (cache_folder() / "unchanged").glob("*/*"):
        path.write_text('{"inputs": []}')
    assert look(formats=("mp3",)).report() is None


def test_a_run_that_warned_is_made_again(new_project: NewProject) -> None:
    new_project(f"{TONES}stories: {{three: {{title: Three}}}}\n", **TALES)
    last_run, report = look(), make()
    assert report.warnings
    last_run.keep(report)
    assert look().report() is None


def test_a_story_elsewhere_counts_by_its_bytes(new_project: NewProject) -> None:
    new_project(**TALES)
    story = Path("elsewhere.txt")
    story.write_text("It was late.\n", encoding="utf-8")
    last_run = look(str(story))
    last_run.keep(make(str(story)))
    assert look(str(story)).report() is not None
    rewrite(story, "late", "dark")
    assert look(str(story)).report() is None


def test_what_was_changed_while_a_run_went_on_is_read_again(new_project: NewProject) -> None:
    new_project(**TALES)
    story = Path("texts/one.txt")
    before = story.read_text(encoding="utf-8")
    last_run = look()
    story.write_text("Another tale.\n", encoding="utf-8")
    report = make()
    story.write_text(before, encoding="utf-8")
    last_run.keep(report)
    assert look().report() is None


def test_a_file_that_was_changed_after_it_was_proven_is_made_again(new_project: NewProject) -> None:
    new_project(**TALES)
    last_run, report = look(), make()
    report.stories[0].files[0].unlink()
    last_run.keep(report)
    assert look().report() is None


def test_what_lies_behind_a_link_counts(new_project: NewProject, tmp_path: Path) -> None:
    project = new_project(**TALES)
    elsewhere = tmp_path / "disk"
    elsewhere.mkdir()
    (project / "output").mkdir()
    (project / "output" / "one").symlink_to(elsewhere)
    last_run, report = look(), make()
    last_run.keep(report)
    assert look().report() is not None
    next(elsewhere.glob("*.mp3")).unlink()
    assert look().report() is None


def test_what_is_half_made_is_left_to_a_full_run(new_project: NewProject) -> None:
    project = new_project(**TALES)
    last_run, report = look(), make()
    last_run.keep(report)
    (project / "output" / ".partial").mkdir()
    assert look().report() is None


def test_what_can_not_be_looked_at_is_told_by_a_full_run(new_project: NewProject) -> None:
    project = new_project(**TALES)
    assert CliRunner().invoke(main, ["x" * 300]).exit_code == 1
    assert CliRunner().invoke(main, ["."]).exit_code == 1
    pipe = project / "settings"
    os.mkfifo(pipe)
    asked = Asked(parameters={}, stories=(), texts=Path("texts"), voices=pipe, output=Path("output"))
    assert open_last_run(asked, cache_folder()) is None


def test_a_cleaned_cache_knows_nothing(new_project: NewProject) -> None:
    project = open_project(new_project(**TALES))
    last_run, report = look(), make()
    last_run.keep(report)
    clean_project(project, cache_folder(), lambda _: None, with_cache=True, dry_run=False)
    assert look().report() is None
