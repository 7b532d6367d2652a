"""Voices are chosen by ear in the browser: by description, by a sentence of one's own, two side by side."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.pages import PHONE, SUPPER, Theme, find_barriers, find_overhang, open_page, show_view
from tests.studio import open_studio

NewProject = Callable[..., Path]


def test_a_sentence_of_ones_own_is_spoken(new_project: NewProject) -> None:
    with open_studio(new_project(supper=SUPPER)) as studio:
        place = studio.story("supper", "/audition?text=Good%20evening.")
        own = studio.ask(f"{place}&speaker=Clara")
        assert (own.status, own.headers["content-type"], own.body[:4]) == (200, "audio/wav", b"RIFF")
        assert studio.ask(place).body != own.body  # the narrator's
        assert studio.ask(f"{place}&speaker=Clara&voice=tone-deep").body != own.body
        assert studio.ask(f"{place}&speaker=Nobody").status == 422
        assert studio.ask(f"{place}&voice=nobody").status == 422
        assert studio.ask(studio.story("supper", "/audition")).status == 422
        assert studio.ask(studio.story("supper", f"/audition?text={'x' * 301}")).status == 422


@pytest.mark.slow
def test_a_voice_is_chosen_by_ear(browser: Browser, new_project: NewProject) -> None:
    project = new_project("rate: 160\n", supper=SUPPER)
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "cast")
        card = page.get_by_role("article", name="Clara")
        before = card.get_by_label("Voice").input_value()
        card.get_by_role("button", name="Choose by ear…").click()
        dialog = page.get_by_role("dialog", name="A voice for Clara")
        rows = dialog.get_by_role("list", name="Voices").get_by_role("listitem")
        expect(dialog.get_by_label("Gender")).to_have_value("female")
        few = rows.count()
        assert 3 < few < 20  # the built-in cast
        expect(rows.first).to_contain_text("Woman")
        dialog.get_by_label("Accent").select_option("Lancaster")
        expect(rows).to_have_count(1)
        dialog.get_by_label(re.compile("All .* voices")).check()
        dialog.get_by_label("Gender").select_option("any")
        expect(dialog.get_by_role("status")).to_contain_text("voices, of which")
        dialog.get_by_label("Accent").select_option("any")
        dialog.get_by_label("Find").fill("scottish")
        dialog.get_by_label("Say", exact=True).fill("Good evening to all of you.")
        with page.expect_response(re.compile(r"/audition\?speaker=Clara&text=Good")) as heard:
            rows.nth(1).get_by_role("button", name="Hear").click()
        assert heard.value.status == 200
        with page.expect_response(re.compile(r"/audition\?")):
            dialog.get_by_role("button", name="Hear A").click()
        dialog.get_by_role("button", name="Choose B", exact=True).click()
        expect(dialog).to_be_hidden()
        expect(page.get_by_label("All say")).to_have_value("Good evening to all of you.")
        assert card.get_by_label("Voice").input_value() not in ("", before)
        with page.expect_response(re.compile(r"/audition\?")):
            card.get_by_role("button", name="As it was").click()
        card.get_by_role("button", name="Keep this voice").click()
        expect(page.get_by_text("Clara has another voice now")).to_be_visible()
        assert re.search("Clara:.*scotland", (project / "voices.yaml").read_text(encoding="utf-8"))


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_choosing_by_ear_holds_no_barrier(theme: Theme, browser: Browser, new_project: NewProject) -> None:
    with (
        open_studio(new_project("rate: 160\n", supper=SUPPER)) as studio,
        open_page(browser, studio.address, theme=theme, size=PHONE) as page,
    ):
        show_view(page, studio.address, "supper", "cast")
        page.get_by_role("article", name="Tom").get_by_role("button", name="Choose by ear…").click()
        page.get_by_role("list", name="Voices").get_by_role("button", name="Hear").first.click()
        expect(page.get_by_role("button", name="Choose B", exact=True)).to_be_visible()
        assert find_barriers(page) == []
        assert find_overhang(page) == []
