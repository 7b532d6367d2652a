"""Silence around a clip goes, to the sample."""

from __future__ import annotations

from array import array

from hypothesis import given
from hypothesis import strategies as st

from audiobook.engines.silence import FLOOR, trim_silence

samples = st.lists(
    st.sampled_from([0, 0, 0, 1, -5, FLOOR, -FLOOR, FLOOR + 1, 256, -256, 32767, -32768]), max_size=300
)


@given(st.integers(0, 200), samples, st.integers(0, 200))
def test_it_trims_what_a_loop_would_trim(before: int, wave: list[int], after: int) -> None:
    padded = [0] * before + wave + [0] * after
    loud = [index for index, sample in enumerate(padded) if abs(sample) > FLOOR]
    expected = padded[loud[0] : loud[-1] + 1] if loud else []
    assert array("h", trim_silence(array("h", padded).tobytes())).tolist() == expected
