"""Real files of the formats that pandoc, mobi and pdfium open: chapters, metadata, and every word."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.model import Book
from audiobook.reading import read_book
from audiobook.reading.rtf import spell_letters
from tests.books import assert_tiled, said
from tests.foreign_books import BODY, CHAPTERS, MARKDOWN, convert, mobi

PLAIN = MARKDOWN
for _number, _name in enumerate(CHAPTERS, 1):
    PLAIN = PLAIN.replace(f"# {_name}", f"**CHAPTER {'I' * _number}.**")


def read(tmp_path: Path, kind: str, data: bytes) -> Book:
    path = tmp_path / f"book.{kind}"
    path.write_bytes(data)
    book = read_book(path)
    assert_tiled(book)
    return book


def expected(name: str) -> list[str]:
    return [BODY.format(name), "“Who is there?” asked Nora."]


@pytest.mark.parametrize("kind", ["docx", "epub", "fb2", "odt"])
def test_chapters_metadata_and_words_of_documents_that_pandoc_wrote(kind: str, tmp_path: Path) -> None:
    book = read(tmp_path, kind, convert(MARKDOWN, kind))
    assert (book.title, book.author, book.language) == ("Seas", "A. Writer", "en")
    assert [chapter.title for chapter in book.chapters] == list(CHAPTERS)
    assert [said(book, chapter) for chapter in book.chapters] == [
        [name, *expected(name)] for name in CHAPTERS
    ]


def test_rtf_has_its_chapters_and_loses_no_letter(tmp_path: Path) -> None:
    book = read(tmp_path, "rtf", convert(MARKDOWN, "rtf"))
    assert [chapter.title for chapter in book.chapters] == list(CHAPTERS)
    assert [said(book, chapter)[-2:] for chapter in book.chapters] == [expected(name) for name in CHAPTERS]


@pytest.mark.parametrize("kind", ["docx", "odt", "rtf", "fb2"])
def test_bold_lines_that_read_like_headings_are_headings(kind: str, tmp_path: Path) -> None:
    book = read(tmp_path, kind, convert(PLAIN, kind))
    assert [chapter.title for chapter in book.chapters] == ["CHAPTER I.", "CHAPTER II.", "CHAPTER III."]


@pytest.mark.slow
def test_a_mobi_has_its_chapters_metadata_and_words(tmp_path: Path) -> None:
    body = "".join(
        f"<h2>{name}</h2><p>{BODY.format(name)}</p><p>“Who is there?” asked Nora.</p><mbp:pagebreak/>"
        for name in CHAPTERS
    )
    book = read(tmp_path, "mobi", mobi(f"<html><head/><body>{body}</body></html>", "Seas", "A. Writer"))
    assert (book.title, book.author) == ("Seas", "A. Writer")
    assert [said(book, chapter) for chapter in book.chapters] == [
        [name, *expected(name)] for name in CHAPTERS
    ]


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        (rb"\u8220?Who", rb"\u8220 ?Who"),
        (rb"\u8220 ?Who", rb"\u8220 ?Who"),
        (rb"\u8220\'93Who", rb"\u8220 ?Who"),
        (rb"{\uc0 \u8220 Who}\u233?x", rb"{\uc0 \u8220 ?Who}\u233 ?x"),
        (rb"\uc2\u8220ab\i c", rb"\uc2\u8220 ?\i c"),
        (rb"\u8220}x", rb"\u8220 ?}x"),
    ],
)
def test_letters_of_rtf_are_written_with_one_substitute(written: bytes, spelled: bytes) -> None:
    assert spell_letters(written) == spelled
