"""The studio is for this machine's own page and for nobody else."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from audiobook.studio.guard import POLICY
from tests.conftest import TONES
from tests.studio import StudioClient, open_shared_studio


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioClient]:
    """One studio for all: nothing here may change anything."""
    with open_shared_studio(tmp_path_factory, TONES, a='"All is well," said Nora.') as (client, _):
        yield client


def test_the_address_holds_a_token_and_listens_on_this_machine_alone(studio: StudioClient) -> None:
    assert len(studio.root.strip("/")) >= 32
    assert studio.ask("api/shelf").status == 200
    name = socket.gethostbyname(socket.gethostname())
    if name.startswith("127."):
        return  # no other address to try
    with pytest.raises(OSError, match="refused"):
        socket.create_connection((name, studio.port), timeout=5).close()


@pytest.mark.parametrize("path", ["/", "/api/shelf", "/favicon.ico", "//api/shelf", "/../api/shelf"])
def test_without_the_token_nothing_is_answered(path: str, studio: StudioClient) -> None:
    refused = studio.ask(path, absolute=True)
    assert refused.status == 403
    assert "token" in refused.json["error"]


def test_with_a_wrong_token_nothing_is_answered(studio: StudioClient) -> None:
    token = studio.root.strip("/")
    for wrong in (
        "x" * len(token),
        token[:-1],
        f"{token}x",
        token.swapcase(),
        quote("tökén"),
        "%ff",
        f"x/../{token}",
    ):
        assert studio.ask(f"/{wrong}/api/shelf", absolute=True).status == 403, wrong
    moved = studio.ask(f"/{token}", absolute=True)
    assert (moved.status, moved.headers["location"]) == (307, f"/{token}/")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "evil.example:{port}", "127.0.0.1", "127.0.0.1:1", "localhost.evil.example:{port}", ""],
)
def test_another_host_is_misdirected(host: str, studio: StudioClient) -> None:
    for path in ("api/shelf", ""):
        assert studio.ask(path, headers={"Host": host.format(port=studio.port)}).status == 421


def test_both_names_of_this_machine_are_ours(studio: StudioClient) -> None:
    for host in (f"127.0.0.1:{studio.port}", f"localhost:{studio.port}", f"LOCALHOST:{studio.port}"):
        assert studio.ask("api/shelf", headers={"Host": host}).status == 200
        origin = {"Host": host, "Origin": f"http://{host}"}
        assert studio.ask("api/make", "DELETE", headers=origin).status == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Origin": "https://127.0.0.1:{port}"},
        {"Origin": "http://localhost:{port}"},  # the page's host is 127.0.0.1
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_requests_of_other_pages_are_refused(headers: dict[str, str], studio: StudioClient) -> None:
    sent = {name: text.format(port=studio.port) for name, text in headers.items()}
    for method, path, value in (
        ("POST", "api/make", {"stories": []}),
        ("DELETE", "api/make", None),
        ("PUT", "api/texts/new.txt", None),
        ("OPTIONS", "api/make", None),
        ("GET", "api/shelf", None),
    ):
        refused = studio.ask(path, method, value=value, headers=sent)
        assert refused.status == 403, (method, path)
        assert refused.json["error"] == "The request comes from another page."
        assert not any(name.startswith("access-control-") for name in refused.headers)
    assert [story["name"] for story in studio.ask("api/shelf").json["stories"]] == ["a"]


def test_a_link_to_the_page_may_be_followed_from_anywhere(studio: StudioClient) -> None:
    link = {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-Dest": "document"}
    assert studio.ask("", headers=link).status != 403
    assert studio.ask("api/shelf", headers=link).status == 403
    assert studio.ask("", "POST", headers=link).status == 403
    assert studio.ask("", headers={**link, "Sec-Fetch-Dest": "iframe"}).status == 403
    assert studio.ask("/", absolute=True, headers=link).status == 403


def test_an_endless_address_is_refused(studio: StudioClient) -> None:
    assert studio.ask(f"api/stories/a/utterances/{'9' * 5000}/audio").status == 414
    assert studio.ask(f"api/stories/a/utterances/{'9' * 3000}/audio").status == 404


def test_a_form_of_another_page_could_not_even_be_read(studio: StudioClient) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        headers = {"Content-Type": kind}
        assert studio.ask("api/make", "POST", body=b'{"stories": []}', headers=headers).status == 415


def test_every_answer_allows_only_files_of_our_own(studio: StudioClient) -> None:
    for path, absolute in (("api/shelf", False), ("nothing", False), ("/", True), ("api/make", False)):
        headers = studio.ask(path, absolute=absolute).headers
        assert headers["content-security-policy"] == POLICY
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cross-origin-resource-policy"] == "same-origin"
        assert headers["cache-control"] == "no-store"
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY


@pytest.mark.parametrize(
    "name",
    [
        "../voices.yaml",
        "..",
        "../texts/a",
        "/etc/passwd",
        "a.txt",
        "texts/a",
        "..\\voices",
        "a\0",
        "",
        "ä/../a",
    ],
)
def test_no_name_leads_out_of_the_folder(name: str, studio: StudioClient) -> None:
    for rest in ("", "/cast", "/player", "/cover", "/tracks/1", "/utterances/0/audio"):
        for written in (quote(name, safe=""), quote(quote(name, safe=""), safe=""), quote(name)):
            refused = studio.ask(f"api/stories/{written}{rest}")
            assert refused.status in {403, 404}, (written, rest)  # 403: the path itself went above the token
            assert "error" in refused.json
    refused = studio.ask("api/make", "POST", value={"stories": [name]})
    assert refused.status == 422


@pytest.mark.parametrize(
    "path", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "/etc/passwd", "css/../../app.py", "page"]
)
def test_the_page_is_a_closed_list_of_files(path: str, studio: StudioClient) -> None:
    assert studio.ask(path).status == 404


def test_addresses_and_methods_that_are_not_there_are_said_in_json(studio: StudioClient) -> None:
    assert studio.ask("api/nothing").json["error"]
    refused = studio.ask("api/shelf", "POST", value={})
    assert refused.status == 405
    assert refused.headers["allow"]
    assert refused.json["error"]
