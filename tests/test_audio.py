"""Clips become a track: counted frames, linear stitching, and a master inside the audiobook window."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from audiobook.audio import (
    Spacing,
    check_encoder,
    choose_mastering,
    encode,
    find_encoder,
    lay_out,
    lay_room_tone,
    stitch,
)
from audiobook.audio.encode import Encoder
from audiobook.checking.sound import find_edges_s
from audiobook.engines import open_engine
from audiobook.errors import EncoderError, StorageError
from audiobook.model import Break, Clip, Utterance, Voice
from tests.sounds import listen

RATE = 22_050
SPACING = Spacing(
    pause_ms={"none": 0, "sentence": 400, "speaker": 300, "paragraph": 750, "scene": 2000},
    head_ms=900,
    tail_ms=3000,
)


def speech(voice: str, volume: float) -> list[tuple[Break, Clip]]:
    """Real speech of some ten seconds, from one voice."""
    engine = open_engine("pyttsx3")
    sentences = (
        "The harbour lay still.",
        "Nobody came down to the boats!",
        "What was there to say, after all that?",
    )
    try:
        return [
            ("paragraph", engine.synthesize(text, Voice(engine="pyttsx3", id=voice, volume=volume)))
            for text in sentences
        ]
    finally:
        engine.close()


def utterance(text: str, follows: Break) -> Utterance:
    return Utterance(
        paragraph=1, start=0, end=0, kind="narration", speaker="narrator", text=text, follows=follows
    )


def joined(clips: list[tuple[Break, Clip]], rate: int = RATE) -> bytes:
    return b"".join(segment.raw_data for segment in stitch(clips, SPACING, rate))


def test_pauses_and_clips_stand_where_the_cues_say() -> None:
    clips: list[tuple[Break, Clip]] = [
        ("none", Clip(samples=b"\x01\x00" * 100, sample_rate=RATE)),
        ("sentence", Clip(samples=b"\x02\x00" * 50, sample_rate=RATE)),
        ("scene", Clip(samples=b"\x03\x00" * 70, sample_rate=RATE)),
    ]
    samples = np.frombuffer(joined(clips), dtype="<i2")
    utterances = [utterance(str(i), follows) for i, (follows, _) in enumerate(clips)]
    cues, frames = lay_out(utterances, [100, 50, 70], SPACING, RATE)
    assert len(samples) == frames
    for value, cue in enumerate(cues, 1):
        (where,) = np.nonzero(samples == value)
        assert (where[0], where[-1] + 1) == (round(cue.start_s * RATE), round(cue.end_s * RATE))
    assert np.count_nonzero(samples) == 220


@given(
    st.lists(
        st.tuples(
            st.sampled_from(list(SPACING.pause_ms)),
            st.integers(1, 4000),
            st.sampled_from([RATE, 16_000, 24_000]),
        )
    ),
)
def test_any_mix_of_clips_is_as_long_as_planned(parts: list[tuple[Break, int, int]]) -> None:
    from audiobook.audio import resampled_frames

    parts = [("none", 10, RATE), *parts]
    wanted = max(rate for _, _, rate in parts)
    clips: list[tuple[Break, Clip]] = [(f, Clip(samples=bytes(2 * n), sample_rate=r)) for f, n, r in parts]
    frames = [resampled_frames(n, r, wanted) for _, n, r in parts]
    cues, total = lay_out([utterance("", f) for f, _ in clips], frames, SPACING, wanted)
    assert len(joined(clips, wanted)) == 2 * total
    times = [t for cue in cues for t in (cue.start_s, cue.end_s)]
    assert times == sorted(times)


def test_resampling_keeps_the_sound() -> None:
    tone = (np.sin(np.arange(16_000) / 16_000 * 2 * np.pi * 440) * 9000).astype("<i2")
    clips: list[tuple[Break, Clip]] = [
        ("none", Clip(samples=tone.tobytes(), sample_rate=16_000)),
        ("none", Clip(samples=bytes(200), sample_rate=24_000)),
    ]
    samples = np.frombuffer(joined(clips, 24_000), dtype="<i2")[21_600 : 21_600 + 24_000]
    assert np.argmax(np.abs(np.fft.rfft(samples))) == 440


@pytest.mark.slow
@pytest.mark.parametrize(("voice", "volume"), [("en-gb-x-rp", 1.0), ("en-us+m3", 0.3), ("en-us+f2", 0.05)])
def test_a_master_lies_in_the_window_whatever_the_voice(voice: str, volume: float, tmp_path: Path) -> None:
    clips = speech(voice, volume)
    path = tmp_path / "track.mp3"
    mastering = choose_mastering((s.raw_data for s in stitch(clips, SPACING, RATE)), RATE)
    blocks = lay_room_tone((s.raw_data for s in stitch(clips, SPACING, RATE)), mastering.gain_db, RATE)
    encode(blocks, path, codec="mp3", sample_rate=RATE, filters=mastering.filters, encoder=find_encoder())
    heard = listen(path)
    assert heard.rms_db == pytest.approx(-20.5, abs=0.7)
    assert heard.peak_db <= -3
    assert -80 <= heard.floor_db <= -60
    head, tail = find_edges_s(heard)
    assert head == pytest.approx(0.9, abs=0.06)
    assert tail == pytest.approx(3.0, abs=0.1)
    # Up to 46 samples more where LAME can't end within the last frame (building/jobs.py).
    assert 0 <= heard.frames - round(len(joined(clips)) / 2 * 44_100 / RATE) <= 46


def test_broken_encoders_are_named_before_the_work(tmp_path: Path) -> None:
    liar = tmp_path / "ffmpeg"
    liar.write_text("#!/bin/sh\necho ffmpeg version 0\nexit 0\n")
    liar.chmod(0o755)
    with pytest.raises(EncoderError, match="no ffmpeg found"):
        find_encoder(str(tmp_path / "missing"))
    with pytest.raises(EncoderError, match="is no ffmpeg"):
        find_encoder("/bin/echo")
    with pytest.raises(EncoderError, match="broken: it made"):
        check_encoder(find_encoder(str(liar)))
    with pytest.raises(EncoderError, match="exit status 1"):
        check_encoder(Encoder(program="/bin/false", version=""))
    check_encoder(find_encoder())


def test_an_encoder_that_gives_up_or_can_not_write_is_an_error(tmp_path: Path) -> None:
    blocks = [bytes(2 * RATE)] * 200
    with pytest.raises(EncoderError, match="exit status 1"):
        encode(
            blocks,
            tmp_path / "a.mp3",
            codec="mp3",
            sample_rate=RATE,
            filters="anull",
            encoder=Encoder(program="/bin/false", version=""),
        )
    with pytest.raises((StorageError, EncoderError)):
        encode(
            blocks,
            tmp_path / "no" / "a.mp3",
            codec="mp3",
            sample_rate=RATE,
            filters="anull",
            encoder=find_encoder(),
        )
