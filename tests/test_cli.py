"""The command line: its grammar, what it prints, how it fails."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from rich.console import Console

from audiobook import __version__
from audiobook.cli import main
from audiobook.cli.console import print_prose, say_busy
from tests.conftest import ROOT, TONES

NewProject = Callable[..., Path]


def narrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.mark.slow
def test_make_may_be_left_out_before_stories_and_options(new_project: NewProject) -> None:
    new_project(a="All is well.", b="So it is.")
    for arguments in (["a"], ["--jobs", "1", "a"], ["make", "a"], ["texts/a.txt"], ["a.txt", "--quiet"]):
        done = narrate(*arguments, "--json")
        assert [story["name"] for story in json.loads(done.stdout)["stories"]] == ["a"], arguments
    assert [story["name"] for story in json.loads(narrate("--json").stdout)["stories"]] == ["a", "b"]


def test_version_and_help() -> None:
    assert narrate("--version").output == f"narrate, version {__version__}\n"
    for option in ("--help", "-h"):
        assert "full-cast" in narrate(option).output


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--no-such-option"], 2, "No such option"),
        (["--jobs", "0"], 2, "--jobs"),
        (["eco-chamber"], 1, "did you mean 'echo-chamber'?"),
        (["missing.txt"], 1, "missing.txt: no such file"),
        (["--voices", "missing.yaml"], 1, "missing.yaml"),
        (["voices", "--audition", "?!"], 1, "nothing to speak"),
        (["voices", "--audition", "Hello", "no-such-voice"], 1, "no-such-voice"),
        (["script"], 2, "which story? texts has echo-chamber, echo-fade"),
    ],
)
def test_mistakes_are_one_clear_message(
    arguments: list[str], status: int, message: str, new_project: NewProject
) -> None:
    new_project()
    done = narrate(*arguments)
    assert done.exit_code == status
    assert message in done.stderr
    assert done.exception is None or isinstance(done.exception, SystemExit)


def test_all_faults_of_the_settings_come_in_one_run(new_project: NewProject) -> None:
    new_project(
        settings="narator: en-us\nnarrator: {rate: fast}\npools: {male: [en-us+nope]}\n", a="All is well."
    )
    done = narrate()
    assert done.exit_code == 1
    assert "voices.yaml:1:1: narator" in done.stderr
    assert "did you mean 'narrator'?" in done.stderr
    assert "voices.yaml:2:" in done.stderr
    assert "en-us+nope" in done.stderr
    Path("voices.yaml").write_text("engine: pyttsx33\nnarrator: {voice: en-us+nope}\n")
    done = narrate()
    assert "did you mean 'pyttsx3'?" in done.stderr
    assert "en-us+nope" in done.stderr


def test_a_folder_without_stories_says_what_to_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = narrate()
    assert done.exit_code == 1
    assert "narrate init" in done.stderr


def test_a_new_project_is_made_and_narrated(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert narrate("init", str(tmp_path / "mine")).exit_code == 0
    monkeypatch.chdir(tmp_path / "mine")
    (story,) = json.loads(narrate("--json").stdout)["stories"]
    assert (story["errors"], story["characters"]) == ([], 4)
    assert "is there already" in narrate("init", ".").stderr


def test_the_script_as_json_has_its_documented_shape(new_project: NewProject) -> None:
    new_project(settings=(ROOT / "voices.yaml").read_text(encoding="utf-8"))
    script = json.loads(narrate("script", "echo-fade", "--json").stdout)
    assert list(script) == [
        "title",
        "author",
        "language",
        "source",
        "characters",
        "quotations",
        "chapters",
        "skipped",
    ]
    text = (ROOT / "texts" / "echo-fade.txt").read_text(encoding="utf-8")
    assert [(text[q["start"] : q["end"]], q["speaker"], q["type"]) for q in script["quotations"]] == [
        ("We need to get you out there more,", "Rachel", "explicit"),
        ("You're one of the most exciting new voices in music right now.", "Rachel", "explicit"),
    ]
    assert {"name": "Rachel", "aliases": [], "gender": "female", "quotations": 2} in script["characters"]
    utterances = script["chapters"][0]["utterances"]
    assert list(utterances[0]) == [
        "paragraph",
        "start",
        "end",
        "kind",
        "speaker",
        "voice",
        "text",
        "delivery",
    ]
    assert {u["speaker"] for u in utterances} == {"narrator", "Rachel"}
    assert len({u["voice"] for u in utterances}) == 2
    for u in utterances:
        source = "".join(filter(str.isalnum, text[u["start"] : u["end"]]))
        assert source == "".join(filter(str.isalnum, u["text"]))


def test_the_script_as_a_play_names_the_speaker_and_the_evidence(new_project: NewProject) -> None:
    new_project()
    play = narrate("script", "echo-chamber").output
    assert "Alex" in play
    assert "he whispered" in play


def test_the_cast_says_who_speaks_in_which_voice_and_why(new_project: NewProject) -> None:
    new_project()
    cast = {
        role["speaker"]: role for role in json.loads(narrate("cast", "echo-fade", "--json").stdout)["cast"]
    }
    assert list(cast) == ["narrator", "Rachel"]
    assert cast["Rachel"]["voice"]["id"] in {"tone-high", "tone-bright"}
    assert cast["Rachel"]["quotations"] == 2
    assert cast["Rachel"]["why"]
    assert "Rachel" in narrate("cast", "echo-fade").output


@pytest.mark.slow
def test_voices_are_listed_by_engine_and_language() -> None:
    every = json.loads(narrate("voices", "--json").stdout)["voices"]
    assert {"pyttsx3", "tone"} <= {voice["engine"] for voice in every}
    french = json.loads(narrate("voices", "--language", "fr", "--json").stdout)["voices"]
    assert french
    assert all(voice["language"].split("-")[0] == "fr" for voice in french)
    assert "en-gb-scotland" in narrate("voices", "scotland").output


def test_doctor_tries_everything_and_says_what_is_wrong(new_project: NewProject) -> None:
    new_project()
    done = narrate("doctor")
    assert done.exit_code == 0
    for subject in ("system", "settings", "engine pyttsx3", "encoder", "output", "cache"):
        assert f"ok   {subject}" in done.output
    (Path("voices.yaml")).write_text(f"{TONES}output: {{ffmpeg: /no/such/program}}\n")
    done = narrate("doctor", "--json")
    assert done.exit_code == 1
    assert [f["subject"] for f in json.loads(done.stdout)["findings"] if not f["is_fine"]] == ["encoder"]


TALK = '"Yes," said Max.\n\n"No," said Rachel.\n\n"Why?" she said. "Why now?"\n'


def test_the_cast_is_listed_by_lines_with_how_sure_they_are(new_project: NewProject) -> None:
    new_project(talk=TALK)
    cast = json.loads(narrate("cast", "talk", "--json").stdout)["cast"]
    assert [(role["speaker"], role["quotations"]) for role in cast] == [
        ("narrator", 0),
        ("Rachel", 3),
        ("Max", 1),
    ]
    assert cast[0]["confidence"] is None
    assert cast[1]["confidence"] < cast[2]["confidence"] <= 1


def test_doubtful_lines_come_with_the_line_that_settles_them(new_project: NewProject) -> None:
    talk = TALK.replace('"Why?" she said.', 'Rachel got up. "Why?" It rained.').replace(
        "Rachel.", "Rachel. Max sat."
    )
    project = new_project(talk=talk)
    found = json.loads(narrate("cast", "talk", "--doubtful", "1", "--json").stdout)
    (doubt,) = found["doubtful"]
    assert (doubt["speaker"], doubt["line"], doubt["chapter"]) == ("Rachel", 5, 1)
    assert doubt["text"] in {"Why?", "Why now?"}
    shown = narrate("cast", "talk", "--doubtful").output
    assert f"    {doubt['yaml']}  # or Max, narrator where it is no speech" in shown
    assert "The other 2 lines are surer than 0.9." in shown
    settled = doubt["yaml"].replace("Rachel", "Max")
    (project / "voices.yaml").write_text(f"{TONES}stories: {{talk: {{lines: {{{settled}}}}}}}\n")
    script = json.loads(narrate("script", "talk", "--json").stdout)
    assert {q["confidence"]: q["speaker"] for q in script["quotations"]}[1.0] == "Max"
    assert "No line is in doubt: all 3 are surer than 0.9." in narrate("cast", "talk", "--doubtful").output
    assert narrate("cast", "talk", "--doubtful", "--pin").exit_code == 2


def test_corrections_that_meet_nothing_are_warned_of(new_project: NewProject) -> None:
    settings = (
        f"{TONES}lines: {{No such words: Max, Why now: Max}}\n"
        "stories: {talk: {characters: {Wickham: {gender: male}}, lines: {Yes: Rachel}}}\n"
    )
    new_project(settings=settings, talk=TALK)
    own = "voices.yaml:8: stories.talk.characters.Wickham: the story has nobody of that name"
    everywhere = "voices.yaml:7: lines.No such words: no line of the story has these words"
    cast = narrate("cast", "talk")
    assert f"warning: {own}" in cast.stderr
    assert json.loads(narrate("cast", "talk", "--json").stdout)["warnings"] == [own]
    made = narrate("--json")
    report = json.loads(made.stdout)
    assert made.exit_code == 0
    assert report["stories"][0]["warnings"] == [own]
    assert report["warnings"] == [everywhere]
    plain = narrate().stderr
    assert f"warning: talk: {own}" in plain
    assert f"warning: {everywhere}" in plain


def test_whom_an_alias_takes_in_is_said_before_it_does(new_project: NewProject) -> None:
    text = '"Hello," said Jane Fox.\n\n"Good day," said Jane.\n\n"Well," said Bo.\n\n"So," said Lady Ann.\n'
    project = new_project(settings=TONES, talk=text)
    aliases = "stories: {talk: {characters: {Bo: {aliases: [Jane, Lady Ann]}}}}\n"
    (project / "voices.yaml").write_text(TONES + aliases, encoding="utf-8")
    drawn = (
        "voices.yaml:7: Bo also joins Jane Fox, 2 lines, by the alias Jane; to keep them two, put Jane Fox"
    )
    named = "voices.yaml:7: Bo also joins Lady Ann, 1 line"
    for command in (("cast", "talk"), ("script", "talk"), ("--dry-run",), ()):
        told = narrate(*command).output
        assert f"warning: {'' if command[1:] else 'talk: '}{drawn}" in told
        assert named in told
        assert "made output" not in told or told.index(drawn) < told.index("made output")
    cast = json.loads(narrate("cast", "talk", "--json").stdout)
    assert cast["notes"] == [named]
    assert len(cast["warnings"]) == 1


def test_titles_and_names_are_shown_as_they_are(new_project: NewProject) -> None:
    project = new_project(a="---\ntitle: 'A [/b] title :b:'\n---\nAll is well.")
    (project / "texts" / "a.txt").rename(project / "texts" / "[b]x.txt")
    done = narrate()
    assert done.exit_code == 0
    assert "A [/b] title :b:" in done.output
    assert "output/[b]x/01 - A [ b] title b.mp3" in done.output


@pytest.mark.slow
def test_one_bad_name_leaves_the_others_to_be_made(new_project: NewProject) -> None:
    new_project(a="All is well.", **{"caf\u00e9": "One."})  # noqa: PIE804 - two names that look the same
    Path("texts/cafe\u0301.txt").write_text("Two.")
    done = narrate("nope", "a", "--json")
    assert done.exit_code == 1
    assert [(s["name"], bool(s["errors"])) for s in json.loads(done.stdout)["stories"]] == [
        ("nope", True),
        ("a", False),
    ]
    done = narrate("--json")
    assert [bool(s["errors"]) for s in json.loads(done.stdout)["stories"]] == [False, False, True]


def test_no_colour_means_none(new_project: NewProject) -> None:
    new_project(a="All is well.")
    done = CliRunner(env={"NO_COLOR": "1", "FORCE_COLOR": "1", "TERM": "xterm"}).invoke(
        main, ["nope"], color=True
    )
    assert "\x1b[3" not in done.stderr
    done = CliRunner(env={"FORCE_COLOR": "1", "TERM": "xterm"}).invoke(main, ["nope"], color=True)
    assert "\x1b[1;31m" in done.stderr


@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (["castt", "night"], 2, "no command and no story is called 'castt' (did you mean 'cast'?)"),
        (["Studoi"], 2, "(did you mean 'studio'?)"),
        (["https://example.org/a.epub"], 1, "is an address on the web; save what is there"),
        (["."], 1, "is a project, not a story; say narrate alone"),
        (["texts"], 1, "is a folder, not a story; name its files: narrate texts/night.txt …"),
        (["output"], 1, "is a folder, and holds nothing that narrate reads"),
    ],
)
def test_what_is_no_story_is_answered_with_a_way_forward(
    words: list[str], status: int, said: str, new_project: NewProject
) -> None:
    project = new_project(night='"Who is there?" asked Nora.\n')
    (project / "output").mkdir(exist_ok=True)
    done = CliRunner().invoke(main, words)
    assert done.exit_code == status
    assert said in done.output
    assert not any((project / "output").rglob("*.mp3"))


def test_a_script_of_some_chapters_tells_of_their_lines_alone(new_project: NewProject) -> None:
    new_project(night='Chapter 1\n\n"One," said Nora.\n\nChapter 2\n\n"Two," said Max.\n')
    done = CliRunner().invoke(main, ["script", "night", "--chapters", "2"])
    assert "Two" in done.output
    assert "One" not in done.output


def test_what_is_spoken_is_shown_with_the_rule_that_says_so(new_project: NewProject) -> None:
    project = new_project(talk="“Ask Dr. Hale,” said Max. It was No. 5.\n\n“Why?” asked Max.\n")
    settings = f"{TONES}pronunciations: {{Hale: hail}}\n"
    (project / "voices.yaml").write_text(settings, encoding="utf-8")
    script = json.loads(narrate("script", "talk", "--json", "--spoken").stdout)
    said = {u["text"]: (u["spoken"], u["changes"]) for u in script["chapters"][0]["utterances"]}
    assert said["Why?"] == ("Why?", [])
    spoken, changes = said["Ask Dr. Hale,"]
    assert spoken == "Ask Doctor hail,"
    assert changes == [
        {"written": "Dr.", "spoken": "Doctor", "rule": "abbreviations: title"},
        {"written": "Hale", "spoken": "hail", "rule": "pronunciations.Hale, line 7"},
    ]
    play = narrate("script", "talk", "--spoken").stdout
    assert "No.  → number  (quantities: numbered)" in play or "No. → number  (quantities: numbered)" in play


def test_contents_tell_how_long_a_book_is_to_hear(new_project: NewProject) -> None:
    words = "The rain went on and on. " * 900
    new_project(book=f"Chapter 1\n\n{words}\n\nChapter 2\n\n{words}\n", short="All is well.")
    assert "2 chapters, 10,804 words, about 1 h 10 min to hear" in narrate("contents", "book").stdout
    assert "1 chapter, 3 words, about 1 min to hear" in narrate("contents", "short").stdout


@pytest.mark.slow
def test_a_dry_run_a_run_and_its_table_count_alike(new_project: NewProject) -> None:
    twice = (
        '"Yes," said Max.\n\n"No," said Rachel.\n\n"Yes," said Max.\n\nChapter 2\n\nAll is well. All is well.'
    )
    new_project(settings=TONES, book=f"Chapter 1\n\n{twice}\n")
    (told,) = json.loads(narrate("--dry-run", "--json").stdout)["stories"]
    assert (
        f"book: 2 files to make; {told['clips_to_speak']} clips to speak, 0 cached"
        in narrate("--dry-run").stdout
    )
    run = narrate()
    assert f"book: {told['clips_to_speak']} clips to speak, 2 files to make\n" in run.stderr
    made = narrate("--json", "--force").stdout
    (story,) = json.loads(made)["stories"]
    assert (story["clips_made"], story["clips_reused"]) == (told["clips_to_speak"], 0)
    assert story["characters"] == 2
    (part,) = json.loads(narrate("--json", "--chapters", "2").stdout)["stories"]
    assert part["characters"] == 0


@pytest.mark.slow
def test_clean_tells_what_it_removes_and_how_much(new_project: NewProject) -> None:
    project = new_project(settings=TONES, old="Old.", new="New.")
    narrate()
    (project / "texts" / "old.txt").unlink()
    for arguments, verb in ((("--dry-run",), "would remove"), ((), "removed")):
        said = narrate("clean", *arguments).stdout
        assert f"{verb} output/old/01 - Old.mp3 (" in said
        assert f"{verb} 1 file, " in said
        assert said.count("MB") == 2
    assert "nothing to remove" in narrate("clean").stdout


def test_a_warning_names_its_line(new_project: NewProject) -> None:
    lines = "\n\n".join(f"<<Line {n}, she said.>>" for n in range(8))
    new_project(settings=f"{TONES}stories:\n  gone: {{author: A}}\n", book=f"Mara sat down.\n\n{lines}\n")
    told = narrate("--dry-run").stderr
    assert "warning: book: texts/book.txt:3: 8 of 8 paragraphs" in told
    assert "warning: voices.yaml:8: stories.gone: there is no such story in texts" in told
    assert "warning: texts/book.txt:3: 8 of 8 paragraphs" in narrate("cast", "book").stderr


def test_every_fault_of_the_settings_is_an_error_of_its_own(new_project: NewProject) -> None:
    new_project(settings="narator: x\ncharacters: {Max: {rate: fast}}\n", talk=TALK)
    told = narrate().stderr.splitlines()
    assert len(told) == 2
    assert all(line.startswith("error: voices.yaml:") for line in told)


def test_a_dry_run_does_not_hide_stories_that_cannot_be_read(new_project: NewProject) -> None:
    project = new_project(settings=TONES, talk=TALK)
    narrate()
    (project / "texts" / "broken.epub").write_text("no zip")
    told = narrate("--dry-run")
    assert told.exit_code == 1
    assert "Nothing else to make; 1 story can't be read." in told.stdout


def test_sentences_break_between_words_on_a_terminal_alone() -> None:
    path = "/a/very-long/folder-name/that no/hyphen-may-break/voices.yaml:3:"
    for terminal, lines in ((True, 3), (False, 1)):
        stream = io.StringIO()
        console = Console(file=stream, width=40, force_terminal=terminal, color_system=None)
        print_prose(console, f"{path} a warning of eight words in all, say")
        told = stream.getvalue().splitlines()
        assert len(told) == lines
        assert set(" ".join(told).split()) >= set(path.split())


def test_something_is_seen_before_a_long_book_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    shown = Console(file=stream, width=60, force_terminal=True)
    monkeypatch.setattr("audiobook.cli.console.open_console", lambda **_: shown)
    with say_busy("reading pride"):
        assert "reading pride" in stream.getvalue()
    stream.seek(0)
    stream.truncate()
    with say_busy("reading pride", quiet=True):
        assert stream.getvalue() == ""


def test_a_command_without_its_story_names_those_there_are(new_project: NewProject) -> None:
    project = new_project(settings=TONES, talk=TALK, other=TALK)
    told = narrate("cast")
    assert (told.exit_code, "which story? texts has other, talk" in told.stderr) == (2, True)
    for number in range(9):
        (project / "texts" / f"z{number}.txt").write_text(TALK)
    assert "z5 and 3 more" in narrate("contents").stderr
