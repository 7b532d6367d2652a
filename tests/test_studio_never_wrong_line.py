"""A correction lands on the line that was clicked, or is refused, whatever was edited beneath the page."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import TONES
from tests.studio import StudioClient, open_shared_studio

PEOPLE = ("Nora", "Max", "Tom")
PARAGRAPHS = (
    '"Good evening," said Nora.',
    '"And the boat?" asked Max.',
    '"And the boat?"',
    '"No."',
    '"No," said Tom. "Not the boat."',
    "The wind had turned in the night.",
    'Nora laughed. "No."',
)

paragraphs = st.lists(st.sampled_from(PARAGRAPHS), min_size=1, max_size=7)
edits = st.lists(
    st.one_of(
        st.tuples(st.just("text"), paragraphs),
        st.tuples(st.just("text"), paragraphs),
        st.tuples(st.just("look"), st.just([])),
        st.tuples(st.just("lines"), st.lists(st.sampled_from(["And the boat?", "No"]), max_size=2)),
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[StudioClient, Path]]:
    with open_shared_studio(tmp_path_factory, TONES, boats=PARAGRAPHS[0]) as opened:
        yield opened


def show(client: StudioClient) -> dict[str, Any]:
    script: dict[str, Any] = client.ask(client.story("boats")).json
    return script


def lines(script: dict[str, Any]) -> list[dict[str, Any]]:
    return [u for c in script["chapters"] for p in c["paragraphs"] for u in p["utterances"]]


def by_place(script: dict[str, Any]) -> dict[int, tuple[str, str]]:
    """Return the words and the speaker of all that is said, by where it starts."""
    said: dict[int, tuple[str, str]] = {}
    for each in lines(script):
        if each["quotation"] is not None:
            words = said.get(each["quotation"], ("", ""))[0] + each["text"]
            said[each["quotation"]] = (words, each["speaker"])
    return said


def stated(project: Path) -> str:
    return (project / "voices.yaml").read_text(encoding="utf-8")


@pytest.mark.slow
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=paragraphs, beneath=edits, clicked=st.integers(0, 20), speaker=st.sampled_from(PEOPLE))
def test_a_correction_is_of_the_line_that_was_clicked_or_refused(
    studio: tuple[StudioClient, Path], first: list[str], beneath: list[Any], clicked: int, speaker: str
) -> None:
    client, project = studio
    text = project / "texts" / "boats.txt"
    text.write_text("\n\n".join(first), encoding="utf-8")
    (project / "voices.yaml").write_text(TONES, encoding="utf-8")
    page = show(client)
    spoken = [each for each in lines(page) if each["quotation"] is not None]
    if not spoken:
        return
    line = spoken[clicked % len(spoken)]
    revision = page["revision"]
    for kind, content in beneath:  # by an editor; another page looks, perhaps
        if kind == "text":
            text.write_text("\n\n".join(content), encoding="utf-8")
        elif kind == "lines":
            lines_of = "".join(f"      {words!r}: Tom\n" for words in dict.fromkeys(content))
            section = f"stories:\n  boats:\n    lines:\n{lines_of}" if lines_of else ""
            (project / "voices.yaml").write_text(TONES + section, encoding="utf-8")
        else:
            revision = show(client)["revision"]  # the page learns of other settings, and keeps its text
    before, text_before = stated(project), text.read_bytes()
    was = show(client)
    asked = {"quotation": line["quotation"], "words": line["text"], "edition": page["edition"]}
    answer = client.ask(
        client.story("boats", "/corrections"),
        "POST",
        value={**asked, "speaker": speaker, "revision": revision},
    )
    now = show(client)
    if answer.status == 200:
        # The page's text is the file's: the line is where it was, and is the speaker's.
        assert was["edition"] == page["edition"]
        words, owner = by_place(now)[line["quotation"]]
        assert line["text"] in words
        assert owner == speaker
        page_words = by_place(page)[line["quotation"]][0]
        assert words == page_words
    else:
        assert answer.status in {409, 422}, answer.body
        assert stated(project) == before
        assert by_place(now) == by_place(was)
    assert text.read_bytes() == text_before


def test_an_insertion_does_not_move_a_correction(studio: tuple[StudioClient, Path]) -> None:
    client, project = studio
    text = project / "texts" / "boats.txt"
    (project / "voices.yaml").write_text(TONES, encoding="utf-8")
    text.write_text('"Good evening," said Max.\n\n"And the boat?"\n', encoding="utf-8")
    page = show(client)
    line = next(each for each in lines(page) if each["text"] == "And the boat?")
    asked = {"quotation": line["quotation"], "words": line["text"], "edition": page["edition"]}
    change = {**asked, "speaker": "Nora", "revision": page["revision"]}
    text.write_text('"Who?" said Max.\n\n"Good evening," said Max.\n\n"And the boat?"\n', encoding="utf-8")
    refused = client.ask(client.story("boats", "/corrections"), "POST", value=change)
    assert refused.status == 409
    assert refused.json["error"].startswith("boats: its text was changed meanwhile, so nothing was written")
    heard = client.ask(client.story("boats", f"/utterances/{line['id']}/audio?edition={page['edition']}"))
    assert heard.status == 409
    # The right place, but other words than those that stand there.
    there = next(each for each in lines(show(client)) if each["text"] == "And the boat?")
    other = {**change, "quotation": there["quotation"], "edition": show(client)["edition"]}
    for words in ("Good evening,", " ", "And the goat?"):
        refused = client.ask(client.story("boats", "/corrections"), "POST", value={**other, "words": words})
        assert refused.status == 409
        assert "the line there is “And the boat?”" in refused.json["error"]
    assert stated(project) == TONES
    assert client.ask(client.story("boats", "/corrections"), "POST", value=other).status == 200
    assert "And the boat?" in stated(project)


def test_pages_are_told_of_an_edited_text(studio: tuple[StudioClient, Path]) -> None:
    client, project = studio
    text = project / "texts" / "boats.txt"
    text.write_text(PARAGRAPHS[0], encoding="utf-8")
    show(client)
    with client.events() as events:
        text.write_text(PARAGRAPHS[1], encoding="utf-8")
        assert next(data for kind, data in events if kind == "text") == {"name": "boats"}
