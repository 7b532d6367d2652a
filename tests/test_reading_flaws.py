"""Books with a flaw: the rest is read, and the warning says what was mended or left out."""

from __future__ import annotations

import io
import unicodedata
import zipfile
from collections.abc import Callable

import pytest

from audiobook.errors import SourceError
from tests.books import METADATA, make_epub, make_zip, nav, read, said, xhtml

PAGES = {
    "a.xhtml": "<h1>Dawn</h1><p>The gulls woke first.</p>",
    "b.xhtml": "<h1>Dusk</h1><p>Last, the owl.</p>",
}
TOC = nav(("a.xhtml", "Dawn"), ("b.xhtml", "Dusk"))
WORDS = ["Dawn", "The gulls woke first.", "Dusk", "Last, the owl."]
Members = dict[str, bytes]


def members_of(data: bytes) -> Members:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def change(name: str, old: str, new: str) -> Callable[[Members], None]:
    def apply(members: Members) -> None:
        assert old.encode() in members[name]
        members[name] = members[name].replace(old.encode(), new.encode())

    return apply


def rename(old: str, new: str) -> Callable[[Members], None]:
    def apply(members: Members) -> None:
        members[new] = members.pop(old)

    return apply


def words_of(data: bytes) -> tuple[list[str], tuple[str, ...]]:
    book = read(data)
    return [words for chapter in book.chapters for words in said(book, chapter)], book.warnings


@pytest.mark.parametrize(
    ("mend", "warning"),
    [
        (change("OPS/book.opf", "A. Writer", "Salt & Sons"), "not well-formed XML"),
        (change("OPS/book.opf", "The Book", "Q&A: 1 < 2"), "not well-formed XML"),
        (change("OPS/book.opf", "</metadata>", "<meta name=x></metadata>"), "not well-formed XML"),
        (change("OPS/book.opf", ' xmlns:dc="http://purl.org/dc/elements/1.1/"', ""), "not well-formed XML"),
        (change("OPS/book.opf", "<manifest>", "<manifest><opf2:x></opf2:x>"), "not well-formed XML"),
        (change("OPS/nav.xhtml", ">Dawn<", "> Dawn & Day<"), "not well-formed XHTML"),
        (change("META-INF/container.xml", "OPS/book.opf", "ops/Book.OPF"), ""),
        (change("META-INF/container.xml", "OPS/book.opf", "OEBPS/content.opf"), "is missing or wrong"),
        (lambda members: members.pop("META-INF/container.xml"), "is missing or wrong"),
        (lambda members: members.pop("mimetype"), "mimetype file is missing"),
        (rename("OPS/a.xhtml", "OPS/A.XHTML"), ""),
        (rename("OPS/a.xhtml", "OPS\\a.xhtml"), ""),
        (rename("OPS/a.xhtml", "OPS/Text/a.xhtml"), ""),
        (change("OPS/book.opf", 'href="a.xhtml"', 'href="%61.xhtml"'), ""),
        (change("OPS/book.opf", 'idref="a.xhtml"', 'idref="A"'), "the reading order names 'A'"),
        (change("OPS/book.opf", 'id="a.xhtml"', 'id="x"'), "the reading order names 'a.xhtml'"),
        (change("OPS/book.opf", "application/xhtml+xml", "text/plain"), "said to be text/plain"),
        (change("OPS/book.opf", "application/xhtml+xml", ""), "said to be of no media type"),
        (change("OPS/book.opf", '<itemref idref="a.xhtml"/><itemref idref="b.xhtml"/>', ""), "reading order"),
        (change("OPS/a.xhtml", "<p>The", "\ufeff<p>The"), ""),
        (change("OPS/a.xhtml", "<?xml", "\ufeff<?xml"), ""),
        (change("OPS/a.xhtml", "first.</p>", "first.<br></p>"), "not well-formed XHTML"),
        (change("OPS/a.xhtml", "<title>Page</title>", "<title/><script src='x'/>"), ""),
        (change("OPS/a.xhtml", "<title>Page</title>", "<title/><meta charset=utf-8>"), "not well-formed"),
        (change("OPS/a.xhtml", ' xmlns:epub="http://www.idpf.org/2007/ops"', ""), ""),
        (change("OPS/a.xhtml", "<!DOCTYPE html>", "<!DOCTYPE html SYSTEM 'http://192.0.2.1/x.dtd'>"), ""),
        (change("OPS/a.xhtml", "<p>The", "<p id='p'>The"), ""),
    ],
)
def test_what_is_wrong_with_the_packing_costs_no_word(
    mend: Callable[[Members], object], warning: str
) -> None:
    members = members_of(make_epub(PAGES, toc=TOC))
    mend(members)
    words, warnings = words_of(make_zip(members))
    if 'idref="A"' in members["OPS/book.opf"].decode():
        assert words == WORDS[2:]
    else:
        assert words == WORDS
    assert any(warning in each for each in warnings) if warning else True


@pytest.mark.parametrize(
    ("encode", "warning"),
    [
        (lambda text: text.encode("utf-16"), ""),
        (lambda text: text.replace("utf-8", "utf-16").encode("utf-16-le"), ""),
        (lambda text: text.replace("utf-8", "utf-16").encode(), ""),
        (lambda text: text.replace("utf-8", "windows-1252").encode(), "but is in UTF-8"),
        (lambda text: text.replace("utf-8", "iso-8859-1").encode("cp1252"), ""),
        (lambda text: text.replace("utf-8", "windows-1250").encode("cp1250"), ""),
        (lambda text: text.encode("cp1252"), ""),
        (lambda text: text.encode().replace("—".encode(), b"\x97"), "not UTF-8"),
        (
            lambda text: text.replace("é", "&eacute;").replace("“", "&#147;").replace("”", "&#x94;").encode(),
            "",
        ),
    ],
)
def test_an_encoding_that_is_not_what_it_is_said_to_be(encode: Callable[[str], bytes], warning: str) -> None:
    page = xhtml("<p>“Café ü — né” she read aloud, and “Oué” again.</p>")
    words, warnings = words_of(make_epub(PAGES | {"c.xhtml": page}, files={"OPS/c.xhtml": encode(page)}))
    assert words[-1] == "“Café ü — né” she read aloud, and “Oué” again."
    assert any(warning in each for each in warnings) if warning else True


@pytest.mark.parametrize(
    ("declared", "encoding", "words"),
    [
        ("gb2312", "gbk", "他说：镕基"),
        ("shift_jis", "cp932", "①雨が降り出す"),
        ("euc-kr", "cp949", "펲을 보았다"),
    ],
)
def test_what_east_asian_encodings_hold_beyond_their_name(declared: str, encoding: str, words: str) -> None:
    page = xhtml(f"<p>{words}</p>").replace("utf-8", declared).encode(encoding)
    assert words_of(make_epub(PAGES | {"c.xhtml": ""}, files={"OPS/c.xhtml": page}))[0][-1] == words


@pytest.mark.parametrize(
    ("doctype", "markup", "expected", "warning"),
    [
        ('<!ENTITY rule "&#x2014;">', "Wait&rule;now", "Wait—now", "spelled out"),
        ("<!ENTITY who 'Ann &amp; Bo'>", "&who; came.", "Ann & Bo came.", "spelled out"),
        ('<!ENTITY a "x&b;"><!ENTITY b "y">', "&a;.", "xy.", "spelled out"),
        ('<!ENTITY em "<em>so</em>">', "Not &em;!", "Not so!", "spelled out"),
        ('<!ENTITY ext SYSTEM "file:///etc/passwd">', "Here&ext; too.", "Here too.", "left out"),
        ('<!ENTITY % dtd SYSTEM "http://192.0.2.1/x">', "Here.", "Here.", "left out"),
        ('<!ENTITY a "&b;"><!ENTITY b "&a;">', "Round &a;.", "Round .", "left out"),
    ],
)
def test_entities_of_a_page(doctype: str, markup: str, expected: str, warning: str) -> None:
    page = xhtml(f"<p>{markup}</p>").replace("<!DOCTYPE html>", f"<!DOCTYPE html [{doctype}]>")
    words, warnings = words_of(make_epub({"a.xhtml": page, "b.xhtml": "<p>On.</p>"}))
    assert words == [expected, "On."]
    assert any(warning in each for each in warnings)


def test_a_missing_page_and_broken_ones_are_named_and_the_rest_is_read() -> None:
    data = make_epub(
        PAGES | {"c.xhtml": "<div>" * 5000 + "<html>", "gone.xhtml": "", "d.xhtml": "<p>Night.</p>"}
    )
    members = members_of(data)
    del members["OPS/gone.xhtml"]
    words, warnings = words_of(make_zip(members))
    assert words == [*WORDS, "Night."]
    assert any("OPS/gone.xhtml: is missing" in each for each in warnings)
    assert any("OPS/c.xhtml" in each and "this page is left out" in each for each in warnings)


def test_a_broken_member_is_left_out() -> None:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members_of(make_epub(PAGES)).items():
            archive.writestr(name, content)
    data = target.getvalue().replace(b"gulls woke first", b"gulls woke fiXst")
    words, warnings = words_of(data)
    assert words == WORDS[2:]
    assert any("a.xhtml is broken" in each for each in warnings)


def test_items_of_one_id_are_read_in_their_order() -> None:
    members = members_of(make_epub(PAGES, toc=TOC))
    package = members["OPS/book.opf"].decode()
    for name in PAGES:
        package = package.replace(f'id="{name}"', 'id="page"').replace(f'idref="{name}"', 'idref="page"')
    members["OPS/book.opf"] = package.encode()
    assert words_of(make_zip(members))[0] == WORDS


@pytest.mark.parametrize("name", ["é è.xhtml", "第一章.xhtml", "a b&c.xhtml"])
def test_names_of_files_in_other_spellings(name: str) -> None:
    href = name.replace("&", "&amp;")
    data = make_epub(PAGES, toc=TOC)
    for spelled in (name, unicodedata.normalize("NFD", name), name.replace(" ", "%20")):
        members = members_of(data)
        members[f"OPS/{spelled}"] = members.pop("OPS/a.xhtml")
        for file in ("OPS/book.opf", "OPS/nav.xhtml"):
            members[file] = members[file].replace(b'href="a.xhtml"', f'href="{href}"'.encode())
        assert words_of(make_zip(members))[0] == WORDS, spelled


@pytest.mark.parametrize(
    "label", ["Salt & Pepper", "Q&A", "&nbsp;Dawn", "R&D; more", "&bogus; Dawn", "1 < 2", "A &amp; B"]
)
def test_a_flawed_ncx_still_gives_the_chapters(label: str) -> None:
    points = "".join(
        f'<navPoint id="p"><navLabel><text>{words}</text></navLabel><content src="{src}"/></navPoint>'
        for words, src in ((label, "a.xhtml"), ("Second", "b.xhtml"))
    )
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
    book = read(make_epub({"a.xhtml": "<p>Up.</p>", "b.xhtml": "<p>Down.</p>"}, ncx=ncx))
    assert [len(book.chapters), book.chapters[1].title] == [2, "Second"]


def test_a_page_that_only_the_contents_know_is_named() -> None:
    toc = nav(("a.xhtml", "Dawn"), ("lost.xhtml", "Noon"), ("b.xhtml", "Dusk"), ("nav.xhtml", "Contents"))
    words, warnings = words_of(make_epub(PAGES, toc=toc, files={"OPS/lost.xhtml": xhtml("<p>Noon.</p>")}))
    assert words == WORDS
    assert warnings == (
        "book.epub: OPS/lost.xhtml: is in the contents, but not in the reading order; left out",
    )


def test_entries_whose_ids_are_wrong_go_to_the_headings_with_their_words() -> None:
    names = ("Dawn", "Noon", "Dusk")
    body = "".join(f"<h2>{name}</h2><p>It was {name}, and the gulls cried.</p>" for name in names)
    toc = nav(("a.xhtml#x", "Dawn"), ("a.xhtml#y", "Noon"), ("a.xhtml#z", "Dusk"))
    book = read(make_epub({"a.xhtml": body}, toc=toc))
    assert [(chapter.title, said(book, chapter)[0]) for chapter in book.chapters] == [(n, n) for n in names]


def test_broken_contents_are_passed_over() -> None:
    ncx = "<ncx>" + "<navMap>" * 300
    book = read(make_epub(PAGES, ncx=ncx))
    assert [chapter.title for chapter in book.chapters] == ["Dawn", "Dusk"]
    assert any("this table of contents is not used" in each for each in book.warnings)


def test_a_flaw_of_many_pages_is_one_warning() -> None:
    pages = {f"{n}.xhtml": xhtml(f"<p>Page {n}.<br></p>") for n in range(30)}
    warnings = words_of(make_epub(pages))[1]
    assert [each for each in warnings if "XHTML" in each] == [
        "book.epub: OPS/0.xhtml and 29 more: is not well-formed XHTML; read as HTML"
    ]


def test_a_book_without_a_single_page_that_can_be_read_says_why() -> None:
    with pytest.raises(SourceError, match="nested"):
        read(make_epub({"a.xhtml": "<html>" + "<div>" * 5000}, metadata=METADATA))
