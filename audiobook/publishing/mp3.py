"""An MP3's tags, as players read them, and the mark by which narrate knows its own files.

ID3v2.3, since old players read no other; the frames are those that Audiobookshelf's scanner looks for.
A story of one chapter has its own title as the track's too: Audiobookshelf then shows the file's name
("01 - Echo Chamber"), and every other player the title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from audiobook.errors import StorageError
from audiobook.model import Image
from audiobook.publishing.mp3_times import timed_frames
from audiobook.publishing.tags import GENRE, SYNTHETIC, UNKNOWN_AUTHOR, FileMark, Stamp, Tags, language_code

_MARK = "narrate"
_TIMES = "narrate times"

SAMPLE_RATE = 44_100
"""What every MP3 of narrate has; its length is counted in these."""

_FIRST_FRAME_BYTES = 2048
_SAMPLES_PER_FRAME = 1152
_PADDING_OFFSET = 141
"""From the letters "Info": 120 bytes of flags, counts, seek table and quality, then 21 of LAME's tag."""


def write_tags(path: Path, tags: Tags, stamp: Stamp, cover: Image | None = None) -> None:
    """Write tags, stamp and picture into an untagged MP3.  Raises `StorageError` where that fails."""
    from mutagen import MutagenError
    from mutagen.id3 import APIC, ID3, PRIV, PictureType

    try:
        id3 = ID3()
        for frame in _frames(tags, f"{stamp.fingerprint}:{path.stat().st_size}:{stamp.origin}"):
            id3.add(frame)
        for frame in timed_frames(tags, stamp):
            id3.add(frame)
        id3.add(PRIV(owner=_MARK, data=stamp.record.encode("utf-8", "surrogatepass")))
        id3.add(PRIV(owner=_TIMES, data=stamp.times.encode()))
        if cover is not None:
            front = PictureType.COVER_FRONT
            id3.add(APIC(encoding=0, mime=cover.media_type, type=front, desc="", data=cover.data))
        id3.update_to_v23()
        id3.save(path, v1=0, v2_version=3, v23_sep="; ", padding=lambda _info: 0)
    except (MutagenError, OSError) as error:
        raise StorageError(f"{path.parent}: the tags could not be written: {error}") from error


def _frames(tags: Tags, mark: str) -> Sequence[object]:
    from mutagen import id3

    utf16 = id3.Encoding.UTF16
    code = language_code(tags.language)
    frames: list[object] = [
        id3.TIT2(encoding=utf16, text=[tags.title]),
        id3.TALB(encoding=utf16, text=[tags.album]),
        id3.TPE1(encoding=utf16, text=[tags.author or UNKNOWN_AUTHOR]),
        id3.TCOM(encoding=utf16, text=["; ".join(tags.voices)]),
        id3.TRCK(encoding=utf16, text=[f"{tags.number}/{tags.count}"]),
        id3.TCON(encoding=utf16, text=[GENRE]),
        id3.TLAN(encoding=utf16, text=[code]),
        id3.COMM(encoding=utf16, lang="eng", desc="", text=[SYNTHETIC]),
        id3.USLT(encoding=utf16, lang=code, desc="", text=tags.text),
        id3.TXXX(encoding=utf16, desc=_MARK, text=[mark]),
        id3.TXXX(encoding=utf16, desc="language", text=[tags.language]),
    ]
    year = re.search(r"\d{4}", tags.year or "")
    if year:
        frames.append(id3.TDRC(encoding=utf16, text=[year[0]]))
    if tags.publisher:
        frames.append(id3.TPUB(encoding=utf16, text=[tags.publisher]))
    for desc, value in (
        ("series", tags.series),
        ("series-part", tags.series_part),
        ("description", tags.description),
    ):
        if value:
            frames.append(id3.TXXX(encoding=utf16, desc=desc, text=[value]))
    return frames


def read_mark(path: Path, *, whole: bool = True) -> FileMark | None:
    """Return the mark of a file that narrate made; None where it is missing or foreign.

    With `whole`, also None where the file is not as long as when it was made, or its sound's header
    is damaged.
    """
    from mutagen import MutagenError
    from mutagen.id3 import ID3, TXXX

    try:
        # Only the mark's kind of frame is decoded: a novel's whole text takes mutagen a second.
        id3 = ID3(path, known_frames={"TXXX": TXXX}, load_v1=False)
        frames = id3.getall(f"TXXX:{_MARK}")
        fingerprint, audio_bytes, origin = str(frames[0]).split(":") if frames else ("", "", "")
        if not audio_bytes.isdigit():
            return None
        is_whole = path.stat().st_size == id3.size + int(audio_bytes)
        seconds = read_seconds(path, audio_start=id3.size) if whole and is_whole else 0.0
    except (MutagenError, StorageError, OSError, ValueError):
        return None
    return (
        FileMark(fingerprint=fingerprint, origin=origin, seconds=seconds) if is_whole or not whole else None
    )


def read_record_text(path: Path) -> str | None:
    """Return the record that `write_tags` left in a file; None where there is none."""
    return _read_private(path, _MARK)


def read_times_text(path: Path) -> str | None:
    """Return what `write_tags` left in a file of where its words sound; None where there is nothing."""
    return _read_private(path, _TIMES)


def _read_private(path: Path, owner: str) -> str | None:
    from mutagen import MutagenError
    from mutagen.id3 import ID3, PRIV

    try:
        frames = ID3(path, known_frames={"PRIV": PRIV}, load_v1=False).getall("PRIV")
    except (MutagenError, OSError):
        return None
    return next((f.data.decode("utf-8", "surrogatepass") for f in frames if f.owner == owner), None)


def read_seconds(path: Path, *, audio_start: int = 0) -> float:
    """Return an MP3's length to the sample, by the header that ffmpeg writes into its first frame.

    Format: "MP3 Info Tag rev 1 specifications" (http://gabriel.mp3-tech.org/mp3infotag.html): frames,
    and the samples that the encoder put before and after the sound.  (mutagen reads these only where
    LAME signed the header itself.)  `audio_start` is the size of the tag before it.
    Raises `StorageError` where the file is gone or has no such header.
    """
    try:
        with path.open("rb") as file:
            file.seek(audio_start)
            frame = file.read(_FIRST_FRAME_BYTES)
    except OSError as error:
        raise StorageError(f"{path}: can't be read: {error.strerror}") from error
    header = frame.find(b"Info")
    if frame[:1] != b"\xff" or header < 0 or len(frame) < header + _PADDING_OFFSET + 3:
        raise StorageError(f"{path}: not an MP3 as narrate makes them: its length is not written in it")
    frames = int.from_bytes(frame[header + 8 : header + 12])
    padding = int.from_bytes(frame[header + _PADDING_OFFSET : header + _PADDING_OFFSET + 3])
    samples = frames * _SAMPLES_PER_FRAME - (padding >> 12) - (padding & 0xFFF)
    return samples / SAMPLE_RATE
