"""Chapters too long for a file are cut where the story pauses, the same way after an edit elsewhere."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3

from audiobook.audio import Encoder, Spacing
from audiobook.model import NARRATOR, Book, Break, Cast, Role, Script, ScriptChapter, Utterance, Voice
from audiobook.planning.estimate import count_sounds, estimate_speech_s
from audiobook.planning.plans import Encoding, plan_story
from audiobook.planning.splitting import LONGEST_S, split_chapters
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.publishing import read_mark
from benchmarks.speed import generate_text
from tests.conftest import ROOT, TONES

NewProject = Callable[..., Path]

VOICE = Voice(engine="pyttsx3", id="en-us")
CAST = Cast(roles=(Role(speaker=NARRATOR, voice=VOICE, why=""),))
SPACING = Spacing(
    pause_ms={"none": 0, "sentence": 400, "speaker": 400, "paragraph": 750, "scene": 2000, "heading": 2500},
    head_ms=750,
    tail_ms=3000,
)


def say(number: int, text: str, follows: Break) -> Utterance:
    return Utterance(
        paragraph=number, start=0, end=0, kind="narration", speaker=NARRATOR, text=text, follows=follows
    )


def script_of(utterances: Sequence[Utterance], language: str = "en") -> Script:
    chapter = ScriptChapter(number=3, title="III", utterances=tuple(utterances))
    book = Book(name="b", source="b.txt", text="", title="B", language=language, chapters=())
    return Script(book=book, characters=(), quotations=(), chapters=(chapter,), skipped=())


def long_chapter(paragraphs: int, scenes: Sequence[int] = (), seed: int = 1) -> list[Utterance]:
    """A chapter of paragraphs of three sentences, about 25 s each."""
    chance = random.Random(seed)
    said: list[Utterance] = []
    for number in range(paragraphs):
        for sentence in range(3):
            words = " ".join("lorem" * chance.randint(1, 3) for _ in range(10))
            follows: Break = "scene" if number in scenes else "paragraph"
            said.append(say(number + 1, f"{words} {number}.", "sentence" if sentence else follows))
    return said


def seconds(utterances: Sequence[Utterance]) -> float:
    speech = sum(estimate_speech_s(u.text, VOICE) for u in utterances)
    return speech + sum(SPACING.pause_ms[u.follows] for u in utterances) / 1000


def test_a_chapter_that_fits_stays_as_it_is() -> None:
    script = script_of(long_chapter(100))
    assert seconds(script.chapters[0].utterances) < LONGEST_S
    assert split_chapters(script, CAST, SPACING) == script


def test_a_scene_break_is_chosen_before_a_paragraph() -> None:
    said = long_chapter(400, scenes=(20, 170, 390))
    first, second = split_chapters(script_of(said), CAST, SPACING).chapters
    assert (first.title, second.title) == ("III (part 1 of 2)", "III (part 2 of 2)")
    assert first.number == second.number == 3
    assert second.utterances[0].paragraph == 171
    assert (*first.utterances, *second.utterances) == tuple(said)


def test_without_scenes_the_parts_are_about_equal_and_begin_with_paragraphs() -> None:
    said = long_chapter(1500)
    parts = split_chapters(script_of(said), CAST, SPACING).chapters
    lengths = [seconds(part.utterances) for part in parts]
    assert max(lengths) < LONGEST_S
    assert max(lengths) / min(lengths) < 1.25
    assert all(part.utterances[0].follows == "paragraph" for part in parts[1:])


def test_a_paragraph_without_end_is_cut_between_sentences() -> None:
    said = [replace(u, paragraph=1, follows="sentence") for u in long_chapter(400)]
    parts = split_chapters(script_of(said), CAST, SPACING).chapters
    assert len(parts) == 2
    assert max(seconds(part.utterances) for part in parts) < LONGEST_S


def test_no_part_ends_with_a_heading() -> None:
    said = long_chapter(400)
    middle = len(said) // 2 // 3 * 3
    near = range(middle - 120, middle + 120, 3)
    said = [
        replace(u, kind="heading") if any(n in (at, at + 1, at + 2) for at in near if at % 2) else u
        for n, u in enumerate(said)
    ]
    first, _ = split_chapters(script_of(said), CAST, SPACING).chapters
    assert first.utterances[-1].kind == "narration"


@pytest.mark.slow
def test_an_edited_paragraph_moves_no_cut() -> None:
    said = long_chapter(900)

    def cuts(utterances: Sequence[Utterance]) -> list[int]:
        return [
            c.utterances[0].paragraph for c in split_chapters(script_of(utterances), CAST, SPACING).chapters
        ]

    before, moved = cuts(said), 0
    for number in range(0, len(said), 27):
        edited = [*said[:number], replace(said[number], text="Another sentence now."), *said[number + 1 :]]
        moved += cuts(edited) != before
    assert len(before) > 2
    assert moved <= 1


def test_other_languages_and_scripts_are_given_more_room() -> None:
    said = long_chapter(230)
    assert len(split_chapters(script_of(said), CAST, SPACING).chapters) == 1
    assert len(split_chapters(script_of(said, "tr"), CAST, SPACING).chapters) == 2
    assert count_sounds("人人生而自由") == 30
    assert count_sounds("In 1815, “so it was”") == 2 + 16 + 7


@given(
    st.lists(
        st.tuples(st.integers(1, 400), st.sampled_from(["sentence", "speaker", "paragraph", "scene"])),
        min_size=1,
        max_size=60,
    ),
    st.integers(30, 400),
)
def test_the_parts_tile_the_chapter_and_fit(pieces: list[tuple[int, Break]], longest_s: int) -> None:
    said = [say(number, "a" * letters, follows) for number, (letters, follows) in enumerate(pieces)]
    parts = split_chapters(script_of(said), CAST, SPACING, longest_s=longest_s).chapters
    assert [u for part in parts for u in part.utterances] == said
    assert all(part.utterances for part in parts)
    lengths = [seconds(part.utterances) + 3.75 for part in parts]
    longest = max(1.05 * estimate_speech_s(u.text, VOICE) for u in said)
    if longest + 3.75 + 2 <= longest_s / 2:
        assert max(lengths) <= longest_s
    if seconds(said) * 1.05 + 3.75 <= longest_s:
        assert len(parts) == 1


def test_a_divided_paragraph_gives_each_part_its_own_words(new_project: NewProject) -> None:
    text = " ".join(
        f"Sentence {number} has some quite ordinary words in it, and ends." for number in range(900)
    )
    project = open_project(new_project(settings=f"{TONES}rate: 80\n", endless=text))
    plan = plan_story(
        project.texts / "endless.txt",
        read_settings(project).for_story("endless"),
        project=project,
        encoding=Encoding(encoder=Encoder(program="x", version="x")),
    )
    assert [track.path.name for track in plan.tracks] == [
        "01 - Endless (part 1 of 2).mp3",
        "02 - Endless (part 2 of 2).mp3",
    ]
    assert " ".join(track.tags.text for track in plan.tracks) == text


@pytest.mark.slow
def test_a_chapter_of_over_two_hours_becomes_two_files_under_119_minutes(new_project: NewProject) -> None:
    paragraphs = generate_text(27_000).split("\n\n")
    text = "\n\n".join(["Chapter 1", *paragraphs, "Chapter 2", "The end had come."])
    project = new_project(settings=(ROOT / "voices.yaml").read_text(encoding="utf-8"), long=text)
    done = subprocess.run(
        [sys.executable, "-m", "audiobook", "--json"],
        capture_output=True,
        text=True,
        check=True,
        env=None,
    )
    (story,) = json.loads(done.stdout)["stories"]
    names = [Path(name).name for name in story["files"] if name.endswith(".mp3")]
    assert names == [
        "01 - Chapter 1 (part 1 of 2).mp3",
        "02 - Chapter 1 (part 2 of 2).mp3",
        "03 - Chapter 2.mp3",
    ]
    files = [project / name for name in story["files"] if name.endswith(".mp3")]
    marks = [read_mark(path) for path in files]
    lengths = [mark.seconds for mark in marks if mark]
    assert sum(lengths[:2]) > 7200
    assert max(lengths) < LONGEST_S
    assert max(lengths[:2]) / min(lengths[:2]) < 1.25
    tags = [ID3(path) for path in files]
    assert [str(tag["TRCK"]) for tag in tags] == ["1/3", "2/3", "3/3"]
    words = " ".join(tag.getall("USLT")[0].text for tag in tags[:2]).split()
    assert words == " ".join(["Chapter 1", *paragraphs]).split()
    assert all(a["TIT2"] != b["TIT2"] for a, b in pairwise(tags))
