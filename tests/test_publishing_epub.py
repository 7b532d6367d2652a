"""Read-along EPUBs: what is heard where, whatever markup a sentence goes through, and epubcheck's word."""

from __future__ import annotations

import io
import os
import struct
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from lxml import etree

from audiobook.errors import StorageError
from audiobook.model import Cue, Release, Utterance
from audiobook.publishing.epub import ReadAlong, read_epub_mark, write_epub
from audiobook.publishing.epub.spread import spread_marks
from audiobook.publishing.epub.timeline import AudioClip, clock, divide
from audiobook.reading import ReadingChoices, read_book
from audiobook.reading.markup import parse_page
from benchmarks.overlay import make_release
from tests.books import CONTAINER, make_epub, make_zip, nav, xhtml
from tests.conftest import ROOT, STORIES
from tests.read_along import Opened, check_overlays, epubcheck, letters, make_silence, spoken, words_of

CORPUS = os.environ.get("NARRATE_CORPUS")
BOOKS = (
    "childrens-literature",
    "georgia-pls-ssml",
    "moby-dick",
    "the-adventures-of-sherlock-holmes",
    "wasteland",
)
needs_corpus = pytest.mark.skipif(not CORPUS, reason="NARRATE_CORPUS names no folder with books")


def png() -> bytes:
    """Return a picture of one pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


METADATA = (
    '<dc:identifier id="uid">isbn:978</dc:identifier><dc:title id="t">The &amp; Book</dc:title>'
    '<meta refines="#t" property="title-type">main</meta><dc:creator>A. Writer</dc:creator>'
    '<dc:language>en</dc:language><meta property="dcterms:modified">2012-01-18T12:47:00Z</meta>'
)
CSS = "p { color: navy } em { font-style: italic }"
MODERN = {
    "one.xhtml": xhtml(
        '<section epub:type="chapter"><h1 id="top">One <em>and</em> only</h1>'
        "<p>She said <em>so. And then <b>she</b> went</em> home. <em>Alone.</em></p>"
        '<p>“Wait!” cried <i>Max</i>. <span epub:type="pagebreak" id="p2" title="2">2</span>He'
        ' <a href="two.xhtml#x">ran. The road</a> was long<a epub:type="noteref" href="#n1">1</a>. It'
        " rained.</p>"
        "<p>A <ruby>漢<rt>kan</rt></ruby> sign. The ef\ufb01cient soft\u00adness. &lt;Tags&gt; &amp;"
        " more.</p>"
        '<aside epub:type="footnote" id="n1"><p>A note here.</p></aside></section>'
    ).replace("</head>", '<link rel="stylesheet" href="s.css"/></head>'),
    "two.xhtml": (
        '<h1 id="x">Two</h1><div class="poem"><p>The sea is wide,</p><p>the boat is small. I row</p>'
        "<p>alone. Far away.</p></div><p><img src='p.png' alt=\"A\"/>t night it snowed.</p>"
        "<p><img src='p.png' alt='A ship at sea'/></p>"
        "<table><tr><td>Tea</td><td>two cups</td></tr></table>"
    ),
}
MANIFEST = (
    '<item id="css" href="s.css" media-type="text/css"/><item id="pic" href="p.png" media-type="image/png"/>'
)


@pytest.fixture
def modern(tmp_path: Path) -> Path:
    """Return an EPUB 3 whose sentences go through markup of all kinds."""
    toc = nav(("one.xhtml", "One"), ("two.xhtml", "Two"))
    data = make_epub(
        MODERN, toc=toc, metadata=METADATA, manifest=MANIFEST, files={"OPS/s.css": CSS, "OPS/p.png": png()}
    )
    path = tmp_path / "modern.epub"
    path.write_bytes(with_identifier(data))
    return path


def with_identifier(data: bytes) -> bytes:
    """Let the package name its identifier, as it has to."""
    source = zipfile.ZipFile(io.BytesIO(data))
    members = {info.filename: source.read(info) for info in source.infolist()}
    opf = members["OPS/book.opf"].decode()
    members["OPS/book.opf"] = opf.replace('version="3.0"', 'version="3.0" unique-identifier="uid"').encode()
    return make_zip(members)


OLD_PAGE = """<?xml version="1.0" encoding="iso-8859-1"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "http://www.w3.org/TR/xhtml11/DTD/xhtml11.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="en"><head><title></title>
<meta http-equiv="Content-Type" content="text/html; charset=iso-8859-1"/>
<link rel="stylesheet" type="text/css" href="Styles/s.css"/>
<link rel="stylesheet" type="application/vnd.adobe-page-template+xml" href="page.xpgt"/></head>
<body bgcolor="#ffffff" link="blue"><a name="start"></a><h2 align="center">Caf\xe9 I</h2>
<p align="justify">He <big>said <tt>so</tt>. And</big> <font color="red" size="+1">then
he</font> left&nbsp;us.</p>
<center><img src="Images/p.png" align="left" border="0" width="50%" alt="A ship"/></center>
<p>See <a href="two.html#nowhere">there</a> and <a href="gone.html">nowhere</a>, or <a
href="#start">here</a>.</p>
<table border="1" cellpadding="3" width="100%" summary="x"><tfoot><tr><td>Sum</td><td>3</td></tr></tfoot>
<tbody><tr valign="top"><td nowrap="nowrap" width="20">One</td><td>2</td></tr></tbody></table>
<ul type="disc" compact="compact"><li>First.</li></ul><hr width="50%" size="1" noshade="noshade"/>
<p id="a b">It <acronym title="x">is</acronym> <strike>over</strike>.<br
clear="all"/>Now.</p></body></html>"""
SOUP = """<html><head><title>Two</title></head><body><h2>Cafe II</h2><p>It is <b>not <p>well formed. At all
<img src=Images/p.png> &mdash; no.<p class="">Yes & no. <a name=deep>Deep</a>.<div id=x></div><div id=x></div>
<script>var a = 1 < 2;</script></body></html>"""
OLD_PACKAGE = """<?xml version="1.0"?><package xmlns="http://www.idpf.org/2007/opf" version="2.0"
 unique-identifier="BookId"><metadata xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:opf="http://www.idpf.org/2007/opf"><dc:title>Old Book</dc:title><dc:language>en_GB</dc:language>
<dc:creator opf:role="aut" opf:file-as="Writer, Ann">Ann Writer</dc:creator>
<dc:identifier id="BookId" opf:scheme="UUID">urn:uuid:none</dc:identifier>
<dc:date opf:event="publication">May 1901</dc:date><dc:date opf:event="modification">2001-01-01</dc:date>
<dc:subject></dc:subject><meta name="cover" content="1pic"/><meta name="calibre:series" content="Sea"/>
<meta name="calibre:series_index" content="2.0"/></metadata>
<manifest><item id="ncx" href="toc.ncx" media-type="application/x-dtbncx+xml"/>
<item id="1pic" href="Images/p.png" media-type="image/png"/>
<item id="css" href="Styles/s.css" media-type="text/css"/>
<item id="gone" href="missing.jpg" media-type="image/jpeg"/>
<item id="xpgt" href="page.xpgt" media-type="application/vnd.adobe-page-template+xml"/>
<item id="cov" href="cover.html" media-type="application/xhtml+xml"/>
<item id="one" href="one.html" media-type="application/xhtml+xml"/>
<item id="two" href="two.html" media-type="application/xhtml+xml"/></manifest>
<spine toc="ncx"><itemref idref="cov" linear="no"/><itemref idref="one"/><itemref idref="two"/></spine>
<guide><reference type="cover" title="Cover" href="cover.html"/>
<reference type="text" href="one.html#start"/></guide>
</package>"""
OLD_NCX = """<ncx xmlns="http://www.daisy.org/z3986/2005/ncx/" version="2005-1"><navMap>
<navPoint id="a" playOrder="1"><navLabel><text>Two</text></navLabel><content src="two.html#deep"/></navPoint>
<navPoint id="b" playOrder="2"><navLabel><text>One</text></navLabel><content src="one.html#start"/>
<navPoint id="c"><navLabel><text>Below</text></navLabel><content src="one.html#not"/></navPoint></navPoint>
</navMap></ncx>"""


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """Return an EPUB 2 with all that HTML no longer has, and some tag soup."""
    cover = xhtml('<div><img src="Images/p.png" alt="Cover"/></div>').replace(' epub:type="x"', "")
    path = tmp_path / "old.epub"
    members: dict[str, str | bytes] = {
        "mimetype": "application/epub+zip",
        "META-INF/container.xml": CONTAINER,
        "OPS/book.opf": OLD_PACKAGE,
        "OPS/toc.ncx": OLD_NCX,
        "OPS/Images/p.png": png(),
        "OPS/Styles/s.css": CSS,
        "OPS/page.xpgt": "<x/>",
        "OPS/cover.html": cover,
        "OPS/one.html": OLD_PAGE.encode("iso-8859-1"),
        "OPS/two.html": SOUP,
    }
    path.write_bytes(make_zip(members))
    return path


def publish(source: Path, tmp_path: Path, **options: object) -> tuple[Path, Release, ReadAlong]:
    release = make_silence(source, tmp_path / "audio", **options)  # type: ignore[arg-type]
    target = tmp_path / "out.epub"
    return target, release, write_epub(release, target, mark="abc")


def write_story(tmp_path: Path, text: str, name: str = "story.txt") -> Path:
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


PLAIN = """CHAPTER I

“Come here,” said _Max_ & Ann's <dog>. The _old
man_ nodded. "No," he said.

* * *

It was late. Two_words and _more.

CHAPTER II

He left.
"""


def test_a_plain_text_becomes_clean_pages_with_an_element_for_each_utterance(tmp_path: Path) -> None:
    target, release, result = publish(write_story(tmp_path, PLAIN), tmp_path)
    words = check_overlays(target, release, tmp_path)
    assert words == [
        "CHAPTER I",
        "“Come here,”",
        "said Max & Ann's <dog>.",
        "The old man nodded.",
        '"No,"',
        "he said.",
        "It was late.",
        "Two_words and more.",
        "CHAPTER II",
        "He left.",
    ]
    assert result == ReadAlong(keeps_pages=False)
    page = Opened(target).page("EPUB/text/chapter-001.xhtml")
    assert [etree.tostring(e, with_tail=False).decode().split(" xmlns")[0] for e in page.iter("{*}hr")] == [
        "<hr"
    ]
    assert [words_of(e) for e in page.iter("{*}em")] == ["Max", "old man"]
    assert [e.get("class") for e in page.iter("{*}span")].count("speech") == 2


def test_the_package_says_who_reads_and_for_whom(tmp_path: Path) -> None:
    source = write_story(tmp_path, PLAIN)
    book = replace(
        read_book(source),
        author="Ann Writer; Bob Other",
        publisher="Press",
        description="A <story>.",
        series="Sea",
        series_part="2",
        year="1901",
        language="ar",
    )
    target, _, _ = publish(book, tmp_path)  # type: ignore[arg-type]
    package = Opened(target)
    assert [e.text for e in package.package.iter("{*}creator")] == ["Ann Writer", "Bob Other"]
    assert package.metas("media:narrator") == [("", "one (synthetic voice)"), ("", "two (synthetic voice)")]
    assert package.metas("group-position") == [("#series", "2")]
    assert ("", "synchronizedAudioText") in package.metas("schema:accessibilityFeature")
    assert {value for _, value in package.metas("schema:accessMode")} == {"textual", "auditory"}
    assert next(package.package.iter("{*}spine")).get("page-progression-direction") == "rtl"
    assert package.page("EPUB/nav.xhtml").get("dir") == "rtl"


def test_the_same_release_gives_the_same_bytes_and_another_one_another_identifier(tmp_path: Path) -> None:
    target, release, _ = publish(write_story(tmp_path, PLAIN), tmp_path)
    again, other = tmp_path / "again.epub", tmp_path / "other.epub"
    write_epub(release, again, mark="abc")
    write_epub(release, other, mark="abd")
    assert again.read_bytes() == target.read_bytes()
    identifiers = [next(Opened(path).package.iter("{*}identifier")).text for path in (target, other)]
    assert identifiers[0] != identifiers[1]
    first = zipfile.ZipFile(target).infolist()[0]
    assert (first.filename, first.compress_type, first.extra) == ("mimetype", zipfile.ZIP_STORED, b"")
    assert target.read_bytes()[30:58] == b"mimetypeapplication/epub+zip"


def test_the_mark_is_read_back_and_only_from_whole_files_of_our_own(tmp_path: Path, modern: Path) -> None:
    target, _, _ = publish(write_story(tmp_path, PLAIN), tmp_path)
    assert read_epub_mark(target) == "abc"
    assert read_epub_mark(modern) is None
    assert read_epub_mark(tmp_path / "none.epub") is None
    target.write_bytes(target.read_bytes()[:-200])
    assert read_epub_mark(target) is None


def test_a_missing_track_is_one_clear_error(tmp_path: Path) -> None:
    release = make_silence(write_story(tmp_path, PLAIN), tmp_path / "audio")
    Path(release.tracks[0].path).unlink()
    with pytest.raises(StorageError, match=r"1\.mp3: can't be put into .*out\.epub"):
        write_epub(release, tmp_path / "out.epub", mark="x")


def test_a_chapter_in_two_files_is_one_page(tmp_path: Path) -> None:
    release = make_silence(write_story(tmp_path, PLAIN), tmp_path / "audio")
    first, last = release.tracks
    parts = (first, replace(last, chapter=1, cues=last.cues[:0] + first.cues[-1:]))
    halves = (replace(parts[0], cues=first.cues[:-1]), parts[1])
    release = replace(release, tracks=halves)
    target = tmp_path / "out.epub"
    write_epub(release, target, mark="x")
    assert len(check_overlays(target, release, tmp_path)) == 8
    assert list(Opened(target).overlays()) == ["EPUB/text/chapter-001.xhtml"]


def test_words_that_are_not_in_the_source_have_an_element_too(tmp_path: Path) -> None:
    release = make_silence(write_story(tmp_path, PLAIN), tmp_path / "audio")
    credit = Utterance(paragraph=1, start=0, end=0, kind="credit", speaker="narrator", text="Story, by Ann.")
    first = release.tracks[0]
    cues = (
        Cue(utterance=credit, start_s=0, end_s=0.01),
        *(replace(c, start_s=c.start_s + 0.01) for c in first.cues),
    )
    release = replace(release, tracks=(replace(first, cues=cues), *release.tracks[1:]))
    target = tmp_path / "out.epub"
    write_epub(release, target, mark="x")
    assert check_overlays(target, release, tmp_path)[0] == "Story, by Ann."


def test_sentences_of_an_epub_get_one_element_each_whatever_markup_they_go_through(
    tmp_path: Path, modern: Path
) -> None:
    target, release, result = publish(modern, tmp_path)
    words = check_overlays(target, release, tmp_path)
    assert words == [
        "One and only",
        "She said so.",
        "And then she went home.",
        "Alone.",
        "“Wait!”",
        "cried Max.",
        "He ran.",
        "The road was long1.",
        "It rained.",
        "A 漢kan sign.",
        "The ef\ufb01cient soft\u00adness.",
        "<Tags> & more.",
        "Two",
        "The sea is wide,",
        "the boat is small.",
        "I row",
        "alone.",
        "Far away.",
        "t night it snowed.",
        "Teatwo cups",
    ]
    assert result == ReadAlong(keeps_pages=True, near=0, divided=2)


def test_the_pages_of_a_source_keep_their_words_their_styles_and_their_files(
    tmp_path: Path, modern: Path
) -> None:
    target, _, _ = publish(modern, tmp_path)
    before, after = zipfile.ZipFile(modern), Opened(target)
    for name in ("OPS/one.xhtml", "OPS/two.xhtml"):
        source = parse_page(before.read(name), name)
        assert words_of(after.page(name).find("{*}body")) == words_of(source.find("body"))
    assert after.zip.read("OPS/s.css") == CSS.encode()
    assert after.zip.read("OPS/p.png") == png()
    page = after.page("OPS/one.xhtml")
    assert [e.get("href") for e in page.iter("{*}link")] == ["s.css", "narrate/overlay.css"]
    assert [words_of(e) for e in page.iter("{*}em")] == ["and", "so.", "And then she went", "Alone."]
    assert [(e.get("href"), words_of(e)) for e in page.iter("{*}a")][:2] == [
        ("two.xhtml#x", "ran."),
        ("two.xhtml#x", "The road"),
    ]
    identities = [e.get("id") for e in page.iter() if e.get("id")]
    assert len(set(identities)) == len(identities)


def test_notes_and_descriptions_that_are_read_point_to_what_calls_for_them(
    tmp_path: Path, modern: Path
) -> None:
    choices = ReadingChoices(footnotes="paragraph", descriptions=True)
    target, release, result = publish(modern, tmp_path, choices=choices)
    check_overlays(target, release, tmp_path)
    assert result.near == 2
    assert Opened(target).overlays()


def test_a_source_that_is_gone_or_another_gives_clean_pages(tmp_path: Path, modern: Path) -> None:
    release = make_silence(modern, tmp_path / "audio")
    modern.write_bytes(make_epub({"a.xhtml": "<p>Another.</p>"}))
    assert not write_epub(release, tmp_path / "a.epub", mark="x").keeps_pages
    modern.unlink()
    assert not write_epub(release, tmp_path / "b.epub", mark="x").keeps_pages
    assert len(check_overlays(tmp_path / "b.epub", release, tmp_path)) == 18


def test_an_epub_2_becomes_an_epub_3(tmp_path: Path, old: Path) -> None:
    target, release, result = publish(old, tmp_path)
    words = check_overlays(target, release, tmp_path)
    assert result.keeps_pages
    assert letters("".join(words)) == spoken(release)
    book = Opened(target)
    assert book.package.get("version") == "3.0"
    assert [e.text for e in book.package.iter("{*}language")] == ["en-GB"]
    assert [e.text for e in book.package.iter("{*}date")] == ["1901"]
    assert ("#narrate-creator-3", "Writer, Ann") in book.metas("file-as")
    page = book.page("OPS/one.html")
    assert {e.get("style") for e in page.iter("{*}h2")} == {"text-align: center"}
    toc = book.page("OPS/narrate/nav.xhtml")
    assert [(e.text, e.get("href")) for e in toc.iter("{*}a")] == [
        ("Below", "../one.html"),
        ("One", "../one.html#start"),
        ("Two", "../two.html#deep"),
        ("Cover", "../cover.html"),
        ("Bodymatter", "../one.html#start"),
    ]


def test_clips_are_divided_by_letters_without_a_gap() -> None:
    clip = AudioClip(track=0, begin_ms=100, end_ms=200)
    assert [(c.begin_ms, c.end_ms) for c in divide(clip, [1, 3, 1])] == [(100, 120), (120, 180), (180, 200)]
    assert divide(AudioClip(track=0, begin_ms=1, end_ms=2), [5, 5]) == []
    assert clock(3_723_004) == "1:02:03.004"


def test_each_mark_belongs_to_one_utterance() -> None:
    text = '“No!” — he said. "Go on"—“Why?” '
    said = ["No!", "he said.", "Go on", "Why?"]
    utterances = [
        Utterance(paragraph=1, start=s, end=s + len(w), kind="speech", speaker=None, text=w)
        for w in said
        for s in [text.index(w)]
    ]
    spans = spread_marks(text, 0, len(text), utterances)
    assert [text[start:end] for start, end in spans] == ["“No!”", "— he said.", '"Go on"—', "“Why?”"]


@pytest.mark.slow
@pytest.mark.parametrize("story", STORIES)
def test_epubcheck_passes_the_stories(story: str, tmp_path: Path) -> None:
    release = make_release(ROOT / "texts" / f"{story}.txt", tmp_path / "work")
    target = tmp_path / "out.epub"
    write_epub(release, target, mark="x")
    assert letters("".join(check_overlays(target, release, tmp_path))) == spoken(release)
    assert epubcheck(target) == ""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["plain", "modern", "old"])
def test_epubcheck_passes_made_books(kind: str, tmp_path: Path, modern: Path, old: Path) -> None:
    source = {"plain": write_story(tmp_path, PLAIN), "modern": modern, "old": old}[kind]
    target, _, _ = publish(source, tmp_path)
    assert epubcheck(target) == ""


@pytest.mark.slow
@needs_corpus
@pytest.mark.parametrize("name", BOOKS)
def test_real_books_are_read_along_word_by_word(name: str, tmp_path: Path) -> None:
    source = Path(str(CORPUS)) / "books" / f"{name}.epub"
    # All of Moby-Dick's 135 chapters would be as many runs of the encoder.
    target, release, result = publish(source, tmp_path, chapters=12)
    words = letters("".join(check_overlays(target, release, tmp_path)))
    said = spoken(release)
    assert result.keeps_pages
    at = iter(words)
    assert all(letter in at for letter in said), "what is heard is in the elements, in order"
    assert len(words) < 1.01 * len(said), "and nearly nothing else is: page numbers, markers of notes"
    before, after = zipfile.ZipFile(source), Opened(target)
    for page in after.overlays():
        original = parse_page(before.read(page), page)
        assert words_of(after.page(page).find("{*}body")) == words_of(original.find("body"))
    assert epubcheck(target) == ""
