"""How words are said, in the studio: listed, heard, stated in voices.yaml, and taken out again."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.sync_api import Browser, expect

from tests.conftest import TONES
from tests.pages import PHONE, Theme, find_barriers, find_overhang, open_page, show_view
from tests.studio import Answer, StudioClient, open_studio

NewProject = Callable[..., Path]

STORY = """\
"Lady Catherine de Bourgh has come," said Siobhan Kuznetsova.

"The lead singer is a Kuznetsova, too," said Max. "Bourgh!"
"""
SETTINGS = "rate: 160\npronunciations:\n  Siobhan: Shivawn\n  Zebra: zeebra\n"


@pytest.fixture
def project(new_project: NewProject) -> Path:
    return new_project(SETTINGS, visit=STORY)


@pytest.fixture
def studio(project: Path) -> Iterator[StudioClient]:
    with open_studio(project) as client:
        yield client


def words_of(studio: StudioClient, rest: str = "") -> dict[str, dict[str, Any]]:
    shown = studio.ask(studio.story("visit", f"/pronunciations{rest}")).json["words"]
    return {each["word"]: each for each in shown}


def state(
    studio: StudioClient, word: str, way: str | None, said: str | None = None, **more: object
) -> Answer:
    path = studio.story("visit", "/pronunciations")
    fields: dict[str, object] = {"word": word, "way": way, "revision": studio.ask(path).json["revision"]}
    return studio.ask(path, "POST", value=fields | ({} if said is None else {"said": said}) | more)


def sound(studio: StudioClient, **query: str) -> bytes:
    query = {"word": "Bourgh", **query}
    heard = studio.ask(studio.story("visit", f"/pronunciations/audio?{urlencode(query)}"))
    assert (heard.status, heard.body[:4]) == (200, b"RIFF"), heard.body
    return heard.body


def test_the_words_are_those_of_the_command_and_the_stated(studio: StudioClient) -> None:
    words = words_of(studio)
    assert set(words) == {"Kuznetsova", "Max", "Bourgh", "Siobhan"}  # Zebra is in no line of it
    assert words["Kuznetsova"]["kind"] == "character"
    assert (words["Bourgh"]["count"], words["Bourgh"]["line"]) == (2, 0)
    assert (words["Bourgh"]["ipa"], words["Bourgh"]["alphabet"]) == ("bˈɜːɡ", "espeak")
    assert words["Bourgh"]["stated"] is None
    assert words["Siobhan"]["stated"] == {"way": "respelling", "said": "Shivawn", "is_general": True}
    assert set(words_of(studio, "?find=lead%20singer")) == {"lead singer"}
    assert studio.ask(studio.story("visit", "/pronunciations?find=nowhere")).status == 404


def test_a_word_is_stated_heard_and_taken_out(studio: StudioClient, project: Path) -> None:
    before = (project / "voices.yaml").read_bytes()
    plain, line = sound(studio), sound(studio, line="0")
    tried = sound(studio, way="respelling", said="burr")
    assert plain != tried != sound(studio, way="ipa", said="bɜː", line="0") != line
    assert (project / "voices.yaml").read_bytes() == before
    assert state(studio, "Bourgh", "respelling", "burr").json["undoable"]
    assert words_of(studio)["Bourgh"]["stated"] == {
        "way": "respelling",
        "said": "burr",
        "is_general": False,
    }
    assert sound(studio) == tried
    assert sound(studio, line="0") != line
    assert sound(studio, way="engine") == plain
    assert state(studio, "Bourgh", "ipa", "bɜː").status == 200
    assert words_of(studio)["Bourgh"]["stated"]["way"] == "ipa"
    assert state(studio, "Bourgh", None).status == 200
    assert (project / "voices.yaml").read_bytes() == before
    assert sound(studio) == plain


@pytest.mark.parametrize(
    ("word", "way", "said", "status", "told"),
    [
        ("Bourgh", "ipa", "§", 422, "Spell it as it sounds instead"),
        ("Bourgh", "language", "xx", 422, "can’t be said so"),
        ("Bourgh", "respelling", "!", 422, "at least one letter"),
        ("Bourgh", "song", "la", 422, "way: expected one of"),
        ("Bourgh", "respelling", None, 422, "said"),
        (" ", "respelling", "burr", 422, ""),
        ("Bourgh", None, None, 422, "nothing is stated"),
        ("Siobhan", None, None, 422, "stands there for every story"),
    ],
)
def test_what_can_not_be_said_so_is_refused(
    word: str, way: str | None, said: str | None, status: int, told: str, studio: StudioClient, project: Path
) -> None:
    refused = state(studio, word, way, said)
    assert (refused.status, told in refused.json["error"]) == (status, True), refused.body
    assert (project / "voices.yaml").read_text(encoding="utf-8") == SETTINGS


def test_an_edit_meanwhile_is_not_overwritten(studio: StudioClient) -> None:
    assert state(studio, "Bourgh", "respelling", "burr", revision="0" * 24).status == 409


def test_an_engine_that_can_not_tell_lists_them_all_the_same(new_project: NewProject) -> None:
    with open_studio(new_project(TONES, visit=STORY)) as studio:
        assert {"Bourgh", "Kuznetsova", "Siobhan"} <= set(words_of(studio))
        assert words_of(studio)["Bourgh"]["ipa"] == ""
        assert state(studio, "Bourgh", "ipa", "bɜː").status == 422
        assert state(studio, "Bourgh", "respelling", "burr").status == 200
