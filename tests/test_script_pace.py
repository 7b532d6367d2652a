"""A chapter of long words is read faster than one of short words, so that both have as many in a minute."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.casting import load_settings
from audiobook.cli import main
from audiobook.planning.scripting import settings_spacing
from audiobook.project.shared_engines import known_engines
from audiobook.script import write_script
from audiobook.script.pace import EDGES_S, FEWEST_WORDS, PAUSES_S, find_pace
from tests.test_script import make_book

LONG = "Extraordinary circumstances necessitated considerable international administrative cooperation. "
SHORT = "He sat on the mat and ate an egg and a bit of ham. "


def pace_of(text: str, language: str = "en") -> float:
    script = write_script(make_book(text, language))
    (pace,) = {utterance.pace for chapter in script.chapters for utterance in chapter.utterances}
    return pace


def test_long_words_are_read_faster_and_short_ones_slower() -> None:
    assert pace_of(LONG * 40) == 1.16
    assert pace_of(SHORT * 30) == 0.84
    assert 0.84 < pace_of((LONG + SHORT * 2) * 14) < 1.16


def test_it_takes_a_chapter_of_some_length_and_english() -> None:
    few = LONG * ((FEWEST_WORDS - 1) // len(LONG.split()))
    assert pace_of(few) == 1
    assert find_pace([], "en") == 1
    script = write_script(make_book(LONG * 40))
    assert find_pace(script.chapters[0].utterances, "de") == 1


def test_a_word_more_or_less_changes_nothing_as_a_rule() -> None:
    text = (LONG + SHORT * 2) * 14
    words = text.split()
    paces = {pace_of(" ".join(words[:n] + words[n + 1 :])) for n in range(0, len(words) - 1, 40)}
    assert paces == {pace_of(text)}


def test_the_silences_are_the_built_in_ones() -> None:
    spacing = settings_spacing(load_settings(None, engines=known_engines(), engine="pyttsx3").general)
    assert {follows: ms / 1000 for follows, ms in spacing.pause_ms.items()} == PAUSES_S
    assert (spacing.head_ms + spacing.tail_ms) / 1000 == EDGES_S


@pytest.mark.slow
def test_a_change_of_pace_is_told(new_project: Callable[..., Path]) -> None:
    project = new_project(tale=SHORT * 30)
    assert CliRunner().invoke(main, ["--quiet"]).exit_code == 0
    (project / "texts" / "tale.txt").write_text(SHORT * 30 + LONG * 30, encoding="utf-8")
    told = CliRunner().invoke(main, ["--dry-run"]).stdout
    assert "it is read the faster or slower for that" in " ".join(told.split())
