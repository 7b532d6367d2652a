"""The least sure lines come first, and what is offered for each settles it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.model import NARRATOR, Corrections
from audiobook.script import find_doubtful, write_script
from tests.test_script import make_book

STORY = """\
Max and Alex sat down with Ben.

"Cold," said Max.

"Very _cold_ -- is it not?"

"Yes."

"Yes."

The door opened. "Yes," she said.
"""


def test_the_least_sure_come_first_with_what_stands_around() -> None:
    script = write_script(make_book(STORY))
    doubts = find_doubtful(script, 3)
    confidences = [doubt.quotation.confidence for doubt in doubts]
    assert len(doubts) == 3
    assert confidences == sorted(q.confidence for q in script.quotations)[:3]
    every = {doubt.quotation.start: doubt for doubt in find_doubtful(script, 100)}
    cold = every[STORY.index("Very")]
    assert (cold.line, cold.chapter, cold.text) == (5, 1, "Very cold -- is it not?")
    assert cold.before.endswith('said Max. "')
    assert cold.after.startswith('" "Yes." "Yes."')
    assert cold.quotation.speaker not in cold.others
    assert cold.fix is not None
    assert (cold.fix.snippet, cold.fix.after) == ("Very cold -- is", None)


def test_settled_lines_are_not_in_doubt() -> None:
    script = write_script(make_book(STORY))
    sure = tuple(replace(quotation, confidence=1.0) for quotation in script.quotations)
    assert find_doubtful(replace(script, quotations=sure), 5) == ()


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
