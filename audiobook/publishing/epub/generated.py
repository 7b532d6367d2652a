"""A book without pages of its own (a plain text, a DOCX …) becomes an EPUB of clean pages."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePath
from typing import NamedTuple

from audiobook.model import CREDITS, Book, Chapter, Release
from audiobook.publishing.epub.archive import EpubFile
from audiobook.publishing.epub.identity import make_identifier
from audiobook.publishing.epub.inherit import as_date, language_tag
from audiobook.publishing.epub.navigation import NavEntry, is_right_to_left, write_nav
from audiobook.publishing.epub.opf import (
    MODIFIED,
    UNIDENTIFIED,
    Access,
    PackageFile,
    add_audio,
    describe_access,
    describe_overlays,
)
from audiobook.publishing.epub.overlay import STYLE, Overlay, write_smil
from audiobook.publishing.epub.prose import Layout, Numbered, as_text, write_chapter, write_page
from audiobook.publishing.epub.timeline import AudioClip, lay_clips
from audiobook.publishing.epub.verse import usual_width

_BOOK_STYLE = """\
body { margin: 5%; line-height: 1.5; }
h1, h2 { text-align: center; line-height: 1.2; margin: 2em 0 1.5em; page-break-after: avoid; }
h2 { font-size: 1.2em; }
p { margin: 0; text-indent: 1.3em; orphans: 2; widows: 2; }
p.first, p.verse, p.credit { text-indent: 0; }
p.verse { margin: 1em 0 1em 2em; }
hr.scene { border: 0; margin: 1.5em 0; text-align: center; }
hr.scene::after { content: "* * *"; }
section.cover { margin: 0; text-align: center; }
section.cover img { max-width: 100%; max-height: 95vh; }
section.titlepage { margin-top: 20%; text-align: center; }
section.titlepage p { margin: 1em 0; text-indent: 0; }

"""
_PLAIN = frozenset({"", ".txt", ".text", ".pdf"})
"""Endings of files whose line ends are where a line was full; in the text of any other they are meant."""


class _Page(NamedTuple):
    chapter: Chapter
    name: str
    identity: str
    utterances: list[tuple[int, Numbered, AudioClip]]


def write_generated(release: Release, path: Path, *, mark: str) -> None:
    """Write a book and its tracks as an EPUB with pages made of the book's text.  Raises `StorageError`."""
    release = replace(release, book=replace(release.book, language=language_tag(release.book.language)))
    book = release.book
    pages = _lay_pages(release)
    audio = [f"EPUB/audio/{number:03}.mp3" for number in range(1, len(release.tracks) + 1)]
    overlays = [_overlay(page) for page in pages if page.utterances]
    package = _describe(release, pages, overlays, audio, mark)
    layout = _choose_layout(book)
    with EpubFile(path, package=package.name, mark=mark) as file:
        file.add(package.name, package.write())
        file.add("EPUB/nav.xhtml", _write_nav(release, pages))
        file.add("EPUB/style.css", _BOOK_STYLE + STYLE)
        if release.cover is not None:
            file.add("EPUB/cover.jpg", release.cover.data)
            file.add("EPUB/cover.xhtml", _write_cover(book))
        file.add("EPUB/title.xhtml", _write_title_page(release))
        for page in pages:
            own: dict[int, list[Numbered]] = defaultdict(list)
            for paragraph, numbered, _ in page.utterances:
                own[paragraph].append(numbered)
            body = write_chapter(book, page.chapter, own, layout)
            title = page.chapter.title
            file.add(page.name, write_page(title, body, style="../style.css", language=book.language))
        for overlay in overlays:
            file.add(overlay.name, write_smil(overlay, audio))
        for name, track in zip(audio, release.tracks, strict=True):
            file.add_file(name, Path(track.path))


def _lay_pages(release: Release) -> list[_Page]:
    pages = {}
    for number, chapter in enumerate(release.book.chapters, 1):
        name = f"EPUB/text/chapter-{number:03}.xhtml"
        pages[chapter.number] = _Page(chapter, name, f"chapter-{number:03}", [])
    heard = enumerate(lay_clips(release.tracks), 1)
    for number, (track, utterance, clip) in heard:
        page = track.chapter
        if page == CREDITS:  # before the first page's text, or after the last one's
            page = min(pages) if utterance.start == 0 else max(pages)
        pages[page].utterances.append((utterance.paragraph, (number, utterance), clip))
    return list(pages.values())


def _overlay(page: _Page) -> Overlay:
    name = page.name.replace("/text/", "/overlays/").replace(".xhtml", ".smil")
    overlay = Overlay(page=page.name, name=name, identity=f"{page.identity}-overlay")
    for _, (number, _), clip in page.utterances:
        overlay.add(f"u{number}", clip)
    return overlay


def _choose_layout(book: Book) -> Layout:
    is_plain = PurePath(book.source).suffix.lower() in _PLAIN
    return Layout(keeps_lines=not is_plain, width=usual_width(book) if is_plain else 0)


def _describe(
    release: Release, pages: Sequence[_Page], overlays: Sequence[Overlay], audio: Sequence[str], mark: str
) -> PackageFile:
    book = release.book
    attributes = {
        "unique-identifier": UNIDENTIFIED,
        "{http://www.w3.org/XML/1998/namespace}lang": book.language,
    }
    package = PackageFile("EPUB/package.opf", attributes)
    package.add_dc("identifier", make_identifier(release, mark), UNIDENTIFIED)
    package.add_dc("title", book.title)
    package.add_dc("language", book.language)
    authors = [name.strip() for name in (book.author or "").split(";") if name.strip()]
    for number, author in enumerate(authors, 1):
        package.add_dc("creator", author, f"author-{number}")
        package.add_meta("role", "aut", refines=f"author-{number}", scheme="marc:relators")
    for name, value in (
        ("publisher", book.publisher),
        ("description", book.description),
        ("date", as_date(book.year or "")),
    ):
        if value and value.strip():
            package.add_dc(name, value.strip())
    for identifier in book.identifiers:
        package.add_dc("source", identifier)
    if book.series:
        package.add_meta("belongs-to-collection", book.series, id="series")
        package.add_meta("collection-type", "series", refines="series")
        if book.series_part:
            package.add_meta("group-position", book.series_part, refines="series")
    package.add_meta("dcterms:modified", MODIFIED)
    describe_overlays(package, release, overlays)
    describe_access(package, _access(all(page.utterances for page in pages)))
    _list_files(package, pages, {overlay.page: overlay.identity for overlay in overlays}, release)
    add_audio(package, overlays, audio)
    return package


def _access(everything_is_read: bool) -> Access:
    return Access(
        modes=("textual", "auditory"),
        sufficient=("textual", "auditory") if everything_is_read else ("textual",),
        features=(
            "synchronizedAudioText",
            "tableOfContents",
            "structuralNavigation",
            "readingOrder",
            "displayTransformability",
            "unlocked",
        ),
        hazards=("none",),
        summary="The whole text, with synthetic speech that is synchronized sentence by sentence. "
        "Chapters and their headings are marked and listed in the contents.",
    )


def _list_files(
    package: PackageFile, pages: Sequence[_Page], overlays: Mapping[str, str], release: Release
) -> None:
    package.add_item("nav", "EPUB/nav.xhtml", "application/xhtml+xml", properties="nav")
    package.add_item("style", "EPUB/style.css", "text/css")
    if release.cover is not None:
        package.add_item("cover-image", "EPUB/cover.jpg", "image/jpeg", properties="cover-image")
    for identity in ("cover", "title") if release.cover else ("title",):
        package.add_item(identity, f"EPUB/{identity}.xhtml", "application/xhtml+xml")
        package.add_to_spine(identity)
    for page in pages:
        overlay = overlays.get(page.name, "")
        package.add_item(page.identity, page.name, "application/xhtml+xml", media_overlay=overlay)
        package.add_to_spine(page.identity)
    if is_right_to_left(release.book.language):
        package.spine.set("page-progression-direction", "rtl")


def _write_nav(release: Release, pages: Sequence[_Page]) -> str:
    book = release.book
    headings = [NavEntry(title=page.chapter.title, link=page.name.removeprefix("EPUB/")) for page in pages]
    first = headings[0].link or ""
    marks = [("cover", "Cover", "cover.xhtml")] if release.cover else []
    marks.append(("bodymatter", book.title, first))
    return write_nav(book.title, headings, book.language, landmarks=marks)


def _write_cover(book: Book) -> str:
    words = as_text(book.title).replace('"', "&quot;")
    body = (
        '<section epub:type="cover" class="cover">'
        f'<img src="cover.jpg" alt="{words}" role="doc-cover"/></section>\n'
    )
    return write_page(book.title, body, style="style.css", language=book.language, kind="frontmatter")


def _write_title_page(release: Release) -> str:
    book = release.book
    author = f'<p class="author">{as_text(book.author)}</p>\n' if book.author else ""
    body = (
        f'<section epub:type="titlepage" class="titlepage">\n<h1>{as_text(book.title)}</h1>\n{author}'
        f'<p class="readers" lang="en" xml:lang="en">Read by synthetic voices: '
        f"{as_text(', '.join(release.voices))}.</p>\n</section>\n"
    )
    return write_page(book.title, body, style="style.css", language=book.language, kind="frontmatter")
