"""What a person says about characters and lines is obeyed, and said where it meets nothing."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.model import NARRATOR, Corrections, KnownCharacter, LineFix, Origin, Script
from audiobook.planning.joins import describe_join
from audiobook.script import find_joins, foresee, prove_complete, write_script
from tests.test_script import make_book

GENERAL = Origin(path="x", line=1)


def known(
    name: str, *aliases: str, gender: str | None = None, is_character: bool = True, line: int = 1
) -> KnownCharacter:
    assert gender in {None, "female", "male", "unknown"}
    return KnownCharacter(
        name=name,
        aliases=aliases,
        gender=gender,  # type: ignore[arg-type] # a literal by the line above
        is_character=is_character,
        origin=Origin(path=f"characters.{name}", line=line, is_general=False),
    )


def fix(snippet: str, speaker: str, after: str | None = None, line: int = 1) -> LineFix:
    origin = Origin(path=f"lines.{snippet}", line=line, is_general=False)
    return LineFix(snippet=snippet, speaker=speaker, after=after, origin=origin)


def write(text: str, *stated: KnownCharacter | LineFix) -> Script:
    script = write_script(
        make_book(text),
        Corrections(
            characters=tuple(each for each in stated if isinstance(each, KnownCharacter)),
            lines=tuple(each for each in stated if isinstance(each, LineFix)),
        ),
    )
    prove_complete(script)
    return script


def said(script: Script) -> list[tuple[str, str | None]]:
    text = script.book.text
    return [(" ".join(text[q.start : q.end].split()), q.speaker) for q in script.quotations]


def speakers(script: Script) -> list[str | None]:
    return [quotation.speaker for quotation in script.quotations]


def unmet(script: Script) -> list[str]:
    return [each.message for each in script.unmet]


TALK = """\
"Where were you?" said Elizabeth Bennet.

"In the garden," said Mr. Collins.

"Alone?" Lizzy asked.

"Quite alone," said Mr. Collins.
"""


def test_aliases_merge_found_characters() -> None:
    text = '"Hello," said Sparrow.\n\n"Good day," said Captain Jones.\n\n"Well," Sparrow said.'
    assert len(write(text).characters) == 2
    script = write(text, known("Sparrow", "Captain Jones", gender="female"))
    (sparrow,) = script.characters
    assert set(speakers(script)) == {"Sparrow"}
    assert (sparrow.aliases, sparrow.gender, sparrow.quotations) == (("Captain Jones",), "female", 3)
    assert script.unmet == ()


def test_a_new_name_renames() -> None:
    script = write(TALK, known("William", "Mr. Collins", gender="male"))
    assert speakers(script) == ["Elizabeth Bennet", "William", "Elizabeth Bennet", "William"]
    william = next(c for c in script.characters if c.name == "William")
    assert (william.aliases, william.gender, william.gender_evidence) == (
        ("Mr. Collins",),
        "male",
        "stated in the settings",
    )


def test_names_stated_apart_split_a_character() -> None:
    assert speakers(write(TALK))[2] == "Elizabeth Bennet"
    script = write(TALK, known("Elizabeth Bennet"), known("Lizzy"))
    assert speakers(script)[0] == "Elizabeth Bennet"
    assert speakers(script)[2] == "Lizzy"


def test_roles_and_i_get_the_name_that_is_stated() -> None:
    text = (
        '"Closed," said the bartender.\n\n"Since when?" I asked.\n\n"Since now," the bartender said.\n\n'
        '"Go home," said Max\'s mother. Max went.'
    )
    script = write(text, known("Tom", "the bartender"), known("Nick", "I"), known("Ada", "Max's mother"))
    assert speakers(script) == ["Tom", "Nick", "Tom", "Ada"]
    assert "the bartender" not in {c.name for c in script.characters}
    assert script.unmet == ()


def test_who_tells_the_story_is_whom_a_person_says() -> None:
    text = '"Jim, are you there?" said Max.\n\n"Here," I said.\n\n"Jim!" said Max.\n\n"Here," I said again.'
    assert speakers(write(text, known("Nick", "I"))) == ["Max", "Nick", "Max", "Nick"]
    script = write(text, known("Jim", "I"))
    assert speakers(script) == ["Max", "Jim", "Max", "Jim"]
    assert {c.name for c in script.characters} == {"Max", "Jim"}


def test_a_roles_gender_is_obeyed() -> None:
    text = 'The doctor came in with Max.\n\n"Good evening," said the doctor.'
    script = write(text, known("the doctor", gender="female"))
    doctor = next(c for c in script.characters if c.name == "the doctor")
    assert (doctor.gender, doctor.quotations) == ("female", 1)


def test_a_generic_role_that_is_stated_takes_nobodys_lines() -> None:
    text = 'Max sat down.\n\n"Cold," the child said.\n\nA child came in. "Who is there?" the child said.'
    assert speakers(write(text, known("the child"))) == speakers(write(text))


def test_a_stated_gender_decides_who_a_pronoun_is() -> None:
    text = 'Robin sat beside Max.\n\n"It is late," she said.\n\nRobin yawned.'
    assert speakers(write(text, known("Robin", gender="female"))) == ["Robin"]
    assert speakers(write(text, known("Robin", gender="male"), known("Max", gender="female"))) == ["Max"]


def test_a_name_may_be_nobodys() -> None:
    text = '"Help me," said Max. Alex nodded, and Alex smiled.\n\n"Why?" said Alex.'
    assert "Alex" in {c.name for c in write(text).characters}
    script = write(text, known("Alex", is_character=False))
    assert {c.name for c in script.characters} == {"Max"}
    assert script.unmet == ()
    role = write('"Halt," said the porter. Max ran.', known("the porter", is_character=False))
    assert speakers(role) == [None]
    assert role.quotations[0].evidence == "voices.yaml says that 'the porter' is no character"
    assert "the porter" not in {c.name for c in role.characters}


def test_a_name_that_was_passed_over_is_a_character_once_it_is_stated() -> None:
    text = 'They drove to the sea with Blue.\n\n"Look," Blue. Max smiled at Blue.'
    before = {c.name for c in write(text).characters}
    assert "Blue" not in before
    assert {c.name for c in write(text, known("Blue")).characters} == {*before, "Blue"}


def test_a_fixed_line_is_sure_and_tells_whose_turn_comes_next() -> None:
    text = (
        'Max and Alex sat down with Ben.\n\n"Cold," said Max.\n\n"Very cold."\n\n"Coffee?"\n\n"No," said Ben.'
    )
    script = write(text, fix("Very cold", "Alex"))
    assert speakers(script)[1] == "Alex"
    fixed = script.quotations[1]
    assert (fixed.confidence, fixed.evidence) == (1.0, "voices.yaml says so")
    assert speakers(script)[2] == "Max"


def test_a_fix_overrules_a_tag_and_takes_the_rest_of_the_paragraph_along() -> None:
    text = '"Yes," said Max. "I will."\n\n"Good," said Alex.'
    script = write(text, fix("Yes", "Rachel"))
    assert speakers(script) == ["Rachel", "Rachel", "Alex"]
    rachel = next(c for c in script.characters if c.name == "Rachel")
    assert (rachel.gender, rachel.quotations) == ("female", 2)
    assert speakers(write(text, fix("I will", "Rachel"))) == ["Max", "Rachel", "Alex"]


def test_a_fix_may_name_the_speaker_by_an_alias() -> None:
    script = write(TALK, known("Elizabeth Bennet", "Lizzy"), fix("In the garden", "Lizzy"))
    assert speakers(script)[1] == "Elizabeth Bennet"
    assert speakers(write(TALK, fix("In the garden", "elizabeth")))[1] == "Elizabeth Bennet"


def test_speech_may_be_none_and_a_title_speech() -> None:
    text = 'The band "Echo Chamber" played.\n\n"Lost in the Haze" was what Max heard.\n\n"Go," said Max.'
    assert said(write(text)) == [("Go,", "Max")] or len(said(write(text))) >= 1
    script = write(text, fix("Echo Chamber", "Ada"), fix("Go", NARRATOR))
    assert ("Echo Chamber", "Ada") in said(script)
    assert "Go," not in [words for words, _ in said(script)]
    assert script.unmet == ()


@pytest.mark.parametrize(
    "snippet",
    [
        "You're going to",
        "“You’re going to",
        "'You’re\n going  to'",
        "you are not".replace("you are not", "going to"),
    ],
)
def test_white_space_and_the_kind_of_marks_do_not_matter(snippet: str) -> None:
    for text in ('"You\'re _going_\nto fall," said Max.', "“You’re going  to fall,” said Max."):
        assert speakers(write(text, fix(snippet, "Ada"))) == ["Ada"]


REPEATED = """\
"Yes," said Max.

"Are you sure?" said Alex.

"Yes," said Max.

"Is he in?" said Alex.

"Yes, he is," said Max.
"""


def test_a_snippet_that_fits_several_lines_is_reported_with_the_places() -> None:
    script = write(REPEATED, fix("Yes", "Ada"))
    assert speakers(script) == ["Max", "Alex", "Max", "Alex", "Max"]
    assert ", ".join(unmet(script)) == (
        "fits 2 lines (source lines 1, 5): quote more words, or add what stands before: {speaker: …, "
        "after: …}"
    )
    assert not script.unmet[0].is_missing


def test_what_stands_before_tells_lines_apart() -> None:
    script = write(REPEATED, fix("Yes", "Ada", after="Are you sure?"), fix("Yes, he", "Bea"))
    assert speakers(script) == ["Max", "Alex", "Ada", "Alex", "Bea"]
    assert script.unmet == ()
    assert unmet(write(REPEATED, fix("Yes", "Ada", after="Nobody knew"))) == [
        "no such line comes after 'Nobody knew'"
    ]


@pytest.mark.parametrize(
    ("stated", "message"),
    [
        (known("Wickham"), "the story has nobody of that name"),
        (known("Max", "Maxim"), "the story does not have the alias 'Maxim'"),
        (known("Wickham", is_character=False), "the story has no such name"),
        (fix("No such words", "Max"), "no line of the story has these words"),
        (fix("said Max", "Max"), "these words stand outside quotation marks"),
        (fix("…", "Max"), "no line of the story has these words"),
    ],
)
def test_what_matches_nothing_is_said(stated: KnownCharacter | LineFix, message: str) -> None:
    assert unmet(write(REPEATED, stated)) == [message]


def test_two_fixes_of_one_line_are_said_to_clash() -> None:
    script = write(REPEATED, fix("Is he in", "Ada", line=3), fix("he in?", "Bea", line=2))
    assert unmet(script) == ["the same line is Ada's by another snippet"]
    assert speakers(script)[3] == "Ada"


PIECES = st.sampled_from(
    ['"Yes," said Max. ', '"No," she said. ', "“Go!” ", "Rachel nodded. ", "The doctor left. ", "\n\n", "I "]
)
NAMES = ["Max", "Rachel", "she", "I", "the doctor", "Max's mother", "Nobody", "Go", ".", "'s", "Blue"]


@given(
    st.lists(PIECES, max_size=20).map("".join),
    st.permutations(NAMES),
    st.lists(st.tuples(st.integers(1, 3), st.booleans()), max_size=4),
    st.lists(
        st.tuples(
            st.sampled_from(["Yes", "No,", "Go", "she", '"', "s"]), st.sampled_from([*NAMES, NARRATOR])
        ),
        max_size=3,
    ),
)
@settings(max_examples=150, deadline=None)
def test_no_correction_loses_a_word_or_crashes(
    text: str,
    names: Sequence[str],
    people: Sequence[tuple[int, bool]],
    lines: Sequence[tuple[str, str]],
) -> None:
    left = list(names)
    stated = []
    for count, is_character in people:
        own, left = left[:count], left[count:]
        stated.append(known(*own, is_character=is_character))
    script = write(text, *stated, *(fix(snippet, speaker) for snippet, speaker in lines))
    listed = {character.name for character in script.characters}
    assert len(listed) == len(script.characters)
    assert {q.speaker for q in script.quotations} <= {*listed, None}
    attributed = sum(q.speaker is not None for q in script.quotations)
    assert sum(c.quotations for c in script.characters) == attributed


LADIES = """\
"You are late," said Lady Catherine de Bourgh to Mr. Collins.

"Very late," Lady Catherine said.

"Come, Catherine, come!" said Kitty. Catherine laughed, and Kitty laughed.

"Late?" asked Mr. Collins.
"""


def join(text: str, *stated: KnownCharacter) -> list[tuple[str, str, int, str]]:
    before, now = write(text), write(text, *stated)
    found = find_joins(before.characters, now.characters, Corrections(characters=stated))
    return [(each.character, each.other, each.lines, each.kind) for each in found]


def test_a_titled_name_stays_apart_unless_named_whole() -> None:
    (lady,) = (c for c in write(LADIES).characters if c.name.startswith("Lady"))
    assert "Catherine" in lady.aliases
    script = write(LADIES, known("Kitty", "Catherine"))
    assert speakers(script) == ["Lady Catherine", "Lady Catherine", "Kitty", "Mr. Collins"]
    assert {c.name: c.aliases for c in script.characters}["Kitty"] == ("Catherine",)
    assert join(LADIES, known("Kitty", "Catherine")) == [("Kitty", "Lady Catherine", 2, "apart")]
    for name in ("Lady Catherine", "lady catherine"):
        whole = known("Kitty", "Catherine", name)
        assert speakers(write(LADIES, whole)) == ["Kitty", "Kitty", "Kitty", "Mr. Collins"]
        assert join(LADIES, whole) == [("Kitty", "Lady Catherine", 2, "named")]


def test_an_alias_that_draws_in_more_than_it_names_is_told() -> None:
    text = '"Hello," said Jane Fox.\n\n"Good day," said Jane.\n\n"Well," Bo said. "Bo!" cried Jane Fox.'
    assert join(text, known("Bo", "Jane")) == [("Bo", "Jane Fox", 3, "drawn in")]
    assert set(speakers(write(text, known("Bo", "Jane")))) == {"Bo"}
    # Whoever is stated too, keeps all that is not said to be another's, and nothing is drawn in.
    assert join(text, known("Bo", "Jane"), known("Jane Fox")) == []


def test_a_role_is_joined_as_named_and_a_new_name_joins_nobody() -> None:
    text = '"Closed," said the bartender.\n\n"Since when?" said Tom.\n\n"Since now," the bartender said.'
    assert join(text, known("Tom", "the bartender")) == [("Tom", "the bartender", 2, "named")]
    assert join(TALK, known("William", "Mr. Collins"), known("Elizabeth Bennet", "Lizzy")) == []
    assert join(TALK, known("Bob", "nobody at all")) == []


def test_what_is_foreseen_tells_the_same_joins() -> None:
    script = write(LADIES)
    now = Corrections(characters=(known("Kitty", "Lady Catherine", "Catherine"),))
    foreseen = foresee(script, Corrections(), now, lambda _: None)
    (found,) = find_joins(script.characters, foreseen.characters, now)
    assert (found.other, found.lines, found.kind) == ("Lady Catherine", 2, "named")
    assert found.origin is not None
    assert describe_join(found) == "Kitty also joins Lady Catherine, 2 lines"


def test_a_line_that_is_given_to_a_role_makes_nobody_new() -> None:
    talk = '"Closed," said the bartender.\n\n"Since when?" I asked.\n\n"Since now."\n\n"Why?"\n\n'
    talk += '"Go," the bartender said.'
    for name in ("the bartender", "I"):
        script = write(talk, fix("Since now", name), fix("Why", name))
        assert {c.name for c in script.characters} == {"the bartender", "I"}
        assert speakers(script) == ["the bartender", "I", name, name, "the bartender"]
        told = {c.name: c.gender for c in script.characters}
        assert told == {c.name: c.gender for c in write(talk).characters}
    script = write('"Go home," said Max\'s mother. Max went.\n\n"Well?"', fix("Well", "Max's mother"))
    assert set(speakers(script)) == {"Max's mother"}
