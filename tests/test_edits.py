"""What a listener changes by hand in the studio stands in voices.yaml, and can be taken back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from audiobook.casting import VoiceWish
from audiobook.cli import main
from audiobook.editing.edits import Editor
from audiobook.errors import ConflictError, EditError, SettingsError, SourceError, StorageError
from audiobook.model import NARRATOR, Script, Voice
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from tests.conftest import TONES

NewProject = Callable[..., Path]

TALK = """\
"Yes," said Max.

"No," said Rachel Green.

"Why?" asked Rachel.

Max looked at Ms. Brown. "Well?" said Ms. Brown.

Are you sure, they wondered.

"Yes."

The rain fell.

"Yes."
"""
STORY = "stories:\n  talk:\n"


@pytest.fixture
def edit(new_project: NewProject) -> Callable[..., Editor]:
    """Return a function that makes a project with a story and settings, and an editor of it."""

    def make(settings: str = TONES, story: str = TALK) -> Editor:
        return Editor(open_project(new_project(settings=settings, talk=story)))

    return make


def written(editor: Editor) -> str:
    """Return what stands in voices.yaml below the settings that were there."""
    return editor.path.read_text(encoding="utf-8").removeprefix(TONES)


def script_of(editor: Editor) -> Script:
    return script_and_cast(editor.project, "talk")[0]


def correct_line(editor: Editor, story: str, number: int, speaker: str, revision: str) -> str:
    """Correct the line of an index."""
    quotations = script_and_cast(editor.project, story)[0].quotations
    return editor.correct_line(story, quotations[number].start, speaker, revision)


def speakers(editor: Editor) -> list[str | None]:
    return [quotation.speaker for quotation in script_of(editor).quotations]


def voice_of(editor: Editor, speaker: str) -> Voice:
    return script_and_cast(editor.project, "talk")[1].voice_of(speaker)


def script_json(story: str) -> dict[str, Any]:
    done = CliRunner().invoke(main, ["script", story, "--json"], catch_exceptions=False)
    script: dict[str, Any] = json.loads(done.stdout)
    return script


def test_a_line_of_a_story_is_corrected_and_the_correction_taken_back(new_project: NewProject) -> None:
    editor = Editor(open_project(new_project(settings=f"{TONES}# mine\r\n")))
    before, file = script_json("echo-fade"), editor.path.read_bytes()
    revision = correct_line(editor, "echo-fade", 1, "Viktoria Jones", editor.revision)
    after = script_json("echo-fade")
    assert revision == editor.revision
    # Line 0 stays Rachel's, by its tag, although all of a paragraph is most often one person's.
    assert [line["speaker"] for line in after["quotations"]] == ["Rachel", "Viktoria Jones"]
    spoken = [chapter["utterances"] for chapter in (*before["chapters"], *after["chapters"])]
    assert [new["text"] for old, new in zip(*spoken, strict=True) if old["speaker"] != new["speaker"]] == [
        "You're one of the most exciting new voices in music right now."
    ]
    undone = editor.undo(revision)
    assert undone.undone == "echo-fade: Viktoria Jones says “You're one of the”"
    assert editor.path.read_bytes() == file
    assert (undone.revision, script_json("echo-fade")) == (editor.revision, before)


def test_words_that_occur_more_than_once_get_what_stands_before(edit: Callable[..., Editor]) -> None:
    editor = edit()
    for number, speaker in ((5, "Rachel Green"), (4, "Ms. Brown"), (4, NARRATOR)):
        correct_line(editor, "talk", number, speaker, editor.revision)
    script = script_of(editor)
    assert script.unmet == ()
    assert [q.speaker for q in script.quotations][4:] == ["Rachel Green"]
    assert written(editor) == (
        f"{STORY}    lines:\n"
        "      Yes.: [{speaker: Rachel Green, after: The rain fell.}, "
        "{speaker: narrator, after: \"sure, they wondered.\"}]\n"
    )  # fmt: skip


def test_long_lines_are_meant_by_as_many_words_as_the_file_takes(edit: Callable[..., Editor]) -> None:
    long = "and so on " * 60
    editor = edit(story=f'Rain fell.\n\n"{long}."\n\nSnow fell.\n\n"{long}."\n\nMax left.\n')
    correct_line(editor, "talk", 1, "Max", editor.revision)
    assert speakers(editor)[1] == "Max"
    assert script_of(editor).unmet == ()
    assert "and so on: {speaker: Max, after: " in written(editor)


def test_a_script_at_hand_is_not_read_again(edit: Callable[..., Editor]) -> None:
    first = edit()
    script, asked = script_of(first), []

    def read_script(name: str) -> Script:
        asked.append(name)
        return script

    editor = Editor(first.project, read_script)
    revision = editor.set_voice("talk", NARRATOR, VoiceWish(pitch=40), editor.revision)
    editor.correct_line("talk", script.quotations[0].start, "Ms. Brown", revision)
    assert asked == ["talk"]
    assert "Yes,: Ms. Brown" in written(editor).replace('"', "")


def test_a_line_corrected_again_has_one_entry(edit: Callable[..., Editor]) -> None:
    editor = edit()
    for speaker in ("Max", "Somebody Else", "Rachel Green"):
        correct_line(editor, "talk", 3, speaker, editor.revision)
        assert speakers(editor)[3] == speaker
    assert written(editor) == f"{STORY}    lines:\n      \"Well?\": Rachel Green\n"  # fmt: skip


def test_a_correction_for_every_story_is_overruled_in_its_own(edit: Callable[..., Editor]) -> None:
    general = (
        "lines:\n  Yes.: [{speaker: Max, after: The rain}, {speaker: Max, after: Are you sure}]  # all\n"
    )
    editor = edit(TONES + general)
    correct_line(editor, "talk", 5, "Ms. Brown", editor.revision)
    assert speakers(editor)[4:] == ["Max", "Ms. Brown"]
    assert written(editor).startswith(general)
    assert script_of(editor).unmet == ()


def test_what_is_stated_of_a_line_is_taken_out_and_the_text_tells_again(edit: Callable[..., Editor]) -> None:
    editor = edit()
    before = script_of(editor)
    editor.path.write_text(f"{TONES}{STORY}    lines:\n      No: Max  # he did\n", encoding="utf-8")
    for number, speaker in ((5, "Rachel Green"), (4, "Ms. Brown"), (3, NARRATOR)):
        correct_line(editor, "talk", number, speaker, editor.revision)
    stated = script_of(editor).stated
    assert [line.fix.speaker for line in stated] == ["Max", NARRATOR, "Ms. Brown", "Rachel Green"]
    assert [TALK[line.start : line.end] for line in stated] == ["No,", "Well?", "Yes.", "Yes."]
    starts = [line.start for line in stated]
    revision = editor.restate_line("talk", starts[1], "Ms. Brown", editor.revision)
    assert (speakers(editor)[3], speakers(editor)[5]) == ("Ms. Brown", "Rachel Green")
    revision = editor.restate_line("talk", starts[2], None, revision)
    last = "Yes.: [{speaker: Rachel Green, after: The rain fell.}]\n"
    assert written(editor).endswith(f'      {last}      "Well?": Ms. Brown\n')
    for start in (starts[0], starts[1], starts[3]):
        revision = editor.restate_line("talk", start, None, revision)
    assert written(editor) == "      # he did\n"  # what a person wrote stays, what holds nothing goes
    assert script_of(editor) == before
    assert editor.undo(revision).undone == "talk: nothing is stated about “Yes.”"
    assert written(editor).endswith(last)


def test_what_is_stated_for_every_story_stays(edit: Callable[..., Editor]) -> None:
    editor = edit(f"{TONES}lines:\n  No: Max\n")
    start = TALK.index("No,")
    with pytest.raises(EditError, match=r"lines\.No: stands there for every story; take it out in an editor"):
        editor.restate_line("talk", start, None, editor.revision)
    with pytest.raises(EditError, match="nothing is stated of a line that begins at character 1"):
        editor.restate_line("talk", 1, None, editor.revision)
    editor.restate_line("talk", start, "Narrator", editor.revision)
    assert written(editor).endswith(f'{STORY}    lines:\n      "No": narrator\n')
    editor.restate_line("talk", start, None, editor.revision)
    assert written(editor) == "lines:\n  No: Max\n"
    assert speakers(editor)[1] == "Max"


def test_how_a_word_is_said_is_stated_and_taken_back(edit: Callable[..., Editor]) -> None:
    editor = edit(f"{TONES}pronunciations: {{rain: rayn, Max: {{ipa: mæks, case: true}}}}\n")
    before = editor.path.read_bytes()
    editor.state_pronunciation("talk", "Rachel", {"respelling": "Rah-shell"}, editor.revision)
    editor.state_pronunciation("talk", "Max", {"respelling": "Mex"}, editor.revision)
    editor.state_pronunciation("talk", "No", {"ipa": "nəʊ"}, editor.revision)
    assert written(editor).endswith(
        "stories:\n  talk:\n    pronunciations:\n      Rachel: Rah-shell\n"
        '      Max: {respelling: Mex, case: "true"}\n      "No": {ipa: nəʊ}\n'
    )
    stated = {each.words: each for each in read_settings(editor.project).for_story("talk").pronunciations}
    assert (stated["Max"].respelling, stated["Max"].ph, stated["Max"].matches_case) == ("Mex", "", True)
    for words in ("Rachel", "Max", "No"):
        editor.state_pronunciation("talk", words, None, editor.revision)
    assert editor.path.read_bytes() == before
    for words, told in (("rain", "stands there for every story"), ("Ann", "nothing is stated")):
        with pytest.raises(EditError, match=told):
            editor.state_pronunciation("talk", words, None, editor.revision)
    for stated_so in ({"respelling": "…"}, {"respelling": ""}, {"language": "no language"}):
        with pytest.raises(EditError):
            editor.state_pronunciation("talk", "Rachel", stated_so, editor.revision)
    assert editor.undo(editor.revision).undone == "talk: how “No” is said"


def test_what_can_not_be_told_from_others_is_refused(edit: Callable[..., Editor]) -> None:
    editor = edit(story='"Yes."\n\n"Yes."\n\n"..."\n')
    for start, problem in ((1, "no words tell this line from others"), (7, "no line begins at character 7")):
        with pytest.raises(EditError, match=problem):
            editor.correct_line("talk", start, "Max", editor.revision)
    assert written(editor) == ""


def test_a_voice_is_stated_as_far_as_it_changes(edit: Callable[..., Editor]) -> None:
    editor = edit()
    editor.set_voice("talk", "Max", VoiceWish(rate=170), editor.revision)
    editor.set_voice("talk", "Max", VoiceWish(engine="tone", id="tone-mine", pitch=30), editor.revision)
    editor.set_voice("talk", NARRATOR, VoiceWish(volume=0.5), editor.revision)
    assert written(editor) == (
        f"{STORY}    characters:\n      Max: {{rate: 170, voice: tone-mine, pitch: 30}}\n"
        "    narrator: {volume: 0.5}\n"
    )
    assert voice_of(editor, "Max") == Voice(engine="tone", id="tone-mine", rate=170, pitch=30)
    assert voice_of(editor, NARRATOR).volume == 0.5


def test_a_voice_of_another_engine_names_it(edit: Callable[..., Editor]) -> None:
    editor = edit()
    editor.set_voice("talk", "Max", VoiceWish(engine="pyttsx3", id="en-us+m3"), editor.revision)
    assert "Max: {voice: en-us+m3, engine: pyttsx3}\n" in written(editor)


def test_a_character_is_stated_under_the_name_that_it_has_above(edit: Callable[..., Editor]) -> None:
    editor = edit(f"{TONES}characters:\n  Rach: {{aliases: [Rachel Green, Rachel]}}  # she\n")
    editor.set_voice("talk", "Rach", VoiceWish(pitch=60), editor.revision)
    editor.set_character("talk", "Rach", editor.revision, gender="male", aliases=["Rachel", "Rachel Green"])
    assert written(editor).endswith(
        f"{STORY}    characters:\n      Rach: {{pitch: 60, gender: male, aliases: [Rachel, Rachel Green]}}\n"
    )
    assert speakers(editor)[1:3] == ["Rach", "Rach"]


def test_details_are_stated_and_left_to_the_file_again(edit: Callable[..., Editor]) -> None:
    editor = edit(f"{TONES}stories:\n  talk: {{author: Me}}  # mine\n")
    first = editor.set_details("talk", {"title": "1984", "formats": ["m4b", "mp3"]}, editor.revision)
    assert written(editor) == (
        'stories:\n  talk: {author: Me, title: "1984", output: {formats: [m4b, mp3]}}  # mine\n'
    )
    assert script_of(editor).book.title == "1984"
    second = editor.set_details("talk", {"title": None, "formats": None, "author": "You"}, first)
    assert written(editor) == "stories:\n  talk: {author: You}  # mine\n"
    faults: list[dict[str, Any]] = [{"title": "a\x07b"}, {"title": "x" * 501}, {"language": "english!"}]
    for fault in (*faults, {"formats": []}):
        with pytest.raises(EditError, match=r"stories\.talk\..*expected .*nothing was changed"):
            editor.set_details("talk", fault, second)
    assert editor.undo(second).undone == "talk: its title, formats, author"
    assert script_of(editor).book.title == "1984"


def test_merged_characters_are_one(edit: Callable[..., Editor]) -> None:
    own = f"{STORY}    characters:\n      Ms. Brown: {{rate: 90, aliases: [Brownie]}}  # slow\n"
    editor = edit(TONES + own)
    file = editor.path.read_bytes()
    revision = editor.merge_characters("talk", "Ms. Brown", "Rachel Green", editor.revision)
    assert written(editor) == (
        f"{STORY}    characters:\n"
        "      Rachel Green: {aliases: [Rachel, Ms. Brown, Brownie]}\n      # slow\n"
    )
    script = script_of(editor)
    assert {character.name for character in script.characters} == {"Max", "Rachel Green"}
    assert speakers(editor)[1:4] == ["Rachel Green"] * 3
    revision = editor.merge_characters("talk", "Rachel Green", "Max", revision)
    assert set(speakers(editor)) == {"Max"}
    for _ in range(2):
        revision = editor.undo(revision).revision
    assert editor.path.read_bytes() == file
    with pytest.raises(ConflictError, match="there is nothing to take back"):
        editor.undo(revision)


def test_a_merge_loses_no_name_that_the_story_has(new_project: NewProject) -> None:
    editor = Editor(open_project(new_project()))
    editor.merge_characters("starlight-serenade", "Max", "Anne-Marie Ferrari", editor.revision)
    script, _ = script_and_cast(editor.project, "starlight-serenade")
    # Alone, "Anne-Marie" would not be taken for somebody who is called Max as well.
    assert [character.name for character in script.characters] == ["Anne-Marie Ferrari", "Rachel"]
    assert written(editor).endswith("Anne-Marie Ferrari: {aliases: [Anne-Marie, Max]}\n")


def test_a_merge_adds_to_the_names_that_are_stated_above(edit: Callable[..., Editor]) -> None:
    editor = edit(f"{TONES}characters:\n  Rach: {{aliases: [Rachel, Rachel Green]}}\n  Max: {{rate: 150}}\n")
    editor.merge_characters("talk", "Ms. Brown", "Rach", editor.revision)
    assert written(editor).endswith("Rach: {aliases: [Rachel, Rachel Green, Ms. Brown]}\n")
    for character, into, problem in (
        ("Max", "Rach", r"characters\.Max: stands there for every story"),
        ("Max", "Max", "can't be merged with itself"),
        ("Rach", "Maxx", r"has no character 'Maxx' \(did you mean 'Max'\?\)"),
    ):
        with pytest.raises(EditError, match=problem):
            editor.merge_characters("talk", character, into, editor.revision)


def test_what_is_no_valid_setting_is_not_written(edit: Callable[..., Editor]) -> None:
    editor = edit()
    with pytest.raises(EditError, match=r"characters\.Max\.rate: expected a number .* got 900; nothing was"):
        editor.set_voice("talk", "Max", VoiceWish(rate=900), editor.revision)
    editor.set_character("talk", "Max", editor.revision, aliases=["A"])
    with pytest.raises(EditError, match="expected a name that belongs to one character"):
        editor.set_character("talk", "Ms. Brown", editor.revision, aliases=["a"])
    with pytest.raises(SourceError, match="no such story"):
        editor.set_voice("tall", "Max", VoiceWish(rate=90), editor.revision)
    editor.path.write_text("rate: fast\n", encoding="utf-8")
    with pytest.raises(SettingsError):
        editor.set_voice("talk", "Max", VoiceWish(rate=90), editor.revision)
    assert [each.name for each in editor.path.parent.iterdir() if each.name.startswith(".voices")] == []


def test_a_change_made_in_an_editor_meanwhile_is_kept(edit: Callable[..., Editor]) -> None:
    editor = edit()
    seen = editor.set_voice("talk", "Max", VoiceWish(rate=90), editor.revision)
    mine = editor.path.read_bytes() + b"# by hand\n"
    editor.path.write_bytes(mine)
    with pytest.raises(ConflictError, match="was changed meanwhile"):
        editor.set_voice("talk", "Max", VoiceWish(rate=100), seen)
    with pytest.raises(ConflictError, match="was changed meanwhile"):
        editor.undo(seen)
    with pytest.raises(ConflictError, match="was changed in an editor since"):
        editor.undo(editor.revision)
    revision = editor.set_voice("talk", "Max", VoiceWish(rate=100), editor.revision)
    editor.undo(revision)
    assert editor.path.read_bytes() == mine


def test_what_changes_nothing_is_no_change(edit: Callable[..., Editor]) -> None:
    editor = edit()
    revision = editor.set_voice("talk", "Max", VoiceWish(rate=90), editor.revision)
    assert editor.set_voice("talk", "Max", VoiceWish(rate=90), revision) == revision
    assert editor.set_character("talk", "Max", revision) == revision
    editor.undo(revision)
    assert written(editor) == ""


def test_a_file_that_was_not_there_is_made_and_taken_back(edit: Callable[..., Editor]) -> None:
    editor = edit()
    editor.path.unlink()
    revision = editor.set_character("talk", "Max", editor.revision, gender="female")
    assert written(editor) == f"{STORY}    characters:\n      Max: {{gender: female}}\n"
    assert script_of(editor).characters[0].gender == "female"
    revision = correct_line(editor, "talk", 0, "Ms. Brown", revision)
    for _ in range(2):
        revision = editor.undo(revision).revision
    assert not editor.path.exists()


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "byte order mark"])
def test_mark_and_line_ends_stay(edit: Callable[..., Editor], mark: str, line_end: str) -> None:
    editor = edit()
    before = f"{mark}{TONES}# the end".replace("\n", line_end).encode()
    editor.path.write_bytes(before)
    revision = editor.set_voice("talk", "Max", VoiceWish(rate=90), editor.revision)
    after = editor.path.read_bytes()
    assert after.startswith(before + line_end.encode() + b"stories:")
    assert after.count(b"\r\n") == after.count(b"\n") * (line_end == "\r\n")
    editor.undo(revision)
    assert editor.path.read_bytes() == before


def test_of_many_at_once_one_wins(edit: Callable[..., Editor]) -> None:
    editor = edit()
    revision, lost = editor.revision, []

    def change(rate: int) -> None:
        try:
            editor.set_voice("talk", "Max", VoiceWish(rate=rate), revision)
        except ConflictError as error:
            lost.append(error)

    threads = [Thread(target=change, args=(rate,)) for rate in range(90, 94)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(lost) == 3
    assert written(editor).count("rate:") == 1


def test_a_folder_that_can_not_be_written_is_told(edit: Callable[..., Editor]) -> None:
    editor = edit()
    editor.path.unlink()
    editor.path.mkdir()
    with pytest.raises(StorageError, match=r"voices\.yaml: can't be read"):
        _ = editor.revision
