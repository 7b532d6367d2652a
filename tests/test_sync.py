"""The sync is true: words sound when their cues say so, by ears that know nothing of the cues."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from mutagen.id3 import ID3

from audiobook.cli import main
from audiobook.planning.stories import script_and_cast
from audiobook.project.layout import open_project
from audiobook.publishing.captions import times_ms
from audiobook.publishing.files import read_track
from benchmarks.sync import MEDIAN_MS, ONSET_MS, SHARE, find_onsets, make_and_measure
from tests.alignment import SAMPLE_RATE, align_cues
from tests.conftest import STORIES
from tests.listening import decode

STORY = (
    'Before the rain fell, she closed the door. "Come in," said Anna. Peter came. "That was close!"\n\n'
    "His coat dripped on the floor."
)


def _make(new_project: Callable[..., Path], **stories: str) -> Path:
    project = new_project("{}\n", **stories)
    made = CliRunner().invoke(main, ["--format", "mp3", "--format", "vtt", "--quiet"])
    assert made.exit_code == 0, made.output
    return project


@pytest.mark.slow
def test_speech_sets_in_at_every_cue_and_the_tag_says_the_same(new_project: Callable[..., Path]) -> None:
    project = _make(new_project, story=STORY)
    path = min((project / "output" / "story").glob("*.mp3"))
    script, _ = script_and_cast(open_project(project), "story")
    track = read_track(path, "Story", 1, script.chapters[0].utterances)
    samples = decode(path)
    onsets = find_onsets(samples, track.cues)
    assert len(onsets) == 5
    assert max(map(abs, onsets)) * 1000 <= ONSET_MS
    late = [replace(cue, start_s=cue.start_s - 0.1) for cue in track.cues]
    assert min(find_onsets(samples, late)) * 1000 > ONSET_MS  # the measure would show it
    lines = ID3(path).getall("SYLT")[0].text
    starts = [start for start, _ in times_ms(track)]
    assert lines == [(cue.utterance.text, ms) for cue, ms in zip(track.cues, starts, strict=True)]


@pytest.mark.slow  # an alignment takes 8 s of a core
@pytest.mark.parametrize("name", STORIES)
def test_a_forced_alignment_hears_the_words_at_their_cues(
    name: str, new_project: Callable[..., Path], tmp_path: Path
) -> None:
    new_project("{}\n", folder="stories")  # the four stories
    sync = make_and_measure(name, tmp_path / "out")
    assert sync.unaligned == 0, f"{sync.unaligned} of {sync.cues} sentences could not be aligned"
    assert sync.median_ms <= MEDIAN_MS
    assert sync.share >= SHARE
    assert sync.worst_onset_ms <= ONSET_MS


@pytest.mark.slow
def test_the_alignment_notices_half_a_second_too_much(new_project: Callable[..., Path]) -> None:
    project = _make(new_project, story=STORY)
    path = min((project / "output" / "story").glob("*.mp3"))
    script, _ = script_and_cast(open_project(project), "story")
    cues = read_track(path, "Story", 1, script.chapters[0].utterances).cues
    samples = decode(path, SAMPLE_RATE)
    cut = round((cues[2].end_s + cues[3].start_s) / 2 * SAMPLE_RATE)
    longer = np.concatenate([samples[:cut], samples[cut - 800 : cut].repeat(10), samples[cut:]])
    errors = [when - cues[number].start_s for number, when in sorted(align_cues(longer, cues).items())]
    assert max(map(abs, errors[:3])) < 0.15
    assert all(0.35 < error < 0.65 for error in errors[3:])
