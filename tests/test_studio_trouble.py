"""What goes wrong in the browser is said once, where it is seen, and is gone once it is mended."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from audiobook.folders import cache_folder
from audiobook.project.layout import open_project
from audiobook.studio.serve import keep_token, open_socket, prepare
from tests.conftest import TONES
from tests.pages import SUPPER, Theme, find_barriers, find_overhang, open_page, show_view
from tests.studio import StudioClient, open_studio

NewProject = Callable[..., Path]


def test_the_address_is_the_same_next_time_and_its_owners_alone(new_project: NewProject) -> None:
    here, there = open_project(new_project()), open_project(new_project(folder="other"))
    token = keep_token(here, cache_folder())
    assert keep_token(here, cache_folder()) == token != keep_token(there, cache_folder())
    kept = next(path for path in (cache_folder() / "studio").iterdir() if path.read_text() == token)
    assert kept.stat().st_mode & 0o777 == 0o600
    kept.chmod(0o644)
    assert keep_token(here, cache_folder()) != token  # others may have read it
    kept.write_text("x")
    kept.chmod(0o600)
    assert len(keep_token(here, cache_folder())) == 32


@pytest.mark.slow
def test_trouble_with_the_settings_is_told_and_mended(new_project: NewProject) -> None:
    project = new_project(supper=SUPPER)
    with open_studio(project) as studio, studio.events() as events:
        studio.wait_for_shelf()
        assert next(data for kind, data in events if kind == "trouble") == {"message": ""}
        (project / "voices.yaml").write_text("narator: x\n", encoding="utf-8")
        assert "narator" in next(data for kind, data in events if kind == "trouble")["message"]
        (project / "voices.yaml").write_text(TONES, encoding="utf-8")
        assert next(data for kind, data in events if kind == "trouble") == {"message": ""}


def test_the_example_comes_onto_an_empty_shelf(new_project: NewProject) -> None:
    project = new_project(supper=SUPPER)
    with open_studio(project) as studio:
        assert studio.ask("api/example", "POST").json == {"name": "the-lighthouse"}
        assert (project / "texts" / "the-lighthouse.txt").stat().st_size > 500
        assert studio.ask("api/example", "POST").status == 409


@contextmanager
def serve_at(project: Path, port: int) -> Iterator[StudioClient]:
    """Serve a project at a port, with the address that it had before."""
    with open_socket(port) as listener:
        server, address = prepare(open_project(project), cache_folder(), listener)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield StudioClient(address)
        finally:
            server.should_exit = True
            thread.join(30)


@pytest.mark.slow
def test_one_banner_tells_of_broken_settings_until_they_are_mended(
    browser: Browser, new_project: NewProject
) -> None:
    project = new_project(supper=SUPPER)
    with open_studio(project) as studio, open_page(browser, studio.address, expected="422") as page:
        show_view(page, studio.address, "supper", "script")
        (project / "voices.yaml").write_text("narator: x\n", encoding="utf-8")
        banner = page.get_by_role("alert")
        expect(banner).to_contain_text("did you mean 'narrator'?")
        expect(page.locator(".notice-error")).to_have_count(0)
        page.get_by_role("link", name="Shelf").click()
        expect(page.get_by_text("Waits for voices.yaml")).to_be_visible()
        expect(page.get_by_text("did you mean 'narrator'?")).to_have_count(1)
        page.goto(f"{studio.address}#/supper/cast")
        expect(page.get_by_text("This can’t be shown")).to_be_visible()
        (project / "voices.yaml").write_text(TONES, encoding="utf-8")
        expect(page.get_by_role("article", name="Clara")).to_be_visible()
        expect(banner).to_be_hidden()


@pytest.mark.slow
def test_a_lost_studio_is_said_at_once_and_comes_back_by_itself(
    browser: Browser, new_project: NewProject
) -> None:
    project = new_project(supper=SUPPER)
    with serve_at(project, 0) as studio:
        page_open = open_page(browser, studio.address, expected="ERR_")
        page = page_open.__enter__()
        show_view(page, studio.address, "supper", "script")
        expect(page.get_by_role("alert")).to_be_hidden()
    try:
        expect(page.get_by_role("alert")).to_contain_text("narrate studio doesn’t answer")
        (project / "texts" / "supper.txt").write_text(SUPPER + '\n"I am new," said Tom.\n', encoding="utf-8")
        with serve_at(project, studio.port) as again:
            assert again.address == studio.address
            expect(page.get_by_role("alert")).to_be_hidden()
            expect(page.get_by_role("button", name="Tom: I am new,")).to_be_visible()
            page.goto("about:blank")
    finally:
        page_open.__exit__(None, None, None)


@pytest.mark.slow
def test_undo_is_offered_where_there_is_something_and_notices_stay_on_their_page(
    browser: Browser, new_project: NewProject
) -> None:
    project = new_project(supper=SUPPER)
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        undo = page.get_by_role("button", name="Undo")
        expect(undo).to_be_disabled()
        page.get_by_role("button", name="He's late, at any rate.").click()
        page.get_by_label("Said by").select_option("Edwin")
        expect(page.get_by_text("The line is Edwin’s now")).to_be_visible()
        expect(undo).to_be_enabled()
        page.get_by_label("Said by").select_option("Clara")
        expect(page.get_by_text("The line is Clara’s now")).to_be_visible()
        expect(page.locator(".notice")).to_have_count(1)
        page.get_by_role("link", name="Cast").click()
        expect(page.get_by_role("article", name="Clara")).to_be_visible()
        expect(page.locator(".notice")).to_have_count(0)
        undo.click()
        expect(page.get_by_text("Undone:")).to_be_visible()
        expect(undo).to_be_enabled()  # the first of the two is left
        settings = project / "voices.yaml"
        settings.write_text(settings.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
        expect(undo).to_be_disabled()  # what an editor wrote is not taken back


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_an_empty_shelf_helps(theme: Theme, browser: Browser, new_project: NewProject) -> None:
    project = new_project(supper=SUPPER)
    (project / "texts" / "supper.txt").unlink()
    with (
        open_studio(project) as studio,
        open_page(browser, studio.address, theme=theme, size=(390, 800)) as page,
    ):
        expect(page.get_by_role("heading", name="Bring a story")).to_be_visible()
        assert find_barriers(page) == []
        assert find_overhang(page) == []
        page.get_by_role("button", name="Put an example here").click()
        expect(page.get_by_role("link", name="The Lighthouse", exact=True)).to_be_visible()
        expect(page.get_by_role("heading", name="Bring a story")).to_be_hidden()
        (project / "voices.yaml").write_text("narator: x\n", encoding="utf-8")
        expect(page.get_by_role("alert")).to_be_visible()
        assert find_barriers(page) == []
