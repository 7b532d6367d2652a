"""A settings file is changed where it was asked, and keeps every comment and every other line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from audiobook.casting import (
    CharacterSettings,
    Settings,
    StorySettings,
    VoiceWish,
    default_voices_yaml,
    forget_character,
    forget_line,
    forget_pronunciation,
    load_settings,
    make_pronunciation,
    state_aliases,
    state_characters,
    state_details,
    state_gender,
    state_lines,
    state_pronunciation,
    state_voice,
)
from audiobook.errors import EditError
from audiobook.model import NARRATOR, Gender, LineFix
from audiobook.project.shared_engines import known_engines
from audiobook.yamledit.pieces import find_comments, find_pieces
from audiobook.yamledit.tree import Node, Scalar, SettingFault, Table, parse
from audiobook.yamledit.words import Value, write_scalar


def read(text: str) -> Table:
    """Return the tree of a settings file without a fault."""
    findings: list[SettingFault] = []
    tree = parse(text, findings)
    assert findings == []
    return tree


def is_within(parts: Iterable[str], whole: Iterable[str]) -> bool:
    """Tell whether parts are left of the whole once whole stretches are taken away."""
    rest = iter(whole)
    return all(part in rest for part in parts)


ANN: Mapping[str, Mapping[str, Value]] = {"Ann": {"voice": "en-us+f2", "pitch": 40}}

GROWN = {
    "": "stories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\n",
    "# mine": "# mine\nstories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\n",
    "rate: 150": "rate: 150\nstories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\n",
    "rate: 150 # mine\r\nstories:  # all\r\n  # s: none\r\n": (
        "rate: 150 # mine\r\nstories:  # all\r\n  s:\r\n    characters:\r\n"
        "      Ann: {voice: en-us+f2, pitch: 40}\r\n  # s: none\r\n"
    ),
    "stories:\n    other: {title: X}  # theirs\n\nrate: 150\n": (
        "stories:\n    other: {title: X}  # theirs\n    s:\n      characters:\n"
        "        Ann: {voice: en-us+f2, pitch: 40}\n\nrate: 150\n"
    ),
    "{rate: 150}\n": "{rate: 150, stories: {s: {characters: {Ann: {voice: en-us+f2, pitch: 40}}}}}\n",
    "stories:\n  s:\nrate: 150\n": (
        "stories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\nrate: 150\n"
    ),
    "stories:\n  s:\n    description: |\n      two\n\n      lines\n  # low\n  t: {}\n": (
        "stories:\n  s:\n    description: |\n      two\n\n      lines\n    characters:\n"
        "      Ann: {voice: en-us+f2, pitch: 40}\n  # low\n  t: {}\n"
    ),
    "stories: {s: {title: X}, t: {}}\n": (
        "stories: {s: {title: X, characters: {Ann: {voice: en-us+f2, pitch: 40}}}, t: {}}\n"
    ),
    "stories:\n  s:\n    characters:\n      Max: 'en-us+m3'   # mine\n      # Bea: en-us\n    title: X\n": (
        "stories:\n  s:\n    characters:\n      Max: 'en-us+m3'   # mine\n"
        "      Ann: {voice: en-us+f2, pitch: 40}\n      # Bea: en-us\n    title: X\n"
    ),
    "stories:\n  s:\n    characters:\n      Ann:   # who\n      Bea: en-us\n": (
        "stories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}   # who\n      Bea: en-us\n"
    ),
    "stories:\n  s:\n    characters:\n      Ann:\n        gender: female\n\n      Bea: en-us": (
        "stories:\n  s:\n    characters:\n      Ann:\n        gender: female\n        voice: en-us+f2\n"
        "        pitch: 40\n\n      Bea: en-us"
    ),
    "stories:\n  s:\n    characters: {Bea, 'Ann', }  # all\n": (
        "stories:\n  s:\n    characters: {Bea, 'Ann': {voice: en-us+f2, pitch: 40}, }  # all\n"
    ),
}


@pytest.mark.parametrize("before", GROWN, ids=repr)
def test_the_text_grows_where_it_should(before: str) -> None:
    after = state_characters(before, "s", ANN)
    assert after == GROWN[before]
    assert is_within(before, after)
    assert state_characters(after, "s", ANN) == after


def test_the_commented_file_of_a_new_project_grows_by_three_lines() -> None:
    before = default_voices_yaml()
    after = state_characters(before, "s", ANN)
    head, tail = before[: before.index("\nstories:\n")], before[before.index("\nstories:\n") + 10 :]
    grown = "  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\n"
    assert after == f"{head}\nstories:\n{grown}{tail}"


HEAD = "stories:\n  s:\n    characters:\n"
CHANGED = {
    "Ann: {rate: 150}  # keep": "Ann: {rate: 160, volume: 0.8}  # keep",
    "Ann: {rate: 150,  pitch: 10} # mine": "Ann: {rate: 160,  pitch: 10, volume: 0.8} # mine",
    "Ann: en-gb-scotland+f4": "Ann: {voice: en-gb-scotland+f4, rate: 160, volume: 0.8}",
    "Ann: 'en-us'  # plain": "Ann: {voice: 'en-us', rate: 160, volume: 0.8}  # plain",
    "Ann: |\n        en-us\n      # low": 'Ann: {voice: "en-us\\n", rate: 160, volume: 0.8}\n      # low',
    "Ann: &a {rate: 150}": "Ann: &a {rate: 160, volume: 0.8}",
    "Ann: &a en-us # x": "Ann: &a {voice: en-us, rate: 160, volume: 0.8} # x",
    "Bea: &b {pitch: 9}\n      Ann: *b  # as she": (
        "Bea: &b {pitch: 9}\n      Ann: {pitch: 9, rate: 160, volume: 0.8}  # as she"
    ),
    "Ann: {rate: &r 150}\n      Bea: {pitch: 9}": ("Ann: {rate: &r 160, volume: 0.8}\n      Bea: {pitch: 9}"),
    "Ann: {rate: 150, # slow\n        pitch: 9} # odd": (
        "Ann: {rate: 160, # slow\n        pitch: 9, volume: 0.8} # odd"
    ),
    "Ann:\n        rate: 150 # slow\n        pitch: 9\n      # Bea: no": (
        "Ann:\n        rate: 160 # slow\n        pitch: 9\n        volume: 0.8\n      # Bea: no"
    ),
    "Ann: ~  # none yet": "Ann: {rate: 160, volume: 0.8}  # none yet",
    "Ann: {}": "Ann: {rate: 160, volume: 0.8}",
}


@pytest.mark.parametrize("before", CHANGED)
@pytest.mark.parametrize("end", ["\n", ""], ids=["line end", "no line end"])
def test_a_value_changes_in_its_place(before: str, end: str) -> None:
    after = state_voice(HEAD + f"      {before}{end}", "s", "Ann", VoiceWish(rate=160, volume=0.8))
    assert after.removesuffix("\n") == HEAD + f"      {CHANGED[before]}"


@pytest.mark.parametrize(
    ("before", "after"),
    [("en-us  # x", "en-gb  # x"), ("'en-us'", "'en-gb'"), ('{voice: "en-us"}', '{voice: "en-gb"}')],
)
def test_a_voice_alone_stays_alone_in_its_quotes(before: str, after: str) -> None:
    text = f"{HEAD}      Ann: {before}\n"
    assert state_voice(text, "s", "Ann", VoiceWish(id="en-gb")) == f"{HEAD}      Ann: {after}\n"


NAMES = {
    "Ann: {aliases: [Annie, the cook, Nan]}  # c": "Ann: {aliases: [Annie, Nan, \"Cook, the\"]}  # c",
    "Ann:\n        aliases:   # names\n        - Annie # short\n        # old\n        - the cook # gone\n"
    "        - Nan\n        rate: 150": (
        "Ann:\n        aliases:   # names\n        - Annie # short\n        # old\n        # gone\n"
        "        - Nan\n        - \"Cook, the\"\n        rate: 150"
    ),
    "Ann: {aliases: [the cook]}": "Ann: {aliases: [Annie, Nan, \"Cook, the\"]}",
    "Ann: {aliases: [the cook, # one\n        x # two\n        ]}  # three": (
        "Ann: {aliases: [Annie, Nan, \"Cook, the\"  # one\n        # two\n        ]}  # three"
    ),
    "Ann:\n        aliases: # one\n          - the cook  # two\n": (
        "Ann:\n        aliases: [Annie, Nan, \"Cook, the\"] # one\n          # two\n"
    ),
}  # fmt: skip


@pytest.mark.parametrize("before", NAMES)
def test_names_are_added_and_taken_away_one_by_one(before: str) -> None:
    text = f"{HEAD}      {before}"
    assert state_aliases(text, "s", "Ann", ["Annie", "Nan", "Cook, the"]) == f"{HEAD}      {NAMES[before]}"


def test_what_is_taken_out_leaves_its_comments() -> None:
    entry = "      Ann:   # the cook\n        rate: 150 # slow\n        # pitch: 9\n        gender: female\n"
    kept = "      # the cook\n        # slow\n        # pitch: 9\n"
    assert (
        forget_character(f"{HEAD}{entry}      Bea: en-us\n", "s", "Ann") == f"{HEAD}{kept}      Bea: en-us\n"
    )
    flow = "stories: {s: {characters: {Max: {}, Ann: en-us, Bea: en-us}}}  # all"
    for name, left in {"Max": "Ann: en-us, Bea: en-us", "Bea": "Max: {}, Ann: en-us"}.items():
        assert forget_character(flow, "s", name) == f"stories: {{s: {{characters: {{{left}}}}}}}  # all"


@pytest.mark.parametrize(
    ("before", "after"),
    [(" ~  # x", "  # x"), (" null  # x", "  # x"), ("  # x", "  # x"), (" &a  # x", " &a  # x")],
)
def test_a_section_grows_where_nothing_stands(before: str, after: str) -> None:
    head = "stories:\n  s:\n    characters:"
    grown = "\n      Ann: {voice: en-us+f2, pitch: 40}\n"
    assert state_characters(f"{head}{before}\n", "s", ANN) == head + after + grown


def test_an_alias_is_written_out_where_it_changes() -> None:
    text = "stories:\n  t: &x {title: '1984'}  # t\n  s: *x  # as t\n"
    assert state_gender(text, "s", "Ann", "female") == (
        "stories:\n  t: &x {title: '1984'}  # t\n"
        '  s: {title: "1984", characters: {Ann: {gender: female}}}  # as t\n'
    )


def test_what_others_share_is_not_changed_alone() -> None:
    text = f"{HEAD}      Ann: &a {{rate: 150}}\n      Bea: *a\n"
    with pytest.raises(EditError, match=r"^stories\.s\.characters\.Ann: is written so that it can't"):
        state_gender(text, "s", "Ann", "female")
    with pytest.raises(EditError, match="can't be changed alone"):
        forget_character(text, "s", "Ann")


LINES = {
    "Yes.: Max  # sure": "Yes.: {speaker: Bea}  # sure",
    "Yes.: {speaker: Max, after: \"Is it?\"}  # c": "Yes.: {speaker: Bea, after: \"Is it?\"}  # c",
    "Yes.:\n        speaker: Max  # c\n        after: x": (
        "Yes.:\n        speaker: Bea  # c\n        after: x"
    ),
    "Yes.:\n      - {speaker: Max, after: x}  # c": "Yes.:\n      - {speaker: Bea, after: x}  # c",
}  # fmt: skip


@pytest.mark.parametrize("before", LINES)
def test_a_corrected_line_is_corrected_in_its_place(before: str) -> None:
    head = "stories:\n  s:\n    lines:\n"
    after = state_lines(f"{head}      {before}\n", "s", "Yes.", [LineFix(snippet="Yes.", speaker="Bea")])
    assert after == f"{head}      {LINES[before].replace('{speaker: Bea}', 'Bea')}\n"
    first = [LineFix(snippet="Yes.", speaker="Max", after="x" if "x" in before else None)]
    first = [replace(first[0], after="Is it?")] if "Is it" in before else first
    more = state_lines(
        after.replace("Bea", "Max"),
        "s",
        "Yes.",
        [*first, LineFix(snippet="Yes.", speaker=NARRATOR, after="y")],
    )
    assert [(fix.speaker, fix.after) for fix in stated_lines(more)] == [
        ("Max", first[0].after),
        (NARRATOR, "y"),
    ]
    assert more.count("# ") == before.count("# ")


def stated_lines(text: str) -> Sequence[LineFix]:
    return load(text).for_story("s").lines


def load(text: str) -> Settings:
    path = Path("voices.yaml")
    path.write_bytes(text.encode())
    return load_settings(path, engines=replace(known_engines(), faults={}))


@pytest.fixture(autouse=True)
def _in_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@given(st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(["No", "null", "a: b", "#", "1"]))
def test_any_name_is_written_so_that_it_is_read_again(name: str) -> None:
    text = state_characters("", name, {name: {"voice": name}})
    assert write_scalar(name) in text
    node: Node = read(text)
    found = []
    while isinstance(node, Table):
        (entry,) = node.entries
        found.append(entry.name)
        node = entry.value
    assert found == ["stories", name, "characters", name, "voice"]
    assert isinstance(node, Scalar)
    assert (node.text, node.kind) == (name, "text")


@dataclass
class File:
    """A settings file line by line, each with the place that it belongs to."""

    draw: st.DrawFn
    step: int
    lines: list[tuple[str, str]] = field(default_factory=list)

    def add(self, depth: int, words: str, place: str) -> None:
        """Add a line, perhaps with a comment, perhaps with a line of comment below."""
        number = len(self.lines)
        tail = self.draw(st.sampled_from(["", "", f"  # {number}: 'odd' {{", f" # {number}"]))
        self.lines.append((" " * self.step * depth + words + tail, place))
        below = self.draw(
            st.sampled_from([None, None, None, "", f"{' ' * self.step * depth}# below {number}"])
        )
        if below is not None:
            self.lines.append((below, "comment"))


FIELDS = {
    "voice": ["en-us", "'en-gb'", '"en-us+f2"'],
    "rate": ["150", "90"],
    "volume": ["0.5"],
    "gender": ["female", "unknown"],
    "aliases": ["[{}ie, the 'cook' of {}, \"{}, N\"]"],
    "pronunciations": ['{tea: \'tee\', "Go, {}": {ipa: "ɡəʊ", case: true}}'],
}


@st.composite
def files(draw: st.DrawFn, *, with_lines: bool = False) -> File:
    file = File(draw, draw(st.integers(1, 4)))
    if draw(st.booleans()):
        file.add(0, "# the head", "comment")
    if draw(st.booleans()):
        file.add(0, "rate: 150", "rate")
    if draw(st.booleans()):
        file.add(0, "characters:", "general")
        file.add(1, "Ann: {voice: en-us, aliases: [Nan]}", "general")
        file.add(1, "Zoe: &z {pitch: 9}", "general")
    shapes = ["story"] if with_lines else ["none", "nothing", "story", "story", "story", "braces"]
    shape = draw(st.sampled_from(shapes))
    if shape == "braces":
        file.add(0, "stories: {s: {characters: {Ann: en-us, Max: {rate: 90}}, title: X}, t: {}}", "all")
    elif shape != "none":
        file.add(0, "stories:", "head")
        if shape == "story":
            _add_story(draw, file, with_lines=with_lines)
    return file


def _add_story(draw: st.DrawFn, file: File, *, with_lines: bool) -> None:
    file.add(1, "t: {title: T}", "t")
    file.add(1, draw(st.sampled_from(["s:", "'s':", "s: &section"])), "head")
    keys = draw(st.permutations(["title", "characters", "lines", "narrator", "output"]))
    count = draw(st.integers(keys.index("lines") + 1 if with_lines else 0, 5))
    for key in keys[:count]:
        match key:
            case "title":
                file.add(2, 'title: "No: 1 # 2"', "title")
            case "output":
                file.add(
                    2, f"output: {draw(st.sampled_from(['{formats: [flac, mp3]}', '{}', '']))}", "output"
                )
            case "narrator":
                file.add(
                    2, f"narrator: {draw(st.sampled_from(['en-us', '{pitch: 9}', SAYS, '']))}", "narrator"
                )
            case "lines":
                file.add(2, "lines:", "head")
                file.add(3, f"Yes.: {draw(st.sampled_from(['Max', '{speaker: Max, after: x}']))}", "lines")
                file.add(3, "No.: Max", "no")
            case _:
                _add_characters(draw, file)
    file.add(1, "u:", "u")


def _add_characters(draw: st.DrawFn, file: File) -> None:
    if draw(st.integers(0, 4)) == 0:
        file.add(2, draw(st.sampled_from(["characters: {}", "characters: {Ann, Max: en-us}"])), "Ann")
        return
    file.add(2, "characters:", "head")
    has_anchor = any(place == "general" for _, place in file.lines)
    for name in draw(st.lists(st.sampled_from(["Ann", "Max", "Bea"]), unique=True)):
        shape = draw(st.sampled_from(["", "en-us", "'en-us'", "*z", "braces", "block"]))
        keys = draw(st.lists(st.sampled_from(list(FIELDS)), unique=True, min_size=1))
        fields = {key: draw(st.sampled_from(FIELDS[key])).replace("{}", name) for key in keys}
        if shape == "braces":
            inner = ", ".join(f"{key}: {value}" for key, value in fields.items())
            file.add(3, f"{name}: {{{inner}}}", name)
        elif shape == "block":
            file.add(3, f"{name}:", name)
            for key, value in fields.items():
                file.add(4, f"{key}: {value}", name)
        else:
            file.add(3, f"{name}: {shape if shape != '*z' or has_anchor else ''}", name)


SAYS = "{pronunciations: {tea: tee}}"
WISHES = st.builds(
    VoiceWish,
    id=st.sampled_from([None, "en-us", "en, gb"]),
    rate=st.none() | st.integers(80, 450),
    volume=st.sampled_from([None, 0.25, 1.0]),
)
GENDERS = st.sampled_from(get_args(Gender))
ALIASES = st.lists(st.sampled_from(["Annie", "the 'cook' of Ann", "x, y", "Q"]), unique=True)
WORDS = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=9)
DETAILS = st.fixed_dictionaries(
    {},
    optional={
        "title": st.none() | WORDS | st.sampled_from(["1984", "No", "- a: b # c"]),
        "author": st.none() | WORDS,
        "language": st.sampled_from([None, "no", "en-GB"]),
        "formats": st.sampled_from([None, ["m4b"], ["mp3", "epub"]]),
    },
)
SPEAKERS = st.sampled_from(["Max", "Bea", NARRATOR])
SAYINGS = st.sampled_from(
    [{"respelling": "tee: {hot}"}, {"ipa": "tʰiː"}, {"language": "fr", "case": "true"}, {"espeak": "t'i:"}]
)
any_file = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@dataclass
class Case:
    """A file before a change, and what its story's settings are, part by part."""

    file: File
    text: str
    settings: Settings
    parts: dict[str, object]

    @property
    def ann(self) -> CharacterSettings:
        """What is stated about Ann before the change."""
        ann = self.parts.get("character Ann", CharacterSettings(name="Ann"))
        assert isinstance(ann, CharacterSettings)
        return ann

    def own_voices(self, path: str, wish: VoiceWish) -> frozenset[str]:
        """Return whose voices the story's section names once it holds a wish."""
        return self.settings.for_story("s").own_voices | ({path} if wish.id else set())

    def check(self, after: str, wanted: Mapping[str, object], *own: str) -> None:
        """See that only what was wanted is different, and only lines of the places that are its own."""
        now = load(after)
        assert now.general == self.settings.general
        assert now.output == self.settings.output
        assert {**now.stories, "s": None} == {**self.settings.stories, "s": None}
        assert divide(now) == {**self.parts, **wanted}
        assert list_comments(after) == list_comments(self.text)
        # An empty line between those of an entry goes with it.
        others = [words for words, place in self.file.lines if place not in {*own, "all"} and words.strip()]
        assert is_within(others, after.splitlines())
        assert after.count("\r\n") == (after.count("\n") if "\r\n" in self.text else 0)


@st.composite
def cases(draw: st.DrawFn, *, with_lines: bool = False) -> Case:
    file = draw(files(with_lines=with_lines))
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    text = line_end.join(words for words, _ in file.lines) + line_end * draw(st.booleans())
    loaded = load(text)
    return Case(file=file, text=text, settings=loaded, parts=divide(loaded))


def list_comments(text: str) -> list[str]:
    root = find_pieces(text)
    places = find_comments(text, [root] if root else [], 0, len(text))
    return [text[place.start : place.stop] for place in places]


def divide(loaded: Settings) -> dict[str, object]:
    """Return a story's settings part by part, so that the order of what was added does not count."""
    story = loaded.for_story("s")
    lines: dict[str, list[LineFix]] = {}
    for fix in story.lines:
        lines.setdefault(fix.snippet, []).append(fix)
    return {
        "rest": replace(
            story,
            characters=(),
            lines=(),
            narrator=loaded.general.narrator,
            narrator_wish=VoiceWish(),
            own_voices=frozenset(),
        ),
        "own voices": story.own_voices,
        "narrator": story.narrator,
        **{f"character {each.name}": each for each in story.characters},
        **{f"line {snippet}": fixes for snippet, fixes in lines.items()},
    }


@pytest.mark.slow
@given(cases(), WISHES)
@any_file
def test_a_voice_changes_alone(case: Case, wish: VoiceWish) -> None:
    after = state_voice(case.text, "s", "Ann", wish)
    wanted = replace(case.ann, voice=wish.over(case.ann.voice), is_character=True)
    changes = {"character Ann": wanted, "own voices": case.own_voices("characters.Ann", wish)}
    case.check(after, {} if wish == VoiceWish() else changes, "Ann")


@pytest.mark.slow
@given(cases(), WISHES)
@any_file
def test_the_narrator_changes_alone(case: Case, wish: VoiceWish) -> None:
    after = state_voice(case.text, "s", NARRATOR, wish)
    wanted = wish.on(case.settings.for_story("s").narrator)
    changes = {"narrator": wanted, "own voices": case.own_voices("narrator", wish)}
    case.check(after, changes, "narrator")


@pytest.mark.slow
@given(cases(), GENDERS, ALIASES)
@any_file
def test_gender_and_names_change_alone(case: Case, gender: Gender, aliases: list[str]) -> None:
    after = state_aliases(state_gender(case.text, "s", "Ann", gender), "s", "Ann", aliases)
    wanted = replace(case.ann, gender=gender, aliases=tuple(aliases), is_character=True)
    case.check(after, {"character Ann": wanted}, "Ann")


@pytest.mark.slow
@given(cases(), DETAILS)
@any_file
def test_details_change_alone(case: Case, details: dict[str, Value | None]) -> None:
    story = case.settings.for_story("s")
    named = {key: value for key, value in details.items() if key != "formats"}
    formats = details.get("formats", list(story.formats)) or case.settings.output.formats
    rest = case.parts["rest"]
    assert isinstance(rest, StorySettings)
    wanted = replace(
        rest,
        details=replace(story.details, **named),  # type: ignore[arg-type]  # all are texts or None
        formats=tuple(formats),  # type: ignore[arg-type]
        has_own_formats=bool(details.get("formats", story.has_own_formats)),
    )
    case.check(state_details(case.text, "s", details), {"rest": wanted}, "title", "output", "head")


@pytest.mark.slow
@given(cases(), SPEAKERS)
@any_file
def test_a_line_changes_alone(case: Case, speaker: str) -> None:
    fixes = [fix for fix in case.settings.for_story("s").lines if fix.snippet == "Yes."]
    fixes = [replace(fix, speaker=speaker) for fix in fixes] or [LineFix(snippet="Yes.", speaker=speaker)]
    case.check(state_lines(case.text, "s", "Yes.", fixes), {"line Yes.": fixes}, "lines")
    more = [*fixes, LineFix(snippet="Yes.", speaker="Zoe", after="the end")]
    case.check(state_lines(case.text, "s", "Yes.", more), {"line Yes.": more}, "lines")


@pytest.mark.slow
@given(cases(), st.sampled_from(["tea", "No", "a 'cup' of: tea"]), SAYINGS, SAYINGS)
@any_file
def test_a_pronunciation_changes_and_goes_alone(
    case: Case, words: str, one: dict[str, str], other: dict[str, str]
) -> None:
    rest = case.settings.for_story("s")
    after = case.text
    for stated in (one, other):
        after = state_pronunciation(after, "s", words, stated)
        said = (*rest.pronunciations, make_pronunciation(words, stated))
        assert load(after).for_story("s").pronunciations == said
    case.check(after, {"rest": replace(divided_rest(case), pronunciations=said)}, "pronunciations")
    case.check(forget_pronunciation(after, "s", words), {}, "pronunciations", "head")


def divided_rest(case: Case) -> StorySettings:
    rest = case.parts["rest"]
    assert isinstance(rest, StorySettings)
    return rest


@pytest.mark.slow
@given(cases())
@any_file
def test_a_character_goes_alone(case: Case) -> None:
    assume(any(place in {"Ann", "all"} and "Ann" in words for words, place in case.file.lines))
    general = {each.name: each for each in case.settings.general.characters}
    wanted = {f"character {name}": general[name] for name in general.keys() & {"Ann"}}
    case.parts.pop("character Ann")
    own = {"own voices": case.settings.for_story("s").own_voices - {"characters.Ann"}}
    case.check(forget_character(case.text, "s", "Ann"), {**wanted, **own}, "Ann")


@pytest.mark.slow
@given(cases(with_lines=True), st.booleans())
@any_file
def test_a_line_goes_alone(case: Case, is_last: bool) -> None:
    if is_last:
        case.text = forget_line(case.text, "s", "No.", 0)
        del case.parts["line No."]
    del case.parts["line Yes."]
    after = forget_line(case.text, "s", "Yes.", 0)
    case.check(after, {}, "lines", *(["no", "head"] if is_last else []))
    assert ("lines:" in after) is not is_last


GONE = {
    "stories:\n  s:\n    lines:\n      Yes.: Max\n": "",
    "rate: 150\nstories:\n  s:\n    lines:\n      Yes.: [{speaker: Max, after: x}]  # one\n": (
        "rate: 150\n      # one\n"
    ),
    "stories: {t: {title: T}, s: {lines: {Yes.: Max}}}\n": "stories: {t: {title: T}}\n",
    "stories:\n  s:\n    title: X\n    lines:\n      Yes.: Max\n  t:\n": (
        "stories:\n  s:\n    title: X\n  t:\n"
    ),
    "stories:\n  s:\n    lines:\n      # mine\n      Yes.: Max\n    title: X\n": (
        "stories:\n  s:\n      # mine\n    title: X\n"
    ),
}


@pytest.mark.parametrize("before", GONE)
def test_what_holds_nothing_else_goes_with_a_line(before: str) -> None:
    assert forget_line(before, "s", "Yes.", 0) == GONE[before]
    load(GONE[before])
