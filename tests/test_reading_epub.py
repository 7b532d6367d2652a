"""EPUBs: chapters by the contents, what is left out and why, and what of a page is read."""

from __future__ import annotations

import pytest

from audiobook.model import Image
from audiobook.reading import ReadingChoices
from audiobook.reading.lexicon import read_lexicon
from tests.books import make_epub, nav, read, read_page, said, skipped, xhtml

LONG = "<p>" + "It was a long day by the sea. " * 30 + "</p>"


def titles(data: bytes) -> list[str]:
    return [chapter.title for chapter in read(data).chapters]


def test_several_chapters_in_one_file_and_one_over_several() -> None:
    pages = {
        "a.xhtml": '<h1 id="one">One</h1><p>First.</p><h1 id="two">Two</h1><p>Second.</p>',
        "b.xhtml": "<p>Still second.</p>",
        "c.xhtml": "<h1>Three</h1><p>Third.</p>",
    }
    toc = nav(("a.xhtml#one", "One"), ("a.xhtml#two", "Two"), ("c.xhtml", "Three"))
    book = read(make_epub(pages, toc=toc))
    assert [(c.number, c.title, said(book, c)) for c in book.chapters] == [
        (1, "One", ["One", "First."]),
        (2, "Two", ["Two", "Second.", "Still second."]),
        (3, "Three", ["Three", "Third."]),
    ]
    assert [p.kind for p in book.chapters[0].paragraphs] == ["heading", "body"]


def test_an_ncx_serves_where_there_is_no_navigation_document() -> None:
    points = "".join(
        f'<navPoint id="{n}"><navLabel><text>{title}</text></navLabel><content src="{src}"/></navPoint>'
        for n, (title, src) in enumerate([("Dawn", "a.xhtml"), ("Dusk", "b.xhtml")])
    )
    ncx = f'<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/"><navMap>{points}</navMap></ncx>'
    assert titles(make_epub({"a.xhtml": "<p>Up.</p>", "b.xhtml": "<p>Down.</p>"}, ncx=ncx)) == [
        "Dawn",
        "Dusk",
    ]


def test_parts_are_opened_into_chapters_and_chapters_are_not_opened() -> None:
    pages = {name: f"<h2>{name}</h2>{LONG}" for name in ("a.xhtml", "b.xhtml", "c.xhtml")}
    pages = {"p.xhtml": "<h1>Part One</h1>", **pages, "q.xhtml": "<h1>Part Two</h1>", "d.xhtml": LONG}
    toc = xhtml(
        '<nav epub:type="toc"><ol><li><a href="p.xhtml">Part One</a><ol>'
        '<li><a href="a.xhtml">I</a></li><li><a href="b.xhtml">II</a></li></ol></li>'
        '<li><a href="c.xhtml">Interlude</a><ol><li><a href="c.xhtml#x">1</a></li></ol></li>'
        '<li><a href="q.xhtml">Part Two</a><ol><li><a href="d.xhtml">I</a></li></ol></li></ol></nav>'
    )
    book = read(make_epub(pages, toc=toc))
    assert [c.title for c in book.chapters] == ["Part One: I", "II", "Interlude", "Part Two: I"]
    assert said(book, book.chapters[0])[0] == "Part One"


def test_front_and_back_matter_is_left_out_listed_and_selectable() -> None:
    pages = {
        "cover.xhtml": "<p>Cover words</p>",
        "title.xhtml": '<section epub:type="titlepage"><h1>The Book</h1></section>',
        "rights.xhtml": "<p>All rights.</p>",
        "a.xhtml": "<h1>One</h1><p>Text.</p>",
        "b.xhtml": "<h1>Two</h1><p>More.</p>",
        "index.xhtml": "<h1>Index</h1><p>apple, 3</p>",
        "notes.xhtml": '<section epub:type="endnotes"><h1>Notes</h1><p>A note.</p></section>',
    }
    guide = '<guide><reference type="cover" href="cover.xhtml"/></guide>'
    toc = nav(("rights.xhtml", "Copyright"), ("a.xhtml", "One"), ("b.xhtml", "Two"), ("index.xhtml", "Index"))
    data = make_epub(pages, toc=toc, guide=guide)
    book = read(data)
    assert [c.title for c in book.chapters] == ["One", "Two"]
    assert [reason for reason, _ in skipped(book)] == [
        "cover",
        "title page",
        "copyright page",
        "index",
        "notes",
    ]
    assert [skip.title for skip in book.skipped][2:4] == ["Copyright", "Index"]
    whole = read(data, ReadingChoices(matter=True))
    assert not whole.skipped
    assert "apple, 3" in said(whole, whole.chapters[-2])


def test_a_dedication_and_a_foreword_are_read() -> None:
    pages = {"f.xhtml": f'<section epub:type="foreword"><h1>Foreword</h1>{LONG}</section>', "a.xhtml": LONG}
    assert titles(make_epub(pages, toc=nav(("f.xhtml", "Foreword"), ("a.xhtml", "One")))) == [
        "Foreword",
        "One",
    ]


def test_without_contents_chapters_begin_at_headings_and_else_with_pages() -> None:
    with_headings = {
        "a.xhtml": "<h2>One</h2><p>A.</p><h2>Two</h2><p>B.</p>",
        "b.xhtml": "<h2>Three</h2><p>C.</p>",
    }
    assert titles(make_epub(with_headings)) == ["One", "Two", "Three"]
    assert titles(make_epub({"a.xhtml": "<p>A.</p>", "b.xhtml": "<p>B.</p>"})) == ["Chapter 1", "Chapter 2"]


@pytest.mark.parametrize(
    "marker",
    [
        '<a epub:type="noteref" href="#n">1</a>',
        '<a role="doc-noteref" href="#n">*</a>',
        '<sup><a href="#n">1</a></sup>',
        '<a href="#n"><sup>1</sup></a>',
        '<a href="#n">[1]</a>',
        '<a class="fnanchor" href="#n">1</a>',
    ],
)
def test_footnotes_are_left_out_or_read_after_their_paragraph(marker: str) -> None:
    body = f'<p>It rained.{marker} It stopped.</p><p>Night.</p><aside id="n"><p>1. In May.</p></aside>'
    data = make_epub({"a.xhtml": body})
    book = read(data)
    assert said(book, book.chapters[0]) == ["It rained. It stopped.", "Night."]
    assert {reason for reason, _ in skipped(book)} <= {"note sign", "footnote"}
    assert ("footnote", "1. In May.") in skipped(book)
    book = read(data, ReadingChoices(footnotes="paragraph"))
    assert said(book, book.chapters[0]) == ["It rained. It stopped.", "In May.", "Night."]


def test_a_number_that_is_a_link_in_the_text_is_read() -> None:
    assert (
        read_page('<p>See chapter <a href="#five">5</a>.</p><h2 id="five">Five</h2><p>Here.</p>')[0]
        == "See chapter 5."
    )


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('<p>One <span epub:type="pagebreak" title="7">7</span>two.</p>', ["One two."]),
        ('<p>One <span class="pagenum">[Pg 7]</span>two.</p>', ["One two."]),
        ('<p><span class="dropcap">T</span>HE moon</p>', ["THE moon"]),
        ('<p><span class="dropcap">T</span> HE moon</p>', ["THE moon"]),
        ("<p><span>I</span> AM here</p>", ["I AM here"]),
        ('<p><img alt="T" src="t.png"/>he moon</p>', ["The moon"]),
        ("<p>S<small>MALL</small> caps</p>", ["SMALL caps"]),
        ("<p>so\u00adft, \ufb01ne, \u2060done</p>", ["soft, fine, done"]),
        ("<p><ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>字</p>", ["漢字"]),
        ("<p>Take<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>of it</p>", ["Take of it"]),
        ("<p>One<br/>two</p>", ["One\ntwo"]),
        ('<div class="stanza"><div>One,</div><div>two.</div></div><p>End.</p>', ["One,\ntwo.", "End."]),
        (
            "<table><tr><th>Year</th><th>Men</th></tr><tr><td>1900</td><td>7</td></tr></table>",
            ["Year, Men", "1900, 7"],
        ),
        (
            "<figure><img src='a.png' alt='A map of it'/><figcaption>The town.</figcaption></figure>",
            ["The town."],
        ),
        ("<p>She said <q>no</q>.</p>", ["She said “no”."]),
        ("<p hidden=''>Gone</p><p>AT&amp;T &mdash; caf&eacute;</p>", ["AT&T — café"]),
        ("<ul><li>One</li><li>Two</li></ul>", ["One", "Two"]),
    ],
)
def test_what_of_a_page_is_read(body: str, expected: list[str]) -> None:
    assert read_page(body) == expected


def test_descriptions_of_pictures_are_skipped_or_read() -> None:
    body = "<p>Here.</p><img src='a.png' alt='A map of the town'/>"
    assert read_page(body) == ["Here."]
    assert read_page(body, ReadingChoices(descriptions=True)) == ["Here.", "A map of the town"]


def test_scene_breaks() -> None:
    for mark in ("<hr/>", "<p>* * *</p>", '<p class="scene-break"></p>'):
        book = read(make_epub({"a.xhtml": f"<p>One.</p>{mark}<p>Two.</p>"}))
        assert [p.follows_scene_break for p in book.chapters[0].paragraphs] == [False, True], mark


def test_languages_of_paragraphs() -> None:
    book = read(make_epub({"a.xhtml": '<p>One.</p><p xml:lang="de">Zwei.</p><p lang="en-GB">Three.</p>'}))
    assert [p.language for p in book.chapters[0].paragraphs] == [None, "de", None]


def test_metadata_and_cover() -> None:
    metadata = (
        '<dc:title id="s">Aside</dc:title><dc:title id="t">Seas</dc:title>'
        '<meta refines="#t" property="title-type">main</meta>'
        '<dc:creator id="a">Ann One</dc:creator><meta refines="#a" property="role">aut</meta>'
        '<dc:creator opf:role="ill">Ill</dc:creator><dc:creator>Bo Two</dc:creator>'
        "<dc:language>en-GB</dc:language><dc:publisher>House</dc:publisher><dc:date>1999-05-01</dc:date>"
        "<dc:identifier>urn:isbn:9780000000002</dc:identifier>"
        "<dc:description>&lt;p&gt;A &amp;amp; b.&lt;/p&gt;</dc:description>"
        '<meta property="belongs-to-collection" id="c">Tides</meta><meta refines="#c"'
        ' property="collection-type">series</meta><meta refines="#c" property="group-position">2</meta>'
    )
    manifest = '<item id="img" href="c.png" media-type="image/png" properties="cover-image"/>'
    data = make_epub(
        {"a.xhtml": "<p>A.</p>"}, metadata=metadata, manifest=manifest, files={"OPS/c.png": b"PNG"}
    )
    book = read(data)
    assert (book.title, book.author, book.language, book.year) == ("Seas", "Ann One; Bo Two", "en-GB", "1999")
    assert (book.series, book.series_part, book.publisher) == ("Tides", "2", "House")
    assert book.identifiers == ("urn:isbn:9780000000002",)
    assert book.cover == Image(data=b"PNG", media_type="image/png")
    calibre = '<meta name="calibre:series" content="Tides"/><meta name="calibre:series_index" content="3.0"/>'
    book = read(make_epub({"a.xhtml": "<p>A.</p>"}, metadata=calibre))
    assert (book.title, book.series, book.series_part) == ("Book", "Tides", "3")


def test_pronunciations_that_the_book_brings() -> None:
    pls = (
        '<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon" alphabet="ipa" xml:lang="en"'
        ' version="1.0"><lexeme><grapheme>Augusta</grapheme><phoneme>əˈgʌstə</phoneme></lexeme></lexicon>'
    )
    manifest = '<item id="pls" href="en.pls" media-type="application/pls+xml"/>'
    body = '<p>Near Augusta, <span ssml:ph="nɔrθ">N.</span> of it.</p>'
    book = read(make_epub({"a.xhtml": body}, manifest=manifest, files={"OPS/en.pls": pls}))
    by_words = {entry.words: entry for entry in book.pronunciations}
    placed = by_words["N."]
    assert (placed.ph, book.text[placed.start : placed.end]) == ("nɔrθ", "N.")
    assert (by_words["Augusta"].ph, by_words["Augusta"].language, by_words["Augusta"].end) == (
        "əˈgʌstə",
        "en",
        0,
    )


def test_lexicons_may_give_other_words_to_read() -> None:
    lexemes = (
        "<lexeme><grapheme>W3C</grapheme><alias>World Wide Web Consortium</alias></lexeme>"
        "<lexeme><grapheme>a</grapheme><grapheme>b</grapheme><phoneme>one</phoneme><alias>two</alias></lexeme>"
        '<lexeme><grapheme>c</grapheme><phoneme>one</phoneme><alias prefer="true">two</alias></lexeme>'
        "<lexeme><grapheme>d</grapheme><alias>two</alias><phoneme>one</phoneme></lexeme>"
        "<lexeme><grapheme>e</grapheme><phoneme> </phoneme></lexeme>"
    )
    pls = f'<lexicon xmlns="http://www.w3.org/2005/01/pronunciation-lexicon">{lexemes}</lexicon>'
    found = read_lexicon(pls.encode(), "en.pls")
    assert [(entry.words, entry.ph, entry.respelling) for entry in found] == [
        ("W3C", "", "World Wide Web Consortium"),
        ("a", "one", "two"),
        ("b", "one", "two"),
        ("c", "", "two"),
        ("d", "", "two"),
    ]


def test_contents_pages_made_of_links_are_contents() -> None:
    links = "".join(f'<p><a href="#c{n}">Chapter {n}</a></p>' for n in range(1, 5))
    text = "".join(f'<h2 id="c{n}">Chapter {n}</h2><p>Text {n}.</p>' for n in range(1, 5))
    book = read(make_epub({"a.xhtml": f"<p>Contents</p>{links}{text}"}))
    assert [c.title for c in book.chapters] == [f"Chapter {n}" for n in range(1, 5)]
    assert [reason for reason, _ in skipped(book)] == ["contents"]
