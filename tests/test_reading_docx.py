"""DOCX of which a part is broken, missing, or another kind of document: the rest is read, with a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from audiobook.model import Book
from audiobook.reading.docx import read_docx
from tests.books import make_zip
from tests.test_reading_formats import W, docx, paragraph, run

_REFERENCE = '<w:r><w:footnoteReference w:id="1"/></w:r>'
_STORY = (
    paragraph(run("One"), "H1") + paragraph(run("Anna came home.") + _REFERENCE) + paragraph(run("Late."))
)
_NOTES = f'<w:footnotes {W}><w:footnote w:id="1">{paragraph(run("By tram."))}</w:footnote></w:footnotes>'
_REL = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'


def _list_read(book: Book) -> list[str]:
    return [book.text[p.start : p.end] for chapter in book.chapters for p in chapter.paragraphs]


@pytest.mark.parametrize(
    ("name", "part", "skipped"),
    [
        ("word__footnotes", _NOTES[:-9], ["By tram."]),
        ("word__footnotes", "", []),
        ("word__footnotes", "<<<", []),
        ("word__endnotes", "no XML", []),
        ("word__comments", "<w:comments><w:comment>", []),
        ("word__header1", "\0", []),
        ("docProps__core", "<cp:coreProperties>", []),
    ],
)
def test_a_broken_side_part_refuses_no_book(name: str, part: str, skipped: list[str]) -> None:
    notes = {} if name == "word__footnotes" else {"word__footnotes": _NOTES}
    book = read_docx(Path("a.docx"), docx(_STORY, **notes, **{name: part}))

    assert _list_read(book) == ["One", "Anna came home.", "Late."]
    assert [warning for warning in book.warnings if name.replace("__", "/") in warning]
    found = [book.text[s.start : s.end] for s in book.skipped if s.reason == "footnote"]
    assert found == (skipped if name == "word__footnotes" else ["By tram."])


def test_notes_that_are_missing_are_warned_of() -> None:
    (warning,) = read_docx(Path("a.docx"), docx(_STORY)).warnings
    assert warning == "a.docx: word/footnotes.xml: is missing; the text refers to notes in it"


def test_broken_styles_leave_the_chapters_to_their_names() -> None:
    text = "Anna came home late, for the tram had stopped at the bridge and nobody knew why it had."
    body = "".join(paragraph(run(f"Chapter {n}"), "H1") + paragraph(run(text)) for n in (1, 2))
    book = read_docx(Path("a.docx"), docx(body, word__styles="<w:styles"))
    assert [chapter.title for chapter in book.chapters] == ["Chapter 1", "Chapter 2"]
    assert len(book.warnings) == 1


_PAGE = "<html><head><title>x</title></head><body><h1>Two</h1><p>The bell r&auml;ng.</p></body></html>"
_MESSAGE = (
    'MIME-Version: 1.0\nContent-Type: multipart/related; boundary="b"\n\n--b\n'
    "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
    "<html><body><h1>Two</h1><p>The bell r=C3=A4ng.</p></body></html>\n--b--\n"
)


@pytest.mark.parametrize(
    ("kind", "chunk", "read"),
    [
        ("html", _PAGE, ["Two", "The bell räng."]),
        ("mht", _MESSAGE, ["Two", "The bell räng."]),
        ("mht", _MESSAGE.replace("charset=utf-8", 'charset="unicode"'), ["Two", "The bell räng."]),
        (
            "mht",
            _MESSAGE.replace("; charset=utf-8", "").replace(
                "<body>", "<head><meta charset=utf-8></head><body>"
            ),
            ["Two", "The bell räng."],
        ),
        ("txt", "The bell räng.\nTwice.", ["The bell räng.", "Twice."]),
        ("rtf", "{\\rtf1 The bell rang.}", []),
        ("mht", "no message", ["no message"]),
        ("", "", []),
    ],
)
def test_documents_within_a_document_are_read_or_warned_of(kind: str, chunk: str, read: list[str]) -> None:
    relation = f'<Relationship Id="c1" Target="/word/chunk.{kind}"/>' if kind else ""
    chunks = f'<w:altChunk {_REL} r:id="c1"/>'
    whole = make_zip(
        {
            "word/document.xml": f"<w:document {W}><w:body>{_STORY}{chunks}</w:body></w:document>",
            "word/footnotes.xml": _NOTES,
            "word/_rels/document.xml.rels": f"<Relationships>{relation}</Relationships>",
            f"word/chunk.{kind}": chunk,
        }
    )
    book = read_docx(Path("a.docx"), whole)
    assert _list_read(book) == ["One", "Anna came home.", "Late.", *read]
    assert [w for w in book.warnings if "altChunk" in w] == ([] if read else list(book.warnings))
    assert book.warnings or read
    assert book.faults == ()


def test_lines_that_are_links_to_chapters_are_a_list_of_contents() -> None:
    chapters = "".join(
        paragraph(run(f"Chapter {n}"), "H1") + paragraph(run(f"Bell {n} rang.")) for n in (1, 2, 3)
    )
    links = "".join(
        f'<w:p><w:hyperlink w:anchor="c{n}">{run(f"Chapter {n}")}</w:hyperlink></w:p>' for n in (1, 2, 3)
    )
    book = read_docx(Path("a.docx"), docx(paragraph(run("Contents")) + links + chapters))
    assert [chapter.title for chapter in book.chapters] == ["Chapter 1", "Chapter 2", "Chapter 3"]
    assert [skip.reason for skip in book.skipped] == ["contents"]


def test_a_word_that_is_a_link_is_read() -> None:
    link = f'<w:hyperlink w:anchor="later">{run("the harbour")}</w:hyperlink>'
    book = read_docx(Path("a.docx"), docx(f"<w:p>{run('He saw ')}{link}{run(' again.')}</w:p>"))
    assert _list_read(book) == ["He saw the harbour again."]
