"""The meter shows what other meters show: ffmpeg's ebur128, pyloudnorm, and arithmetic."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest

from audiobook.audio import find_encoder
from audiobook.checking.decoding import decode
from audiobook.checking.meter import SILENCE_DB, short_term
from tests.sounds import RATE, Samples, babble, listen, measure, noise, read, story, write


def sine(hertz: float, seconds: float, level: float, *, phase: float = 0, rate: int = RATE) -> Samples:
    times = np.arange(round(seconds * rate)) / rate
    return (level * np.sin(2 * np.pi * hertz * times + phase)).astype(np.float32)


def faded(samples: Samples) -> Samples:
    """Let a sound begin and end softly: what a hard edge overshoots by depends on the meter's filter."""
    ramp = np.minimum(np.arange(len(samples)) / 2000, 1).astype(np.float32)
    return samples * ramp * ramp[::-1]


def ebur128(path: Path) -> tuple[float, float]:
    """Loudness and true peak by ffmpeg."""
    command = [find_encoder().program, "-nostats", "-i", str(path), "-af", "ebur128=peak=true"]
    said = subprocess.run([*command, "-f", "null", "-"], capture_output=True, check=True).stderr.decode()
    (lufs, peak) = (re.findall(rf"{word}:\s+(-?[\d.]+) ", said)[-1] for word in ("I", "Peak"))
    return float(lufs), float(peak)


CASES = {
    "speech-like": (babble(12), RATE),
    "loud and quiet": (np.concatenate([babble(8, -18), babble(8, -45), babble(8, -26)]), RATE),
    "mostly pauses": (np.concatenate([babble(3), noise(20, -72), babble(3)]), RATE),
    "low": (faded(sine(50, 5, 0.5)), RATE),
    "high": (faded(sine(9000, 5, 0.1)), RATE),
    "48 kHz": (babble(9, rate=48_000), 48_000),
    "22 kHz": (babble(9, rate=22_050), 22_050),
    "stereo": (np.stack([babble(9), babble(9, -30)], axis=1), RATE),
    "between samples": (faded(sine(RATE / 4, 3, 0.7, phase=np.pi / 4)), RATE),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_the_meter_agrees_with_ffmpeg_and_pyloudnorm(name: str, tmp_path: Path) -> None:
    import pyloudnorm

    samples, rate = CASES[name]
    path = write(tmp_path / "a.wav", samples, "-c:a", "pcm_f32le", rate=rate)
    measured = listen(path)
    lufs, peak = ebur128(path)
    assert measured.lufs == pytest.approx(lufs, abs=0.1)
    assert measured.peak_db == pytest.approx(peak, abs=0.15)
    for filters, tolerance in (
        ("K-weighting", 0.1),
        ("DeMan", 1e-4),
    ):  # the latter has the standard's numbers
        other = pyloudnorm.Meter(rate, filter_class=filters).integrated_loudness(samples.astype(np.float64))
        assert measured.lufs == pytest.approx(other, abs=tolerance)


def test_a_kilohertz_at_full_scale_shows_what_the_recommendation_says() -> None:
    assert measure(sine(997, 10, 1)).lufs == pytest.approx(-3.01, abs=0.02)


@pytest.mark.slow
def test_rms_is_ungated_and_without_dc() -> None:
    samples = np.concatenate([sine(500, 5, 0.2), np.zeros(5 * RATE, dtype=np.float32)])
    wanted = 20 * np.log10(0.2 / 2**0.5 / 2**0.5)
    assert measure(samples).rms_db == pytest.approx(wanted, abs=0.01)
    assert measure(samples + np.float32(0.25)).rms_db == pytest.approx(wanted, abs=0.01)


def test_a_peak_between_samples_counts() -> None:
    samples = faded(sine(RATE / 4, 1, 0.5, phase=np.pi / 4))
    assert float(np.abs(samples).max()) == pytest.approx(0.3536, abs=1e-3)
    assert measure(samples).peak_db == pytest.approx(20 * np.log10(0.5), abs=0.1)


def test_the_floor_is_the_quietest_half_second_and_heeds_no_rumble() -> None:
    samples = np.concatenate([babble(3), noise(0.7, -65, seed=3), babble(3)])
    assert measure(samples).floor_db == pytest.approx(-65, abs=0.4)
    rumble = sine(0.5, len(samples) / RATE + 1, 0.05)[: len(samples)]
    assert measure(samples + rumble).floor_db == pytest.approx(-65, abs=0.4)
    short = np.concatenate([babble(3), noise(0.3, -65, seed=3), babble(3)])
    assert measure(short).floor_db > -40


@pytest.mark.parametrize("block", [7, 997, 49_152, 1_000_000])
def test_the_size_of_blocks_changes_nothing(block: int) -> None:
    samples = babble(0.6 if block < 100 else 4)
    whole, parts = measure(samples, block=len(samples)), measure(samples, block=block)
    for figure in ("rms_db", "lufs", "peak_db", "floor_db", "frames"):
        assert getattr(parts, figure) == pytest.approx(getattr(whole, figure), abs=1e-3)
    assert np.allclose(parts.outline_rms, whole.outline_rms, rtol=1e-3)


@pytest.mark.parametrize("frames", [0, 1, 441, 5000])
def test_next_to_nothing_is_measured_too(frames: int) -> None:
    measured = measure(np.zeros(frames, dtype=np.float32))
    assert (measured.rms_db, measured.lufs, measured.peak_db, measured.floor_db) == (SILENCE_DB,) * 4
    assert measured.frames == frames


def test_the_outline_tells_where_sound_is() -> None:
    measured = measure(story())
    (loud,) = np.nonzero(measured.outline_rms > 10 ** (-50 / 20))
    assert loud[0] == 90
    assert loud[-1] == 489
    assert len(measured.outline_peak) == 790


def test_short_term_loudness_settles_on_a_steady_sound() -> None:
    measured = measure(babble(8))
    assert len(short_term(measured)) == 80
    assert short_term(measured)[40:] == pytest.approx(measured.lufs, abs=0.5)


@pytest.mark.parametrize("suffix", ["mp3", "flac", "opus", "m4a", "ogg", "wav"])
def test_every_format_is_read_back(suffix: str, tmp_path: Path) -> None:
    options = () if suffix == "mp3" else ("-c:a", "libopus") if suffix == "opus" else ("-b:a", "128k")
    path = write(tmp_path / f"a.{suffix}", babble(4), *options)
    samples, rate = read(path)
    assert len(samples) / rate == pytest.approx(4, abs=0.03)
    assert measure(samples, rate).rms_db == pytest.approx(-20.5, abs=0.6)


def test_what_is_no_sound_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "a.mp3"
    path.write_text("no sound at all\n" * 100)
    with decode(path, find_encoder()) as decoded:
        assert isinstance(decoded, str)
        assert "MPEG" in decoded or "Invalid data" in decoded
        assert "0x" not in decoded


@pytest.mark.slow
def test_memory_does_not_grow_with_the_sound() -> None:
    """Twenty minutes at this rate are 77 MB of energies and 38 MB of samples; what is kept is 2 MB."""
    import tracemalloc

    from audiobook.checking.meter import Meter

    meter, minute = Meter(8000, 1), noise(60, -20, rate=8000)[:, None]
    tracemalloc.start()
    for _ in range(20):
        meter.feed(minute)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert meter.finish().frames == 20 * 60 * 8000
    assert peak < 25e6
