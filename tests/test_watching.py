"""`narrate --watch`: what appears or changes is made, once it is settled."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from audiobook.building.watching import Inputs, ProjectFiles, Retrying, Settling, watch
from audiobook.errors import SourceError
from audiobook.files import Identity
from audiobook.project.layout import open_project
from tests.command_line import environment, narrate
from tests.conftest import TONES

NewProject = Callable[..., Path]

BOOK, OTHER, PICTURE, VOICES = map(Path, ("book.txt", "other.txt", "book.jpg", "voices.yaml"))
DAYS_AGO = 10**9
LEXICON = (
    '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en">'
    "<lexeme><grapheme>Nora</grapheme><phoneme>nɔɹə</phoneme></lexeme></lexicon>"
)


def state(size: int, written_s: float = 0.0) -> Identity:
    return (1, size, round(written_s * DAYS_AGO))


def test_a_file_that_grows_is_not_settled_before_it_stays_as_it_is() -> None:
    settling = Settling(5)
    for second in range(10):
        assert settling.look({BOOK: state(second, 100 + second)}, 100 + second) == set()
    assert settling.look({BOOK: state(9, 109)}, 113) == set()
    assert settling.look({BOOK: state(9, 109)}, 115) == {BOOK}
    assert settling.look({BOOK: state(9, 50)}, 116) == set()  # an older one was put in its place


def test_what_was_there_long_ago_is_settled_at_once() -> None:
    files = {BOOK: state(1, 20), OTHER: state(1, 10**6), PICTURE: None}
    settling = Settling(5)
    assert settling.look(files, 100) == {BOOK, PICTURE}
    assert settling.look(files, 105) == {BOOK, OTHER, PICTURE}  # its clock was wrong


def run_through(
    looks: Sequence[Inputs | Exception], failures: int = 0, retry_s: float = 300.0
) -> tuple[list[list[Path]], list[str]]:
    """Watch what looks like this, one look after the other, and return what was made and said.

    The first runs fail, so many.
    """
    made: list[list[Path]] = []
    said: list[str] = []
    left = iter(looks)

    def look() -> Inputs:
        try:
            found = next(left)
        except StopIteration:
            raise KeyboardInterrupt from None
        if isinstance(found, Exception):
            raise found
        return found

    def make(ready: Sequence[Path]) -> bool:
        made.append(list(ready))
        return len(made) > failures

    watch(look, make, said.append, poll_s=0.001, settle_s=0.0005, retry_s=retry_s)
    return made, said


def test_each_change_is_made_once() -> None:
    old = Inputs({BOOK: state(1)}, {VOICES: state(1)})
    new = Inputs({BOOK: state(2)}, {VOICES: state(1)})
    gone = Inputs(new.texts, {VOICES: None})
    made, said = run_through([old, old, new, new, new, gone, gone, gone])
    assert made == [[]] * 3  # first, as the text changes, and as voices.yaml goes
    assert len(set(said)) == 1


def test_what_failed_is_tried_again_later() -> None:
    still = [Inputs({BOOK: state(1)}, {})] * 12
    made, _ = run_through(still, failures=2, retry_s=0.0)
    assert len(made) == 3
    made, said = run_through(still, failures=99)
    assert len(made) == 1
    assert said[0] == "what failed is tried again in 5 minutes, or when something changes"


def test_tries_grow_rarer_until_something_is_new() -> None:
    retrying = Retrying(300)
    said = [retrying.note(failed=True, anew=number in {0, 6}).split(",")[0] for number in range(8)]
    assert [int(line.split()[-2]) for line in said] == [5, 10, 20, 40, 60, 60, 5, 10]
    assert not retrying.is_due
    assert retrying.note(failed=False, anew=False) == ""


def test_the_others_are_made_while_one_is_being_written() -> None:
    far = 10**10  # written in the future: the look after settles it
    both = Inputs({BOOK: state(1), OTHER: state(1, far)}, {})
    made, said = run_through([both, both, both])
    assert made == [[BOOK], []]
    assert said[0].startswith("1 file in the middle of being written")


def test_a_text_that_is_gone_is_noticed_and_one_that_is_edited_waits() -> None:
    both = Inputs({BOOK: state(1), OTHER: state(1)}, {})
    made, _ = run_through([both, Inputs({BOOK: state(1)}, {}), Inputs({BOOK: state(1)}, {})])
    assert made == [[], []]


def test_an_empty_folder_is_watched_too() -> None:
    empty, full = Inputs({}, {VOICES: None}), Inputs({BOOK: state(1)}, {VOICES: None})
    made, said = run_through([empty, empty, full, full])
    assert made == [[]]
    assert [line.partition(" ")[0] for line in said] == ["watching", "watching"]


def test_a_look_that_takes_long_once_does_not_put_off_the_next() -> None:
    took = [0.1, 0.0, 0.0]

    def look() -> Inputs:
        if not took:
            raise KeyboardInterrupt
        time.sleep(took.pop(0))
        return Inputs({BOOK: state(1)}, {})

    began = time.monotonic()
    watch(look, lambda _ready: True, lambda _said: None, poll_s=0.001, settle_s=0.0005)
    assert time.monotonic() - began < 5  # of which fifty times that look's time would be all


def test_who_stops_a_run_stops_the_watch() -> None:
    def make(_ready: Sequence[Path]) -> bool:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        watch(lambda: Inputs({BOOK: state(1)}, {}), make, print)


def test_a_folder_that_can_not_be_read_is_said_once() -> None:
    fine = Inputs({BOOK: state(1)}, {})
    made, said = run_through(
        [SourceError("texts: no"), SourceError("texts: no"), fine, SourceError("texts: no")]
    )
    assert made == [[]]
    assert [line for line in said if line == "texts: no"] == ["texts: no"] * 2


def test_what_decides_a_run_is_looked_at(new_project: NewProject) -> None:
    folder = new_project(settings=TONES + "lexicons: [names.pls]\n", book="Hello.", other="Hello.")
    (folder / "names.pls").write_text(LEXICON, encoding="utf-8")
    (folder / "texts" / "book.epub.part").write_text("half")
    (folder / "texts" / ".hidden.txt").write_text("half")
    files = ProjectFiles(lambda: open_project(Path()), Path("voices.yaml"))
    found = files.look()
    assert [path.name for path in found.texts] == ["book.txt", "other.txt"]
    assert {path.name for path in found.others} >= {"book.jpg", "other.png", "voices.yaml", "names.pls"}
    (folder / "voices.yaml").write_text("faulty: [", encoding="utf-8")
    assert "names.pls" not in {path.name for path in files.look().others}
    one = ProjectFiles(lambda: open_project(Path()), Path("voices.yaml"), ["other", "gone"]).look()
    assert [path.name for path in one.texts] == ["other.txt"]


def test_a_lexicon_that_is_there_later_is_looked_at_too(new_project: NewProject) -> None:
    folder = new_project(settings=TONES + "lexicons: [names.pls]\n", book="Hello.")
    files = ProjectFiles(lambda: open_project(Path()), Path("voices.yaml"))
    for text in (None, "<lexicon", LEXICON):
        assert "names.pls" not in {path.name for path in files.look().others}
        if text:
            (folder / "names.pls").write_text(text, encoding="utf-8")
    assert "names.pls" in {path.name for path in files.look().others}


@pytest.mark.parametrize("option", ["--dry-run", "--force", "--json"])
def test_options_of_one_run_are_refused(option: str, new_project: NewProject) -> None:
    new_project(book="Hello.")
    done = narrate("make", "--watch", option)
    assert done.returncode == 2
    assert "--watch goes on" in done.stderr


@pytest.fixture
def watching(new_project: NewProject) -> Iterator[tuple[Path, subprocess.Popen[str]]]:
    folder = new_project(settings=TONES, book='"Hello," said Anna.')
    for path in (folder / "voices.yaml", folder / "texts" / "book.txt"):
        os.utime(path, (0, 0))  # settled, however soon it is looked at
    command = [sys.executable, "-m", "audiobook", "--watch"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(), cwd=folder
    ) as process:
        yield folder, process
        process.kill()


@pytest.mark.slow
def test_a_person_watches(watching: tuple[Path, subprocess.Popen[str]]) -> None:
    folder, process = watching

    def wait_for(path: str) -> None:
        until = time.monotonic() + 60
        while not (folder / "output" / path).exists():
            assert process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)

    wait_for("book/01 - Book.mp3")
    # A download writes half, and goes on: no half is made.
    late = folder / "texts" / "late.txt"
    with late.open("w", encoding="utf-8") as file:
        for _ in range(8):
            file.write('"Yes," said Ben.\n\n')
            file.flush()
            time.sleep(1)
            assert not (folder / "output" / "late").exists()
    wait_for("late/01 - Late.mp3")
    (folder / "voices.yaml").write_text("narrator: [", encoding="utf-8")
    time.sleep(9)
    (folder / "voices.yaml").write_text(TONES.replace("tone-deep", "tone-deeper"), encoding="utf-8")
    before = (folder / "output" / "late" / "01 - Late.mp3").stat().st_mtime_ns
    until = time.monotonic() + 60
    while (folder / "output" / "late" / "01 - Late.mp3").stat().st_mtime_ns == before:
        assert time.monotonic() < until
        time.sleep(0.1)
    time.sleep(3)
    process.send_signal(signal.SIGINT)
    told, _ = process.communicate(timeout=60)
    assert process.returncode == 0, told
    assert "error: voices.yaml:1:" in told
    assert told.count("watching texts/") == 4, told
