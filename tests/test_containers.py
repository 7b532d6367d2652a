"""Chapters as Opus, FLAC and AAC: exact lengths, tags that others read, and marks that know a cut file."""

from __future__ import annotations

import base64
import io
import subprocess
from pathlib import Path

import numpy as np
import pytest
from mutagen.flac import FLAC, Picture
from mutagen.oggopus import OggOpus
from PIL import Image as Pictures

from audiobook.audio import CODECS, check_encoder, encode, find_encoder
from audiobook.errors import EncoderError, StorageError
from audiobook.model import Cue, Image, Utterance
from audiobook.publishing import TRACK_FILES, Stamp, Tags, read_mark, read_seconds, read_track, write_tags
from audiobook.publishing.tags import FileMark, write_times
from tests.listening import decode

RATE = 22_050
ENCODER = find_encoder()
CODECS_AND_ENDINGS = [("opus", ".opus"), ("flac", ".flac"), ("aac", ".m4a")]
TAGS = Tags(
    title="Öhrchen ☃",
    album="The Book",
    author="A. Writer; B. Writer",
    voices=("en-gb-x-rp", "en-us+f4"),
    number=3,
    count=12,
    language="en-GB",
    text="“Oh,” she said.\n\nHalf a pair: \ud83d.",
    year="c. 1815 (revised)",
    series="Seas",
    series_part="2",
    description="Of ships.",
    publisher="A House",
)
UTTERANCE = Utterance(paragraph=1, start=0, end=4, kind="narration", speaker="narrator", text="Oh.")
CUES = (Cue(utterance=UTTERANCE, start_s=0.5, end_s=1.0),)
STAMP = Stamp(
    fingerprint="f" * 64, origin="texts", record='{"tags": "\ud83d ☃"}', times=write_times(CUES, RATE)
)


def tone(seconds: float, *, begins_s: float = 0.0, rate: int = RATE) -> bytes:
    """A sine of 735 Hz, after silence."""
    frames, first = round(seconds * rate), round(begins_s * rate)
    samples = 16_000 * np.sin(2 * np.pi * 735 * np.arange(frames) / rate)
    samples[:first] = 0
    return bytes(samples.astype("<i2").tobytes())


def make(path: Path, seconds: float = 3.0, *, rate: int = RATE, begins_s: float = 0.0) -> Path:
    codec = next(name for name, codec in CODECS.items() if codec.suffix == path.suffix)
    data = tone(seconds, begins_s=begins_s, rate=rate)
    encode([data], path, codec=codec, sample_rate=rate, filters="anull", encoder=ENCODER)
    return path


def cover() -> Image:
    out = io.BytesIO()
    noise = np.random.RandomState(1).randint(0, 256, (200, 320, 3), dtype=np.uint8)
    Pictures.fromarray(noise).save(out, "JPEG", quality=95)  # over a page of Ogg
    return Image(data=out.getvalue(), media_type="image/jpeg")


def ffmetadata(path: Path) -> str:
    """What ffmpeg reads of a file's tags and chapters."""
    # In Ogg, tags are the stream's own.
    source = "0:s:0" if path.suffix == ".opus" else "0"
    command = [ENCODER.program, "-loglevel", "error", "-i", str(path), "-map_metadata", source]
    return subprocess.run(
        [*command, "-f", "ffmetadata", "-"], capture_output=True, check=True, text=True
    ).stdout


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "ending"), CODECS_AND_ENDINGS)
@pytest.mark.parametrize(
    ("seconds", "rate"), [(0.01, 22_050), (0.9157, 24_000), (2.0, 44_100), (3.1234, 16_000)]
)
def test_a_file_is_as_long_as_its_samples_whatever_reads_it(
    codec: str, ending: str, seconds: float, rate: int, tmp_path: Path
) -> None:
    frames = round(seconds * rate)
    path = make(tmp_path / f"a{ending}", seconds, rate=rate)
    own = 48_000 if codec == "opus" else 44_100
    assert abs(read_seconds(path) - frames / rate) <= 1 / own
    before = decode(path, own)
    assert len(before) == round(read_seconds(path) * own)
    write_tags(path, TAGS, STAMP, cover())
    assert read_seconds(path) == len(before) / own
    assert np.array_equal(decode(path, own), before)


@pytest.mark.parametrize("ending", [".opus", ".flac"])
def test_tags_are_what_players_read(ending: str, tmp_path: Path) -> None:
    path = make(tmp_path / f"a{ending}")
    picture = cover()
    write_tags(path, TAGS, STAMP, picture)
    opened = FLAC(path) if ending == ".flac" else OggOpus(path)
    shown = {key: value for key, (value,) in opened.tags.as_dict().items() if not key.startswith("narrate")}
    block = shown.pop("metadata_block_picture", "")
    found = opened.pictures[0] if ending == ".flac" else Picture(base64.b64decode(block))
    assert (found.type, found.mime, found.data) == (3, "image/jpeg", picture.data)
    assert (found.width, found.height) == (320, 200)
    assert shown == {
        "title": "Öhrchen ☃",
        "album": "The Book",
        "artist": "A. Writer; B. Writer",
        "albumartist": "A. Writer; B. Writer",
        "composer": "en-gb-x-rp; en-us+f4",
        "performer": "en-gb-x-rp; en-us+f4",
        "tracknumber": "3",
        "tracktotal": "12",
        "date": "1815",
        "genre": "Audiobook",
        "language": "en-GB",
        "series": "Seas",
        "series-part": "2",
        "description": "Of ships.",
        "publisher": "A House",
        "comment": "Read by synthetic voices: the speech was made by a computer (narrate).",
        "lyrics": "“Oh,” she said.\n\nHalf a pair: ?.",
    }
    read = ffmetadata(path)
    for line in ("title=Öhrchen ☃", "SERIES=Seas", "SERIES-PART=2", "track=3"):
        assert line.casefold() in read.casefold()


@pytest.mark.parametrize(("codec", "ending"), CODECS_AND_ENDINGS)
def test_what_a_file_was_made_of_comes_back(codec: str, ending: str, tmp_path: Path) -> None:
    path = make(tmp_path / f"a{ending}")
    assert read_mark(path) is None, codec  # whole, and not ours yet
    write_tags(path, TAGS, STAMP)
    assert read_mark(path) == FileMark(fingerprint="f" * 64, origin="texts", seconds=read_seconds(path))
    assert TRACK_FILES[ending].read_times_text(path) == STAMP.times
    record = TRACK_FILES[ending].read_record_text(path)
    assert record is not None
    assert "☃" in record
    track = read_track(path, "A title", 3, [UTTERANCE])
    assert (track.seconds, track.cues) == (read_seconds(path), CUES)


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "ending"), CODECS_AND_ENDINGS)
@pytest.mark.parametrize("damage", ["end", "half", "more", "head", "nothing", "text"])
def test_a_cut_or_foreign_file_is_not_whole(codec: str, ending: str, damage: str, tmp_path: Path) -> None:
    path = make(tmp_path / f"a{ending}")
    write_tags(path, TAGS, STAMP)
    data = path.read_bytes()
    damaged = {
        "end": data[:-1],
        "half": data[: len(data) // 2 + 1000],
        "more": data + b"\0" * 100,
        "head": data[:20],
        "nothing": b"",
        "text": b"This is no sound at all. " * 400,
    }
    path.write_bytes(damaged[damage])
    assert read_mark(path) is None, codec
    with pytest.raises(StorageError, match="run narrate again"):
        read_track(path, "A title", 3, [UTTERANCE])
    if damage == "end" and codec != "aac":  # a part's stamp lies at its end
        kept = read_mark(path, whole=False)
        assert kept is not None
        assert (kept.fingerprint, kept.origin) == (STAMP.fingerprint, "texts")


@pytest.mark.parametrize(("codec", "ending"), CODECS_AND_ENDINGS)
def test_a_file_without_a_length_is_refused(codec: str, ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{ending}"
    path.write_bytes(b"This is no sound at all. " * 400)
    with pytest.raises(StorageError, match=r"as narrate makes"):
        read_seconds(path)
    with pytest.raises(StorageError):
        read_seconds(tmp_path / f"{codec}{ending}")


@pytest.mark.parametrize(("codec", "ending"), CODECS_AND_ENDINGS)
def test_equal_sound_and_tags_are_equal_bytes(codec: str, ending: str, tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        path = make(tmp_path / f"{name}{ending}")
        write_tags(path, TAGS, STAMP, cover() if codec == "aac" else None)
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_opus_tags_longer_than_many_pages_leave_the_sound_whole(tmp_path: Path) -> None:
    path = make(tmp_path / "a.opus")
    before = decode(path, 48_000)
    big = Image(data=cover().data + bytes(500_000), media_type="image/jpeg")
    write_tags(path, TAGS, STAMP, big)
    assert path.stat().st_size > 660_000
    assert read_mark(path) is not None
    assert np.array_equal(decode(path, 48_000), before)


@pytest.mark.parametrize("codec", sorted(CODECS))
def test_an_encoder_that_lacks_a_codec_is_named_before_the_work(codec: str, tmp_path: Path) -> None:
    check_encoder(ENCODER, codec)
    lacking = tmp_path / "ffmpeg"
    lacking.write_text(f"#!/bin/sh\necho \"Unknown encoder '{codec}'\" >&2\nexit 8\n")
    lacking.chmod(0o755)
    with pytest.raises(EncoderError, match="Unknown encoder"):
        check_encoder(type(ENCODER)(program=str(lacking), version="none"), codec)
