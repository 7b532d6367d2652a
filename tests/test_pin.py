"""Pinning adds to voices.yaml and changes no byte of what stands there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.casting import load_settings
from audiobook.cli import main
from audiobook.editing.pins import pin_cast
from audiobook.errors import ConflictError
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.shared_engines import known_engines
from tests.conftest import TONES

NewProject = Callable[..., Path]


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
    story = load_settings(folder / "voices.yaml", engines=known_engines()).for_story("talk")
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


def test_what_stands_gets_what_it_lacks(new_project: NewProject) -> None:
    head = f"{TONES}stories:\n  talk:\n    characters:\n"
    written = "      Max: {gender: male}  # he\n      Rachel Green: 'tone-mine'\n"
    folder = new_project(settings=head + written, talk=STORY)
    pin_cast(open_project(folder), "talk")
    assert (folder / "voices.yaml").read_text(encoding="utf-8").removeprefix(head) == (
        "      Max: {gender: male, voice: tone-deep}  # he\n"
        "      Rachel Green: {voice: 'tone-mine', gender: female, aliases: [Rachel]}\n"
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

    monkeypatch.setattr("audiobook.editing.voices_file.shutil.copymode", copy_mode)
    with pytest.raises(ConflictError, match="was changed meanwhile, so nothing was written"):
        pin_cast(open_project(folder), "talk")
    assert path.read_text(encoding="utf-8").endswith("# an editor saved this\n")
    assert [each.name for each in folder.iterdir() if each.name.startswith(".voices")] == []


def test_a_project_without_settings_gets_a_file(new_project: NewProject) -> None:
    folder = new_project(talk=STORY)
    (folder / "voices.yaml").unlink()
    done = CliRunner().invoke(main, ["cast", "talk", "--pin"])
    assert "stories.talk.characters: wrote" in done.output
    assert (folder / "voices.yaml").read_text(encoding="utf-8").startswith("stories:\n  talk:\n")
