"""What is foreseen of a correction is what comes of it, wherever it is certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.model import NARRATOR, Corrections, KnownCharacter, LineFix, Script, Utterance
from audiobook.reading import DEFAULT_CHOICES
from audiobook.reading.text import read_text
from audiobook.script import LineWords, foresee, prove_complete, write_script

STORY = """\
Chapter 1

"Who is there?" asked Nora Hill.

"It is only the wind," said Max.

"I can't sleep." He had read 'The Wind' twice.

Chapter 2

"Go to bed," said Tom. "At once!"

"Never," said Nora.
"""
NONE = Corrections()


def lines(script: Script) -> list[tuple[str, str | None]]:
    return [(script.book.text[q.start : q.end], q.speaker) for q in script.quotations]


def spoken(script: Script) -> list[Utterance]:
    return [u for chapter in script.chapters for u in chapter.utterances]


def foretell(now: Corrections, before: Corrections = NONE) -> tuple[Script, Script, Script]:
    """Return the script before, as it is foreseen, and as it comes to be."""
    book = read_text(Path("story.txt"), STORY.encode(), DEFAULT_CHOICES)
    script = write_script(book, before)
    return script, foresee(script, before, now, LineWords(book).find), write_script(book, now)


CERTAIN = {
    "a line": Corrections(lines=(LineFix(snippet="Go to bed", speaker="Nora"),)),
    "by another of the names": Corrections(lines=(LineFix(snippet="Go to bed", speaker="Nora Hill"),)),
    "somebody new": Corrections(lines=(LineFix(snippet="Never", speaker="Clara"),)),
    "no speech": Corrections(lines=(LineFix(snippet="Never", speaker=NARRATOR),)),
    "two are one": Corrections(characters=(KnownCharacter(name="Max", aliases=("Tom",)),)),
    "a gender": Corrections(characters=(KnownCharacter(name="Max", gender="female"),)),
    "nobody": Corrections(characters=(KnownCharacter(name="Tom", is_character=False),)),
    "a line of one who is another": Corrections(
        characters=(KnownCharacter(name="Max", aliases=("Tom",)),),
        lines=(LineFix(snippet="Who is there", speaker="Tom"),),
    ),
}


@pytest.mark.parametrize("now", CERTAIN.values(), ids=CERTAIN)
def test_what_is_certain_comes_so(now: Corrections) -> None:
    before, foreseen, after = foretell(now)
    sure = {q.start: q.speaker for q in after.quotations if q.type != "implicit" or q.confidence == 1}
    assert [q.start for q in foreseen.quotations] == [q.start for q in after.quotations]
    assert {q.start: q.speaker for q in foreseen.quotations if q.start in sure} == sure
    found = {c.name: c for c in foreseen.characters if c.quotations}
    for character in after.characters:
        if character.quotations and character.gender != "unknown":
            assert found[character.name].gender in {character.gender, "unknown"}
    assert foreseen.stated == after.stated
    assert foreseen != before
    prove_complete(foreseen)


def test_every_words_stay_and_untouched_chapters_are_the_same() -> None:
    before, foreseen, _ = foretell(CERTAIN["a line"])
    assert [u.text for u in spoken(foreseen)] == [u.text for u in spoken(before)]
    assert foreseen.chapters[0] is before.chapters[0]
    (one,) = [(old, new) for old, new in zip(spoken(before), spoken(foreseen), strict=True) if old is not new]
    assert (one[0].speaker, one[1].speaker) == ("Tom", "Nora")
    corrected = next(q for q in foreseen.quotations if q.confidence == 1)
    assert corrected.evidence == "voices.yaml says so"


def test_what_is_stated_already_and_what_is_taken_back_changes_nothing() -> None:
    now = CERTAIN["a line"]
    before, foreseen, after = foretell(now, before=now)
    assert lines(foreseen) == lines(before)
    assert len(foreseen.stated) == 1
    assert foreseen.stated == before.stated == after.stated
    before, foreseen, after = foretell(NONE, before=now)
    assert lines(foreseen) == lines(before)
    assert foreseen.stated == after.stated == ()


def test_of_two_statements_about_a_line_the_first_counts() -> None:
    first = LineFix(snippet="Go to bed", speaker="Nora")
    again = LineFix(snippet="to bed", speaker="Clara")
    for stated in ((again, first), (first, again)):
        _, foreseen, after = foretell(Corrections(lines=stated), before=Corrections(lines=(first,)))
        assert foreseen.stated == after.stated
        assert [line.fix for line in foreseen.stated] == [stated[0]]
        assert ("Go to bed,", stated[0].speaker) in lines(foreseen)


def test_a_line_that_was_no_speech_is_stated_where_it_stands() -> None:
    was = CERTAIN["no speech"]
    _, foreseen, after = foretell(CERTAIN["somebody new"], before=was)
    assert foreseen.stated == after.stated
    prove_complete(foreseen)


def test_words_that_mean_no_line_change_nothing() -> None:
    missed = (LineFix(snippet="Nobody says so", speaker="Max"), LineFix(snippet="The Wind", speaker="Max"))
    before, foreseen, _ = foretell(Corrections(lines=missed))
    assert lines(foreseen) == lines(before)
