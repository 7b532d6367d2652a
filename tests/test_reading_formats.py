"""HTML, Markdown, DOCX, and what is read through other programs; the commands that show a book."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audiobook.cli import main
from audiobook.errors import SourceError
from audiobook.model import Book
from audiobook.planning.chapters import parse_chapters
from audiobook.reading import read_book
from audiobook.reading.docx import read_docx
from audiobook.reading.html import read_html
from audiobook.reading.markdown import read_markdown
from tests.books import assert_tiled, make_epub, make_zip, nav, said, skipped

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
BOOK = make_epub(
    {f"{n}.xhtml": f"<h1>Chapter {n}</h1><p>This is the text of chapter {n}.</p>" for n in (1, 2, 3)},
    toc=nav(*((f"{n}.xhtml", f"Chapter {n}") for n in (1, 2, 3))),
)


def read(reader: Callable[[Path, bytes], Book], data: str | bytes, name: str) -> Book:
    book = reader(Path(name), data.encode() if isinstance(data, str) else data)
    assert_tiled(book)
    return book


def outline(book: Book) -> list[tuple[str, list[str]]]:
    return [(chapter.title, said(book, chapter)) for chapter in book.chapters]


def test_html_has_chapters_at_headings_and_its_head_names_it() -> None:
    book = read(
        read_html,
        "<html lang=en-GB><head><title>Seas, by A. Writer</title></head><body>"
        "<h1>Seas</h1><h2>By A. Writer</h2>"
        "<h2>One</h2><p>A &amp; b.<h2>Two</h2><p>C.",
        "a.html",
    )
    assert (book.title, book.author, book.language) == ("Seas", "A. Writer", "en-GB")
    assert outline(book) == [("One", ["One", "A & b."]), ("Two", ["Two", "C."])]
    assert skipped(book) == [("title page", "Seas\n\nBy A. Writer")]


@pytest.mark.parametrize(
    "data",
    [
        "<meta charset='iso-8859-1'><p>caf\xe9 \x96 yes".encode("latin-1"),
        "<p>café – yes".encode("utf-16"),
        "<p>caf\xe9 \x96 yes".encode("latin-1"),
        '<html xmlns="http://www.w3.org/1999/xhtml"><p>café – yes</p></html>'.encode(),
    ],
)
def test_html_in_any_encoding(data: bytes) -> None:
    assert outline(read(read_html, data, "a.html"))[0][1] == ["café – yes"]


def test_html_without_headings_has_them_where_lines_read_like_some() -> None:
    text = "It was a bright day, and nobody had thought of the sea until the bell rang at nine."
    body = "".join(f"<p><b>CHAPTER {n}.</b></p><p>THE SEA</p><p>{text}</p>" for n in ("I", "II"))
    book = read(read_html, f"<title>Seas</title><h1>Seas</h1>{body}", "a.html")
    assert [title for title, _ in outline(book)] == ["CHAPTER I. THE SEA", "CHAPTER II. THE SEA"]
    assert [words[-3:] for _, words in outline(book)] == [
        [f"CHAPTER {n}.", "THE SEA", text] for n in ("I", "II")
    ]
    assert outline(read(read_html, "<p>One day.</p><p>STOP!</p><p>So it was.</p>", "a.html"))[0][0] == "A"


def test_markdown() -> None:
    text = (
        "---\nauthor: A. Writer\nlanguage: en-GB\n---\n"
        "# Seas\n\n## One\n\nIt was *night*.[^1] `[^1]`\n\n---\n\n"
        "Then day.\n\n"
        "[^1]: A dark one.\n\n## Two\n\n- a\n- b\n"
    )
    book = read(read_markdown, text, "a.md")
    assert (book.title, book.author, book.language) == ("Seas", "A. Writer", "en-GB")
    assert outline(book) == [
        ("One", ["One", "It was night. [^1]", "Then day."]),
        ("Two", ["Two", "a", "b"]),
    ]
    assert [p.follows_scene_break for p in book.chapters[0].paragraphs] == [False, False, True]
    assert skipped(book) == [("title page", "Seas"), ("note sign", "1"), ("footnote", "A dark one.")]


def docx(body: str, **parts: str) -> bytes:
    styles = (
        f'<w:styles {W}><w:style w:styleId="H1"><w:name w:val="heading 1"/></w:style>'
        '<w:style w:styleId="Mine"><w:name w:val="Mine"/><w:basedOn w:val="H1"/></w:style></w:styles>'
    )
    members = {
        "word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>",
        "word/styles.xml": styles,
    }
    return make_zip(members | {name.replace("__", "/") + ".xml": part for name, part in parts.items()})


def paragraph(runs: str, style: str = "") -> str:
    properties = f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>' if style else ""
    return f"<w:p>{properties}{runs}</w:p>"


def run(words: str, properties: str = "") -> str:
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{words}</w:t></w:r>"


def test_docx() -> None:
    note = '<w:r><w:footnoteReference w:id="2"/></w:r>'
    body = (
        paragraph(run("One"), "H1")
        + paragraph(
            run("It ") + f"<w:ins>{run('was ')}</w:ins><w:del><w:r><w:delText>is </w:delText></w:r></w:del>"
        )
        + paragraph(run("night.") + note + run("gone", "<w:vanish/>") + "<w:r><w:br/><w:t>Late.</w:t></w:r>")
        + paragraph('<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>PAGE</w:instrText></w:r>')
        + paragraph(run("Two"), "Mine")
        + f"<w:tbl><w:tr><w:tc>{paragraph(run('a'))}</w:tc><w:tc>{paragraph(run('b'))}</w:tc></w:tr></w:tbl>"
    )
    notes = (
        f'<w:footnotes {W}><w:footnote w:id="2">{paragraph(run("A dark one."))}</w:footnote></w:footnotes>'
    )
    core = (
        '<c:coreProperties xmlns:c="http://schemas.openxmlformats.org/package/2006/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>Seas</dc:title>'
        "<dc:creator>A. Writer</dc:creator>"
        "</c:coreProperties>"
    )
    book = read(read_docx, docx(body, word__footnotes=notes, docProps__core=core), "a.docx")
    assert (book.title, book.author) == ("Seas", "A. Writer")
    assert outline(book) == [("One", ["One", "It was", "night.\nLate."]), ("Two", ["Two", "a, b"])]
    assert skipped(book) == [("deleted text", "is"), ("hidden", "gone"), ("footnote", "A dark one.")]


FB2 = (
    '<?xml version="1.0" encoding="utf-8"?><FictionBook xmlns="http://www.gribuser.ru/xml/fictionbook/2.0">'
    "<description><title-info><author><first-name>Ann</first-name><last-name>Writer</last-name></author>"
    "<book-title>Seas</book-title><lang>en</lang></title-info></description><body>"
    "<section><title><p>One</p></title><p>It was night.</p></section>"
    "<section><title><p>Two</p></title><p>It was day.</p></section></body></FictionBook>"
)
RTF = r"{\rtf1\ansi{\info{\title Seas}{\author A. Writer}}\pard It was night.\par And day.\par}"


def test_fb2_and_rtf_through_pandoc(tmp_path: Path) -> None:
    (tmp_path / "a.fb2").write_text(FB2, encoding="utf-8")
    (tmp_path / "a.rtf").write_text(RTF, encoding="utf-8")
    book = read_book(tmp_path / "a.fb2")
    assert (book.title, book.author) == ("Seas", "Ann Writer")
    assert outline(book) == [("One", ["One", "It was night."]), ("Two", ["Two", "It was day."])]
    assert outline(read_book(tmp_path / "a.rtf")) == [("Seas", ["It was night.", "And day."])]


def pdf(*pages: list[str]) -> bytes:
    """Return a PDF with a line of text a row."""
    objects = ["<</Type/Catalog/Pages 2 0 R>>", ""]
    kids = []
    for lines in pages:
        shown = "".join(f"1 0 0 1 50 {700 - 20 * n} Tm ({line}) Tj " for n, line in enumerate(lines))
        stream = f"BT /F1 12 Tf {shown} ET"
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
        font = "<</F1<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]"
            f"/Contents {len(objects)} 0 R/Resources<</Font{font}>>>>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<</Type/Pages/Kids[{' '.join(kids)}]/Count {len(kids)}>>"
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    size = len(objects) + 1
    end = f"xref\n0 {size}\n0000000000 65535 f \n{table}trailer<</Size {size}/Root 1 0 R>>\n"
    return out + f"{end}startxref\n{len(out)}\n%%EOF\n".encode()


@pytest.mark.slow
def test_pdf(tmp_path: Path) -> None:
    (tmp_path / "a.pdf").write_bytes(pdf(["It was a bright day."], ["And then a dark one."]))
    book = read_book(tmp_path / "a.pdf")
    assert " ".join(book.text.split()) == "It was a bright day. And then a dark one."
    (tmp_path / "b.pdf").write_bytes(pdf([]))
    with pytest.raises(SourceError, match="only pictures"):
        read_book(tmp_path / "b.pdf")


def test_pages_are_joined_without_numbers_and_running_titles(tmp_path: Path) -> None:
    words = ("bright", "dark", "long", "short", "cold", "warm", "wet", "dry", "calm")
    middle = ["day it was and there", "was no end of it, with-", "out a doubt, but the"]
    pages = [["SEAS", f"A {word}", *middle, f"{word} sky.", str(n)] for n, word in enumerate(words)]
    (tmp_path / "a.pdf").write_bytes(pdf(*pages))
    book = read_book(tmp_path / "a.pdf")
    line = "A {0} day it was and there was no end of it, without a doubt, but the {0} sky."
    (chapter,) = book.chapters
    said = [book.text[p.start : p.end] for p in chapter.paragraphs]
    assert said == [line.format(word) for word in words]
    assert {s.reason for s in book.skipped} == {"running head", "page number"}


def narrate(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


@pytest.fixture
def book(new_project: Callable[..., Path]) -> Path:
    path = new_project(a="All is well.") / "seas.epub"
    path.write_bytes(BOOK)
    return path


def test_contents_lists_chapters_and_text_prints_what_offsets_refer_to(book: Path) -> None:
    listed = json.loads(narrate("contents", str(book), "--json").stdout)
    assert [(c["number"], c["title"], c["words"]) for c in listed["chapters"]] == [
        (n, f"Chapter {n}", 9) for n in (1, 2, 3)
    ]
    assert "Chapter 2" in narrate("contents", str(book)).stdout
    words = "That is what was said of it in the town, by those who had not been there, and by those who had."
    note = f'<aside epub:type="footnote"><p>{words}</p></aside>'
    book.with_name("noted.epub").write_bytes(
        make_epub({"a.xhtml": f"<p>It rained.</p>{note}<p>And then.</p><p class='footnote'>Once.</p>"})
    )
    listed = json.loads(narrate("contents", str(book.with_name("noted.epub")), "--json").stdout)
    assert [(each["reason"], each["begins"], each["words"]) for each in listed["skipped"]] == [
        ("footnote", "That is what was said of it in", 22)
    ]
    text = narrate("text", str(book)).stdout
    script = json.loads(narrate("script", str(book), "--json").stdout)
    spoken = [u for c in script["chapters"] for u in c["utterances"] if u["start"] < u["end"]]
    assert spoken
    assert all(text[u["start"] : u["end"]] == u["text"] for u in spoken)


@pytest.mark.parametrize(
    ("options", "numbers"),
    [
        (["--chapters", "2-3"], [2, 3]),
        (["--chapters", "1,3"], [1, 3]),
        (["--from", "3"], [3]),
        (["--from", "2", "--to", "2"], [2]),
        (["--to", "1"], [1]),
    ],
)
def test_chapters_of_a_run(options: list[str], numbers: list[int], book: Path) -> None:
    script = json.loads(narrate("script", str(book), "--json", *options).stdout)
    assert [chapter["number"] for chapter in script["chapters"]] == numbers


@pytest.mark.slow
def test_a_chapter_made_alone_is_the_file_of_the_whole_run(book: Path) -> None:
    made = json.loads(narrate(str(book), "--json", "--chapters", "2").stdout)["stories"][0]
    (file,) = map(Path, made["files"])
    assert file.name.startswith("02 - ")
    alone = file.read_bytes()
    made = json.loads(narrate(str(book), "--json").stdout)["stories"][0]
    assert len(made["files"]) == 4  # the playlist too
    assert file.read_bytes() == alone


def test_chapters_that_are_not_there(book: Path) -> None:
    done = narrate("script", str(book), "--chapters", "9")
    assert (done.exit_code, "it has 3" in done.stderr) == (1, True)
    for words in ("x", "0", "5-2", "1,,2"):
        assert narrate("script", str(book), "--chapters", words).exit_code == 2, words
    assert narrate("script", str(book), "--chapters", "1", "--from", "2").exit_code == 2


def test_ranges_read_as_they_are_written() -> None:
    assert [str(parse_chapters(words)) for words in ("3-7", "5", "3-", "-4", "1, 4–6")] == [
        "3-7",
        "5",
        "3-",
        "1-4",
        "1, 4-6",
    ]
