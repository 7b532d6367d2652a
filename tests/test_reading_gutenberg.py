"""Project Gutenberg's header and licence in EPUBs, as its makers have written them over the years."""

from __future__ import annotations

import pytest

from tests.books import make_epub, nav, read, said, skipped, xhtml

STORY = "<p>" + "The barge went down the canal while the lock keeper slept. " * 20 + "</p>"
LICENCE = (
    "<p>Section 1. General Terms of Use and Redistributing Project Gutenberg electronic works</p>"
    "<p>1.A. By reading or using any part of this work you agree to all the terms.</p>"
)
USE = "This eBook is for the use of anyone anywhere at no cost and with almost no restrictions whatsoever."
FIELDS = (
    "Title: The Barge",
    "Author: A. Writer",
    "Release Date: May 1, 2004 [EBook #99999]",
    "Language: English",
)


def paragraphs(*lines: str, tag: str = "p") -> str:
    return "".join(f"<{tag}>{line}</{tag}>" for line in lines)


HEADS = {
    "2004": paragraphs(
        "The Project Gutenberg EBook of The Barge, by A. Writer",
        USE,
        *FIELDS,
        "Character set encoding: UTF-8",
        "*** START OF THIS PROJECT GUTENBERG EBOOK THE BARGE ***",
    ),
    "pre": "<pre>\nThe Project Gutenberg EBook of The Barge, by A. Writer\n\n"
    + USE
    + "\n\n"
    + "\n".join(FIELDS)
    + "\n\n***START OF THE PROJECT GUTENBERG EBOOK THE BARGE***\n</pre>",
    "2021": '<section class="pg-boilerplate pgheader" id="pg-header"><h2>The Project Gutenberg eBook of '
    f"<span>The Barge</span></h2><div>{USE}</div><div id='pg-machine-header'>{paragraphs(*FIELDS)}</div>"
    '<div id="pg-start-separator"><span>*** START OF THE PROJECT GUTENBERG EBOOK THE BARGE ***</span></div>'
    "</section>",
    "table": f"<h2>The Project Gutenberg eBook of The Barge</h2><p>{USE}</p><table>"
    + "".join(f"<tr><th>{f.partition(': ')[0]}:</th><td>{f.partition(': ')[2]}</td></tr>" for f in FIELDS)
    + "</table><p>*** START OF THE PROJECT GUTENBERG EBOOK, THE BARGE ***</p>",
    "no mark": paragraphs("The Project Gutenberg eBook of The Barge", USE, *FIELDS, tag="div"),
    "small print": paragraphs(
        "**Welcome To The World of Free Plain Vanilla Electronic Texts**",
        "*END*THE SMALL PRINT! FOR PUBLIC DOMAIN ETEXTS*Ver.04.29.93*END*",
    ),
}
TAILS = {
    "2004": "<p>End of the Project Gutenberg EBook of The Barge, by A. Writer</p>"
    "<p>*** END OF THIS PROJECT GUTENBERG EBOOK THE BARGE ***</p>" + LICENCE,
    "old": "<p>End of Project Gutenberg's The Barge, by A. Writer</p>" + LICENCE,
    "2021": '<section class="pg-boilerplate pgheader" id="pg-footer"><div id="pg-end-separator">'
    f"<span>*** END OF THE PROJECT GUTENBERG EBOOK THE BARGE ***</span></div>{LICENCE}</section>",
    "licence alone": "<h2>THE FULL PROJECT GUTENBERG LICENSE</h2>" + LICENCE,
    "start of licence": "<p>*** START: FULL LICENSE ***</p>" + LICENCE,
}


@pytest.mark.parametrize("own_pages", [True, False])
@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("tail", TAILS)
def test_header_and_licence_of_every_generation_are_left_out(head: str, tail: str, own_pages: bool) -> None:
    chapters = [f"<h2>{n}</h2>{STORY}" for n in ("Morning", "Evening")]
    if own_pages:
        bodies = [HEADS[head], *chapters, TAILS[tail]]
    else:
        bodies = [HEADS[head] + chapters[0], chapters[1] + TAILS[tail]]
    pages = {f"{n}.xhtml": xhtml(body) for n, body in enumerate(bodies)}
    first = 1 if own_pages else 0
    toc = nav((f"{first}.xhtml", "Morning"), (f"{first + 1}.xhtml", "Evening"))
    book = read(make_epub(pages, toc=toc))
    assert [[c.title, len(said(book, c))] for c in book.chapters] == [["Morning", 2], ["Evening", 2]]
    reasons = {reason for reason, _ in skipped(book)}
    assert {reason.removeprefix("Project Gutenberg ") for reason in reasons} == {"header", "licence"}
    assert not [p for c in book.chapters for p in said(book, c) if "Gutenberg" in p or "Small Print" in p]


def test_what_speaks_of_gutenberg_is_read() -> None:
    body = (
        "<p>The Project Gutenberg volunteers met on Monday.</p><p>End of the line.</p>"
        f"<h2>Full Licence</h2><p>Title: none.</p>{STORY}"
    )
    assert not skipped(read(make_epub({"a.xhtml": body})))
    entries = paragraphs("The Full Project Gutenberg License")
    book = read(make_epub({"a.xhtml": HEADS["2004"] + entries + STORY, "b.xhtml": STORY}))
    assert sum(len(said(book, chapter)) for chapter in book.chapters) == 3


def test_what_stands_between_two_of_its_books_is_not_lost() -> None:
    pages = {f"{n}.xhtml": HEADS["2004"] + STORY + TAILS["old"] for n in range(2)}
    book = read(make_epub(pages))
    assert sum(p.startswith("The barge") for c in book.chapters for p in said(book, c)) == 2
