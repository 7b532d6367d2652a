"""EPUBs as they are: which entries are chapters, what stands outside the contents, and what is matter."""

from __future__ import annotations

import pytest

from audiobook.model import Book
from tests.books import METADATA, make_epub, nav, read, said, skipped, xhtml

STORY = "<p>" + "The lighthouse blinked twice and the boats turned home. " * 15 + "</p>"


def titles(book: Book) -> list[str]:
    return [chapter.title for chapter in book.chapters]


def headings(book: Book, index: int) -> list[str]:
    return [book.text[p.start : p.end] for p in book.chapters[index].paragraphs if p.kind == "heading"]


def nested(*entries: str) -> str:
    """Return a navigation document; an entry is `file=Title`, or with leading > below the one above."""
    html, depth = "<ol>", 0
    for number, entry in enumerate(entries):
        level = len(entry) - len(entry.lstrip(">"))
        name, _, title = entry.lstrip(">").partition("=")
        html += (
            "<ol>" * (level - depth)
            if level > depth
            else "</li></ol>" * (depth - level) + "</li>" * bool(number)
        )
        depth = level
        html += f'<li><a href="{name}.xhtml">{title}</a>'
    return xhtml(f'<nav epub:type="toc">{html}{"</li></ol>" * (depth + 1)}</nav>')


def heading(name: str) -> str:
    return f"<h2>{name}</h2>{STORY}"


@pytest.mark.parametrize(
    ("pages", "entries", "expected"),
    [
        # The book's own title holds its chapters, and stands beside other pieces.
        (
            {
                "d": "<p>For the keeper.</p>",
                "h": "<h1>The Book</h1>",
                "1": heading("Gulls"),
                "2": heading("Tide"),
            },
            ["d=Dedication", "h=The Book", ">1=Gulls", ">2=Tide"],
            ["Dedication", "Gulls", "Tide"],
        ),
        # A title page that is called so holds them.
        (
            {"p": heading("Vorwort"), "h": "<h1>Das Buch</h1>", "1": heading("Eins"), "2": heading("Zwei")},
            ["p=Vorwort", "h=Titelblatt", ">1=Kapitel 1", ">2=Kapitel 2"],
            ["Vorwort", "Kapitel 1", "Kapitel 2"],
        ),
        # Two books in one, their parts, and the chapters of those.
        (
            {n: heading(n) for n in "abcd"} | {n: f"<h1>{n}</h1>" for n in "xypq"},
            [
                "x=Salt",
                ">p=Part One",
                ">>a=Chapter 1",
                ">>b=Chapter 2",
                "y=Sand",
                ">q=Part One",
                ">>c=Chapter 1",
                ">>d=Chapter 2",
            ],
            ["Part One: Chapter 1", "Part One: Chapter 2", "Part One: Chapter 1", "Part One: Chapter 2"],
        ),
        # Parts by name alone, among chapters that stand alone.
        (
            {n: heading(n) for n in "abcde"} | {"x": "<h1>North</h1>", "y": "<h1>South</h1>"},
            ["a=Before", "x=North", ">b=The Ice", ">c=The Bear", "y=South", ">d=The Palm", "e=After"],
            ["Before", "The Ice", "The Bear", "The Palm", "After"],
        ),
        # A chapter's sections are no chapters.
        (
            {n: heading(n) for n in "ab"},
            ["a=The Ice", ">a#x=Morning", ">a#y=Night", "b=The Palm"],
            ["The Ice", "The Palm"],
        ),
    ],
)
def test_what_holds_chapters_is_opened(
    pages: dict[str, str], entries: list[str], expected: list[str]
) -> None:
    book = read(make_epub({f"{name}.xhtml": body for name, body in pages.items()}, toc=nested(*entries)))
    assert titles(book) == expected
    assert sum(p.startswith("The lighthouse") for c in book.chapters for p in said(book, c)) == sum(
        STORY in body for body in pages.values()
    )


def test_an_entry_without_text_is_named_and_takes_no_other_chapter() -> None:
    pages = {"a.xhtml": heading("One"), "e.xhtml": "<div/>", "b.xhtml": heading("Two"), "z.xhtml": "<p> </p>"}
    toc = nav(("a.xhtml", "One"), ("e.xhtml", "Interval"), ("b.xhtml", "Two"), ("z.xhtml", "Coda"))
    book = read(make_epub(pages, toc=toc))
    assert titles(book) == ["One", "Two"]
    assert [(skip.reason, skip.title) for skip in book.skipped] == [("empty", "Interval"), ("empty", "Coda")]


def test_a_title_that_is_a_picture_begins_the_chapter_that_follows() -> None:
    pages = {"c.xhtml": "<img src='c.png'/>", "1.xhtml": "<img src='1.png'/>", "1b.xhtml": STORY}
    pages |= {"2.xhtml": "<img src='2.png'/>", "2b.xhtml": STORY}
    book = read(make_epub(pages, toc=nav(("c.xhtml", "Cover"), ("1.xhtml", "Gulls"), ("2.xhtml", "Tide"))))
    assert titles(book) == ["Gulls", "Tide"]
    assert not book.skipped


@pytest.mark.parametrize(
    "numeral", ["<p>1</p>", "<p>IV.</p>", "<h1>Chapter Two</h1>", "<div><b>II</b></div>"]
)
@pytest.mark.parametrize("is_listed", [True, False])
def test_a_page_of_a_numeral_alone_is_no_chapter(numeral: str, is_listed: bool) -> None:
    pages = {
        "a.xhtml": heading("Gulls"),
        "n.xhtml": numeral,
        "b.xhtml": heading("Tide"),
        "c.xhtml": heading("Ebb"),
    }
    entries = [("a.xhtml", "Gulls"), ("b.xhtml", "Tide"), ("c.xhtml", "Ebb")]
    entries[1:1] = [("n.xhtml", "2")] if is_listed else []
    book = read(make_epub(pages, toc=nav(*entries)))
    assert titles(book) == ["Gulls", "Tide", "Ebb"]


@pytest.mark.parametrize(
    ("label", "page", "heads"),
    [
        ("II", '<p class="calibre7">II</p>', ["II"]),
        ("Chapitre 2 : Le phare", "<p><b>2</b></p><p>Le Phare</p>", ["2", "Le Phare"]),
        ("第二章 灯塔", "<div>第二章</div><div>灯塔</div>", ["第二章", "灯塔"]),
        ("The lighthouse", "<p>The lighthouse was dark.</p>", []),
    ],
)
def test_plain_paragraphs_that_say_a_chapters_title_are_headings(
    label: str, page: str, heads: list[str]
) -> None:
    pages = {"a.xhtml": heading("Gulls"), "b.xhtml": page + STORY, "c.xhtml": STORY}
    toc = nav(("a.xhtml", "Gulls"), ("b.xhtml", label), ("c.xhtml", "III"))
    book = read(make_epub(pages, toc=toc))
    assert headings(book, 1) == heads


@pytest.mark.parametrize(
    "heads",
    [
        "<h1>Chapter 2</h1><h2>CHAPTER TWO</h2>",
        "<h2>Chapter II.</h2><h2>2. Chapter</h2>",
        "<p>Chapter 2</p><h2>Chapter Two</h2>",
    ],
)
def test_a_number_in_other_words_is_read_once(heads: str) -> None:
    pages = {"a.xhtml": heading("Chapter 1"), "b.xhtml": heads + STORY}
    book = read(make_epub(pages, toc=nav(("a.xhtml", "Chapter 1"), ("b.xhtml", "Chapter 2"))))
    assert len(headings(book, 1)) == 1
    assert len(book.chapters[1].paragraphs) == 2


@pytest.mark.parametrize("label", ["", "Section0002.xhtml", "index_split_004", "Unknown", "part0004.html"])
def test_a_label_that_says_nothing_gives_way_to_the_heading(label: str) -> None:
    pages = {"a.xhtml": heading("Gulls"), "b.xhtml": heading("Tide")}
    assert titles(read(make_epub(pages, toc=nav(("a.xhtml", "Gulls"), ("b.xhtml", label))))) == [
        "Gulls",
        "Tide",
    ]


@pytest.mark.parametrize(
    ("cover", "contents", "imprint"),
    [
        ("封面", "目录", "版权页"),
        ("封面", "目　錄", "版權頁"),
        ("表紙", "目次", "奥付"),
        ("표지", "차례", "판권"),
        ("Titelblatt", "Inhalt", "Impressum"),
        ("Couverture", "Table des matières", "Mentions légales"),
        ("Cubierta", "Índice", "Créditos"),
        ("Обложка", "Содержание", "Выходные данные"),
        ("Okładka", "Spis treści", "Strona redakcyjna"),
        ("Half Title", "Contents", "Colophon"),
        ("Omslag", "Inhoud", "Colofon"),
    ],
)
def test_matter_in_the_languages_of_its_readers(cover: str, contents: str, imprint: str) -> None:
    links = '<p><a href="a.xhtml">One</a></p><p><a href="b.xhtml">Two</a></p>'
    pages = {
        "c.xhtml": "<p>The Book</p>",
        "t.xhtml": f"<h1>Here it stands</h1>{links}",
        "a.xhtml": STORY,
        "b.xhtml": STORY,
        "i.xhtml": "<p>By the press at the harbour.</p>",
    }
    listed = nav(("c.xhtml", cover), ("t.xhtml", contents), ("i.xhtml", imprint))
    book = read(make_epub(pages, toc=listed))
    # The story that no entry names is not filed under the contents.
    assert [p[:14] for c in book.chapters for p in said(book, c)] == ["The lighthouse"] * 2
    assert [skip.title for skip in book.skipped] == [cover, " ".join(contents.split()), imprint]
    # Without any contents, a page's first line says what it is.
    named = {
        name: f"<h1>{word}</h1>{pages[name]}"
        for name, word in (("c.xhtml", cover), ("t.xhtml", contents), ("i.xhtml", imprint))
    }
    book = read(make_epub(pages | named, toc=nav(("a.xhtml", "One"), ("b.xhtml", "Two"))))
    assert titles(book) == ["One", "Two"]


def test_matter_ends_with_its_page() -> None:
    pages = {
        "c.xhtml": "<p>The Book</p>",
        "d.xhtml": "<p>The tide was late on the day that I was born.</p>",
        "a.xhtml": heading("One"),
        "b.xhtml": heading("Two"),
    }
    book = read(make_epub(pages, toc=nav(("c.xhtml", "Cover"), ("a.xhtml", "One"), ("b.xhtml", "Two"))))
    assert said(book, book.chapters[0])[0] == "The tide was late on the day that I was born."
    assert [reason for reason, _ in skipped(book)] == ["cover"]


@pytest.mark.parametrize("kind", ["cover", "title-page", "copyright-page", "toc", "index"])
def test_a_page_that_the_guide_calls_matter_and_that_is_the_book_is_read(kind: str) -> None:
    guide = f'<guide><reference type="{kind}" href="a.xhtml"/></guide>'
    for story in ("<p>It rained.</p>", STORY * 12):
        book = read(
            make_epub({"a.xhtml": f"<h1>Rain</h1>{story}"}, guide=guide, toc=nav(("a.xhtml", "Rain")))
        )
        assert said(book, book.chapters[0])[0] == "Rain"
        assert not book.skipped


def test_without_contents_matter_heads_no_chapter() -> None:
    pages = {
        "i.xhtml": "<h1>The Book</h1><p>© 2001 A. Writer. All rights reserved.</p><p>ISBN 1</p>",
        "t.xhtml": "<h1>目次</h1><p>One</p><p>Two</p>",
        "a.xhtml": heading("One"),
        "b.xhtml": heading("Two"),
    }
    book = read(make_epub(pages))
    assert titles(book) == ["One", "Two"]
    assert [reason for reason, _ in skipped(book)] == ["copyright page", "contents"]
    book = read(make_epub({name: body.replace("h2", "p") for name, body in pages.items()}))
    assert titles(book) == ["One", "Two"]
    assert [reason for reason, _ in skipped(book)] == ["copyright page", "contents"]


IMPRINTS = (
    "<p>Copyright © 2019 by A. Writer</p><p>All rights reserved.</p><p>ISBN 978-0-00-000000-0</p>",
    "<p>© 2008 Verlag am Kai, Kiel. Alle Rechte vorbehalten.</p><p>1. Auflage</p><p>Satz: Marta Kai</p>",
    "<p>© Éditions du Phare, 1999</p><p>Tous droits de traduction réservés</p><p>Dépôt légal : mai 1999</p>",
    "<p>Primera edición: 2011</p><p>© A. Writer</p><p>Depósito legal: B-1-2011</p>",
    "<p>版权所有 翻印必究</p><p>ISBN 978-7-00-000000-0</p><p>出版社：灯塔</p>",
    "<p>発行所　灯台社</p><p>著作権は作者にあります</p><p>ISBN978-4-00-000000-0</p>",
    "<p>© А. Писатель, 2015</p><p>Все права защищены.</p><p>УДК 82-3</p>",
    (
        "<p>This is a work of fiction. Names, characters and places are products of the imagination.</p>"
        "<p>Copyright A. Writer. First published in 1988.</p>"
    ),
)


@pytest.mark.parametrize("imprint", IMPRINTS)
@pytest.mark.parametrize("where", ["front", "back", "listed"])
def test_copyright_pages_outside_the_contents(imprint: str, where: str) -> None:
    pages = {"a.xhtml": heading("One"), "b.xhtml": heading("Two")}
    page = {"i.xhtml": f"{imprint}<p>For the keeper</p>"}
    entries = [("a.xhtml", "One"), ("b.xhtml", "Two")]
    if where == "listed":
        entries.insert(0, ("i.xhtml", "Welcome"))
    book = read(make_epub(pages | page if where == "back" else page | pages, toc=nav(*entries)))
    is_skipped = {reason for reason, _ in skipped(book)} == {"copyright page"}
    # An entry with a name of its own is believed, unless the page says more than two such things.
    assert is_skipped or (where == "listed" and titles(book)[0] == "Welcome")
    assert titles(book)[-2:] == ["One", "Two"]
    assert "For the keeper" in [p for c in book.chapters for p in said(book, c)]


@pytest.mark.parametrize(
    "page",
    [
        "<p>All rights reserved, said the sign on the gate, and Marta climbed over it.</p>",
        f"<p>© 1999. ISBN 1. All rights reserved.</p>{STORY * 6}",
        "<p>The book was first published in 1900, and printed in Leith, my father told me.</p>",
    ],
)
def test_what_only_speaks_of_rights_is_read(page: str) -> None:
    book = read(make_epub({"p.xhtml": page, "a.xhtml": heading("One"), "b.xhtml": heading("Two")}))
    assert not book.skipped


def test_running_heads_are_left_out_and_a_cry_is_not() -> None:
    heads = [f"<p>{n} The Book</p>{STORY}<p>A. WRITER | {n + 1}</p>{STORY}" for n in range(10, 30, 2)]
    cries = "".join(f"<p>“The Book!”</p><p>The book.</p><p>{n} books fell.</p>" for n in range(4))
    book = read(make_epub({"a.xhtml": "<h1>One</h1>" + "".join(heads) + cries}, metadata=METADATA))
    assert [reason for reason, _ in skipped(book)] == ["running head"] * 20
    assert sum("ook" in p for c in book.chapters for p in said(book, c)) == 12


@pytest.mark.parametrize(
    ("entry", "expected"), [("Rain", ["Chapter 1", "Chapter 2"]), ("Chapter 1", ["Chapter 1"])]
)
def test_one_entry_gives_way_to_headings_that_say_chapter(entry: str, expected: list[str]) -> None:
    inner = "Chapter {}" if entry == "Rain" else "Part {}"
    page = "<h1>Rain</h1>" + "".join(f"<h2>{inner.format(n)}</h2><p>Anna came home late.</p>" for n in (1, 2))
    assert titles(read(make_epub({"a.xhtml": page}, toc=nav(("a.xhtml", entry))))) == expected
