"""What begins a chapter in plain texts, Markdown and pages, what does not, and where paragraphs begin."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.model import Book
from audiobook.reading.chapter_labels import find_label
from audiobook.reading.choices import DEFAULT_CHOICES
from audiobook.reading.html import read_html
from audiobook.reading.markdown import read_markdown
from audiobook.reading.text import read_text
from tests.books import assert_tiled, said, skipped
from tests.conftest import ROOT

CASES = ROOT / "tests" / "cases" / "headings"
BODY = (
    "The kettle had gone cold, and nobody at the table heard the ferry till its horn blew twice at six.\n\n"
)
READERS = {"txt": read_text, "html": read_html, "md": read_markdown}


def read(text: str, kind: str = "txt") -> Book:
    book = READERS[kind](Path(f"my-book.{kind}"), text.encode(), DEFAULT_CHOICES)
    assert_tiled(book)
    return book


def titles(text: str, kind: str = "txt") -> list[str]:
    return [chapter.title for chapter in read(text, kind).chapters]


def under(*headings: str) -> str:
    return "".join(f"{heading}\n\n{BODY}" for heading in headings)


def lines(name: str) -> list[str]:
    text = (CASES / name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("% ")]


@pytest.mark.parametrize("case", lines("chapters.txt"))
def test_each_heading_begins_a_chapter_and_is_named_as_it_is_read(case: str) -> None:
    headings = [heading.strip().replace("\\n", "\n") for heading in case.split("|")]
    given_, _, named = case.partition(" => ")
    expected = [title.strip() for title in (named or given_).split("|")]
    headings = [heading.strip().replace("\\n", "\n") for heading in given_.split("|")]
    book = read(under(*headings))
    assert [chapter.title for chapter in book.chapters] == expected
    assert all(said(book, chapter)[-1] == BODY.strip() for chapter in book.chapters)


@pytest.mark.parametrize("case", lines("prose.txt"))
def test_what_stands_in_running_prose_splits_no_book(case: str) -> None:
    told = "".join(f"{words.strip()}\n\n{BODY}" for words in case.split("|"))
    assert titles(BODY * 5 + told + BODY * 3) == ["My Book"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("THE LAMP\n\n" + under("I", "II") + "ASH\n\n" + under("I", "II", "III"), ["THE LAMP", "ASH"]),
        (
            "Salt\n\n" + under("Chapter 1", "Chapter 2") + "Ash\n\n" + under("Chapter 1", "Chapter 2"),
            ["Salt: Chapter 1", "Salt: Chapter 2", "Ash: Chapter 1", "Ash: Chapter 2"],
        ),
        (under("THE LAMP") + "THE DOOR\n\n" + under("1", "2") + "THE SEA\n\n" + under("1", "2"),
         ["THE LAMP", "THE DOOR", "THE SEA"]),
        ("I. SALT\n\n" + under("I.", "II.", "III.") + under("II. ASH", "III. RAIN"),
         ["I. SALT", "II. ASH", "III. RAIN"]),
    ],
)  # fmt: skip
def test_a_collection_counts_anew_in_each_story(text: str, expected: list[str]) -> None:
    assert titles(text) == expected


def test_a_play_within_a_chapter_is_part_of_it() -> None:
    text = under("CHAPTER I", "CHAPTER II", "ACT I", "ACT II") + under("CHAPTER III")
    assert titles(text) == ["CHAPTER I", "CHAPTER II", "CHAPTER III"]
    page = re.sub(r"(?m)^([A-Z]+ [IVX]+)$", r"<h2>\1</h2>", text)
    assert titles(page, "html") == ["CHAPTER I", "CHAPTER II", "CHAPTER III"]


def test_a_chapter_quoted_in_a_chapter_is_none() -> None:
    text = under("Chapter 1", "Chapter 2") + under("Chapter 9") + under("Chapter 3", "Chapter 4")
    assert titles(text) == ["Chapter 1", "Chapter 2", "Chapter 3", "Chapter 4"]


@pytest.mark.parametrize("front", ["THE MILL\n\nA Tale\n\nby A. Writer\n\n1899", "The Mill\nby A. Writer"])
def test_a_title_page_before_the_first_chapter_is_skipped(front: str) -> None:
    book = read(f"{front}\n\n{under('Chapter I', 'Chapter II')}")
    assert [chapter.title for chapter in book.chapters] == ["Chapter I", "Chapter II"]
    assert skipped(book) == [("title page", front)]


def test_a_short_first_story_is_no_title_page() -> None:
    book = read(f"THE MILL\n\n{BODY}THE SEA\n\n{under('I', 'II')}THE HILL\n\n{under('I', 'II')}")
    assert BODY.strip() in said(book, book.chapters[0])
    assert not book.skipped


@pytest.mark.parametrize(
    "glued",
    [
        "Chapter 1\nMarta came home late.\n\n“You,” said Ivo.\n\nChapter 2\nIt rained.\n\n“No.”\n",
        "Kapitel 1\nMarta kam spät nach Hause.\n\n„Du“, sagte Ivo.\n\nKapitel 2\nEs regnete.\n\n„Nein.“\n",
        f"1\nMarta came home late.\n\n{BODY}2\nIt rained.\n\n{BODY}",
        f"1. Salt\nMarta came home late.\n\n{BODY}2. Ash\nIt rained.\n\n{BODY}3. Rain\nIt went on.\n\n{BODY}",
        f"Prologue\nMarta came home late.\n\n{BODY}Epilogue\nIt rained.\n\n{BODY}",
    ],
)
def test_a_heading_is_parted_from_the_line_below_it(glued: str) -> None:
    book = read(glued)
    first = glued.partition("\n")[0]
    assert book.chapters[0].title == first
    assert said(book, book.chapters[0])[:2] == [first, glued.split("\n")[1]]
    assert len(book.chapters) > 1


@pytest.mark.parametrize(
    ("heading", "read_as"),
    [
        ("Chapter 3: Home\n\nChapter 3 - Home", "Chapter 3: Home"),
        ("Chapter 3\n\nChapter 3: Home", "Chapter 3: Home"),
        ("Chapter 3: Home\n\nHome", "Chapter 3: Home"),
        ("CHAPTER THREE\n\nChapter 3: Home", "Chapter 3: Home"),
        ("Chapter 3\n\nCHAPTER THREE", "CHAPTER THREE"),
        ("31: Chapter 3: Home", "Chapter 3: Home"),
        ("Chapter 3: Chapter 3: Home", "Chapter 3: Home"),
    ],
)
def test_a_heading_that_stands_twice_is_read_once(heading: str, read_as: str) -> None:
    book = read(under("Chapter 2", heading))
    assert book.chapters[1].title == read_as
    assert said(book, book.chapters[1]) == [read_as, BODY.strip()]
    assert {reason for reason, _ in skipped(book)} <= {"repeated heading", "second number"}


@pytest.mark.parametrize(
    ("kind", "heading", "heads"),
    [
        ("txt", "CHAPTER {}\nThe House\n\n", ["CHAPTER 2", "The House"]),
        ("txt", "CHAPITRE {}\nLe puits\n\n", ["CHAPITRE 2", "Le puits"]),
        ("html", "<h2>Kapitel {}<br/>Das Haus</h2>", ["Kapitel 2", "Das Haus"]),
        ("html", "<h2>Chapter {}: The<br/>House</h2>", ["Chapter 2: The\nHouse"]),
    ],
)
def test_a_number_and_the_title_on_the_line_below_it_are_two(
    kind: str, heading: str, heads: list[str]
) -> None:
    body = f"<p>{BODY}</p>" if kind == "html" else BODY
    book = read("".join(heading.format(number) + body for number in (1, 2, 3)), kind)
    assert said(book, book.chapters[1])[:-1] == heads
    assert book.chapters[1].title == ". ".join(head.replace("\n", " ") for head in heads)


def test_a_first_sentence_that_is_the_title_is_read() -> None:
    book = read("<h1>Rain</h1><p>Rain.</p><p>More of it.</p><h1>Sun</h1><p>None.</p>", "html")
    assert said(book, book.chapters[0]) == ["Rain", "Rain.", "More of it."]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>Salt</h1><h2>PART ONE</h2>{3:Chapter 1}{3:Chapter 2}<h2>PART TWO</h2>{3:Chapter 3}",
        "<h1>W</h1>{2:Vorwort}<h2>Erster Teil</h2>{3:1. Kapitel}{3:2. Kapitel}<h2>Teil 2</h2>{3:IV. Kapitel}",
        "<h1>FEASTS</h1>{2:Chapter I}{2:Chapter II}<h1>SPELLS</h1>{2:Chapter III}",
        "<h1>Book One</h1>{2:The Sea}{2:The Hill}<h1>Book Two</h1>{2:The Mill}",
    ],
)
def test_parts_on_a_page_are_opened_into_their_chapters(page: str) -> None:
    expected = re.findall(r"\{\d:(.*?)\}", page)
    page = re.sub(r"\{(\d):(.*?)\}", rf"<h\1>\2</h\1><p>{BODY}</p>", page)
    assert titles(page, "html") == expected
    marked = re.sub(r"<h(\d)>(.*?)</h\d>", lambda m: f"\n\n{'#' * int(m[1])} {m[2]}\n\n", page)
    assert titles(marked.replace("<p>", "").replace("</p>", ""), "md") == expected


@pytest.mark.parametrize(
    "head",
    [
        "<title>The Mill on a Hill</title><h1>THE MILL</h1><h1>ON A HILL</h1><h3>BY</h3><h2>A. W.</h2>",
        "<body><h1>THE MILL</h1><h1>ON THE HILL</h1><h2>by A. Writer</h2><p>1899</p>",
        "<title>The Mill</title><body><h2>The</h2><h2>Mill</h2>",
    ],
)
def test_a_title_over_several_headings_is_a_title_page(head: str) -> None:
    book = read(f"{head}<h2>Chapter I</h2><p>{BODY}</p><h2>Chapter II</h2><p>{BODY}</p>", "html")
    assert [chapter.title for chapter in book.chapters] == ["Chapter I", "Chapter II"]
    assert skipped(book)[0][0] == "title page"


def test_subtitles_and_sections_make_no_chapters() -> None:
    page = f"<h2>Part One</h2><h3>Salt</h3><p>{BODY}</p><h2>Part Two</h2><h3>Ash</h3><p>{BODY}</p>"
    assert titles(page, "html") == ["Part One", "Part Two"]
    page = f"<h2>Chapter 1</h2><p>{BODY}</p><h3>How</h3><p>{BODY}</p><h3>Why</h3><p>{BODY}</p>"
    assert titles(page + page.replace("1", "2"), "html") == ["Chapter 1", "Chapter 2"]


@pytest.mark.parametrize(
    ("links", "is_read"),
    [
        ('<nav><ul><li><a href="/">Home</a></li> | <li><a href="/4">Next Chapter</a></li></ul></nav>', False),
        ('<nav role="navigation"><a href="2.html">« Zurück</a> · <a href="#">Weiter »</a></nav>', False),
        ("<nav><p>Across the bay she laid her course by the lamp.</p><a href='/4'>Next</a></nav>", True),
    ],
)
def test_a_sites_links_to_its_other_pages_are_named_and_not_read(links: str, is_read: bool) -> None:
    page = f"{links}<h1>Chapter 3</h1><p>{BODY}</p>{links}"
    assert ("navigation" in {reason for reason, _ in skipped(read(page, "html"))}) is not is_read
    assert (titles(page, "html"), len(said(read(page, "html"), read(page, "html").chapters[0]))) == (
        ["Chapter 3"],
        6 if is_read else 2,
    )


@pytest.mark.parametrize("mark", ["***{}***", "[{}]", "**{}**", "{}\n====", r"\# {}"])
def test_markdown_that_marks_its_headings_otherwise(mark: str) -> None:
    headings = ["Chapter 1", "Chapter 2", "Chapter 3"]
    book = read(under(*map(mark.format, headings)), "md")
    assert [chapter.title for chapter in book.chapters] == headings
    assert said(book, book.chapters[0])[0] == "Chapter 1"


LINES = [
    "Marta shut the gate and went up the path.",
    "“Ivo?” she called.",
    "“Here,” he said.",
    "He sat on the step with a letter in his hand, and he did not look up at her.",
    "“Read it.”",
]


@pytest.mark.parametrize("indent", ["", "    ", "\t", "\u3000\u3000"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_line_is_a_paragraph_where_lines_end_sentences(indent: str, end: str) -> None:
    book = read(end.join(indent + line for line in LINES))
    assert said(book, book.chapters[0]) == LINES


@pytest.mark.parametrize(
    "page",
    [
        "<p>" + "<br/><br/>".join(LINES) + "</p>",
        "<div>" + "<br>\n<br>\n".join(LINES) + "</div>",
        "<p>" + "<br/>&#160;&#160;".join(LINES) + "</p>",
        "<p>" + "<br/>&#8195;".join(LINES) + "</p>",
        "<p>" + "<br/>\n".join(LINES) + "</p>",
    ],
)
def test_line_ends_on_a_page_part_paragraphs(page: str) -> None:
    book = read(page, "html")
    assert said(book, book.chapters[0]) == LINES


def test_verse_keeps_its_lines_together() -> None:
    verse = (
        "The mill goes round,<br/>&#160;&#160;the water falls,<br/>and no one comes<br/>to mend the walls."
    )
    assert len(read(f"<p>{verse}</p>", "html").chapters[0].paragraphs) == 1
    wrapped = "The mill goes round,\nthe water falls,\nand no one comes\nto mend the walls."
    assert len(read(wrapped).chapters[0].paragraphs) == 1


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("“I shall not wait for the ferry any longer,\n”\nsaid Ivo. “Good night.”", 1),
        ("“I shall not wait.\n\n”\n\nIvo left.", 2),
        ('"I shall not wait,\n"\nsaid Ivo.', 1),
        ("‘I shall not wait,\n’ said Ivo.", 1),
        ("«Je n’attends plus,\n»\ndit Ivo.", 1),
    ],
)
def test_a_closing_mark_alone_belongs_to_its_paragraph(text: str, count: int) -> None:
    book = read(text)
    assert len(book.chapters[0].paragraphs) == count
    assert not book.skipped
    assert not any(paragraph.follows_scene_break for paragraph in book.chapters[0].paragraphs)


def test_a_closing_mark_in_a_paragraph_of_its_own() -> None:
    book = read("<p>“I shall not wait.</p><p>”</p><p>Ivo left.</p>", "html")
    assert said(book, book.chapters[0]) == ["“I shall not wait.”", "Ivo left."]


@given(st.integers(1, 9999), st.sampled_from(["Chapter", "Kapitel", "Глава", "Luku", "Ch."]))
def test_any_number_names_a_chapter(number: int, word: str) -> None:
    label = find_label(f"{word} {number}")
    assert label is not None
    assert label.value == number


@pytest.mark.slow
@given(st.text(max_size=200))
def test_no_line_crashes_the_search_and_a_label_lies_within_it(line: str) -> None:
    label = find_label(line)
    assert label is None or 0 <= label.start < label.end <= len(line)
