"""Tags as players read them, the mark of a whole file, and names that every system takes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mutagen.id3 import ID3
from mutagen.mp3 import MP3, BitrateMode

from audiobook.audio import encode, find_encoder
from audiobook.publishing import (
    Tags,
    read_mark,
    read_seconds,
    safe_file_name,
    safe_folder_name,
    unique_titles,
    write_tags,
)
from audiobook.publishing.tags import FileMark, Stamp, language_code

STAMP = Stamp(fingerprint="f" * 64, origin="texts", record="{}", times="[22050]")
TAGS = Tags(
    title="Echo Fade",
    album="Echo Fade",
    author=None,
    voices=("en-gb-x-rp", "en-us+f4"),
    number=1,
    count=12,
    language="en-GB",
    text="“Oh,” she said – and ☃.",
    year="c. 1815 (revised)",
    series="Seas",
    series_part="2",
)


@pytest.fixture
def mp3(tmp_path: Path) -> Path:
    path = tmp_path / "a.mp3"
    encode(
        [bytes(2 * 22_050 * 3)],
        path,
        codec="mp3",
        sample_rate=22_050,
        filters="anull",
        encoder=find_encoder(),
    )
    return path


def test_the_stream_is_192_kbps_cbr_mono_with_an_exact_length(mp3: Path) -> None:
    info = MP3(mp3).info
    assert (info.bitrate, info.bitrate_mode, info.sample_rate, info.channels) == (
        pytest.approx(192_000, rel=1e-4),  # mutagen divides the bytes by the exact length
        BitrateMode.CBR,
        44_100,
        1,
    )
    assert read_seconds(mp3) == pytest.approx(3.0, abs=0.001)


def test_tags_are_id3v23_frames_that_audiobookshelf_reads(mp3: Path) -> None:
    write_tags(mp3, TAGS, STAMP)
    assert mp3.read_bytes()[3] == 3
    id3 = ID3(mp3)
    assert {
        frame: str(id3[frame]) for frame in ("TIT2", "TALB", "TPE1", "TCOM", "TRCK", "TDRC", "TCON", "TLAN")
    } == {
        "TIT2": "Echo Fade",
        "TALB": "Echo Fade",
        "TPE1": "Unknown",
        "TCOM": "en-gb-x-rp; en-us+f4",
        "TRCK": "1/12",
        "TDRC": "1815",
        "TCON": "Audiobook",
        "TLAN": "eng",
    }
    assert "synthetic" in str(id3.getall("COMM")[0])
    assert (id3.getall("USLT")[0].text, id3.getall("USLT")[0].lang) == ("“Oh,” she said – and ☃.", "eng")
    assert str(id3["TXXX:series"]) == "Seas"
    assert str(id3["TXXX:series-part"]) == "2"


def test_the_mark_knows_a_whole_file_from_a_cut_one(mp3: Path) -> None:
    assert read_mark(mp3) is None
    assert read_mark(mp3, whole=False) is None
    write_tags(mp3, TAGS, STAMP)
    mark = read_mark(mp3)
    assert mark == FileMark(fingerprint="f" * 64, origin="texts", seconds=3.0)
    whole = mp3.read_bytes()
    tag = whole.index(b"Info") - 30
    for damaged in (whole[:-1], whole[:tag] + bytes(1000) + whole[tag + 1000 :]):
        mp3.write_bytes(damaged)
        assert read_mark(mp3) is None
        assert read_mark(mp3, whole=False) is not None
    assert read_mark(mp3.with_name("missing.mp3")) is None


def test_equal_tags_are_equal_bytes(mp3: Path, tmp_path: Path) -> None:
    copy = tmp_path / "b.mp3"
    copy.write_bytes(mp3.read_bytes())
    for path in (mp3, copy):
        write_tags(path, TAGS, STAMP)
    assert mp3.read_bytes() == copy.read_bytes()


@pytest.mark.parametrize(
    ("tag", "code"),
    [("en", "eng"), ("en-GB", "eng"), ("de_DE", "deu"), ("grc", "grc"), ("x-klingon", "und"), ("", "und")],
)
def test_language_codes(tag: str, code: str) -> None:
    assert language_code(tag) == code


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("01 - Echo Chamber", "01 - Echo Chamber"),
        ('A/B: "C"?', "A B C"),
        ("con", "_con"),
        ("COM1.txt", "_COM1.txt"),
        ("..", "untitled"),
        ("end. ", "end"),
        ("Ночь", "Ночь"),
        ("", "untitled"),
        ("COM¹", "_COM¹"),
        ("con .txt", "_con .txt"),
        ("CONIN$", "_CONIN$"),
        ("conversation", "conversation"),
        ("safe\u202egpj.exe", "safegpj.exe"),  # a mark of direction would show it as safeexe.jpg
        ("zero\u200bwidth\ufeff", "zerowidth"),
        ("\u0301acute", "acute"),
        ("e\u200d\u0301", "é"),
        ("שלום / مرحبا", "שלום مرحبا"),
        ("👩\u200d🚀 🎧", "👩🚀 🎧"),
        ("\ufdd0\ue000x", "x"),
    ],
)
def test_file_names(name: str, safe: str) -> None:
    assert safe_file_name(name) == safe


_NAMES = st.text() | st.text(alphabet="aAeE\u0301éßſµ.. \u200d\u202e/:conCON1¹Ωक\u093f한👩", max_size=80)


@given(_NAMES, st.sampled_from([safe_file_name, safe_folder_name]))
def test_any_text_makes_a_name_that_every_system_takes(name: str, make_safe: Callable[[str], str]) -> None:
    safe = make_safe(name)
    assert 0 < len(safe.encode()) <= 120
    assert not set(safe) & set('<>:"/\\|?*')
    assert safe.isprintable()
    assert safe == safe.strip(" .") == unicodedata.normalize("NFC", safe)
    assert unicodedata.category(safe[0])[0] != "M"
    assert not re.fullmatch(r"(con|prn|aux|nul|com[1-9¹²³]|lpt[1-9¹²³])(\..*)?", safe, re.IGNORECASE)
    assert make_safe(safe) == safe


def test_long_names_are_cut_between_letters_and_folders_stay_apart() -> None:
    assert len(safe_file_name("ы" * 500).encode()) == 120
    cut = safe_file_name("x" * 119 + "e\u0331\u0301")  # no composed letter: the accents must not go alone
    assert cut == "x" * 119
    folders = {safe_folder_name("The same long beginning of it, " * 5 + end) for end in ("one", "two")}
    assert len(folders) == 2
    assert all(len(folder.encode()) <= 80 for folder in folders)


def test_titles_that_repeat_are_numbered() -> None:
    titles = ["Prologue", "I", "prologue", "Prologue (2)", "", "The Book", "PROLOGUE"]
    assert unique_titles(titles, "The Book") == [
        "Prologue",
        "I",
        "prologue (3)",
        "Prologue (2)",
        "5",
        "The Book (1)",
        "PROLOGUE (4)",
    ]
    assert unique_titles(["The Book"], "The Book") == ["The Book"]


@given(st.lists(st.text(alphabet="aAé ()123", max_size=4), max_size=12), st.text(alphabet="aA1", max_size=2))
def test_titles_are_unique_whatever_the_book_has(titles: list[str], album: str) -> None:
    unique = unique_titles(titles, album)
    folded = [unicodedata.normalize("NFC", title).casefold().strip() for title in unique]
    assert len(set(folded)) == len(titles)
    assert all(folded)
    if len(titles) > 1:
        assert album.casefold() not in folded
    assert all(new.startswith(old) for old, new in zip(titles, unique, strict=True) if old.strip())
