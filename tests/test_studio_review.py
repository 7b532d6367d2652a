"""What wants an ear, in the studio: found, heard, mended, and done with for good."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from audiobook.audio import find_encoder
from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener, UnclearLine
from audiobook.building.run import Options
from audiobook.building.unclear import keep_unclear
from audiobook.caching.clips import ClipCache
from audiobook.checking import find_silences
from audiobook.folders import cache_folder
from audiobook.model import Clip
from audiobook.planning.clip_specs import deliver_by, specify_clips
from audiobook.planning.pronouncing import make_pronouncer
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.project.shared_engines import shared_engine
from audiobook.studio.done_marks import DoneMark, DoneMarks
from audiobook.studio.finished_tracks import list_finished
from tests.pages import PHONE, SUPPER, Theme, find_barriers, find_overhang, open_page, show_view, wait_until
from tests.sounds import RATE, babble, noise, write
from tests.studio import Answer, StudioClient, open_studio

NewProject = Callable[..., Path]

GAPPED = "For some time there was only the sound of spoons."
DRAWN_OUT = "Nobody moved."


@pytest.fixture
def project(new_project: NewProject) -> Path:
    return new_project(supper=SUPPER)


@pytest.fixture
def studio(project: Path) -> Iterator[StudioClient]:
    with open_studio(project) as client:
        yield client


def make_flawed(folder: Path) -> None:
    """Make the story of clips of which one has a hole, and another lasts too long."""
    project = open_project(folder)
    script, cast = script_and_cast(project, "supper")
    settings = read_settings(project).for_story("supper")
    cache = ClipCache(cache_folder() / "clips")
    (chapter,) = script.chapters
    specs = specify_clips(chapter.utterances, cast, make_pronouncer(settings, script), deliver_by(settings))
    for utterance, spec in zip(chapter.utterances, specs, strict=True):
        clip = shared_engine(spec.voice.engine).synthesize(spec.text, spec.voice)
        half = len(clip.samples) // 4 * 2
        if utterance.text == GAPPED:
            hole = bytes(2 * round(1.6 * clip.sample_rate))
            cache.put(spec.key, replace(clip, samples=clip.samples[:half] + hole + clip.samples[half:]))
        if utterance.text == DRAWN_OUT:
            cache.put(spec.key, Clip(samples=clip.samples * 6, sample_rate=clip.sample_rate))
    make_stories(project, ["supper"], Options(jobs=1), RunListener(), cache_folder=cache_folder())


def note_heard(folder: Path, words: str, **fields: Any) -> None:
    """Note that a recognizer has not heard a line, as whoever lets it listen does."""
    project = open_project(folder)
    cache = ClipCache(cache_folder() / "clips")
    tracks = list_finished(project.output / "supper", script_and_cast(project, "supper")[0], cache)
    cue = next(cue for each in tracks for cue in each.track.cues if cue.utterance.text == words)
    line = UnclearLine(
        file="1.mp3",
        chapter=1,
        title="Supper",
        line=1,
        start=cue.utterance.start,
        end=cue.utterance.end,
        start_s=cue.start_s,
        end_s=cue.end_s,
        speaker=None,
        words=words,
        heard="the bell at nine",
        verdict="words lost",
        told="not looked at",
    )
    keep_unclear(project, "supper", "check", {"1.mp3": [replace(line, **fields)]})


def review(studio: StudioClient) -> dict[str, Any]:
    shown: dict[str, Any] = studio.ask(studio.story("supper", "/review")).json
    return shown


def found(studio: StudioClient) -> list[tuple[str, str, bool]]:
    return [(each["kind"], each["words"], each["done"]) for each in review(studio)["concerns"]]


def mark(studio: StudioClient, sought: str, /, **changed: object) -> Answer:
    shown = review(studio)
    (concern,) = [each for each in shown["concerns"] if each["words"] == sought]
    said = {key: concern[key] for key in ("kind", "line", "words")}
    fields = {**said, "edition": shown["edition"], "done": True, **changed}
    return studio.ask(studio.story("supper", "/review"), "POST", value=fields)


def wait_for_silences(studio: StudioClient) -> None:
    with studio.events() as events:
        while review(studio)["unmeasured"]:
            assert next(data for kind, data in events if kind == "review") == {"name": "supper"}


DOUBTS = ["He's late, at any rate.", "I hope,", "It isn't!"]


def test_doubtful_speakers_come_by_what_a_correction_mends(studio: StudioClient) -> None:
    concerns = review(studio)["concerns"]
    assert [each["words"] for each in concerns] == DOUBTS
    assert [each["said"] for each in concerns] == DOUBTS
    gains = [each["doubt"]["gain"] for each in concerns]
    assert gains == sorted(gains, reverse=True)
    assert concerns[1]["doubt"]["others"][0] == concerns[1]["speaker"] == "Edwin"
    assert concerns[1]["before"].endswith('large umbrella. "')


@pytest.mark.slow
def test_odd_sound_comes_before_doubts(project: Path) -> None:
    make_flawed(project)
    note_heard(project, "It rang again, longer.")
    with open_studio(project) as studio:
        wait_for_silences(studio)
        shown = review(studio)
        assert [(each["kind"], each["words"]) for each in shown["concerns"]] == [
            ("heard", "It rang again, longer."),
            ("silence", GAPPED),
            ("pace", DRAWN_OUT),
            *(("speaker", words) for words in DOUBTS),
        ]
        heard, silence, pace, *_ = shown["concerns"]
        assert heard["told"] == "Words lost: it was heard as “the bell at nine”"
        assert silence["told"] == "1.6 seconds of silence amid it"
        assert re.fullmatch(r"\d+ words a minute: \d\.\d times as long as it should be", pace["told"])
        assert pace["sound"]["end"] - pace["sound"]["start"] > 1
        assert (shown["files"], shown["unmeasured"]) == (1, 0)


@pytest.mark.slow
@pytest.mark.parametrize("record", ["", "[]", '{"check": 1}', '{"check": {"x": [{"words": 1}]}}'])
def test_a_record_that_can_not_be_read_says_nothing(record: str, project: Path) -> None:
    make_flawed(project)
    place = project / "output" / ".heard" / "supper.json"
    place.parent.mkdir()
    place.write_text(record, encoding="utf-8")
    with open_studio(project) as studio:
        assert "heard" not in {kind for kind, *_ in found(studio)}


@pytest.mark.slow
def test_what_is_done_stays_done_when_the_text_is_edited_elsewhere(
    studio: StudioClient, project: Path
) -> None:
    assert mark(studio, DOUBTS[1]).json == {"done": True}
    text = project / "texts" / "supper.txt"
    text.write_text(SUPPER.replace("Mrs. Alder had set", "That evening Mrs. Alder had set"), encoding="utf-8")
    assert ("speaker", DOUBTS[1], True) in found(studio)
    assert ("speaker", DOUBTS[2], False) in found(studio)
    with open_studio(project, project / "other-cache") as again:
        assert ("speaker", DOUBTS[1], True) in found(again)
        assert mark(again, DOUBTS[1], done=False).json == {"done": False}
    assert ("speaker", DOUBTS[1], False) in found(studio)
    assert json.loads((project / "review.json").read_text(encoding="utf-8")) == {"stories": {}}


def test_a_mark_means_no_other_line_of_the_same_words(tmp_path: Path) -> None:
    marks = DoneMarks(tmp_path / "review.json")

    def of(after: str, *, alone: bool, gist: str = "Tom") -> DoneMark:
        return DoneMark(kind="speaker", words="Yes.", after=after, gist=gist, is_alone=alone)

    def done(*wanted: DoneMark) -> list[bool]:
        return marks.find_done("s", wanted)

    marks.set("s", of("he asked.", alone=False), is_done=True)
    assert done(of("he asked.", alone=False), of("she asked.", alone=False)) == [True, False]
    assert done(of("she asked.", alone=True)) == [False]  # the marked one is gone, this is the other
    assert done(of("he asked.", alone=True), of("he asked.", alone=True, gist="Ann")) == [True, False]
    marks.set("s", of("he asked.", alone=True), is_done=False)
    marks.set("s", of("she asked.", alone=True), is_done=True)
    assert done(of("she asked again.", alone=True)) == [True]  # edited before it, or moved
    assert done(of("she asked.", alone=False), of("he asked.", alone=False)) == [True, False]
    assert marks.find_done("other", [of("she asked.", alone=True)]) == [False]


@pytest.mark.slow
def test_a_mark_holds_while_the_same_is_to_be_said(project: Path) -> None:
    make_flawed(project)
    note_heard(project, "It rang again, longer.")
    with open_studio(project) as studio:
        assert mark(studio, "It rang again, longer.").status == 200
        assert ("heard", "It rang again, longer.", True) in found(studio)
        note_heard(project, "It rang again, longer.", heard="it sang a song")
        assert ("heard", "It rang again, longer.", False) in found(studio)
        note_heard(project, "It rang again, longer.", end_s=0.0)  # it was spoken again since
        assert "heard" not in {kind for kind, *_ in found(studio)}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changed", "status"),
    [
        ({"edition": "0" * 24}, 409),
        ({"words": "Something else."}, 409),
        ({"line": 0}, 409),
        ({"kind": "pace"}, 409),
        ({"done": "yes"}, 422),
        ({"kind": 1}, 422),
    ],
)
def test_what_is_not_on_the_list_is_not_marked(
    changed: dict[str, object], status: int, studio: StudioClient, project: Path
) -> None:
    assert mark(studio, DOUBTS[0], **changed).status == status
    assert not (project / "review.json").exists()


def test_a_broken_file_of_marks_is_told_and_left_alone(studio: StudioClient, project: Path) -> None:
    (project / "review.json").write_text("[1]", encoding="utf-8")
    refused = studio.ask(studio.story("supper", "/review"))
    assert (refused.status, "remove it to begin anew" in refused.json["error"]) == (500, True)
    assert (project / "review.json").read_text(encoding="utf-8") == "[1]"


def test_silences_are_found_in_any_format_and_length(tmp_path: Path) -> None:
    quiet = noise(8, -70, seed=3)
    parts = [babble(1.0), quiet[: round(1.5 * RATE)], babble(0.5), quiet[: round(0.9 * RATE)], babble(1.0)]
    samples = np.concatenate([*parts, quiet[: 4 * RATE]])
    for name in ("a.mp3", "a.flac"):
        options = ("-c:a", "flac") if name.endswith("flac") else ()
        path = write(tmp_path / name, samples, *options)
        (middle, end) = find_silences(path, find_encoder())
        assert middle == pytest.approx((1.0, 2.5), abs=0.05)
        assert end == pytest.approx((4.9, 8.9), abs=0.1)
    write(tmp_path / "stereo.flac", np.stack([samples, samples], axis=1), "-c:a", "flac")
    assert len(find_silences(tmp_path / "stereo.flac", find_encoder())) == 2


@pytest.mark.slow
def test_a_doubtful_line_is_heard_given_to_somebody_and_taken_back(
    browser: Browser, studio: StudioClient, project: Path
) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "review")
        expect(page.get_by_text("3 places to listen to, nothing is made yet")).to_be_visible()
        items = page.locator("li.concern")
        expect(items).to_have_count(3)
        for _ in range(3):
            page.keyboard.press("n")
        expect(items.nth(2).locator(".mending")).to_be_visible()
        with page.expect_response(re.compile(r"/utterances/\d+/audio")) as heard:
            page.keyboard.press(" ")
        assert heard.value.status == 200
        page.keyboard.press("c")
        said_by = page.get_by_label("Said by")
        expect(said_by).to_be_focused()
        others = said_by.locator("optgroup").first.locator("option")
        expect(others).to_have_text(["Mrs. Alder", "Clara", "Tom"])
        said_by.select_option("Tom")
        expect(page.get_by_text("The line is Tom’s now")).to_be_visible()
        expect(items).to_have_count(2)
        assert "Tom" in (project / "voices.yaml").read_text(encoding="utf-8")
        page.get_by_role("button", name="Undo").click()
        expect(items).to_have_count(3)


@pytest.mark.slow
def test_what_is_done_leaves_the_list_and_comes_back(browser: Browser, studio: StudioClient) -> None:
    with open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "review")
        items = page.locator("li.concern")
        page.keyboard.press("n")
        page.keyboard.press("d")
        expect(page.get_by_text("2 places to listen to, 1 done")).to_be_visible()
        expect(items).to_have_count(2)
        expect(items.first.locator(".mending")).to_be_visible()  # the next one is open
        page.reload()
        expect(items).to_have_count(2)
        page.get_by_label("what is done, too").check()
        expect(items).to_have_count(3)
        items.first.get_by_role("button", name="Not done").click()
        expect(page.get_by_text("3 places to listen to")).to_be_visible()
        expect(page.get_by_role("button", name="Not done")).to_have_count(0)
        for item in range(3):
            items.nth(item).get_by_role("button", name="Done").click()
            expect(page.get_by_text(f"{item + 1} done")).to_be_visible()
        page.get_by_label("what is done, too").uncheck()
        expect(page.get_by_text("Nothing wants an ear, 3 done")).to_be_visible()


@pytest.mark.slow
def test_a_line_that_was_not_heard_is_played_respelled_and_made_anew(browser: Browser, project: Path) -> None:
    make_flawed(project)
    note_heard(project, "It rang again, longer.")
    (made,) = (project / "output" / "supper").glob("*.mp3")
    before = made.stat().st_mtime_ns
    with open_studio(project) as studio, open_page(browser, studio.address) as page:
        show_view(page, studio.address, "supper", "review")
        item = page.locator("li.concern").first
        expect(item).to_contain_text("Words lost: it was heard as “the bell at nine”")
        expect(page.get_by_text("6 places to listen to")).to_be_visible()  # once the silence is found
        page.get_by_label("Show").select_option("What listening found")
        expect(page.locator("li.concern")).to_have_count(1)
        item.get_by_role("button", name="Hear “It rang again, longer.”").click()
        sound = review(studio)["concerns"][0]["sound"]
        wait_until(page, "(at) => document.querySelector('#sound').currentTime > at", sound["start"])
        wait_until(page, "document.querySelector('#sound').paused")
        assert page.evaluate("document.querySelector('#sound').currentTime") < sound["end"] + 0.5
        item.get_by_role("button", name="What listening found").click()
        with page.expect_response(re.compile(r"/utterances/\d+/audio")):
            item.get_by_role("button", name="Hear the line anew").click()
        item.get_by_label("Respell").select_option("longer")
        item.get_by_label("Say it").fill("long gurr")
        note_heard(project, "It rang again, longer.", told="the file is another, what it says is not")
        (project / "texts" / "other.txt").write_text("A story that comes onto the shelf.", encoding="utf-8")
        studio.wait_for_shelf()
        expect(item.get_by_label("Say it")).to_have_value("long gurr")  # what is being typed stays
        with page.expect_response(re.compile("said=long.gurr")) as heard:
            item.get_by_role("button", name="In its line").click()
        assert heard.value.status == 200
        item.get_by_role("button", name="Keep it").click()
        expect(page.get_by_text("“longer” is said so now")).to_be_visible()
        assert "longer: long gurr" in (project / "voices.yaml").read_text(encoding="utf-8")
        item.get_by_role("button", name="Say its chapter again").click()
        expect(page.locator("#making")).to_have_text("Done: 1 file made.")
        assert made.stat().st_mtime_ns != before
        expect(page.get_by_text("3 places to listen to")).to_be_visible()  # what was odd or unheard is gone


@pytest.mark.slow
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_list_holds_no_barrier_and_fits(theme: Theme, browser: Browser, project: Path) -> None:
    make_flawed(project)
    note_heard(project, "It rang again, longer.")
    with open_studio(project) as studio:
        mark(studio, DOUBTS[0])
        for size in ((1280, 860), PHONE, (320, 700)):
            with open_page(browser, studio.address, theme=theme, size=size) as page:
                show_view(page, studio.address, "supper", "review")
                page.get_by_label("what is done, too").check()
                for step in range(6):
                    page.keyboard.press("n")
                    expect(page.locator("li.concern").nth(step).locator(".mending")).to_be_visible()
                    if step == 0:
                        page.get_by_label("Respell").select_option("longer")
                        expect(page.get_by_label("Say it")).to_be_visible()
                    if step in {0, 5}:
                        assert find_barriers(page) == []
                        assert find_overhang(page) == []
