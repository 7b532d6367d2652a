"""Synchronized text and chapter marks in an MP3, as other programs read them."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from mutagen.id3 import ID3

from audiobook.audio import Spacing, encode, find_encoder
from audiobook.cli import main
from audiobook.model import NARRATOR, Break, Cast, Cue, Role, ScriptChapter, Utterance, Voice
from audiobook.planning.scenes import mark_scenes
from audiobook.publishing import Stamp, Tags, write_tags

TAGS = Tags(
    title="One",
    album="Book",
    author=None,
    voices=("v",),
    number=3,
    count=12,
    language="de-AT",
    text="Schön. Ach ☃!",
)
CAST = Cast(
    roles=(Role(speaker=NARRATOR, voice=Voice(engine="pyttsx3", id="en"), why="reads"),),
)
SPACING = Spacing(pause_ms={"sentence": 400, "scene": 2000, "paragraph": 750}, head_ms=900, tail_ms=3000)


def _say(text: str, follows: Break = "sentence") -> Utterance:
    return Utterance(
        paragraph=1, start=0, end=0, kind="narration", speaker=NARRATOR, text=text, follows=follows
    )


def _mp3(folder: Path, texts: Sequence[str], scenes: tuple[int, ...]) -> Path:
    path = folder / "a.mp3"
    encoder = find_encoder()
    encode([bytes(2 * 22_050 * 10)], path, codec="mp3", sample_rate=22_050, filters="anull", encoder=encoder)
    cues = tuple(
        Cue(utterance=_say(text), start_s=0.9004 + 2 * number, end_s=2.6 + 2 * number)
        for number, text in enumerate(texts)
    )
    stamp = Stamp(fingerprint="f", origin="texts", record="{}", times="[1]", cues=cues, seconds=10.0)
    write_tags(path, replace(TAGS, scenes=scenes), stamp)
    return path


def _ask_ffmpeg(path: Path) -> str:
    """Return what ffmpeg says of a file, chapters and all."""
    command = [find_encoder().program, "-hide_banner", "-i", str(path)]
    return subprocess.run(command, capture_output=True, check=False).stderr.decode()


def test_the_text_runs_along_in_milliseconds(tmp_path: Path) -> None:
    id3 = ID3(_mp3(tmp_path, ["Schön.", "Ach ☃!"], ()))
    (sylt,) = id3.getall("SYLT")
    assert id3.version == (2, 3, 0)
    assert (sylt.encoding, sylt.lang, sylt.format, sylt.type, sylt.desc) == (1, "deu", 2, 1, "")
    assert sylt.text == [("Schön.", 900), ("Ach ☃!", 2900)]
    assert not id3.getall("CHAP")
    assert not id3.getall("CTOC")


def test_scenes_are_marked_in_an_ordered_table_of_contents(tmp_path: Path) -> None:
    path = _mp3(
        tmp_path, ["Schön.", "Ach ☃!", "Then the door opened, and who should come in but he."], (0, 2)
    )
    id3 = ID3(path)
    (table,) = id3.getall("CTOC")
    assert int(table.flags) == 3  # top level, ordered
    marks = [id3[f"CHAP:{name}"] for name in table.child_element_ids]
    assert len(id3.getall("CHAP")) == 2
    assert [(mark.start_time, mark.end_time, mark.start_offset) for mark in marks] == [
        (0, 4650, 0xFFFFFFFF),
        (4650, 10_000, 0xFFFFFFFF),
    ]
    assert [str(mark.sub_frames["TIT2"]) for mark in marks] == [
        "One",
        "2. Then the door opened, and who should…",
    ]
    assert all("file3" in mark.element_id for mark in marks)
    assert re.findall(r"Chapter #0:\d: start ([\d.]+), end ([\d.]+)", _ask_ffmpeg(path)) == [
        ("0.000000", "4.650000"),
        ("4.650000", "10.000000"),
    ]


def _chapter(number: int, minutes: Sequence[float]) -> ScriptChapter:
    """Return a chapter of scenes of so many minutes (a sentence of 50 letters takes about 4 s)."""
    sentence = "It was a dark and stormy night and the rain fell in torrents."
    utterances: list[Utterance] = []
    for length in minutes:
        follows: Break = "scene" if utterances else "none"
        utterances += [_say(sentence, follows)] + [_say(sentence)] * (round(length * 60 / 4.0) - 1)
    return ScriptChapter(number=number, title=str(number), utterances=tuple(utterances))


def test_long_chapters_scenes_are_marked_in_all_files_of_the_book_or_in_none() -> None:
    short, one_scene, long = _chapter(1, [2, 2]), _chapter(2, [15]), _chapter(3, [6, 0.5, 6, 6])
    assert mark_scenes([short, one_scene], CAST, SPACING) == [(), ()]
    marks = mark_scenes([short, one_scene, long], CAST, SPACING)
    assert marks[:2] == [(0,), (0,)]
    # The scene of half a minute is marked, and what comes so soon after it is not.
    assert marks[2] == (0, 90, 98 + 90)


@pytest.mark.slow  # twelve minutes of sound
def test_a_book_with_a_long_chapter_has_marks_that_differ_from_file_to_file(
    new_project: Callable[..., Path],
) -> None:
    scene = "The rain fell on the old town and nobody was out in the streets at all. " * 100
    story = f"CHAPTER I\n\nShort it was.\n\nCHAPTER II\n\n{scene}\n\n* * *\n\nThen: {scene}\n"
    project = new_project(story=story)
    made = CliRunner().invoke(main, ["--quiet"])
    assert made.exit_code == 0, made.output
    first, second = (ID3(path) for path in sorted((project / "output" / "story").glob("*.mp3")))
    titles = [[str(m.sub_frames["TIT2"]) for m in id3.getall("CHAP")] for id3 in (first, second)]
    assert titles[0] == [str(first["TIT2"])]
    assert len(titles[1]) == 2
    assert str(second["TIT2"]) in titles[1]
    spoken = [len(id3.getall("SYLT")[0].text) for id3 in (first, second)]
    assert spoken[0] >= 2
    assert spoken[1] > 200
