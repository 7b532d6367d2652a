"""`--dry-run`: what would be made and why, without making, locking or starting anything."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.audio import Spacing
from audiobook.cli import main
from audiobook.model import NARRATOR, Cast, Role, Utterance, Voice
from audiobook.planning.clip_specs import ClipSpec
from audiobook.planning.differences import Surroundings, describe_changes
from audiobook.planning.records import Makers, Record, read_record, write_record
from audiobook.publishing import Tags
from tests.conftest import TONES

NewProject = Callable[..., Path]

BOOK = """\
Chapter 1

"Yes," said Max.

"No," said Rachel. The harbour lay still, and nobody came down to the boats.

Chapter 2

"Why?" asked Rachel. Nobody knew.

Chapter 3

The year was over. The river was frozen.
"""
PATHS = [f"output/book/0{number} - Chapter {number}.mp3" for number in (1, 2, 3)]


def narrate(*arguments: str) -> str:
    done = CliRunner().invoke(main, list(arguments))
    assert done.exit_code == 0, done.output
    return done.stdout


def reasons() -> dict[str, list[str]]:
    """What a rehearsal gives as reasons, by file."""
    (story,) = json.loads(narrate("--dry-run", "--json"))["stories"]
    return {file["file"]: file["why"] for file in story["files"]}


@pytest.fixture(scope="module")
def finished_book(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Make the book once; return its project and the cache."""
    project, cache = tmp_path_factory.mktemp("finished"), tmp_path_factory.mktemp("finished-cache")
    (project / "texts").mkdir()
    (project / "texts" / "book.txt").write_text(BOOK, encoding="utf-8")
    settings = f"{TONES}characters: {{Rachel: {{voice: tone-high}}}}\n"
    (project / "voices.yaml").write_text(settings, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch, contextlib.chdir(project):
        patch.setenv("XDG_CACHE_HOME", str(cache))
        narrate("--quiet")
    return project, cache


@pytest.fixture
def made(finished_book: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project whose one book of three chapters is finished, to be changed."""
    project, cache = finished_book
    shutil.copytree(project, tmp_path / "project")
    shutil.copytree(cache, os.environ["XDG_CACHE_HOME"], dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path / "project")
    assert reasons() == {}
    return tmp_path / "project"


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.slow
def test_a_cold_rehearsal_starts_nothing_and_writes_nothing(new_project: NewProject) -> None:
    project = new_project(a=BOOK)
    watch = """
import sys
started = []
def watch(event, arguments):
    if event in {"subprocess.Popen", "os.fork", "os.posix_spawn", "os.system", "fcntl.flock", "os.mkdir"}:
        started.append((event, arguments))
    if event == "open" and isinstance(arguments[1], str) and set(arguments[1]) & set("wax+"):
        started.append((event, arguments))
sys.dont_write_bytecode = True
sys.addaudithook(watch)
from audiobook.cli import main
try:
    main(["--dry-run"])
except SystemExit as end:
    assert not end.code, end.code
print(started)
"""
    done = subprocess.run([sys.executable, "-c", watch], capture_output=True, text=True, check=True)
    assert "a: 3 files to make; 13 clips to speak, 0 cached" in done.stdout
    assert done.stdout.splitlines()[-1] == "[]"
    assert not (project / "output").exists()


@pytest.mark.slow
def test_what_is_missing_damaged_or_foreign_is_told_apart(made: Path) -> None:
    first, second, third = (made / path for path in PATHS)
    first.unlink()
    second.write_bytes(second.read_bytes()[:-1])
    third.write_bytes(b"mine")
    why = reasons()
    assert why[PATHS[0]] == ["never made"]
    assert "damaged" in why[PATHS[1]][0]
    assert "not one that narrate made" in why[PATHS[2]][0]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("voice: tone-high", "voice: tone-flat", {0: "tone-high → tone-flat", 1: "tone-high → tone-flat"}),
        ("voice: tone-high", "voice: tone-high, rate: 170", {0: "rate 155 → 170", 1: "rate 155 → 170"}),
    ],
)
def test_a_voice_that_voices_yaml_changed_is_named(
    old: str, new: str, expected: dict[int, str], made: Path
) -> None:
    edit(made / "voices.yaml", old, new)
    assert reasons() == {
        PATHS[number]: [f"voices.yaml: Rachel's voice changed: {change}"]
        for number, change in expected.items()
    }


def test_a_line_that_goes_to_another_is_told_from_a_new_voice(made: Path) -> None:
    edit(made / "voices.yaml", "characters:", "lines: {Yes: Rachel}\ncharacters:")
    (why,) = (words for path, words in reasons().items() if path == PATHS[0])
    assert why[0] == "1 line now Rachel's (was Max's)"


def test_lines_that_an_alias_gives_to_another_are_named_by_whose_they_were(made: Path) -> None:
    edit(
        made / "voices.yaml",
        "characters:",
        "stories: {book: {characters: {Rachel: {aliases: [Max]}}}}\ncharacters:",
    )
    ((_, why),) = ((path, words) for path, words in reasons().items() if path == PATHS[0])
    assert "1 line now Rachel's (was Max's)" in why


def test_edited_added_and_removed_lines_are_counted(made: Path) -> None:
    book = made / "texts" / "book.txt"
    edit(book, "Nobody knew.", "Nobody could say.")
    edit(book, "The year was over.", "The year was over. It had been a long one.")
    edit(book, "The harbour lay still, and nobody came down to the boats.", "")
    assert reasons() == {
        PATHS[0]: ["1 line was removed"],
        PATHS[1]: ["the text of 1 line changed, “Nobody could say.”"],
        PATHS[2]: ["1 line was added, “It had been a long one.”"],
    }


def test_pauses_pronunciations_and_details_are_told(made: Path) -> None:
    with (made / "voices.yaml").open("a") as settings:
        settings.write("pauses: {scene_ms: 900, tail_ms: 2500}\npronunciations: {river: rivver}\n")
        settings.write("stories: {book: {author: A. Hand}}\n")
    why = reasons()
    always = ["pauses.tail_ms: 3000 → 2500", "the author changed: none → A. Hand"]
    assert why[PATHS[1]] == always
    assert why[PATHS[2]] == ["pronunciations: 1 line spoken otherwise, “The river was frozen.”", *always]


def test_a_chapter_put_in_renumbers_the_others(made: Path) -> None:
    book = made / "texts" / "book.txt"
    edit(book, "Chapter 3", "Chapter 4")
    edit(book, "Chapter 2", "Chapter 3")
    edit(book, '"Why?"', 'Chapter 2\n\nA door shut, far away.\n\nChapter 3\n\n"Why?"')
    edit(book, "Chapter 3\n\nChapter 2", "Chapter 2")
    assert reasons() == {
        PATHS[0]: ["it is file 1 of 4 now (was 1 of 3)"],
        PATHS[1]: [
            "the text of 1 line changed, “A door shut, far away.”",
            "2 lines were removed",
            "it is file 2 of 4 now (was 2 of 3)",
        ],
        PATHS[2]: ["its text was in 02 - Chapter 2.mp3: chapters were added, removed or moved"],
        "output/book/04 - Chapter 4.mp3": ["was 03 - Chapter 3.mp3: its number or title changed"],
    }


def test_the_plain_output_says_why_and_how_much(made: Path) -> None:
    edit(made / "texts" / "book.txt", "Nobody knew.", "Nobody could say.")
    said = narrate("--dry-run")
    assert "book: 1 file to make, 2 files up to date; 1 clip to speak, 3 cached" in said
    assert "the text of 1 line changed" in said
    assert "Nothing was made." in said
    assert "would be made" not in narrate("--dry-run", "--quiet")
    done = CliRunner().invoke(main, ["--verbose"])
    assert f"book: making {PATHS[1]}: the text of 1 line changed, “Nobody could say.”" in done.stderr
    assert narrate("--dry-run") == "book: up to date\nNothing to make.\n"
    assert "made anew (--force)" in narrate("--dry-run", "--force")


def test_the_reasons_move_along_with_the_output(made: Path, tmp_path: Path) -> None:
    shutil.move(made / "output", tmp_path / "elsewhere")
    edit(made / "texts" / "book.txt", "Nobody knew.", "Nobody could say.")
    (story,) = json.loads(narrate("--dry-run", "--json", "--output", str(tmp_path / "elsewhere")))["stories"]
    assert [file["why"] for file in story["files"]] == [["the text of 1 line changed, “Nobody could say.”"]]


def test_a_story_that_can_not_be_read_is_an_error_here_too(new_project: NewProject) -> None:
    new_project(a="", b="All is well.")
    done = CliRunner().invoke(main, ["--dry-run"])
    assert done.exit_code == 1
    assert "is empty" in done.stderr
    assert "b: 1 file to make" in done.stdout


VOICE = Voice(engine="tone", id="tone-low")
MAKERS = Makers(encoder="lame 1 -x", engines={"tone": "tone 1", "other": "other 1"})
TAGS = Tags(
    title="One", album="Book", author=None, voices=("tone-low",), number=1, count=2, language="en", text="A."
)


def record(**changes: object) -> Record:
    """A record of two lines, with something changed."""
    words = changes.pop("words", ("One.", "Two."))
    spoken = changes.pop("spoken", words)
    voice, follows = changes.pop("voice", VOICE), changes.pop("follows", "sentence")
    spacing = changes.pop("spacing", Spacing(pause_ms={"sentence": 1, "scene": 2}, head_ms=3, tail_ms=4))
    makers = changes.pop("makers", MAKERS)
    origin = changes.pop("origin", "texts")
    text = write_record(
        [utterance(text, follows) for text in words],  # type: ignore[attr-defined]
        [ClipSpec(key="k", text=text, voice=voice, cast=voice) for text in spoken],  # type: ignore[arg-type,attr-defined]
        spacing,  # type: ignore[arg-type]
        replace(TAGS, **changes),  # type: ignore[arg-type]
        origin=str(origin),
        makers=makers,  # type: ignore[arg-type]
    )
    found = read_record(text)
    assert found is not None
    return found


def utterance(text: str, follows: object = "sentence") -> Utterance:
    return Utterance(
        paragraph=1,
        start=0,
        end=1,
        kind="narration",
        speaker=NARRATOR,
        text=text,
        follows=follows,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"words": ("One.", "Three.")}, "the text of 1 line changed, “Two.”"),
        ({"spoken": ("One.", "Too.")}, "pronunciations: 1 line spoken otherwise, “Two.”"),
        ({"voice": Voice(engine="tone", id="tone-low", volume=0.5)}, "volume 1 → 0.5"),
        ({"voice": Voice(engine="other", id="x")}, "tone:tone-low → other:x"),
        ({"follows": "scene"}, "divided otherwise"),
        ({"spacing": Spacing(pause_ms={"sentence": 9}, head_ms=3, tail_ms=4)}, "pauses.sentence_ms: 1 → 9"),
        ({"makers": replace(MAKERS, encoder="lame 2 -x")}, "encoder changed: lame 1 → lame 2"),
        ({"makers": replace(MAKERS, engines={"tone": "tone 2"})}, "tone changed: tone 1 → tone 2"),
        ({"origin": "elsewhere"}, "out of texts/"),
        ({"number": 2}, "it is file 2 of 2 now (was 1 of 2)"),
        ({"title": "Two"}, "chapter's title changed: One → Two"),
        ({"author": "A"}, "the author changed: none → A"),
        ({"description": "D"}, "the description changed"),
        ({"text": "A!"}, "the text in the tag"),
        ({"voices": ("x",)}, "the voices in the tag changed"),
        ({"album": "new"}, "the book's title changed: Book → new"),
        ({"year": "new"}, "the year changed: none → new"),
        ({"language": "new"}, "the language changed: en → new"),
        ({"series": "new"}, "the series changed: none → new"),
        ({"series_part": "new"}, "the part of the series changed: none → new"),
    ],
)
def test_every_change_has_words(changes: dict[str, object], words: str) -> None:
    old, new = record(), record(**changes)
    cast = Cast(roles=(Role(speaker=NARRATOR, voice=new.lines[0].voice, why=""),))
    plot = Surroundings(
        utterances=[utterance("One."), utterance("Two.")],
        cast=cast,
        stated=(),
        engine="tone",
        chosen_by="auto",
    )
    (said,) = describe_changes(old, new, plot)
    assert words in said


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"voices": [[1]]}', "\x00", '{"voices": 3}'])
def test_a_record_that_is_none_is_no_record(text: str) -> None:
    assert read_record(text) is None


def test_a_long_text_is_compared_fast() -> None:
    def long(start: int) -> Iterator[str]:
        return (f"Line {number % 900 if number % 3 else number}." for number in range(start, start + 9000))

    old, new = record(words=tuple(long(0))), record(words=tuple(long(40)))
    cast = Cast(roles=(Role(speaker=NARRATOR, voice=VOICE, why=""),))
    began = time.process_time()
    said = describe_changes(
        old,
        new,
        Surroundings(
            utterances=[utterance(t) for t in long(40)], cast=cast, stated=(), engine="tone", chosen_by="auto"
        ),
    )
    assert time.process_time() - began < 20
    assert "40 lines" in " ".join(said)
