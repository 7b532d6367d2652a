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


@pytest.mark.slow
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


@pytest.mark.slow
@pytest.mark.parametrize(
    ("word", "saying", "told"),
    [
        ("Bourgh", ("ipa", "§"), "Spell it as it sounds instead"),
        ("Bourgh", ("language", "xx"), "can’t be said so"),
        ("Bourgh", ("respelling", "!"), "at least one letter"),
        ("Bourgh", ("song", "la"), "way: expected one of"),
        ("Bourgh", ("respelling", None), "said"),
        (" ", ("respelling", "burr"), ""),
        ("Bourgh", (None, None), "nothing is stated"),
        ("Siobhan", (None, None), "stands there for every story"),
    ],
)
def test_what_can_not_be_said_so_is_refused(
    word: str, saying: tuple[str | None, str | None], told: str, studio: StudioClient, project: Path
) -> None:
    refused = state(studio, word, *saying)
    assert (refused.status, told in refused.json["error"]) == (422, True), refused.body
    assert (project / "voices.yaml").read_text(encoding="utf-8") == SETTINGS


def test_an_edit_meanwhile_is_not_overwritten(studio: StudioClient) -> None:
    assert state(studio, "Bourgh", "respelling", "burr", revision="0" * 24).status == 409


def test_an_engine_that_can_not_tell_lists_them_all_the_same(new_project: NewProject) -> None:
    with open_studio(new_project(TONES, visit=STORY)) as studio:
        assert {"Bourgh", "Kuznetsova", "Siobhan"} <= set(words_of(studio))
        assert words_of(studio)["Bourgh"]["ipa"] == ""
        assert state(studio, "Bourgh", "ipa", "bɜː").status == 422
        assert state(studio, "Bourgh", "respelling", "burr").status == 200


@pytest.mark.slow
def test_a_word_is_respelled_by_ear(browser: Browser, studio: StudioClient, project: Path) -> None:
    with open_page(browser, studio.address, expected="422") as page:
        show_view(page, studio.address, "visit", "pronunciations")
        row = page.get_by_role("article", name="Bourgh")
        expect(row).to_contain_text("/bˈɜːɡ/")
        expect(row).to_contain_text("2 times")
        row.get_by_role("button", name="Bourgh", exact=True).click()
        expect(row.get_by_label("Say it")).to_be_focused()
        expect(row.get_by_role("button", name="Keep it")).to_be_disabled()
        with page.expect_response(re.compile(r"audio\?word=Bourgh&line=0$")):
            row.get_by_role("button", name="In its line").click()
        row.get_by_label("Say it").focus()
        page.keyboard.type("burr")
        with page.expect_response(re.compile("way=respelling&said=burr")) as heard:
            row.get_by_role("button", name="As it would be").click()
        assert heard.value.status == 200
        with page.expect_response(re.compile("said=burr.*line=0|line=0.*said=burr")):
            row.get_by_role("button", name="In its line").click()
        with page.expect_response(re.compile(r"audio\?word=Bourgh$")):
            row.get_by_role("button", name="As it is now").click()
        row.get_by_label("is written down").select_option("in IPA")
        expect(row.get_by_label("Say it")).to_have_value("bˈɜːɡ")
        row.get_by_label("Say it").fill("§")
        page.keyboard.press("Enter")
        expect(page.locator(".notice-error")).to_contain_text("Spell it as it sounds instead")
        row.get_by_label("is written down").select_option("spelled as it sounds")
        row.get_by_label("Say it").fill("burr")
        (project / "voices.yaml").write_text(f"{SETTINGS}# mine\n", encoding="utf-8")
        expect(page.get_by_text("voices.yaml was changed")).to_be_visible()
        expect(row.get_by_label("Say it")).to_be_focused()
        expect(row.get_by_label("Say it")).to_have_value("burr")  # what is being typed stays
        page.keyboard.press("Enter")
        expect(page.get_by_text("“Bourgh” is said so now")).to_be_visible()
        expect(row).to_contain_text("“burr”")
        assert "Bourgh: burr" in (project / "voices.yaml").read_text(encoding="utf-8")
        page.keyboard.press("Control+z")
        expect(row).not_to_contain_text("“burr”")
        assert (project / "voices.yaml").read_text(encoding="utf-8") == f"{SETTINGS}# mine\n"


@pytest.mark.slow
def test_any_phrase_of_the_story_is_looked_up_and_taken_out(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    with open_page(browser, studio.address, expected="404") as page:
        show_view(page, studio.address, "visit", "pronunciations")
        page.get_by_label("Find").fill("no such thing")
        page.get_by_role("button", name="Look it up").click()
        expect(page.locator(".notice-error")).to_contain_text("does not stand in the story")
        page.get_by_label("Find").fill("lead singer")
        page.keyboard.press("Enter")
        row = page.get_by_role("article", name="lead singer")
        expect(row.get_by_label("Say it")).to_be_focused()
        page.keyboard.type("leed singer")
        page.keyboard.press("Enter")
        expect(row).to_contain_text("“leed singer”")
        row.get_by_role("button", name="lead singer", exact=True).click()
        row.get_by_role("button", name="Take it out").click()
        expect(page.get_by_text("voices.yaml says nothing of “lead singer” any more")).to_be_visible()
        expect(row).not_to_contain_text("“leed singer”")
        assert (project / "voices.yaml").read_text(encoding="utf-8") == SETTINGS


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 860), PHONE, (320, 700)])
def test_the_words_hold_no_barrier_and_fit(
    theme: Theme, size: tuple[int, int], browser: Browser, studio: StudioClient
) -> None:
    with open_page(browser, studio.address, theme=theme, size=size) as page:
        show_view(page, studio.address, "visit", "pronunciations")
        for name in ("Bourgh", "Siobhan"):
            page.get_by_role("button", name=name, exact=True).click()
        assert find_barriers(page) == []
        assert find_overhang(page) == []
