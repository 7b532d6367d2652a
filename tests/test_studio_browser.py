"""The studio as a person uses it, in a real browser: made, heard, corrected, listened to."""

from __future__ import annotations

import json
import multiprocessing
import os
import re
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner
from playwright.sync_api import Browser, Page, Route, expect

import audiobook.building
from audiobook.cli import main
from audiobook.studio import reader
from tests.conftest import ROOT, TONES
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
from tests.studio import StudioClient, open_studio

pytestmark = pytest.mark.slow  # a browser takes seconds to start, and sound its time to play

NewProject = Callable[..., Path]

HOSTILE = """\
---
title: "<script>window.hit = 1</script> & Sons"
author: "<img src=x onerror='window.hit = 1'>"
---

"I am <script>window.hit = 1</script> here," said Anna <b>bold</b>.

"And <img src=x onerror=window.hit=1> so am I," said Tom.
"""


@pytest.fixture
def project(new_project: NewProject) -> Path:
    return new_project(supper=SUPPER)


@pytest.fixture
def studio(project: Path) -> Iterator[StudioClient]:
    with open_studio(project) as client:
        yield client


def _make(*words: str) -> None:
    done = CliRunner().invoke(main, [*words, "--quiet"])
    assert done.exit_code == 0, done.output


def _time(page: Page, audio: str = "#player") -> float:
    seconds = page.evaluate("(name) => document.querySelector(name).currentTime", audio)
    assert isinstance(seconds, float | int)
    return float(seconds)


def _wait_for_settings(project: Path, pattern: str) -> str:
    """Return voices.yaml once it says something; the page's notice comes after it."""
    text = (project / "voices.yaml").read_text(encoding="utf-8")
    assert re.search(pattern, text), text
    return text


def test_a_story_is_made_from_the_shelf(browser: Browser, studio: StudioClient, project: Path) -> None:
    with open_page(browser, studio.address) as page:
        expect(page.get_by_text("Not made yet")).to_be_visible()
        page.get_by_role("button", name="Make: A Dispute at Supper").click()
        expect(page.locator("#making")).to_have_text(re.compile("Done: 1 file made"), timeout=60_000)
        expect(page.get_by_text("Made", exact=True)).to_be_visible()
        assert list((project / "output" / "supper").glob("*.mp3"))
        page.get_by_role("link", name="Listen: A Dispute at Supper").click()
        expect(page.get_by_role("button", name="Play")).to_be_visible()


def test_a_run_is_stopped_and_goes_on_where_it_was(browser: Browser, new_project: NewProject) -> None:
    project = new_project("rate: 160\n", supper=SUPPER)
    chapters = [
        f"# Chapter {number}\n\n"
        + "\n\n".join(f'"This is line {number} times {each}," said Tom.' for each in range(150))
        for number in range(1, 13)
    ]
    (project / "texts" / "long.md").write_text("\n\n".join(chapters), encoding="utf-8")
    output = project / "output"
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        page.get_by_role("button", name="Make: Long").click()
        making = page.get_by_role("region", name="Making")
        expect(making).to_contain_text(re.compile(r"[1-9]\d* of 12 files finished"), timeout=120_000)
        expect(page.get_by_role("progressbar", name="Making of Long")).to_be_visible()
        expect(page.get_by_role("button", name="Make: Long")).to_be_hidden()
        making.get_by_role("button", name="Stop").click()
        expect(page.locator("#making")).to_have_text(re.compile("Stopped. What is finished stays"))
        expect(making.get_by_role("button", name="Stop")).to_be_hidden()
        expect(making.get_by_role("progressbar")).to_be_hidden()
        finished = {file: file.stat().st_mtime_ns for file in output.rglob("*.mp3")}
        assert 0 < len(finished) < 12
        assert not list(output.rglob(".partial/*"))
        expect(page.get_by_text(f"{len(finished)} of 12 chapters")).to_be_visible()
        page.get_by_role("button", name="Make the rest: Long").click()
        expect(page.locator("#making")).to_have_text(
            f"Done: {12 - len(finished)} files made.", timeout=120_000
        )
        assert len(list(output.rglob("*.mp3"))) == 12
        assert {file: file.stat().st_mtime_ns for file in finished} == finished


def test_files_are_dropped_onto_the_shelf(
    browser: Browser, studio: StudioClient, project: Path, tmp_path: Path
) -> None:
    *files, unwanted = [tmp_path / name for name in ("dropped.txt", "second.md", "picture.png", "no.txt")]
    for file in (*files, unwanted):
        file.write_text('"I fell," said Tom.', encoding="utf-8")
    with open_page(browser, studio.address, expected="415") as page:
        shelf = page.locator(".view-shelf")
        expect(page.get_by_text("Not made yet")).to_be_visible()  # before, its stories are set below the drag
        drag_files(page, files, (600, 400), (600, 300), is_dropped=False)
        expect(shelf).to_have_class(re.compile("is-open"))
        drag_files(page, files, (600, 400), (600, -9), is_dropped=False)
        expect(shelf).not_to_have_class(re.compile("is-open"))
        drag_files(page, files, (600, 400), (600, 20))  # its name is above it, but what else could be meant
        expect(shelf).not_to_have_class(re.compile("is-open"))
        expect(page.locator(".notice-error")).to_contain_text(
            re.compile(r"^dropped.txt and second.md are on the shelf.\npicture.png: narrate can't read")
        )
        for name in ("Dropped", "Second"):
            expect(page.get_by_role("heading", name=name)).to_be_visible()
        there = {each.name for each in (project / "texts").iterdir() if each.is_file()}
        assert there == {"supper.txt", "dropped.txt", "second.md"}
        show_view(page, studio.address, "supper", "cast")
        drag_files(page, [unwanted], (600, 400))
        page.wait_for_timeout(300)
        assert page.url.endswith("#/supper/cast")  # and not a view of the file
        assert not (project / "texts" / unwanted.name).exists()


def test_a_text_is_added_to_the_shelf(browser: Browser, studio: StudioClient, project: Path) -> None:
    with open_page(browser, studio.address) as page:
        page.get_by_label("Add a story…").set_input_files(
            {"name": "new one.txt", "mimeType": "text/plain", "buffer": b'"I am new," said Tom.'}
        )
        expect(page.get_by_text("new one.txt is on the shelf.")).to_be_visible()
        expect(page.get_by_role("heading", name="New One")).to_be_visible()
        assert (project / "texts" / "new one.txt").is_file()


def test_a_line_is_heard(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        page.get_by_role("button", name="Tom: Who else is coming?").click()
        wait_until(page, "document.querySelector('#sound').currentTime > 0.1")
        assert not page.evaluate("document.querySelector('#sound').error")
        expect(page.get_by_label("Said by")).to_have_value("Tom")
        expect(page.locator(".line.is-sounding")).to_have_text(re.compile("Who else is coming"))
        wait_until(page, "document.querySelector('#sound').ended")
        expect(page.locator(".line.is-sounding")).to_have_count(0)


def test_unsure_lines_are_stepped_through_by_key(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        unsure = page.locator(".line.is-unsure")
        assert unsure.count() > 0
        page.keyboard.press("n")
        expect(page.locator(".is-chosen")).to_have_class(re.compile("is-unsure"))
        expect(page.locator(".unsure")).to_have_text(re.compile(r"Unsure line 1 of \d"))
        expect(page.locator(".is-chosen")).to_be_focused()
        page.keyboard.press("p")
        expect(page.locator(".is-chosen")).to_have_class(re.compile("is-unsure"))
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Next unsure line")
        page.keyboard.press("Escape")
        page.keyboard.press("ArrowDown")
        expect(page.locator(".is-chosen")).to_be_focused()


def test_a_line_is_given_to_its_speaker_and_taken_back(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    before = (project / "voices.yaml").read_bytes()
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        line = page.get_by_role("button", name="He's late, at any rate.")
        line.click()
        page.get_by_label("Said by").select_option("Edwin")
        expect(page.get_by_text("The line is Edwin’s now")).to_be_visible()
        _wait_for_settings(project, r"He's late.*: Edwin")
        expect(page.get_by_role("button", name="Edwin: He's late, at any rate.")).to_be_visible()
        expect(page.locator(".is-chosen")).to_have_text(re.compile("He's late"))
        page.locator("h1").click()
        page.keyboard.press("Control+z")
        expect(page.get_by_text("Undone:")).to_be_visible()
        assert (project / "voices.yaml").read_bytes() == before
        expect(page.get_by_role("button", name="Edwin: He's late, at any rate.")).to_have_count(0)


def test_a_line_given_to_the_narrator_is_given_back(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        page.get_by_role("button", name="Nobody you know").click()
        said_by = page.get_by_label("Said by")
        assert "As narrate read it" not in said_by.inner_text()
        said_by.select_option("narrator")
        line = page.locator(".is-chosen")
        expect(line).to_have_text('"Nobody you know," said Mrs. Alder.')
        expect(page.locator(".panel")).to_contain_text("voices.yaml says that it is no speech")
        _wait_for_settings(project, r"Nobody you know.*: narrator")
        said_by.select_option("Edwin")
        expect(line).to_have_text(re.compile("Edwin: Nobody you know"))
        expect(page.locator(".panel")).to_contain_text("Stated in voices.yaml")
        _wait_for_settings(project, r"Nobody you know.*: Edwin")
        said_by.select_option("As narrate read it")
        expect(line).to_have_text(re.compile("Mrs. Alder: Nobody you know"))
        expect(page.get_by_text("The line is as narrate read it")).to_be_visible()
        assert "Nobody you know" not in (project / "voices.yaml").read_text(encoding="utf-8")
        page.get_by_role("button", name="Undo").click()
        expect(line).to_have_text(re.compile("Edwin: Nobody you know"))


def test_what_an_editor_wrote_is_not_written_over(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    before = (project / "voices.yaml").read_bytes()

    def grow_old(route: Route) -> None:
        asked = json.loads(route.request.post_data or "{}")
        route.continue_(post_data=json.dumps({**asked, "revision": "0" * 64}))

    with open_page(browser, studio.address, expected="409") as page:
        page.route("**/corrections", grow_old)
        show_view(page, studio.address, "supper", "script")
        page.get_by_role("button", name="He's late, at any rate.").click()
        page.get_by_label("Said by").select_option("Edwin")
        expect(page.locator(".notice-error")).to_contain_text("voices.yaml")
        expect(page.get_by_label("Said by")).not_to_have_value("Edwin")
    assert (project / "voices.yaml").read_bytes() == before


def test_the_page_follows_an_edited_text(browser: Browser, studio: StudioClient, project: Path) -> None:
    text = project / "texts" / "supper.txt"
    # What is spoken of the chosen line may be asked for as the text changes: refused, and the page asks anew.
    with open_page(browser, studio.address, expected="409") as page:
        show_view(page, studio.address, "supper", "script")
        page.get_by_role("button", name="He's late, at any rate.").click()
        expect(page.get_by_label("Said by")).to_be_visible()
        text.write_text(
            SUPPER.replace("Mrs. Alder had", 'The clock struck. "Six," said Tom.\n\nMrs. Alder had')
        )
        expect(page.get_by_text("The story’s text was changed")).to_be_visible()
        expect(page.get_by_role("button", name="Tom: Six,")).to_be_visible()
        expect(page.locator(".is-chosen")).to_have_text(re.compile("He's late"))
        page.get_by_label("Said by").select_option("Edwin")
        expect(page.get_by_role("button", name="Edwin: He's late, at any rate.")).to_be_visible()
        _wait_for_settings(project, r"He's late.*: Edwin")
        # Of two lines with the same words nobody knows which it was: neither stays chosen.
        text.write_text(text.read_text() + '\n"He\'s late, at any rate."\n')
        expect(page.get_by_role("button", name="He's late, at any rate.")).to_have_count(2)
        expect(page.locator(".is-chosen")).to_have_count(0)


def test_a_page_that_was_not_told_of_an_edit_changes_no_other_line(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    before = (project / "voices.yaml").read_bytes()
    text = project / "texts" / "supper.txt"
    with open_page(browser, studio.address, expected="409") as page:
        silence = {"content_type": "text/event-stream", "body": "retry: 600000\n\n"}
        page.route("**/api/events", lambda route: route.fulfill(**silence))
        page.reload()  # it had asked for its events
        show_view(page, studio.address, "supper", "script")
        # Both would be refused too, were they late.
        with page.expect_response("**/audio?*"), page.expect_response("**/spoken?*"):
            page.get_by_role("button", name="He's late, at any rate.").click()
        text.write_text(SUPPER.replace("Mrs. Alder had", '"Six," said Tom.\n\nMrs. Alder had'))
        page.get_by_label("Said by").select_option("Edwin")
        expect(page.locator(".notice-error")).to_contain_text("supper: its text was changed meanwhile")
        expect(page.get_by_role("button", name="Tom: Six,")).to_be_visible()
    assert (project / "voices.yaml").read_bytes() == before


def test_the_pointer_is_told_who_and_why(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        page.get_by_role("button", name="Tom: Who else is coming?").hover()
        expect(page.locator(".hint")).to_have_text(re.compile(r"Tom \d+ % sure.*asked Tom"))
        page.keyboard.press("Escape")
        expect(page.locator(".hint")).to_be_hidden()


def test_how_a_line_is_said_is_told(browser: Browser, new_project: NewProject) -> None:
    project = new_project(low='"Who is there …?" whispered Tom.\n\n"Nobody," said Clara.\n')
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "low", "script")
        line = page.get_by_role("button", name="Tom: Who is there")
        line.hover()
        expect(page.locator(".hint em")).to_have_text(re.compile("^whispered, .*question"))
        line.click()
        expect(page.locator(".panel")).to_contain_text(re.compile("How it is said: whispered, .*question"))
        page.get_by_role("button", name="Clara: Nobody").click()
        expect(page.get_by_label("Said by")).to_have_value("Clara")
        expect(page.locator(".panel")).not_to_contain_text("How it is said")


@pytest.mark.parametrize(("layout", "theme"), [("Page", "dark"), ("Play", "light")])
def test_a_line_that_is_read_again_is_nobodys_until_then(
    layout: str, theme: Theme, browser: Browser, new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "SMALL_BYTES", 0)  # read in a process apart, which can be made to wait
    stated = 'stories: {supper: {lines: {"Nobody you know": Edwin}}}\n'
    project = new_project(TONES + stated, supper=SUPPER)
    with open_studio(project) as studio, open_page(browser, studio.address, theme=theme) as page:
        show_view(page, studio.address, "supper", "script")
        page.get_by_text(layout, exact=True).click()
        studio.wait_for_shelf()
        page.get_by_role("button", name="Nobody you know").press("Enter")
        expect(page.get_by_label("Said by")).to_have_value("Edwin")
        readers = multiprocessing.active_children()
        assert readers
        for each in readers:
            os.kill(each.pid or 0, signal.SIGSTOP)
        try:
            page.get_by_label("Said by").select_option("As narrate read it")
            line = page.locator(".is-awaited")
            expect(line).to_have_text("Nobody you know,")
            expect(page.locator(".panel")).to_contain_text("The story is being read again")
            expect(page.get_by_label("Said by")).to_have_count(0)
            assert find_barriers(page) == []
        finally:
            for each in readers:
                os.kill(each.pid or 0, signal.SIGCONT)
        expect(page.get_by_role("button", name="Mrs. Alder: Nobody you know")).to_be_visible()
        expect(page.get_by_label("Said by")).to_have_value("Mrs. Alder")
        expect(line).to_have_count(0)


def test_the_play_and_the_page_keep_the_place(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address, size=(900, 400)) as page:
        show_view(page, studio.address, "supper", "script")
        page.get_by_role("button", name="Nobody moved.").click()
        top = page.locator(".is-chosen").bounding_box()
        page.locator("#layout-play").dispatch_event("change")
        expect(page.locator(".text-play")).to_be_visible()
        expect(page.locator(".is-chosen")).to_have_text("Nobody moved.")
        moved = page.locator(".is-chosen").bounding_box()
        assert top is not None
        assert moved is not None
        assert abs(top["y"] - moved["y"]) < 40  # as far as the page is long enough
        page.reload()
        expect(page.locator(".text-play")).to_be_visible()


def test_a_change_made_in_an_editor_is_shown(browser: Browser, studio: StudioClient, project: Path) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "script")
        settings = project / "voices.yaml"
        settings.write_text(settings.read_text() + 'lines: {"It isn\'t!": Tom}\n', encoding="utf-8")
        expect(page.get_by_text("voices.yaml was changed")).to_be_visible(timeout=60_000)
        expect(page.get_by_role("button", name="Tom: It isn't!")).to_be_visible()


def test_a_voice_that_is_installed_is_offered(
    browser: Browser,
    new_project: NewProject,
    made_voices: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    staged = tmp_path / "staged"
    shutil.copytree(made_voices / "kokoro", staged)
    (tmp_path / "voices").mkdir()
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    with (
        open_studio(new_project(settings="", supper=SUPPER)) as studio,
        open_page(browser, studio.address) as page,
    ):
        show_view(page, studio.address, "supper", "cast")
        voice = page.get_by_role("article", name="Clara").get_by_label("Voice", exact=True)
        expect(voice).to_be_enabled()  # the list is filled when it is wanted
        voice.focus()
        expect(voice.locator("optgroup[label*=kokoro i]")).to_have_count(0)
        staged.rename(tmp_path / "voices" / "kokoro")
        expect(page.get_by_text("A voice was installed or removed")).to_be_visible()
        expect(voice).to_have_value(re.compile("kokoro"))
        expect(voice).to_be_enabled()
        voice.focus()
        expect(voice.locator("option[value*=af_bella]").first).to_be_attached()


def test_a_voice_is_auditioned_and_kept(browser: Browser, studio: StudioClient, project: Path) -> None:
    before = (project / "voices.yaml").read_bytes()
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "cast")
        card = page.get_by_role("article", name="Clara")
        with page.expect_response(re.compile(r"/audio\?.*rate=160")) as heard:
            card.get_by_label("Rate").press("ArrowRight")
        assert heard.value.status == 200
        wait_until(page, "document.querySelector('#sound').currentTime > 0")
        assert (project / "voices.yaml").read_bytes() == before
        card.get_by_role("button", name="Put it back").click()
        expect(card.get_by_label("Rate")).to_have_value("155")
        card.get_by_label("Rate").press("ArrowRight")
        card.get_by_role("button", name="Keep this voice").click()
        expect(page.get_by_text("Clara has another voice now")).to_be_visible()
        _wait_for_settings(project, r"Clara:.*\n?.*160")
        expect(page.get_by_role("article", name="Clara").get_by_label("Rate")).to_have_value("160")


def test_the_melody_of_a_voice_is_made_wider(browser: Browser, studio: StudioClient, project: Path) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "cast")
        card = page.get_by_role("article", name="Clara")
        melody = card.get_by_label("Melody")
        expect(melody).to_have_attribute("aria-valuetext", "50, the voice’s own")
        assert (melody.get_attribute("min"), melody.get_attribute("max")) == ("0", "100")
        with page.expect_response(re.compile(r"/audio\?.*range=51")) as heard:
            melody.press("ArrowRight")
        assert heard.value.status == 200
        card.get_by_role("button", name="Keep this voice").click()
        expect(page.get_by_text("Clara has another voice now")).to_be_visible()
        _wait_for_settings(project, r"Clara: \{range: 51\}")
        expect(card.get_by_label("Melody")).to_have_value("51")


def test_names_are_added_and_taken_away(browser: Browser, studio: StudioClient, project: Path) -> None:
    before = (project / "voices.yaml").read_bytes()
    with open_page(browser, studio.address, expected="422") as page:
        show_view(page, studio.address, "supper", "cast")
        tom, clara = (page.get_by_role("article", name=name) for name in ("Tom", "Clara"))
        expect(tom).to_contain_text(re.compile(r"4 lines, \d+ words, \d+ % of the speech"))
        tom.get_by_label("Also called").fill("Thomas")
        page.keyboard.press("Enter")
        page.keyboard.type("Tommy")  # at once, while the cards are set anew
        expect(page.get_by_text("Tom is also called Thomas now")).to_be_visible()
        expect(tom.get_by_role("list", name="Other names")).to_contain_text("Thomas")
        expect(tom.get_by_label("Also called")).to_be_focused()
        expect(tom.get_by_label("Also called")).to_have_value("Tommy")
        tom.get_by_role("button", name="Add another name").click()
        expect(page.get_by_text("Tom is also called Tommy now")).to_be_visible()
        _wait_for_settings(project, r"Tom: \{aliases: \[Thomas, Tommy\]\}")
        clara.get_by_label("Also called").fill("thomas")
        page.keyboard.press("Enter")
        expect(page.locator(".notice-error")).to_contain_text("got 'thomas', which is Tom's too")
        expect(clara.get_by_label("Also called")).to_have_value("thomas")
        tom.get_by_role("button", name="Take the name Thomas away").click()
        expect(tom.get_by_role("listitem")).to_have_text(["Tommy"])
        _wait_for_settings(project, r"Tom: \{aliases: \[Tommy\]\}")
        for left in (2, 1, 0):
            page.get_by_role("button", name="Undo").click()
            expect(tom.get_by_role("listitem")).to_have_count(left)
        assert (project / "voices.yaml").read_bytes() == before


@pytest.mark.parametrize("way", ["list", "drop"])
def test_two_characters_become_one(way: str, browser: Browser, studio: StudioClient, project: Path) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "cast")
        if way == "list":
            card = page.get_by_role("article", name="Edwin")
            card.get_by_label("The same as").select_option("Tom")
            card.get_by_role("button", name="Merge").click()
        else:
            page.locator('[data-name="Edwin"] .grip').drag_to(page.locator('[data-name="Tom"] h2'))
        expect(page.get_by_text("Edwin and Tom are one now.")).to_be_visible()
        expect(page.get_by_role("article", name="Edwin")).to_have_count(0)
        expect(page.get_by_role("article", name="Tom")).to_contain_text("EdwinAlso called")
        _wait_for_settings(project, r"Tom:.*\n?.*aliases:.*\n?.*Edwin")
        page.get_by_role("button", name="Undo").click()
        expect(page.get_by_role("article", name="Edwin")).to_be_visible()


def test_the_highlight_follows_what_is_heard(browser: Browser, project: Path) -> None:
    _make("supper")
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "listen")
        cues = studio.ask(studio.story("supper", "/player")).json["tracks"][0]["cues"]
        page.keyboard.press(" ")
        wait_until(page, "document.querySelector('#player').currentTime > 1")
        for number in (0, 1, 2, 5):
            page.evaluate("(at) => document.querySelector('#player').currentTime = at", cues[number]["start"])
            expect(page.locator("[aria-current=true].sentence")).to_have_text(cues[number]["text"])
        page.keyboard.press(" ")
        page.keyboard.press("ArrowRight")
        expect(page.locator("[aria-current=true].sentence")).to_have_text(cues[6]["text"])
        assert cues[6]["start"] <= _time(page) < cues[6]["end"]
        page.keyboard.press("ArrowUp")
        page.keyboard.press("ArrowUp")
        paragraph = cues[6]["paragraph"] - 1
        first = next(cue for cue in cues if cue["paragraph"] == paragraph)
        expect(page.locator("[aria-current=true].sentence")).to_have_text(first["text"])
        page.get_by_text(cues[3]["text"]).click()
        wait_until(page, "(at) => document.querySelector('#player').currentTime > at", cues[3]["start"])
        expect(page.get_by_role("button", name="Pause")).to_be_visible()


@pytest.mark.parametrize("is_exported", [False, True])
def test_the_word_that_sounds_is_marked(browser: Browser, new_project: NewProject, is_exported: bool) -> None:
    project = new_project("engine: pyttsx3\n", supper="In 1940 all was said 😀 twice. Then they left.")
    _make("supper")
    assert CliRunner().invoke(main, ["export-player", "supper", "--output", "out"]).exit_code == 0
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        cues = studio.ask(studio.story("supper", "/player")).json["tracks"][0]["cues"]
        if is_exported:
            page.goto((project / "out" / "index.html").as_uri())
        else:
            show_view(page, studio.address, "supper", "listen")
        wait_until(page, "document.querySelector('#player').readyState > 0")
        for number, words in enumerate(("In 1940 all was said twice", "Then they left")):
            begins_ms = cues[number]["words"][2::3]
            for word, after_ms in zip(words.split(), begins_ms, strict=True):
                at_s = cues[number]["start"] + after_ms / 1000 + 0.02
                page.evaluate("(at) => document.querySelector('#player').currentTime = at", at_s)
                expect(page.locator(".word.is-said")).to_have_text(word)
                expect(page.locator("[aria-current=true].sentence")).to_have_text(cues[number]["text"])


def test_speed_and_place_are_kept(browser: Browser, project: Path) -> None:
    _make("supper")
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "listen")
        wait_until(page, "document.querySelector('#player').readyState > 0")
        page.get_by_label("Speed").select_option("1.5")
        bar = page.get_by_role("slider", name="Place in the chapter")
        box = page.locator(".waveform").bounding_box()
        assert box is not None
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        length = float(page.evaluate("document.querySelector('#player').duration"))
        assert abs(_time(page) - length / 2) < length / 100
        bar.press("ArrowRight")
        middle = _time(page)
        assert middle > length / 2
        assert "second" in (bar.get_attribute("aria-valuetext") or "")
        page.reload()
        page.wait_for_selector(".transport")
        wait_until(page, "document.querySelector('#player').readyState > 0")
        assert abs(_time(page) - middle) < 0.5
        assert page.evaluate("document.querySelector('#player').playbackRate") == 1.5
        assert page.evaluate(
            "[...document.querySelector('canvas').getContext('2d').getImageData(0, 0, 600, 54).data]"
            ".some((value) => value)"
        )


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_view_holds_a_barrier(theme: Theme, browser: Browser, project: Path) -> None:
    (project / "texts" / "broken.epub").write_bytes(b"no book")
    _make("supper")
    with open_studio(project) as studio:
        studio.wait_for_shelf()
        with open_page(browser, studio.address, theme=theme) as page:
            for view in ("shelf", "cast", "listen"):
                show_view(page, studio.address, "supper", view)
                assert find_barriers(page) == [], view
        for size in (DESK, PHONE, (1280, 420)):  # so low that what stands beside the text must be scrolled
            with open_page(browser, studio.address, theme=theme, size=size) as page:
                show_view(page, studio.address, "supper", "script")
                for layout in ("Play", "Page"):
                    page.get_by_text(layout, exact=True).click()
                    page.keyboard.press("n")
                    assert find_barriers(page) == [], (layout, size)
        with open_page(browser, studio.address, theme=theme, size=PHONE) as page:
            show_view(page, studio.address, "supper", "listen")
            page.keyboard.press("?")
            assert find_barriers(page) == []


@pytest.mark.parametrize("width", [390, 320])
def test_nothing_is_wider_than_a_phone(width: int, browser: Browser, project: Path) -> None:
    _make("supper")
    with open_studio(project) as studio, open_page(browser, studio.address, size=(width, 700)) as page:
        studio.wait_for_shelf()
        for view in ("shelf", "cast", "listen", "script"):
            show_view(page, studio.address, "supper", view)
            assert find_overhang(page) == [], view
            assert page.evaluate("document.documentElement.scrollWidth") <= width, view
        page.keyboard.press("n")
        expect(page.locator(".panel")).to_be_visible()
        line, panel = page.locator(".is-chosen").bounding_box(), page.locator(".panel").bounding_box()
        assert line is not None
        assert panel is not None
        assert line["y"] + line["height"] <= panel["y"]  # what is spoken of can be seen


def test_dark_is_dark_and_light_is_light(browser: Browser, studio: StudioClient) -> None:
    grounds: dict[Theme, int] = {}
    themes: tuple[Theme, ...] = ("light", "dark")
    for theme in themes:
        with open_page(browser, studio.address, theme=theme) as page:
            colour = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
            grounds[theme] = sum(int(number) for number in re.findall(r"\d+", colour)[:3])
    assert grounds["dark"] < 150
    assert grounds["light"] > 600


def test_a_story_of_markup_is_only_text(browser: Browser, new_project: NewProject) -> None:
    project = new_project(hostile=HOSTILE)
    _make("hostile")
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        for view in ("shelf", "script", "cast", "listen"):
            show_view(page, studio.address, "hostile", view)
            expect(page.get_by_text("<script>window.hit = 1</script> & Sons").first).to_be_visible()
            assert page.locator("main script, main b, main img[src=x]").count() == 0
            assert page.evaluate("window.hit") is None


def test_a_novel_opens_at_once(browser: Browser, new_project: NewProject) -> None:
    names = ("Anna", "Tom", "Clara", "Edwin")
    said = [
        f'"This is what I have to say in line {number} of it all," said {names[number % 4]}.'
        for number in range(5000)
    ]
    chapters = [
        f"# Chapter {start // 500 + 1}\n\n" + "\n\n".join(said[start : start + 500])
        for start in range(0, 5000, 500)
    ]
    project = new_project()
    (project / "texts" / "novel.md").write_text("\n\n".join(chapters), encoding="utf-8")
    with open_studio(project) as studio:
        studio.ask(studio.story("novel"))  # to find who speaks takes its time, once
        with open_page(browser, studio.address) as page:
            page.wait_for_selector("h1")
            took = page.evaluate(
                """async () => {
                    const began = performance.now();
                    location.hash = "#/novel/script";
                    while (!document.querySelector(".view-script .line")) {
                        await new Promise((resolve) => requestAnimationFrame(resolve));
                    }
                    return performance.now() - began;
                }"""
            )
            assert took < 1000
            assert page.locator(".line").count() < 1000
            page.get_by_label("Chapter").select_option(label="Chapter 9")
            expect(page.get_by_role("heading", name="Chapter 9")).to_be_in_viewport()
            for _ in range(5):  # what comes near is set, and may be longer than was guessed
                page.keyboard.press("End")
                page.wait_for_timeout(300)
            expect(page.get_by_text("in line 4999 of")).to_be_in_viewport()
            expect(page.get_by_label("Chapter")).to_have_value("9")
            expect(page.get_by_label("Chapter")).to_be_in_viewport()  # and its neighbours
            assert page.locator(".line").count() < 2000


def test_the_exported_player_opens_from_disk(browser: Browser, project: Path) -> None:
    _make("supper")
    done = CliRunner().invoke(main, ["export-player", "supper", "--output", "out"])
    assert done.exit_code == 0, done.output
    with open_page(browser, (project / "out" / "index.html").as_uri()) as page:
        expect(page.get_by_role("heading", name="A Dispute at Supper")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press(" ")
        wait_until(page, "!document.querySelector('#player').paused")
        expect(page.locator("[aria-current=true].sentence")).to_have_text("Who else is coming?")
        before = _time(page)
        wait_until(page, "(at) => document.querySelector('#player').currentTime > at + 0.2", before)
        page.keyboard.press("?")
        expect(page.get_by_role("dialog", name="Keys")).to_contain_text("Play or pause")


def test_the_pictures_of_the_readme(browser: Browser, new_project: NewProject, tmp_path: Path) -> None:
    # NARRATE_PICTURES=docs (make pictures) puts them where the README shows them.
    folder = Path(os.environ.get("NARRATE_PICTURES") or tmp_path).resolve()
    voices = (ROOT / "voices.yaml").read_text(encoding="utf-8")
    project = new_project(voices, supper=SUPPER)
    shutil.copy(Path(audiobook.building.__file__).with_name("the-lighthouse.txt"), project / "texts")
    for name in ("echo-chamber", "starlight-serenade"):
        shutil.copy(ROOT / "texts" / f"{name}.txt", project / "texts")
    _make("supper", "the-lighthouse")
    with open_studio(Path()) as studio:  # the name of the folder is in a picture
        studio.wait_for_shelf()
        with open_page(browser, studio.address) as page:
            wait_until(
                page, "document.images.length > 0 && [...document.images].every((each) => each.complete)"
            )
            page.screenshot(path=folder / "studio-shelf.png")
            show_view(page, studio.address, "supper", "script")
            page.keyboard.press("n")
            page.screenshot(path=folder / "studio-script.png")
            show_view(page, studio.address, "supper", "cast")
            page.screenshot(path=folder / "studio-cast.png")
        with open_page(browser, studio.address, theme="dark") as page:
            show_view(page, studio.address, "supper", "listen")
            for _ in range(6):
                page.keyboard.press("ArrowDown")
            page.wait_for_timeout(500)
            page.screenshot(path=folder / "studio-listen.png")
    for name in ("shelf", "script", "cast", "listen"):
        assert (folder / f"studio-{name}.png").stat().st_size > 10_000
