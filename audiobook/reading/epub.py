"""EPUB 2 and 3: the spine gives the order, the table of contents the chapters."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.languages import read_tag
from audiobook.model import Book, Image
from audiobook.reading.archive import Archive, OversizeError, resolve
from audiobook.reading.assembly import add_unread_notes, make_book, mark_link_lists
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.epub_chapters import find_cuts, find_whole_pages, spread_pages
from audiobook.reading.flaws import Flaws
from audiobook.reading.flow import Flow, SourceText, Style
from audiobook.reading.gutenberg import mark_frame
from audiobook.reading.lexicon import read_lexicon
from audiobook.reading.links import Links
from audiobook.reading.markup import parse_page, parse_xml
from audiobook.reading.navigation import mark_navigation
from audiobook.reading.notes import BookNotes
from audiobook.reading.package import PAGES, Item, Package, read_package
from audiobook.reading.page import Page, PageReader
from audiobook.reading.proof import page_text
from audiobook.reading.running_heads import mark_running_heads
from audiobook.reading.semantics import matter_of_title
from audiobook.reading.toc import TocEntry, list_entries, read_landmarks, read_nav, read_ncx
from audiobook.reading.written_notes import mark_written_notes

if TYPE_CHECKING:
    from lxml.etree import _Element

MakeReader = Callable[[Flow, Page, BookNotes, ReadingChoices], PageReader]

MIMETYPE = "application/epub+zip"
OUTSIDE = "outside the reading order"
_NO_MARKUP = re.compile(r"(?:image|audio|video|font)/|text/css|application/(?:font|pdf|vnd|x-font|x-dtbncx)")
_MAX_COVER = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Epub:
    archive: Archive
    package: Package
    choices: ReadingChoices
    flaws: Flaws
    contents: tuple[TocEntry, ...]
    marks: tuple[tuple[str, str], ...]
    """(type, target) of the guide and of the landmarks."""


def _parse(archive: Archive, item: Item, flaws: Flaws) -> _Element:
    return parse_page(archive.read_markup(item.name), f"{archive.source}: {item.name}", flaws=flaws)


def _warn(flaws: Flaws, error: SourceError, what: str) -> None:
    """Let a flaw of a part of the book be a warning; raises the error where it is one of the whole."""
    if isinstance(error, OversizeError):
        raise error
    flaws.note(str(error), what)


def read_epub(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read an EPUB.  Raises `SourceError` where it is none, is protected, or holds no text.

    What is wrong with it otherwise is mended or left out, and becomes a warning.
    """
    source = str(path)
    with Archive(source, data) as archive:
        epub = _open(archive, choices)
        flow = Flow(source)
        _read_pages(epub, flow, PageReader)
        _read_lexicons(epub, flow)
        mark_frame(flow)
        mark_navigation(flow.blocks, flow.text)
        if choices.footnotes == "skip":
            mark_written_notes(flow.blocks, flow.text)
        spread = spread_pages(flow, [item.name for item, _ in epub.package.spine])
        title, author = epub.package.metadata.title or "", epub.package.metadata.author or ""
        mark_running_heads(flow.blocks, spread.text, [title, *author.split("; ")])
        cuts = find_cuts(spread, epub.contents, title, source, epub.flaws)
        cover = _read_cover(epub)
    return make_book(
        path,
        flow,
        cuts,
        choices=choices,
        metadata=epub.package.metadata,
        cover=cover,
        warnings=epub.flaws.warnings,
    )


def read_flow(source: str, data: bytes, choices: ReadingChoices, make_reader: MakeReader) -> Flow:
    """Read an EPUB's pages as `read_epub` does, with readers of one's own.  Raises as it does."""
    with Archive(source, data) as archive:
        flow = Flow(source)
        _read_pages(_open(archive, choices), flow, make_reader)
    return flow


def _open(archive: Archive, choices: ReadingChoices) -> _Epub:
    flaws = Flaws()
    _check_mimetype(archive, flaws)
    package = read_package(archive, flaws)
    contents, landmarks = _read_contents(archive, package, flaws)
    _name_unreachable(archive, package, contents, flaws)
    return _Epub(
        archive=archive,
        package=package,
        choices=choices,
        flaws=flaws,
        contents=contents,
        marks=(*package.guide, *landmarks),
    )


def _name_unreachable(
    archive: Archive, package: Package, contents: tuple[TocEntry, ...], flaws: Flaws
) -> None:
    """Note the pages that the contents lead to and the reading order leaves out, but for front matter."""
    known = {item.name for item, _ in package.spine} | {item.name for item in (package.nav,) if item}
    for entry in list_entries(contents):
        name = (entry.target or "").partition("#")[0]
        if name and name not in known and not matter_of_title(entry.title):
            known.add(name)
            flaws.note(
                f"{archive.source}: {name}", "is in the contents, but not in the reading order; left out"
            )


def _list_pages(epub: _Epub) -> Iterator[tuple[Item, bool]]:
    """Yield what can be read of the reading order: pages, whatever media type they are said to be of."""
    for item, linear in epub.package.spine:
        if item.media_type in PAGES:
            yield item, linear
        elif not _NO_MARKUP.match(item.media_type):
            where = f"{epub.archive.source}: {item.name}"
            kind = item.media_type or "of no media type"
            if re.search(rb"<(?:\w+:)?(?:html|body|p)\b", epub.archive.read_markup(item.name), re.IGNORECASE):
                epub.flaws.note(where, f"is said to be {kind}; read as the page that it is")
                yield item, linear
            else:
                epub.flaws.note(where, f"is no page of text ({kind}); it is left out")


def _check_mimetype(archive: Archive, flaws: Flaws) -> None:
    if archive.find("mimetype") is None:
        flaws.note(archive.source, "its mimetype file is missing; read all the same")
        return
    stated = archive.read("mimetype", 1000).decode("ascii", "replace").strip("\ufeff \t\r\n")
    if stated != MIMETYPE and archive.find("META-INF/container.xml") is None:
        raise SourceError(f"{archive.source}: is no EPUB: its mimetype is {stated[:60]!r}")
    if stated != MIMETYPE:
        what = f"its mimetype is {stated[:60]!r} instead of {MIMETYPE}; read all the same"
        flaws.note(archive.source, what)


def _resolver(archive: Archive, base: str) -> Callable[[str], str | None]:
    def resolve_link(href: str) -> str | None:
        place = resolve(base, href) if href else None
        # Upper and lower case are mixed up where a book was made on Windows.
        return "#".join(filter(None, (archive.find(place[0]) or place[0], place[1]))) if place else None

    return resolve_link


def _read_pages(epub: _Epub, flow: Flow, make_reader: MakeReader) -> None:
    """Add every page in reading order; two passes, since a note may stand before its marker's page.

    A page that can't be read is left out with a warning; raises `SourceError` where none can.
    """
    links = Links()
    pages: list[tuple[Item, bool]] = []
    failure: SourceError | None = None
    for item, linear in _list_pages(epub):
        try:
            # No page is kept in a variable: a large one takes most of the memory that there may be.
            links.collect(
                _parse(epub.archive, item, epub.flaws), item.name, _resolver(epub.archive, item.name)
            )
        except SourceError as error:
            _warn(epub.flaws, error, "this page is left out, the rest is read")
            failure = failure or error
        else:
            pages.append((item, linear))
    if not pages:
        source = epub.archive.source
        raise failure or SourceError(f"{source}: holds no page of text (pictures or a fixed layout, perhaps)")
    notes = links.settle()
    if epub.choices.footnotes == "paragraph" and notes.targets:
        for item, _ in pages:
            notes.keep_texts(_parse(epub.archive, item, epub.flaws), item.name)
    whole = dict(find_whole_pages(epub.marks, epub.contents))
    if epub.package.nav:
        whole[epub.package.nav.name] = "contents"
    for item, linear in pages:
        matter = whole.get(item.name) or (None if linear else OUTSIDE)
        mark_link_lists(
            flow, _read_page(epub, item, flow, notes, make_reader=make_reader, style=Style(matter=matter))
        )
    add_unread_notes(flow, notes)


def _read_page(
    epub: _Epub, item: Item, flow: Flow, notes: BookNotes, *, make_reader: MakeReader, style: Style
) -> list[int]:
    """Add a page to the flow; returns which of its blocks are nothing but links."""
    page = Page(
        name=item.name,
        root=_parse(epub.archive, item, epub.flaws),
        resolve=_resolver(epub.archive, item.name),
        language=read_tag(epub.package.metadata.language),
    )
    flow.sources.append(SourceText(item.name, page_text(page.root)))
    reader = make_reader(flow, page, notes, epub.choices)
    reader.read(style)
    return reader.link_blocks


def _read_contents(
    archive: Archive, package: Package, flaws: Flaws
) -> tuple[tuple[TocEntry, ...], list[tuple[str, str]]]:
    """Read the table of contents (EPUB 3's where there is one, else the NCX) and the landmarks.

    What can't be read is passed over with a warning.
    """
    entries: tuple[TocEntry, ...] = ()
    landmarks: list[tuple[str, str]] = []
    nav, ncx = package.nav, package.ncx
    try:
        if nav and archive.find(nav.name):
            root = _parse(archive, nav, flaws)
            landmarks = read_landmarks(root, _resolver(archive, nav.name))
            entries = read_nav(root, _resolver(archive, nav.name))
    except SourceError as error:
        _warn(flaws, error, "this table of contents is not used")
    try:
        if ncx and not entries and archive.find(ncx.name):
            where = f"{archive.source}: {ncx.name}"
            root = parse_xml(archive.read_markup(ncx.name), where, flaws=flaws)
            entries = read_ncx(root, _resolver(archive, ncx.name))
    except SourceError as error:
        _warn(flaws, error, "this table of contents is not used")
    return entries, landmarks


def _read_lexicons(epub: _Epub, flow: Flow) -> None:
    """Read the lexicons of the book; one that is broken is passed over with a warning."""
    for item in epub.package.items.values():
        if item.media_type != "application/pls+xml":
            continue
        where = f"{epub.archive.source}: {item.name}"
        try:
            flow.pronunciations += read_lexicon(epub.archive.read_markup(item.name), where)
        except SourceError as error:
            _warn(epub.flaws, error, "its pronunciations are not used")


def _read_cover(epub: _Epub) -> Image | None:
    item = epub.package.cover
    if item is None:
        return None
    try:
        data = epub.archive.read(item.name, _MAX_COVER)
    except SourceError as error:
        epub.flaws.note(str(error), "the book goes without a cover")
        return None
    return Image(data=data, media_type=item.media_type)
