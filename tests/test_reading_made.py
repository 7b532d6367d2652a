"""EPUBs made in many ways: the chapters are right and nothing is lost."""

from __future__ import annotations

import pytest

from audiobook.reading import ReadingChoices
from tests.books import make_epub, nav, read, read_page, said, skipped, xhtml

LONG = "<p>" + "It was a long day by the sea. " * 12 + "</p>"
THREE = {f"{name}.xhtml": f"<h2>{name}</h2>{LONG}" for name in ("One", "Two", "Three")}
TOC = nav(*((f"{name}.xhtml", name) for name in ("One", "Two", "Three")))


def pages(body: str) -> dict[str, str]:
    """Return three pages with `N` in the body counting up."""
    return {f"{n}.xhtml": body.replace("N", str(n)) + LONG for n in (1, 2, 3)}


def toc_of(items: str) -> str:
    return xhtml(f'<nav epub:type="toc"><ol>{items}</ol></nav>')


def utf16(page: str, encoding: str) -> bytes:
    return page.replace("utf-8", "utf-16").encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        make_epub(THREE),
        make_epub(THREE, toc=nav(*((f"{n}.xhtml", n) for n in ("Three", "One", "Two")))),
        make_epub(THREE, toc=nav(("Two.xhtml", "Two"), ("Three.xhtml", "Three"))),
        make_epub(THREE, toc=nav(*((f"{n}.xhtml#no", n) for n in ("One", "Two", "Three")))),
        make_epub(THREE, toc=nav(*((f"{n.upper()}.XHTML", n) for n in ("One", "Two", "Three")))),
        make_epub(THREE, toc=TOC, files={"mimetype": "text/plain"}),
        make_epub(
            THREE,
            toc=TOC,
            files={
                "OPS/One.xhtml": utf16(xhtml(f"<h2>One</h2>{LONG}"), "utf-16"),
                "OPS/Two.xhtml": utf16(xhtml(f"<h2>Two</h2>{LONG}"), "utf-16-be"),
                "OPS/Three.xhtml": utf16(xhtml(f"<h2>Three</h2>{LONG}"), "utf-16-le"),
            },
        ),
        make_epub({f"a {k}": v for k, v in THREE.items()}, toc=TOC.replace('href="', 'href="a%20')),
    ],
    ids=["no-toc", "out-of-order", "first-missing", "no-such-id", "case", "mimetype", "utf-16", "percent"],
)
def test_three_chapters_however_the_contents_are(data: bytes) -> None:
    book = read(data)
    assert [chapter.title for chapter in book.chapters] == ["One", "Two", "Three"]
    assert [said(book, chapter)[0] for chapter in book.chapters] == ["One", "Two", "Three"]
    assert not skipped(book)


@pytest.mark.parametrize(
    ("body", "titles"),
    [
        ("<h2>N</h2><h3>The Sea N</h3>", ["1. The Sea 1", "2. The Sea 2", "3. The Sea 3"]),
        ("<h2>Chapter N</h2><h2>Sea N</h2>", ["Chapter 1. Sea 1", "Chapter 2. Sea 2", "Chapter 3. Sea 3"]),
        ("<h1>The Book</h1><h2>Chapter N</h2>", ["Chapter 1", "Chapter 2", "Chapter 3"]),
        ('<p class="chapter">CHAPTER N</p>', ["CHAPTER 1", "CHAPTER 2", "CHAPTER 3"]),
        ("<p><b>Chapter N</b></p>", ["Chapter 1", "Chapter 2", "Chapter 3"]),
        ("<p>N</p>", ["1", "2", "3"]),
        ('<h2><img src="n.png" alt="Chapter N"/></h2>', ["Chapter 1", "Chapter 2", "Chapter 3"]),
        ('<div role="heading" aria-level="2">Chapter N</div>', ["Chapter 1", "Chapter 2", "Chapter 3"]),
        ("", ["Chapter 1", "Chapter 2", "Chapter 3"]),
    ],
)
def test_chapters_without_contents(body: str, titles: list[str]) -> None:
    book = read(make_epub(pages(body)))
    assert [chapter.title for chapter in book.chapters] == titles
    assert {words for _, words in skipped(book)} <= {"The Book"}


def test_a_link_into_the_paragraph_before_a_heading_means_the_heading() -> None:
    body = f'<h2 id="a">One</h2>{LONG}<p>The end.<a id="b"></a></p><h2>Two</h2>{LONG}'
    book = read(make_epub({"a.xhtml": body}, toc=nav(("a.xhtml#a", "One"), ("a.xhtml#b", "Two"))))
    assert [said(book, chapter)[0] for chapter in book.chapters] == ["One", "Two"]
    assert said(book, book.chapters[0])[-1] == "The end."


def test_parts_that_are_words_alone_and_labels_inside_other_elements() -> None:
    toc = toc_of(
        '<li><span>Part One</span><ol><li><p><a href="One.xhtml"><i>One</i></a></p></li></ol></li>'
        '<li><span>Part Two</span><ol><li><a href="Two.xhtml">Two</a></li>'
        '<li><a href="Three.xhtml">Three</a></li></ol></li>'
    )
    assert [c.title for c in read(make_epub(THREE, toc=toc)).chapters] == ["One", "Two", "Three"]


def test_the_motto_of_a_part_is_read_before_its_first_chapter() -> None:
    toc = toc_of(
        '<li><a href="p.xhtml">The Beginning</a><ol><li><a href="One.xhtml">One</a></li>'
        '<li><a href="Two.xhtml">Two</a></li></ol></li><li><a href="q.xhtml">The End</a><ol>'
        '<li><a href="Three.xhtml">Three</a></li></ol></li>'
    )
    spine = {"p.xhtml": "<h1>The Beginning</h1><p>A motto.</p>", "One.xhtml": "", "Two.xhtml": ""}
    spine |= {"q.xhtml": "<h1>The End</h1>"} | THREE
    ordered = {name: (THREE | spine)[name] if name not in THREE else THREE[name] for name in spine}
    book = read(make_epub(ordered, toc=toc))
    assert [chapter.title for chapter in book.chapters] == ["One", "Two", "Three"]
    assert said(book, book.chapters[0])[:3] == ["The Beginning", "A motto.", "One"]
    assert said(book, book.chapters[2])[:2] == ["The End", "Three"]


TYPED = (
    '<section epub:type="titlepage"><h1>The Book</h1><p>A. Writer</p><p epub:type="dedication">For Ann.</p>'
    '<div class="epigraph"><p>The sea is all.</p></div></section>'
)
UNTYPED = "<h1>The Book</h1><h2>A. Writer</h2><p>For Ann.</p><blockquote><p>The sea is all.</p></blockquote>"


@pytest.mark.parametrize(
    ("front", "entry"),
    [(TYPED, "Title Page"), (TYPED, "The Book"), (TYPED, ""), (UNTYPED, "The Book"), (UNTYPED, "")],
)
def test_dedication_and_epigraph_are_read_and_the_title_page_is_not(front: str, entry: str) -> None:
    entries = [("t.xhtml", entry)] if entry else []
    toc = nav(*entries, *((f"{name}.xhtml", name) for name in ("One", "Two", "Three")))
    book = read(make_epub({"t.xhtml": front, **THREE}, toc=toc))
    assert [chapter.title for chapter in book.chapters] == ["One", "Two", "Three"]
    assert said(book, book.chapters[0])[:3] == ["For Ann.", "The sea is all.", "One"]
    assert skipped(book) == [("title page", "The Book\n\nA. Writer")]


def test_a_page_outside_the_reading_order_is_listed() -> None:
    data = make_epub({"x.xhtml": "<p>Aside.</p>", **THREE}, toc=TOC)
    data = make_epub(
        {"x.xhtml": "<p>Aside.</p>", **THREE},
        toc=TOC,
        files={"OPS/book.opf": _package(data).replace('idref="x.xhtml"', 'idref="x.xhtml" linear="no"')},
    )
    assert skipped(read(data)) == [("outside the reading order", "Aside.")]


def _package(data: bytes) -> str:
    import io
    import zipfile

    return zipfile.ZipFile(io.BytesIO(data)).read("OPS/book.opf").decode()


@pytest.mark.parametrize(
    ("marker", "note"),
    [
        ('<a class="calibre3" href="#n"><sup>1</sup></a>', '<p id="n"><a href="#r">1</a> In May.</p>'),
        ('<a href="#n">[1]</a>', '<dl><dt id="n">[1]</dt><dd>In May.</dd></dl>'),
        (
            '<a role="doc-noteref" href="#n">1</a>',
            '<ol><li id="n" role="doc-footnote"><p>In May. ↩</p></li></ol>',
        ),
    ],
)
def test_notes_of_more_makers(marker: str, note: str) -> None:
    body = f"<p>It rained.{marker} It stopped.</p>{note}<p>Night.</p>"
    assert read_page(body) == ["It rained. It stopped.", "Night."]
    read_aloud = read_page(body, ReadingChoices(footnotes="paragraph"))
    assert [words.rstrip(" ↩") for words in read_aloud] == ["It rained. It stopped.", "In May.", "Night."]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<p>It rained.<sup>1</sup> The 4<sup>th</sup>, e = mc<sup>2</sup>.</p>",
            ["It rained. The 4th, e = mc²."],
        ),
        ('<p><span class="dropcap">“W</span>hat?”</p>', ["“What?”"]),
        ("<p>“T HE moon”</p>", ["“THE moon”"]),
        (
            "Bare <i>words</i><p>one</p>tail<div>two<p>three</p>four</div>",
            "Bare words|one|tail|two|three|four".split("|"),
        ),
        ("<pre>one\n  two</pre>", ["one\ntwo"]),
        ("<details><summary>More</summary><p>Inner</p></details>", ["More", "Inner"]),
        ("<p>Take: <sup>1</sup>/<sub>2</sub> cup.</p>", ["Take: 1/2 cup."]),
        ("<p><sup>1</sup>It was, it <sup>2</sup>and all.</p>", ["1 It was, it 2 and all."]),
        ("<p>H<sub>2</sub>O, A<wbr/>B &unknown; AT&T</p>", ["H2O, AB &unknown; AT&T"]),
    ],
)
def test_more_of_what_a_page_may_hold(body: str, expected: list[str]) -> None:
    assert read_page(body) == expected


def test_a_page_whose_elements_have_a_prefix() -> None:
    page = (
        '<?xml version="1.0"?><h:html xmlns:h="http://www.w3.org/1999/xhtml"><h:body><h:h1>One</h:h1>'
        "<h:p>Text.</h:p></h:body></h:html>"
    )
    book = read(make_epub({"a.xhtml": "x"}, files={"OPS/a.xhtml": page}))
    assert said(book, book.chapters[0]) == ["One", "Text."]
