"""Books in other formats than MP3, as a person runs it: made whole, remade only where something changed."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from mutagen.mp4 import MP4

from audiobook.folders import cache_folder
from audiobook.publishing import read_mark
from tests.books import make_epub, xhtml
from tests.command_line import finished, make, narrate
from tests.conftest import ROOT, TONES
from tests.listening import decode
from tests.sounds import listen
from tests.test_m4b import chapters_of

NewProject = Callable[..., Path]

SHARED_MEMORY = "/dev/shm"  # noqa: S108 - the one other filesystem that most Linux machines have
M4B = f"{TONES}output: {{formats: [m4b]}}\n"
CHAPTERS = ("It began.", '"Hello," said Nora. And so it went on.', "It ended.")


def write_book(project: Path, *chapters: str, title: str = "The Book") -> None:
    """Write a book of these chapters into a project in the place of what is there."""
    shutil.rmtree(project / "texts")
    (project / "texts").mkdir()
    text = "\n\n".join(f"## Chapter {number}\n\n{words}" for number, words in enumerate(chapters, 1))
    (project / "texts" / "book.md").write_text(f"# {title}\n\n{text}\n", encoding="utf-8")


def parts() -> dict[Path, int]:
    """The encoded chapters in the cache, and when each was made or used."""
    return {path: path.stat().st_mtime_ns for path in cache_folder().rglob("*.m4a")}


@pytest.fixture
def project(new_project: NewProject) -> Path:
    made = new_project(settings=M4B)
    write_book(made, *CHAPTERS)
    return made


@pytest.mark.slow
def test_a_book_is_one_file_whose_chapters_begin_before_their_first_word(project: Path) -> None:
    story = make()["book"]
    assert story["files"] == ["output/book/The Book.m4b"]
    assert list(finished(project)) == ["book/The Book.m4b"]
    path = project / "output" / "book" / "The Book.m4b"
    chapters = chapters_of(path)
    assert [title for title, _ in chapters] == ["Chapter 1", "Chapter 2", "Chapter 3"]
    samples = decode(path)
    assert story["seconds"] == pytest.approx(len(samples) / 44_100, abs=0.001)
    head_s = 0.9  # output.head_ms
    for _, start in chapters:
        loud = np.flatnonzero(np.abs(samples[round(start * 44_100) :]) > 0.05)
        assert abs(loud[0] / 44_100 - head_s) < 0.005
    assert MP4(path).tags["covr"]


@pytest.mark.slow
def test_only_the_changed_chapter_is_encoded_again(project: Path) -> None:
    make()
    before = parts()
    assert len(before) == 3
    write_book(project, CHAPTERS[0], CHAPTERS[1].replace("went", "carried"), CHAPTERS[2])
    rehearsed = json.loads(narrate("--dry-run", "--json").stdout)["stories"][0]
    assert [file["file"] for file in rehearsed["files"]] == ["output/book/The Book.m4b"]
    assert rehearsed["files"][0]["why"] == ["1 of its 3 chapters changed, or are no longer in the cache"]
    done = narrate("--verbose")
    assert done.stderr.count("encoded") == 1
    assert "book: encoded 'Chapter 2'" in done.stderr
    after = parts()
    assert len(after) == 4
    assert before.keys() < after.keys()
    changed = finished(project)
    shutil.rmtree(project / "output")
    shutil.rmtree(cache_folder())
    make("--jobs", "1")
    assert finished(project) == changed


@pytest.mark.slow
def test_new_tags_join_the_same_chapters_again(project: Path) -> None:
    make()
    (project / "voices.yaml").write_text(f"{M4B}stories: {{book: {{author: A. Writer}}}}\n")
    done = narrate("--verbose")
    assert "encoded" not in done.stderr
    assert "its tags or chapters changed" in done.stderr
    assert MP4(project / "output" / "book" / "The Book.m4b").tags["©ART"] == ["A. Writer"]


@pytest.mark.slow
def test_a_finished_book_needs_its_parts_no_more(project: Path) -> None:
    make()
    before = finished(project)
    narrate("clean", "--cache")
    assert not parts()
    story = make()["book"]
    assert (story["clips_made"], story["made"]) == (0, [])
    assert not parts()
    assert finished(project) == before


@pytest.mark.slow
def test_a_cache_too_small_for_the_parts_does_no_harm(project: Path) -> None:
    (project / "voices.yaml").write_text(M4B.replace("[m4b]", "[m4b], cache_gb: 0.1"))
    filler = cache_folder() / "clips" / "ab" / "filler.clip"
    filler.parent.mkdir(parents=True)
    with filler.open("wb") as file:
        file.truncate(200_000_000)
    os.utime(filler, (4e9, 4e9))  # whatever is made is older, and goes first
    story = make()["book"]
    assert not parts()
    assert (story["errors"], story["files"]) == ([], ["output/book/The Book.m4b"])
    assert not make()["book"]["made"]


@pytest.mark.slow
def test_a_cut_book_and_a_damaged_part_are_made_again(project: Path) -> None:
    make()
    before = finished(project)
    path = project / "output" / "book" / "The Book.m4b"
    path.write_bytes(path.read_bytes()[:-1])
    part = next(iter(parts()))
    part.write_bytes(part.read_bytes()[:-1])
    done = narrate("--verbose")
    assert done.stderr.count("encoded") == 1
    assert "the file there is not one that narrate made, or it is damaged" in done.stderr
    assert finished(project) == before


@pytest.mark.slow
def test_parts_of_books_are_mp3_where_only_whole_books_are_asked_for(project: Path) -> None:
    make("--chapters", "2")
    make("--preview", "1")
    assert sorted(finished(project)) == ["book/02 - Chapter 2.mp3", "previews/book - 01 - Chapter 1.mp3"]
    make("--preview", "1", "--format", "flac")
    assert "previews/book - 01 - Chapter 1.flac" in finished(project)
    narrate("clean")
    assert sorted(finished(project)) == ["book/02 - Chapter 2.mp3"]


@pytest.mark.slow
def test_chapters_in_several_formats_at_once(project: Path) -> None:
    formats = [word for name in ("flac", "m4b", "opus", "mp3") for word in ("--format", name)]
    story = make(*formats)["book"]
    made = finished(project)
    names = [f"0{n} - Chapter {n}" for n in (1, 2, 3)]
    files = {f"book/{name}{ending}" for name in names for ending in (".mp3", ".opus", ".flac")}
    assert made.keys() == files | {"book/playlist.m3u8", "book/The Book.m4b"}
    for name in names:
        kinds = [project / "output" / "book" / f"{name}{ending}" for ending in (".mp3", ".opus", ".flac")]
        marks = [read_mark(path) for path in kinds]
        lengths = {round(mark.seconds, 3) for mark in marks if mark is not None}
        assert len(lengths) == 1, lengths
        assert None not in marks
    assert not make(*formats)["book"]["made"]
    shutil.rmtree(project / "output")
    shutil.rmtree(cache_folder())
    assert make(*formats, "--jobs", "1")["book"]["seconds"] == story["seconds"]
    assert finished(project) == made


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["opus", "flac"])
def test_a_changed_chapter_in_another_format_says_why(project: Path, ending: str) -> None:
    make("--format", ending)
    before = finished(project)
    write_book(project, CHAPTERS[0], CHAPTERS[1].replace("went", "carried"), CHAPTERS[2])
    made = make("--format", ending)["book"]["made"]
    assert isinstance(made, list)
    assert [file["file"] for file in made] == [f"output/book/02 - Chapter 2.{ending}"]
    assert "1 of 2 lines" in made[0]["why"][0] or "line" in made[0]["why"][0]
    after = finished(project)
    assert {name for name in before if before[name] != after[name]} == {f"book/02 - Chapter 2.{ending}"}


@pytest.mark.slow
def test_leftovers_in_every_format_are_cleaned_and_those_of_another_time_stay(project: Path) -> None:
    make()
    for ending in ("opus", "flac", "mp3"):
        make("--format", ending)
    assert "no story" not in narrate().stdout
    narrate("clean")
    assert len(finished(project)) == 1 + 9 + 1  # the book, its chapters three times, and the playlist
    write_book(project, *CHAPTERS, title="Another Title")
    done = narrate()
    assert "output/book/The Book.m4b" in done.stdout
    assert "01 - " not in done.stdout
    narrate("clean")
    assert "book/The Book.m4b" not in finished(project)
    assert "book/Another Title.m4b" in finished(project)
    shutil.rmtree(project / "texts")
    narrate("clean")
    assert not finished(project)


@pytest.mark.slow
def test_a_whole_book_file_asked_for_just_once_is_no_leftover(project: Path) -> None:
    make("--format", "epub")
    assert (project / "output" / "book" / "The Book.epub").exists()
    assert "no story" not in narrate().stdout
    narrate("clean")
    assert "book/The Book.epub" in finished(project)


@pytest.mark.slow
@pytest.mark.skipif(not os.access(SHARED_MEMORY, os.W_OK), reason="there is no second filesystem here")
@pytest.mark.usefixtures("project")
def test_the_output_may_lie_on_another_disk_than_the_cache() -> None:
    with tempfile.TemporaryDirectory(dir=SHARED_MEMORY) as other:
        make("--output", other)
        assert (Path(other) / "book" / "The Book.m4b").exists()
        assert not (Path(other) / ".partial").exists()


@pytest.mark.slow
def test_captions_that_were_asked_for_once_keep_up_and_a_list_of_nothing_goes(project: Path) -> None:
    make("--format", "mp3", "--format", "vtt")
    write_book(project, CHAPTERS[0], CHAPTERS[1].replace("went", "carried"), CHAPTERS[2])
    make("--format", "mp3")
    captions = finished(project)["book/02 - Chapter 2.vtt"].decode()
    assert "carried" in captions
    (project / "texts" / "book.md").write_text("# The Book\n\nIt began and it ended.\n")
    make("--format", "mp3")
    narrate("clean")
    assert "book/playlist.m3u8" not in finished(project)


@pytest.mark.slow
def test_a_broken_file_in_a_source_epub_is_no_traceback(new_project: NewProject) -> None:
    project = new_project(settings=TONES, b="It goes on.")
    page = xhtml("<h1>One</h1><p>It began.</p>")
    style = "".join(f"p.c{number} {{ color: #{number:06x} }}\n" for number in range(500))
    item = '<item id="css" href="a.css" media-type="text/css"/>'
    data = bytearray(make_epub({"one.xhtml": page}, files={"OPS/a.css": style}, manifest=item))
    at = data.index(b"OPS/a.css") + 200
    data[at : at + 30] = bytes(30)
    (project / "texts" / "book.epub").write_bytes(data)
    done = narrate("--format", "epub")
    assert "Traceback" not in done.stderr
    assert (project / "output" / "b" / "B.epub").exists()
    assert (project / "output" / "book" / "The Book.epub").exists()


@pytest.mark.slow
def test_an_epub_is_made_again_when_its_source_or_a_name_in_it_changes(new_project: NewProject) -> None:
    project = new_project(settings=TONES, a="")
    (project / "texts" / "a.txt").unlink()
    source = project / "texts" / "book.epub"
    page = xhtml('<h1>One</h1><p>"It began," said Nora.</p><p>"So it did," said Ben.</p>')
    source.write_bytes(make_epub({"one.xhtml": page}, files={"OPS/a.css": "p { color: black }"}))
    make("--format", "epub")
    assert make("--format", "epub")["book"]["clips_made"] == 0
    before = finished(project)
    edition = next(name for name in before if name.endswith(".epub"))
    source.write_bytes(make_epub({"one.xhtml": page}, files={"OPS/a.css": "p { color: navy }"}))
    rehearsed = json.loads(narrate("--dry-run", "--json", "--format", "epub").stdout)["stories"][0]
    assert [file["file"] for file in rehearsed["files"]] == [f"output/{edition}"]
    assert rehearsed["files"][0]["why"] == ["its text, pages, tags or tracks changed"]
    assert rehearsed["finished_files"] == 1  # its one chapter
    make("--format", "epub")
    after = finished(project)
    assert {name for name in before if before[name] != after[name]} == {edition}
    (project / "voices.yaml").write_text(f"{TONES}lines: {{So it did: Nora}}\n", encoding="utf-8")
    rehearsed = json.loads(narrate("--dry-run", "--json", "--format", "epub").stdout)["stories"][0]
    assert f"output/{edition}" in [file["file"] for file in rehearsed["files"]]


@pytest.mark.slow
def test_a_book_elsewhere_is_no_leftover(project: Path, tmp_path: Path) -> None:
    (tmp_path / "night.txt").write_text("The night was long.")
    make(str(tmp_path / "night.txt"))
    assert list(finished(project)) == ["night/Night.m4b"]
    narrate("clean")
    assert list(finished(project)) == ["night/Night.m4b"]


@pytest.mark.slow
def test_every_codec_leaves_the_master_in_the_window(new_project: NewProject) -> None:
    project = new_project(settings=(ROOT / "voices.yaml").read_text(encoding="utf-8"), a="")
    (project / "texts" / "a.txt").unlink()
    shutil.copy(ROOT / "texts" / "echo-fade.txt", project / "texts")
    make("--format", "opus", "--format", "flac", "--format", "m4b")
    folder = project / "output" / "echo-fade"
    for name in ("01 - Echo Fade.opus", "01 - Echo Fade.flac", "Echo Fade.m4b"):
        heard = listen(folder / name)
        assert -23 <= heard.rms_db <= -18, name
        assert heard.peak_db <= -3, name
        assert heard.floor_db <= -60, name


@pytest.mark.slow
def test_a_story_has_formats_of_its_own(new_project: NewProject) -> None:
    own = "stories:\n  a: {output: {formats: [m4b, mp3]}}\n  b: {output: {formats: [podcast]}}\n"
    project = new_project(f"{TONES}{own}", a='"Well?" asked Tom.', b="It began.", c="It ended.")
    done = narrate("--json")
    assert done.returncode == 1
    stories = {story["name"]: story for story in json.loads(done.stdout)["stories"]}
    assert stories["b"]["errors"][0].startswith("a podcast needs the address")
    assert sorted(finished(project)) == ["a/01 - A.mp3", "a/A.m4b", "c/01 - C.mp3"]
    narrate("clean")
    assert len(finished(project)) == 3
    assert make("a", "--format", "flac")["a"]["files"] == [
        "output/a/01 - A.flac"
    ]  # an option stands over both
