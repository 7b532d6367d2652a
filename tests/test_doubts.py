"""What a correction would mend comes first, and what is offered for each line settles it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.model import NARRATOR, Corrections, Script
from audiobook.script import SURE, count_doubtful, find_doubtful, write_script
from tests.test_script import make_book

STORY = """\
Max and Alex sat down with Ben.

"Cold," said Max.

"Very _cold_ -- is it not?"

"Yes."

"Yes."

The door opened. "Yes," she said.
"""


def doubtful(text: str, *confidences: float) -> Script:
    """Write a script whose lines are as sure as is said, and hang on no tag but for the sure ones."""
    script = write_script(make_book(text))
    quotations = zip(script.quotations, confidences, strict=True)
    return replace(
        script,
        quotations=tuple(
            replace(each, confidence=sure, type="implicit" if sure < SURE else "explicit")
            for each, sure in quotations
        ),
    )


def test_a_place_is_told_by_its_least_sure_line_with_what_stands_around() -> None:
    script = doubtful(STORY, 0.97, 0.3, 0.5, 0.6, 0.8)
    (cold,) = find_doubtful(script, 3)
    assert (cold.line, cold.chapter, cold.text) == (5, 1, "Very cold -- is it not?")
    assert (cold.lines, cold.gain) == (4, 1.8)
    assert cold.before.endswith('said Max. "')
    assert cold.after.startswith('" "Yes." "Yes."')
    assert cold.quotation.speaker not in cold.others
    assert cold.fix is not None
    assert (cold.fix.snippet, cold.fix.after) == ("Very cold -- is", None)


def test_what_a_correction_would_mend_comes_first_and_what_is_sure_is_left_out() -> None:
    rain = "Rain fell, and went on falling, and nobody said a word for a very long time. " * 9
    text = f'"A."\n\n{rain}\n\n"B."\n\n"C."\n\n"D."\n\n{rain}\n\n"E."\n\n"F."\n\n"G."'
    script = doubtful(text, 0.2, 0.7, 0.6, 0.65, 0.85, SURE, 1.0)
    assert [(doubt.text, doubt.lines) for doubt in find_doubtful(script, 9)] == [
        ("C.", 3),
        ("A.", 1),
        ("E.", 1),
    ]
    assert [doubt.text for doubt in find_doubtful(script, 1)] == ["C."]
    assert count_doubtful(script) == (3, 5)


def test_no_name_is_proposed_that_the_tag_contradicts() -> None:
    talk = '"Morning," said Ann.\n\n"Morning," said Rose.\n\n"Morning," said Ben.\n\n"Late," {} said.'
    for pronoun, fitting in (("he", ["Ben"]), ("she", ["Ann", "Rose"])):
        script = write_script(make_book(talk.format(pronoun)))
        for guess in ("Ann", "Rose", "Ben", None):
            last = replace(script.quotations[-1], speaker=guess, confidence=0.4)
            (doubt,) = find_doubtful(replace(script, quotations=(*script.quotations[:-1], last)), 5)
            assert sorted({doubt.proposal, *doubt.others}, key=str) == fitting
            assert guess not in fitting or doubt.proposal == guess
            assert doubt.fix is not None
            assert doubt.fix.speaker == doubt.proposal


def test_nobody_is_proposed_where_the_tag_rules_out_all() -> None:
    script = write_script(make_book('"Morning," said Ann.\n\n"Late," he told Rose.'))
    assert script.quotations[1].addressee == "Rose"
    last = replace(script.quotations[1], speaker="Rose", confidence=0.4)
    (doubt,) = find_doubtful(replace(script, quotations=(script.quotations[0], last)), 5)
    assert (doubt.proposal, doubt.others) == (None, ())


def test_settled_lines_are_not_in_doubt() -> None:
    script = write_script(make_book(STORY))
    sure = tuple(replace(quotation, confidence=1.0) for quotation in script.quotations)
    assert find_doubtful(replace(script, quotations=sure), 5) == ()


@pytest.mark.slow
@given(
    st.lists(
        st.sampled_from(
            [
                '"Yes."',
                "“No, _never_ — no!”",
                '"Yes," said Max.',
                "Rain fell.",
                '"I\'m off", Alex said.',
                "\n\n",
            ]
        ),
        min_size=1,
        max_size=14,
    )
)
@settings(deadline=None, max_examples=100)
def test_what_is_offered_means_that_line_alone(pieces: list[str]) -> None:
    book = make_book(" ".join(pieces))
    script = write_script(book)
    for doubt in find_doubtful(script, 100):
        if doubt.fix is None:
            continue
        fixed = write_script(book, Corrections(lines=(replace(doubt.fix, speaker="Somebody Else"),)))
        assert fixed.unmet == ()
        own = [q for q in fixed.quotations if q.confidence == 1]
        assert [(q.start, q.speaker) for q in own] == [(doubt.quotation.start, "Somebody Else")]
        silenced = write_script(book, Corrections(lines=(replace(doubt.fix, speaker=NARRATOR),)))
        assert doubt.quotation.start not in {q.start for q in silenced.quotations}
