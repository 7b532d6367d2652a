"""A source that is an EPUB becomes a read-along one: its pages, styles, pictures and fonts are kept."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from audiobook.errors import SourceError
from audiobook.model import Release
from audiobook.publishing.epub.archive import EpubFile, open_members
from audiobook.publishing.epub.identity import make_identifier
from audiobook.publishing.epub.inherit import inherit_metadata, language_tag
from audiobook.publishing.epub.links import find_properties, repair_links
from audiobook.publishing.epub.manifest import list_files, order_pages, set_root
from audiobook.publishing.epub.opf import PackageFile, add_audio, describe_overlays
from audiobook.publishing.epub.overlay import STYLE, Overlay, write_smil
from audiobook.publishing.epub.page import SourcePage, find_head, open_page
from audiobook.publishing.epub.placing import Count, PagePlan, mark_page, place_utterances
from audiobook.publishing.epub.source import PAGE_TYPES, SourceEpub, SourceItem, open_source
from audiobook.publishing.epub.source_access import inherit_access
from audiobook.publishing.epub.source_nav import make_nav
from audiobook.publishing.epub.wrap import local_name
from audiobook.publishing.epub.xhtml5 import modernise
from audiobook.reading.archive import Archive
from audiobook.reading.places import find_places

_ENCRYPTION = "META-INF/encryption.xml"


@dataclass(slots=True)
class Taken:
    """What is known of the pages by now, by their names in the archive."""

    overlays: dict[str, Overlay] = field(default_factory=dict)
    properties: dict[str, frozenset[str]] = field(default_factory=dict)
    linked: set[str] = field(default_factory=set)
    targets: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """The ids of each page in their order."""


def write_taken_over(release: Release, path: Path, *, mark: str) -> Count | None:
    """Write a release with the pages of its source; None where the source is not what was read any more.

    Raises `SourceError` where the source can't be read again, `StorageError` where writing fails.
    """
    source = Path(release.book.source)
    try:
        data = source.read_bytes()
    except OSError as error:
        raise SourceError(f"{source}: can't be read again: {error.strerror}") from error
    places = find_places(release.book, data)
    if places is None:
        return None
    plans = place_utterances(release, places)
    with Archive(str(source), data) as archive:
        epub = open_source(str(source), archive)
        kinds = {epub.package.items[name].media_type for name in plans}
        # What calls its pages something else is no EPUB that readers open; a new one is made of it.
        if not kinds <= PAGE_TYPES:
            return None
        package = PackageFile(epub.package.name, {})
        count = Count()
        archived, members = open_members(source)
        with archived, EpubFile(path, package=epub.package.name, mark=mark) as file:
            writer = _Writer(release, epub, package, file, count)
            writer.write_pages(plans)
            writer.copy_files(archived, members)
            writer.finish(mark)
    return count


class _Writer:
    def __init__(
        self, release: Release, epub: SourceEpub, package: PackageFile, file: EpubFile, count: Count
    ) -> None:
        self._release = release
        self._epub = epub
        self._package = package
        self._file = file
        self._count = count
        self._taken = Taken()
        self._style = f"{epub.folder}overlay.css"
        numbers = range(1, len(release.tracks) + 1)
        self._audio = [f"{epub.folder}audio/{number:03}.mp3" for number in numbers]
        self._spine = [item.name for item, _ in epub.package.spine]
        self._dropped = _dropped(epub)

    def write_pages(self, plans: Mapping[str, PagePlan]) -> None:
        """Write the pages that are not copied as they are: those that are heard, and all of an EPUB 2."""
        epub = self._epub
        pages = [item for item in epub.items if item.is_page]
        if not epub.is_modern:
            for item in pages:
                self._taken.targets[item.name] = _list_targets(self._open(item))
        files = {item.name: None for item in epub.items if item.name not in self._dropped}
        targets = files | {name: frozenset(ids) for name, ids in self._taken.targets.items()}
        for item in pages:
            plan = plans.get(item.name)
            if plan is None and epub.is_modern:
                continue
            page = self._open(item)
            if plan is not None:
                self._mark(page, plan)
            if not epub.is_modern or not page.is_xml:
                modernise(page.root)
            if not epub.is_modern:
                resolve = epub.resolver(item.name)
                self._taken.linked |= repair_links(item.name, page.root, resolve, targets) - {item.name}
            find_head(page.root)
            if plan is not None:
                page.add_style(self._style)
            if not epub.is_modern or not page.is_xml:
                self._taken.properties[item.name] = frozenset(find_properties(page.root))
            self._file.add(item.name, page.write())

    def _open(self, item: SourceItem) -> SourcePage:
        return open_page(item.name, self._epub.read(item.name), self._epub.source)

    def _mark(self, page: SourcePage, plan: PagePlan) -> None:
        number = self._spine.index(page.name) + 1
        overlay = Overlay(
            page=page.name,
            name=f"{self._epub.folder}overlays/{number:03}.smil",
            identity=f"narrate-overlay-{number:03}",
        )
        mark_page(page, plan, overlay, self._count)
        self._file.add(overlay.name, write_smil(overlay, self._audio))
        self._taken.overlays[page.name] = overlay

    def copy_files(self, archive: zipfile.ZipFile, members: Mapping[str, zipfile.ZipInfo]) -> None:
        """Copy all that is not made anew, piece by piece."""
        written = self._taken.overlays.keys() | self._taken.properties.keys() | self._dropped
        for item in self._epub.items:
            if item.name not in written:
                self._file.copy(archive, members[item.name])
        if _ENCRYPTION in members:
            self._file.copy(archive, members[_ENCRYPTION])

    def finish(self, mark: str) -> None:
        """Write what is about the whole: style, contents, cover, audio and package."""
        epub, package, release, taken = self._epub, self._package, self._release, self._taken
        overlays = [taken.overlays[name] for name in self._spine if name in taken.overlays]
        set_root(package, epub)
        inherit_metadata(
            package,
            epub.package.root,
            identifier=make_identifier(release, mark),
            keeps_identifier=epub.archive.find(_ENCRYPTION) is not None,
        )
        describe_overlays(package, release, overlays)
        inherit_access(package, epub, release)
        kept = [item for item in epub.items if item.name not in self._dropped]
        identities = list_files(package, epub, kept, taken.properties, taken.overlays)
        self._file.add(self._style, STYLE)
        package.add_item("narrate-style", self._style, "text/css")
        if epub.package.cover is None and release.cover is not None:
            self._file.add(f"{epub.folder}cover.jpg", release.cover.data)
            package.add_item(
                "narrate-cover", f"{epub.folder}cover.jpg", "image/jpeg", properties="cover-image"
            )
        if not epub.is_modern:
            name = f"{epub.folder}nav.xhtml"
            language = language_tag(release.book.language)
            nav, linked = make_nav(
                release, epub, name, language=language, targets=taken.targets, overlays=taken.overlays
            )
            self._file.add(name, nav)
            package.add_item("narrate-nav", name, "application/xhtml+xml", properties="nav")
            taken.linked |= linked
        add_audio(package, overlays, self._audio)
        order_pages(package, epub, identities, taken.linked)
        for name, track in zip(self._audio, release.tracks, strict=True):
            self._file.add_file(name, Path(track.path))
        self._file.add(package.name, package.write())


def _list_targets(page: SourcePage) -> tuple[str, ...]:
    """Return the ids that a page's links can lead to, in order: names of anchors become ids."""
    found: dict[str, None] = {}
    for element in page.elements:
        name = element.get("name", "") if local_name(element) == "a" else ""
        identity = element.get("id") or name
        if identity and not re.search(r"\s", identity):
            found.setdefault(identity)
    return tuple(found)


def _dropped(epub: SourceEpub) -> frozenset[str]:
    """Return the files that are not taken over: overlays and their sound, the NCX, Adobe's templates."""
    overlays = [item for item in epub.items if item.media_type == "application/smil+xml"]
    kinds = {"application/x-dtbncx+xml", "application/vnd.adobe-page-template+xml", "application/smil+xml"}
    names = {item.name for item in epub.items if item.media_type in kinds}
    heard = _find_sounds(epub, overlays)
    return frozenset(names | heard)


def _find_sounds(epub: SourceEpub, overlays: Sequence[SourceItem]) -> set[str]:
    """Return the audio files that only the source's own overlays play."""
    found = set()
    for overlay in overlays:
        resolve = epub.resolver(overlay.name)
        for link in re.findall(rb"<audio\b[^>]*?\bsrc\s*=\s*[\"']([^\"']+)", epub.read(overlay.name)):
            place = resolve(link.decode("utf-8", "replace"))
            found.update([place[0]] if place else [])
    if found:
        pages = b"".join(epub.read(item.name) for item in epub.items if item.is_page)
        found = {name for name in found if name.rpartition("/")[2].encode() not in pages}
    return found
