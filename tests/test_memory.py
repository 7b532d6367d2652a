"""A story is read again only where something has changed that its script depends on."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.casting import StorySettings
from audiobook.errors import SourceError
from audiobook.production import StoryMemory, memory, open_project, read_settings
from audiobook.production.scripting import plan_script
from audiobook.reading import ReadingWish
from tests.conftest import TONES

NewProject = Callable[..., Path]

STORY = '"Who is there?" asked Nora.\n\n"It is only the wind," said Max.\n'


def settings(text: str = "") -> StorySettings:
    Path("voices.yaml").write_text(TONES + text, encoding="utf-8")
    return read_settings(open_project(Path())).for_story("a")


def test_what_has_not_changed_is_the_very_same(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    kept = StoryMemory()
    first = kept.plan_script(path, settings())
    assert first == plan_script(path, settings())
    assert kept.plan_script(path, settings("# a comment\n")) is first


def test_a_voice_costs_the_casting_alone(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    kept = StoryMemory()
    stated = "characters: {Nora: {rate: 120}}\n"
    script, _ = kept.plan_script(path, settings(stated))
    other, cast = kept.plan_script(path, settings(stated.replace("120", "200")))
    assert cast.voice_of("Nora").rate == 200
    assert other.quotations is script.quotations
    assert other == plan_script(path, settings(stated))[0]


def test_corrections_details_and_the_file_are_read_anew(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    kept = StoryMemory()
    kept.plan_script(path, settings())
    for text in (
        "characters: {Nora: {gender: male}}\n",
        "lines: {Who is there?: Max}\n",
        "stories: {a: {title: Night}}\n",
        "credits: {opening: true}\n",
    ):
        assert kept.plan_script(path, settings(text)) == plan_script(path, settings(text))
    path.write_text(STORY + '\n"Good night," said Nora.\n', encoding="utf-8")
    assert len(kept.plan_script(path, settings())[0].quotations) == 3
    path.unlink()
    with pytest.raises(SourceError, match=r"a\.txt"):
        kept.plan_script(path, settings())


def test_wishes_of_one_run_are_not_kept(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    kept = StoryMemory()
    first = kept.plan_script(path, settings())
    assert len(kept.plan_script(path, settings(), preview=1)[0].chapters[0].utterances) == 2
    assert kept.plan_script(path, settings(), wish=ReadingWish(matter=True)) == first
    assert kept.plan_script(path, settings()) is first


def test_too_many_letters_are_let_go_of_the_oldest_first(
    new_project: NewProject, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "_MOST_LETTERS", 2 * len(STORY))
    texts = new_project(a=STORY, b=STORY, c=STORY) / "texts"
    kept = StoryMemory()
    first = {name: kept.plan_script(texts / f"{name}.txt", settings()) for name in "abc"}
    assert kept.plan_script(texts / "c.txt", settings()) is first["c"]
    assert kept.plan_script(texts / "b.txt", settings()) is first["b"]
    assert kept.plan_script(texts / "a.txt", settings()) is not first["a"]
