"""The clip cache: whole or missing, never half; bounded; keyed by everything that changes the sound."""

from __future__ import annotations

import os
from array import array
from dataclasses import replace
from pathlib import Path

import pytest

from audiobook.caching.clips import ClipCache, clip_key
from audiobook.engines import open_engine
from audiobook.errors import StorageError
from audiobook.model import Clip, Voice

VOICE = Voice(engine="tone", id="tone-low")
CLIP = Clip(samples=b"\x01\x02" * 500, sample_rate=22_050)
KEY = clip_key("tone 1", VOICE, "Hello")


def entry(cache: ClipCache) -> Path:
    return next(path for path in cache.folder.rglob("*") if path.is_file())


def test_what_is_put_comes_back(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path / "clips")
    assert cache.get(KEY) is None
    assert cache.measure(KEY) is None
    cache.put(KEY, CLIP)
    assert cache.measure(KEY) == (500, 22_050)
    assert cache.get(KEY) == CLIP
    assert [path.suffix for path in cache.folder.rglob("*") if path.is_file()] == [".clip"]


@pytest.mark.parametrize("samples", [[0], [-32768, 32767, -32768, 0, 1, -1], list(range(-32768, 32768, 77))])
def test_no_sample_is_changed(samples: list[int], tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    clip = Clip(samples=array("h", samples).tobytes(), sample_rate=16_000)
    cache.put(KEY, clip)
    assert cache.get(KEY) == clip


def test_speech_takes_less_room_than_its_samples(tmp_path: Path) -> None:
    engine = open_engine("pyttsx3")
    clip = engine.synthesize("It was the best of times.", Voice(engine="pyttsx3", id="en-us"))
    engine.close()
    cache = ClipCache(tmp_path)
    cache.put(KEY, clip)
    assert cache.get(KEY) == clip
    assert cache.size_bytes() < 0.7 * len(clip.samples)


@pytest.mark.parametrize("damage", [b"", b"narrate3", b"x" * 1024])
def test_a_damaged_entry_is_a_miss(damage: bytes, tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    entry(cache).write_bytes(damage)
    assert cache.measure(KEY) is None
    assert cache.get(KEY) is None


def test_a_flipped_bit_is_a_miss(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    cache.put(KEY, CLIP)
    data = bytearray(entry(cache).read_bytes())
    data[-1] ^= 1
    entry(cache).write_bytes(data)
    assert cache.get(KEY) is None


def test_everything_that_changes_the_sound_changes_the_key() -> None:
    keys = {
        KEY,
        clip_key("tone 2", VOICE, "Hello"),
        clip_key("tone 1", VOICE, "Hello."),
        *(
            clip_key("tone 1", replace(VOICE, **change), "Hello")
            for change in (
                {"engine": "other"},
                {"id": "tone-high"},
                {"rate": 161},
                {"pitch": 51},
                {"volume": 0.9},
            )
        ),
    }
    assert len(keys) == 8


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    cache = ClipCache(tmp_path)
    keys = [clip_key("tone 1", VOICE, str(number)) for number in range(10)]
    for age, key in enumerate(keys):
        cache.put(key, CLIP)
        os.utime(cache.folder / key[:2] / f"{key}.clip", (age, age))
    assert cache.get(keys[0]) is not None  # used again: now the youngest
    size = cache.size_bytes() // 10
    assert cache.prune(10 * size) == 0
    removed = cache.prune(5 * size)
    assert cache.size_bytes() == 10 * size - removed <= 5 * size
    assert cache.measure(keys[0])
    assert cache.measure(keys[1]) is None
    assert cache.measure(keys[9])
    assert cache.clear() == cache.size_bytes() + 4 * size
    assert not cache.folder.exists()


def test_a_folder_that_can_not_be_written_is_a_clear_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="clip cache can't be written"):
        ClipCache(tmp_path / "file").put(KEY, CLIP)
