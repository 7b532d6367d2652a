"""PDFs that Chromium prints of pages whose words are known: every word once, chapters, no frame."""

from __future__ import annotations

import html
import os
import re
from itertools import chain
from pathlib import Path

import pytest

from audiobook.model import Book
from audiobook.reading import read_book
from audiobook.reading.furniture import find_furniture
from audiobook.reading.typeset import PrintedLine, join_lines
from tests.books import assert_tiled
from tests.printing import print_file, print_page, recall_and_precision, spoken_words, words_of

TEXTS = sorted(Path(__file__).parents[1].joinpath("texts").glob("*.txt"))
CORPUS = os.environ.get("NARRATE_CORPUS")

STORIES = [
    [" ".join(part.split()) for part in path.read_text("utf-8").split("\n\n") if part.strip()]
    for path in TEXTS
]
"""The paragraphs of each."""

INDENTED = "p {margin: 0; text-indent: 1.2em; text-align: justify}"
COLUMNS = f"div {{columns: 2; font: 10pt serif}} {INDENTED}"
FRAMED = """@page {size: A5; @top-center {content: 'The Long Night'} @bottom-center {content: counter(page)}}
h2 {break-before: page} p {margin: 0; text-indent: 1.2em}"""
OUTER = """@page {size: A5; @top-left {content: counter(page)} @top-right {content: 'A. Writer'}}
p {margin: 0; text-indent: 1.2em}"""
NAMES = ("Dusk", "Night", "Deep Night", "Dawn")


def divisible(words: str) -> str:
    """Return words as HTML with soft hyphens in the long ones, at which a browser divides them."""
    # Not beside an f, which browsers join with the letter behind it.
    return re.sub(r"([^\W\d_]{3,}?[^\W\d_f])(?=[^\W\d_f][^\W\d_]{2,})", r"\1&shy;", html.escape(words))


def page(css: str, *, title: str = "Nights", language: str = "en", heading: str = "h2") -> str:
    """Return a book of four chapters, a story each."""
    chapters = ""
    for number, (name, story) in enumerate(zip(NAMES, STORIES, strict=True), 1):
        text = "".join(f"<p>{divisible(paragraph)}</p>" for paragraph in story)
        chapters += f"<{heading}>Chapter {number}: {name}</{heading}><div>{text}</div>"
    head = f"<title>{title}</title><style>{css}</style><meta name='author' content='A. Writer'>"
    return f"<html lang='{language}'>{head}<body><h1>{title}</h1>{chapters}</body></html>"


def paragraphs_of(book: Book) -> list[str]:
    return [
        " ".join(book.text[p.start : p.end].split())
        for chapter in book.chapters
        for p in chapter.paragraphs
        if p.kind == "body"
    ]


@pytest.mark.slow
@pytest.mark.parametrize("path", TEXTS, ids=lambda path: path.stem)
def test_a_story_comes_back_word_for_word(path: Path, tmp_path: Path) -> None:
    story = STORIES[TEXTS.index(path)]
    body = "".join(f"<p>{html.escape(paragraph)}</p>" for paragraph in story)
    book = read_book(print_page(f"<html lang='en'><title>{path.stem}</title>{body}</html>", tmp_path))
    assert paragraphs_of(book) == story
    assert not book.skipped


@pytest.mark.slow
@pytest.mark.parametrize(
    ("css", "with_outline"),
    [
        pytest.param("", True, marks=pytest.mark.slow),
        pytest.param("", False, marks=pytest.mark.slow),
        pytest.param(INDENTED, True, marks=pytest.mark.slow),
        pytest.param(INDENTED, False, marks=pytest.mark.slow),
        pytest.param(COLUMNS, True, marks=pytest.mark.slow),
        (COLUMNS, False),
        (FRAMED, True),
        pytest.param(FRAMED, False, marks=pytest.mark.slow),
        pytest.param(OUTER, True, marks=pytest.mark.slow),
        pytest.param(OUTER, False, marks=pytest.mark.slow),
    ],
)
def test_chapters_paragraphs_and_words_of_a_printed_book(
    css: str, with_outline: bool, tmp_path: Path
) -> None:
    book = read_book(print_page(page(css), tmp_path, outline=with_outline))
    assert_tiled(book)
    assert [chapter.title for chapter in book.chapters] == [
        "Chapter 1: Dusk",
        "Chapter 2: Night",
        "Chapter 3: Deep Night",
        "Chapter 4: Dawn",
    ]
    # Chromium writes the language with the tags alone, which the outline takes.
    assert (book.title, book.language) == ("Nights", "en" if with_outline else "")
    told = list(chain.from_iterable(STORIES))
    assert words_of(" ".join(paragraphs_of(book))) == words_of(" ".join(told))
    assert sum(found != wanted for found, wanted in zip(paragraphs_of(book), told, strict=True)) == 0


@pytest.mark.slow
def test_heads_and_numbers_of_pages_are_skipped_by_name(tmp_path: Path) -> None:
    book = read_book(print_page(page(FRAMED), tmp_path))
    skipped = {(book.text[s.start : s.end], s.reason) for s in book.skipped if s.reason != "title page"}
    assert ("The Long Night", "running head") in skipped
    assert ("2", "page number") in skipped
    assert {reason for _, reason in skipped} == {"running head", "page number"}


@pytest.mark.slow
def test_what_a_browser_prints_around_a_page_is_skipped(tmp_path: Path) -> None:
    book = read_book(print_page(page(""), tmp_path, own_frame=True))
    assert words_of(" ".join(paragraphs_of(book))) == words_of(" ".join(chain.from_iterable(STORIES)))


@pytest.mark.slow
def test_a_printed_list_of_contents_is_skipped(tmp_path: Path) -> None:
    names = [f"Chapter {n}: {name}" for n, name in enumerate(NAMES, 1)]
    rows = "".join(f"<p>{name} . . . . . . {7 * n + 3}</p>" for n, name in enumerate(names))
    shown = page("").replace("</h1>", f"</h1><p>Contents</p>{rows}")
    book = read_book(print_page(shown, tmp_path))
    assert [chapter.title for chapter in book.chapters] == names
    assert "contents" in {skip.reason for skip in book.skipped}
    assert paragraphs_of(book) == list(chain.from_iterable(STORIES))


@pytest.mark.slow
def test_poems_that_begin_on_pages_of_their_own_keep_their_titles(tmp_path: Path) -> None:
    css = "@page {size: A6; @bottom-right {content: counter(page)}} section {break-after: page}"
    poems = "".join(
        f"<section><p>Poem {n}</p><p>{html.escape(story[0])}</p></section>"
        for n, story in enumerate(STORIES, 1)
    )
    book = read_book(print_page(f"<html lang='en'><style>{css}</style>{poems}</html>", tmp_path))
    assert [f"Poem {n}" in book.text for n in range(1, 5)] == [True] * 4
    heads = [book.text[s.start : s.end] for s in book.skipped if "Poem" in book.text[s.start : s.end]]
    assert heads == []


@pytest.mark.slow
def test_a_first_letter_set_large_is_its_word_s(tmp_path: Path) -> None:
    css = "p::first-letter {font-size: 3em; float: left; line-height: 1}"
    body = "".join(f"<p>{html.escape(p)}</p>" for p in STORIES[0] if p[0].isalpha())
    book = read_book(print_page(f"<html lang='en'><style>{css}</style>{body}</html>", tmp_path))
    expected = words_of(" ".join(p for p in STORIES[0] if p[0].isalpha()))
    assert spoken_words(book) == expected


@pytest.mark.slow
def test_bold_headings_of_the_text_s_size(tmp_path: Path) -> None:
    css = "h3 {font-size: 1em}"
    book = read_book(print_page(page(css, heading="h3"), tmp_path, outline=False))
    assert [chapter.title for chapter in book.chapters][-1] == "Chapter 4: Dawn"
    assert len(book.chapters) == 4


@pytest.mark.parametrize(
    ("lines", "joined"),
    [
        (["the num-", "ber of it"], "the number of it"),
        (["a well-", "known man"], "a well-known man"),
        (["the Anglo-", "Saxon way"], "the Anglo-Saxon way"),
        (["it was so—", "he said"], "it was so—he said"),
        (["so \u2013", "he said"], "so \u2013 he said"),
        (["Hof\u00ad", "fnung"], "Hoffnung"),
        (["外面还", "在下雨"], "外面还在下雨"),
    ],
)
def test_lines_are_joined(lines: list[str], joined: str) -> None:
    assert join_lines(lines, {"well", "known"}) == joined


def test_a_hyphen_where_words_are_never_divided_is_a_compound_s() -> None:
    assert join_lines(["jet-", "black", "or no-", "body"], {"nobody"}, divides=False) == "jet-black or nobody"


@pytest.mark.slow
@pytest.mark.skipif(not CORPUS, reason="NARRATE_CORPUS names no folder with books")
def test_a_printed_novel_has_its_chapters_and_every_word(tmp_path: Path) -> None:
    source = Path(CORPUS or "", "books", "pg1342-pride-and-prejudice.htm")
    original = read_book(source)
    book = read_book(print_file(source, tmp_path / "novel.pdf"))
    assert_tiled(book)
    titles = [chapter.title for chapter in book.chapters]
    assert titles[-61:] == [chapter.title for chapter in original.chapters]
    recall, precision = recall_and_precision(spoken_words(book), spoken_words(original))
    assert recall >= 0.9999
    assert precision >= 0.999


def test_letters_alone_at_a_page_s_edge_are_no_numbers() -> None:
    pages = [
        [PrintedLine(page, "ı", 72, 800, 10), PrintedLine(page, "9" * 5000, 72, 100, 10)] for page in range(3)
    ]
    assert "ı" not in {line.text for line, why in find_furniture(pages, 10).items() if why == "page number"}
