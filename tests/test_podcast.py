"""A podcast feed as apps read it: addresses, lengths, order, and nothing from a clock."""

from __future__ import annotations

import html
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import feedparser
import pytest

from audiobook.model import Release
from audiobook.publishing.podcast import write_feed
from tests.command_line import narrate
from tests.releases import BOOK, COVER, make_release

NewProject = Callable[..., Path]

BASE = "https://example.org/my/books"


@pytest.fixture
def release(tmp_path: Path) -> Release:
    return make_release(tmp_path / "Storms & seas")


def read_feed(release: Release, base_url: str = BASE) -> Any:
    text = write_feed(release, base_url)["feed.xml"]
    assert isinstance(text, str)
    feed = feedparser.parse(text.encode())
    assert not feed.bozo, feed.bozo_exception
    return feed


def test_a_feed_tells_of_the_book(release: Release) -> None:
    feed = read_feed(release).feed
    assert feed.title == "Storms & <Seas>"
    assert feed.author == "Ann Lee; Bo Day"
    assert feed.language == "en-GB"
    assert html.unescape(feed.description).startswith('A "tale" of <storms> & seas.')
    assert "synthetic" in feed.description
    assert feed.itunes_type == "serial"
    assert "<itunes:explicit>false<" in str(write_feed(release, BASE)["feed.xml"])
    assert feed.image.href == "https://example.org/my/books/Storms%20%26%20seas/feed.jpg"
    assert [tag.term for tag in feed.tags][:2] == ["Arts", "Books"]
    own = next(link for link in feed.links if link.rel == "self")
    assert own.href == "https://example.org/my/books/Storms%20%26%20seas/feed.xml"


def test_each_track_is_an_episode_with_its_file(release: Release) -> None:
    episodes = read_feed(release, "https://example.org/").entries
    assert [episode.title for episode in episodes] == ["One: a & b", "Two"]
    assert [episode.itunes_episode for episode in episodes] == ["1", "2"]
    assert [episode.itunes_duration for episode in episodes] == ["1", "1"]
    for episode, track in zip(episodes, release.tracks, strict=True):
        (enclosure,) = episode.enclosures
        assert enclosure.type == "audio/mpeg"
        assert int(enclosure.length) == Path(track.path).stat().st_size
        address = urlsplit(enclosure.href)
        assert not address.query + address.fragment
        assert unquote(address.path) == f"/Storms & seas/{Path(track.path).name}"


def test_dates_come_from_no_clock_and_keep_the_order(release: Release) -> None:
    first, second = (episode.published_parsed for episode in read_feed(release).entries)
    assert tuple(first)[:5] == (2019, 1, 1, 0, 0)
    assert tuple(second)[:5] == (2019, 1, 1, 0, 1)
    for year in ("1813", None, "unknown"):
        old = replace(release, book=replace(BOOK, year=year))
        assert read_feed(old).entries[0].published_parsed[0] == 2000


def test_an_episode_is_the_same_in_other_voices_and_another_with_other_words(tmp_path: Path) -> None:
    def guids(release: Release) -> list[str]:
        return [episode.id for episode in read_feed(release).entries]

    release = make_release(tmp_path / "a")
    first = guids(release)
    assert len(set(first)) == 2
    assert guids(replace(release, voices=("other",))) == first
    assert not set(guids(make_release(tmp_path / "a", words="Other words"))) & set(first)


def test_the_feed_is_the_same_each_time_and_the_cover_lies_beside_it(release: Release) -> None:
    files = write_feed(release, BASE)
    assert files == write_feed(release, BASE)
    assert files["feed.jpg"] == COVER.data
    assert feedparser.parse(str(files["feed.xml"]).encode()).version == "rss20"


def test_what_xml_can_not_hold_is_left_out_and_long_descriptions_are_cut(release: Release) -> None:
    book = replace(BOOK, title="a\x00b\ud800\ufffe", description="word " * 2000, author=None)
    feed = read_feed(replace(release, book=book)).feed
    assert feed.title == "ab"
    assert feed.author == "Unknown"
    assert len(feed.description) <= 4000
    assert "word…" in feed.description


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        (["--format", "podcast"], "", "--base-url https://example.org/books"),
        ([], "output: {formats: [podcast]}\n", "output.base_url in voices.yaml"),
        (["--format", "podcast", "--base-url", "example.org"], "", "got 'example.org'"),
    ],
)
def test_a_podcast_without_an_address_is_a_usage_error_before_any_work(
    new_project: NewProject, arguments: list[str], settings: str, message: str
) -> None:
    project = new_project(settings, a="Some words.")
    done = narrate(*arguments)
    assert done.returncode == 2
    assert message in " ".join(done.stderr.split())
    assert not (project / "output").exists()
