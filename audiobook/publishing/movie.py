"""The tables of an M4B (`moov`): a track of sound, a track of chapters' titles, and Nero's list of them.

Formats: ISO/IEC 14496-12 and -14; Apple's "QuickTime File Format" on chapter lists and text media.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from audiobook.publishing.m4a import FRAME, Part
from audiobook.publishing.mp4 import box, full_box

_CHUNK_FRAMES = 43
"""A second: what a player reads at once."""

_MOST_CHPL = 255
"""Nero's list counts its chapters in a byte; the text track holds them all."""

_LONGEST_CHPL_BYTES = 255
_LONGEST_TITLE_BYTES = 4096
_TICKS = 10_000_000
"""A second of Nero's, whose times are in 100 ns."""

_SOUND, _TEXT = 1, 2
_ENABLED = 3
_MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
_UTF8 = struct.pack(">I4sI", 12, b"encd", 0x100)
"""Behind each text: that it is UTF-8."""

_TEXT_LOOK = struct.pack(">6xHIi6x8x8xHH3x6xx", 1, 0, 1, 0, 0)
"""How QuickTime would draw the titles, if it did."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A chapter's title, and where it sounds, in samples of the file as it plays."""

    title: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """All that the tables are written of; the titles lie before the sound.

    `is_long` says that the file needs offsets of 64 bits.
    """

    parts: tuple[Part, ...]
    sections: tuple[Section, ...]
    language: str
    is_long: bool

    @property
    def rate(self) -> int:
        """Samples a second."""
        return self.parts[0].rate

    @property
    def samples(self) -> int:
        """The file's length as it plays."""
        return self.sections[-1].end

    @property
    def texts(self) -> list[bytes]:
        """The titles as the text track holds them."""
        titles = (_cut(section.title, _LONGEST_TITLE_BYTES) for section in self.sections)
        return [struct.pack(">H", len(title)) + title + _UTF8 for title in titles]


def write_movie(layout: Layout, atoms: bytes, start: int) -> bytes:
    """Build the `moov` of a file whose sound, with the titles before it, begins at `start`.

    `atoms` are its tags.  It is as long for every `start`.
    """
    ids = struct.pack(">I", _TEXT + 1)
    header = struct.pack(">IH10x", 0x10000, 0x100) + _MATRIX + bytes(24) + ids
    return box(
        b"moov",
        _timed(b"mvhd", struct.pack(">I", layout.rate), layout.samples, header),
        _sound_track(layout, start + sum(map(len, layout.texts))),
        _text_track(layout, start),
        box(b"udta", atoms, _nero_list(layout)),
    )


def _timed(kind: bytes, before: bytes, length: int, after: bytes, *, flags: int = 0) -> bytes:
    """Build a header box with a length, without dates: in 64 bits from 27 hours on."""
    is_long = length >= 1 << 32
    dates, packed = bytes(16 if is_long else 8), struct.pack(">Q" if is_long else ">I", length)
    return full_box(kind, dates, before, packed, after, version=int(is_long), flags=flags)


def _track(layout: Layout, number: int, *, volume: int, flags: int) -> bytes:
    after = struct.pack(">8xHHHH", 0, number if number == _TEXT else 0, volume, 0) + _MATRIX + bytes(8)
    return _timed(b"tkhd", struct.pack(">II", number, 0), layout.samples, after, flags=flags)


def _media(layout: Layout, length: int, handler: bytes, *information: bytes) -> bytes:
    code = 0
    for letter in layout.language:
        code = code << 5 | ord(letter) - 0x60
    head = _timed(b"mdhd", struct.pack(">I", layout.rate), length, struct.pack(">HH", code, 0))
    reference = full_box(b"dref", struct.pack(">I", 1), full_box(b"url ", flags=1))
    media, *tables = information
    return box(
        b"mdia",
        head,
        full_box(b"hdlr", struct.pack(">I4s13x", 0, handler)),
        box(b"minf", media, box(b"dinf", reference), box(b"stbl", *tables)),
    )


def _sound_track(layout: Layout, start: int) -> bytes:
    parts = layout.parts
    frames, priming = sum(part.frames for part in parts), parts[0].priming
    media_length = priming + layout.samples
    edit = struct.pack(">IQqI" if layout.samples >= 1 << 32 else ">IIiI", 1, layout.samples, priming, 0x10000)
    runs = [(frames - 1, FRAME), (1, media_length - (frames - 1) * FRAME)]
    return box(
        b"trak",
        _track(layout, _SOUND, volume=0x100, flags=_ENABLED),
        box(b"edts", full_box(b"elst", edit, version=int(layout.samples >= 1 << 32))),
        box(b"tref", box(b"chap", struct.pack(">I", _TEXT))),
        _media(
            layout,
            media_length,
            b"soun",
            full_box(b"smhd", bytes(4)),
            full_box(b"stsd", struct.pack(">I", 1), _sound_description(layout)),
            _durations(runs),
            _chunks([_part_chunks(part) for part in parts]),
            full_box(b"stsz", struct.pack(">II", 0, frames), *(part.sizes for part in parts)),
            _offsets(layout, start),
            # What a decoder must hear before a frame comes out right: the one before it.
            full_box(b"sgpd", struct.pack(">4sIIh", b"roll", 2, 1, -1), version=1),
            full_box(b"sbgp", struct.pack(">4sIII", b"roll", 1, frames, 1)),
        ),
    )


def _sound_description(layout: Layout) -> bytes:
    """Build the description of AAC in mono, with the bit rate on average."""
    config = layout.parts[0].config
    size = sum(part.end - part.start for part in layout.parts)
    rate = size * 8 * layout.rate // max(layout.samples, 1)
    # AAC (0x40) as a stream of sound (0x15); then, after the config, that MP4's usual way holds.
    decoder = struct.pack(">BB3xII", 0x40, 0x15, rate, rate) + _descriptor(5, config)
    stream = struct.pack(">HB", 0, 0) + _descriptor(4, decoder) + _descriptor(6, b"\x02")
    entry = struct.pack(">6xH8xHHHHI", 1, 1, 16, 0, 0, layout.rate << 16)
    return box(b"mp4a", entry, full_box(b"esds", _descriptor(3, stream)))


def _descriptor(tag: int, content: bytes) -> bytes:
    return bytes([tag, len(content)]) + content


def _text_track(layout: Layout, start: int) -> bytes:
    texts = layout.texts
    sizes = struct.pack(f">II{len(texts)}I", 0, len(texts), *map(len, texts))
    number = ">IQ" if layout.is_long else ">II"
    gray = struct.pack(">HHHHHH", 0x40, 0x8000, 0x8000, 0x8000, 0, 0)
    return box(
        b"trak",
        # Not enabled: it is there for the chapters, not to be shown.
        _track(layout, _TEXT, volume=0, flags=0),
        _media(
            layout,
            layout.samples,
            b"text",
            box(b"gmhd", full_box(b"gmin", gray), box(b"text", _MATRIX)),
            full_box(b"stsd", struct.pack(">I", 1), box(b"text", _TEXT_LOOK)),
            _durations([(1, section.end - section.start) for section in layout.sections]),
            _chunks([[(1, len(texts))]]),
            full_box(b"stsz", sizes),
            full_box(b"co64" if layout.is_long else b"stco", struct.pack(number, 1, start)),
        ),
    )


def _durations(runs: Sequence[tuple[int, int]]) -> bytes:
    return full_box(
        b"stts", struct.pack(">I", len(runs)), *(struct.pack(">II", count, each) for count, each in runs)
    )


def _part_chunks(part: Part) -> list[tuple[int, int]]:
    """Count a part's chunks, and the frames in each: all alike but for its last."""
    full, rest = divmod(part.frames, _CHUNK_FRAMES)
    return [pair for pair in ((full, _CHUNK_FRAMES), (1, rest)) if all(pair)]


def _chunks(runs: Sequence[Sequence[tuple[int, int]]]) -> bytes:
    """Say from which chunk on there are how many samples in each."""
    entries, chunk = [], 1
    flat = (pair for run in runs for pair in run)
    for samples, group in groupby(flat, key=lambda pair: pair[1]):
        entries.append(struct.pack(">III", chunk, samples, 1))
        chunk += sum(count for count, _ in group)
    return full_box(b"stsc", struct.pack(">I", len(entries)), *entries)


def _offsets(layout: Layout, start: int) -> bytes:
    """Say where each chunk of sound lies."""
    import numpy as np

    found = []
    for part in layout.parts:
        sizes = np.frombuffer(part.sizes, dtype=">u4").astype(np.int64)
        found.append(start + np.concatenate(([0], np.cumsum(sizes)[:-1]))[::_CHUNK_FRAMES])
        start += part.end - part.start
    offsets = np.concatenate(found).astype(">u8" if layout.is_long else ">u4")
    count = struct.pack(">I", len(offsets))
    return full_box(b"co64" if layout.is_long else b"stco", count, offsets.tobytes())


def _nero_list(layout: Layout) -> bytes:
    sections = layout.sections[:_MOST_CHPL]
    entries = []
    for section in sections:
        title = _cut(section.title, _LONGEST_CHPL_BYTES)
        ticks = (section.start * _TICKS + layout.rate // 2) // layout.rate
        entries.append(struct.pack(">QB", ticks, len(title)) + title)
    return full_box(b"chpl", struct.pack(">IB", 0, len(sections)), *entries, version=1)


def _cut(title: str, longest_bytes: int) -> bytes:
    """Return as much of a title as there is room for, in whole letters of UTF-8."""
    data = title.encode("utf-8", "replace")
    return data if len(data) <= longest_bytes else data[:longest_bytes].decode(errors="ignore").encode()
