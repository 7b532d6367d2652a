"""Stories are read in a process apart, kept on disk, and shown at once where only corrections are new."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from audiobook.building.run import Run
from audiobook.model import Script
from audiobook.planning import scripting
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import Source, open_project
from audiobook.studio import reader
from audiobook.studio.story_state import ShelfStory
from tests.conftest import TONES
from tests.studio import StudioClient, open_studio

NewProject = Callable[..., Path]

STORY = """\
"Who is there?" asked Nora.

"It is only the wind," said Max.

"Go to sleep," said Tom.

"I can't," she said.
"""


@pytest.fixture
def _apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read every story in a process apart, as novels are."""
    monkeypatch.setattr(reader, "SMALL_BYTES", 0)


@pytest.fixture
def studio(new_project: NewProject, _apart: None) -> Iterator[StudioClient]:
    with open_studio(new_project(settings=TONES, night=STORY)) as client:
        yield client


def quotations(script: dict[str, Any]) -> dict[int, str]:
    spoken = (u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"])
    return {u["quotation"]: u["speaker"] for u in spoken if u["quotation"] is not None}


def as_read() -> dict[int, str | None]:
    script, _ = script_and_cast(open_project(Path()), "night")
    return {quotation.start: quotation.speaker for quotation in script.quotations}


def line(script: dict[str, Any], start: int) -> dict[str, object]:
    """Return what names a line of a script that the page shows."""
    lines = [u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]
    words = next(each["text"] for each in lines if each["quotation"] == start)
    return {"quotation": start, "words": words, "edition": script["edition"]}


@pytest.mark.slow
def test_a_correction_is_shown_at_once_and_what_follows_is_told(studio: StudioClient) -> None:
    script = studio.ask(studio.story("night")).json
    assert script["pending"] is False
    start = next(start for start, speaker in quotations(script).items() if speaker == "Max")
    with studio.events() as events:
        changed = studio.ask(
            studio.story("night", "/corrections"),
            "POST",
            value={**line(script, start), "speaker": "Clara", "revision": script["revision"]},
        ).json
        foreseen = studio.ask(studio.story("night")).json
        assert quotations(foreseen)[start] == "Clara"
        told = next(data for name, data in events if name == "script")
    settled = studio.ask(studio.story("night")).json
    is_changed = quotations(settled) != quotations(foreseen)
    assert told == {"name": "night", "revision": changed["revision"], "changed": is_changed}
    assert (settled["pending"], settled["revision"]) == (False, changed["revision"])
    assert quotations(settled) == as_read()
    assert "Clara" in [card["name"] for card in studio.ask(studio.story("night", "/cast")).json["characters"]]


@pytest.mark.slow
def test_what_comes_as_it_was_shown_is_told_to_be_so(studio: StudioClient) -> None:
    revision = studio.ask(studio.story("night", "/cast")).json["revision"]
    value = {"character": "Max", "voice": {"rate": 120}, "revision": revision}
    with studio.events() as events:
        studio.ask(studio.story("night", "/voice"), "POST", value=value)
        assert studio.ask(studio.story("night", "/cast")).json["pending"] is True
        assert not next(data for name, data in events if name == "script")["changed"]
    assert studio.ask(studio.story("night", "/cast")).json["pending"] is False


@pytest.mark.slow
def test_corrections_in_a_row_each_mean_their_line(studio: StudioClient) -> None:
    script = studio.ask(studio.story("night")).json
    revision = script["revision"]
    starts = list(quotations(script))
    with studio.events() as events:
        for start in starts[:3]:
            changed = studio.ask(
                studio.story("night", "/corrections"),
                "POST",
                value={**line(script, start), "speaker": "narrator", "revision": revision},
            )
            assert changed.status == 200
            revision = changed.json["revision"]
        while next(data for name, data in events if name == "script")["revision"] != revision:
            pass
    settled = studio.ask(studio.story("night")).json
    assert list(quotations(settled)) == starts[3:]
    assert quotations(settled) == as_read()


@pytest.mark.slow
def test_two_become_one_at_once(studio: StudioClient) -> None:
    revision = studio.ask(studio.story("night")).json["revision"]
    value = {"character": "Tom", "into": "Max", "revision": revision}
    assert studio.ask(studio.story("night", "/merge"), "POST", value=value).status == 200
    names = [card["name"] for card in studio.ask(studio.story("night", "/cast")).json["characters"]]
    assert "Max" in names
    assert "Tom" not in names


@pytest.mark.slow
def test_the_shelf_is_looked_at_apart(studio: StudioClient) -> None:
    story = studio.wait_for_shelf()["night"]
    assert (story["state"], story["words"], story["cover"]) == ("unmade", 21, True)


@pytest.mark.slow
@pytest.mark.parametrize("small_bytes", [0, 1_000_000])
def test_after_a_restart_nothing_is_analysed_again(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch, small_bytes: int
) -> None:
    project = new_project(settings=TONES, night=STORY)
    monkeypatch.setattr(reader, "SMALL_BYTES", small_bytes)
    with open_studio(project) as client:
        script = client.ask(client.story("night")).body
        client.wait_for_shelf()

    def refuse(*_arguments: object) -> Script:
        raise AssertionError("it was analysed again")

    monkeypatch.setattr(scripting, "write_script", refuse)
    monkeypatch.setattr(reader, "_read", refuse)
    with open_studio(project) as client:
        assert client.ask(client.story("night")).body == script


def _look_or_die(work: Any, run: Run, source: Source) -> ShelfStory:
    """Do what is done in the process apart, which one of the stories kills."""
    if source.name == "deadly":
        os.kill(os.getpid(), signal.SIGKILL)
    return reader._look(work, run, source)


@pytest.mark.slow
@pytest.mark.usefixtures("_apart")
def test_a_story_that_kills_its_reader_keeps_nothing_from_the_others(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader, "_look", _look_or_die)
    with open_studio(new_project(settings=TONES, deadly=STORY, night=STORY)) as client:
        stories = client.wait_for_shelf()
    assert stories["deadly"]["state"] == "unreadable"
    assert "was killed" in stories["deadly"]["error"]
    assert stories["night"]["state"] == "unmade"
    assert multiprocessing.active_children() == []


@pytest.mark.slow
def test_what_is_brought_is_read_apart(studio: StudioClient) -> None:
    brought = studio.ask("api/texts/new.txt", "PUT", body=STORY.encode())
    assert (brought.status, brought.json) == (201, {"name": "new"})
    refused = studio.ask("api/texts/other.epub", "PUT", body=b"no book")
    assert refused.status == 422
    assert "other.epub" in refused.json["error"]
    assert ".incoming" not in refused.json["error"]
