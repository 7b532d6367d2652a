"""Chapters of plain texts, Project Gutenberg's frame, and the right chapters of real books."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from audiobook.model import Book
from audiobook.reading import ReadingChoices, read_book
from audiobook.reading.text import read_text
from tests.books import assert_tiled, said, skipped
from tests.conftest import ROOT, STORIES

CORPUS = os.environ.get("NARRATE_CORPUS")
GOLDEN = sorted((ROOT / "tests" / "cases" / "contents").glob("*.txt"))
BODY = "It was a bright day, and nobody had thought of the sea until the bell began to ring at nine.\n\n"


def read(text: str, choices: ReadingChoices | None = None) -> Book:
    book = read_text(Path("my-book.txt"), text.encode(), choices or ReadingChoices())
    assert_tiled(book)
    return book


def titles(text: str) -> list[str]:
    return [chapter.title for chapter in read(text).chapters]


@pytest.mark.parametrize(
    ("headings", "expected"),
    [
        (["CHAPTER I", "CHAPTER II"], None),
        (["CHAPTER IV.", "CHAPTER V."], None),
        (["Chapter 1. The Sea", "Chapter 2. Was It So?"], None),
        (["Chapter One", "Chapter Twenty-One"], None),
        (["Part One", "Part Two"], None),
        (["STAVE I: THE GHOST", "STAVE II: THE FIRST"], None),
        (["Prologue", "Chapter 1", "Epilogue"], None),
        (["I", "II", "III"], None),
        (["1.", "2."], None),
        (["I. The Sea", "II. The Land", "III. The Sky"], None),
        (["THE HARBOUR", "THE STORM"], None),
        (["CHAPTER I\n\nTHE SEA", "CHAPTER II\n\nTHE LAND"], ["CHAPTER I. THE SEA", "CHAPTER II. THE LAND"]),
        (["CHAPTER I\nTHE SEA", "CHAPTER II\nTHE LAND"], ["CHAPTER I. THE SEA", "CHAPTER II. THE LAND"]),
        (["_Chapter One_", "_Chapter Two_"], ["Chapter One", "Chapter Two"]),
    ],
)
def test_headings_begin_chapters(headings: list[str], expected: list[str] | None) -> None:
    book = read("".join(f"{heading}\n\n{BODY}" for heading in headings))
    assert [chapter.title for chapter in book.chapters] == (expected or headings)
    assert all(c.paragraphs[0].kind == "heading" and c.paragraphs[-1].kind == "body" for c in book.chapters)


@pytest.mark.parametrize(
    "text",
    [
        BODY * 3,
        f"{BODY}Chapter 2 was the longest of them all.\n\n{BODY}",
        f"{BODY}Part of it was gone.\n\nBook of hours.\n\n{BODY}",
        f"{BODY}STOP!\n\n{BODY}NO ENTRY\n\n{BODY}",
        f"{BODY}7\n\n{BODY}12\n\n{BODY}",
        f"{BODY}I\n\n{BODY}",
        f"{BODY}THE END",
        f"He wrote:\n\n“HELP”\n\n{BODY}“COME”\n\n{BODY}",
        f"{BODY}LATER.\n\n{BODY}STILL LATER.\n\n{BODY}",
    ],
)
def test_a_story_without_headings_stays_one_chapter_named_like_the_book(text: str) -> None:
    assert titles(text) == ["My Book"]


@pytest.mark.parametrize("name", STORIES)
def test_the_four_stories_are_one_chapter_each(name: str) -> None:
    book = read_book(ROOT / "texts" / f"{name}.txt")
    assert [chapter.title for chapter in book.chapters] == [book.title]


def test_numerals_begin_anew_in_each_part_and_equal_titles_say_their_part() -> None:
    text = "".join(
        f"{part}\n\n" + "".join(f"{numeral}\n\n{BODY}" for numeral in ("I", "II"))
        for part in ("BOOK ONE", "BOOK TWO")
    )
    assert titles(text) == ["BOOK ONE: I", "BOOK ONE: II", "BOOK TWO: I", "BOOK TWO: II"]


@pytest.mark.parametrize(
    "contents",
    [
        "CONTENTS\n\nCHAPTER I. The Sea ..... 3\nCHAPTER II. The Land ..... 9\n",
        "Contents\n\nI. The Sea\n\nII. The Land\n",
        "Table of Contents\n\nCHAPTER I. The Sea\n\nCHAPTER II. The Land\n",
    ],
)
def test_a_table_of_contents_is_no_chapter(contents: str) -> None:
    book = read(f"{contents}\n\nCHAPTER I. The Sea\n\n{BODY}CHAPTER II. The Land\n\n{BODY}")
    assert [c.title for c in book.chapters] == ["CHAPTER I. The Sea", "CHAPTER II. The Land"]
    assert [reason for reason, _ in skipped(book)] == ["contents"]


def test_a_verse_after_the_contents_is_read() -> None:
    verse = "The sea, the sea,\nIt waits for me,\nAnd so do they who went before."
    text = f"CONTENTS\n\nCHAPTER I\nCHAPTER II\n\n{verse}\n\nCHAPTER I\n\n{BODY}CHAPTER II\n\n{BODY}"
    book = read(text)
    assert verse in said(book, book.chapters[0])


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_frame_of_project_gutenberg_is_left_out_and_names_the_book(end: str) -> None:
    text = (
        "The Project Gutenberg eBook of Seas\n\nTitle: Seas\n      and Lands\n\nAuthor: A. Writer\n\n"
        "Language: French\n\n"
        "*** START OF THE PROJECT GUTENBERG EBOOK SEAS ***\n\nProduced by Somebody\n\n"
        "[Transcriber's Note: Spelling is kept.]\n\nSEAS\n\nby A. Writer\n\n"
        f"CHAPTER I\n\n{BODY}CHAPTER II\n\n{BODY}"
        "*** END OF THE PROJECT GUTENBERG EBOOK SEAS ***\n\nSection 1. General Terms\n"
    )
    book = read(text.replace("\n", end))
    assert (book.title, book.author, book.language) == ("Seas and Lands", "A. Writer", "fr")
    assert [c.title for c in book.chapters] == ["CHAPTER I", "CHAPTER II"]
    assert [reason for reason, _ in skipped(book)] == [
        "Project Gutenberg header",
        "Project Gutenberg credits",
        "transcriber's note",
        "title page",
        "Project Gutenberg licence",
    ]


def test_what_is_left_out_can_be_read_all_the_same() -> None:
    text = f"CONTENTS\n\nCHAPTER I\nCHAPTER II\n\nCHAPTER I\n\n{BODY}CHAPTER II\n\n{BODY}"
    assert not read(text, ReadingChoices(matter=True)).skipped


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="NARRATE_CORPUS names no folder with books")
@pytest.mark.parametrize("case", GOLDEN, ids=lambda case: case.stem)
def test_real_books_have_their_chapters(case: Path) -> None:
    path = Path(CORPUS or "", "books", case.stem)
    if not path.exists():
        pytest.skip(f"{path.name} is not there")
    book = read_book(path)
    assert_tiled(book)
    assert [chapter.title for chapter in book.chapters] == case.read_text(encoding="utf-8").splitlines()
    assert "\ufeff" not in book.text
    numbers = "[Pg ", "{Pg "
    assert not any(mark in words for c in book.chapters for words in said(book, c) for mark in numbers)


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="NARRATE_CORPUS names no folder with quotes")
def test_novels_are_tiled_and_modern_stories_stay_whole() -> None:
    for path in sorted(Path(CORPUS or "", "quotes", "dev").glob("*.txt")):
        book = read_book(path)
        assert_tiled(book)
        if path.stem.startswith("modern_"):
            assert len(book.chapters) == 1, path.stem
