"""Where a story's files lie: called as the story is, or as Audiobookshelf's scanner reads it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from urllib.parse import quote

import pytest

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.project.layout import PLACES, open_project
from audiobook.project.places import find_folder, list_made, list_places, place_book, settle_folder
from audiobook.publishing import compose_shelf_files, list_shelf_files
from tests.command_line import finished, make, narrate
from tests.conftest import TONES
from tests.studio import open_studio

NewProject = Callable[..., Path]

LAID_OUT = TONES + "output: {layout: audiobookshelf}\n"
HEAD = '---\nauthor: Ann Ash; Bo Birch\ntitle: "Fog: a Tale"\nseries: Weather\nseries_part: 2\n---\n'
STORY = f'{HEAD}"Yes," said Max.\n'
PLACE = "Ann Ash; Bo Birch/Weather/Vol 2 - Fog a Tale"
TRACK = "01 - Fog a Tale.mp3"

BOOK = Book(name="fog", source="fog.txt", text="", title="Fog", chapters=(), author="Ann Ash", language="en")


@pytest.mark.parametrize(
    ("book", "place"),
    [
        (BOOK, "Ann Ash/Fog"),
        (replace(BOOK, author=None), "Unknown/Fog"),
        (replace(BOOK, series="Weather"), "Ann Ash/Weather/Fog"),
        (replace(BOOK, series="Weather", series_part="2.5"), "Ann Ash/Weather/Vol 2.5 - Fog"),
        (replace(BOOK, series="Weather", series_part="II"), "Ann Ash/Weather/Fog"),
        (replace(BOOK, series_part="2"), "Ann Ash/Fog"),
        (replace(BOOK, title="A/B: c?", author="previews"), "_previews/A B c"),
        (replace(BOOK, title="..", author="../../etc"), "etc/untitled"),
    ],
)
def test_the_folders_are_as_the_scanner_reads_them(book: Book, place: str) -> None:
    assert place_book(Path("output"), "audiobookshelf", book) == Path("output", place)
    assert place_book(Path("output"), "plain", book) == Path("output/fog")


def read_noted(folder: Path) -> dict[str, str]:
    noted: dict[str, str] = json.loads((folder / "output" / PLACES).read_text(encoding="utf-8"))
    return noted


@pytest.mark.slow
def test_a_book_is_laid_out_with_what_the_server_reads(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    report = make("--jobs", "1")
    assert report["fog"]["files"] == [
        f"output/{PLACE}/{TRACK}",
        f"output/{PLACE}/cover.jpg",
        f"output/{PLACE}/metadata.json",
    ]
    cover = (folder / "output" / PLACE / "cover.jpg").read_bytes()
    assert json.loads((folder / "output" / PLACE / "metadata.json").read_text(encoding="utf-8")) == {
        "title": "Fog: a Tale",
        "authors": ["Ann Ash", "Bo Birch"],
        "narrators": ["tone-low", "tone-deep"],
        "series": ["Weather #2"],
        "genres": ["Audiobook"],
        "language": "en",
        "made_by": "narrate",
        "made_cover": hashlib.sha256(cover).hexdigest(),
    }
    assert cover.startswith(b"\xff\xd8")
    assert read_noted(folder) == {"fog": PLACE}


@pytest.mark.slow
def test_a_podcast_names_its_folders(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    make("--jobs", "1", "--format", "podcast", "--base-url", "https://example.org/books/")
    text = (folder / "output" / PLACE / "feed.xml").read_text(encoding="utf-8")
    assert f"https://example.org/books/{quote(PLACE)}/{quote(TRACK)}" in text


@pytest.mark.slow
def test_a_change_of_layout_moves_and_leaves_nothing_behind(new_project: NewProject) -> None:
    folder = new_project(fog=STORY)
    make("--jobs", "1", "--format", "mp3", "--format", "vtt")
    (folder / "output" / "fog" / "mine.txt").write_text("my notes")
    before = finished(folder)
    (folder / "voices.yaml").write_text(LAID_OUT, encoding="utf-8")
    told = json.loads(narrate("make", "--dry-run", "--json").stdout)
    assert told["stories"][0]["files"] == []  # they are where they were, and nothing is to be made
    assert make("--jobs", "1")["fog"]["clips_made"] == 0
    after = finished(folder)
    for name, data in before.items():
        assert after.pop(name.replace("fog", PLACE, 1)) == data
    assert set(after) == {PLACES, "previews/.ignore", f"{PLACE}/metadata.json", f"{PLACE}/cover.jpg"}
    assert not (folder / "output" / "fog").exists()
    # And back: what was for the server alone goes.
    (folder / "voices.yaml").write_text(TONES, encoding="utf-8")
    make("--jobs", "1")
    assert finished(folder) == before | {"previews/.ignore": b""}
    assert not (folder / "output" / "Ann Ash; Bo Birch").exists()
    assert not (folder / "output" / PLACES).exists()


@pytest.mark.slow
def test_another_title_moves_the_book_and_clean_removes_what_was(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    make("--jobs", "1")
    (folder / "texts" / "fog.txt").write_text(STORY.replace("Ann Ash; Bo Birch", "Cy Cole"), encoding="utf-8")
    make("--jobs", "1")
    assert not (folder / "output" / "Ann Ash; Bo Birch").exists()
    place = "Cy Cole/Weather/Vol 2 - Fog a Tale"
    names = (f"{place}/{TRACK}", f"{place}/cover.jpg", f"{place}/metadata.json")
    assert set(finished(folder)) == {PLACES, "previews/.ignore", *names}
    assert narrate("check").returncode == 0
    (folder / "texts" / "fog.txt").unlink()
    (folder / "texts" / "other.txt").write_text("Hello.")
    narrate("clean")
    assert not (folder / "output" / "Cy Cole").exists()


@pytest.mark.slow
def test_clean_keeps_what_the_next_run_moves(new_project: NewProject) -> None:
    folder = new_project(fog=STORY)
    make("--jobs", "1")
    plain = finished(folder)
    (folder / "voices.yaml").write_text(LAID_OUT, encoding="utf-8")
    narrate("clean")
    assert finished(folder) == plain
    assert make("--jobs", "1")["fog"]["clips_made"] == 0
    laid_out = finished(folder)
    changed = STORY.replace("Ann Ash", "Cy Cole").replace("Weather", "Sky")
    (folder / "texts" / "fog.txt").write_text(changed, encoding="utf-8")
    assert json.loads(narrate("make", "--dry-run", "--json").stdout)["leftovers"] == []
    narrate("clean")
    assert finished(folder) == laid_out


def test_what_the_server_wrote_is_left_alone(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    make("--jobs", "1")
    mine = folder / "output" / PLACE / "metadata.json"
    mine.write_text('{"title": "Corrected on the server"}', encoding="utf-8")
    cover = folder / "output" / PLACE / "cover.jpg"
    cover.write_bytes(b"another")
    make("--jobs", "1")
    assert "Corrected" in mine.read_text(encoding="utf-8")
    assert cover.read_bytes() == b"another"
    (folder / "texts" / "fog.txt").unlink()
    narrate("clean")
    assert {path for path in finished(folder) if path.startswith(PLACE)} == {
        f"{PLACE}/metadata.json",
        f"{PLACE}/cover.jpg",
    }


def test_two_stories_do_not_share_a_folder(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY, mist=STORY)
    report = make("--jobs", "1", status=1)
    assert report["fog"]["errors"] == []
    errors = report["mist"]["errors"]
    assert isinstance(errors, list)
    assert errors[0].startswith(f"mist: would have the same folder as fog, output/{PLACE}; give one")
    assert len(list((folder / "output" / PLACE).glob("*.mp3"))) == 1


@pytest.mark.slow
def test_two_stories_change_places(new_project: NewProject) -> None:
    def write(author: str, other: str) -> dict[str, str]:
        head = "---\nauthor: {}\ntitle: Fog\n---\nIt was {}.\n"
        return {"fog": head.format(author, "late"), "mist": head.format(other, "early")}

    folder = new_project(settings=LAID_OUT, **write("Ann", "Bo"))
    output = folder / "output"
    make("--jobs", "1")
    for name, author in (("fog", "Ann"), ("mist", "Bo")):
        (output / author / "Fog" / "notes.txt").write_text(name)
    for name, text in write("Bo", "Ann").items():
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    make("--jobs", "1")
    assert read_noted(folder) == {"fog": "Bo/Fog", "mist": "Ann/Fog"}
    assert (output / "Bo" / "Fog" / "notes.txt").read_text() == "fog"
    assert (output / "Ann" / "Fog" / "notes.txt").read_text() == "mist"
    assert not (output / "mist").exists()
    for name, text in write("Ann", "Bo").items():
        (folder / "texts" / f"{name}.txt").write_text(text, encoding="utf-8")
    make("fog", "--jobs", "1")
    assert read_noted(folder) == {"fog": "Ann/Fog"}
    assert {path.name for path in (output / "mist").iterdir()} == {"01 - Fog.mp3", "notes.txt"}


@pytest.mark.slow
def test_a_story_that_is_refused_takes_no_folder_from_the_one_that_has_it(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, mist=STORY)
    make("--jobs", "1")
    (folder / "texts" / "fog.txt").write_text(STORY, encoding="utf-8")
    report = make("--jobs", "1", status=1)
    assert "same folder as mist" in str(report["fog"]["errors"])
    assert report["mist"]["errors"] == []


@pytest.mark.slow
def test_files_elsewhere_do_not_share_a_folder_and_a_renamed_text_takes_its_over(
    new_project: NewProject, tmp_path: Path
) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    make("--jobs", "1")
    (folder / "texts" / "fog.txt").rename(folder / "texts" / "mist.txt")
    assert make("--jobs", "1")["mist"]["clips_made"] == 0
    assert read_noted(folder)["mist"] == PLACE
    for name in ("one", "two"):
        (tmp_path / f"{name}.txt").write_text(STORY.replace("Ann Ash", "Cy Cole"), encoding="utf-8")
    report = make(str(tmp_path / "one.txt"), str(tmp_path / "two.txt"), "--jobs", "1", status=1)
    assert report["one"]["errors"] == []
    assert "same folder as one" in str(report["two"]["errors"])
    assert "same folder as one" in str(make(str(tmp_path / "two.txt"), status=1)["two"]["errors"])
    make(str(tmp_path / "one.txt"))


def test_a_cover_that_somebody_put_there_stays(new_project: NewProject) -> None:
    project = open_project(new_project(settings=LAID_OUT, fog=STORY))
    place, plain = project.output / "Ann Ash" / "Fog", project.output / "fog"
    place.mkdir(parents=True)
    cover = place / "cover.jpg"

    def lay_out(data: bytes) -> set[str]:
        for path, text in compose_shelf_files(place, BOOK, [], data).items():
            path.write_bytes(text)
        return {path.name for path in list_shelf_files(place)}

    assert lay_out(b"first") == {"cover.jpg", "metadata.json"}
    assert lay_out(b"second") == {"cover.jpg", "metadata.json"}
    assert cover.read_bytes() == b"second"
    cover.write_bytes(b"mine")
    assert lay_out(b"second") == lay_out(b"third") == {"metadata.json"}
    assert cover.read_bytes() == b"mine"
    settle_folder(project, "fog", place)
    settle_folder(project, "fog", plain)
    assert list(plain.iterdir()) == [plain / "cover.jpg"]


def test_a_story_that_can_not_be_read_keeps_its_files(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    make("--jobs", "1")
    (folder / "texts" / "fog.txt").write_bytes(b"\0\1\2\3" * 100)
    narrate("clean")
    assert (folder / "output" / PLACE / TRACK).exists()


@pytest.mark.parametrize(
    "noted", ["", "[]", '{"fog": "../../fog"}', '{"fog": "/tmp/fog"}', '{"fog": 3}', '{"fog": "a/b/c/d"}']
)
def test_damaged_notes_lead_nowhere(noted: str, new_project: NewProject) -> None:
    project = open_project(new_project(fog=STORY))
    project.output.mkdir()
    (project.output / PLACES).write_text(noted, encoding="utf-8")
    assert find_folder(project, "fog") == project.output / "fog"
    assert list_places(project) == {}


def test_files_that_are_there_already_are_not_replaced(new_project: NewProject) -> None:
    project = open_project(new_project(fog=STORY))
    old, new = project.output / "Ann" / "Mist", project.output / "Ann" / "Fog"
    for folder, text in ((old, "old"), (new, "new")):
        folder.mkdir(parents=True)
        (folder / "notes.txt").write_text(text)
    (old / "more.txt").write_text("more")
    settle_folder(project, "fog", old)
    settle_folder(project, "fog", new)
    assert {path.name: path.read_text() for path in new.iterdir()} == {"notes.txt": "new", "more.txt": "more"}
    assert [path.name for path in old.iterdir()] == ["notes.txt"]
    with pytest.raises(SourceError, match="same folder as fog"):
        settle_folder(project, "mist", project.output / "ann" / "FOG")


def test_places_are_noted_before_anything_is_made(new_project: NewProject) -> None:
    project = open_project(new_project(a=STORY, b=STORY, c=STORY))
    places = {name: project.output / "Ann" / name for name in ("a", "elsewhere", "b", "c")}
    project.output.mkdir()
    settle_folder(project, "gone", project.output / "Ann" / "gone")
    for name, place in places.items():
        settle_folder(project, name, place, ["elsewhere"])
    assert {name: find_folder(project, name) for name in places} == places
    assert set(read_noted(project.texts.parent)) == set(places)


def test_a_folder_that_was_taken_over_is_no_more_of_the_story_that_had_it(new_project: NewProject) -> None:
    project = open_project(new_project(mist=STORY))
    place = project.output / "Ann" / "Fog"
    place.mkdir(parents=True)
    settle_folder(project, "fog", place)
    settle_folder(project, "mist", place)
    assert list_places(project) == {"mist": place}


def test_the_folder_of_an_author_is_not_that_of_a_story_called_so(new_project: NewProject) -> None:
    project = open_project(new_project(Poe=STORY, tales=STORY))
    tales = project.output / "Poe" / "Tales"
    tales.mkdir(parents=True)
    (tales / "notes.txt").write_text("mine")
    settle_folder(project, "tales", tales)
    for place in (project.output / "Edgar Allan Poe" / "Poems", project.output / "Poe" / "Poe"):
        settle_folder(project, "Poe", place)
        assert not place.exists()
        assert (tales / "notes.txt").exists()
    assert list_made(project, "Poe") == []
    assert list_made(project, "tales") == [tales]


def test_a_noted_folder_moves_without_those_of_others_in_it(new_project: NewProject) -> None:
    project = open_project(new_project(weather=STORY, fog=STORY))
    weather = project.output / "Ann" / "Weather"
    for name, place in (("weather", weather), ("fog", weather / "Fog")):
        place.mkdir(parents=True)
        (place / "notes.txt").write_text(name)
        settle_folder(project, name, place)
    assert list_made(project, "weather") == [weather / "notes.txt"]
    for place in (project.output / "Bo" / "Weather", weather / "Weather"):
        settle_folder(project, "weather", place)
        assert list(place.iterdir()) == [place / "notes.txt"]
        assert (weather / "Fog" / "notes.txt").read_text() == "fog"


@pytest.mark.slow
def test_a_story_called_as_its_author_moves_into_the_author_s_folder_and_back(
    new_project: NewProject,
) -> None:
    head = "---\nauthor: Ann Ash\n---\n"
    folder = new_project(**{"Ann Ash": f"{head}It was late.\n", "fog": f"{head}It was early.\n"})
    make("--jobs", "1")
    plain = finished(folder)
    (folder / "voices.yaml").write_text(LAID_OUT, encoding="utf-8")
    assert {story["clips_made"] for story in make("--jobs", "1").values()} == {0}
    places = {path.rpartition("/")[0] for path in finished(folder)}
    assert places == {"", "previews", "Ann Ash/Ann Ash", "Ann Ash/Fog"}
    (folder / "voices.yaml").write_text(TONES, encoding="utf-8")
    make("--jobs", "1")
    assert finished(folder) == plain | {"previews/.ignore": b""}


@pytest.mark.slow
def test_a_story_is_removed_without_the_books_of_an_author_called_so(
    new_project: NewProject, own_bin: Path
) -> None:
    folder = new_project(fog=STORY, **{"Ann Ash": "It was late.\n"})
    make("Ann Ash", "--jobs", "1")
    book = folder / "output" / "Ann Ash" / "Fog"
    book.mkdir()
    (book / "01 - Fog.mp3").write_bytes(b"sound")
    settle_folder(open_project(folder), "fog", book)
    with open_studio(folder) as studio:
        studio.wait_for_shelf()
        assert studio.ask(f"api/stories/{quote('Ann Ash')}?made=go", "DELETE").status == 200
    assert list((folder / "output" / "Ann Ash").iterdir()) == [book]
    assert list(book.iterdir()) == [book / "01 - Fog.mp3"]
    assert {path.name for path in own_bin.iterdir()} == {"01 - Ann Ash.mp3", "Ann Ash.txt"}


@pytest.mark.slow
def test_a_first_run_notes_all_its_stories(new_project: NewProject, tmp_path: Path) -> None:
    folder = new_project(settings=LAID_OUT)
    for name in ("one", "two", "three"):
        (tmp_path / f"{name}.txt").write_text(STORY.replace("Fog", name), encoding="utf-8")
    make(*(str(tmp_path / f"{name}.txt") for name in ("one", "two", "three")), "--jobs", "1")
    assert set(read_noted(folder)) == {"one", "two", "three"}


def test_several_sounds_in_one_folder_are_warned_of(new_project: NewProject) -> None:
    new_project(settings=LAID_OUT, fog=STORY)
    told = json.loads(narrate("make", "--dry-run", "--json", "--format", "mp3", "--format", "m4b").stdout)
    assert "of mp3, m4b write one alone" in str(told)
    assert "write one alone" not in narrate("make", "--dry-run", "--json", "--format", "m4b").stdout


@pytest.mark.slow
def test_the_studio_finds_and_removes_what_is_laid_out(new_project: NewProject) -> None:
    folder = new_project(settings=LAID_OUT, fog=STORY)
    make("--jobs", "1")
    with open_studio(folder) as studio:
        assert studio.wait_for_shelf()["fog"]["state"] == "made"
        listed = studio.ask("api/stories/fog/files").json
        assert Path(listed["folder"]).parts[-3:] == Path(PLACE).parts
        assert [file["name"] for file in listed["files"] if not file["is_left"]] == [TRACK]
        assert studio.ask("api/stories/fog?made=go", "DELETE").status == 200
    assert not (folder / "output" / "Ann Ash; Bo Birch").exists()
