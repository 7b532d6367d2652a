"""The player in the browser: thirty seconds, sleep, bookmarks, and whether its sound is still the story's."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.folders import cache_folder
from audiobook.project.layout import open_project
from tests.pages import PHONE, Theme, find_barriers, find_overhang, open_page, show_view, wait_until
from tests.studio import StudioClient, open_studio

pytestmark = pytest.mark.slow

NewProject = Callable[..., Path]

BOOK = "\n\n".join(
    f"# Chapter {number}\n\n"
    + "\n\n".join(f'"This is line {number} times {each}, and no other," said Tom.' for each in range(40))
    for number in (1, 2)
)


@pytest.fixture
def project(new_project: NewProject) -> Path:
    project = new_project()
    for path in (project / "texts").iterdir():
        path.unlink()
    (project / "texts" / "book.md").write_text(BOOK, encoding="utf-8")
    make_stories(open_project(project), ["book"], Options(), RunListener(), cache_folder=cache_folder())
    return project


@pytest.fixture
def studio(project: Path) -> Iterator[StudioClient]:
    with open_studio(project) as client:
        client.wait_for_shelf()
        yield client


def _show(page: Page, studio: StudioClient) -> None:
    show_view(page, studio.address, "book", "listen")
    wait_until(page, "document.querySelector('#player').readyState > 0")


def _time(page: Page) -> float:
    return float(page.evaluate("document.querySelector('#player').currentTime"))


def test_thirty_seconds_and_bookmarks(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        _show(page, studio)
        page.get_by_role("button", name="On 30 seconds").click()
        page.keyboard.press("l")
        assert abs(_time(page) - 60) < 0.2
        page.keyboard.press("j")
        page.get_by_role("button", name="Back 30 seconds").click()
        page.keyboard.press("j")
        assert _time(page) == 0  # not before the beginning
        page.keyboard.press("l")
        page.keyboard.press("b")
        page.locator("#track").select_option("1")
        page.get_by_role("button", name="Bookmark", exact=True).click()
        page.get_by_role("button", name="Bookmark", exact=True).click()  # once is enough
        page.reload()
        wait_until(page, "document.querySelector('#player')?.readyState > 0")
        page.get_by_text("Bookmarks (2)").click()
        page.get_by_role("button", name="Chapter 1, 0:30", exact=True).click()
        expect(page.locator("#track")).to_have_value("0")
        wait_until(page, "Math.abs(document.querySelector('#player').currentTime - 30) < 0.2")
        page.get_by_role("button", name="Take the bookmark away: Chapter 1").click()
        expect(page.get_by_text("Bookmarks (1)")).to_be_visible()


def test_it_falls_silent_by_itself(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        page.clock.install()
        _show(page, studio)
        page.get_by_label("Sleep").select_option("5")
        page.get_by_role("button", name="Play").click()
        page.clock.run_for(1000)
        expect(page.get_by_label("Sleep").locator("option:checked")).to_have_text("5 minutes left")
        page.clock.run_for(293_000)
        wait_until(page, "document.querySelector('#player').volume < 0.9")
        page.clock.run_for(10_000)
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        expect(page.get_by_label("Sleep")).to_have_value("off")
        assert page.evaluate("document.querySelector('#player').volume") == 1


def test_it_stops_at_the_end_of_a_chapter(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        _show(page, studio)
        page.get_by_label("Sleep").select_option("chapter")
        page.get_by_label("Speed").select_option("2")
        page.get_by_role("button", name="Play").click()
        page.evaluate(
            "(() => { const a = document.querySelector('#player'); a.currentTime = a.duration - 1; })()"
        )
        expect(page.locator("#track")).to_have_value("1")
        expect(page.get_by_role("button", name="Play")).to_be_visible()
        assert _time(page) == 0


def test_sound_that_is_older_than_its_story_says_so(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    with open_page(browser, studio.address) as page:
        _show(page, studio)
        older = page.get_by_text("This sound is older than the story")
        expect(older).to_be_hidden()
        (project / "texts" / "book.md").write_text(
            BOOK.replace("line 2 times 7,", "line seven,"), encoding="utf-8"
        )
        expect(page.get_by_role("button", name="Make anew")).to_be_visible()
        expect(older).to_be_hidden()  # it is the other chapter's
        page.locator("#track").select_option("1")
        expect(older).to_be_visible()
        page.get_by_role("button", name="Make anew").click()
        expect(page.get_by_role("region", name="Making")).to_contain_text("Done: 1 file made.")
        expect(older).to_be_hidden()
        expect(page.locator(".read-along")).to_contain_text("line seven")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_player_holds_no_barrier(theme: Theme, browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address, theme=theme, size=PHONE) as page:
        _show(page, studio)
        page.keyboard.press("b")
        page.get_by_text("Bookmarks (1)").click()
        assert find_barriers(page) == []
        assert find_overhang(page) == []
