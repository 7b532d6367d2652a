"""Three of `make torture`'s fifty kills, and that its eyes are open."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.torture import Workplace, count_uses, make_book, torture, try_kill

linux_only = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes in /proc")


@linux_only
@pytest.mark.slow
def test_a_run_killed_at_any_moment_is_finished_by_the_next(tmp_path: Path) -> None:
    trials = torture(tmp_path, make_book(600, 3), kills=3, jobs=2, seed=3)
    assert [trial.faults for trial in trials] == [()] * 3
    assert all(trial.reused_clips == trial.finished_clips for trial in trials)


@linux_only
@pytest.mark.slow
def test_the_harness_sees_bytes_that_are_not_the_wanted_ones(tmp_path: Path) -> None:
    place = Workplace(tmp_path / "place", make_book(100, 2), 1)
    trial = try_kill(place, 0.0, {}, count_uses(place))
    assert trial.faults == ("the finished files are not the undisturbed run's",)
