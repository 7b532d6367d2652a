"""`narrate publish audiobookshelf`: finished books are sent, once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from audiobook.errors import UsageError
from audiobook.publishing.shelf_server import KEY, ShelfServer
from tests.command_line import make, narrate
from tests.conftest import TONES
from tests.shelf_server import API_KEY, BOOKS, Shelf, serve_shelf

NewProject = Callable[..., Path]

STORY = '---\nauthor: Ann Ash\ntitle: "Fög"\nseries: Weather\nseries_part: 2\n---\n"Yes," said Max.\n'


@pytest.fixture
def shelf(monkeypatch: pytest.MonkeyPatch) -> Iterator[Shelf]:
    monkeypatch.setenv(KEY, API_KEY)
    with serve_shelf() as found:
        yield found


def publish(shelf: Shelf, *arguments: str, status: int = 0) -> str:
    done = narrate("publish", "audiobookshelf", "--server", shelf.address, *arguments)
    told = done.stdout + done.stderr
    assert done.returncode == status, told
    assert API_KEY not in told
    return told


def test_what_is_finished_is_sent_once(shelf: Shelf, new_project: NewProject) -> None:
    folder = new_project(fog=STORY, unmade="Hello.")
    make("fog", "--jobs", "1")
    told = publish(shelf)
    assert "fog: sent 3 files" in told
    assert "unmade: not sent: is not finished" in told
    ((fields, files),) = shelf.uploads
    assert fields == {
        "library": "lib-1",
        "folder": "fol-1",
        "title": "Vol 2 - Fög",
        "author": "Ann Ash",
        "series": "Weather",
    }
    track = folder / "output" / "fog" / "01 - Fög.mp3"
    assert set(files) == {track.name, "cover.jpg", "metadata.json"}
    assert files[track.name] == track.read_bytes()
    assert json.loads(files["metadata.json"])["series"] == ["Weather #2"]
    assert shelf.scans == ["lib-1"]
    assert API_KEY not in (folder / "output" / ".sent.json").read_text(encoding="utf-8")
    # Nothing is new: nothing is sent, and nothing is to be looked at.
    assert "fog: the library has it" in publish(shelf, "fog")
    assert (len(shelf.uploads), len(shelf.scans)) == (1, 1)
    assert "fog: sent 3 files" in publish(shelf, "fog", "--force")
    assert (len(shelf.uploads), len(shelf.scans)) == (2, 2)
    # A story that was named and is not finished is a failure.
    publish(shelf, "unmade", status=1)


@pytest.mark.slow
def test_what_changed_is_sent_again_and_what_stays_there_is_said(
    shelf: Shelf, new_project: NewProject
) -> None:
    folder = new_project(fog=STORY)
    make("--jobs", "1")
    publish(shelf)
    (folder / "texts" / "fog.txt").write_text(STORY.replace("Fög", "Mist"), encoding="utf-8")
    assert "not sent" in publish(shelf)
    make("--jobs", "1")
    assert "the server still has what is none of it any more: Ann Ash/Weather/Vol 2 - Fög/" in publish(shelf)
    assert set(shelf.uploads[-1][1]) == {"01 - Mist.mp3", "cover.jpg", "metadata.json"}
    text = STORY.replace("Fög", "Mist").replace('---\n"', '---\nChapter 1\n\nRain.\n\nChapter 2\n\n"')
    (folder / "texts" / "fog.txt").write_text(text, encoding="utf-8")
    make("--jobs", "1")
    assert "the server still has what is none of it any more: 01 - Mist.mp3" in publish(shelf)


@pytest.mark.slow
def test_a_whole_book_file_goes_alone(shelf: Shelf, new_project: NewProject) -> None:
    new_project(settings=TONES + "output: {formats: [mp3, m4b, epub]}\n", fog=STORY)
    make("--jobs", "1")
    publish(shelf)
    assert set(shelf.uploads[0][1]) == {"Fög.m4b", "Fög.epub", "cover.jpg", "metadata.json"}


def test_libraries_and_folders_are_chosen(shelf: Shelf, new_project: NewProject) -> None:
    new_project(fog=STORY)
    make("--jobs", "1")
    two = {**BOOKS, "id": "lib-3", "name": "More", "folders": [
        {"id": "fol-2", "fullPath": "/more"}, {"id": "fol-3", "fullPath": "/most"}
    ]}  # fmt: skip
    shelf.libraries = [BOOKS, two]
    assert "has several libraries of books: --library with one of Books, More" in publish(shelf, status=2)
    assert "has no library of books 'Mors'; there are: Books, More" in publish(
        shelf, "--library", "Mors", status=2
    )
    assert "--folder with one of its folders: /more, /most" in publish(shelf, "--library", "More", status=2)
    publish(shelf, "--library", "More", "--folder", "/most")
    assert (shelf.uploads[0][0]["library"], shelf.uploads[0][0]["folder"]) == ("lib-3", "fol-3")
    publish(shelf, "--library", "lib-1")  # another library was not sent it yet
    assert len(shelf.uploads) == 2
    shelf.libraries = []
    assert "has no library of books that the key's user may see" in publish(shelf, status=2)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "answer", "told"),
    [
        ("/api/libraries", 500, "says 500 Internal Server Error to /api/libraries"),
        ("/api/libraries", 302, "leads elsewhere (http://elsewhere.example/)"),
        ("/api/upload", 403, "the key's user may not do that"),
        ("/api/upload", 413, "says 413"),
    ],
)
def test_what_the_server_refuses_is_said_and_not_remembered(
    path: str, answer: int, told: str, shelf: Shelf, new_project: NewProject
) -> None:
    new_project(fog=STORY)
    make("--jobs", "1")
    shelf.says[path] = answer
    assert told in publish(shelf, status=1)
    assert shelf.scans == []
    shelf.says.clear()
    assert "fog: sent" in publish(shelf)


def test_a_key_that_may_not_scan_has_sent_all_the_same(shelf: Shelf, new_project: NewProject) -> None:
    new_project(fog=STORY)
    make("--jobs", "1")
    shelf.says["/api/libraries/lib-1/scan"] = 403
    told = publish(shelf)
    assert "fog: sent" in told
    assert "was not scanned" in told


def test_a_wrong_key_and_an_address_of_something_else(
    shelf: Shelf, new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    new_project(fog=STORY)
    monkeypatch.setenv(KEY, "another-secret")
    told = publish(shelf, status=1)
    assert f"does not take the key in {KEY}" in told
    assert "another-secret" not in told
    monkeypatch.setenv(KEY, API_KEY)
    shelf.libraries = [{"id": 3}]
    assert "does not answer as Audiobookshelf does" in publish(shelf, status=1)
    shelf.address = "http://127.0.0.1:9"
    assert "can't be reached" in publish(shelf, status=1)


@pytest.mark.parametrize(
    ("url", "key", "told"),
    [
        ("ftp://a", "k", "expected a server's address"),
        ("http://me:pass@host", "k", "without a name or password"),
        ("http://host:port", "k", "expected a server's address"),
        ("bookshelf", "k", "expected a server's address"),
        ("http://host", None, "is not set: make a key"),
        ("http://host", "a\nb", "holds characters that are in no key"),
    ],
)
def test_addresses_and_keys_that_can_not_be(url: str, key: str | None, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        ShelfServer(url, key)


def test_a_key_in_the_open_is_warned_of() -> None:
    assert ShelfServer("http://shelf.example", "k").is_open_to_others
    assert not ShelfServer("https://shelf.example/audiobookshelf/", "k").is_open_to_others
    assert not ShelfServer("http://127.0.0.1:13378", "k").is_open_to_others


def test_damaged_notes_of_what_was_sent_send_it_again(shelf: Shelf, new_project: NewProject) -> None:
    folder = new_project(fog=STORY)
    make("--jobs", "1")
    for noted in ("", "[]", '{"lib-1": 3}', '{"lib-1": {"fog": {"digest": 3}}}'):
        (folder / "output" / ".sent.json").write_text(noted, encoding="utf-8")
        shelf.there.clear()
        assert "fog: sent" in publish(shelf)


def test_what_lies_on_the_server_is_not_written_over_unasked(shelf: Shelf, new_project: NewProject) -> None:
    new_project(fog=STORY.replace("Fög", "Fög: A/B?"))
    make("--jobs", "1")
    shelf.there.add(("/books", "Ann Ash/Weather/Vol 2 - Fög A B"))
    told = publish(shelf, status=1)
    assert "fog: not sent: the server has Ann Ash/Weather/Vol 2 - Fög A B already" in told
    assert (shelf.uploads, shelf.scans) == ([], [])
    assert "fog: sent" in publish(shelf, "--force")


@pytest.mark.slow
def test_two_stories_do_not_share_a_folder_of_the_server(shelf: Shelf, new_project: NewProject) -> None:
    folder = new_project(fog=STORY, mist=STORY.replace("Fög", "FÖG"))
    make("--jobs", "1")
    refused = "mist: not sent: 'fog' lies in its folder there"
    for arguments in ((), ("mist",), ("mist", "--force")):
        assert refused in publish(shelf, *arguments, status=1)
    assert len(shelf.uploads) == 1
    # One that is gone from texts/ no longer stands in the way.
    (folder / "texts" / "fog.txt").unlink()
    assert "mist: sent" in publish(shelf)
