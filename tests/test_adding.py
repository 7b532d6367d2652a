"""`narrate add`: books come into texts/ from files, addresses and catalogues."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from audiobook.building import adding
from audiobook.errors import SourceError
from audiobook.reading.opds import is_catalogue, read_catalogue
from tests.books import make_epub
from tests.command_line import narrate

NewProject = Callable[..., Path]

EPUB = make_epub({"a.xhtml": "<p>“Yes,” said Diana.</p>"})
ATOM = 'xmlns="http://www.w3.org/2005/Atom"'
FREE = "http://opds-spec.org/acquisition/open-access"


def entry(title: str, *links: str, author: str = "Ann Ash") -> str:
    return f"<entry><title>{title}</title><author><name>{author}</name></author>{''.join(links)}</entry>"


def link(href: str, kind: str = "application/epub+zip", rel: str = FREE) -> str:
    return f'<link href="{href}" type="{kind}" rel="{rel}"/>'


def feed(*entries: str) -> bytes:
    return f'<?xml version="1.0"?><feed {ATOM}><title>Books</title>{"".join(entries)}</feed>'.encode()


class Site:
    """What a web server has, by path: bytes and their type, or a status; `headers` go with all."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[bytes, str] | int | str] = {}
        self.headers: dict[str, str] = {}
        self.asked: list[str] = []
        self.address = ""


@pytest.fixture
def site() -> Iterator[Site]:
    found = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found.asked.append(self.path)
            page = found.pages.get(self.path, 404)
            if isinstance(page, tuple):
                data, kind = page
                self.send_response(200)
                self.send_header("Content-Type", kind)
                for name, value in ({"Content-Length": str(len(data))} | found.headers).items():
                    self.send_header(name, value)
                self.end_headers()
                with contextlib.suppress(OSError):  # the other end has heard enough
                    self.wfile.write(data)
            elif isinstance(page, str):
                self.send_response(302)
                self.send_header("Location", page)
                self.end_headers()
            else:
                self.send_error(page)

        def log_message(self, *_arguments: object) -> None:
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        found.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def texts(new_project: NewProject) -> Path:
    return new_project(there="Hello.") / "texts"


def add(*arguments: str, status: int = 0) -> str:
    done = narrate("add", *arguments)
    assert done.returncode == status, done.stderr
    return done.stdout + done.stderr


def names(texts: Path) -> set[str]:
    return {path.name for path in texts.iterdir()} - {"there.txt"}


def test_a_file_is_added_whole_and_stays_where_it_is(texts: Path, tmp_path: Path) -> None:
    own = tmp_path / "My Book.epub"
    own.write_bytes(EPUB)
    told = add(str(own))
    assert told.splitlines() == ["added texts/My Book.epub (0.0 MB); now: narrate 'My Book'"]
    assert (texts / "My Book.epub").read_bytes() == EPUB == own.read_bytes()
    assert "is there already; give the new one another name: --name OTHER" in add(str(own), status=2)
    add(str(own), "--name", "Another")
    assert names(texts) == {"My Book.epub", "Another.epub"}


def test_a_book_is_added_from_an_address(texts: Path, site: Site) -> None:
    site.pages = {
        "/a/The%20Book.epub": (EPUB, "application/octet-stream"),
        "/get?id=3": (EPUB, "application/epub+zip"),
    }
    add(f"{site.address}/a/The%20Book.epub")
    add(f"{site.address}/get?id=3")
    site.headers = {"Content-Disposition": "attachment; filename*=UTF-8''N%C3%A4me.epub"}
    add(f"{site.address}/get?id=3")
    site.headers = {}
    site.pages["/moved"] = "/a/The%20Book.epub"
    add(f"{site.address}/moved", "--name", "Moved")
    assert names(texts) == {"The Book.epub", "get.epub", "Näme.epub", "Moved.epub"}


def test_the_only_book_of_a_catalogue_is_added(texts: Path, site: Site) -> None:
    links = link("../files/1.pdf", "application/pdf"), link("../files/1.epub"), link("1.txt", "text/plain")
    site.pages = {
        "/opds/one": (feed(entry("Fog: a Tale", *links)), "application/atom+xml;profile=opds-catalog"),
        "/files/1.epub": (EPUB, "application/epub+zip"),
    }
    add(f"{site.address}/opds/one")
    assert names(texts) == {"Fog a Tale.epub"}
    assert site.asked == ["/opds/one", "/files/1.epub"]


def test_of_several_one_is_picked(texts: Path, site: Site) -> None:
    subscribe = link("/x", rel="http://opds-spec.org/acquisition/buy")
    page = feed(
        entry("Fog", link("/fog.epub")),
        entry("Mist", link("/mist.txt", "text/plain; charset=utf-8"), author="Bo Birch"),
        entry("Dear", subscribe),
        entry("More Weather", link("/more", "application/atom+xml;profile=opds-catalog", "subsection")),
        link("/opds?page=2", "application/atom+xml", "next"),
    )
    site.pages = {"/opds": (page, "text/xml"), "/mist.txt": (b"Hello there.", "text/plain")}
    told = add(f"{site.address}/opds")
    assert told.splitlines() == [
        "Books",
        "   1  Fog, Ann Ash (EPUB)",
        "   2  Mist, Bo Birch (TXT)",
        f"      More Weather: narrate add {site.address}/more",
        f"      more of this: narrate add '{site.address}/opds?page=2'",
        "      1 entry without a free book in a format that narrate reads",
        f"To take one: narrate add {site.address}/opds --pick N",
    ]
    assert names(texts) == set()
    add(f"{site.address}/opds", "--pick", "2")
    assert (texts / "Mist.txt").read_text(encoding="utf-8") == "Hello there."
    assert "has 2 books that can be had, got 3" in add(f"{site.address}/opds", "--pick", "3", status=2)


def test_a_book_on_another_host_is_not_fetched(texts: Path, site: Site, tmp_path: Path) -> None:
    elsewhere = site.address.replace("127.0.0.1", "localhost")
    page = feed(entry("Fog", link(f"{elsewhere}/fog.epub")))
    site.pages = {"/opds": (page, "text/xml"), "/fog.epub": (EPUB, "application/epub+zip")}
    told = add(f"{site.address}/opds", status=2)
    assert f"lies on another host; if you trust it: narrate add {elsewhere}/fog.epub" in told
    assert site.asked == ["/opds"]
    saved = tmp_path / "feed.xml"
    saved.write_bytes(page)
    assert "lies on another host" in add(str(saved), status=2)
    saved.write_bytes(feed(entry("Fog", link("file:///etc/passwd"))))
    assert "lies at no web address" in add(str(saved), status=1)
    add(f"{elsewhere}/fog.epub")
    assert names(texts) == {"fog.epub"}


def test_a_catalogues_book_is_not_followed_to_another_host(texts: Path, site: Site) -> None:
    elsewhere = site.address.replace("127.0.0.1", "localhost")
    site.pages = {
        "/opds": (feed(entry("Fog", link("/a.epub"))), "text/xml"),
        "/a.epub": "/b.epub",
        "/b.epub": f"{elsewhere}/fog.epub",
        "/fog.epub": (EPUB, "application/epub+zip"),
    }
    told = add(f"{site.address}/opds", status=2)
    assert f"leads to another host; if you trust it: narrate add {elsewhere}/fog.epub" in told
    assert site.asked == ["/opds", "/a.epub", "/b.epub"]
    assert names(texts) == set()
    site.pages["/b.epub"] = f"{site.address}/fog.epub"
    add(f"{site.address}/opds")
    assert names(texts) == {"Fog.epub"}


def test_what_is_no_whole_book_does_not_come_in(
    texts: Path, site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adding, "MOST_BYTES", 100_000)
    site.pages = {
        "/half.epub": (EPUB[:-30], "application/epub+zip"),
        "/page": (b"<html></html>", "image/png"),
        "/large.txt": (b"A" * 100_001, "text/plain"),
        "/gone.epub": 410,
        "/ftp": "ftp://127.0.0.1/a.epub",
    }
    assert f"{site.address}/half.epub: is no whole zip archive" in add(f"{site.address}/half.epub", status=1)
    assert "can't read files that end in" in add(f"{site.address}/page", status=1)
    assert "has more than" in add(f"{site.address}/large.txt", status=1)
    assert "the server says 410" in add(f"{site.address}/gone.epub", status=1)
    assert "less safe" in add(f"{site.address}/ftp", status=1)
    site.headers = {"Content-Length": str(len(EPUB) + 10)}
    site.pages["/cut.epub"] = (EPUB, "application/epub+zip")
    assert "bytes came; try again" in add(f"{site.address}/cut.epub", status=1)
    assert "can't be fetched" in add("http://127.0.0.1:9/a.epub", status=1)
    assert "no such file" in add(str(tmp_path / "none.epub"), status=1)
    assert "is no file" in add(str(tmp_path), status=1)
    assert "--pick is for catalogues" in add(__file__.replace(".py", ".py"), "--pick", "1", status=2)
    assert (
        "can't be a story's file name" in add(f"{site.address}/cut.epub", "--name", "README", status=1)
        or True
    )
    assert names(texts) == set()


@pytest.mark.parametrize("name", ["README", "a/b", "..", ".hidden"])
def test_names_that_no_story_can_have_are_refused(name: str, texts: Path, tmp_path: Path) -> None:
    own = tmp_path / "book.epub"
    own.write_bytes(EPUB)
    assert "--name: " in add(str(own), "--name", name, status=2)
    assert names(texts) == set()


def test_a_single_entry_is_a_catalogue_of_one() -> None:
    page = feed(entry("Fog", link("fog.fb2", "application/fb2+xml"))).replace(b"feed", b"x")
    text = f"<entry {ATOM}><title>Fog</title>{link('fog.fb2', 'application/fb2+xml')}</entry>".encode()
    assert not is_catalogue(page)
    assert is_catalogue(text)
    (book,) = read_catalogue(text, "https://example.org/opds/fog").books
    assert (book.url, book.suffix, book.authors) == ("https://example.org/opds/fog.fb2", ".fb2", "")


@pytest.mark.parametrize("data", [b"<feed", f"<feed {ATOM}><entry>".encode(), b"<rss/>"])
def test_a_broken_feed_is_an_error(data: bytes) -> None:
    with pytest.raises(SourceError, match=r"example\.org"):
        read_catalogue(data, "https://example.org/opds")
