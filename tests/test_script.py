"""The script stage as a whole: golden cases, the four stories, what a person states, the proof."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from audiobook.errors import IncompleteError
from audiobook.model import NARRATOR, Book, Chapter, Corrections, KnownCharacter, Paragraph, Script, Utterance
from audiobook.script import prove_complete, say_labels, write_script
from audiobook.script.delivery import find_contours

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
    """Render a script as the golden cases have it: the cast, then a line for each utterance.

    How a line is delivered stands in brackets behind its speaker.
    """
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
            # What ? and ! show stands at the line's end anyway.
            names = [name for name in utterance.delivery if name not in {"question", "exclamation"}]
            delivery = f" ({', '.join(names)})" if names else ""
            lines.append(f"{speaker if utterance.speaker != NARRATOR else '·'}{delivery}: {utterance.text}")
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
        ("said Max.", "tag"),
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


def test_who_interrupts_does_not_wait() -> None:
    script = read_aloud('"But I only—"\n\n"Sit down," said Max.\n\n"I meant—"\n\nMax left.\n\n"Oh."')
    assert [u.follows for u in script.chapters[0].utterances if u.text != "said Max."] == [
        "none",
        "speaker",
        "paragraph",
        "paragraph",
        "paragraph",
    ]


def test_a_tag_is_of_one_sentence_with_its_quotation() -> None:
    text = (
        '"I," he said, "am here." "Go!" Max shouted. "Come—" the boy began. "Where?" She turned away. '
        'Max said: "There." The song “Haze” began.'
    )
    script = read_aloud(text)
    assert [(u.text, u.follows) for u in script.chapters[0].utterances] == [
        ("I,", "none"),
        ("he said,", "tag"),
        ("am here.", "tag"),
        ("Go!", "speaker"),
        ("Max shouted.", "tag"),
        ("Come—", "speaker"),
        ("the boy began.", "tag"),
        ("Where?", "speaker"),
        ("She turned away.", "speaker"),
        ("Max said:", "sentence"),
        ("There.", "speaker"),
        ("The song “Haze” began.", "speaker"),
    ]


@pytest.mark.parametrize(
    ("words", "contours"),
    [
        ("MY DEAR BROTHER,", ()),  # how a letter opens
        ("I said NO", ("emphatic",)),
        ("GET OUT!", ("exclamation", "emphatic")),
        ("STOP!", ("exclamation", "emphatic")),
        ("It is on the BBC.", ()),
        ("BBC.", ()),
        ("What?!", ("question", "exclamation")),
        ("So…?", ("question",)),
        ("I thought...", ("trailing",)),
        ("But—", ("interrupted",)),
        ("A well-known man", ()),
    ],
)
def test_marks_tell_how_a_line_is_spoken(words: str, contours: tuple[str, ...]) -> None:
    assert find_contours(words, frozenset({"my", "dear", "no"})) == contours


def test_what_is_likely_misread_is_warned_of() -> None:
    unheard = "Mara and Tom sat on the step.\n\n" + "\n\n".join(f"<<Line {n}, she said.>>" for n in range(8))
    (warning,) = read_aloud(unheard).book.warnings
    assert "8 of 8 paragraphs that open with a quotation mark or a dash are read by the narrator" in warning
    talk = "\n\n".join(f"“That is number {n}.”\n\nA bell rang." for n in range(9))
    (warning,) = read_aloud(f"“Well,” said Tom.\n\n{talk}").book.warnings
    assert "Tom speaks 10 times in a row from “Well,” on" in warning
    tagged = "\n\n".join(f"“Number {n},” said Reyes." for n in range(10))
    (warning,) = read_aloud(tagged).book.warnings
    assert "nothing tells whether a woman or a man is Reyes (10 lines)" in warning
    assert "characters: {Reyes: {gender: female}}" in warning
    unmarked = "\n\n".join(f"It is number {n}, said Ole." for n in range(7))
    (warning,) = read_aloud(unmarked).book.warnings
    assert "7 paragraphs say who speaks, from “It is number 0, said Ole.” on" in warning


def test_nothing_is_warned_of_where_all_is_well() -> None:
    for path in STORIES.glob("*.txt"):
        assert read_aloud(path.read_text("utf-8")).book.warnings == ()


@pytest.mark.parametrize("marks", ["O'Brien", "O’Brien"])
@pytest.mark.parametrize("stated", ["O'Brien", "O’Brien"])
def test_a_name_with_an_apostrophe_is_stated_with_either(marks: str, stated: str) -> None:
    text = f"“Sit,” said {marks}.\n\n“No,” said Tom.\n\n{marks} laughed. “Very well.”\n"
    script = read_aloud(text, KnownCharacter(name=stated, gender="female"))
    assert [q.speaker for q in script.quotations] == [stated, "Tom", stated]
    assert {c.name: c.gender for c in script.characters}[stated] == "female"


def test_labels_are_left_out_by_name_or_read_by_the_narrator() -> None:
    text = "ANNA: Who is it?\n\nTOM: Only me.\n\nANNA: Come in, then.\n"
    script = read_aloud(text)
    assert [(u.speaker, u.text) for u in script.chapters[0].utterances] == [
        ("Anna", "Who is it?"),
        ("Tom", "Only me."),
        ("Anna", "Come in, then."),
    ]
    assert [(text[s.start : s.end], s.reason) for s in script.skipped] == [
        ("ANNA: ", "speaker's label"),
        ("TOM: ", "speaker's label"),
        ("ANNA: ", "speaker's label"),
    ]
    read = say_labels(script)
    prove_complete(read)
    assert [u.text for u in read.chapters[0].utterances if u.speaker == NARRATOR] == [
        "ANNA:",
        "TOM:",
        "ANNA:",
    ]
    assert read.skipped == ()


@pytest.mark.parametrize(
    "text",
    [
        "Class: Mage\nRace: Human\nWeapon: Iron Sword\n\nClass: Thief\nRace: Elf\nWeapon: Short Bow\n",
        "There were three rules.\n\nFirst: be quiet.\n\nSecond: be quick.\n\nThird: be gone.\n",
        "He had one wish.\n\nNote: it came true.\n\nNote: it was forgotten.\n\nNote: it came back.\n",
        "Monday: I slept?\n\nTuesday: I ate!\n\nMonday: I slept.\n\nTuesday: you woke me.\n",
        "< > and that was all.\n\n<·> so it went on.\n",
    ],
)
def test_not_every_word_before_a_colon_is_a_label(text: str) -> None:
    assert read_aloud(text).skipped == ()


def test_each_story_of_a_collection_has_its_own_marks() -> None:
    double = "“One,” said Tom.\n\n“Two,” said Anna.\n\n“Three,” said Tom.\n\n“Four,” said Anna.\n\n" * 3
    single = "‘Five,’ said Ruth.\n\n‘Six,’ said Hugh.\n\n‘Seven,’ said Ruth.\n\n"
    dashes = "— Eight, said Clara.\n\n— Nine, said Paul.\n"
    parts = [make_book(part).chapters[0] for part in (double, single, dashes)]
    shift = 0
    chapters = []
    for number, (part, chapter) in enumerate(zip((double, single, dashes), parts, strict=True), 1):
        moved = tuple(
            dataclasses.replace(p, start=p.start + shift, end=p.end + shift) for p in chapter.paragraphs
        )
        chapters.append(dataclasses.replace(chapter, number=number, paragraphs=moved))
        shift += len(part)
    book = dataclasses.replace(make_book(""), text=double + single + dashes, chapters=tuple(chapters))
    script = write_script(book)
    prove_complete(script)
    assert [q.speaker for q in script.quotations[-5:]] == ["Ruth", "Hugh", "Ruth", "Clara", "Paul"]


def test_who_goes_by_a_word_of_kinship_still_does_a_moment_later() -> None:
    script = read_aloud(
        '"You are late," said his aunt. She did not look up.\n\n"The train was," said Piet.\n\n'
        '"Is there soup?" asked Mr. Vos, who had come in with the rain.\n\n"There was," said his aunt.\n\n'
        '"Mr. Vos likes it cold," Piet said.\n'
    )
    told = [quotation.speaker for quotation in script.quotations]
    assert told == ["his aunt", "Piet", "Mr. Vos", "his aunt", "Piet"]


def test_pronouns_that_all_say_otherwise_overrule_a_first_name() -> None:
    text = (
        '"Well?" asked Ruth.\n\n"No," said Rahul. She smiled at Ruth.\n\n"Yes," said Rahul. She laughed.\n\n'
        "Rahul took the lamp, and she went down.\n"
    )
    genders = {character.name: character.gender for character in read_aloud(text).characters}
    assert genders["Rahul"] == "female"
    genders = {
        character.name: character.gender for character in read_aloud(text.replace("She l", "He l")).characters
    }
    assert genders["Rahul"] == "male"


@pytest.mark.parametrize(
    ("language", "text", "told"),
    [
        ("es", "-Hola -dijo Ana-. ¿Qué tal?\n\n-Bien -respondió Luis.\n", ["Ana", "Ana", "Luis"]),
        ("fr", "-Bonjour, dit Marie.\n\n-Bonjour, répondit Paul.\n\n-Oui.\n", ["Marie", "Paul", "Marie"]),
        ("en", "-I am not going, Marta said.\n\n-You are, said Piet.\n", ["Marta", "Piet"]),
        ("es", "Compró:\n\n-Pan\n\n-Leche\n", []),
        ("en", "They needed:\n\n-Bread\n\n-Milk\n\n-Soap\n", []),
        ("es", "Hacía -5 grados.\n\n-5 grados eran pocos, dijo el hombre.\n", []),
    ],
)
def test_hyphens_right_before_the_words_are_dashes_where_people_talk(
    language: str, text: str, told: list[str]
) -> None:
    assert [each.speaker for each in read_aloud(text, language=language).quotations] == told


def test_a_question_mark_in_an_address_ends_no_sentence() -> None:
    words = "See https://example.org/find?q=boat&page=2 or www.example.org/a?b=C for more. Then come."
    (chapter,) = read_aloud(words).chapters
    assert [each.text for each in chapter.utterances] == [words[:-11], "Then come."]


def test_who_tells_a_name_is_the_role_that_the_tag_names() -> None:
    script = read_aloud(
        '"Travellers," said the crone. "I am Elder Fenn, and this is my ford."\n\n'
        '"We want to cross," said Ilse.\n\n"Everybody does," the crone said.\n\n'
        '"My name is not your business," said the rider. "Call me Tobias."\n\n"Then pay," said the rider.\n'
    )
    told = [quotation.speaker for quotation in script.quotations]
    assert told == ["Elder Fenn", "Elder Fenn", "Ilse", "Elder Fenn", "Tobias", "Tobias", "Tobias"]
