"""A web site's links around a saved chapter are skipped by name; sentences with the same words are read."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.model import Book
from audiobook.reading import read_book
from audiobook.reading.navigation import NAVIGATION, find_navigation

_TEXT = "Anna came home late, and hung her wet coat by the stove, for the rain had not stopped since noon."


def _read(path: Path, words: str) -> Book:
    path.write_text(words, encoding="utf-8")
    return read_book(path)


def _list_navigation(book: Book) -> list[str]:
    return [book.text[skip.start : skip.end] for skip in book.skipped if skip.reason == NAVIGATION]


def _list_read(book: Book) -> list[str]:
    return [book.text[p.start : p.end] for chapter in book.chapters for p in chapter.paragraphs]


@pytest.mark.parametrize(
    "line",
    [
        "Prev Chapter",
        "Next Chapter",
        "Previous Chapter | Table of Contents | Next Chapter",
        "« Previous   Index   Next »",
        "<< Prev | Next >>",
        "[Previous] [Next]",
        "Next →",
        "← Previous Chapter",
        "Prev / Home / Next",
        "*Previous Chapter* • *Next Chapter*",
        "上一章 目录 下一章",
        "前へ | 目次 | 次へ",
        "Voriges Kapitel | Inhaltsverzeichnis | Nächstes Kapitel",
        "Chapitre précédent – Sommaire – Chapitre suivant",
        "Capítulo anterior | Índice | Capítulo siguiente",
        "Предыдущая глава | Оглавление | Следующая глава",
    ],
)
def test_a_line_of_links_is_skipped_by_name(tmp_path: Path, line: str) -> None:
    book = _read(tmp_path / "saved.txt", f"{line}\nChapter 5: Home\n{_TEXT}\n\n{_TEXT}\n{line}\n")

    assert _list_navigation(book) == [line, line]
    assert [chapter.title for chapter in book.chapters] == ["Chapter 5: Home"]
    assert _list_read(book) == ["Chapter 5: Home", _TEXT, _TEXT]


@pytest.mark.parametrize(
    "line",
    [
        "Next",
        "Index",
        "Previous",
        "The next chapter",
        "He read the next chapter.",
        "“Next chapter!”",
        "«Next»",
        "<Next>",
        "Next chapter of my life",
        "Table of contents and the next chapter were torn out",
    ],
)
def test_what_may_be_the_story_is_read(tmp_path: Path, line: str) -> None:
    book = _read(tmp_path / "story.txt", f"Chapter 5\n\n{_TEXT}\n\n{line}\n\n{_TEXT}\n")

    assert _list_navigation(book) == []
    assert line in _list_read(book)


def test_doubtful_links_count_next_to_sure_ones() -> None:
    lines = ["Table of Contents", "Next Chapter", "A story.", "Index", "The end.", "Next Chapter", "Index"]
    assert find_navigation(lines) == {0, 1, 5, 6}


def test_links_of_a_page_are_skipped_by_name(tmp_path: Path) -> None:
    links = (
        '<div><a href="4">Previous Chapter</a> | <a href="/">Index</a> | <a href="6">Next Chapter</a></div>'
    )
    ways = '<p><a href="4">Prev</a> <a href="6">Next</a></p>'
    page = f"<html><body>{links}<h1>Chapter 5: Home</h1><p>{_TEXT}</p>{ways}</body></html>"
    book = _read(tmp_path / "saved.html", page)

    assert _list_navigation(book) == ["Previous Chapter | Index | Next Chapter", "Prev Next"]
    assert _list_read(book) == ["Chapter 5: Home", _TEXT]
