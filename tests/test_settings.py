"""voices.yaml becomes settings, or every fault of it is shown where it stands."""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiobook.casting import KnownEngines, ReadingSettings, Settings, default_voices_yaml, load_settings
from audiobook.casting.schema import all_keys
from audiobook.engines import find_cast
from audiobook.engines.espeak.engine import EspeakEngine
from audiobook.engines.tone import ToneEngine
from audiobook.errors import SettingsError
from audiobook.model import KnownCharacter, Origin, Pronunciation, Voice
from audiobook.project.lexicons import LexiconShelf

ESPEAK, TONE = EspeakEngine(), ToneEngine()
ENGINES = KnownEngines(
    faults={"pyttsx3": ESPEAK.find_fault, "tone": TONE.find_fault},
    find_cast=lambda name, language: find_cast(TONE if name == "tone" else ESPEAK, language),
    best="pyttsx3",
)
ROOT = Path(__file__).parent.parent
CASES = sorted((ROOT / "tests" / "cases" / "settings").glob("*.txt"))

Load = Callable[[str | bytes], Settings]


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Load settings from a text, as `voices.yaml` in the current directory."""
    monkeypatch.chdir(tmp_path)

    def load_text(content: str | bytes) -> Settings:
        path = Path("voices.yaml")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return load_settings(path, engines=ENGINES, read_lexicon=LexiconShelf(Path()).find)

    return load_text


def espeak(voice_id: str, *, rate: int = 155, pitch: int = 50, volume: float = 1.0) -> Voice:
    return Voice(engine="pyttsx3", id=voice_id, rate=rate, pitch=pitch, volume=volume)


EXAMPLE = """\
engine: pyttsx3
casting: full            # full | gender (three voices) | single
narrator: {voice: en-gb-x-rp, rate: 160, pitch: 45, volume: 1.0}
pools:
  female: [en-us+f2, {voice: en-gb-scotland+f4, rate: 150}]
  male: [en-us+m3]
  unknown: [en-us]
characters:
  Rachel: {voice: en-us+f4, aliases: [Rach], gender: female}
pronunciations: {Kuznetsova: kooz nyet SOH va}
pauses: {sentence_ms: 400, paragraph_ms: 750}
stories:
  echo-fade: {title: Echo Fade, author: Anonymous, characters: {Rachel: {rate: 150}}}
"""


def test_every_key_of_the_example_arrives(load: Load) -> None:
    found = load(EXAMPLE)
    general = found.general
    assert general.narrator == espeak("en-gb-x-rp", rate=160, pitch=45)
    assert general.pools == {
        "female": (espeak("en-us+f2"), espeak("en-gb-scotland+f4", rate=150)),
        "male": (espeak("en-us+m3"),),
        "unknown": (espeak("en-us"),),
    }
    assert general.corrections.characters == (
        KnownCharacter(name="Rachel", aliases=("Rach",), gender="female"),
    )
    assert general.pronunciations == (Pronunciation(words="Kuznetsova", respelling="kooz nyet SOH va"),)
    assert (general.pauses.sentence_ms, general.pauses.paragraph_ms) == (400, 750)
    assert general.details.title is None


def test_a_story_overrides_only_what_it_states(load: Load) -> None:
    found = load(EXAMPLE)
    story = found.for_story("echo-fade")
    rachel = story.characters[0]
    assert (rachel.voice.id, rachel.voice.rate) == ("en-us+f4", 150)
    assert (rachel.aliases, rachel.gender) == (("Rach",), "female")
    assert (story.details.title, story.details.author) == ("Echo Fade", "Anonymous")
    assert story.pools == found.general.pools
    assert found.for_story("another") is found.general
    assert found.general.characters[0].voice.rate is None


def test_a_story_can_state_again_all_that_shapes_the_sound(load: Load) -> None:
    story = load(
        "narrator: {engine: tone, voice: tone-low}\n"
        "pronunciations: {a: ah, b: bee}\n"
        "characters: {Ann: en-us+f2}\n"
        "stories:\n"
        "  s: {casting: single, rate: 140, narrator: {voice: tone-high}, pools: {male: [en-us+m1]},\n"
        "      pronunciations: {b: bay}, pauses: {head_ms: 0}, characters: {Bea: {gender: female}, Ann: }}\n"
    ).for_story("s")
    assert story.casting == "single"
    assert story.narrator == Voice(engine="tone", id="tone-high", rate=140)
    assert story.pools["male"] == (espeak("en-us+m1", rate=140),)
    assert {voice.rate for pool in story.pools.values() for voice in pool} == {140}
    assert [(p.words, p.respelling) for p in story.pronunciations] == [("a", "ah"), ("b", "bay")]
    assert (story.pauses.head_ms, story.pauses.tail_ms) == (0, 3000)
    assert [character.name for character in story.characters] == ["Ann", "Bea"]
    assert story.characters[0].voice.id == "en-us+f2"


def test_corrections_arrive_with_their_places(load: Load) -> None:
    found = load(
        "characters: {Providence: false, Hope: false}\n"
        "lines: {Yes: Max, No: narrator}\n"
        "stories:\n"
        "  s:\n"
        "    characters: {Hope: {gender: female}}\n"
        "    lines:\n"
        "      No: [{speaker: Ann, after: Is he}, {speaker: NARRATOR, after: Was he}]\n"
    )
    assert [(c.name, c.is_character) for c in found.general.corrections.characters] == [
        ("Providence", False),
        ("Hope", False),
    ]
    assert [(f.snippet, f.speaker) for f in found.general.lines] == [("Yes", "Max"), ("No", "narrator")]
    story = found.for_story("s").corrections
    assert [(c.name, c.is_character, c.gender) for c in story.characters] == [
        ("Providence", False, None),
        ("Hope", True, "female"),
    ]
    assert [(f.snippet, f.speaker, f.after) for f in story.lines] == [
        ("Yes", "Max", None),
        ("No", "Ann", "Is he"),
        ("No", "narrator", "Was he"),
    ]
    places = [c.origin for c in story.characters] + [line.origin for line in story.lines[:2]]
    assert [(o.path, o.line, o.is_general) for o in places if o] == [
        ("characters.Providence", 1, True),
        ("stories.s.characters.Hope", 5, False),
        ("lines.Yes", 2, True),
        ("stories.s.lines.No", 7, False),
    ]


@pytest.mark.parametrize(
    "content", ["", "# nothing\n", "~", "\ufeff", "narrator:\npools: {male: }\nstories:\nengine:\n"]
)
def test_nothing_stated_gives_the_built_in_settings(load: Load, content: str) -> None:
    assert load(content) == load_settings(None, engines=ENGINES)


def test_pronunciations_may_be_sounds(load: Load) -> None:
    found = load(
        "pronunciations:\n"
        "  Nguyen: {ipa: ŋwiən, respelling: nwin}\n"
        '  tomato: {espeak: "t@m\'A:toU"}\n'
        "  Siobhan: {x-sampa: 'SI\"vO:n'}\n"
        "  Read: {respelling: red, case: true}\n"
        "stories: {s: {pronunciations: {Nguyen: win}}}\n"
    )
    assert found.general.pronunciations == (
        Pronunciation(words="Nguyen", ph="ŋwiən", respelling="nwin"),
        Pronunciation(words="tomato", ph="t@m'A:toU", alphabet="espeak"),
        Pronunciation(words="Siobhan", ph='SI"vO:n', alphabet="x-sampa"),
        Pronunciation(words="Read", respelling="red", matches_case=True),
    )
    nguyen = found.for_story("s").pronunciations[0]
    assert nguyen == Pronunciation(words="Nguyen", respelling="win")
    assert nguyen.origin == Origin(path="stories.s.pronunciations.Nguyen", line=6, is_general=False)


def test_names_and_titles_may_look_like_other_things(load: Load) -> None:
    found = load(
        "characters: {1984: en-us, No: {aliases: [Yes, 2001-01-01]}}\n"
        "pronunciations: {1: won, on: onn}\n"
        "stories:\n"
        "  s:\n"
        "    title: 1984\n"
        "    year: 1949\n"
        "    description: >\n"
        "      two\n"
        "      lines\n"
    )
    assert [(c.name, c.aliases) for c in found.general.characters] == [
        ("1984", None),
        ("No", ("Yes", "2001-01-01")),
    ]
    assert [(p.words, p.respelling) for p in found.general.pronunciations] == [("1", "won"), ("on", "onn")]
    details = found.for_story("s").details
    assert (details.title, details.year, details.description) == ("1984", "1949", "two lines")


def test_what_is_read_is_set_for_all_stories_or_for_one(load: Load) -> None:
    found = load("reading: {matter: true}\nstories: {s: {reading: {matter: false, footnotes: paragraph}}}\n")
    assert found.general.reading == ReadingSettings(matter=True)
    assert found.for_story("s").reading == ReadingSettings(footnotes="paragraph")


def test_an_alias_of_yaml_stands_for_what_it_names(load: Load) -> None:
    found = load("characters:\n  A: &low {voice: en-us, pitch: 30}\n  B: *low\n")
    assert {(c.voice.id, c.voice.pitch) for c in found.general.characters} == {("en-us", 30)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.stem)
def test_all_faults_are_shown_where_they_stand(load: Load, case: Path) -> None:
    content, expected = case.read_text(encoding="utf-8").split("=====\n")
    with pytest.raises(SettingsError) as caught:
        load(content)
    assert str(caught.value) + "\n" == expected


def test_the_page_shows_real_faults() -> None:
    page = (ROOT / "docs" / "voices.md").read_text(encoding="utf-8")
    case = ROOT / "tests" / "cases" / "settings" / "documented.txt"
    assert case.read_text(encoding="utf-8").split("=====\n")[1] in page


BROKEN: dict[bytes, str] = {
    b"narrator:\n\tvoice: en-us\n": "2:1: expected YAML: found character '\\t' that cannot start any token "
    "(indent with spaces, not tabs)",
    b"a: [1\n": "2:1: expected YAML: expected ',' or ']', but got '<stream end>'",
    b"narrator: voice: x\n": "1:16: expected YAML: mapping values are not allowed here "
    "(quote a value that holds ': ', and indent all keys of a section alike)",
    b"a: 1\n---\na: 2\n": "2:1: expected YAML: but found another document (remove the second '---')",
    b"a: *x\n": "1:4: expected YAML: found undefined alias 'x' (quote a value that begins with '*')",
    b"a: \0": "1:4: expected text, got the control character U+0000",
    b"a: 1\nRen\xe9: 1\n": "2:4: expected UTF-8 text, got the byte 0xe9: save the file as UTF-8",
    codecs.BOM_UTF16_LE: "1:1: expected UTF-8 text, got the byte 0xff: save the file as UTF-8",
    b"#" * 600_000: "1:1: expected a file of at most 500 kB, got a larger one",
    b"[" * 3000: "1:21: expected settings at most 20 levels deep",
}


@pytest.mark.parametrize("content", BROKEN, ids=lambda content: repr(content[:12]))
def test_what_is_no_settings_file_is_one_fault(load: Load, content: bytes) -> None:
    with pytest.raises(SettingsError) as caught:
        load(content)
    assert str(caught.value) == f"voices.yaml:{BROKEN[content]}"


@pytest.mark.slow
@pytest.mark.parametrize(
    "content",
    [
        "characters: &a\n  A: *a\n",
        "".join(f"k{n}: &k{n} [{', '.join([f'*k{n - 1}'] * 10) if n else '1'}]\n" for n in range(12)),
    ],
    ids=["cycle", "bomb"],
)
def test_aliases_without_end_are_refused(load: Load, content: str) -> None:
    with pytest.raises(SettingsError, match=r"write out what the aliases \(\*\) stand for"):
        load(content)


@pytest.mark.parametrize("content", ["narrator: en-us+nope\n", "narrator: {voice: en-uss}\n"])
def test_the_engine_says_what_is_wrong_with_a_voice(load: Load, content: str) -> None:
    with pytest.raises(SettingsError, match="expected a voice of eSpeak, got 'en-us") as caught:
        load(content)
    assert len(caught.value.faults) == 1


def test_only_the_voices_that_the_file_names_are_looked_up(tmp_path: Path) -> None:
    asked: list[str] = []

    def find_fault(voice_id: str) -> None:
        asked.append(voice_id)

    path = tmp_path / "voices.yaml"
    path.write_text("narrator: x\npools: {male: [y, x]}\n")
    load_settings(path, engines=replace(ENGINES, faults={"pyttsx3": find_fault}))
    assert sorted(asked) == ["x", "y"]


@pytest.mark.parametrize(("name", "reason"), [("none.yaml", "No such file"), (".", "Is a directory")])
def test_a_file_that_cannot_be_read_is_one_fault(tmp_path: Path, name: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=f":1:1: expected a readable file, got: {reason}"):
        load_settings(tmp_path / name, engines=ENGINES)


def test_the_built_in_voices_exist() -> None:
    general = load_settings(None, engines=ENGINES).general
    voices = [general.narrator, *(voice for pool in general.pools.values() for voice in pool)]
    assert [fault for voice in voices if (fault := ENGINES.faults[voice.engine](voice.id))] == []
    assert len({(voice.engine, voice.id) for voice in voices}) == len(voices)
    assert {gender: len(pool) for gender, pool in general.pools.items()} == {
        "female": 8,
        "male": 8,
        "unknown": 4,
    }


def test_the_projects_file_states_the_built_in_settings(load: Load) -> None:
    assert (ROOT / "voices.yaml").read_text(encoding="utf-8") == default_voices_yaml()
    assert load(default_voices_yaml()) == load_settings(None, engines=ENGINES)


def test_the_commented_examples_of_the_built_in_file_are_valid(load: Load) -> None:
    lines = default_voices_yaml().splitlines()
    start = lines.index("characters:")
    live = [line.replace("  # ", "  ", 1) if line.startswith("  # ") else line for line in lines[start:]]
    story = load("\n".join(live)).for_story("echo-fade")
    assert story.details.title == "Echo Fade"
    rachel = next(character for character in story.characters if character.name == "Rachel")
    assert (rachel.voice.id, rachel.voice.rate) == ("en-us+f4", 150)


@pytest.mark.parametrize("key", sorted(set(all_keys())))
def test_every_key_is_documented(key: str) -> None:
    name = key.rsplit(".", 1)[-1]
    assert f"`{key}`" in (ROOT / "docs" / "voices.md").read_text(encoding="utf-8")
    assert f"{name}:" in default_voices_yaml()


words = st.text(st.characters(codec="utf-8"), max_size=12)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    st.text()
    | st.sampled_from(sorted(set(all_keys()))).flatmap(lambda key: values.map(lambda v: _nest(key, v)))
)
def test_no_text_crashes_the_reader(load: Load, content: str) -> None:
    try:
        load(content.encode("utf-8", "surrogatepass"))
    except SettingsError as error:
        str(error).encode()  # what it says can be printed


def _nest(key: str, value: object) -> str:
    """Write a value under a dotted key, as JSON, which is YAML."""
    for name in reversed(key.split(".")):
        value = {name: value}
    return json.dumps(value, ensure_ascii=False)


@given(
    rate=st.integers(80, 450),
    pitch=st.integers(0, 100),
    volume=st.floats(0, 1).map(lambda v: round(v, 4)),
    mode=st.sampled_from(["full", "gender", "single"]),
    pause=st.integers(0, 20_000),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_written_arrives(
    load: Load, *, rate: int, pitch: int, volume: float, mode: str, pause: int
) -> None:
    found = load(
        f"casting: {mode}\nnarrator: {{rate: {rate}, pitch: {pitch}, volume: {volume:.4f}}}\n"
        f"pauses: {{scene_ms: {pause}}}\n"
    ).general
    assert found.narrator == espeak("en-gb-x-rp", rate=rate, pitch=pitch, volume=volume)
    assert (found.casting, found.pauses.scene_ms) == (mode, pause)
