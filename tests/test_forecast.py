"""The time left: right from a tenth of a run on, whatever the machine's pace, and shown as it should be."""

from __future__ import annotations

import io
import random
import re
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from audiobook.building.forecast import Forecast, play
from audiobook.building.progress import RunMeter
from audiobook.building.report import StoryReport
from audiobook.building.workers import choose_jobs, count_cores, count_free_bytes
from audiobook.building.workload import TrackWork
from audiobook.cli.console import open_console
from audiobook.cli.progress import LINE_S, describe, open_listener
from audiobook.engines.base import Effort
from benchmarks.time_left import largest_error, processor_s, watch
from benchmarks.torture import make_book


def tracks(count: int, *, cached: float = 0.0, letter_s: float = 1.4e-4) -> list[TrackWork]:
    chance = random.Random(4)
    sizes = [chance.randint(2_000, 20_000) for _ in range(count)]
    return [
        TrackWork(
            jobs_s=() if chance.random() < cached else (size * letter_s / 50,) * 50,
            all_letters=size,
            audio_s=size / 12,
        )
        for size in sizes
    ]


@pytest.mark.slow
@pytest.mark.parametrize("cached", [0.0, 0.5, 1.0])
@pytest.mark.parametrize("dearer", [0.8, 1.0, 1.25])
@pytest.mark.parametrize("letter_s", [1.4e-4, 0.03])
@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_the_forecast_is_right_where_encoding_is_dearer_or_cheaper(
    jobs: int, letter_s: float, dearer: float, cached: float
) -> None:
    planned = tracks(60, cached=cached, letter_s=letter_s)
    really = play([replace(track, audio_s=track.audio_s * dearer) for track in planned], jobs)
    forecast, pace = Forecast(planned, jobs), 2.6
    assert forecast.left_s(0) is None
    for at, speech_s, files in zip(really.times[1:], really.speech[1:], really.files[1:], strict=True):
        forecast.learn(at * pace, speech_s=speech_s, files=files)
        if 0.1 <= at / really.end <= 0.9:
            left = forecast.left_s(at * pace)
            assert left is not None
            # Before the first file is made, nothing is known of how dear encoding is.
            assert left == pytest.approx((really.end - at) * pace, rel=0.2 if files else 0.25)
            assert forecast.done(at * pace) == pytest.approx(at / really.end, abs=0.1)
    assert forecast.left_s(really.end * pace) == pytest.approx(0, abs=0.01 * really.end * pace)


def test_a_run_played_through_does_all_work_and_keeps_all_processes_busy() -> None:
    planned = tracks(40)
    one, four = play(planned, 1), play(planned, 4)
    for timeline in (one, four):
        assert timeline.files[-1] == 40
        assert timeline.speech[-1] == pytest.approx(sum(track.speech_s for track in planned))
        assert list(timeline.times) == sorted(timeline.times)
    assert one.end == pytest.approx(one.work[-1])
    assert four.end < one.end / 3.5
    assert play([], 2).end == 0


def test_a_meter_counts_and_says_what_is_left() -> None:
    now = 0.0
    meter = RunMeter(clock=lambda: now)
    planned = dict(zip(map(Path, "abcd"), tracks(4), strict=True))
    story = StoryReport(name="s", work=planned)
    meter.plan(story.work.values(), 40, 4)
    meter.begin(1)
    assert describe(meter) == "0/4 chapters, 0/40 clips"
    now = 50.0
    meter.advance(clips=40, work_s=sum(work.speech_s for work in story.work.values()))
    meter.advance(files=2)
    assert describe(meter).startswith("2/4 chapters, 40/40 clips, ")
    assert "× real time, about " in describe(meter)
    assert meter.left_s is not None
    assert 5 < meter.left_s < 200


def test_a_slow_engine_never_runs_at_no_times_real_time() -> None:
    now = 0.0
    meter = RunMeter(clock=lambda: now)
    work = TrackWork(jobs_s=(2,) * 500, all_letters=20_000, audio_s=1500)
    story = StoryReport(name="s", work={Path("a"): work})
    meter.plan(story.work.values(), 500, 1)
    meter.begin(2)
    now = 5.0
    meter.advance(clips=2, work_s=4.0)
    assert describe(meter) == "0/1 chapter, 2/500 clips, 1.2 × real time, about 21:10 left"


def test_a_pace_that_would_be_shown_as_nothing_is_left_out() -> None:
    now = 0.0
    meter = RunMeter(clock=lambda: now)
    work = TrackWork(jobs_s=(2,) * 500, all_letters=200, audio_s=15)
    meter.plan([work], 500, 1)
    meter.begin(1)
    now = 500.0
    meter.advance(clips=200, work_s=400.0)
    assert 0 < meter.times_real_time < 0.05
    assert re.fullmatch(r"0/1 chapter, 200/500 clips, about [\d:]+ left", describe(meter))


def test_processes_are_as_many_as_fit_into_the_memory() -> None:
    assert choose_jobs() == count_cores() + 1
    assert choose_jobs([Effort(letter_s=0.03, memory_mb=1)]) == count_cores()
    assert choose_jobs([Effort(letter_s=0.03, memory_mb=10**9)]) == 1


NEW = ("memory.max", "memory.current", "inactive_file")
OLD = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")


@pytest.mark.parametrize(
    ("groups", "top", "files"),
    [
        ("0::/\n", "", NEW),
        ("0::/user/narrate\n", "user", NEW),
        ("5:cpu:/box\n4:cpuset,memory:/box\n0::/\n", "memory", OLD),
    ],
)
def test_the_memory_of_a_container_is_what_its_limit_leaves(
    tmp_path: Path, groups: str, top: str, files: tuple[str, str, str]
) -> None:
    limit, used, cached = files
    (tmp_path / "groups").write_text(groups)
    box = tmp_path / "folder" / top
    box.mkdir(parents=True)
    own = box / "narrate"
    own.mkdir()
    for folder, most, taken in ((box, "3000000", "2500000"), (own, "max", "2000000")):
        (folder / limit).write_text(f"{most}\n")
        (folder / used).write_text(f"{taken}\n")
        (folder / "memory.stat").write_text(f"anon 1500000\n{cached} 1000000\n")

    def count() -> int:
        return count_free_bytes(tmp_path / "groups", tmp_path / "folder")

    assert count() == 1_500_000
    (box / used).write_text("9000000\n")
    assert count() == 0
    (box / limit).write_text(f"{2**63 - 4096}\n")  # what version 1 has where nothing is limited
    assert count() > 2**20
    assert count_free_bytes(tmp_path / "none", tmp_path / "none") > 2**20


def test_the_next_lot_of_a_shelf_has_a_forecast_of_its_own() -> None:
    now = 0.0
    meter = RunMeter(clock=lambda: now)
    for began, name in ((0.0, "first"), (1000.0, "second")):
        now = began
        story = StoryReport(name=name, work=dict(zip(map(Path, "abcd"), tracks(4), strict=True)))
        meter.plan(story.work.values(), 40, 4)
        meter.begin(1)
        assert describe(meter).endswith("clips")  # nothing is known of this lot
        now += 50.0
        meter.advance(clips=40, work_s=sum(work.speech_s for work in story.work.values()))
        meter.advance(files=2)
        assert meter.elapsed_s == 50
        assert 5 < (meter.left_s or 0) < 200
        meter.advance(files=2)
        assert meter.left_s == 0
    assert describe(meter).startswith("8/8 chapters, 80/80 clips, ")


def test_plain_lines_come_every_ten_seconds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    story = StoryReport(name="s", work={Path("a"): tracks(1)[0]}, clips=10)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    with open_listener(quiet=False, verbose=False) as listener:
        listener.story_planned(story, 4, 1)
        listener.work_begins(1)
        for _ in range(31):
            now += 1
            listener.clips_spoken(story.name, 0, 0.0)
            listener.tick()
    lines = capsys.readouterr().err.splitlines()
    assert lines[0] == "s: 4 clips to speak, 1 file to make (60% of its clips are there)"
    assert lines[1:] == ["0/1 chapter, 0/4 clips"] * (31 // LINE_S)


def test_on_a_terminal_each_story_has_a_bar_and_all_together_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "140")
    screen = io.StringIO()
    monkeypatch.setattr(sys, "stderr", screen)
    assert open_console(stderr=True).is_terminal
    stories = [
        StoryReport(name=name, title=name.title(), work={Path(name): work})
        for name, work in zip("ab", tracks(2), strict=True)
    ]
    with open_listener(quiet=False, verbose=False) as listener:
        for story in stories:
            listener.story_planned(story, 5, 1)
        listener.work_begins(1)
        for story in stories:
            listener.clips_spoken(story.name, 5, story.work[Path(story.name)].speech_s)
            listener.track_made(story.name, Path(story.name))
    shown = screen.getvalue()
    assert "1/1 chapter, 5/5 clips" in shown
    assert "together" in shown
    assert "2/2 chapters, 10/10 clips" in shown
    assert "× real time, in 0:00" in shown


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="counts processor time by /proc")
def test_the_time_left_of_a_real_run_is_near_by_processor_time(tmp_path: Path) -> None:
    """Twice the benchmark's 20 %: a busy machine's processors are slower too, and the run is short."""
    moments = watch(tmp_path, make_book(12_000, 30), 2, lambda: processor_s() / 2)
    assert largest_error(moments, until=0.7) <= 0.4
