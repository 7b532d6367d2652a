"""EPUB 2 and 3: the spine gives the order, the table of contents the chapters."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from audiobook.errors import SourceError
from audiobook.model import Book, Image
from audiobook.reading.archive import Archive, resolve
from audiobook.reading.assembly import make_book, mark_link_lists
from audiobook.reading.choices import DEFAULT_CHOICES, ReadingChoices
from audiobook.reading.cuts import Cut, cuts_at_headings, mark_plain_headings
from audiobook.reading.flow import Flow, Style, count_words
from audiobook.reading.lexicon import read_lexicon
from audiobook.reading.markup import parse_page, parse_xml
from audiobook.reading.notes import Notes, collect_notes, collect_texts
from audiobook.reading.package import Item, Package, read_package
from audiobook.reading.page import Page, PageReader
from audiobook.reading.semantics import matter_of_title, matter_of_types
from audiobook.reading.toc import Entry, choose_cuts, read_landmarks, read_nav, read_ncx

if TYPE_CHECKING:
    from lxml.etree import _Element

MakeReader = Callable[[Flow, Page, Notes, ReadingChoices], PageReader]

MIMETYPE = "application/epub+zip"
OUTSIDE = "outside the reading order"
_PAGES = frozenset({"application/xhtml+xml", "text/html", "application/x-dtbook+xml", "text/x-oeb1-document"})
_MAX_COVER = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Epub:
    archive: Archive
    package: Package
    choices: ReadingChoices
    pages: tuple[tuple[Item, bool], ...]

    def parse(self, item: Item) -> _Element:
        data = self.archive.read_markup(item.name)
        return parse_page(data, f"{self.archive.source}: {item.name}")


def read_epub(path: Path, data: bytes, choices: ReadingChoices = DEFAULT_CHOICES) -> Book:
    """Read an EPUB.  Raises `SourceError` where it is none, is broken, protected, or holds no text."""
    source = str(path)
    with Archive(source, data) as archive:
        warnings = list(_check_mimetype(archive))
        package = read_package(archive)
        warnings += package.warnings
        pages = _list_pages(package)
        if not pages:
            raise SourceError(f"{source}: holds no page of text (pictures or a fixed layout, perhaps)")
        epub = _Epub(archive=archive, package=package, choices=choices, pages=pages)
        flow = Flow(source)
        _read_pages(epub, flow, PageReader)
        _read_lexicons(epub, flow, warnings)
        cuts = _find_cuts(epub, flow, warnings)
        cover = _read_cover(epub, warnings)
    meta = package.metadata
    return make_book(
        path,
        flow,
        cuts,
        choices=choices,
        metadata=meta,
        cover=cover,
        warnings=tuple(warnings),
    )


def read_flow(source: str, data: bytes, choices: ReadingChoices, make_reader: MakeReader) -> Flow:
    """Read an EPUB's pages as `read_epub` does, with readers of one's own.  Raises as it does."""
    with Archive(source, data) as archive:
        package = read_package(archive)
        epub = _Epub(archive=archive, package=package, choices=choices, pages=_list_pages(package))
        flow = Flow(source)
        _read_pages(epub, flow, make_reader)
    return flow


def _list_pages(package: Package) -> tuple[tuple[Item, bool], ...]:
    return tuple((item, linear) for item, linear in package.spine if item.media_type in _PAGES)


def _check_mimetype(archive: Archive) -> Iterator[str]:
    if archive.find("mimetype") is None:
        yield f"{archive.source}: its mimetype file is missing; read all the same"
        return
    stated = archive.read("mimetype", 1000).decode("ascii", "replace").strip("\ufeff \t\r\n")
    if stated != MIMETYPE and archive.find("META-INF/container.xml") is None:
        raise SourceError(f"{archive.source}: is no EPUB: its mimetype is {stated[:60]!r}")
    if stated != MIMETYPE:
        yield f"{archive.source}: its mimetype is {stated[:60]!r} instead of {MIMETYPE}; read all the same"


def _resolver(archive: Archive, base: str) -> Callable[[str], str | None]:
    def resolve_link(href: str) -> str | None:
        place = resolve(base, href) if href else None
        # Upper and lower case are mixed up where a book was made on Windows.
        return "#".join(filter(None, (archive.find(place[0]) or place[0], place[1]))) if place else None

    return resolve_link


def _read_pages(epub: _Epub, flow: Flow, make_reader: MakeReader) -> None:
    """Add every page in reading order; two passes, since a note may stand before its marker's page."""
    notes = Notes()
    for item, _ in epub.pages:
        collect_notes(epub.parse(item), _resolver(epub.archive, item.name), notes)
    if epub.choices.footnotes == "paragraph" and notes.markers:
        for item, _ in epub.pages:
            collect_texts(epub.parse(item), item.name, notes)
    language = epub.package.metadata.language or ""
    whole = dict(_whole_pages(epub))
    for item, linear in epub.pages:
        matter = whole.get(item.name) or (None if linear else OUTSIDE)
        page = Page(
            name=item.name,
            root=epub.parse(item),
            resolve=_resolver(epub.archive, item.name),
            language=language,
        )
        reader = make_reader(flow, page, notes, epub.choices)
        reader.read(Style(matter=matter))
        mark_link_lists(flow, reader.link_blocks)


def _whole_pages(epub: _Epub) -> Iterator[tuple[str, str]]:
    """Yield the pages that are front or back matter as a whole: as the guide or landmarks say."""
    if epub.package.nav:
        yield epub.package.nav.name, "contents"
    targets = list(epub.package.guide)
    if epub.package.nav:
        targets += read_landmarks(
            epub.parse(epub.package.nav), _resolver(epub.archive, epub.package.nav.name)
        )
    entries = _read_contents(epub)
    named = [target.partition("#")[0] for target in _targets(entries)]
    for name, target in targets:
        matter = matter_of_types([name])
        file, _, fragment = target.partition("#")
        # A part of a page is told by its own markup or by the contents; a page with several chapters
        # is no front matter.
        if matter and not fragment and named.count(file) <= 1:
            yield file, matter


def _targets(entries: Sequence[Entry]) -> Iterator[str]:
    for entry in entries:
        if entry.target:
            yield entry.target
        yield from _targets(entry.entries)


def _read_contents(epub: _Epub) -> tuple[Entry, ...]:
    """Read the table of contents: EPUB 3's where there is one, else the NCX."""
    package = epub.package
    entries: tuple[Entry, ...] = ()
    if package.nav and epub.archive.find(package.nav.name):
        entries = read_nav(epub.parse(package.nav), _resolver(epub.archive, package.nav.name))
    if not entries and package.ncx and epub.archive.find(package.ncx.name):
        data = epub.archive.read_markup(package.ncx.name)
        root = parse_xml(data, f"{epub.archive.source}: {package.ncx.name}")
        entries = read_ncx(root, _resolver(epub.archive, package.ncx.name))
    return entries


def _find_cuts(epub: _Epub, flow: Flow, warnings: list[str]) -> list[Cut]:
    """Find where chapters begin: as the contents say, else at headings, else with each page."""
    text = flow.text
    cuts = choose_cuts(_read_contents(epub), flow.anchors, lambda start, end: count_words(text[start:end]))
    chapters = [cut for cut in cuts if not cut.matter]
    if len(chapters) < 2:
        mark_plain_headings(flow)
    by_heading = cuts_at_headings(flow)
    if len(chapters) >= 2 or (chapters and len(by_heading) < 4):
        return _add_pages_outside(epub, flow, cuts)
    if len([cut for cut in by_heading if not cut.matter]) >= 2:
        warnings.append(
            f"{epub.archive.source}: has no table of contents to go by; chapters begin at headings"
        )
        return by_heading
    if len(epub.pages) > 1 and not chapters:
        warnings.append(f"{epub.archive.source}: has no contents and no headings; chapters begin with pages")
        return _cuts_at_pages(epub, flow)
    return cuts or by_heading


def _add_pages_outside(epub: _Epub, flow: Flow, cuts: list[Cut]) -> list[Cut]:
    """Add the pages that the contents leave out and whose heading says that they are front or back matter."""
    text = flow.text
    known = {cut.start for cut in cuts}
    starts = [block.start for block in flow.blocks]
    for item, _ in epub.pages:
        start = flow.anchors[item.name]
        index = bisect_left(starts, start)
        if start in known or index >= len(starts):
            continue
        block = flow.blocks[index]
        words = " ".join(text[block.start : block.end].split())
        reason = matter_of_title(words) if block.level else None
        if reason:
            cuts.append(Cut(start=start, title=words, matter=reason))
    return sorted(cuts, key=lambda cut: cut.start)


def _cuts_at_pages(epub: _Epub, flow: Flow) -> list[Cut]:
    starts = sorted({flow.anchors[item.name] for item, _ in epub.pages})
    blocks = [block.start for block in flow.blocks]
    filled = [
        start
        for start, end in zip(starts, [*starts[1:], flow.length + 1], strict=True)
        if bisect_left(blocks, start) < bisect_right(blocks, end - 1)
    ]
    return [Cut(start=start, title=f"Chapter {number}") for number, start in enumerate(filled, 1)]


def _read_lexicons(epub: _Epub, flow: Flow, warnings: list[str]) -> None:
    """Read the lexicons of the book; one that is broken is passed over with a warning."""
    for item in epub.package.items.values():
        if item.media_type != "application/pls+xml":
            continue
        where = f"{epub.archive.source}: {item.name}"
        try:
            flow.pronunciations += read_lexicon(epub.archive.read_markup(item.name), where)
        except SourceError as error:
            warnings.append(f"{error}; its pronunciations are not used")


def _read_cover(epub: _Epub, warnings: list[str]) -> Image | None:
    item = epub.package.cover
    if item is None:
        return None
    try:
        data = epub.archive.read(item.name, _MAX_COVER)
    except SourceError as error:
        warnings.append(f"{error}; the book goes without a cover")
        return None
    return Image(data=data, media_type=item.media_type)
