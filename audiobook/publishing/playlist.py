"""A playlist of a book's tracks, for players that don't sort by number."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from audiobook.model import Release


def write_playlist(release: Release, _base_url: str) -> Mapping[str, str]:
    """Write `playlist.m3u8`: extended M3U in UTF-8, lengths in whole seconds (RFC 8216, section 4.3.2.1).

    A single track needs none.
    """
    if len(release.tracks) < 2:
        return {}
    lines = ["#EXTM3U", f"#PLAYLIST:{release.book.title}"]
    for track in release.tracks:
        lines += [f"#EXTINF:{round(track.seconds)},{track.title}", Path(track.path).name]
    return {"playlist.m3u8": "\n".join([*lines, ""])}
