"""A podcast of a book: one feed, an episode a track, to be put on a web server beside the MP3s.

Formats: RSS 2.0 (https://www.rssboard.org/rss-specification), Apple's tags
(https://help.apple.com/itc/podcasts_connect/#/itcb54353390) and those of the podcast namespace
(https://github.com/Podcastindex-org/podcast-namespace).
"""

from __future__ import annotations

import hashlib
import html
import re
import uuid
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from urllib.parse import quote

from audiobook.errors import StorageError
from audiobook.model import Release, Track
from audiobook.publishing.tags import SYNTHETIC, UNKNOWN_AUTHOR

FEED, COVER = "feed.xml", "feed.jpg"

_NAMESPACES = {
    "atom": "http://www.w3.org/2005/Atom",
    "itunes": "http://www.itunes.com/dtds/podcast-1.0.dtd",
    "podcast": "https://podcastindex.org/namespace/1.0",
}
_PODCASTS = uuid.UUID("ead4c236-bf58-58c6-a2c6-a6b28d128cb6")
"""The namespace of a feed's `podcast:guid`, which is made of its address (podcast namespace, "guid")."""

_EARLIEST_YEAR = 2000
"""A book's own year may be older than what readers of feeds take for a date."""

_LONGEST_DESCRIPTION = 4000
"""Apple's limit."""

_UNPRINTABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 can't hold (section 2.2)."""


def write_feed(release: Release, base_url: str) -> Mapping[str, str | bytes]:
    """Write `feed.xml`, and the cover as `feed.jpg`.

    `base_url` is where the output folder will lie, so that the book's own folder is a part of each
    address.  No clock is asked: the first episode is dated to the first minute of the book's year (of
    2000 where it has none, or is older), each further one a minute later.
    """
    folder = Path(release.tracks[0].path).parent.name
    address = f"{base_url.rstrip('/')}/{quote(folder)}"
    for prefix, uri in _NAMESPACES.items():
        ET.register_namespace(prefix, uri)
    rss = ET.Element("rss", version="2.0")
    channel = ET.SubElement(rss, "channel")
    _describe_book(channel, release, address)
    start = datetime(_year(release), 1, 1, tzinfo=UTC)
    for number, track in enumerate(release.tracks, 1):
        item = ET.SubElement(channel, "item")
        _describe_episode(item, release, track, number, address)
        _add(item, "pubDate", format_datetime(start + timedelta(minutes=number - 1)))
    ET.indent(rss, " ")
    text = ET.tostring(rss, encoding="unicode")
    files: dict[str, str | bytes] = {FEED: f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'}
    if release.cover is not None:
        files[COVER] = release.cover.data
    return files


def _describe_book(channel: ET.Element, release: Release, address: str) -> None:
    book = release.book
    author = book.author or UNKNOWN_AUTHOR
    feed = f"{address}/{FEED}"
    _add(channel, "title", book.title)
    _add(channel, "link", f"{address}/")
    _add(channel, "atom:link", href=feed, rel="self", type="application/rss+xml")
    _add(channel, "description", _summary(release))
    _add(channel, "language", book.language)
    _add(channel, "generator", "narrate")
    _add(channel, "itunes:author", author)
    _add(channel, "itunes:type", "serial")
    _add(channel, "itunes:complete", "yes")
    # Apple takes no feed without it, and nobody here knows better.
    _add(channel, "itunes:explicit", "false")
    category = _add(channel, "itunes:category", text="Arts")
    _add(category, "itunes:category", text="Books")
    _add(channel, "podcast:guid", str(uuid.uuid5(_PODCASTS, re.sub("^[a-z]+://", "", feed).rstrip("/"))))
    _add(channel, "podcast:medium", "audiobook")
    if release.cover is not None:
        _add(channel, "itunes:image", href=f"{address}/{COVER}")
        image = _add(channel, "image")
        for name, value in (("url", f"{address}/{COVER}"), ("title", book.title), ("link", f"{address}/")):
            _add(image, name, value)


def _summary(release: Release) -> str:
    description = release.book.description or f"{release.book.title}, an audiobook."
    room = _LONGEST_DESCRIPTION - len(SYNTHETIC) - 2
    if len(description) > room:
        description = description[: room - 1].rsplit(" ", 1)[0] + "…"
    # A description is HTML (RSS 2.0, "Elements of <item>").
    return html.escape(f"{description}\n\n{SYNTHETIC}", quote=False)


def _describe_episode(item: ET.Element, release: Release, track: Track, number: int, address: str) -> None:
    path = Path(track.path)
    _add(item, "title", track.title)
    place = f"{release.book.title}, {number} of {len(release.tracks)}"
    _add(item, "description", html.escape(f"{place}. {SYNTHETIC}", quote=False))
    _add(
        item,
        "enclosure",
        url=f"{address}/{quote(path.name)}",
        length=str(_measure(path)),
        type="audio/mpeg",
    )
    _add(item, "guid", _identify(release, track, number), isPermaLink="false")
    _add(item, "itunes:title", track.title)
    _add(item, "itunes:duration", str(round(track.seconds)))
    _add(item, "itunes:episode", str(number))
    _add(item, "itunes:episodeType", "full")


def _measure(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error


def _identify(release: Release, track: Track, number: int) -> str:
    """Name an episode by its words and place, so that it stays the same in other voices."""
    words = "\n".join(cue.utterance.text for cue in track.cues)
    book = release.book
    name = "\0".join([book.title, book.author or "", str(number), words])
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"narrate:{digest}"))


def _year(release: Release) -> int:
    year = re.search(r"\d{4}", release.book.year or "")
    return max(_EARLIEST_YEAR, int(year[0])) if year else _EARLIEST_YEAR


def _add(parent: ET.Element, name: str, content: str | None = None, **attributes: str) -> ET.Element:
    prefix, colon, local = name.rpartition(":")
    element = ET.SubElement(parent, f"{{{_NAMESPACES[prefix]}}}{local}" if colon else name, attributes)
    element.text = None if content is None else _UNPRINTABLE.sub("", content)
    return element
