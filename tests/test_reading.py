"""Plain text becomes a book: encodings, paragraphs, scene breaks, front matter, and clear refusals."""

from __future__ import annotations

import codecs
import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.reading import read_book
from audiobook.reading.text import FRONT_MATTER, SCENE_BREAK, read_text
from audiobook.reading.titles import make_title


def read(data: bytes | str, name: str = "story.txt") -> Book:
    return read_text(Path(name), data.encode() if isinstance(data, str) else data)


def paragraphs(book: Book) -> list[str]:
    return [" ".join(book.text[p.start : p.end].split()) for p in book.chapters[0].paragraphs]


@pytest.mark.parametrize(
    "data",
    [
        "Café – “yes”".encode(),
        codecs.BOM_UTF8 + "Café – “yes”".encode(),
        codecs.BOM_UTF16_LE + "Café – “yes”".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "Café – “yes”".encode("utf-16-be"),
        codecs.BOM_UTF32_LE + "Café – “yes”".encode("utf-32-le"),
    ],
)
def test_encodings_with_and_without_a_mark(data: bytes) -> None:
    book = read(data)
    assert book.text == "Café – “yes”"
    assert book.warnings == ()


def test_other_bytes_are_windows_1252_with_a_warning_and_none_is_lost() -> None:
    book = read(b"Caf\xe9 \x96 \x93yes\x94 \x81")
    assert book.text == "Café – “yes” \x81"
    assert "cp1252" in book.warnings[0]


def test_a_stray_nul_keeps_its_place_and_is_warned_of() -> None:
    book = read(b"One\0 two three four five.")
    assert "1 NUL" in book.warnings[0]
    assert len(book.text) == 25


@pytest.mark.slow
@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"", "story.txt: is empty"),
        (b" \r\n\t\n", "story.txt: is empty"),
        (b"* * *\n\n---\n", "nothing to speak"),
        (bytes(range(256)) * 40, "not text"),
        (b"\x00\x01\x02\x03\x04\x05\x06\x07" * 9, "not text"),
        ("Hello there".encode("utf-16-le"), "UTF-16 without a byte order mark"),
        (codecs.BOM_UTF16_LE + b"\x00\xd8\x41\x00A", "save the file again as UTF-8"),
        ("---\ntitle: 'a\nauthor: b\n---\nText", "front matter is not YAML"),
        ("---\ntitle: " + "[" * 1100 + "\n---\nText", "front matter is not YAML"),
    ],
)
def test_what_can_not_be_read_is_refused_by_name(data: bytes | str, message: str) -> None:
    with pytest.raises(SourceError, match=message):
        read(data)


def test_missing_files_folders_and_other_formats(tmp_path: Path) -> None:
    for path, message in (
        (tmp_path / "no.txt", "no such file"),
        (tmp_path / "book.xyz", "files that end in .xyz"),
    ):
        with pytest.raises(SourceError, match=message):
            read_book(path)
    (tmp_path / "folder.txt").mkdir()
    with pytest.raises(SourceError, match="is a folder"):
        read_book(tmp_path / "folder.txt")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_blank_lines_part_paragraphs_and_wrapped_lines_are_joined(end: str) -> None:
    book = read(end.join(["One line", "and its end.", "", "  ", "Two."]))
    assert paragraphs(book) == ["One line and its end.", "Two."]


@pytest.mark.parametrize("mark", ["* * *", "***", "---", "⁂", "  *  ", "# # #", "———", "• • •"])
def test_a_scene_break_is_skipped_with_its_reason(mark: str) -> None:
    book = read(f"One.\n\n{mark}\n\nTwo.")
    assert [p.follows_scene_break for p in book.chapters[0].paragraphs] == [False, True]
    assert [(book.text[s.start : s.end], s.reason) for s in book.skipped] == [(mark.strip(), SCENE_BREAK)]


def test_a_text_without_blank_lines_has_a_paragraph_a_line() -> None:
    long = (
        "The harbour lay still, and nobody came down to the boats "
        + "before the bell rang, " * 3
        + "at nine."
    )
    assert paragraphs(read(f"{long}\n{long}\nShort.")) == [long, long, "Short."]


def test_speech_on_lines_of_its_own_is_a_paragraph_a_line() -> None:
    text = (
        "They had walked the whole way down to the water and back again before\n"
        "either of them said a word about it.\n"
        '"No," said Nora.\n'
        '"Not even once?"\n'
        '"Not even once," she said, and then she said nothing more until they had\n'
        "come round by the church."
    )
    assert [p[:12] for p in paragraphs(read(text))] == [
        "They had wal",
        '"No," said N',
        '"Not even on',
        '"Not even on',
    ]


def test_an_indented_line_begins_a_paragraph() -> None:
    assert paragraphs(read("  One line that is\nwrapped.\n  Two that is\nwrapped.")) == [
        "One line that is wrapped.",
        "Two that is wrapped.",
    ]


def test_front_matter_names_the_book() -> None:
    book = read(
        "---\ntitle: 'Colons: a story'\nauthor: A. Writer\nyear: 2007\nlanguage: en-GB\n"
        "series: Seas\nseries-part: 2\nmood: blue\n---\n\nText."
    )
    assert (book.title, book.author, book.year, book.language) == (
        "Colons: a story",
        "A. Writer",
        "2007",
        "en-GB",
    )
    assert (book.series, book.series_part) == ("Seas", "2")
    assert book.skipped[0].reason == FRONT_MATTER
    assert "unknown key 'mood'" in book.warnings[0]
    assert paragraphs(book) == ["Text."]


def test_front_matter_is_taken_as_it_is_written() -> None:
    book = read("---\ntitle: 007\nauthor: 1.50\nyear: 2020-99-99\n---\n\nText.")
    assert (book.title, book.author, book.year) == ("007", "1.50", "2020-99-99")


def test_what_has_no_end_or_is_huge_is_refused_unread(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="read to an end"):
        read_book(tmp_path / "pipe")
    with (tmp_path / "huge.txt").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(SourceError, match="split it into several files"):
        read_book(tmp_path / "huge.txt")


def test_rules_at_the_top_are_no_front_matter() -> None:
    book = read("---\n\nIt began: at night.\n\n---\n\nIt ended.")
    assert paragraphs(book) == ["It began: at night.", "It ended."]


@pytest.mark.parametrize(
    ("stem", "title"),
    [
        ("echo-chamber", "Echo Chamber"),
        ("lost-in-the-haze", "Lost in the Haze"),
        ("the_end_of_it", "The End of It"),
        ("My Story", "My Story"),
        ("McCoy-story", "McCoy-story"),
        ("2-moons", "2 Moons"),
        ("---", "---"),
    ],
)
def test_titles_from_file_names(stem: str, title: str) -> None:
    assert make_title(stem) == title


@given(st.one_of(st.text(), st.binary(), st.text(alphabet="ab. \n\r*-\"'\t\f\0")))
def test_any_bytes_are_read_or_refused_and_every_letter_lies_in_one_place(data: bytes | str) -> None:
    try:
        book = read(data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data)
    except SourceError:
        return
    spans = [(p.start, p.end) for p in book.chapters[0].paragraphs] + [(s.start, s.end) for s in book.skipped]
    covered = [0] * len(book.text)
    for start, end in spans:
        for index in range(start, end):
            covered[index] += 1
    assert all(n == 1 for n, c in zip(covered, book.text, strict=True) if c.isalnum())
    assert max(covered, default=0) <= 1
