"""The whole book in one file: chapters true to the sound, in both kinds, with tags that players read."""

from __future__ import annotations

import json
import re
import shutil
import struct
import subprocess
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from mutagen.mp4 import MP4

from audiobook.audio import encode, find_encoder
from audiobook.errors import StorageError
from audiobook.model import Book, Cast, Image, Release, Track
from audiobook.publishing import m4b, read_seconds
from audiobook.publishing.itunes import find_asin, find_isbn, write_atoms
from audiobook.publishing.m4a import read_part
from audiobook.publishing.movie import Layout, Section, write_movie
from audiobook.publishing.mp4 import box, box_header, list_boxes
from tests.listening import decode
from tests.test_containers import RATE, cover, ffmetadata, make

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
    assert [place.kind for place in list_boxes(path)] == [b"ftyp", b"moov", b"mdat"]
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


def test_a_book_of_thirty_hours_and_many_gigabytes_has_offsets_and_times_of_64_bits(tmp_path: Path) -> None:
    """The file is sparse: its tables are real, its sound is a hole, which ffmpeg has no need to read."""
    small = tmp_path / "a.m4a"
    encode([bytes(2 * RATE)], small, codec="aac", sample_rate=RATE, filters="anull", encoder=ENCODER)
    real = read_part(small)
    frames = 3 * 3600 * RATE_OUT // 1024
    size = 2000
    long = replace(
        real, start=0, end=frames * size, sizes=struct.pack(">I", size) * frames, samples=frames * 1024 - 1024
    )
    length = frames * 1024
    sections = tuple(
        Section(title=f"Chapter {n}", start=n * length, end=n * length + length - 1024 * (n == 9))
        for n in range(10)
    )
    layout = Layout(parts=(long,) * 10, sections=sections, language="eng", is_long=True)
    atoms = write_atoms(release([small]), "abc:texts")
    texts = b"".join(layout.texts)
    mdat = box_header(b"mdat", len(texts) + 10 * long.end)
    assert len(mdat) == 16
    head = box(b"ftyp", b"M4B ", bytes(4), b"M4B ", b"isom")
    start = len(head) + len(write_movie(layout, atoms, 0)) + len(mdat)
    path = tmp_path / "long.m4b"
    with path.open("wb") as file:
        file.write(head + write_movie(layout, atoms, start) + mdat + texts)
        file.truncate(start + len(texts) + 10 * long.end)
    assert path.stat().st_size > 1 << 33
    assert m4b.read_mark(path) == "abc:texts"
    assert m4b.read_seconds(path) == pytest.approx(30 * 3600, abs=10)
    title, begins_s = chapters_of(path)[-1]
    assert title == "Chapter 9"
    assert abs(begins_s - 9 * length / RATE_OUT) < 1e-5
    assert MP4(path).info.length == pytest.approx(30 * 3600, abs=10)


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
