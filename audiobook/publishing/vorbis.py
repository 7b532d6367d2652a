"""Vorbis comments, which FLAC and Opus share: what a player shows, and what narrate leaves in its files.

The names are those of Xiph's minimal list, of MusicBrainz Picard and of Audiobookshelf's scanner.
Format: https://xiph.org/vorbis/doc/v-comment.html.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import Any

from audiobook.model import Image
from audiobook.publishing.tags import GENRE, SYNTHETIC, UNKNOWN_AUTHOR, FileMark, Stamp, Tags

_MARK, _RECORD, _TIMES = "narrate_mark", "narrate_record", "narrate_times"


def write_comments(tags: Tags, stamp: Stamp, audio_bytes: int) -> list[tuple[str, str]]:
    """Return the comments of a file with so many bytes of sound behind its headers."""
    year = re.search(r"\d{4}", tags.year or "")
    pairs = [
        ("TITLE", tags.title),
        ("ALBUM", tags.album),
        ("ARTIST", tags.author or UNKNOWN_AUTHOR),
        ("ALBUMARTIST", tags.author or UNKNOWN_AUTHOR),
        ("COMPOSER", "; ".join(tags.voices)),
        ("PERFORMER", "; ".join(tags.voices)),
        ("TRACKNUMBER", str(tags.number)),
        ("TRACKTOTAL", str(tags.count)),
        ("DATE", year[0] if year else None),
        ("GENRE", GENRE),
        ("LANGUAGE", tags.language),
        ("SERIES", tags.series),
        ("SERIES-PART", tags.series_part),
        ("DESCRIPTION", tags.description),
        ("PUBLISHER", tags.publisher),
        ("COMMENT", SYNTHETIC),
        ("LYRICS", tags.text),
        (_MARK, f"{stamp.fingerprint}:{audio_bytes}:{stamp.origin}"),
        (_RECORD, stamp.record),
        (_TIMES, stamp.times),
    ]
    # Half of a surrogate pair has no UTF-8, and a tag is no place to fail on it.
    return [(name, value.encode("utf-8", "replace").decode()) for name, value in pairs if value]


def make_picture(cover: Image) -> Any:
    """Return mutagen's picture block of a cover: the front, with its real size."""
    from mutagen.flac import Picture
    from mutagen.id3 import PictureType
    from PIL import Image as Pictures

    picture = Picture()
    picture.type, picture.mime, picture.data = PictureType.COVER_FRONT, cover.media_type, cover.data
    with Pictures.open(io.BytesIO(cover.data)) as opened:
        picture.width, picture.height = opened.size
    picture.depth = 24
    return picture


def read_comment_mark(
    comments: Mapping[str, list[str]] | None, audio_bytes: int, seconds: float, *, whole: bool
) -> FileMark | None:
    """Return the mark among a file's comments; with `whole`, None where its sound has another size."""
    words = (comments or {}).get(_MARK, [""])[0].split(":")
    if len(words) != 3 or not words[1].isdigit():
        return None
    is_whole = int(words[1]) == audio_bytes and seconds > 0
    if whole and not is_whole:
        return None
    return FileMark(fingerprint=words[0], origin=words[2], seconds=seconds if is_whole else 0.0)


def read_comment_record(comments: Mapping[str, list[str]] | None) -> str | None:
    """Return the record among a file's comments; None where there is none."""
    return (comments or {}).get(_RECORD, [None])[0]


def read_comment_times(comments: Mapping[str, list[str]] | None) -> str | None:
    """Return the times among a file's comments; None where there are none."""
    return (comments or {}).get(_TIMES, [None])[0]
