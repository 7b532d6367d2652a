"""What the narrator announces, the pause after a heading, and the sample: planned, spoken, measured."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3

from audiobook.audio import Encoder, Spacing
from audiobook.casting import Credits
from audiobook.model import NARRATOR, Book, Break, Cast, Role, Script, ScriptChapter, Utterance, Voice
from audiobook.planning.chapters import ChapterChoice, Scope
from audiobook.planning.credits import add_credits
from audiobook.planning.plans import Encoding, StoryPlan, plan_story
from audiobook.planning.records import read_record
from audiobook.planning.samples import choose_sample, keep_within
from audiobook.planning.scripting import plan_script
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.publishing import read_mark, read_record_text, read_track
from audiobook.publishing.lpf import read_mark as read_lpf_mark
from benchmarks.speed import generate_text
from tests.conftest import TONES
from tests.test_lpf import assert_valid

NewProject = Callable[..., Path]

BOTH = Credits(opening=True, closing=True)
SPACING = Spacing(
    pause_ms={"none": 0, "sentence": 400, "speaker": 250, "paragraph": 750, "scene": 2000, "heading": 2500},
    head_ms=900,
    tail_ms=3000,
)
CAST = Cast(roles=(Role(speaker=NARRATOR, voice=Voice(engine="pyttsx3", id="en-us"), why=""),))
TWO_CHAPTERS = "# One\n\n“Oh,” said Max. He left.\n\n# Two\n\nHe came back. All was well.\n"


def say(text: str, follows: Break = "sentence", paragraph: int = 1) -> Utterance:
    return Utterance(
        paragraph=paragraph, start=0, end=9, kind="narration", speaker=NARRATOR, text=text, follows=follows
    )


def script_of(*chapters: Sequence[Utterance], language: str = "en", author: str | None = "Ann Lee") -> Script:
    book = Book(
        name="b", source="b.txt", text="x" * 9, title="Sea", author=author, language=language, chapters=()
    )
    made = (ScriptChapter(number=n, title=f"{n}", utterances=tuple(u)) for n, u in enumerate(chapters, 1))
    return Script(book=book, characters=(), quotations=(), chapters=tuple(made), skipped=())


def spoken(script: Script) -> list[list[str]]:
    return [[u.text for u in chapter.utterances] for chapter in script.chapters]


def plan(
    project: Path, name: str, codecs: Sequence[str] = ("mp3",), preview: int | None = None, chosen: str = ""
) -> StoryPlan:
    opened = open_project(project)
    return plan_story(
        project / "texts" / name,
        read_settings(opened).for_story(Path(name).stem),
        project=opened,
        encoding=Encoding(encoder=Encoder(program="x", version="x"), codecs=codecs),
        scope=Scope(
            preview=preview, chapters=ChapterChoice(ranges=((int(chosen), None),)) if chosen else None
        ),
    )


def test_the_credits_of_a_book_are_files_of_their_own() -> None:
    script = add_credits(script_of([say("One.")], [say("Two.")]), BOTH)
    assert spoken(script) == [
        ["Sea, by Ann Lee.", "Narrated by synthetic voices."],
        ["One."],
        ["Two."],
        ["The End."],
    ]
    assert [c.title for c in script.chapters] == ["Opening Credits", "1", "2", "Closing Credits"]
    assert [c.number for c in script.chapters] == [0, 1, 2, 0]


def test_the_credits_of_a_story_are_a_part_of_its_one_file() -> None:
    (chapter,) = add_credits(script_of([say("One.", "none"), say("More.")]), BOTH).chapters
    assert [(u.text, u.follows, u.kind) for u in chapter.utterances] == [
        ("Sea, by Ann Lee.", "none", "credit"),
        ("Narrated by synthetic voices.", "sentence", "credit"),
        ("One.", "heading", "narration"),
        ("More.", "sentence", "narration"),
        ("The End.", "heading", "credit"),
    ]
    assert all(u.start == u.end for u in chapter.utterances if u.kind == "credit")


@pytest.mark.parametrize(
    ("language", "author", "opening", "closing"),
    [
        ("en-GB", None, "Sea. Narrated by synthetic voices.", "The End."),
        ("de", "A; B; C", "Sea, von A, B und C. Gelesen von synthetischen Stimmen.", "Ende."),
        ("fr_CA", "A", "Sea, de A. Lu par des voix de synthèse.", "Fin."),
        ("es", "A; B", "Sea, de A y B. Narrado por voces sintéticas.", "Fin."),
        ("it", "A", "Sea, di A. Letto da voci sintetiche.", "Fine."),
        ("pl", "A; B", "Sea. Autor: A i B. Czyta: głosy syntetyczne.", "Koniec."),
        ("is", "A", "Sea, by A. Narrated by synthetic voices.", "The End."),
    ],
)
def test_credits_are_in_the_books_language(
    language: str, author: str | None, opening: str, closing: str
) -> None:
    script = script_of([say("One.")], [say("Two.")], language=language, author=author)
    said = spoken(add_credits(script, BOTH))
    assert (" ".join(said[0]), " ".join(said[-1])) == (opening, closing)
    announced = [u for c in add_credits(script, BOTH).chapters for u in c.utterances if u.kind == "credit"]
    assert {u.language for u in announced} == {"en" if language == "is" else None}


def test_credits_can_be_worded_and_the_narrator_named() -> None:
    wishes = Credits(opening="{title}! From {author}, told by {narrator}.", narrator="Jane Doe")
    said = spoken(add_credits(script_of([say("One.")], [say("Two.")]), wishes))
    assert said[0] == ["Sea!", "From Ann Lee, told by Jane Doe."]
    assert said[-1] == ["Two."]


@pytest.mark.parametrize(
    ("title", "said"), [("Who?", "Who? by Ann."), ("Inc.", "Inc., by Ann."), ("A...", "A..., by Ann.")]
)
def test_a_title_keeps_its_own_mark(title: str, said: str) -> None:
    script = script_of([say("One.")], [say("Two.")], author="Ann.")
    script = replace(script, book=replace(script.book, title=title))
    assert " ".join(spoken(add_credits(script, BOTH))[0]).startswith(f"{said} Narrated")


def test_without_credits_nothing_changes() -> None:
    script = script_of([say("One.")])
    assert add_credits(script, Credits()) is script


@pytest.mark.slow
def test_previews_and_chosen_chapters_have_no_credits(new_project: NewProject) -> None:
    project = new_project(f"{TONES}credits: {{opening: true, closing: true}}\n")
    (project / "texts" / "b.md").write_text(TWO_CHAPTERS, encoding="utf-8")
    names = [track.path.name for track in plan(project, "b.md").tracks]
    assert names == ["01 - Opening Credits.mp3", "02 - One.mp3", "03 - Two.mp3", "04 - Closing Credits.mp3"]
    assert [track.path.name for track in plan(project, "b.md", chosen="2").tracks] == ["03 - Two.mp3"]
    kinds = {u.kind for track in plan(project, "b.md", preview=2).tracks for u in track.utterances}
    assert "credit" not in kinds


def test_a_heading_has_its_pause_on_both_sides(new_project: NewProject) -> None:
    project = new_project()
    (project / "texts" / "b.md").write_text(
        "# One\n\n## The Start\n\nWords. More.\n\n## A Part\n\nEnd.\n", encoding="utf-8"
    )
    settings = read_settings(open_project(project)).general
    script, _ = plan_script(project / "texts" / "b.md", settings)
    found = [(u.text, u.follows) for chapter in script.chapters for u in chapter.utterances]
    assert ("Words.", "heading") in found
    assert ("More.", "sentence") in found
    assert {follows for text, follows in found if text in {"A Part", "End."}} <= {"heading", "none"}
    assert settings.pauses.heading_ms == 2500


def long_script(sentences: int) -> Script:
    said = [say(f"{'lorem ' * 9}ipsum {n}.", "sentence" if n % 3 else "paragraph") for n in range(sentences)]
    half = len(said) // 2
    return script_of(said[:half], said[half:])


def test_a_sample_is_of_the_beginning_and_under_five_minutes() -> None:
    script = add_credits(long_script(400), BOTH)
    said = choose_sample(script, CAST, SPACING)
    assert said[0].text == "lorem " * 9 + "ipsum 0."
    assert all(u.kind != "credit" for u in said)
    assert [u.text for u in said] == [u.text for u in script.chapters[1].utterances[: len(said)]]
    assert 30 < len(said) < 100


def test_a_short_storys_sample_does_not_tell_it_all_and_goes_over_chapters() -> None:
    script = long_script(40)
    said = choose_sample(script, CAST, SPACING)
    assert 12 < len(said) <= 20
    script = script_of([say("A.")], [say("B.")], [say(f"{n} words.") for n in range(9)])
    said = choose_sample(script, CAST, SPACING)
    assert [u.follows for u in said[:3]] == ["none", "scene", "scene"]


@given(
    st.lists(st.tuples(st.sampled_from(("sentence", "speaker", "heading")), st.booleans()), min_size=1),
    st.floats(0, 99),
)
def test_a_sample_ends_with_a_sentence_in_time(kinds: list[tuple[Break, bool]], longest_s: float) -> None:
    said = [
        replace(say("w."), follows=follows, kind="heading" if is_heading else "narration")
        for follows, is_heading in kinds
    ]
    ends_s = [float(number) for number in range(1, len(said) + 1)]
    count = keep_within(said, ends_s, longest_s)
    assert 1 <= count <= len(said)
    assert count == 1 or ends_s[count - 1] <= longest_s
    good = [
        n
        for n in range(1, len(said) + 1)
        if ends_s[n - 1] <= longest_s
        and said[n - 1].kind != "heading"
        and (n == len(said) or said[n].follows != "speaker")
    ]
    assert not good or count == good[-1]


def narrate(*arguments: str) -> dict[str, dict[str, object]]:
    done = subprocess.run(
        [sys.executable, "-m", "audiobook", "--json", *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {story["name"]: story for story in json.loads(done.stdout)["stories"]}


@pytest.mark.slow
def test_a_slower_voice_shortens_the_sample_to_five_minutes(new_project: NewProject) -> None:
    """The tones of the test engine take longer than is foreseen for so short words."""
    words = "\n\n".join(["We do so as it is to be so."] * 300)
    project = new_project(f"{TONES}rate: 100\noutput: {{formats: [sample]}}\n", a=words)
    planned = plan(project, "a.txt", ("mp3", "sample")).tracks[-1]
    narrate()
    path = project / "output" / "a" / "sample.mp3"
    mark = read_mark(path)
    assert mark is not None
    assert 285 < mark.seconds <= 300
    with pytest.raises(Exception, match="other words"):
        read_track(path, "", 0, planned.utterances)
    record = read_record(read_record_text(path) or "")
    assert record is not None
    assert len(str(ID3(path).getall("USLT")[0]).split()) == 9 * len(record.lines)
    count = len(record.lines)
    assert 0 < count < len(planned.utterances)
    assert len(read_track(path, "", 0, planned.utterances[:count]).cues) == count
    checked = subprocess.run(
        [sys.executable, "-m", "audiobook", "check", "--json"], capture_output=True, text=True, check=False
    )
    rows = {row["figure"]: row["passed"] for row in json.loads(checked.stdout)["stories"][0]["findings"]}
    assert rows["lines"]
    assert rows["decoded length"]
    assert "source" not in rows  # a sample does not hold it all


def assert_overlays_point_to_words(path: Path, credited: Sequence[str]) -> None:
    """Check that each stretch of sound has its element, and that the credits are shown."""
    pages = "".join(archive_text(path, ".xhtml"))
    smil = "".join(archive_text(path, ".smil"))
    wanted = re.findall(r'<text src="[^"#]*#(u\d+)"', smil)
    assert wanted
    assert set(wanted) == set(re.findall(r'id="(u\d+)"', pages))
    assert re.findall(r'<p class="credit"><span[^>]*>([^<]*)', pages) == credited


def archive_text(path: Path, suffix: str) -> list[str]:
    with zipfile.ZipFile(path) as archive:
        return [archive.read(name).decode() for name in archive.namelist() if name.endswith(suffix)]


@pytest.mark.slow
def test_one_run_writes_all_and_the_next_nothing(new_project: NewProject) -> None:
    project = new_project(
        f"{TONES}credits: {{opening: true, closing: true}}\n"
        "output: {formats: [mp3, sample, lpf, epub, podcast], base_url: 'https://example.org'}\n"
    )
    for path in (project / "texts").iterdir():
        path.unlink()
    (project / "texts" / "b.md").write_text(TWO_CHAPTERS, encoding="utf-8")
    story = narrate()["b"]
    folder = project / "output" / "b"
    names = {path.name for path in folder.iterdir()}
    tracks = [
        f"{n:02d} - {t}.mp3" for n, t in enumerate(["Opening Credits", "One", "Two", "Closing Credits"], 1)
    ]
    assert names == {*tracks, "sample.mp3", "B.lpf", "B.epub", "feed.xml", "feed.jpg", "playlist.m3u8"}
    assert {Path(str(file)).name for file in story["files"]} == names  # type: ignore[attr-defined]
    marks = [read_mark(folder / name) for name in tracks]
    assert story["seconds"] == pytest.approx(sum(mark.seconds for mark in marks if mark), abs=0.01)
    assert_valid(folder / "B.lpf")
    assert_overlays_point_to_words(folder / "B.epub", ["B.", "The End."])
    assert read_lpf_mark(folder / "B.lpf")
    assert [e.title for e in feedparser.parse((folder / "feed.xml").read_bytes()).entries][1:3] == [
        "One",
        "Two",
    ]
    id3 = ID3(folder / "01 - Opening Credits.mp3")
    assert (str(id3["TRCK"]), id3.getall("USLT")[0].text) == ("1/4", "B. Narrated by synthetic voices.")
    assert str(ID3(folder / "sample.mp3")["TIT2"]) == "B (sample)"
    before = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()}
    assert narrate()["b"]["made"] == []
    assert {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in folder.iterdir()} == before
    clean = subprocess.run([sys.executable, "-m", "audiobook", "clean"], capture_output=True, check=False)
    assert clean.returncode == 0
    assert {path.name for path in folder.iterdir()} == names
    # Credits are words that are not the story's: to turn them off makes only what they changed.
    settings = (project / "voices.yaml").read_text(encoding="utf-8")
    (project / "voices.yaml").write_text(
        settings.replace("closing: true", "closing: false"), encoding="utf-8"
    )
    made = [Path(file["file"]).name for file in narrate()["b"]["made"]]  # type: ignore[attr-defined]
    assert "sample.mp3" not in made
    assert "B.lpf" in made


@pytest.mark.slow
def test_the_narrator_is_heard_to_announce_a_story(new_project: NewProject) -> None:
    """With eSpeak: the credits add their own time, and the sample is the story's first half."""
    project = new_project("", s=generate_text(300))
    lengths = {}
    for wish in ("false", "true"):
        (project / "voices.yaml").write_text(
            f"credits: {{opening: {wish}, closing: {wish}}}\n", encoding="utf-8"
        )
        narrate("--format", "mp3", "--format", "sample")
        (track,) = (t for t in plan(project, "s.txt").tracks)
        whole = read_track(track.path, "", 1, track.utterances)
        lengths[wish] = whole.seconds
        gaps = [b.start_s - a.end_s for a, b in pairwise(whole.cues)]
    assert gaps[1] == pytest.approx(2.5, abs=0.01)
    assert gaps[-1] == pytest.approx(2.5, abs=0.01)
    assert 7 < lengths["true"] - lengths["false"] < 15
    sample = read_mark(project / "output" / "s" / "sample.mp3")
    assert sample is not None
    assert 0.3 * lengths["false"] < sample.seconds < 0.6 * lengths["false"]
