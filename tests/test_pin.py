"""Pinning adds to voices.yaml and changes no byte of what stands there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.casting import Pin, load_settings, pin_characters
from audiobook.casting.yaml_tree import Finding, Node, Scalar, Table, parse
from audiobook.casting.yaml_words import write_scalar
from audiobook.cli import main
from audiobook.engines.tone import ToneEngine
from audiobook.errors import StorageError
from audiobook.production import open_project, pin_cast, script_and_cast
from tests.conftest import TONES

NewProject = Callable[..., Path]


def pin(name: str, **fields: str | int) -> Pin:
    return Pin(name=name, names=frozenset({name.casefold()}), fields=fields)


def read(text: str) -> Table:
    """Return the tree of a settings file without a fault."""
    findings: list[Finding] = []
    tree = parse(text, findings)
    assert findings == []
    return tree


def is_grown_from(before: str, after: str) -> bool:
    """Tell whether `before` is left of `after` once whole insertions are taken away."""
    letters = iter(after)
    return all(letter in letters for letter in before)


ANN = pin("Ann", voice="en-us+f2", pitch=40)

GROWN = {
    "": "stories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\n",
    "rate: 150": "rate: 150\nstories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\n",
    "rate: 150 # mine\r\nstories:  # all\r\n  # s: none\r\n": (
        "rate: 150 # mine\r\nstories:  # all\r\n  s:\r\n    characters:\r\n"
        "      Ann: {voice: en-us+f2, pitch: 40}\r\n  # s: none\r\n"
    ),
    "stories:\n    other: {title: X}  # theirs\n\nrate: 150\n": (
        "stories:\n    other: {title: X}  # theirs\n    s:\n      characters:\n"
        "        Ann: {voice: en-us+f2, pitch: 40}\n\nrate: 150\n"
    ),
    "stories:\n  s:\nrate: 150\n": (
        "stories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}\nrate: 150\n"
    ),
    "stories:\n  s:\n    description: |\n      two\n\n      lines\n  t: {}\n": (
        "stories:\n  s:\n    description: |\n      two\n\n      lines\n    characters:\n"
        "      Ann: {voice: en-us+f2, pitch: 40}\n  t: {}\n"
    ),
    "stories: {s: {title: X}, t: {}}\n": (
        "stories: {s: {characters: {Ann: {voice: en-us+f2, pitch: 40}}, title: X}, t: {}}\n"
    ),
    "stories:\n  s:\n    characters:\n      Max: 'en-us+m3'   # mine\n      # Bea: en-us\n    title: X\n": (
        "stories:\n  s:\n    characters:\n      Max: 'en-us+m3'   # mine\n"
        "      Ann: {voice: en-us+f2, pitch: 40}\n      # Bea: en-us\n    title: X\n"
    ),
    "stories:\n  s:\n    characters:\n      ANN: {rate: 150,  pitch: 10} # mine\n": (
        "stories:\n  s:\n    characters:\n      ANN: {voice: en-us+f2, rate: 150,  pitch: 10} # mine\n"
    ),
    "stories:\n  s:\n    characters:\n      Ann:   # who\n      Bea: en-us\n": (
        "stories:\n  s:\n    characters:\n      Ann: {voice: en-us+f2, pitch: 40}   # who\n      Bea: en-us\n"
    ),
    "stories:\n  s:\n    characters:\n      Ann:\n        gender: female\n\n      Bea: en-us": (
        "stories:\n  s:\n    characters:\n      Ann:\n        gender: female\n        voice: en-us+f2\n"
        "        pitch: 40\n\n      Bea: en-us"
    ),
    "stories:\n  s:\n    characters:\n      Ann: en-us\n": (
        "stories:\n  s:\n    characters:\n      Ann: en-us\n"
    ),
    "stories:\n  s:\n    characters:\n      Ann: false": "stories:\n  s:\n    characters:\n      Ann: false",
}


@pytest.mark.parametrize("before", GROWN, ids=repr)
def test_the_text_grows_where_it_should(before: str) -> None:
    after = pin_characters(before, "s", [ANN])
    assert after == GROWN[before]
    assert is_grown_from(before, after)
    assert pin_characters(after, "s", [ANN]) == after


def test_what_insertion_cannot_serve_is_said() -> None:
    with pytest.raises(StorageError, match=r"stories\.s: is written as a YAML alias"):
        pin_characters("x: &x {title: Y}\nstories: {t: *x, s: *x}\n", "s", [ANN])


@given(st.text(st.characters(codec="utf-8"), min_size=1) | st.sampled_from(["No", "null", "a: b", "#", "1"]))
def test_any_name_is_written_so_that_it_is_read_again(name: str) -> None:
    text = pin_characters("", name, [pin(name, voice=name)])
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


comments = st.sampled_from(["", "  # mine", "\n# a line", "\n\n"])
sections = st.fixed_dictionaries(
    {},
    optional={
        "title": st.just("X"),
        "characters": st.dictionaries(
            st.sampled_from(["Ann", "max", "Bea"]),
            st.sampled_from(["en-us", "{rate: 90}", "", "false", "{}"]),
        ),
        "pauses": st.just("{tail_ms: 10}"),
    },
)


@given(st.dictionaries(st.sampled_from(["s", "t"]), sections), st.integers(1, 6), comments, st.booleans())
@settings(deadline=None)
def test_a_files_own_text_stays(
    stories: dict[str, dict[str, object]], step: int, comment: str, has_end: bool
) -> None:
    lines = [f"rate: 150{comment}", f"stories:{comment}"]
    for story, section in stories.items():
        lines.append(f"{' ' * step}{story}:{comment}")
        for key, value in section.items():
            if isinstance(value, str):
                lines.append(f"{' ' * 2 * step}{key}: {value}{comment}")
                continue
            lines.append(f"{' ' * 2 * step}{key}:{comment}")
            assert isinstance(value, dict)
            lines += [f"{' ' * 3 * step}{name}: {voice}{comment}" for name, voice in value.items()]
    before = "\n".join(lines) + "\n" * has_end
    after = pin_characters(before, "s", [ANN, pin("Max", voice="en-us+m3")])
    assert is_grown_from(before, after)
    assert read(after)
    assert after.count("#") == before.count("#")
    assert pin_characters(after, "s", [ANN, pin("Max", voice="en-us+m3")]) == after


STORY = '"Yes," said Max.\n\n"No," said Rachel Green.\n\n"Why?" Rachel asked.\n'


def test_a_pinned_cast_stays_when_the_pools_change(new_project: NewProject) -> None:
    folder = new_project(talk=STORY)
    project = open_project(folder)
    before = {role.speaker: role.voice for role in script_and_cast(project, "talk")[1].roles}
    pinned = pin_cast(project, "talk")
    assert (pinned.changed, set(pinned.characters)) == (True, {"Max", "Rachel Green"})
    text = (folder / "voices.yaml").read_text(encoding="utf-8")
    assert text.startswith(TONES)
    (folder / "voices.yaml").write_text(
        text.replace("[tone-high, tone-bright]", "[tone-new]"), encoding="utf-8"
    )
    script, cast = script_and_cast(project, "talk")
    assert {role.speaker: role.voice for role in cast.roles} == before
    assert script.unmet == ()
    story = load_settings(folder / "voices.yaml", engines={"tone": ToneEngine().find_fault}).for_story("talk")
    rachel = next(character for character in story.characters if character.name == "Rachel Green")
    assert (rachel.gender, rachel.aliases) == ("female", ("Rachel",))
    assert not pin_cast(project, "talk").changed


def test_what_a_person_stated_is_not_pinned_over(new_project: NewProject) -> None:
    settings_text = f"{TONES}characters:\n  Rach: {{voice: tone-mine, aliases: [Rachel, Rachel Green]}}\n"
    folder = new_project(settings=settings_text, talk=STORY)
    pin_cast(open_project(folder), "talk")
    text = (folder / "voices.yaml").read_text(encoding="utf-8")
    assert text.removeprefix(settings_text) == (
        "stories:\n  talk:\n    characters:\n      Rach: {gender: female}\n"
        "      Max: {voice: tone-deep, gender: male}\n"
    )


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"], ids=["plain", "byte order mark"])
def test_mode_mark_and_line_ends_stay(new_project: NewProject, mark: bytes) -> None:
    folder = new_project(talk=STORY)
    path = folder / "voices.yaml"
    before = mark + TONES.replace("\n", "\r\n").encode()
    path.write_bytes(before)
    path.chmod(0o640)
    pin_cast(open_project(folder), "talk")
    after = path.read_bytes()
    assert after.startswith(before)
    assert after.count(b"\n") == after.count(b"\r\n")
    assert path.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in folder.iterdir() if each.name.startswith(".voices")] == []


def test_a_change_made_meanwhile_is_noticed(new_project: NewProject, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = new_project(talk=STORY)
    path = folder / "voices.yaml"

    def copy_mode(*_: Path) -> None:
        path.write_text(f"{TONES}# an editor saved this\n", encoding="utf-8")

    monkeypatch.setattr("audiobook.production.pins.shutil.copymode", copy_mode)
    with pytest.raises(StorageError, match="was changed meanwhile, so nothing was written"):
        pin_cast(open_project(folder), "talk")
    assert path.read_text(encoding="utf-8").endswith("# an editor saved this\n")
    assert [each.name for each in folder.iterdir() if each.name.startswith(".voices")] == []


def test_a_project_without_settings_gets_a_file(new_project: NewProject) -> None:
    folder = new_project(talk=STORY)
    (folder / "voices.yaml").unlink()
    done = CliRunner().invoke(main, ["cast", "talk", "--pin"])
    assert "stories.talk.characters: wrote" in done.output
    assert (folder / "voices.yaml").read_text(encoding="utf-8").startswith("stories:\n  talk:\n")
