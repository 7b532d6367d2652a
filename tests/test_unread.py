"""Chinese and Japanese characters: read by a voice that can, else counted and named, never called letters."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.engines import open_engine
from audiobook.engines.base import LiterateEngine
from tests.command_line import make, narrate

NewProject = Callable[..., Path]


@pytest.mark.parametrize(
    ("voice", "characters", "unread"),
    [
        ("ja", "雨がふる人", "雨人"),
        ("ja+f1", "カタカナ々", "々"),
        ("cmn", "下雨了の龍辻", "の辻"),
        ("yue", "外面落雨ガ", "ガ"),
        ("en-us", "雨のカ", "雨のカ"),
        ("ko", "大韓", "大韓"),
    ],
)
def test_espeak_knows_what_it_can_not_read(voice: str, characters: str, unread: str) -> None:
    engine = open_engine("pyttsx3")
    assert isinstance(engine, LiterateEngine)
    assert engine.find_unread(characters, voice) == set(unread)


KANJI = {
    "novel": ["　雨が降っていた。", "「おそいよ」とアンナは言った。", "雨。", "ふたりはだまってあるいた。"],
    "diary": [
        "# 日記",
        "きょうは朝から雨でした。",
        "本をよみました。",
        "## 夜",
        "ほしがきれいでした。",
    ],
    "letter": [
        "Dear Ana,",
        "The sign said 雨宿り, and nobody would tell me what it meant.",
        "雨宿り",
        "Yours",
    ],
}


@pytest.mark.slow
@pytest.mark.parametrize(("story", "count", "lines"), [("novel", 4, 1), ("diary", 6, 2), ("letter", 6, 1)])
def test_what_no_voice_reads_is_counted_and_never_called_a_letter(
    story: str, count: int, lines: int, new_project: NewProject
) -> None:
    project = new_project(**{"settings": "engine: pyttsx3\n", story: "x"})
    (project / "texts" / f"{story}.txt").rename(project / "texts" / f"{story}.md")
    (project / "texts" / f"{story}.md").write_text("\n\n".join(KANJI[story]), encoding="utf-8")
    script = json.loads(narrate("script", "--json", story).stdout)
    skipped = [skip for skip in script["skipped"] if "reads its characters" in skip["reason"]]
    assert len(skipped) == lines
    report = make()[story]
    assert report["unspoken"] == count
    assert any(f"{count} of " in w and "not spoken" in w for w in report["warnings"])  # type: ignore[attr-defined]


def test_characters_that_a_person_has_spelled_are_spoken(new_project: NewProject) -> None:
    settings = "engine: pyttsx3\npronunciations: {雨宿り: amayadori}\n"
    new_project(settings=settings, letter="\n\n".join(KANJI["letter"]))
    assert make()["letter"]["unspoken"] == 0


def test_a_text_of_which_nothing_can_be_read_is_refused(new_project: NewProject) -> None:
    new_project(settings="engine: pyttsx3\n", stone="---\nlanguage: ja\n---\n\n国破山河在\n\n城春草木深\n")
    done = narrate("make", "stone")
    assert (done.returncode, "reads none of its characters" in done.stderr) == (1, True)


def test_a_chinese_text_is_read_whole_and_counted_by_characters(new_project: NewProject) -> None:
    new_project(
        settings="engine: pyttsx3\n", rain="外面还在下雨。\n\n谁也没有说话。过了很久，她才站起来，走到窗边。"
    )
    report = make()["rain"]
    assert (report["unspoken"], report["words"]) == (0, 25)
    listed = json.loads(narrate("contents", "--json", "rain").stdout)
    assert listed["chapters"][0]["words"] == 25
