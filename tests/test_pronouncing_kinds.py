"""However a pronunciation is stated, exactly the lines that hold its word are spoken anew."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.casting import VoiceWish
from audiobook.errors import NarrateError, SettingsError
from audiobook.files import are_unchanged
from audiobook.planning.clip_specs import ClipSpec, specify_clips
from audiobook.planning.pronouncing import make_pronouncer
from audiobook.planning.scripting import plan_script
from audiobook.project.layout import open_project
from audiobook.project.settings import read_settings
from audiobook.reading import read_lexicon_file
from audiobook.studio.desk import Desk
from audiobook.studio.story_memory import StoryMemory
from tests.command_line import finished, make

STORY = """\
"Either will do," said Max.

"Either is too much," Rachel said. "I read it."

She read either letter. Nobody laughed. Then Max read the note aloud.
"""
PLS = (
    '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="%s">\n'
    "<lexeme><grapheme>either</grapheme><grapheme>neither</grapheme>%s</lexeme></lexicon>\n"
)


def lexicon(way: str, language: str = "en") -> str:
    return PLS % (language, way)


@pytest.fixture
def project(new_project: Callable[..., Path]) -> Path:
    return new_project(settings="", a=STORY)


def specs(project: Path, settings: str, pls: str = lexicon("<alias>eether</alias>")) -> list[ClipSpec]:
    (project / "voices.yaml").write_text(settings, encoding="utf-8")
    (project / "names.pls").write_text(pls, encoding="utf-8")
    own = read_settings(open_project(Path())).for_story("a")
    script, cast = plan_script(project / "texts" / "a.txt", own)
    pronouncer = make_pronouncer(own, script)
    found = [
        spec for chapter in script.chapters for spec in specify_clips(chapter.utterances, cast, pronouncer)
    ]
    assert pronouncer.warnings("voices.yaml") == []
    return found


def changed(before: list[ClipSpec], after: list[ClipSpec]) -> list[str]:
    assert len(before) == len(after)
    return [one.text for one, other in zip(before, after, strict=True) if one.key != other.key]


ALL = ["Either will do,", "Either is too much,", "She read either letter."]


@pytest.mark.parametrize(
    ("settings", "lines"),
    [
        ("pronunciations: {either: eether}", ALL),
        ("pronunciations: {either: {ipa: iːðə}}", ALL),
        ("stories: {a: {pronunciations: {either: eether}}}", ALL),
        ("characters: {Max: {pronunciations: {either: eether}}}", ALL[:1]),
        ("stories: {a: {characters: {Rachel: {pronunciations: {either: {ipa: iːðə}}}}}}", ALL[1:2]),
        ("narrator: {pronunciations: {either: eether}}", ALL[2:]),
        ("lexicons: [names.pls]", ALL),
        ("stories: {a: {lexicons: [./names.pls]}}", ALL),
        ("stories: {b: {lexicons: [names.pls]}}", []),
        ("pronunciations: {either: {language: de}}", ALL),
        ("characters: {Max: {pronunciations: {either: {language: de, respelling: eiter}}}}", ALL[:1]),
        ("pronunciations: {read it: read it}", []),
        ("pronunciations: {read: read}", ["She read either letter.", "Then Max read the note aloud."]),
    ],
)
def test_exactly_the_lines_that_hold_a_word_are_spoken_anew(
    project: Path, settings: str, lines: list[str]
) -> None:
    assert changed(specs(project, ""), specs(project, settings)) == lines


def test_what_a_speaker_says_stands_over_what_all_say(project: Path) -> None:
    settings = (
        "pronunciations: {either: eether}\n"
        "lexicons: [names.pls]\n"
        "characters: {Max: {pronunciations: {either: eyether, neither: nyther}}}\n"
        "stories: {a: {characters: {max: {pronunciations: {either: ather}}}}}\n"
    )
    assert [spec.text for spec in specs(project, settings.replace("max", "Max"))][:3] == [
        "ather will do,",
        "said Max.",
        "eether is too much,",
    ]
    own = read_settings(open_project(Path())).for_story("a").characters[0].pronunciations
    assert {each.words: each.respelling for each in own} == {"either": "ather", "neither": "nyther"}


def test_a_changed_lexicon_counts_and_is_noticed(project: Path) -> None:
    settings = "lexicons: [names.pls]"
    before = specs(project, settings)
    noted = read_settings(open_project(Path())).files
    assert are_unchanged(noted)
    phonemes = '<phoneme alphabet="x-sampa">i:D@</phoneme><alias>eether</alias>'
    after = specs(project, settings, lexicon(phonemes))
    assert not are_unchanged(noted)
    # What differs are the lines with the word, whose phonemes are spoken now, in place of another word.
    spoken = [spec.text[p.start : p.end] for spec in after for p in spec.phonemes]
    assert [word for word in spoken if word.lower() == "either"] == ["Either", "Either", "either"]
    assert len(changed(before, after)) == len(ALL)


def test_a_lexicon_counts_in_its_language(project: Path) -> None:
    for language, count in (("en-GB", 3), ("EN", 3), ("fr", 0)):
        after = specs(project, "lexicons: [names.pls]", lexicon("<alias>eether</alias>", language))
        assert len(changed(specs(project, ""), after)) == count, language


def test_of_two_lexicons_the_first_counts(project: Path) -> None:
    (project / "more.pls").write_text(lexicon("<alias>ather</alias>"), encoding="utf-8")
    assert specs(project, "lexicons: [more.pls, names.pls]")[0].text == "ather will do,"
    assert specs(project, "lexicons: [names.pls, more.pls]")[0].text == "eether will do,"


def test_a_sound_that_no_voice_has_is_warned_of_with_its_lexicon(project: Path) -> None:
    with pytest.raises(AssertionError, match=r"voices.yaml:1: lexicons: names.pls: the pronunciation"):
        specs(project, "lexicons: [names.pls]", lexicon("<phoneme>i7</phoneme>"))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"<lexicon><lexeme></lexicon>", "not well-formed XML: .*line 1, column"),
        (b"<lexicon/>", "holds no pronunciation"),
        (b"", "not well-formed"),
        (b"\xff\xfe\x00", "starts as UTF-16"),
        (b"<html><body>either</body></html>", "holds no pronunciation"),
        (
            b"<!DOCTYPE lexicon [<!ENTITY a 'aa'><!ENTITY b '&a;&a;'>]><lexicon><alias>&b;</alias></lexicon>",
            "declares entities of its own",
        ),
        (
            b"<!DOCTYPE lexicon [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><lexicon><alias>&a;</alias></lexicon>",
            "declares entities of its own",
        ),
    ],
)
def test_a_broken_lexicon_is_a_fault_of_voices_yaml(project: Path, content: bytes, message: str) -> None:
    (project / "voices.yaml").write_text("lexicons: [names.pls]", encoding="utf-8")
    (project / "names.pls").write_bytes(content)
    with pytest.raises(SettingsError, match=rf"voices.yaml:1:12: lexicons\[0\]: .*{message}"):
        read_settings(open_project(Path()))


def test_what_never_ends_is_no_lexicon(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pls")
    for path in (tmp_path / "pipe.pls", tmp_path, Path("/dev/zero"), tmp_path / ("x" * 5000)):
        with pytest.raises(NarrateError):
            read_lexicon_file(path)


def test_the_memory_of_scripts_keeps_them_when_a_pronunciation_changes(project: Path) -> None:
    memory = StoryMemory()
    (project / "voices.yaml").write_text("lexicons: [names.pls]", encoding="utf-8")
    casts = []
    for way in ("<alias>eether</alias>", "<alias>ather</alias>"):
        (project / "names.pls").write_text(lexicon(way), encoding="utf-8")
        own = read_settings(open_project(Path())).for_story("a")
        casts.append(memory.plan_script(project / "texts" / "a.txt", own))
    assert casts[0][0].quotations is casts[1][0].quotations
    assert casts[0] is not casts[1]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("first", "second", "count"),
    [
        ("characters: {Max: {pronunciations: {either: %s}}}", "", 1),
        ("narrator: {pronunciations: {either: %s}}", "", 1),
        ("lexicons: [names.pls]", lexicon("<phoneme>iːðə</phoneme>"), 3),
        ("pronunciations: {read: read%s}", "", 3),
    ],
)
def test_a_run_speaks_no_other_line_anew(project: Path, first: str, second: str, count: int) -> None:
    def run(word: str, pls: str) -> tuple[object, object]:
        settings = first % word if "%s" in first else first
        (project / "voices.yaml").write_text(settings, encoding="utf-8")
        (project / "names.pls").write_text(pls, encoding="utf-8")
        report = make()["a"]
        return report["clips_made"], report["clips_reused"]

    made, _ = run("eether", lexicon("<alias>eether</alias>"))
    before = finished(project)
    assert run("ather", second or lexicon("<alias>eether</alias>")) == (count, int(str(made)) - count)
    assert finished(project) != before


def test_the_studio_speaks_by_a_lexicon_as_it_is_now(project: Path, tmp_path: Path) -> None:
    (project / "voices.yaml").write_text("lexicons: [names.pls]", encoding="utf-8")
    desk = Desk(open_project(Path()), tmp_path / "cache")
    spoken = []
    for way in ("<alias>eether</alias>", "<alias>eether</alias>", "<alias>ather</alias>"):
        (project / "names.pls").write_text(lexicon(way), encoding="utf-8")
        spoken.append(desk.open("a").speaker.speak(0, VoiceWish()))
    assert spoken[0] == spoken[1] != spoken[2]
    (project / "names.pls").unlink()
    with pytest.raises(SettingsError, match="no such file"):
        desk.open("a")
