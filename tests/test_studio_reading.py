"""What the page reads: shelf, script, cast, voices, the sound of a line."""

from __future__ import annotations

import io
import time
import wave
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy
import pytest
from PIL import Image

from audiobook.building.recipe import make_stories
from audiobook.building.report import RunListener
from audiobook.building.run import Options
from audiobook.folders import cache_folder
from audiobook.model import NARRATOR
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.script import write_script
from audiobook.studio.script_view import show_chapters
from benchmarks.studio import measure
from tests.conftest import TONES
from tests.studio import StudioClient, open_shared_studio, open_studio
from tests.test_script import make_book

NewProject = Callable[..., Path]

STORY = """\
"Who is there?" asked Nora.

Nobody spoke.

"It is only the wind," said Max. "Go to sleep."

***

"I can't," said Nora.
"""

HOSTILE = """\
"<script>alert(1)</script> is what it says," said <b>Max</b>.

The page </script><img src=x onerror=alert(1)> was torn.
"""


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StudioClient]:
    """One studio for all that only read."""
    stories = {"night": STORY, "<script>alert(1)<": HOSTILE.replace("/", "")}
    with open_shared_studio(tmp_path_factory, TONES, **stories) as (client, _):
        yield client


def test_the_shelf_has_every_story_with_its_state(new_project: NewProject) -> None:
    project = new_project(night=STORY, empty="", **{"what is it? 100%": "All is well."})
    with open_studio(project) as studio:
        stories = studio.wait_for_shelf()
        assert set(stories) == {"night", "empty", "what is it? 100%"}
        night = stories["night"]
        assert (night["state"], night["reasons"], night["files"]) == ("unmade", ["never made"], 0)
        assert night["words"] == 21
        assert 8 < night["seconds"] < 30
        assert night["cover"]
        empty = stories["empty"]
        assert (empty["state"], empty["cover"]) == ("unreadable", False)
        assert "is empty" in empty["error"]
        assert studio.ask(studio.story("what is it? 100%")).json["name"] == "what is it? 100%"


def test_the_shelf_of_faulty_settings_says_what_is_wrong(new_project: NewProject) -> None:
    with open_studio(new_project(settings="narator: en-us\n", night=STORY)) as studio:
        night = studio.wait_for_shelf()["night"]
        assert night["state"] == "unreadable"
        assert "did you mean 'narrator'?" in night["error"]
        for rest in ("", "/cast", "/cover", "/player", "/utterances/0/audio"):
            refused = studio.ask(studio.story("night", rest))
            assert refused.status == 422
            assert "narator" in refused.json["error"]


def test_a_project_without_stories_or_settings_has_an_empty_shelf(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with open_studio(tmp_path) as studio:
        assert studio.wait_for_shelf() == {}
        assert studio.ask("api/make", "POST", value={"stories": []}).status == 422


def test_the_script_holds_every_utterance_in_order_with_what_is_known_of_it(
    studio: StudioClient, new_project: NewProject
) -> None:
    script = studio.ask(studio.story("night")).json
    planned, _ = script_and_cast(open_project(new_project(night=STORY)), "night")
    paragraphs = [p for chapter in script["chapters"] for p in chapter["paragraphs"]]
    utterances = [u for paragraph in paragraphs for u in paragraph["utterances"]]
    assert [u["id"] for u in utterances] == list(range(len(utterances)))
    assert [u["text"] for u in utterances] == [u.text for c in planned.chapters for u in c.utterances]
    assert [p["scene"] for p in paragraphs] == [False, False, False, True]
    spoken = [u for u in utterances if u["kind"] == "speech"]
    assert [(u["quotation"], u["speaker"]) for u in spoken] == [
        (quotation.start, quotation.speaker) for quotation in planned.quotations
    ]
    assert [quotation.speaker for quotation in planned.quotations] == ["Nora", "Max", "Max", "Nora"]
    assert spoken[0]["type"] == "explicit"
    assert spoken[0]["evidence"]
    assert spoken[0]["confidence"] > 0.5
    assert not spoken[0]["doubtful"]
    told = next(u for u in utterances if u["text"] == "Nobody spoke.")
    assert (told["speaker"], told["quotation"], told["confidence"], told["doubtful"]) == (
        NARRATOR,
        None,
        None,
        False,
    )
    assert [each["name"] for each in script["characters"]] == ["Max", "Nora"]
    assert [each["color"] for each in script["characters"]] == [0, 1]


def test_the_script_tells_how_lines_are_said_and_they_are_heard_so(new_project: NewProject) -> None:
    story = '"Wait for me here," he whispered.\n\n"Wait for me here," said Max.\n\n"And if …" said Max.\n'
    with open_studio(new_project(settings="narrator: en-us\n", low=story)) as studio:
        script = studio.ask(studio.story("low")).json
        lines = [u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]
        said = {each["id"]: each["delivery"] for each in lines if each["kind"] == "speech"}
        assert list(said.values()) == [["whispered"], [], ["trailing"]]
        assert all(each["delivery"] == [] for each in lines if each["kind"] == "narration")
        whispered, plain = (
            _level(studio.ask(studio.story("low", f"/utterances/{number}/audio")).body)
            for number in list(said)[:2]
        )
        assert whispered < plain / 1.5  # 7.6 dB, by docs/delivery.md, in one voice


def _level(sound: bytes) -> float:
    with wave.open(io.BytesIO(sound)) as file:
        samples = numpy.frombuffer(file.readframes(file.getnframes()), "<i2").astype(float)
    return float(numpy.sqrt(numpy.mean(samples**2)))


def test_a_line_that_nobody_is_known_to_say_is_doubtful(new_project: NewProject) -> None:
    with open_studio(new_project(a='"All is well."')) as studio:
        utterance = studio.ask(studio.story("a")).json["chapters"][0]["paragraphs"][0]["utterances"][0]
        assert utterance["speaker"] is None
        assert utterance["doubtful"]
        assert [card["name"] for card in studio.ask(studio.story("a", "/cast")).json["characters"]] == [
            NARRATOR
        ]


def test_the_cast_has_a_card_for_everybody_who_speaks(new_project: NewProject) -> None:
    settings = TONES + "characters:\n  Nora: {rate: 120, gender: female, aliases: [Nory]}\n"
    with open_studio(new_project(settings=settings, night=STORY)) as studio:
        cast = studio.ask(studio.story("night", "/cast")).json
        assert cast["revision"] == studio.ask(studio.story("night")).json["revision"]
        narrator, *others = cast["characters"]
        assert narrator["narrator"]
        assert narrator["name"] == NARRATOR
        by_name = {card["name"]: card for card in others}
        nora = by_name["Nora"]
        assert (nora["lines"], nora["words"], nora["gender"]) == (2, 5, "female")
        assert nora["stated"] == {"gender": "female", "aliases": ["Nory"], "rate": 120}
        assert nora["voice"]["rate"] == 120
        assert nora["first_words"] == "Who is there?"
        assert nora["first_line"] == 0
        assert by_name["Max"]["stated"] == {}
        assert sum(card["share"] for card in others) == pytest.approx(1, abs=0.001)


def test_a_story_with_a_script_in_it_is_only_words(studio: StudioClient) -> None:
    name = "<script>alert(1)<"
    answers = [studio.ask(studio.story(name, rest)) for rest in ("", "/cast", "/player")]
    for answer in [studio.ask("api/shelf"), *answers]:
        assert answer.status == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "script-src 'self'" in answer.headers["content-security-policy"]
    texts = [u["text"] for c in answers[0].json["chapters"] for p in c["paragraphs"] for u in p["utterances"]]
    assert any("<script>alert(1)" in text for text in texts)
    refused = studio.ask(studio.story("<img src=x onerror=alert(1)>"))
    assert (refused.status, refused.headers["content-type"]) == (404, "application/json")


def test_the_page_has_its_files_under_its_own_address(studio: StudioClient) -> None:
    described = studio.ask("api/openapi.json")
    assert described.json["openapi"].startswith("3.1")
    assert studio.ask("api/openapi.json", headers={"If-None-Match": "*"}).status == 200


def test_a_cover_is_a_small_picture(studio: StudioClient) -> None:
    cover = studio.ask(studio.story("night", "/cover"))
    assert cover.headers["content-type"] == "image/jpeg"
    with Image.open(io.BytesIO(cover.body)) as picture:
        assert max(picture.size) == 480
    assert len(cover.body) < 100_000


@pytest.mark.slow
def test_lines_are_the_very_clips_of_the_finished_file(new_project: NewProject) -> None:
    settings = TONES + "pronunciations: {Nora: Norah}\n"
    project = new_project(settings=settings, night=STORY)
    make_stories(
        open_project(project), ["night"], Options(jobs=1), RunListener(), cache_folder=cache_folder()
    )
    clips = sorted((cache_folder() / "clips").glob("??/*.clip"))
    with open_studio(project) as studio:
        script = studio.ask(studio.story("night")).json
        numbers = [u["id"] for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]
        for number in numbers:
            heard = studio.ask(studio.story("night", f"/utterances/{number}/audio"))
            assert (heard.status, heard.headers["content-type"]) == (200, "audio/wav")
            with wave.open(io.BytesIO(heard.body)) as file:
                assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
                assert 0.1 < file.getnframes() / file.getframerate() < 10
        assert sorted((cache_folder() / "clips").glob("??/*.clip")) == clips


def test_a_line_is_heard_in_another_voice_if_wished(studio: StudioClient) -> None:
    own = studio.ask(studio.story("night", "/utterances/0/audio"))
    assert studio.ask(studio.story("night", "/utterances/0/audio")).body == own.body
    for query in (
        "engine=tone&voice=tone-deep",
        "voice=tone-deep",
        "rate=100",
        "pitch=90",
        "volume=0.2",
        "range=90",
    ):
        other = studio.ask(studio.story("night", f"/utterances/0/audio?{query}"))
        assert other.status == 200, other.body
        assert (other.body != own.body) or query.startswith(("pitch", "range")), query


@pytest.mark.parametrize(
    ("place", "status", "message"),
    [
        ("999999/audio", 404, "no line 999999"),
        ("-1/audio", 404, ""),
        ("x/audio", 404, ""),
        ("0/audio?rate=79", 422, "80 to 450"),
        ("0/audio?rate=fast", 422, "80 to 450"),
        ("0/audio?pitch=101", 422, "0 to 100"),
        ("0/audio?range=101", 422, "0 to 100"),
        ("0/audio?volume=nan", 422, "0 to 1"),
        ("0/audio?voice=no-such", 422, "no-such"),
        ("0/audio?engine=no-such&voice=x", 422, "no-such"),
        ("0/audio?engine=pyttsx3", 422, "voice"),
    ],
)
def test_what_can_not_be_heard_is_said(place: str, status: int, message: str, studio: StudioClient) -> None:
    refused = studio.ask(studio.story("night", f"/utterances/{place}"))
    assert refused.status == status
    assert message in refused.json["error"]


def test_voices_pools_and_ranges_are_listed(studio: StudioClient) -> None:
    voices = studio.ask("api/voices").json
    by_engine = {engine["name"]: engine["voices"] for engine in voices["engines"]}
    english = next(voice for voice in by_engine["pyttsx3"] if voice["id"] == "en-us+f2")
    assert (english["language"], english["gender"]) == ("en-us", "female")
    assert [voice["id"] for voice in voices["pools"]["female"]] == ["tone-high", "tone-bright"]
    assert voices["ranges"]["rate"] == [80, 450]


def test_what_is_spoken_of_a_line_is_told_with_its_rule(new_project: NewProject) -> None:
    with open_studio(new_project(settings=TONES, a="“Ask Dr. Hale,” said Nora.\n")) as studio:
        studio.wait_for_shelf()
        told = studio.ask(studio.story("a", "/utterances/0/spoken")).json
        change = {"written": "Dr.", "spoken": "Doctor", "rule": "abbreviations: title"}
        assert told == {"text": "Ask Doctor Hale,", "changes": [change]}
        assert studio.ask(studio.story("a", "/utterances/9/spoken")).status == 404


def test_a_line_of_espeak_is_heard_at_once(new_project: NewProject) -> None:
    story = "\n\n".join(f'"{number} is the number," said Nora.' for number in range(20))
    with open_studio(new_project(settings="narrator: en-us\n", a=story)) as studio:
        studio.wait_for_shelf()
        studio.ask(studio.story("a", "/utterances/0/audio"))  # starts the engine
        times = []
        for number in range(1, 12):
            began = time.monotonic()
            assert studio.ask(studio.story("a", f"/utterances/{number}/audio")).status == 200
            times.append(time.monotonic() - began)
        # Some 0.03 s; to start an engine each time takes over a second where the machine is as busy as that.
        assert sorted(times)[len(times) // 2] < 1, times


@pytest.mark.slow
def test_the_benchmark_asks_all_that_a_page_asks_of_a_novel() -> None:
    # How long the answers take is for the benchmark to say (docs/studio.md), on a quiet machine.
    asked = {each.what: each for each in measure(2_000, 10)}
    assert asked["the script"].megabytes > 0.6
    assert asked.keys() >= {
        *("the shelf", "the script", "the cast", "the cover", "the script, first time after the restart"),
        *("to correct a line", "the script after it", "the cast after it", "to merge two characters"),
        *("half of them at most", "a line's sound, never heard before"),
    }


def test_a_quotation_whose_first_sentence_is_not_spoken_is_one_still() -> None:
    book = make_book('"...! Well?" asked Nora. "Well."\n\n"No," said Max.\n')
    script = write_script(book)
    (first, *_), *_ = (chapter.utterances for chapter in script.chapters)
    assert first.start > script.quotations[0].start  # else this shows nothing
    shown = [line for view in show_chapters(script) for line in view.lines if line[0].kind == "speech"]
    assert [quotation for _, quotation, *_ in shown] == list(script.quotations)


def test_what_has_not_changed_is_not_written_again() -> None:
    script = write_script(make_book('"Well?" asked Nora.\n\n"No," said Max. He left.\n'))
    before = show_chapters(script)
    assert show_chapters(script, before) == before
    chapter = script.chapters[0]
    changed = replace(
        chapter, utterances=(*chapter.utterances[:-1], replace(chapter.utterances[-1], text="He ran."))
    )
    fresh = replace(script, chapters=(changed,))
    again = show_chapters(fresh, before)
    assert again[0].json == show_chapters(fresh)[0].json != before[0].json
    kept = [new is old for new, old in zip(again[0].lines, before[0].lines, strict=True)]
    assert kept == [True] * (len(kept) - 1) + [False]
