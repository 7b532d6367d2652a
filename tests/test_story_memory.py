"""A story is read again only where something has changed that its script depends on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from audiobook.casting import StorySettings
from audiobook.errors import SourceError
from audiobook.model import Book, Script
from audiobook.planning.scripting import plan_script, read_script
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.reading import ReadingWish
from audiobook.script import LineWords
from audiobook.studio import story_memory as memory
from audiobook.studio.story_memory import PlannedStory, StoryMemory
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


@dataclass
class Gate:
    """Reads stories, but only when it is let; tells what was read and settled."""

    is_broken: bool = False
    is_open: threading.Event = field(default_factory=threading.Event)
    asked: list[StorySettings] = field(default_factory=list)
    settled: list[Path] = field(default_factory=list)
    ready: list[PlannedStory] = field(default_factory=list)

    def read(self, path: Path, own: StorySettings) -> Script:
        self.asked.append(own)
        assert self.is_open.wait(10)
        if self.is_broken:
            raise SourceError("gone")
        return read_script(path, own)

    def memory(self) -> StoryMemory:
        return StoryMemory(
            self.read,
            settling=lambda _path, _settings, planned: self.ready.append(planned),
            settled=self.settled.append,
        )

    def wait_for(self, count: int) -> None:
        until = time.monotonic() + 60
        while len(self.settled) < count and time.monotonic() < until:
            time.sleep(0.01)
        assert len(self.settled) == count


def names(planned: PlannedStory) -> list[str | None]:
    return [quotation.speaker for quotation in planned.script.quotations]


def test_a_correction_is_shown_at_once_and_read_later(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    gate = Gate()
    kept = gate.memory()
    gate.is_open.set()
    first = kept.plan_now(path, settings())
    assert (names(first), first.is_settled, gate.ready, gate.settled) == (["Nora", "Max"], True, [], [])
    gate.is_open.clear()
    corrected = settings("lines: {Who is there?: Max}\n")
    foreseen = kept.plan_now(path, corrected)
    assert (names(foreseen), foreseen.is_settled) == (["Max", "Max"], False)
    assert kept.plan_now(path, corrected).script is foreseen.script  # the very same while nothing changes
    gate.is_open.set()
    gate.wait_for(1)
    settled = kept.plan_now(path, corrected)
    assert settled.is_settled
    assert (settled.script, settled.cast) == plan_script(path, corrected)
    assert [planned.script for planned in gate.ready] == [settled.script]  # before anybody is told
    assert len(gate.asked) == 2


def test_what_is_foreseen_is_cast_in_its_language(new_project: NewProject) -> None:
    story = (
        "„Du kommst spät“, sagte Anna und stellte die Tasche auf den Tisch. Draußen regnete es noch.\n\n"
        "„Ich weiß“, sagte Jonas. „Die Bahn stand eine Stunde lang vor der Brücke.“\n"
    )
    path = new_project(a=story) / "texts" / "a.txt"
    Path("voices.yaml").unlink()
    first = read_settings(open_project(Path())).for_story("a")
    gate = Gate()
    gate.is_open.set()
    kept = gate.memory()
    assert kept.plan_now(path, first).script.book.language == "de"
    Path("voices.yaml").write_text("lines: {Du kommst spät: Jonas}\n", encoding="utf-8")
    corrected = read_settings(open_project(Path(), voices=Path("voices.yaml"))).for_story("a")
    gate.is_open.clear()
    foreseen = kept.plan_now(path, corrected)
    gate.is_open.set()
    gate.wait_for(1)
    settled = kept.plan_now(path, corrected)
    assert (foreseen.is_settled, settled.is_settled) == (False, True)
    assert foreseen.script.book == settled.script.book  # and each warning of its language is there once
    assert foreseen.script.stated == settled.script.stated
    assert names(foreseen) == names(settled)
    assert foreseen.cast == settled.cast


def test_what_is_taken_back_is_known(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    gate = Gate()
    gate.is_open.set()
    kept = gate.memory()
    first = kept.plan_now(path, settings())
    kept.plan_now(path, settings("lines: {Who is there?: Max}\n"))
    assert kept.plan_now(path, settings()).script is first.script  # while it is read
    gate.wait_for(1)
    assert kept.plan_now(path, settings()).script is first.script  # and after
    assert len(gate.asked) == 2


def test_corrections_in_a_row_are_read_together(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    gate = Gate()
    gate.is_open.set()
    kept = gate.memory()
    kept.plan_now(path, settings())
    gate.is_open.clear()
    for speaker in ("Max", "Tom", "Clara", "Zoe"):
        last = settings(f"lines: {{Who is there?: {speaker}}}\n")
        assert names(kept.plan_now(path, last)) == [speaker, "Max"]
    gate.is_open.set()
    gate.wait_for(2)
    assert kept.plan_now(path, last).is_settled
    # The first was under way; of those that came meanwhile only the last counts.
    assert [own.lines[0].speaker for own in gate.asked[1:]] == ["Max", "Zoe"]


def test_another_text_is_waited_for(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    gate = Gate()
    gate.is_open.set()
    kept = gate.memory()
    kept.plan_now(path, settings())
    path.write_text(STORY + '\n"Good night," said Nora.\n', encoding="utf-8")
    later = kept.plan_now(path, settings("lines: {Good night: Max}\n"))
    assert (names(later), later.is_settled) == (["Nora", "Max", "Max"], True)


def test_what_can_not_be_read_is_told_to_who_asks_and_not_for_ever(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    gate = Gate()
    gate.is_open.set()
    kept = gate.memory()
    kept.plan_now(path, settings())
    gate.is_broken = True
    corrected = settings("lines: {Who is there?: Max}\n")
    assert not kept.plan_now(path, corrected).is_settled
    gate.wait_for(1)
    for _ in range(2):
        with pytest.raises(SourceError, match="gone"):
            kept.plan_now(path, corrected)
    gate.is_broken = False
    assert kept.plan_now(path, corrected).is_settled
    assert len(gate.settled) == 1


def test_words_are_those_of_the_book_that_was_read(new_project: NewProject) -> None:
    path = new_project(a=STORY) / "texts" / "a.txt"
    searched: list[Path] = []

    def find(path: Path, own: StorySettings, _book: Book) -> LineWords:
        searched.append(path)
        return LineWords(read_script(path, own).book)

    kept = StoryMemory(find_words=find)
    book = kept.plan_now(path, settings()).script.book
    assert kept.words(path, settings(), book) is kept.words(path, settings(), book)
    path.write_text("Snow fell.\n\n" + STORY, encoding="utf-8")  # saved before the words are asked for
    assert kept.words(path, settings(), book).text == book.text
    assert len(searched) == 2
