"""Notes and their signs where no markup tells: skipped by name; numbers that are none of theirs are read."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from audiobook.model import Book
from audiobook.normalizing import find_note_signs
from audiobook.reading import ReadingChoices, read_book
from tests.books import read_page
from tests.command_line import narrate

NewProject = Callable[..., Path]

_TEXT = """Chapter 1

The mill was built in 1804[1] by a weaver.² He sold it.† Nobody wept.[A]

{notes}

Chapter 2

Anna came home late.
"""


def _read(path: Path, notes: str, footnotes: str = "skip") -> Book:
    path.write_text(_TEXT.format(notes=notes), encoding="utf-8")
    return read_book(path, ReadingChoices(footnotes="paragraph" if footnotes == "paragraph" else "skip"))


@pytest.mark.parametrize(
    "notes",
    [
        "[1] Or in 1805.",
        "² A miller's son.",
        "[A] But for his aunt.",
        "[1] Or in 1805.\n\n² A miller's son.",
        "[Footnote 1: Or in 1805.]",
        "[Footnote: Or in 1805.]",
        "[Footnote A: But for his aunt,\n\nand her cat [a tom].]",
    ],
)
def test_notes_among_the_paragraphs_are_skipped_by_name(tmp_path: Path, notes: str) -> None:
    book = _read(tmp_path / "mill.txt", notes)
    skipped = [book.text[s.start : s.end] for s in book.skipped if s.reason == "footnote"]
    assert "\n\n".join(skipped) == notes
    assert [len(chapter.paragraphs) for chapter in book.chapters] == [2, 2]

    whole = _read(tmp_path / "mill.txt", notes, "paragraph")
    assert not whole.skipped


@pytest.mark.parametrize(
    "words",
    [
        "[3] Nobody refers to it.",
        "[She laughs]",
        "³ is a small number.",
        "1 Fish",
        "[Footnote 1: Or in 1805.] He walked home.",
    ],
)
def test_what_nothing_refers_to_is_read(tmp_path: Path, words: str) -> None:
    assert _read(tmp_path / "mill.txt", words).skipped == ()


@pytest.mark.parametrize(
    ("text", "language", "signs"),
    [
        ("In 1804[1] it rained.² Truly,† it did.[b]", "en", ["[1]", "²", "†", "[b]"]),
        ("Nel 1804[1] pioveva.² Davvero† era così.", "it", ["[1]", "²", "†"]),
        ("Es regnete[1] in Kiel.¹", "de", ["[1]", "¹"]),
        ("10 km², x² [sic] and *all* of it", "en", []),
        ("10 km² e *tutto* [sic]", "it", []),
    ],
)
def test_signs_are_told_from_powers(text: str, language: str, signs: list[str]) -> None:
    assert [text[sign.start : sign.end] for sign in find_note_signs(text, language)] == signs


def test_signs_within_a_text_are_named_as_skipped(new_project: NewProject) -> None:
    project = new_project(settings="", mill=_TEXT.format(notes="“Yes,”[12] said Tom."))
    text = (project / "texts" / "mill.txt").read_text(encoding="utf-8")
    script = json.loads(narrate("script", "--json", "mill").stdout)
    assert [(text[s["start"] : s["end"]], s["reason"]) for s in script["skipped"]] == [
        (sign, "note sign") for sign in ("[1]", "²", "†", "[A]", "[12]")
    ]

    (project / "voices.yaml").write_text("reading:\n  normalize: false\n", encoding="utf-8")
    assert json.loads(narrate("script", "--json", "mill").stdout)["skipped"] == []


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<p>It was good. <sup>4</sup>And Anna saw it.</p>", "It was good. 4 And Anna saw it."),
        ("<p>It was good. <sup>4</sup>&#160;And Anna saw it.</p>", "It was good. 4 And Anna saw it."),
        ("<p><sup>1</sup>“Let it rain,” said Anna.</p>", "1 “Let it rain,” said Anna."),
        ("<p>It was good.<sup>4</sup> And Anna saw it.</p>", "It was good. And Anna saw it."),
        ("<p>It was good. <sup>4</sup> And Anna saw it.</p>", "It was good. And Anna saw it."),
    ],
)
def test_a_verses_number_is_read_and_a_notes_sign_is_not(body: str, words: str) -> None:
    assert read_page(body)[0] == words
