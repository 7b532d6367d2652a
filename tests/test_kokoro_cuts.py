"""What is cut off Kokoro's wave, and the table of its voices' paces."""

from __future__ import annotations

import numpy as np
import pytest

from audiobook.engines.kokoro.cuts import cut_lead_in, cut_start
from audiobook.engines.kokoro.pace import Row, digest_style, look_up_pace, name_rows, read_table
from audiobook.engines.kokoro.voices import VOICES, language_of
from audiobook.engines.neural.speaking import SpokenPhonemes

RATE = 24_000


def sound(*seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    """Return ones for so many seconds, then zeros, then ones …"""
    parts = [np.full(round(each * RATE), float(n % 2 == 0), np.float32) for n, each in enumerate(seconds)]
    return np.concatenate(parts)


def test_a_lead_in_is_cut_off_in_the_pause_after_it() -> None:
    """The lead-in is a sound, a full stop that begins too early, and a space; two sounds follow."""
    wave = sound(0.5, 0.2, 1.0)
    edges = tuple(round(each * RATE) for each in (0.0, 0.4, 0.6, 0.75, 1.2, 1.7))
    spoken = cut_lead_in(SpokenPhonemes(wave=wave, edges=edges), 3, RATE)

    heard = np.flatnonzero(spoken.wave)
    assert len(heard) == pytest.approx(1.0 * RATE, abs=2)
    assert len(wave) - len(spoken.wave) == pytest.approx(0.5 * RATE, abs=0.2 * RATE)
    assert np.diff(spoken.edges).tolist() == [round(0.45 * RATE), round(0.5 * RATE)]


def test_a_first_sound_does_not_begin_long_before_its_time() -> None:
    wave = sound(1.0)
    edges = (0, round(0.1 * RATE), round(0.3 * RATE), RATE)
    spoken = cut_start(SpokenPhonemes(wave=wave, edges=edges), ["…", " ", "a"], RATE)

    assert len(spoken.wave) == round(0.83 * RATE)
    assert spoken.edges == (0, 0, round(0.13 * RATE), round(0.83 * RATE))
    assert spoken.wave[0] == 0
    assert wave[0] == 1


def test_a_first_sound_that_sets_in_before_its_edge_is_whole() -> None:
    wave = np.concatenate([np.zeros(round(0.18 * RATE), np.float32), sound(0.5)])
    edges = (0, round(0.3 * RATE), len(wave))  # 0.12 s after its start, as measured of real ones
    spoken = cut_start(SpokenPhonemes(wave=wave, edges=edges), ["…", "a"], RATE)

    assert spoken.wave.sum() == wave.sum()


def test_the_table_has_published_voices_alone_in_their_order() -> None:
    assert list(read_table()) == [name for name in VOICES if name in read_table()]
    assert {name for name in VOICES if language_of(name).startswith("en-")} <= read_table().keys()


def test_a_pace_is_known_for_the_very_style_that_was_measured() -> None:
    styles = {"af_bella": np.ones((510, 1, 256), np.float32), "af_sky": np.zeros((510, 1, 256), np.float32)}
    table = {
        name: Row(seconds=seconds, rms=0.1, style=digest_style(styles[name]))
        for name, seconds in (("af_bella", 20.0), ("af_sky", 40.0))
    }

    pace = look_up_pace({"af_bella": 3.0, "af_sky": 1.0}, "en-us", styles, table)
    assert pace is not None
    assert (pace.seconds, round(pace.rms, 6), pace.standard_s) == (25.0, 0.1, 29.0)

    both, more = name_rows({"af_sky": 1, "af_bella": 1}, table), {**table, "am_adam": Row(1.0, 0.1, "")}
    assert both == name_rows({"af_bella": 2, "af_sky": 1}, more)
    changed = {**table, "af_sky": table["af_sky"]._replace(rms=0.2)}
    assert name_rows({"af_sky": 1}, table) != name_rows({"af_sky": 1}, changed)
    assert name_rows({"af_bella": 1}, table) == name_rows({"af_bella": 1}, changed)
    assert name_rows({"af_bella": 1, "am_adam": 1}, table) == ""

    others = {name: style + 1 for name, style in styles.items()}
    assert look_up_pace({"af_bella": 1.0}, "en-us", others, table) is None
    assert look_up_pace({"af_bella": 1.0, "am_adam": 1.0}, "en-us", styles, table) is None
