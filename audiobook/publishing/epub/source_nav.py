"""The contents of an EPUB 2 (its NCX and guide) as a navigation document."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from audiobook.model import Release
from audiobook.publishing.epub.navigation import NavEntry, write_nav
from audiobook.publishing.epub.overlay import Overlay, href
from audiobook.publishing.epub.source import SourceEpub
from audiobook.reading.flaws import Flaws
from audiobook.reading.markup import parse_xml
from audiobook.reading.toc import TocEntry, read_ncx

_LANDMARKS = {
    "cover": "cover",
    "title-page": "titlepage",
    "toc": "toc",
    "text": "bodymatter",
    "start": "bodymatter",
    "index": "index",
    "glossary": "glossary",
    "bibliography": "bibliography",
    "acknowledgements": "acknowledgments",
    "foreword": "foreword",
    "preface": "preface",
    "epigraph": "epigraph",
    "dedication": "dedication",
}


def make_nav(
    release: Release,
    epub: SourceEpub,
    name: str,
    *,
    language: str,
    targets: Mapping[str, Sequence[str]],
    overlays: Mapping[str, Overlay],
) -> tuple[str, set[str]]:
    """Return the navigation document and the pages that it links to."""
    places = _Places(epub, name, targets)
    entries = places.entries(_read_entries(epub))
    if not entries:
        first = [(overlay.page, overlay.pars[0].target) for overlay in overlays.values() if overlay.pars]
        entries = [NavEntry(title=_title(release, page), link=href(name, page)) for page, _ in first]
    marks = []
    seen = set()
    for kind, target in epub.package.guide:
        file, _, fragment = target.partition("#")
        link = places.link(file, fragment)
        mark = _LANDMARKS.get(kind.lower())
        if mark and link and mark not in seen:
            seen.add(mark)
            marks.append((mark, mark.capitalize(), link))
    return write_nav(release.book.title, entries, language, landmarks=marks), places.linked


def _title(release: Release, page: str) -> str:
    return release.book.title if len(release.book.chapters) == 1 else page.rpartition("/")[2]


def _read_entries(epub: SourceEpub) -> tuple[TocEntry, ...]:
    ncx = epub.package.ncx
    if ncx is None or epub.archive.find(ncx.name) is None:
        return ()
    resolve = epub.resolver(ncx.name)

    def resolve_link(link: str) -> str | None:
        place = resolve(link) if link else None
        return "#".join(filter(None, place)) if place else None

    return read_ncx(parse_xml(epub.read(ncx.name), f"{epub.source}: {ncx.name}", flaws=Flaws()), resolve_link)


class _Places:
    """Tells where links lead and in which order, and remembers to which pages."""

    def __init__(self, epub: SourceEpub, name: str, targets: Mapping[str, Sequence[str]]) -> None:
        self._name = name
        self._targets = targets
        order = [item.name for item, _ in epub.package.spine]
        self._order = {page: number for number, page in enumerate([*order, *targets])}
        self.linked: set[str] = set()

    def link(self, page: str, fragment: str) -> str | None:
        """Return the link to a page or a place in it; None where there is no such page."""
        if page not in self._targets:
            return None
        self.linked.add(page)
        known = fragment if fragment in self._targets[page] else ""
        return href(self._name, page) + (f"#{quote(known)}" if known else "")

    def entries(self, entries: Sequence[TocEntry]) -> list[NavEntry]:
        """Return the entries; without their levels where these are not in reading order, as they must be."""
        flat = list(_flatten(entries))
        order = [self._place(target) for _, target in flat]
        if order == sorted(order):
            return [heading for heading in map(self._heading, entries) if heading.link or heading.below]
        ordered = sorted(flat, key=lambda entry: self._place(entry[1]))
        headings = [self._heading(TocEntry(title=title, target=target)) for title, target in ordered]
        return [heading for heading in headings if heading.link]

    def _heading(self, entry: TocEntry) -> NavEntry:
        page, _, fragment = (entry.target or "").partition("#")
        below = tuple(
            heading for heading in map(self._heading, entry.entries) if heading.link or heading.below
        )
        return NavEntry(title=entry.title, link=self.link(page, fragment), below=below)

    def _place(self, target: str) -> tuple[int, int]:
        page, _, fragment = target.partition("#")
        known = self._targets.get(page, ())
        return self._order.get(page, -1), known.index(fragment) if fragment in known else -1


def _flatten(entries: Sequence[TocEntry]) -> Iterator[tuple[str, str]]:
    for entry in entries:
        if entry.target:
            yield entry.title, entry.target
        yield from _flatten(entry.entries)
