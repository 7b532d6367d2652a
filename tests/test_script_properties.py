"""What must hold for any text: the script tiles it, and nothing crashes or hangs."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from audiobook.script import prove_complete, write_script
from tests.test_script import make_book, read_aloud

CORPUS = os.environ.get("NARRATE_CORPUS")
BOOKS = sorted(Path(CORPUS, "quotes", "dev").glob("*.txt")) if CORPUS else []
needs_corpus = pytest.mark.skipif(not BOOKS, reason="NARRATE_CORPUS names no folder with quotes/dev")

PIECES = st.sampled_from(
    [
        *"\"'“”‘’«»„—–-.,!?:;()_* \n",
        *("\n\n", '\n\n"', "* * *", "--", "…", "’s", "'em ", " said ", "I said", "Max ", "Mr. Hale ", "Dr. "),
        *("she ", "he cried", "the old man ", "Anne-Marie ", "of the ", "Ñandú ", "ß", "٣ ", "𝔘 "),
    ]
)


@given(st.lists(PIECES, max_size=60).map("".join))
@settings(max_examples=150, deadline=None)
def test_any_text_of_marks_and_names_is_tiled(text: str) -> None:
    read_aloud(text)


@given(st.text(max_size=300))
@settings(max_examples=80, deadline=None)
def test_any_text_is_tiled(text: str) -> None:
    read_aloud(text)


@given(st.lists(PIECES, max_size=40).map("".join))
@settings(max_examples=50, deadline=None)
def test_quotations_are_in_order_inside_paragraphs_and_apart(text: str) -> None:
    script = write_script(make_book(text))
    names = {character.name for character in script.characters}
    paragraphs = script.book.chapters[0].paragraphs
    end = 0
    for quotation in script.quotations:
        assert end <= quotation.start < quotation.end
        end = quotation.end
        paragraph = paragraphs[quotation.paragraph - 1]
        assert paragraph.start <= quotation.start
        assert quotation.end <= paragraph.end
        assert quotation.speaker is None or quotation.speaker in names


UNITS = [
    *(
        '"',
        "'",
        "“",
        "” ",
        "‘a ",
        "'a' ",
        '"a ',
        '"a" ',
        "— ",
        ". ",
        "...",
        '."',
        "a.",
        "--",
        "_",
        "_a",
        ", ",
    ),
    *(
        "Max ",
        "Mr. ",
        "Max's ",
        '"Hi," said Max. ',
        "the old ",
        "and ",
        "he said, ",
        '\n\n"',
        "— a said Max. ",
    ),
]


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_much_of_it_does_not_hang(unit: str) -> None:
    began = time.process_time()
    read_aloud("x " + unit * (50_000 // len(unit)) + " y")
    # Quadratic cost would take minutes, linear takes a fraction of a second.
    assert time.process_time() - began < 30


@pytest.mark.slow
@pytest.mark.parametrize("unit", UNITS)
def test_a_megabyte_of_it_does_not_hang(unit: str) -> None:
    began = time.process_time()
    read_aloud("x " + unit * (1_000_000 // len(unit)) + " y")
    assert time.process_time() - began < 100


@pytest.mark.slow
@needs_corpus
@pytest.mark.parametrize("path", BOOKS[::24], ids=lambda path: path.stem)
def test_a_book_is_told_whole(path: Path) -> None:
    read_aloud(path.read_text("utf-8"))


@needs_corpus
@pytest.mark.slow
@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.stem)
def test_every_book_is_told_whole(path: Path) -> None:
    book = make_book(path.read_bytes().decode("utf-8"))
    script = write_script(book)
    began = time.process_time()
    prove_complete(script)
    assert time.process_time() - began < 10
