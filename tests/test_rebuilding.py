"""Only what an edit touches is made again, in a finished novel: a character's clips, a paragraph's clip."""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.audio import Encoder
from audiobook.planning.plans import Encoding, StoryPlan, plan_story
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from benchmarks.torture import make_book
from tests.command_line import make
from tests.conftest import ROOT

NewProject = Callable[..., Path]

pytestmark = pytest.mark.slow

NOVEL = Path("books", "pg1342-pride-and-prejudice.txt")


def plan(project: Path, name: str) -> StoryPlan:
    opened = open_project(project)
    return plan_story(
        project / "texts" / f"{name}.txt",
        read_settings(opened).for_story(name),
        project=opened,
        encoding=Encoding(encoder=Encoder(program="x", version="x")),
    )


def changes(before: StoryPlan, after: StoryPlan) -> tuple[list[str], set[str]]:
    """Return the files that are to be made anew, and the keys of the clips to be spoken."""
    known = {spec.key for track in before.tracks for spec in track.specs}
    made = {track.path: track.fingerprint for track in before.tracks}
    files = [track.path.name for track in after.tracks if made.get(track.path) != track.fingerprint]
    return files, {spec.key for track in after.tracks for spec in track.specs} - known


def run() -> dict[str, object]:
    (story,) = make().values()
    return story


def inodes(project: Path) -> dict[str, int]:
    return {path.name: path.stat().st_ino for path in (project / "output").rglob("*.mp3")}


def test_one_voice_and_one_paragraph_of_a_finished_book(new_project: NewProject) -> None:
    text = make_book(1500, 6).replace('" Martin said', '" Clara said')
    text += '\n\nChapter 7\n\n"We have waited," Martin said. Then he said nothing more.\n'
    project = new_project(settings=(ROOT / "voices.yaml").read_text(encoding="utf-8"), book=text)
    first = run()
    assert first["clips_reused"] == 0
    planned, before = plan(project, "book"), inodes(project)

    role = planned.cast.by_speaker["Nora"]
    settings = project / "voices.yaml"
    chosen = "en-us+f5" if role.voice.id != "en-us+f5" else "en-us+f4"
    stated = settings.read_text(encoding="utf-8")
    assert "# Rachel: {voice: en-us+f4" in stated
    settings.write_text(
        stated.replace("# Rachel: {voice: en-us+f4", f"Nora: {{voice: {chosen}"), encoding="utf-8"
    )
    lines = [u for track in planned.tracks for u in track.utterances if u.speaker == "Nora"]
    spoken_in = [t.path.name for t in planned.tracks if any(u.speaker == "Nora" for u in t.utterances)]
    assert 0 < len(spoken_in) < 7
    recast, after = run(), inodes(project)
    assert recast["clips_made"] == len(lines)
    assert sorted(name for name in after if after[name] != before[name]) == spoken_in

    book = project / "texts" / "book.txt"
    assert text.count("Then he said nothing more.") == 1
    book.write_text(text.replace("Then he said nothing more.", "Then he fell silent."), encoding="utf-8")
    edited, last = run(), inodes(project)
    assert edited["clips_made"] == 1
    assert [name for name in last if last[name] != after[name]] == ["07 - Chapter 7.mp3"]


@pytest.mark.skipif(
    not (Path(os.environ.get("NARRATE_CORPUS", "/nowhere")) / NOVEL).exists(),
    reason="NARRATE_CORPUS is unset: the real novel is not here",
)
def test_a_word_or_a_voice_of_a_real_novel(new_project: NewProject) -> None:
    text = (Path(os.environ["NARRATE_CORPUS"]) / NOVEL).read_text(encoding="utf-8-sig")
    project = new_project(settings="engine: pyttsx3\n", novel=text)
    before = plan(project, "novel")
    paragraphs = text.split("\n\n")
    middle = range(len(paragraphs) // 20, len(paragraphs) * 9 // 10)
    long = [number for number in middle if len(paragraphs[number].split()) > 25]
    for number in random.Random(1).sample(long, 4):
        words = paragraphs[number].split(" ")
        at = next(n for n in range(len(words) // 2, len(words)) if words[n].isalpha() and words[n].islower())
        changed = " ".join([*words[:at], "presently", *words[at + 1 :]])
        edited = "\n\n".join([*paragraphs[:number], changed, *paragraphs[number + 1 :]])
        (project / "texts" / "novel.txt").write_text(edited, encoding="utf-8")
        files, clips = changes(before, plan(project, "novel"))
        assert (len(files), len(clips)) == (1, 1), paragraphs[number]

    (project / "texts" / "novel.txt").write_text(text, encoding="utf-8")
    speaker = "Mr. Collins"
    assert speaker in before.cast.by_speaker
    (project / "voices.yaml").write_text(
        f"engine: pyttsx3\ncharacters: {{{speaker}: {{voice: en-us+croak}}}}\n", encoding="utf-8"
    )
    after = plan(project, "novel")
    files, clips = changes(before, after)
    own = [track for track in before.tracks if any(u.speaker == speaker for u in track.utterances)]
    assert 3 < len(own) < len(before.tracks) / 2
    assert set(files) == {track.path.name for track in own}
    spoken = {
        o.key
        for t in after.tracks
        for u, o in zip(t.utterances, t.specs, strict=True)
        if u.speaker == speaker
    }
    assert clips == spoken
