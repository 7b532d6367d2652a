"""The script stage as a whole: golden cases, the four stories, what a person states, the proof."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from audiobook.errors import IncompleteError
from audiobook.model import NARRATOR, Book, Chapter, Corrections, KnownCharacter, Paragraph, Script, Utterance
from audiobook.script import prove_complete, write_script

CASES = sorted(Path(__file__).with_name("cases").glob("*.txt"))
STORIES = Path(__file__).parents[1] / "texts"


def make_book(text: str, language: str = "en") -> Book:
    """Make a one-chapter book: paragraphs are what blank lines part; `* * *` is a scene break."""
    paragraphs: list[Paragraph] = []
    scene = False
    for match in re.finditer(r"[^\s](?:[^\n]|\n(?![ \t\r]*\n))*", text):
        words = match.group().rstrip()
        if words == "* * *":
            scene = True
            continue
        paragraphs.append(
            Paragraph(start=match.start(), end=match.start() + len(words), follows_scene_break=scene)
        )
        scene = False
    return Book(
        name="case",
        source="case.txt",
        text=text,
        title="Case",
        language=language,
        chapters=(Chapter(number=1, title="Case", paragraphs=tuple(paragraphs)),),
    )


def read_aloud(text: str, *known: KnownCharacter, language: str = "en") -> Script:
    """Write the script of a text and prove it complete."""
    script = write_script(make_book(text, language), Corrections(characters=known))
    prove_complete(script)
    return script


def show(script: Script) -> str:
    """Render a script as the golden cases have it: the cast, then a line for each utterance."""
    lines = [
        f"{c.name} [{', '.join((c.gender, *c.aliases))}] {c.quotations}"
        for c in sorted(script.characters, key=lambda c: c.name)
    ]
    for chapter in script.chapters:
        paragraph = 0
        for utterance in chapter.utterances:
            if utterance.paragraph != paragraph:
                lines.append("" if utterance.follows != "scene" else "* * *")
                paragraph = utterance.paragraph
            speaker = utterance.speaker or "?"
            lines.append(f"{speaker if utterance.speaker != NARRATOR else '·'}: {utterance.text}")
    return "\n".join(lines)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_golden_case(path: Path) -> None:
    """A case may begin with a line `language: fr`."""
    story, _, expected = path.read_text("utf-8").partition("\n=== script\n")
    header = re.match(r"language: (\S+)\n+", story)
    language, story = (header[1], story[header.end() :]) if header else ("en", story)
    assert show(read_aloud(story, language=language)) == expected.strip("\n")


SPOKEN = {
    "echo-chamber": [("For good luck,", "Alex")],
    "starlight-serenade": [("You're going to collapse on stage,", "Max")],
    "echo-fade": [
        ("We need to get you out there more,", "Rachel"),
        ("You're one of the most exciting new voices in music right now.", "Rachel"),
    ],
    "lost-in-the-haze": [],
}
GENDERS = {
    "echo-chamber": {"Luca Kuznetsova": "female", "Alex": "male", "Maya": "female", "Jack": "male"},
    "starlight-serenade": {"Anne-Marie Ferrari": "female", "Max": "male", "Rachel": "female"},
    "echo-fade": {"Viktoria Jones": "female", "Rachel": "female"},
    "lost-in-the-haze": {"Kamila Cara": "female"},
}


@pytest.mark.parametrize("story", SPOKEN)
def test_the_stories_come_out_exactly(story: str) -> None:
    script = read_aloud((STORIES / f"{story}.txt").read_text("utf-8"))
    text = script.book.text
    assert [(text[q.start : q.end], q.speaker) for q in script.quotations] == SPOKEN[story]
    assert {c.name: c.gender for c in script.characters} == GENDERS[story]


def test_a_character_goes_by_the_full_name_with_the_short_one_as_alias() -> None:
    script = read_aloud((STORIES / "echo-chamber.txt").read_text("utf-8"))
    assert {c.name: c.aliases for c in script.characters}["Luca Kuznetsova"] == ("Luca",)


def test_pronoun_tag_is_anaphoric_and_says_why() -> None:
    script = read_aloud((STORIES / "echo-chamber.txt").read_text("utf-8"))
    (quotation,) = script.quotations
    assert quotation.type == "anaphoric"
    assert "he whispered" in quotation.evidence
    assert 0 < quotation.confidence <= 1


def test_known_aliases_are_one_person_of_the_stated_gender() -> None:
    text = '"Hello," said Sparrow.\n\n"Good day," said Captain Jones.\n\n"Well," Sparrow said.'
    script = read_aloud(
        text, KnownCharacter(name="Jo", aliases=("Sparrow", "Captain Jones"), gender="female")
    )
    assert {q.speaker for q in script.quotations} == {"Jo"}
    (jo,) = script.characters
    assert (jo.gender, jo.gender_evidence) == ("female", "stated in the settings")


def test_a_known_character_that_the_story_lacks_is_no_character_of_it() -> None:
    script = read_aloud('"Hello," said Max.', KnownCharacter(name="Rachel"))
    assert [c.name for c in script.characters] == ["Max"]


def test_utterances_are_sentences_and_say_what_break_precedes_them() -> None:
    text = 'Max rose. He sat. "Why?" said Max. "Tell me."\n\nNobody did.\n\n* * *\n\nNight fell.'
    script = read_aloud(text)
    assert [(u.text, u.follows) for u in script.chapters[0].utterances] == [
        ("Max rose.", "none"),
        ("He sat.", "sentence"),
        ("Why?", "speaker"),
        ("said Max.", "speaker"),
        ("Tell me.", "speaker"),
        ("Nobody did.", "paragraph"),
        ("Night fell.", "scene"),
    ]


def test_hard_wrapped_lines_are_joined_and_emphasis_marks_left_out() -> None:
    script = read_aloud("It was a _very_\nlong   day.")
    assert [u.text for u in script.chapters[0].utterances] == ["It was a very long day."]


def test_abbreviations_end_no_sentence() -> None:
    script = read_aloud("Dr. Hale met Mrs. J. R. Finch at 5 p.m. on Main St. in the rain. It was cold.")
    assert [u.text for u in script.chapters[0].utterances][-1] == "It was cold."
    assert len(script.chapters[0].utterances) == 2


def _with_utterances(script: Script, utterances: tuple[Utterance, ...]) -> Script:
    chapter = dataclasses.replace(script.chapters[0], utterances=utterances)
    return dataclasses.replace(script, chapters=(chapter,))


def test_proof_names_what_would_be_lost() -> None:
    script = read_aloud("One day.\n\nTwo days.\n\nThree days.")
    with pytest.raises(IncompleteError, match=r"line 3, characters 10–21: “Two days\.” would be lost"):
        prove_complete(_with_utterances(script, script.chapters[0].utterances[::2]))


def test_proof_names_what_would_be_spoken_twice() -> None:
    script = read_aloud("One day.\n\nTwo days.")
    with pytest.raises(IncompleteError, match=r"“Two days\.” would be spoken twice"):
        prove_complete(
            _with_utterances(script, (*script.chapters[0].utterances, script.chapters[0].utterances[1]))
        )


def test_proof_names_words_that_were_changed() -> None:
    script = read_aloud("One day.")
    (utterance,) = script.chapters[0].utterances
    with pytest.raises(IncompleteError, match=r"“One day\.” is spoken with other words"):
        prove_complete(_with_utterances(script, (dataclasses.replace(utterance, text="One night."),)))
