"""Nothing vanishes between a file and its text: books at random from the constructs in the wild."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.errors import IncompleteError
from audiobook.model import Book
from audiobook.reading import ReadingChoices
from audiobook.reading.docx import read_docx
from audiobook.reading.epub import read_epub
from audiobook.reading.fictionbook import read_fb2
from audiobook.reading.flow import SourceText
from audiobook.reading.html import read_html
from audiobook.reading.opendocument import read_odt
from audiobook.reading.proof import list_faults
from audiobook.script import prove_complete, write_script
from tests.books import assert_tiled, make_docx, make_epub, make_zip, read_page, xhtml
from tests.constructs import NOTES, PIECES, WORD_PIECES, Piece, make_words, note

LETTERS_BEFORE = "Here the book begins, and this is a sentence of it."


def check(book: Book, pieces: list[Piece], *, skips_notes: bool = True) -> None:
    """Check that each word is in the text once, and spoken or skipped as it should be."""
    assert not book.faults
    assert_tiled(book)
    # A note's letter between two words would make a third of their ends.
    letters = "".join(character for character in book.text if character.isalnum() or character == "\n")
    spoken = [book.text[p.start : p.end] for c in book.chapters for p in c.paragraphs]
    read_aloud = "".join(filter(str.isalnum, "".join(spoken)))
    for piece in pieces:
        for word in [*piece.spoken, *piece.skipped]:
            assert letters.count(word) == 1, (word, piece)
        assert [word for word in piece.spoken if word not in read_aloud] == [], piece
        if skips_notes or not piece.elsewhere:
            assert [word for word in piece.skipped if word in read_aloud] == [], piece


def make_pieces(kinds: list[str], page: str = "") -> list[Piece]:
    words = make_words()
    pieces = []
    for number, kind in enumerate(kinds):
        piece = Piece(words)
        if kind in NOTES:
            note(piece, kind, number, page)
        else:
            piece.markup = PIECES[kind](piece)
        pieces.append(piece)
    return pieces


@pytest.mark.parametrize("kind", [*PIECES, *NOTES])
def test_each_construct(kind: str) -> None:
    pieces = make_pieces([kind])
    body = (
        f"<h1 id='top'>One</h1><p>{LETTERS_BEFORE}</p>{pieces[0].markup}<p>The end.</p>{pieces[0].elsewhere}"
    )
    for choices in (ReadingChoices(), ReadingChoices(footnotes="paragraph")):
        skips_notes = choices.footnotes == "skip"
        check(
            read_epub(Path("a.epub"), make_epub({"a.xhtml": body}), choices), pieces, skips_notes=skips_notes
        )
        check(read_html(Path("a.html"), xhtml(body).encode(), choices), pieces, skips_notes=skips_notes)
        page = f"<!DOCTYPE html><html><body>{body}</body></html>".replace("/>", ">")
        check(read_html(Path("a.html"), page.encode(), choices), pieces, skips_notes=skips_notes)


@pytest.mark.slow
@given(
    st.lists(st.sampled_from([*PIECES, *NOTES]), min_size=1, max_size=12),
    st.sampled_from(["here", "the same file", "another file"]),
    st.sampled_from([ReadingChoices(), ReadingChoices(footnotes="paragraph"), ReadingChoices(matter=True)]),
)
def test_books_at_random(kinds: list[str], notes_are: str, choices: ReadingChoices) -> None:
    pieces = make_pieces(kinds, "notes.xhtml" if notes_are == "another file" else "")
    text = "".join(p.markup + (p.elsewhere if notes_are == "here" else "") for p in pieces)
    notes = "".join(p.elsewhere for p in pieces)
    if notes_are == "another file":
        notes = notes.replace('href="#', 'href="a.xhtml#')
    body = (
        f'<h1 id="top">One</h1><p>{LETTERS_BEFORE}</p>{text}{notes if notes_are == "the same file" else ""}'
    )
    pages = {"a.xhtml": body, "b.xhtml": f"<h1>Two</h1><p>{LETTERS_BEFORE * 5}</p>"}
    if notes_are == "another file":
        pages["notes.xhtml"] = f"<h2>More</h2>{notes}"
    book = read_epub(Path("a.epub"), make_epub(pages), choices)
    check(book, pieces, skips_notes=choices.footnotes == "skip" and not choices.matter)


TAGS = (
    "a abbr aside audio b blockquote body br button canvas caption center dd desc details dialog div dl dt em"
    " epub:case epub:default epub:switch figcaption figure foreignObject form g h1 h2 h3 head hr html i"
    " iframe img li math mfrac mi mrow annotation nav noscript object ol p pre q rb rp rt rtc ruby script"
    " section select small span style sub summary sup svg switch symbol table tbody td template text"
    " textarea th title tr tspan ul unheard-of video wbr"
).split()
ATTRIBUTES = (
    "",
    "hidden='hidden'",
    "aria-hidden='true'",
    "class='footnote'",
    "class='pagenum'",
    "class='stanza'",
    "class='scene-break'",
    "id='n1'",
    "href='#n1'",
    "id='r1' href='#n1' class='fnanchor'",
    "epub:type='noteref' href='#n1'",
    "epub:type='footnote' id='n1'",
    "epub:type='pagebreak'",
    "epub:type='footnotes'",
    "epub:type='titlepage'",
    "alt='x'",
    "alt='A drawing of it'",
    "alttext='one half'",
    "lang='fr'",
    "style='display:none'",
)
TEXTS = st.sampled_from(
    ["", " ", "one", "Two ", " three.", "1", "[1]", "*", "4 5", "\n\n", "漢字（かんじ）", "ﬁne"]
)
SOUP = st.recursive(
    TEXTS,
    lambda inner: st.builds(
        lambda tag, attributes, words: f"<{tag} {attributes}>{''.join(words)}</{tag}>",
        st.sampled_from(TAGS),
        st.sampled_from(ATTRIBUTES),
        st.lists(inner, max_size=4),
    ),
    max_leaves=30,
)


@pytest.mark.slow
@given(SOUP, SOUP, st.sampled_from([ReadingChoices(), ReadingChoices(footnotes="paragraph")]))
def test_no_soup_of_tags_loses_or_doubles_a_letter(one: str, other: str, choices: ReadingChoices) -> None:
    body = f"<p>{LETTERS_BEFORE}</p>{one}<p>And <a href='#n1'><sup>1</sup></a> so.</p>{other}<p>The end.</p>"
    for book in (
        read_epub(Path("a.epub"), make_epub({"a.xhtml": xhtml(body), "b.xhtml": body}), choices),
        read_html(Path("a.html"), body.encode(), choices),
    ):
        assert not book.faults
        assert_tiled(book)


@pytest.mark.slow
@given(st.lists(st.sampled_from([*WORD_PIECES]), min_size=1, max_size=12))
def test_documents_at_random(kinds: list[str]) -> None:
    words = make_words()
    pieces = []
    for number, kind in enumerate(kinds, 2):
        piece = Piece(words)
        piece.markup = WORD_PIECES[kind](piece).replace("NUMBER", str(number))
        piece.elsewhere = piece.elsewhere.replace("NUMBER", str(number))
        pieces.append(piece)
    head = Piece(words)
    body = "".join(piece.markup for piece in pieces) + f"<w:p><w:r><w:t>{head.say()}</w:t></w:r></w:p>"
    header = f"<w:hdr><w:p><w:r><w:t>{head.skip()}</w:t></w:r></w:p></w:hdr>"
    data = make_docx(body, footnotes="".join(piece.elsewhere for piece in pieces), header1=header)
    check(read_docx(Path("a.docx"), data), [head, *pieces])


@pytest.mark.parametrize("kind", WORD_PIECES)
def test_each_construct_of_word(kind: str) -> None:
    piece = Piece(make_words())
    piece.markup = WORD_PIECES[kind](piece)
    body = f"<w:p><w:r><w:t>{LETTERS_BEFORE}</w:t></w:r></w:p>{piece.markup}"
    check(read_docx(Path("a.docx"), make_docx(body, footnotes=piece.elsewhere)), [piece])


STORY = "Nobody on the pier had seen the boat come in, and nobody asked."


@pytest.mark.parametrize(
    "body",
    [
        # A note leads back to the paragraph, and not to the sign in it.
        '<p id="p">{} <a href="#n"><sup>1</sup></a></p><p id="n"><a href="#p">1</a> Note.</p>',
        # The sign in the story is no link; the note's is.
        '<p id="p">{}<sup>1</sup></p><p><sup><a href="#p">1</a></sup> Note.</p>',
        # The note's sign stands before its place, and its link back at its end looks like a sign.
        '<p><a id="p"></a>{}<a href="#n">[4]</a></p><p>[4] <a id="n"></a>Note. <a href="#p">[4]</a></p>',
        # A paragraph that begins with the sign, as the note does.
        '<p><a id="p" href="#n"><sup>1</sup></a> {}</p><p><a id="n" href="#p"><sup>1</sup></a> Note.</p>',
        # References between places of the story.
        '<p>As was told.<sup><a href="#p">12</a></sup></p><p id="p">{}</p>',
        '<p>As was told <a href="#p">[2]</a>.</p><div><p id="p">{}</p></div>',
        '<p>Siehe <a href="#p">S. 12</a>.</p><p><a id="p"></a>{}</p>',
        # A chapter in one element, with the note in it.
        '<div>{}<a name="p" href="#n">[1]</a><br/><br/><a name="n" href="#p">[1]</a> Note.</div>',
        # A glossary that leads back, and an index by page.
        (
            '<p id="p">{} <a id="g" href="#w">pier</a></p><dl><dt id="w">pier</dt>'
            '<dd>A landing. <a href="#g">↩</a></dd></dl>'
        ),
        '<p id="p">{}</p><ul><li>boat, <a href="#p">1</a>, <a href="#p">[2]</a></li></ul>',
        # A game book, whose sections lead to each other, one of them to an end.
        (
            '<p id="a">3 Turn to <a href="#b">[7]</a> or <a href="#p">[9]</a>.</p><p id="b">7 Back to'
            ' <a href="#a">[3]</a>, on to <a href="#p">[9]</a>.</p><p id="p">9 {}</p>'
        ),
        # A list of contents by signs.
        '<p><a href="#p">[1]</a> <a href="#q">[2]</a></p><p id="p">1. {}</p><p id="q">2. Later.</p>',
        # Notes before the text that refers to them.
        (
            '<section epub:type="footnotes"><p id="n"><a href="#p">1</a> Note.</p></section>'
            '<p>{} <a id="p" href="#n"><sup>1</sup></a></p>'
        ),
    ],
)
def test_the_story_is_no_footnote(body: str) -> None:
    for choices in (ReadingChoices(), ReadingChoices(footnotes="paragraph")):
        read_aloud = read_page(f"<p>{LETTERS_BEFORE}</p>{body.format(STORY)}<p>The end.</p>", choices)
        assert sum(words.count(STORY) for words in read_aloud) == 1


@pytest.mark.parametrize("kind", NOTES)
def test_notes_are_read_once_after_their_paragraph_if_wished(kind: str) -> None:
    (piece,) = make_pieces([kind])
    body = f"<p>{LETTERS_BEFORE}</p>{piece.markup}<p>The end.</p>{piece.elsewhere}"
    read_aloud = read_page(body, ReadingChoices(footnotes="paragraph"))
    assert [words for words in read_aloud if piece.skipped[0] in words] == [" ".join(piece.skipped)]


@pytest.mark.parametrize(
    ("words", "read_aloud"),
    [
        ("<p>re<img src='a.png' alt='fl'/>ect</p>", ["reflect"]),
        ("<p>彼は<img src='a.gif' alt='喰'/>い殺した。</p>", ["彼は喰い殺した。"]),
        ("<p><img src='a.gif' alt='A'/> man came.</p>", ["A man came."]),
        ("<div><img src='a.gif' alt='b'/></div><p>A man came.</p>", ["A man came."]),
        ("<p>It was <img src='a.gif' alt='q'/>.</p>", ["It was ."]),
        ("<p>昨日（きのう）は雨。</p>", ["昨日は雨。"]),
        ("<p><b>東京</b>(とうきょう)へ。</p>", ["東京へ。"]),
        ("<p>店（ソニー）と「え」（わらい）。</p>", ["店（ソニー）と「え」（わらい）。"]),
        (
            (
                '<epub:switch id="a"><epub:case required-namespace="x"><p>Case.</p></epub:case><epub:default>'
                "<p>Default.</p></epub:default></epub:switch>"
            ),
            ["Default."],
        ),
        ('<p>A <a epub:type="noteref" href="#n">sextant<sup>2</sup></a>.</p>', ["A sextant."]),
        ('<p>Un <a role="doc-noteref" href="#n">civil</a>.</p>', ["Un civil."]),
        ('<p>In <a class="noteref" href="#n">1984</a> it was.</p>', ["In 1984 it was."]),
        ('<p>So<a epub:type="noteref" href="#n">(iv)</a> it was.</p>', ["So it was."]),
    ],
)
def test_what_is_a_part_of_the_words(words: str, read_aloud: list[str]) -> None:
    assert read_page(f"{words}<p>Then.</p>") == [*read_aloud, "Then."]


def test_the_proof_tells_what_is_lost_or_doubled_and_where() -> None:
    book = read_epub(Path("a.epub"), make_epub({"a.xhtml": f"<h1>One</h1><p>{STORY}</p><p>The end.</p>"}))
    source = SourceText("OPS/a.xhtml", f"One\n{STORY}\nThe end.")
    assert list_faults([source], book.text, [], book.chapters) == ()
    (fault,) = list_faults([source], book.text.replace("had seen the boat", ""), [], book.chapters)
    assert (
        fault
        == "OPS/a.xhtml, chapter “One”: “had seen the boat” would be lost: neither read nor named as skipped"
    )
    (fault,) = list_faults([source], f"{book.text} {STORY}", [], book.chapters)
    assert fault.startswith(
        "chapter “One”: “Nobody on the pier had seen the boat come in and nobody …” (13 words)"
    )
    assert list_faults([source], f"{book.text} A drawing", ["A drawing"], book.chapters) == ()
    # Words are the same however they are divided.
    assert list_faults([SourceText("", "T\nhe ﬁne e\u00adnd")], "The fine end", [], ()) == ()


def test_a_book_whose_proof_fails_is_not_made_unless_it_is_wished(monkeypatch: pytest.MonkeyPatch) -> None:
    data = make_epub({"a.xhtml": f"<p>{STORY}</p><p>Lost words.</p>"})
    monkeypatch.setattr(
        "audiobook.reading.page.is_text", lambda element: element.text not in {"Page", "Lost words."}
    )
    book = read_epub(Path("a.epub"), data)
    with pytest.raises(
        IncompleteError, match=r"a\.epub: OPS/a\.xhtml.*“Lost words” would be lost.*proof: warn"
    ):
        prove_complete(write_script(book))
    book = read_epub(Path("a.epub"), data, ReadingChoices(proof="warn"))
    prove_complete(write_script(book))
    assert "“Lost words” would be lost" in book.warnings[-1]


def test_an_fb2_loses_nothing() -> None:
    p = Piece(make_words())
    section = (
        f"<section><title><p>{p.say()}</p><p>{p.say()}</p></title><annotation><p>{p.say()}</p></annotation>"
        f"<p>{p.say()} <style name='x'>{p.say()}</style><a type='note' l:href='#n1'>[1]</a></p>"
        f"<poem><title><p>{p.say()}</p></title><stanza><v>{p.say()}</v><v>{p.say()}</v></stanza>"
        f"<text-author>{p.say()}</text-author></poem><cite><p>{p.say()}</p></cite><subtitle>{p.say()}</subtitle>"
        f"<table><tr><th>{p.say()}</th><td>{p.say()}</td></tr></table></section>"
    )
    notes = (
        f'<section id="n1"><title><p>1</p></title><p>{p.skip()}</p></section><section id="n2">'
        f"<title><p>2</p></title><p>{p.skip()}</p></section>"
    )
    body = (
        f"<body><title><p>Seas</p></title><epigraph><p>{p.say()}</p></epigraph>{section}"
        f"<section><title><p>{p.say()}</p></title><p>{p.say()}</p></section></body>"
        f'<body name="notes">{notes}</body>'
    )
    names = 'xmlns="http://www.gribuser.ru/xml/fictionbook/2.0" xmlns:l="http://www.w3.org/1999/xlink"'
    check(read_fb2(Path("a.fb2"), f"<FictionBook {names}>{body}</FictionBook>".encode()), [p])


def test_an_odt_loses_nothing() -> None:
    names = "".join(
        f' xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{whole}:1.0"'
        for name, whole in {"office": "office", "text": "text", "draw": "drawing", "table": "table"}.items()
    )
    p = Piece(make_words())
    box = "<draw:frame><draw:text-box><text:p>{}</text:p></draw:text-box></draw:frame>"
    body = (
        f"<text:tracked-changes><text:deletion><text:p>{p.skip()}</text:p></text:deletion></text:tracked-changes>"
        f"<text:h>{p.say()}</text:h><text:p>{p.say()}<text:s/>{box.format(p.say())}{p.say()}</text:p>"
        f"{box.format(p.say())}<text:p>{p.say()}<text:note><text:note-citation>i</text:note-citation>"
        f"<text:note-body><text:p>{p.skip()}</text:p></text:note-body></text:note><office:annotation><text:p>"
        f"{p.skip()}</text:p></office:annotation> <text:ruby><text:ruby-base>{p.say()}</text:ruby-base>"
        f"<text:ruby-text>{p.skip()}</text:ruby-text></text:ruby><text:title>{p.say()}</text:title></text:p>"
        f"<text:section><text:list><text:list-item><text:p>{p.say()}</text:p></text:list-item></text:list>"
        f"</text:section><draw:custom-shape><text:p>{p.say()}</text:p></draw:custom-shape><text:p>"
        f"<draw:custom-shape><text:p>{p.say()}</text:p></draw:custom-shape>{p.say()}</text:p><table:table>"
        f"<table:table-row><table:table-cell><text:p>{p.say()}</text:p></table:table-cell><table:table-cell>"
        f"<text:p>{p.say()}{box.format(p.say())}</text:p></table:table-cell></table:table-row></table:table>"
    )
    content = f"<office:document-content{names}><office:body><office:text>{body}</office:text></office:body>"
    data = make_zip({"content.xml": f"{content}</office:document-content>"})
    check(read_odt(Path("a.odt"), data), [p])
