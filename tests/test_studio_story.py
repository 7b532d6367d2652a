"""The story itself in the studio: its details, its cover, what was made of it, and off the shelf with it."""

from __future__ import annotations

import fcntl
import io
import os
import shutil
import tracemalloc
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image as Pictures

from audiobook.errors import StorageError
from audiobook.project.bin import put_away
from audiobook.project.layout import open_project
from audiobook.studio.downloads import write_zip
from tests.command_line import narrate
from tests.conftest import TONES
from tests.studio import StudioClient, open_studio

pytestmark = pytest.mark.usefixtures("own_bin")

NewProject = Callable[..., Path]

STORY = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'
BOOK = "# One\n\nIt began.\n\n# Two\n\nIt ended.\n"


@pytest.fixture
def project(new_project: NewProject) -> Path:
    return new_project(f"{TONES}# mine\n", night=STORY)


@pytest.fixture
def studio(project: Path) -> Iterator[StudioClient]:
    with open_studio(project) as client:
        yield client


def draw_picture(kind: str, *, side: int = 40, colour: str = "red") -> bytes:
    """Return a picture of one colour."""
    out = io.BytesIO()
    Pictures.new("RGB", (side, side), colour).save(out, kind)
    return out.getvalue()


def test_details_are_stated_and_left_to_the_file_again(studio: StudioClient, project: Path) -> None:
    place = studio.story("night", "/details")
    shown = studio.ask(place).json
    assert shown["details"]["title"] == {"value": "Night", "stated": False}
    assert (shown["formats"], shown["has_own_formats"], shown["cover"]["origin"]) == (["mp3"], False, "drawn")
    change = {"title": "Night: a play", "language": "en-GB", "formats": ["mp3", "vtt"]}
    done = studio.ask(place, "POST", value={**change, "revision": shown["revision"]}).json
    assert done["undoable"]
    own = 'night:\n    title: "Night: a play"\n    language: en-GB\n    output: {formats: [mp3, vtt]}\n'
    assert (project / "voices.yaml").read_text(encoding="utf-8") == f"{TONES}# mine\nstories:\n  {own}"
    shown = studio.ask(place).json
    assert shown["details"]["title"] == {"value": "Night: a play", "stated": True}
    assert shown["has_own_formats"]
    assert studio.wait_for_shelf()["night"]["name"] == "night"
    nothing = dict.fromkeys(change)
    done = studio.ask(place, "POST", value={**nothing, "revision": done["revision"]}).json
    assert (project / "voices.yaml").read_text(encoding="utf-8") == f"{TONES}# mine\n"
    undone = studio.ask("api/undo", "POST", value={"revision": done["revision"]}).json
    assert undone["undone"] == "night: its title, language, formats"
    assert (project / "voices.yaml").read_text(encoding="utf-8").endswith(own)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"title": "a\x07b"}, "control character"),
        ({"title": " "}, "expected a title"),
        ({"title": "x" * 501}, "at most 500"),
        ({"title": 7}, "expected a text"),
        ({"year": "99"}, "four digits"),
        ({"language": "klingon!"}, "a language tag"),
        ({"formats": []}, "list of formats"),
        ({"formats": ["mp4"]}, "did you mean"),
        ({"formats": ["podcast"]}, "output.base_url"),
        ({"colour": "red"}, "one of the keys"),
    ],
)
def test_what_can_not_be_stated_is_refused(
    change: dict[str, object], says: str, studio: StudioClient, project: Path
) -> None:
    place = studio.story("night", "/details")
    revision = studio.ask(place).json["revision"]
    refused = studio.ask(place, "POST", value={**change, "revision": revision})
    assert (refused.status, says in refused.json["error"]) == (422, True), refused.json
    assert (project / "voices.yaml").read_text(encoding="utf-8") == f"{TONES}# mine\n"


def test_a_cover_is_brought_replaced_and_taken_away(
    studio: StudioClient, project: Path, own_bin: Path
) -> None:
    place, texts = studio.story("night", "/cover"), project / "texts"
    drawn = studio.ask(place).body
    png, jpeg = draw_picture("PNG"), draw_picture("JPEG", colour="blue")
    assert studio.ask(place, "PUT", body=png).status == 201
    assert (texts / "night.png").read_bytes() == png
    red = studio.ask(place).body
    assert studio.ask(place, "PUT", body=jpeg).status == 201
    assert {path.name for path in texts.iterdir()} == {"night.txt", "night.jpg"}
    assert (own_bin / "night.png").read_bytes() == png
    assert len({drawn, red, studio.ask(place).body}) == 3
    assert studio.ask(place, "PUT", body=draw_picture("WEBP", colour="green")).status == 201
    assert Pictures.open(io.BytesIO((texts / "night.jpg").read_bytes())).format == "JPEG"
    shown = studio.ask(studio.story("night", "/details")).json["cover"]
    assert shown == {"origin": "beside", "file": "night.jpg", "faults": []}
    assert studio.ask(place, "DELETE").json == {"name": "night", "folder": None}
    assert studio.ask(place).body == drawn
    assert [path.name for path in texts.iterdir()] == ["night.txt"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "no picture of a kind"),
        (b"<svg/>", "no picture of a kind"),
        (draw_picture("PNG", side=400)[:200], "is damaged"),
        (draw_picture("JPEG", side=400)[:700], "is damaged"),
        (draw_picture("PNG", side=8100), "too many"),
    ],
    ids=["empty", "no-picture", "cut-png", "cut-jpeg", "many-pixels"],
)
def test_a_picture_that_can_not_be_read_is_refused(
    body: bytes, says: str, studio: StudioClient, project: Path
) -> None:
    refused = studio.ask(studio.story("night", "/cover"), "PUT", body=body)
    assert (refused.status, says in refused.json["error"]) == (422, True), refused.json
    assert [path.name for path in (project / "texts").iterdir()] == ["night.txt"]


def test_a_picture_that_is_too_large_is_refused_before_it_is_sent(studio: StudioClient) -> None:
    length = {"Content-Length": str(200_000_000)}
    assert studio.ask(studio.story("night", "/cover"), "PUT", body=b"x", headers=length).status == 413


@pytest.mark.slow
def test_files_are_taken_away_one_by_one_and_in_a_zip(new_project: NewProject) -> None:
    project = new_project(f"{TONES}output: {{formats: [mp3, vtt, m4b]}}\n", x="")
    (project / "texts" / "x.txt").unlink()
    (project / "texts" / "book.md").write_text(BOOK, encoding="utf-8")
    assert narrate("--quiet").returncode == 0
    folder = project / "output" / "book"
    (folder / "03 - Gone.mp3").write_bytes(b"old")
    (folder / "notes.doc").write_bytes(b"mine")
    with open_studio(project) as studio:
        listed = studio.ask(studio.story("book", "/files")).json
        assert listed["folder"] == str(folder)
        files = {file["name"]: file for file in listed["files"]}
        assert list(files) == [
            *("01 - One.mp3", "01 - One.vtt", "02 - Two.mp3", "02 - Two.vtt", "03 - Gone.mp3"),
            *("Book.m4b", "playlist.m3u8"),
        ]
        assert {name for name, file in files.items() if file["is_left"]} == {"03 - Gone.mp3"}
        assert files["Book.m4b"]["format"] == "m4b"
        assert files["playlist.m3u8"]["format"] == "playlist"
        for name, file in files.items():
            got = studio.ask(studio.story("book", f"/files/{quote(name)}"))
            assert len(got.body) == file["bytes"]
            assert got.headers["content-disposition"].startswith("attachment; filename")
        assert studio.ask(studio.story("book", "/files/notes.doc")).status == 404
        assert studio.ask(studio.story("book", "/files/..%2F..%2Fvoices.yaml")).status == 404
        whole = studio.ask(studio.story("book", "/zip"))
        assert whole.headers["content-disposition"] == "attachment; filename*=UTF-8''Book.zip"
        archive = zipfile.ZipFile(io.BytesIO(whole.body))
        assert archive.testzip() is None
        assert {*archive.namelist()} == {
            f"Book/{name}" for name, file in files.items() if not file["is_left"]
        }
        assert archive.read("Book/Book.m4b") == (folder / "Book.m4b").read_bytes()
        some = zipfile.ZipFile(io.BytesIO(studio.ask(studio.story("book", "/zip?format=vtt")).body))
        assert some.namelist() == ["Book/01 - One.vtt", "Book/02 - Two.vtt"]
        assert studio.ask(studio.story("book", "/zip?format=flac")).status == 404
        assert studio.ask(studio.story("none", "/files")).status == 404


def test_a_zip_is_written_as_it_is_sent(tmp_path: Path) -> None:
    large = tmp_path / "large.m4b"
    with large.open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    try:
        sizes = [len(chunk) for chunk in write_zip([large], "Book")]
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert sum(sizes) > 100_000_000
    assert peak < 20_000_000  # other threads of the process are traced, too


@pytest.mark.slow
@pytest.mark.parametrize("made", ["stay", "go"])
def test_a_story_goes_to_the_bin_and_comes_back(made: str, project: Path, own_bin: Path) -> None:
    (project / "texts" / "night.jpg").write_bytes(draw_picture("JPEG"))
    assert narrate("--quiet").returncode == 0
    with open_studio(project) as studio, studio.events() as events:
        assert studio.wait_for_shelf()["night"]["state"] == "made"
        gone = studio.ask(studio.story("night", f"?made={made}"), "DELETE")
        assert gone.json == {"name": "night", "folder": None}
        assert next(True for kind, _ in events if kind == "shelf")
        assert studio.ask("api/shelf").json["stories"] == []
        assert list((project / "texts").iterdir()) == []
        assert (project / "output" / "night").exists() == (made == "stay")
        assert (own_bin / "night.txt").read_text(encoding="utf-8") == STORY
        assert (own_bin / "night" / "01 - Night.mp3").exists() == (made == "go")
        for path in list(own_bin.iterdir()):  # as the system puts it back
            shutil.move(path, project / ("output" if path.is_dir() else "texts") / path.name)
        assert studio.wait_for_shelf()["night"]["state"] == "made"


def test_a_story_that_is_made_or_shares_its_files_stays(project: Path, own_bin: Path) -> None:
    (project / "texts" / "night.md").write_text(STORY, encoding="utf-8")
    (project / "output" / "night").mkdir(parents=True)
    (project / "texts" / "long.md").write_text("It goes on and on. " * 3000, encoding="utf-8")
    lock = os.open(project / "output", os.O_RDONLY)
    try:
        with open_studio(project) as studio:
            refused = studio.ask(studio.story("night", "?made=go"), "DELETE")
            assert (refused.status, "is also night." in refused.json["error"]) == (422, True)
            assert studio.ask(studio.story("night", "?made=maybe"), "DELETE").status == 422
            assert studio.ask(studio.story("none"), "DELETE").status == 404
            fcntl.flock(lock, fcntl.LOCK_EX)
            refused = studio.ask(studio.story("night"), "DELETE")
            assert (refused.status, "Another narrate" in refused.json["error"]) == (409, True)
            studio.ask("api/make", "POST", value={"stories": ["long"]})  # waits for that other one
            studio.ask("api/make", "POST", value={"stories": ["night"]})
            refused = studio.ask(studio.story("long"), "DELETE")
            assert (refused.status, "long is being made" in refused.json["error"]) == (409, True)
            refused = studio.ask(studio.story("night"), "DELETE")
            assert (refused.status, "waits to be made" in refused.json["error"]) == (409, True)
            studio.ask("api/make", "DELETE")
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert not own_bin.exists()
            assert studio.ask(studio.story("night"), "DELETE").status == 200
            assert len(list(own_bin.iterdir())) == 1
    finally:
        os.close(lock)


def test_an_address_names_all_its_methods(studio: StudioClient) -> None:
    refused = studio.ask(studio.story("night", "/cover"), "PATCH")
    assert (refused.status, refused.headers["allow"]) == (405, "DELETE, GET, HEAD, PUT")


def test_what_can_not_be_read_can_be_removed(studio: StudioClient, project: Path, own_bin: Path) -> None:
    (project / "texts" / "night.txt").write_bytes(b"")
    shown = studio.ask(studio.story("night", "/details")).json
    assert "empty" in shown["error"]
    assert shown["details"]["title"] == {"value": "night", "stated": False}
    assert studio.ask(studio.story("night", "/files")).json["files"] == []
    assert studio.ask(studio.story("night"), "DELETE").status == 200
    assert (own_bin / "night.txt").exists()


def test_without_a_bin_files_lie_in_a_folder_beside(project: Path, own_bin: Path) -> None:
    own_bin.parent.write_text("no folder", encoding="utf-8")  # where the bin would be made
    here = open_project(project)
    for number, name in enumerate(("night", "night (2)")):
        (project / "texts" / "night.txt").write_text(str(number), encoding="utf-8")
        assert put_away(here, [project / "texts" / "night.txt"], "night") == project / "removed" / name
        assert (project / "removed" / name / "night.txt").read_text(encoding="utf-8") == str(number)
    with pytest.raises(StorageError, match="can't be moved"):
        put_away(here, [project / "texts" / "night.txt"], "night")  # gone meanwhile
    assert len(list((project / "removed").iterdir())) == 2


def test_files_of_one_name_are_put_away_side_by_side(project: Path, own_bin: Path) -> None:
    own_bin.parent.write_text("no folder", encoding="utf-8")
    paths = [project / "texts" / "night.epub", project / "output" / "night.epub"]
    for path in paths:
        path.parent.mkdir(exist_ok=True)
        path.write_text(path.parent.name, encoding="utf-8")
    folder = put_away(open_project(project), paths, "night")
    assert folder is not None
    assert {path.read_text(encoding="utf-8") for path in folder.iterdir()} == {"texts", "output"}
