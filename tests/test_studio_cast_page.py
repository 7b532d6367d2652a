"""The cast of a novel in the browser: found by name and chapter, in rows, with steady colours."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.pages import PHONE, SUPPER, Theme, find_barriers, find_overhang, open_page, show_view
from tests.studio import open_studio

pytestmark = pytest.mark.slow

NewProject = Callable[..., Path]

NAMES = (
    *("Anna", "Bella", "Clara", "Dora", "Edwin", "Frank", "Georg", "Helen", "Irene", "Jakob"),
    *("Karla", "Lewis", "Maria", "Norah", "Oscar", "Paula", "Quinn", "Ralph", "Susan", "Émile"),
)


def _write_chapter(number: int) -> str:
    """Write a chapter in which five people speak, the first of them most."""
    people = NAMES[(number - 1) * 5 : number * 5]
    order = [people[0], people[1], people[0], people[2], people[0], people[3], people[4]]
    said = [f'"I say what is said {each} times," said {name}.' for each, name in enumerate(order)]
    return f"# Chapter {number}\n\n" + "\n\n".join(said)


NOVEL = "\n\n".join(map(_write_chapter, range(1, 5)))


@pytest.fixture
def novel(new_project: NewProject) -> Path:
    project = new_project()
    for path in (project / "texts").iterdir():
        path.unlink()
    (project / "texts" / "novel.md").write_text(NOVEL, encoding="utf-8")
    return project


def test_a_row_says_what_a_voice_sounds_like(browser: Browser, novel: Path) -> None:
    (novel / "voices.yaml").write_text("rate: 160\n", encoding="utf-8")
    with open_studio(novel) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "novel", "cast")
        expect(page.locator(".voice-name").first).to_have_text("British, received pronunciation")
        expect(page.get_by_title("en-us+f2")).to_have_text("clear")


def test_somebody_is_found_in_a_long_cast(browser: Browser, novel: Path) -> None:
    with open_studio(novel) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "novel", "cast")
        rows = page.locator("li.role")
        expect(rows).to_have_count(21)
        expect(page.get_by_label("Rate")).to_have_count(0)  # what nobody opens is not made
        page.get_by_label("Find").fill("emil")
        expect(rows).to_have_count(1)
        expect(page.get_by_text("1 speaker of 21")).to_be_visible()
        page.get_by_role("button", name="Émile", exact=True).click()
        card = page.get_by_role("article", name="Émile")
        card.get_by_label("Also called").fill("Milo")
        page.keyboard.press("Enter")
        expect(card.get_by_role("list", name="Other names")).to_contain_text("Milo")
        page.get_by_label("Find").fill("milo")
        expect(page.get_by_role("article", name="Émile")).to_be_visible()
        page.get_by_label("Find").fill("")
        expect(card.get_by_label("Rate")).to_be_visible()  # it stays open
        page.get_by_label("Who speaks in").select_option("Chapter 3")
        expect(rows).to_have_count(5)
        expect(rows.first).to_contain_text("Karla")
        expect(rows.first).to_contain_text("3 lines here")
        with page.expect_response(re.compile("/audio")) as heard:
            page.get_by_role("button", name="Hear Karla").click()
        assert heard.value.status == 200


def test_speakers_of_a_chapter_have_colours_of_their_own_which_stay(browser: Browser, novel: Path) -> None:
    with open_studio(novel) as studio:
        script = studio.ask(studio.story("novel")).json
        colours = {each["name"]: each["color"] for each in script["characters"]}
        for first in range(0, 20, 5):
            assert len({colours[name] for name in NAMES[first : first + 5]}) == 5
        with open_page(browser, studio.address) as page:
            show_view(page, studio.address, "novel", "script")
            page.get_by_role("button", name="Bella: I say what is said 1 times").click()
            page.get_by_label("Said by").select_option("Dora")
            expect(page.get_by_text("The line is Dora’s now")).to_be_visible()
        after = {each["name"]: each["color"] for each in studio.ask(studio.story("novel")).json["characters"]}
        assert after == {name: colour for name, colour in colours.items() if name in after}


def test_who_is_in_the_scene_comes_first_and_only_enter_commits(browser: Browser, novel: Path) -> None:
    before = (novel / "voices.yaml").read_bytes()
    with open_studio(novel) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "novel", "script")
        page.get_by_label("Chapter").select_option("Chapter 2")
        page.get_by_role("button", name="Georg: I say what is said 1 times").click()
        said_by = page.get_by_label("Said by")
        groups = said_by.locator("optgroup")
        expect(groups.nth(0)).to_have_attribute("label", "In this scene")
        expect(groups.nth(0).locator("option")).to_have_text(["Georg", "Frank", "Helen", "Irene", "Jakob"])
        expect(groups.nth(1).locator("option").first).to_have_text("Anna")
        page.keyboard.press("c")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        expect(page.get_by_text("Enter takes Helen, Esc leaves it as it was.")).to_be_visible()
        page.keyboard.press("Escape")
        expect(said_by).to_have_value("Georg")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Tab")  # goes elsewhere
        expect(said_by).to_have_value("Georg")
        assert (novel / "voices.yaml").read_bytes() == before
        said_by.focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        expect(page.get_by_text("The line is Frank’s now")).to_be_visible()
        assert "Frank" in (novel / "voices.yaml").read_text(encoding="utf-8")


def test_arrows_do_not_change_a_gender(browser: Browser, new_project: NewProject) -> None:
    project = new_project(supper=SUPPER)
    before = (project / "voices.yaml").read_bytes()
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "cast")
        gender = page.get_by_role("article", name="Tom").get_by_label("Gender")
        gender.focus()
        page.keyboard.press("ArrowDown")
        page.wait_for_timeout(300)
        assert (project / "voices.yaml").read_bytes() == before
        page.keyboard.press("Enter")
        expect(page.get_by_text("Tom is unknown now.")).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_long_cast_holds_no_barrier_and_fits_a_phone(theme: Theme, browser: Browser, novel: Path) -> None:
    with open_studio(novel) as studio:
        with open_page(browser, studio.address, theme=theme) as page:
            show_view(page, studio.address, "novel", "cast")
            page.get_by_role("button", name="Karla", exact=True).click()
            assert find_barriers(page) == []
        with open_page(browser, studio.address, theme=theme, size=PHONE) as page:
            show_view(page, studio.address, "novel", "cast")
            page.get_by_role("button", name="Karla", exact=True).click()
            assert find_barriers(page) == []
            assert find_overhang(page) == []
