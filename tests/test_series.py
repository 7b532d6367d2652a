"""Whoever was in an earlier book of a series sounds as there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.casting import EarlierRole, VoiceWish, find_earlier
from audiobook.editing.pins import pin_cast
from audiobook.errors import StorageError
from audiobook.model import Cast, Character, Gender, Role, Voice
from audiobook.planning.scripting import plan_script
from audiobook.planning.series import SeriesCasts
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.reading import SeriesPlace, read_series
from audiobook.studio.desk import Desk
from tests.books import METADATA, make_epub
from tests.command_line import finished, make, narrate

NewProject = Callable[..., Path]

WOMEN = "tone-w1 tone-w2 tone-w3 tone-w4 tone-w5 tone-w6 tone-w7 tone-w8 tone-w9".split()
SETTINGS = f"""\
engine: tone
narrator: {{voice: tone-low}}
pools:
  female: [{", ".join(WOMEN)}]
  male: [tone-m1, tone-m2, tone-m3]
  unknown: [tone-flat]
"""


def book(title: str, part: str, *lines: str) -> str:
    return f"---\ntitle: {title}\nseries: Green Farm\nseries_part: {part}\n---\n" + "\n\n".join(lines)


FIRST = book("Anne", "1", '"Yes," said Anne Shirley.', '"No," said Diana.', '"Why?" asked Anne. She smiled.')
SECOND = book("Avonlea", "2", '"Here," said Diana.', '"Where?" asked Anne Shirley.', '"There," said Jane.')


def voices(folder: Path, story: str) -> dict[str | None, Voice]:
    return {role.speaker: role.voice for role in roles(folder, story).values()}


def roles(folder: Path, story: str) -> dict[str | None, Role]:
    _, cast = script_and_cast(open_project(folder), story)
    return {role.speaker: role for role in cast.roles}


def test_an_earlier_book_decides_whatever_the_files_are_called(new_project: NewProject) -> None:
    """Here the second book comes first by its name, and its own cast would be another."""
    stated = (
        f"{SETTINGS}stories: {{z-anne: {{characters: {{Anne Shirley: {{voice: tone-mine, pitch: 60}}}}}}}}\n"
    )
    folder = new_project(settings=stated, **{"a-avonlea": SECOND, "z-anne": FIRST})
    first, second = roles(folder, "z-anne"), roles(folder, "a-avonlea")
    assert first["Anne Shirley"].voice == Voice(engine="tone", id="tone-mine", pitch=60)
    for name in ("Anne Shirley", "Diana"):
        assert second[name].voice == first[name].voice
        assert second[name].why.startswith("as in Anne")
    taken = {role.voice for name, role in second.items() if name != "Jane"}
    assert second["Jane"].voice not in taken
    assert "as in" not in second["Jane"].why
    told = narrate("cast", "a-avonlea")
    assert "as in Anne" in told.stdout
    assert "as in" not in narrate("cast", "z-anne").stdout


def test_without_a_series_nobody_is_shared(new_project: NewProject) -> None:
    stated = f"{SETTINGS}stories: {{one: {{characters: {{Diana: {{voice: tone-mine}}}}}}}}\n"
    other = SECOND.replace("Green Farm", "Another")
    folder = new_project(settings=stated, one=FIRST, two=other)
    assert voices(folder, "two")["Diana"].id != "tone-mine"


def test_voices_yaml_outranks_earlier_books(new_project: NewProject) -> None:
    stated = f"""{SETTINGS}stories:
  one: {{characters: {{Diana: {{voice: tone-d}}, Anne Shirley: {{voice: tone-a, rate: 120}}}}}}
  two: {{rate: 170, characters: {{Diana: {{voice: tone-own}}, Anne Shirley: {{pitch: 40}}}}}}
"""
    folder = new_project(settings=stated, one=FIRST, two=SECOND)
    second = roles(folder, "two")
    assert second["Diana"].why.startswith("voices.yaml names it")
    assert second["Diana"].voice.id == "tone-own"
    assert second["Anne Shirley"].voice == Voice(engine="tone", id="tone-a", rate=120, pitch=40)
    assert second["Anne Shirley"].why.startswith("as in Anne; pitch from voices.yaml")


def test_the_first_book_that_has_a_name_decides(new_project: NewProject) -> None:
    third = book("Island", "10", '"Well," said Jane.', '"Oh," said Diana.')
    stated = f"""{SETTINGS}stories:
  one: {{characters: {{Diana: {{voice: tone-first}}}}}}
  two: {{characters: {{Diana: {{voice: tone-second}}, Jane: {{voice: tone-jane}}}}}}
"""
    folder = new_project(settings=stated, one=FIRST, two=SECOND, three=third)
    last = roles(folder, "three")
    assert (last["Diana"].voice.id, last["Jane"].voice.id) == ("tone-first", "tone-jane")
    assert last["Jane"].why.startswith("as in Avonlea")
    # Of a series that voices.yaml names, and in the order that it states.
    text = stated + "  three: {series: Other, series_part: 1}\n"
    (folder / "voices.yaml").write_text(text, encoding="utf-8")
    assert "as in" not in roles(folder, "three")["Jane"].why
    text = stated + "  three: {series_part: 1.5, characters: {Jane: {voice: tone-early}}}\n"
    (folder / "voices.yaml").write_text(text, encoding="utf-8")
    assert voices(folder, "three")["Jane"].id == "tone-early"
    assert roles(folder, "two")["Jane"].voice.id == "tone-jane"


def test_a_voice_that_the_narrator_or_a_partner_has_is_not_taken_over(new_project: NewProject) -> None:
    stated = f"""{SETTINGS}stories:
  one: {{characters: {{Diana: {{voice: tone-x}}, Anne Shirley: {{voice: tone-y}}}}}}
  two: {{narrator: tone-x, characters: {{Jane: {{voice: tone-y}}}}}}
"""
    second = book("Avonlea", "2", '"Here," said Diana.', '"Where?" asked Jane.', '"Oh," said Anne Shirley.')
    folder = new_project(settings=stated, one=FIRST, two=second)
    found = voices(folder, "two")
    assert len({(voice.id, voice.pitch) for voice in found.values()}) == len(found)


def test_pinning_writes_the_voices_of_the_series(new_project: NewProject) -> None:
    stated = f"{SETTINGS}stories:\n  one: {{characters: {{Diana: {{voice: tone-mine}}}}}}\n"
    folder = new_project(settings=stated, one=FIRST, two=SECOND)
    pin_cast(open_project(folder), "two")
    (folder / "texts" / "one.txt").unlink()
    pinned = roles(folder, "two")["Diana"]
    assert (pinned.voice.id, pinned.why.partition(";")[0]) == ("tone-mine", "voices.yaml names it")


@pytest.mark.slow
def test_the_same_bytes_in_whatever_order_books_are_made(new_project: NewProject) -> None:
    forth = new_project(settings=SETTINGS, folder="forth", one=FIRST, two=SECOND)
    make("one", "--jobs", "1")
    make("two", "--jobs", "1")
    back = new_project(settings=SETTINGS, folder="back", one=FIRST, two=SECOND)
    make("two", "--jobs", "1")
    make("one", "--jobs", "1")
    assert finished(forth) == finished(back)
    assert (forth / "series.json").read_bytes() == (back / "series.json").read_bytes()
    report = make()
    assert all(story["clips_made"] == 0 for story in report.values())


@pytest.mark.slow
def test_a_book_that_is_gone_is_remembered(new_project: NewProject) -> None:
    stated = f"{SETTINGS}stories:\n  one: {{characters: {{Diana: {{voice: tone-mine}}}}}}\n"
    folder = new_project(settings=stated, one=FIRST, two=SECOND)
    before = voices(folder, "two")
    make("one")
    (folder / "texts" / "one.txt").unlink()
    (folder / "voices.yaml").write_text(SETTINGS, encoding="utf-8")
    assert voices(folder, "two") == before
    assert roles(folder, "two")["Diana"].why.startswith("as in Anne")
    # It is there again, under another name: what is remembered of it does not count.
    (folder / "texts" / "anne.txt").write_text(FIRST, encoding="utf-8")
    assert voices(folder, "two")["Diana"] == voices(folder, "anne")["Diana"]
    assert voices(folder, "anne")["Diana"].id in WOMEN


@pytest.mark.slow
def test_a_book_that_left_the_series_casts_it_no_more(new_project: NewProject) -> None:
    stated = f"{SETTINGS}stories:\n  one: {{characters: {{Diana: {{voice: tone-mine}}}}}}\n"
    folder = new_project(settings=stated, one=FIRST, two=SECOND)
    make("one")
    alone = FIRST.replace("series: Green Farm\nseries_part: 1\n", "")
    for text in (FIRST.replace("Green Farm", "Another"), alone):
        (folder / "texts" / "one.txt").write_text(text, encoding="utf-8")
        assert voices(folder, "two")["Diana"].id in WOMEN
    make("one")
    assert json.loads((folder / "series.json").read_text(encoding="utf-8"))["books"] == {}
    (folder / "texts" / "one.txt").unlink()
    assert voices(folder, "two")["Diana"].id in WOMEN


@pytest.mark.slow
def test_what_is_remembered_holds_for_its_engine_and_voices_that_are_there(new_project: NewProject) -> None:
    stated = f"{SETTINGS}stories:\n  one: {{characters: {{Diana: {{voice: tone-mine}}}}}}\n"
    folder = new_project(settings=stated, one=FIRST, two=SECOND)
    make("one")
    (folder / "texts" / "one.txt").unlink()
    (folder / "voices.yaml").unlink()
    project = open_project(folder, engine="pyttsx3")
    _, cast = script_and_cast(project, "two")
    assert {role.voice.engine for role in cast.roles} == {"pyttsx3"}
    record = folder / "series.json"
    text = record.read_text(encoding="utf-8")
    record.write_text(
        text.replace('"tone": [', '"pyttsx3": [').replace('"engine": "tone"', '"engine": "pyttsx3"')
    )
    _, cast = script_and_cast(project, "two")
    assert all("tone" not in role.voice.id for role in cast.roles)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"books": {"one": {}}}', '{"books": {"one": 3}}'])
def test_a_broken_record_is_an_error_that_says_so(text: str, new_project: NewProject) -> None:
    folder = new_project(settings=SETTINGS, two=SECOND)
    (folder / "series.json").write_text(text, encoding="utf-8")
    with pytest.raises(StorageError, match=r"series\.json: is not what narrate wrote .* remove it"):
        script_and_cast(open_project(folder), "two")


def test_an_earlier_book_that_is_no_book_is_left_out(new_project: NewProject) -> None:
    folder = new_project(settings=SETTINGS, one=book("Anne", "1", "…"), two=SECOND)
    assert "as in" not in roles(folder, "two")["Diana"].why


def test_an_epub_tells_its_series(new_project: NewProject) -> None:
    stated = f"{SETTINGS}stories: {{one: {{characters: {{Diana: {{voice: tone-mine}}}}}}}}\n"
    folder = new_project(settings=stated, two=SECOND)
    metadata = (
        '<meta name="calibre:series" content="Green Farm"/><meta name="calibre:series_index" content="1"/>'
    )
    data = make_epub({"a.xhtml": "<p>“Yes,” said Diana. “No,” said Anne.</p>"}, metadata=METADATA + metadata)
    (folder / "texts" / "one.epub").write_bytes(data)
    assert voices(folder, "two")["Diana"].id == "tone-mine"


FB2 = """<FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0"><description><title-info>
<book-title>Anne</book-title><sequence name="Green Farm" number="1"/></title-info></description>
<body><section><p>Yes.</p></section></body></FictionBook>"""


@pytest.mark.parametrize(
    ("name", "text", "place"),
    [
        ("a.txt", FIRST, SeriesPlace("Green Farm", "1", "Anne")),
        ("a.md", FIRST, SeriesPlace("Green Farm", "1", "Anne")),
        ("a.fb2", FB2, SeriesPlace("Green Farm", "1", "Anne")),
        ("a.fb2", "<FictionBook", SeriesPlace()),
        ("a.epub", "no archive", SeriesPlace()),
        ("a.txt", "---\nseries: [\n---\nHello.", SeriesPlace()),
        ("a.html", "<title>Anne</title>", SeriesPlace()),
    ],
)
def test_a_file_tells_its_place(name: str, text: str, place: SeriesPlace, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert read_series(tmp_path / name) == place
    assert read_series(tmp_path / f"other-{name}") == SeriesPlace()


def test_the_studio_casts_as_a_run_does(new_project: NewProject, tmp_path: Path) -> None:
    stated = f"{SETTINGS}stories: {{one: {{characters: {{Diana: {{voice: tone-mine}}}}}}}}\n"
    folder = new_project(settings=stated, one=FIRST, two=SECOND)
    desk = Desk(open_project(folder), tmp_path / "cache")

    def voice_of(name: str) -> str:
        cast: Cast = desk.open("two").cast
        return next(role.voice.id for role in cast.roles if role.speaker == name)

    assert voice_of("Diana") == "tone-mine"
    changed = stated.replace("tone-mine", "tone-other")
    (folder / "voices.yaml").write_text(changed, encoding="utf-8")
    assert voice_of("Diana") == "tone-other"
    (folder / "texts" / "one.txt").unlink()
    assert voice_of("Diana") in WOMEN
    desk.end()


def test_casts_are_remembered_while_nothing_changes(new_project: NewProject) -> None:
    folder = new_project(settings=SETTINGS, one=FIRST, two=SECOND)
    project, asked = open_project(folder), list[str]()

    def reads(path: Path, *rest: object, **more: object) -> object:
        asked.append(path.stem)
        return plan_script(path, *rest, **more)  # type: ignore[arg-type]

    series, settings = SeriesCasts(), read_settings(project)
    for _ in range(3):
        series.settle(project, settings, folder / "texts" / "two.txt", reads)  # type: ignore[arg-type]
    assert asked == ["one"]
    # What a run has planned itself is not read once more.
    series, own = SeriesCasts(), settings.for_story("one")
    series.keep(folder / "texts" / "one.txt", own, *plan_script(folder / "texts" / "one.txt", own))
    series.settle(project, settings, folder / "texts" / "two.txt", reads)  # type: ignore[arg-type]
    assert asked == ["one"]


def person(name: str, *aliases: str, gender: Gender = "unknown") -> Character:
    return Character(name=name, aliases=aliases, gender=gender)


def role(name: str, *aliases: str, gender: Gender = "unknown") -> EarlierRole:
    voice = VoiceWish(engine="tone", id=f"tone-{name}")
    return EarlierRole(name=name, aliases=aliases, gender=gender, voice=voice, book="One", language="en")


@pytest.mark.parametrize(
    ("character", "earlier", "expected"),
    [
        (person("Anne"), [role("Anne Shirley", "Anne")], "Anne Shirley"),
        (person("Anne Shirley", "Anne"), [role("ANNE")], "ANNE"),
        (person("Anne"), [role("Anne Shirley", "Anne"), role("Anne Blythe", "Anne")], None),
        (person("Anne"), [role("Anne"), role("Anne Blythe", "Anne")], "Anne"),
        (person("Robin", gender="male"), [role("Robin", gender="female")], None),
        (
            person("Robin", gender="male"),
            [role("Robin", gender="female"), role("Robin", gender="male")],
            "Robin",
        ),
        (person("her mother"), [role("her mother")], None),
        (person("Marilla", "the old lady"), [role("Rachel", "the old lady")], None),
    ],
)
def test_who_is_who(character: Character, earlier: list[EarlierRole], expected: str | None) -> None:
    found = find_earlier([character], earlier).get(character.name)
    assert (found and found.name) == expected


def test_one_of_earlier_books_is_not_two_people() -> None:
    both = [person("Anne Shirley", "Anne"), person("Anne Lewis", "Anne")]
    assert find_earlier(both, [role("Anne")]) == {}


def test_the_record_names_what_it_is(new_project: NewProject) -> None:
    folder = new_project(settings=SETTINGS, one=FIRST, lone='"Yes," said Max.')
    make()
    record = json.loads((folder / "series.json").read_text(encoding="utf-8"))
    assert "docs/voices.md" in record["note"]
    assert list(record["books"]) == ["one"]
