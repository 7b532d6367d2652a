"""The whole book in one file: chapters true to the sound, in both kinds, with tags that players read."""

from __future__ import annotations

import json
import os
import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mutagen.mp4 import MP4, Atoms

from audiobook.audio import find_encoder
from audiobook.errors import EncoderError, StorageError
from audiobook.model import Book, Cast, Image, Release, Track
from audiobook.publishing import m4b, read_seconds
from audiobook.publishing.itunes import find_asin, find_isbn
from tests.listening import decode
from tests.test_containers import cover, ffmetadata, make

ENCODER = find_encoder()
RATE_OUT = 44_100
BEGINS_S = 0.1
BOOK = Book(
    name="book",
    source="book.epub",
    text="",
    title="The Böök; or, a = b",
    author="A. Writer; B. Writer",
    language="en-GB",
    year="1815-03",
    series="Seas",
    series_part="2",
    description="Of ships. " * 40,
    publisher="A House",
    identifiers=("https://example.org/1", "urn:isbn:978-0-306-40615-7", "B00ABCDEFG"),
    chapters=(),
)
LENGTHS_S = (0.7, 1.0, 1.2345, 0.9999, 0.5, 0.81, 1.1)


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Parts of odd lengths; the tone of each begins a tenth of a second after its start."""
    folder = tmp_path_factory.mktemp("parts")
    return [make(folder / f"{s}.m4a", s, begins_s=BEGINS_S) for s in LENGTHS_S]


def release(paths: Sequence[Path], picture: Image | None = None, titles: Sequence[str] = ()) -> Release:
    tracks = (
        Track(
            path=str(path),
            title=titles[number - 1] if titles else f"{number}. Ünï = ; # \\ 章",
            chapter=number,
            seconds=read_seconds(path),
            cues=(),
        )
        for number, path in enumerate(paths, 1)
    )
    return Release(
        book=BOOK, cast=Cast(roles=()), tracks=tuple(tracks), voices=("low", "David, Z"), cover=picture
    )


def write(release_: Release, path: Path) -> Path:
    m4b.write(release_, path, mark="abc:texts", ffmpeg=ENCODER.program)
    return path


def chapters_of(path: Path) -> list[tuple[str, float]]:
    """The chapters as ffmpeg sees them: titles, and seconds to the sample."""
    pattern = r"\[CHAPTER\]\nTIMEBASE=1/(\d+)\nSTART=(\d+)\nEND=\d+\ntitle=(.*)"
    found = re.findall(pattern, ffmetadata(path))
    return [(re.sub(r"\\(.)", r"\1", title), int(start) / int(base)) for base, start, title in found]


def hide(path: Path, name: bytes) -> Path:
    """Call a box something else, so that no reader finds it."""
    data = path.read_bytes()
    assert data.count(name) == 1
    hidden = path.with_name(f"without {name.decode()}.m4b")
    hidden.write_bytes(data.replace(name, b"free"))
    return hidden


@pytest.mark.slow
def test_sixty_chapters_begin_where_their_sound_does(parts: list[Path], tmp_path: Path) -> None:
    path = write(release([parts[n % len(parts)] for n in range(60)]), tmp_path / "book.m4b")
    samples = np.abs(decode(path))
    assert len(samples) == round(m4b.read_seconds(path) * RATE_OUT)
    starts = [start for _, start in chapters_of(path)]
    assert len(starts) == 60
    for number, start in enumerate(starts):
        first = round(start * RATE_OUT)
        loud = np.flatnonzero(samples[first : first + RATE_OUT // 2] > 0.25)
        assert abs(loud[0] / RATE_OUT - BEGINS_S) < 0.001, number
        # Before it, and between it and the last, is nothing.
        assert samples[first : first + round((BEGINS_S - 0.03) * RATE_OUT)].max() < 0.01


def test_the_sound_of_each_part_is_in_the_book_to_the_sample(parts: list[Path], tmp_path: Path) -> None:
    path = write(release(parts), tmp_path / "book.m4b")
    whole = decode(path)
    for part, (_, start) in zip(parts, chapters_of(path), strict=True):
        alone = decode(part)
        first = round(start * RATE_OUT)
        # Noise that AAC only describes comes out differently each time, 70 dB down.
        assert np.allclose(whole[first + 1024 : first + len(alone) - 1024], alone[1024:-1024], atol=1e-3)


def test_both_kinds_of_chapters_say_the_same(parts: list[Path], tmp_path: Path) -> None:
    path = write(release(parts), tmp_path / "book.m4b")
    all_chapters = chapters_of(path)
    assert [title for title, _ in all_chapters] == [f"{n}. Ünï = ; # \\ 章" for n in range(1, 8)]
    text_track, nero = chapters_of(hide(path, b"chpl")), chapters_of(hide(path, b"chap"))
    assert text_track == all_chapters
    assert [title for title, _ in nero] == [title for title, _ in all_chapters]
    assert all(abs(a[1] - b[1]) < 2e-6 for a, b in zip(nero, all_chapters, strict=True))
    by_mutagen = [(chapter.title, chapter.start) for chapter in MP4(path).chapters]
    assert [title for title, _ in by_mutagen] == [title for title, _ in all_chapters]
    assert all(abs(a[1] - b[1]) < 0.001 for a, b in zip(by_mutagen, all_chapters, strict=True))


@pytest.mark.slow
def test_more_chapters_and_longer_titles_than_nero_counts(parts: list[Path], tmp_path: Path) -> None:
    titles = [f"{n} " + "章" * 200 for n in range(300)]
    path = write(release([parts[4]] * 300, titles=titles), tmp_path / "book.m4b")
    found = chapters_of(path)
    assert len(found) == 300
    assert found[-1][0] == titles[-1]
    nero = MP4(path).chapters
    assert len(nero) == 255
    assert nero[9].title == "9 " + "章" * 84  # whole letters only: 254 bytes
    assert decode(path).shape[0] == round(m4b.read_seconds(path) * RATE_OUT)


def test_tags_are_what_players_read(parts: list[Path], tmp_path: Path) -> None:
    picture = cover()
    path = write(release(parts[:2], picture), tmp_path / "book.m4b")
    tags = MP4(path).tags
    assert {key: tags[key] for key in tags if not key.startswith(("----", "covr"))} == {
        "©nam": ["The Böök; or, a = b"],
        "©alb": ["The Böök; or, a = b"],
        "©ART": ["A. Writer; B. Writer"],
        "aART": ["A. Writer; B. Writer"],
        "©wrt": ["low; David, Z"],
        "©nrt": ["low; David, Z"],
        "©day": ["1815"],
        "©gen": ["Audiobook"],
        "©cmt": ["Read by synthetic voices: the speech was made by a computer (narrate)."],
        "desc": [BOOK.description[:255] if BOOK.description else ""],
        "ldes": [BOOK.description],
        "©pub": ["A House"],
        "©mvn": ["Seas"],
        "©mvi": [2],
        "stik": [2],
        "pgap": True,
    }
    freeform = {
        key.rpartition(":")[2]: bytes(tags[key][0]).decode() for key in tags if key.startswith("----")
    }
    assert freeform == {
        "NARRATOR": "low; David, Z",
        "SERIES": "Seas",
        "SERIES-PART": "2",
        "PUBLISHER": "A House",
        "LANGUAGE": "en-GB",
        "ISBN": "9780306406157",
        "ASIN": "B00ABCDEFG",
        "mark": "abc:texts",
    }
    assert bytes(tags["covr"][0]) == picture.data
    # What Audiobookshelf looks for in what ffprobe prints, which is what ffmpeg reads.
    read = ffmetadata(path)
    for line in ("title=The Böök\\; or, a \\= b", "composer=low\\; David, Z", "SERIES=Seas", "SERIES-PART=2"):
        assert f"\n{line}\n" in read
    for line in ("ISBN=9780306406157", "ASIN=B00ABCDEFG", "LANGUAGE=en-GB", "PUBLISHER=A House", "date=1815"):
        assert f"\n{line}\n" in read


@pytest.mark.slow
def test_ffprobe_reads_the_book_as_audiobookshelf_does(parts: list[Path], tmp_path: Path) -> None:
    ffprobe = shutil.which("ffprobe")
    if ffprobe is None:
        pytest.skip("there is no ffprobe here (imageio-ffmpeg brings none): apt-get install ffmpeg")
    path = write(release(parts, cover()), tmp_path / "book.m4b")
    command = [ffprobe, "-v", "error", "-print_format", "json", "-show_format", "-show_streams"]
    done = subprocess.run([*command, "-show_chapters", str(path)], capture_output=True, check=True)
    found = json.loads(done.stdout)
    assert [chapter["tags"]["title"] for chapter in found["chapters"]] == [t for t, _ in chapters_of(path)]
    sound = next(stream for stream in found["streams"] if stream["codec_type"] == "audio")
    assert (sound["codec_name"], sound["channels"], sound["tags"]["language"]) == ("aac", 1, "eng")
    assert abs(float(found["format"]["duration"]) - m4b.read_seconds(path)) < 0.001
    assert found["format"]["tags"]["SERIES"] == "Seas"


def test_the_tables_come_first_and_other_programs_may_tag_it(parts: list[Path], tmp_path: Path) -> None:
    path = write(release(parts, cover()), tmp_path / "book.m4b")
    with path.open("rb") as file:
        boxes = [atom.name for atom in Atoms(file).atoms]
    assert [name for name in boxes if name != b"free"] == [b"ftyp", b"moov", b"mdat"]
    before, chapters = decode(path), chapters_of(path)
    tagged = MP4(path)
    tagged.tags["©cmt"] = ["A much longer comment. " * 1000]
    tagged.save()
    assert m4b.read_mark(path) == "abc:texts"
    assert chapters_of(path) == chapters
    assert np.array_equal(decode(path), before)


def test_the_mark_knows_a_whole_file_from_a_cut_one(parts: list[Path], tmp_path: Path) -> None:
    path = write(release(parts), tmp_path / "book.m4b")
    data = path.read_bytes()
    assert m4b.read_mark(path) == "abc:texts"
    for damaged in (data[:-1], data[:1000], b"", data + b"more", b"no MP4 at all " * 100):
        path.write_bytes(damaged)
        assert m4b.read_mark(path) is None
    path.unlink()
    assert m4b.read_mark(path) is None
    with pytest.raises(StorageError, match="not an M4B as narrate makes them"):
        m4b.read_seconds(path)
    assert m4b.read_mark(parts[0]) is None


def test_equal_releases_are_equal_bytes_wherever_they_lie(parts: list[Path], tmp_path: Path) -> None:
    one = write(release(parts, cover()), tmp_path / "one.m4b").read_bytes()
    elsewhere = [Path(shutil.copy(path, tmp_path)) for path in parts]
    assert write(release(elsewhere, cover()), tmp_path / "two.m4b").read_bytes() == one


def test_parts_that_do_not_fit_together_are_refused(parts: list[Path], tmp_path: Path) -> None:
    stereo = tmp_path / "stereo.m4a"
    command = [ENCODER.program, "-loglevel", "error", "-i", str(parts[0]), "-ac", "2", "-c:a", "aac"]
    subprocess.run([*command, "-movie_timescale", "44100", str(stereo)], check=True)
    with pytest.raises(StorageError, match="not all encoded alike"):
        write(release([parts[0], stereo]), tmp_path / "book.m4b")
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(parts[0].read_bytes()[:-10])
    with pytest.raises(StorageError, match="not a part of an M4B as narrate makes them"):
        write(
            replace(release(parts[:1]), tracks=(replace(release(parts[:1]).tracks[0], path=str(cut)),)), cut
        )


def test_folders_and_titles_may_be_called_anything(parts: list[Path], tmp_path: Path) -> None:
    folder = tmp_path / "it's #1? = 100%; é b"
    folder.mkdir()
    copies = [Path(shutil.copy(path, folder)) for path in parts[:5]]
    titles = ["two\nlines", "; [CHAPTER]", "title=\\", "half \ud83d", "[CHAPTER]"]
    path = write(release(copies, None, titles), folder / "book.m4b")
    assert [chapter.title for chapter in MP4(path).chapters] == [
        *titles[:2],
        "title=\\ ",
        "half ?",
        titles[4],
    ]


def test_what_ffmpeg_complains_of_is_said(parts: list[Path], tmp_path: Path) -> None:
    book = release(parts)
    with pytest.raises(EncoderError, match="can't be started"):
        m4b.write(book, tmp_path / "book.m4b", mark="abc:texts", ffmpeg=str(tmp_path / "none"))
    with pytest.raises(EncoderError, match="No such file or directory"):
        write(book, tmp_path / "gone" / "book.m4b")
    silent = tmp_path / "ffmpeg"
    silent.write_text("#!/bin/sh\n")
    silent.chmod(0o755)
    with pytest.raises(EncoderError, match="made nothing"):
        m4b.write(book, tmp_path / "book.m4b", mark="abc:texts", ffmpeg=str(silent))
    silent.write_text(f'#!/bin/sh\nfor last; do :; done\ncp "{parts[0]}" "$last"\n')
    with pytest.raises(StorageError, match="ffmpeg joined 30870 samples of"):
        m4b.write(book, tmp_path / "book.m4b", mark="abc:texts", ffmpeg=str(silent))


def test_tables_that_say_four_gigabytes_are_read(parts: list[Path], tmp_path: Path) -> None:
    """The file is sparse: behind its sound is a hole.  ffmpeg leaves room for the size in 64 bits."""
    path = write(release(parts), tmp_path / "book.m4b")
    data, chapters = path.read_bytes(), chapters_of(path)
    start = data.index(b"\x00\x00\x00\x08free", data.index(b"chpl"))
    assert data[start + 12 : start + 16] == b"mdat"
    long = 5 << 30
    with path.open("r+b") as file:
        file.seek(start)
        file.write(struct.pack(">I4sQ", 1, b"mdat", long - start))
        file.truncate(long)
    assert m4b.read_mark(path) == "abc:texts"
    assert chapters_of(path) == chapters
    assert len(decode(path)) == round(m4b.read_seconds(path) * RATE_OUT)
    with path.open("r+b") as file:
        file.truncate(long - 1)
    assert m4b.read_mark(path) is None


@pytest.mark.slow
@pytest.mark.skipif(
    "NARRATE_LARGE" not in os.environ, reason="NARRATE_LARGE is unset: it writes 9 GB in minutes"
)
def test_a_book_of_many_hours_and_gigabytes_has_offsets_and_times_of_64_bits(tmp_path: Path) -> None:
    if shutil.disk_usage(tmp_path).free < 12 << 30:
        pytest.skip("there are no 12 GB free where temporary files lie")
    part, last = tmp_path / "part.m4a", 289
    noise = ["-f", "lavfi", "-i", "anoisesrc=d=600:r=44100:seed=1:a=0.3", "-ac", "1", "-c:a", "aac"]
    command = [ENCODER.program, "-loglevel", "error", *noise, "-aac_coder", "fast", "-b:a", "256k"]
    subprocess.run([*command, "-movie_timescale", str(RATE_OUT), str(part)], check=True)
    titles = [f"Chapter {n}" for n in range(last + 1)]
    path = write(release([part] * len(titles), cover(), titles), tmp_path / "long.m4b")
    frames = -(-(1024 + 600 * RATE_OUT) // 1024) * 1024
    try:
        assert path.stat().st_size > 1 << 32
        assert m4b.read_mark(path) == "abc:texts"
        assert m4b.read_seconds(path) == (last * frames + 600 * RATE_OUT) / RATE_OUT
        assert m4b.read_seconds(path) * RATE_OUT > 1 << 32
        found = chapters_of(path)
        assert [title for title, _ in found] == titles
        assert [round(start * RATE_OUT) for _, start in found] == [n * frames for n in range(last + 1)]
        # The sound is where the tables say, beyond what 32 bits can tell.
        seek = ["-ss", f"{found[-1][1]:.6f}", "-i", str(path), "-t", "1", "-f", "f32le", "-"]
        done = subprocess.run([ENCODER.program, "-loglevel", "error", *seek], capture_output=True, check=True)
        heard = np.frombuffer(done.stdout, dtype="<f4")[2048:]
        # As in any M4B, ffmpeg leaves out a frame behind where it sought.
        alone = decode(part)[1024 + 2048 :][: len(heard)]
        assert len(heard) > 0.9 * RATE_OUT
        assert np.corrcoef(heard, alone)[0, 1] > 0.99
    finally:
        path.unlink()


@pytest.mark.parametrize(
    ("identifiers", "isbn", "asin"),
    [
        (("urn:isbn:9780306406157",), "9780306406157", None),
        (("ISBN 0-8044-2957-X",), "080442957X", None),
        (("isbn:9780306406158",), None, None),
        (("9780306406157", "mobi-asin:B00abcdefg"), "9780306406157", "B00ABCDEFG"),
        (("urn:uuid:12345678-1234-1234-1234-123456789012", "B00"), None, None),
        (("https://www.gutenberg.org/0306406152",), None, None),
        ((), None, None),
    ],
)
def test_isbn_and_asin_are_found(identifiers: tuple[str, ...], isbn: str | None, asin: str | None) -> None:
    book = replace(BOOK, identifiers=identifiers)
    assert (find_isbn(book), find_asin(book)) == (isbn, asin)
