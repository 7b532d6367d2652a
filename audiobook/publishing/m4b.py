"""M4B: a whole book in one file, joined of its chapters' AAC by ffmpeg without encoding them again.

Each part begins with the encoder's priming and ends in a filled-up frame, which a join by lengths leaves
out of account, up to 46 ms a chapter.  So ffmpeg is told each part's length in whole frames: all follow each
other, as every player decodes them, and a chapter begins at the sample where its own sound does.  There is
one edit for the whole file (the first part's priming), since many players heed no more; the others' priming
and filling stays between chapters, 23 to 46 ms of silence.

`moov` lies before the sound, so that a player on the net begins at once.  The chapters are there twice: as
a QuickTime text track (Apple, ffmpeg), and as Nero's `chpl` (most others).
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path

from audiobook.audio import run_ffmpeg
from audiobook.errors import StorageError
from audiobook.model import Release
from audiobook.publishing import m4a
from audiobook.publishing.itunes import Atoms, count_bytes, list_atoms, read_atom_mark
from audiobook.publishing.mp4 import PRIMING, count_samples, count_seconds, open_mp4
from audiobook.publishing.tags import language_code
from audiobook.scratch import open_scratch

_KIND = "an M4B"

_FRAME = 1024
"""Samples in each frame of AAC-LC (ISO/IEC 14496-3)."""

_MICROSECONDS = 1_000_000

_MOST_CHPL, _LONGEST_CHPL_BYTES = 255, 255
"""Nero's list counts chapters, and the bytes of a title, in a byte; the text track holds them all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where the chapters are among all the frames, in samples of the book as it plays.

    `starts` are where they begin; the last one's sound ends at `end`, and its frames at `frames_end`.
    """

    rate: int
    titles: tuple[str, ...]
    starts: tuple[int, ...]
    end: int
    frames_end: int


def write(release: Release, path: Path, *, mark: str, ffmpeg: str) -> None:
    """Join a release whose tracks are parts (`m4a.py`) into an unfinished file at `path`.

    Raises `StorageError` or `EncoderError`.
    """
    layout = _lay_out(release)
    atoms = list_atoms(release, mark)
    language = language_code(release.book.language)
    with open_scratch() as folder:
        parts, chapters = folder / "parts", folder / "chapters"
        parts.write_bytes(_list_parts(release, layout))
        chapters.write_bytes(_list_chapters(layout, room=count_bytes(atoms)))
        command = ["-xerror", "-f", "concat", "-safe", "0", "-i", str(parts)]
        command += ["-f", "ffmetadata", "-i", str(chapters), "-map_metadata", "1", "-map_chapters", "1"]
        command += ["-map", "0:a", "-c", "copy", "-metadata:s:a:0", f"language={language}"]
        # What lies before 0 after -copyts, the priming, becomes the edit list.
        command += ["-copyts", "-movie_timescale", str(layout.rate), "-movflags", "+faststart"]
        run_ffmpeg(ffmpeg, [*command, "-brand", "M4B ", "-f", "ipod"], path)
    try:
        _mend_nero_list(path, layout.titles[:_MOST_CHPL])
    except OSError as error:
        raise StorageError(f"{path.parent}: can't be written: {error.strerror}") from error
    _write_atoms(path, atoms, layout.end)


def _lay_out(release: Release) -> _Layout:
    infos = [open_mp4(Path(track.path), m4a.KIND).info for track in release.tracks]
    if len({(info.codec, info.sample_rate, info.channels) for info in infos}) != 1:
        raise StorageError(f"{release.book.title}: its parts were not all encoded alike; run narrate --force")
    samples = [count_samples(info) for info in infos]
    frames = [-(-(PRIMING + count) // _FRAME) for count in samples]
    *starts, frames_end = accumulate((count * _FRAME for count in frames), initial=0)
    return _Layout(
        rate=infos[0].sample_rate,
        titles=tuple(_spell_title(track.title) for track in release.tracks),
        starts=tuple(starts),
        end=starts[-1] + samples[-1],
        frames_end=frames_end,
    )


def _spell_title(title: str) -> str:
    """Return a title without what can't be told to ffmpeg: half of a surrogate pair, a backslash as the end.

    It takes even an escaped backslash for the sign that the line goes on.
    """
    spelled = title.encode("utf-8", "replace").decode()
    return f"{spelled} " if spelled.endswith("\\") else spelled


def _list_parts(release: Release, layout: _Layout) -> bytes:
    """List the parts for ffmpeg's concat demuxer, each as long as its frames.

    It adds up whole microseconds.  Each part ends at the one nearest to where its frames do, so that what is
    rounded does not add up, and is less than the half of a sample that ffmpeg rounds back by.
    """
    ends = (round(end * _MICROSECONDS / layout.rate) for end in (*layout.starts, layout.frames_end))
    lines = [b"ffconcat version 1.0"]
    for track, (start, end) in zip(release.tracks, pairwise(ends), strict=True):
        name = os.fsencode(Path(track.path).absolute()).replace(b"'", rb"'\''")
        lines += [b"file 'file:%s'" % name, b"duration %.6f" % ((end - start) / _MICROSECONDS)]
    return b"\n".join([*lines, b""])


def _list_chapters(layout: _Layout, *, room: int) -> bytes:
    """List the chapters as ffmpeg's metadata, behind a comment that keeps room for the tags.

    So that mutagen, which writes them, has no need to move the sound.
    """
    lines = [";FFMETADATA1", "comment=" + "-" * room]
    spans = pairwise((*layout.starts, layout.end))
    for title, (start, end) in zip(layout.titles, spans, strict=True):
        escaped = re.sub(r"([=;#\\\n\r])", r"\\\1", title)
        lines += [
            "[CHAPTER]",
            f"TIMEBASE=1/{layout.rate}",
            f"START={start}",
            f"END={end}",
            f"title={escaped}",
        ]
    return "\n".join([*lines, ""]).encode()


def _mend_nero_list(path: Path, titles: Sequence[str]) -> None:
    """Cut Nero's titles at whole letters.

    ffmpeg cuts them at bytes, and mutagen opens no file with half a letter.  Raises `OSError`.
    """
    written = [title.encode()[:_LONGEST_CHPL_BYTES] for title in titles]
    whole = [title.decode(errors="ignore").encode() for title in written]
    if whole == written:
        return
    size = 17 + sum(9 + len(title) for title in written)
    head = struct.pack(">I4sIIB", size, b"chpl", 1 << 24, 0, len(titles))
    with path.open("r+b") as file:
        moov = int.from_bytes(file.read(4))
        file.seek(moov)
        tables = file.read(int.from_bytes(file.read(4)))
        found = tables.find(head)
        if found < 0:
            raise StorageError(f"{path.name}: this ffmpeg lists chapters in another way; use the bundled one")
        position = found + len(head)
        file.seek(moov + 4 + position)
        entries = b""
        for cut, title in zip(written, whole, strict=True):
            entries += tables[position : position + 8] + bytes([len(title)]) + title
            position += 9 + len(cut)
        file.write(entries.ljust(size - len(head), b"\0"))


def _write_atoms(path: Path, atoms: Atoms, samples: int) -> None:
    """Write the tags where room was kept for them, once the sound is known to be all there."""
    from mutagen import MutagenError

    book = open_mp4(path, _KIND)
    joined = count_samples(book.info)
    if joined != samples:
        raise StorageError(f"{path.parent}: ffmpeg joined {joined} samples of {samples}; run narrate again")
    try:
        for key, values in atoms.items():
            book.tags[key] = values
        book.save(padding=lambda info: max(info.padding, 0))
    except (MutagenError, OSError) as error:
        raise StorageError(f"{path.parent}: the tags could not be written: {error}") from error


def read_mark(path: Path) -> str | None:
    """Return the mark of a file that narrate made; None where it is missing, cut or foreign."""
    try:
        return read_atom_mark(open_mp4(path, _KIND).tags or {})
    except StorageError:
        return None


def read_seconds(path: Path) -> float:
    """Return how long a file plays.  Raises `StorageError` where it does not tell."""
    return count_seconds(open_mp4(path, _KIND).info)
