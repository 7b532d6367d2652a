"""Speech servers as engines: only allowed ones are sent anything, and only whole sound comes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from audiobook.cli import main
from audiobook.engines.server import hosts
from tests.speech_server import SpeechServer, serve_speech

STORY = """\
The harbour

"Where have you been?" asked Rachel.

"Out there," said Max. "Where the water has no floor."
"""


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with serve_speech() as told:
        yield told


@pytest.fixture
def voices(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep what servers list away from other tests."""
    monkeypatch.setenv("NARRATE_VOICES", str(tmp_path / "voices"))
    return tmp_path / "voices"


@pytest.mark.usefixtures("allowed", "voices")
def test_a_story_is_told_by_a_server(server: SpeechServer, new_project: Callable[..., Path]) -> None:
    project = new_project(f"engine: server\nservers:\n  gpu-box: {{url: {server.url}}}\n", harbour=STORY)
    hosts.write_allowed({server.url: frozenset()})
    done = CliRunner().invoke(main, [])
    assert done.exit_code == 0, done.output
    assert len(list((project / "output").glob("*/*.mp3"))) == 1
    assert {asked["voice"] for asked in server.asked} == {"af_heart", "am_adam", "bf_emma"}
    assert f"go over the network to {server.url} (gpu-box)" in done.output
    again = CliRunner().invoke(main, ["--json"])
    assert json.loads(again.stdout)["stories"][0]["clips_made"] == 0
