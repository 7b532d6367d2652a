"""What the page changes: voices.yaml, by the file that it saw, and back again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from tests.conftest import TONES
from tests.studio import Answer, StudioClient, open_shared_studio, open_studio

NewProject = Callable[..., Path]

STORY = """\
"Who is there?" asked Nora.

"It is only the wind," said Max.

"Go to sleep," said Tom.

"I can't," she said.
"""
SETTINGS = f"# Mine.\n{TONES}# The end.\n"


@pytest.fixture
def studio(new_project: NewProject) -> Iterator[StudioClient]:
    with open_studio(new_project(settings=SETTINGS, night=STORY)) as client:
        yield client


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StudioClient, Path]]:
    """One studio for all that is refused."""
    with open_shared_studio(tmp_path_factory, SETTINGS, night=STORY) as client_and_project:
        yield client_and_project


def revision(studio: StudioClient) -> str:
    found: str = studio.ask(studio.story("night")).json["revision"]
    return found


def change(studio: StudioClient, what: str, **fields: object) -> Answer:
    """Ask for a change as the page does that has just been opened."""
    fields = {"revision": revision(studio), **fields}
    if what in {"corrections", "stated"}:
        fields = seen(studio, fields.get("quotation", fields.get("stated"))) | fields
    return studio.ask(studio.story("night", f"/{what}"), "POST", value=fields)


def seen(studio: StudioClient, start: object) -> dict[str, object]:
    """Return what the page says of the line that it shows there."""
    script = studio.ask(studio.story("night")).json
    lines = [u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]
    there = [each["text"] for each in lines if start in (each["quotation"], each["stated"])]
    return {"edition": script["edition"], "words": there[0] if there else "-"}


def speakers(studio: StudioClient) -> dict[int, str]:
    script = studio.ask(studio.story("night")).json
    spoken = (u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"])
    return {u["quotation"]: u["speaker"] for u in spoken if u["quotation"] is not None}


def line(number: int) -> int:
    """Return by what the story's line of an index is corrected."""
    quotations = script_and_cast(open_project(Path()), "night")[0].quotations
    return quotations[number].start


def card(studio: StudioClient, name: str) -> dict[str, Any]:
    cards: list[dict[str, Any]] = studio.ask(studio.story("night", "/cast")).json["characters"]
    return next(each for each in cards if each["name"] == name)


def test_a_line_gets_another_speaker_and_gets_it_back(studio: StudioClient) -> None:
    before = speakers(studio)
    first = revision(studio)
    done = change(studio, "corrections", quotation=line(3), speaker="Max")
    assert (done.status, set(done.json)) == (200, {"revision", "undoable"})
    assert done.json["undoable"]
    assert done.json["revision"] == revision(studio) != first
    assert speakers(studio) == before | {line(3): "Max"}
    text = Path("voices.yaml").read_text(encoding="utf-8")
    assert text.startswith(SETTINGS)
    assert "I can't" in text
    undone = studio.ask("api/undo", "POST", value={"revision": done.json["revision"]})
    assert undone.json["revision"] == first
    assert not undone.json["undoable"]
    assert "Max" in undone.json["undone"]
    assert Path("voices.yaml").read_text(encoding="utf-8") == SETTINGS
    assert speakers(studio) == before
    assert studio.ask("api/undo", "POST", value={"revision": first}).status == 409


def test_what_is_stated_of_a_line_is_taken_back(studio: StudioClient) -> None:
    def lines() -> list[dict[str, Any]]:
        script = studio.ask(studio.story("night")).json
        return [u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]

    before = lines()
    assert {each["stated"] for each in before} == {None}
    none, second = line(0), line(1)
    change(studio, "corrections", quotation=second, speaker="Tom")
    change(studio, "corrections", quotation=none, speaker="narrator")
    assert [each["text"] for each in lines() if each["stated"] == none] == ['"Who is there?" asked Nora.']
    assert [(each["quotation"], each["speaker"]) for each in lines() if each["stated"] == second] == [
        (second, "Tom")
    ]
    assert change(studio, "stated", stated=none, speaker="Max").status == 200
    assert speakers(studio)[none] == "Max"
    for start in (none, second):
        assert change(studio, "stated", stated=start, speaker=None).status == 200
    assert lines() == before
    assert Path("voices.yaml").read_text(encoding="utf-8") == SETTINGS
    assert change(studio, "stated", stated=none, speaker=None).status == 422


def test_a_share_is_of_the_speech(studio: StudioClient) -> None:
    cards = studio.ask(studio.story("night", "/cast")).json["characters"]
    said = [each for each in cards if not each["narrator"]]
    words = {each["name"]: each["words"] for each in cards}
    total = sum(each["words"] for each in said)
    assert [each["share"] for each in said] == [round(each["words"] / total, 4) for each in said]
    assert cards[0]["share"] == round(words["narrator"] / (total + words["narrator"]), 4)


def test_a_voice_a_gender_and_names_are_stated(studio: StudioClient) -> None:
    assert change(studio, "voice", character="Nora", voice={"rate": 120, "volume": 1}).status == 200
    assert card(studio, "Nora")["stated"] == {"rate": 120, "volume": 1.0}
    assert change(studio, "voice", character="narrator", voice={"id": "tone-flat"}).status == 200
    assert card(studio, "narrator")["voice"]["id"] == "tone-flat"
    assert change(studio, "character", character="Nora", gender="male", aliases=["Nory"]).status == 200
    assert card(studio, "Nora")["gender"] == "male"
    assert card(studio, "Nora")["stated"]["aliases"] == ["Nory"]
    assert change(studio, "merge", character="Tom", into="Max").status == 200
    assert "Tom" in card(studio, "Max")["aliases"]
    assert speakers(studio)[line(2)] == "Max"
    for _ in range(4):
        studio.ask("api/undo", "POST", value={"revision": revision(studio)})
    assert Path("voices.yaml").read_text(encoding="utf-8") == SETTINGS


def test_what_an_editor_wrote_meanwhile_is_not_overwritten(studio: StudioClient) -> None:
    seen = revision(studio)
    changed = change(studio, "voice", character="Nora", voice={"rate": 120}).json["revision"]
    written = Path("voices.yaml").read_text(encoding="utf-8") + "rate: 160\n"
    Path("voices.yaml").write_text(written, encoding="utf-8")
    for stale in (seen, changed):
        refused = change(studio, "voice", character="Nora", voice={"rate": 130}, revision=stale)
        assert refused.status == 409
        assert "was changed" in refused.json["error"]
    assert studio.ask("api/undo", "POST", value={"revision": revision(studio)}).status == 409
    assert Path("voices.yaml").read_text(encoding="utf-8") == written


@pytest.mark.parametrize(
    ("what", "fields"),
    [
        ("corrections", {"quotation": 99, "speaker": "Max"}),
        ("corrections", {"quotation": -1, "speaker": "Max"}),
        ("corrections", {"quotation": True, "speaker": "Max"}),
        ("corrections", {"quotation": 0}),
        ("corrections", {"quotation": 0, "speaker": ""}),
        ("corrections", {"quotation": 0, "speaker": "x" * 5000}),
        ("stated", {"stated": 0, "speaker": None}),
        ("stated", {"stated": 0, "speaker": 1}),
        ("stated", {"stated": 0}),
        ("voice", {"character": "Nobody", "voice": {"rate": 120}}),
        ("voice", {"character": "Nora", "voice": {"rate": 20}}),
        ("voice", {"character": "Nora", "voice": {"rate": 120.5}}),
        ("voice", {"character": "Nora", "voice": {"id": "no-such"}}),
        ("voice", {"character": "Nora", "voice": {"engine": "pyttsx3"}}),
        ("voice", {"character": "Nora", "voice": {"colour": "red"}}),
        ("voice", {"character": "Nora", "voice": {}}),
        ("voice", {"character": "Nora", "voice": "tone-low"}),
        ("character", {"character": "Nora", "gender": "queen"}),
        ("character", {"character": "Nora", "aliases": [1]}),
        ("merge", {"character": "Nora", "into": "Nora"}),
        ("merge", {"character": "Nora", "into": "Nobody"}),
    ],
)
def test_what_can_not_be_changed_is_said_and_nothing_is_written(
    what: str, fields: dict[str, object], shared: tuple[StudioClient, Path]
) -> None:
    studio, project = shared
    refused = change(studio, what, **fields)
    assert refused.status == 422, refused.body
    assert refused.json["error"]
    assert (project / "voices.yaml").read_text(encoding="utf-8") == SETTINGS


def test_the_first_change_makes_the_file(new_project: NewProject) -> None:
    project = new_project(night=STORY)
    (project / "voices.yaml").unlink()
    with open_studio(project) as studio:
        empty = revision(studio)
        assert change(studio, "voice", character="Nora", voice={"rate": 120}).status == 200
        assert "Nora" in (project / "voices.yaml").read_text(encoding="utf-8")
        assert card(studio, "Nora")["stated"] == {"rate": 120}
        undone = studio.ask("api/undo", "POST", value={"revision": revision(studio)})
        assert undone.json["revision"] == empty
        assert not (project / "voices.yaml").exists()
