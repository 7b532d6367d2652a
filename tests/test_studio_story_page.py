"""The story itself in the browser: called otherwise, given a cover and formats, taken away, off the shelf."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.command_line import narrate
from tests.conftest import TONES
from tests.pages import (
    DESK,
    PHONE,
    SUPPER,
    Theme,
    drag_files,
    find_barriers,
    find_overhang,
    open_page,
    show_view,
    wait_until,
)
from tests.studio import open_studio
from tests.test_studio_story import draw_picture

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("own_bin")]

NewProject = Callable[..., Path]

_COVER = "document.querySelector('.own-cover img')"


@pytest.fixture
def project(new_project: NewProject) -> Path:
    return new_project(f"{TONES}# mine\n", supper=SUPPER)


def test_a_story_is_called_otherwise_and_that_is_taken_back(browser: Browser, project: Path) -> None:
    settings = project / "voices.yaml"
    with open_studio(project) as studio, open_page(browser, studio.address, expected="422") as page:
        page.get_by_role("link", name="Details: A Dispute at Supper").click()
        title = page.get_by_label("Title", exact=True)
        expect(title).to_have_value("A Dispute at Supper")
        title.fill("Salt")
        page.keyboard.press("Tab")
        page.keyboard.type("Jo")  # while the title is being written
        expect(page.get_by_role("heading", level=1, name="Salt")).to_be_visible()
        expect(page.get_by_label("Author")).to_have_value("Jo")
        page.keyboard.press("Enter")
        expect(page.locator(".stated:visible")).to_have_count(2)
        assert settings.read_text(encoding="utf-8").endswith(
            "# mine\nstories:\n  supper:\n    title: Salt\n    author: Jo\n"
        )
        title.fill("a\u0007b")
        page.keyboard.press("Enter")
        expect(page.locator(".notice-error")).to_contain_text("control character")
        expect(title).to_have_value("a\u0007b")  # to be mended
        page.keyboard.press("Escape")
        expect(title).to_have_value("Salt")
        page.get_by_label("Language").select_option("de")
        expect(page.locator(".stated:visible")).to_have_count(3)
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_text("Undone: supper: its language")).to_be_visible()
        expect(page.get_by_label("Language")).to_have_value("")
        page.get_by_role("button", name="As the file has it").first.click()
        expect(page.get_by_role("heading", level=1, name="A Dispute at Supper")).to_be_visible()
        page.get_by_role("link", name="Shelf").click()
        expect(page.locator("[data-name=supper] .author")).to_have_text("Jo")


def test_a_cover_is_chosen_dropped_and_taken_away(browser: Browser, project: Path, tmp_path: Path) -> None:
    red, broken = tmp_path / "red.png", tmp_path / "broken.png"
    red.write_bytes(draw_picture("PNG"))
    broken.write_bytes(draw_picture("PNG", side=400)[:99])
    with open_studio(project) as studio, open_page(browser, studio.address, expected="422") as page:
        show_view(page, studio.address, "supper", "details")
        cover = page.get_by_role("img", name="Cover of A Dispute at Supper")
        drawn = cover.get_attribute("src")
        page.locator("input[type=file]").set_input_files(broken)
        expect(page.locator(".notice-error")).to_contain_text("The picture is damaged")
        drag_files(page, [red], (300, 400))
        expect(page.get_by_text("supper.png, beside the story.")).to_be_visible()
        assert cover.get_attribute("src") != drawn
        wait_until(page, f"{_COVER}.complete && {_COVER}.naturalWidth === 40")
        page.get_by_role("button", name="Take it away").click()
        expect(page.get_by_text("The picture is in this machine’s bin now.")).to_be_visible()
        expect(page.get_by_text("Drawn from title and author.")).to_be_visible()
        wait_until(page, f"{_COVER}.complete && {_COVER}.naturalWidth === 480")
    assert [path.name for path in (project / "texts").iterdir()] == ["supper.txt"]


def test_formats_are_chosen_and_what_is_made_is_taken_away(browser: Browser, project: Path) -> None:
    with open_studio(project) as studio, open_page(browser, studio.address, expected="422") as page:
        show_view(page, studio.address, "supper", "details")
        expect(page.get_by_text("Nothing is made of it yet.")).to_be_visible()
        page.get_by_role("checkbox", name=re.compile("^MP3")).click()
        expect(page.locator(".notice-error")).to_contain_text("a list of formats")
        expect(page.get_by_role("checkbox", name=re.compile("^MP3"))).to_be_checked()
        page.get_by_role("checkbox", name="WebVTT").check()
        expect(page.get_by_text("Stated for this story alone.")).to_be_visible()
        page.get_by_role("button", name="Make", exact=True).click()
        with page.expect_download() as one:  # as soon as it is there
            page.get_by_role("link", name=".mp3").click()
        made = project / "output" / "supper"
        name = "01 - A Dispute at Supper.mp3"
        assert one.value.suggested_filename == name
        assert Path(one.value.path()).read_bytes() == (made / name).read_bytes()
        expect(page.get_by_role("link", name=".vtt")).to_be_visible()
        with page.expect_download() as several:
            page.get_by_role("link", name=re.compile("All as a ZIP")).click()
        archive = zipfile.ZipFile(io.BytesIO(Path(several.value.path()).read_bytes()))
        assert len(archive.namelist()) == 2
        page.get_by_role("button", name="As all stories").click()
        expect(page.get_by_role("checkbox", name="WebVTT")).not_to_be_checked()
        assert (project / "voices.yaml").read_text(encoding="utf-8") == f"{TONES}# mine\n"


def test_formats_ticked_one_after_the_other_are_all_kept(browser: Browser, project: Path) -> None:
    held: list[Route] = []
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "details")
        page.route(
            "**/details",
            lambda route: held.append(route) if route.request.method == "POST" else route.continue_(),
        )
        page.get_by_role("checkbox", name="WebVTT").click()
        _wait_for(page, held, 1)
        page.get_by_role("checkbox", name="SRT").click()  # while the first is being written
        held[0].continue_()
        _wait_for(page, held, 2)
        expect(page.get_by_role("checkbox", name="SRT")).to_be_checked()
        page.get_by_role("checkbox", name="LRC").click()
        held[1].continue_()
        _wait_for(page, held, 3)
        held[2].continue_()
        expect(page.get_by_text("Stated for this story alone.")).to_be_visible()
        for name in ["MP3", "WebVTT", "SRT", "LRC"]:
            expect(page.get_by_role("checkbox", name=re.compile(f"^{name}"))).to_be_checked()
    assert "formats: [mp3, vtt, srt, lrc]" in (project / "voices.yaml").read_text(encoding="utf-8")


def _wait_for(page: Page, held: list[Route], number: int) -> None:
    """Wait until the page has sent so many changes, which the test holds back."""
    while len(held) < number:
        page.wait_for_timeout(20)


@pytest.mark.parametrize("made", ["stays in", "goes to the bin"])
def test_a_story_is_removed_by_keyboard(made: str, browser: Browser, project: Path, own_bin: Path) -> None:
    assert narrate("--quiet").returncode == 0
    # The page may ask how the story stands once more, before it turns to the shelf.
    with open_studio(project) as studio, open_page(browser, studio.address, expected="404") as page:
        show_view(page, studio.address, "supper", "details")
        page.get_by_role("button", name="Remove this story…").focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Remove “A Dispute at Supper”?")
        expect(dialog.get_by_role("radio", name="stays in")).to_be_checked()
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        page.keyboard.press("Enter")
        dialog.get_by_role("radio", name=made).check()
        dialog.get_by_role("button", name="Remove").press("Enter")
        expect(page.get_by_role("heading", name="Bring a story")).to_be_visible()
        expect(page.get_by_text("“A Dispute at Supper” is in this machine’s bin")).to_be_visible()
    assert (own_bin / "supper.txt").read_text(encoding="utf-8") == SUPPER
    assert (own_bin / "supper").exists() == (made == "goes to the bin")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_story_holds_no_barrier(
    size: tuple[int, int], theme: Theme, browser: Browser, project: Path
) -> None:
    (project / "texts" / "broken.txt").write_bytes(b"")
    settings = f"{TONES}stories:\n  supper: {{title: {'Salt ' * 30}, year: '1984'}}\n"
    (project / "voices.yaml").write_text(settings, encoding="utf-8")
    assert narrate("supper", "--quiet", "--format", "mp3", "--format", "lpf").returncode == 0
    with open_studio(project) as studio:
        studio.wait_for_shelf()
        with open_page(browser, studio.address, theme=theme, size=size) as page:
            show_view(page, studio.address, "supper", "details")
            expect(page.get_by_label("Year")).to_have_value("1984")
            assert find_barriers(page) == []
            assert find_overhang(page) == []
            page.get_by_role("button", name="Remove this story…").click()
            expect(page.get_by_role("dialog")).to_be_visible()
            assert find_barriers(page) == []
            assert find_overhang(page) == []
            show_view(page, studio.address, "broken", "details")
            expect(page.locator(".fault")).to_contain_text("empty")
            assert find_barriers(page) == []
            page.get_by_role("link", name="Shelf").click()
            page.get_by_role("link", name="Details: broken").click()
            expect(page.get_by_role("button", name="Remove this story…")).to_be_visible()
