"""Making in the browser: on every page, one story after the other, chapter by chapter."""

from __future__ import annotations

import fcntl
import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.pages import PHONE, SUPPER, Theme, find_barriers, find_overhang, open_page, show_view
from tests.studio import open_studio

pytestmark = pytest.mark.slow

NewProject = Callable[..., Path]

STORY = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'
BOOK = "\n\n".join(
    f"# Chapter {number}\n\n"
    + "\n\n".join(f'"This is line {number} times {each}," said Tom.' for each in range(60))
    for number in range(1, 13)
)


@pytest.fixture
def project(new_project: NewProject) -> Path:
    project = new_project("rate: 160\n", supper=SUPPER, night=STORY)
    (project / "texts" / "long.md").write_text(BOOK, encoding="utf-8")
    return project


def test_chapters_are_chosen_and_heard_and_the_rest_is_made_later(browser: Browser, project: Path) -> None:
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "long", "listen")
        expect(page.get_by_text("There is nothing to hear yet")).to_be_visible()
        page.get_by_role("button", name="Chapters…").click()
        dialog = page.get_by_role("dialog", name="Long")
        expect(dialog.get_by_role("button", name="Make", exact=True)).to_be_disabled()
        dialog.get_by_role("checkbox", name="Chapter 2 3 minutes", exact=True).check()
        dialog.get_by_role("checkbox", name="Chapter 4 3 minutes", exact=True).click(modifiers=["Shift"])
        dialog.get_by_role("button", name="Make 3 chapters").click()
        expect(page.get_by_role("button", name="Play")).to_be_visible(timeout=90_000)  # before all are made
        making = page.get_by_role("region", name="Making")
        expect(making).to_contain_text("Done: 3 files made.", timeout=90_000)
        tracks = page.locator("#track option")
        expect(tracks).to_have_text([re.compile(f"Chapter {number} ") for number in (2, 3, 4)])
        expect(page.locator("#track")).to_have_value("0")
        expect(page.get_by_role("button", name="Make the rest")).to_be_visible()
        making.get_by_role("button", name="Close").click()
        expect(making).to_be_hidden()
        page.get_by_role("link", name="Shelf").click()
        expect(page.get_by_text("3 of 12 chapters")).to_be_visible()
        page.get_by_role("button", name="Chapters…: Long").click()
        dialog.get_by_role("button", name="All that are missing").click()
        expect(dialog.get_by_role("button", name="Make 9 chapters")).to_be_visible()
        dialog.get_by_role("button", name="None").click()
        dialog.get_by_role("button", name="Close").click()
        page.get_by_role("button", name="Make the rest: Long").click()
        expect(making).to_contain_text("Done: 9 files made.", timeout=90_000)
        expect(page.locator("[data-name=long] .state")).to_have_text("Made")
    files = sorted((project / "output" / "long").glob("*.mp3"), key=lambda file: file.stat().st_mtime_ns)
    assert {file.name[:2] for file in files[:3]} == {"02", "03", "04"}


def test_stories_wait_for_each_other_and_are_taken_out_again(browser: Browser, project: Path) -> None:
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        page.get_by_role("button", name="Make: Long").click()
        expect(page.get_by_role("progressbar", name="Making of Long")).to_be_visible()
        page.get_by_role("button", name="Make: Night").click()
        page.get_by_role("link", name="Script: A Dispute at Supper").click()
        page.get_by_role("button", name="Make", exact=True).click()  # from the story's own page
        making = page.get_by_role("region", name="Making")
        expect(making).to_contain_text("then 2 more stories")
        page.get_by_role("link", name="Shelf").click()
        night = page.locator("[data-name=night]")
        expect(night).to_contain_text("In the queue")
        night.get_by_role("button", name="Take out of the queue").click()
        expect(night.get_by_role("button", name="Make: Night")).to_be_visible()
        expect(making).to_contain_text("then 1 more story")
        expect(making).to_contain_text("Done: 13 files made.", timeout=120_000)
        for name, state in (("supper", "Made"), ("long", "Made"), ("night", "Not made yet")):
            expect(page.locator(f"[data-name={name}] .state")).to_have_text(state)


def test_waiting_for_another_run_is_said(browser: Browser, project: Path) -> None:
    (project / "output").mkdir()
    lock = os.open(project / "output", os.O_RDONLY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open_studio(project) as studio, open_page(browser, studio.address) as page:
            page.get_by_role("button", name="Make: Night").click()
            making = page.get_by_role("region", name="Making")
            expect(making).to_contain_text("Another narrate is writing to")
            show_view(page, studio.address, "night", "cast")
            expect(making).to_contain_text("Another narrate is writing to")
            fcntl.flock(lock, fcntl.LOCK_UN)
            expect(making).to_contain_text("Done: 1 file made.")
            expect(page.get_by_text("Made", exact=True)).to_be_visible()
    finally:
        os.close(lock)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_making_holds_no_barrier_and_fits_a_phone(theme: Theme, browser: Browser, project: Path) -> None:
    with open_studio(project) as studio:
        studio.wait_for_shelf()
        with open_page(browser, studio.address, theme=theme, size=PHONE) as page:
            page.get_by_role("button", name="Chapters…: Long").click()
            assert find_barriers(page) == []
            assert find_overhang(page) == []
            page.get_by_role("checkbox", name="Chapter 1 3 minutes", exact=True).check()
            page.get_by_role("button", name="Make 1 chapter").click()
            page.get_by_role("button", name="Make: Night").click()
            expect(
                page.get_by_role("region", name="Making").get_by_role("button", name="Stop")
            ).to_be_visible()
            for view in ("shelf", "script", "cast"):
                show_view(page, studio.address, "long", view)
                assert find_barriers(page) == [], view
                assert find_overhang(page) == [], view
            studio.ask("api/make", "DELETE")
