"""A W3C audiobook holds to its specifications, and to the files that it is made of."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from audiobook.publishing import read_edition_mark, read_seconds
from audiobook.publishing.lpf import identify, read_mark, write
from tests.releases import BOOK, COVER, make_release

MARK = "f" * 64


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "seas.lpf"
    write(make_release(tmp_path / "seas"), path, mark=MARK, ffmpeg="")
    return path


def manifest_of(path: Path) -> dict[str, Any]:
    with zipfile.ZipFile(path) as archive:
        found = json.loads(archive.read("publication.json"))
    assert isinstance(found, dict)
    return found


def seconds(duration: str) -> Decimal:
    match = re.fullmatch(r"PT(\d+\.\d{3})S", duration)
    assert match, duration
    return Decimal(match[1])


def assert_valid(path: Path) -> None:
    """Go through the checks of "Audiobooks", section 5, and of "Publication Manifest", section 7.4."""
    manifest = manifest_of(path)
    context = manifest["@context"]
    assert context[:2] == ["https://schema.org", "https://www.w3.org/ns/pub-context"]
    assert manifest["conformsTo"] == "https://www.w3.org/TR/audiobooks/"
    assert manifest["type"] == "Audiobook"
    assert manifest["readingOrder"]
    assert all(link["encodingFormat"].startswith("audio/") for link in manifest["readingOrder"])
    recommended = {
        *("abridged", "accessMode", "accessModeSufficient", "accessibilityFeature", "accessibilityHazard"),
        *("accessibilitySummary", "author", "id", "inLanguage", "name", "readBy", "readingProgression"),
        *("resources", "duration"),
    }
    assert recommended <= manifest.keys()
    assert manifest["readingProgression"] in {"ltr", "rtl"}
    total = sum(seconds(link["duration"]) for link in manifest["readingOrder"])
    assert seconds(manifest["duration"]) == total
    rels = [link["rel"] for link in manifest["resources"]]
    assert rels.count("contents") == 1
    assert rels.count("cover") == 1
    urls = [link["url"] for link in manifest["readingOrder"] + manifest["resources"]]
    assert len(set(urls)) == len(urls)
    with zipfile.ZipFile(path) as archive:
        assert {"publication.json", *urls} == set(archive.namelist())
        page = etree.fromstring(archive.read("index.html"), etree.HTMLParser(encoding="utf-8"))
    (nav,) = [element for element in page.iter() if element.get("role") == "doc-toc"]
    assert [e.get("href") for e in page.iter("link") if e.get("rel") == "publication"] == ["publication.json"]
    listed = [(a.get("href"), a.text) for a in nav.iter("a")]
    assert listed == [(link["url"], link["name"]) for link in manifest["readingOrder"]]


def test_a_package_passes_the_specifications_checks(package: Path) -> None:
    assert_valid(package)
    manifest = manifest_of(package)
    assert manifest["name"] == "Storms & <Seas>"
    assert [person["name"] for person in manifest["author"]] == ["Ann Lee", "Bo Day"]
    assert [person["name"] for person in manifest["readBy"]] == ["tone-low", "tone-high"]
    assert manifest["datePublished"] == "2019-01-01"
    assert manifest["publisher"]["name"] == "Sea Press"
    assert manifest["description"] == BOOK.description
    assert "synthetic" in manifest["accessibilitySummary"]


def test_lengths_are_those_of_the_files_in_the_package(package: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(package) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path / "unpacked")
    for link in manifest_of(package)["readingOrder"]:
        measured = read_seconds(tmp_path / "unpacked" / link["url"])
        assert float(seconds(link["duration"])) == pytest.approx(measured, abs=0.0006)
    originals = sorted((tmp_path / "seas").iterdir())
    for name, original in zip(("01", "02"), originals, strict=True):
        assert (tmp_path / f"unpacked/audio/{name}.mp3").read_bytes() == original.read_bytes()
    assert (tmp_path / "unpacked/cover.jpg").read_bytes() == COVER.data


def test_sound_is_stored_texts_are_deflated_and_nothing_else_is_in_it(package: Path) -> None:
    """ISO/IEC 21320-1: stored or deflated, no encryption, no version above 4.5."""
    with zipfile.ZipFile(package) as archive:
        for member in archive.infolist():
            packs = member.filename.endswith((".json", ".html"))
            assert member.compress_type == (zipfile.ZIP_DEFLATED if packs else zipfile.ZIP_STORED)
            assert member.flag_bits & 1 == 0
            assert member.extract_version <= 45


def test_equal_input_gives_equal_bytes(package: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.lpf"
    write(make_release(tmp_path / "again"), other, mark=MARK, ffmpeg="elsewhere")
    assert other.read_bytes() == package.read_bytes()


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "cut at its end": lambda whole: whole[:-1],
    "cut in half": lambda whole: whole[: len(whole) // 2],
    "cut at its start": lambda whole: whole[100:],
    "with a piece missing": lambda whole: whole[:5000] + whole[6000:],
    "with another in front": lambda whole: b"more" + whole,
    "not there": lambda _: b"",
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_the_mark_is_that_of_a_whole_package(package: Path, damage: str) -> None:
    assert read_mark(package) == read_edition_mark(package) == MARK
    package.write_bytes(DAMAGES[damage](package.read_bytes()))
    assert read_mark(package) is None


def test_a_foreign_archive_has_no_mark(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.lpf", "w") as archive:
        archive.writestr("publication.json", "{}")
    assert read_mark(tmp_path / "a.lpf") is None
    assert read_mark(tmp_path / "b.lpf") is None


def test_what_a_source_may_lack_or_hold(tmp_path: Path) -> None:
    book = replace(
        BOOK, author=None, year=None, publisher=None, description=None, title="\ud800?", language="he"
    )
    release = make_release(tmp_path / "bare", titles=["</nav>"], book=book)
    write(release, tmp_path / "bare.lpf", mark=MARK, ffmpeg="")
    assert_valid(tmp_path / "bare.lpf")
    manifest = manifest_of(tmp_path / "bare.lpf")
    assert manifest["author"] == [{"type": "Person", "name": "Unknown"}]
    assert manifest["readingProgression"] == "rtl"
    assert not {"datePublished", "publisher", "description"} & manifest.keys()


def test_a_book_keeps_its_own_identifier() -> None:
    assert identify(replace(BOOK, identifiers=("12", "urn:isbn:9780000000002"))) == "urn:isbn:9780000000002"
    made = identify(BOOK)
    assert made.startswith("urn:uuid:")
    assert made == identify(replace(BOOK, year="1999"))
    assert made != identify(replace(BOOK, title="Other"))
