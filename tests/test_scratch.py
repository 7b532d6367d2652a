"""Folders for a moment: empty, gone afterwards, and swept up a day after a process was killed."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from audiobook.scratch import open_scratch

WAITS = """\
from audiobook.scratch import open_scratch
with open_scratch() as folder:
    print(folder, flush=True)
    input()
"""


def left_by_a_killed_process(place: Path) -> Path:
    command = [sys.executable, "-c", WAITS]
    environment = {**os.environ, "TMPDIR": str(place)}
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
    ) as process:
        assert process.stdout is not None
        folder = Path(process.stdout.readline().strip())
        process.kill()
    (folder / "sub").mkdir()
    (folder / "sub" / "file").write_text("left")
    return folder


def test_a_folder_is_gone_afterwards(tmp_path: Path) -> None:
    def fail() -> None:
        with open_scratch(str(tmp_path)) as folder:
            assert list(tmp_path.iterdir()) == [folder]
            (folder / "file").touch()
            raise ValueError("amid")

    with pytest.raises(ValueError, match="amid"):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_is_swept_a_day_later(tmp_path: Path) -> None:
    mine = tmp_path / "narrate-mine"
    mine.mkdir()
    old, new = left_by_a_killed_process(tmp_path), left_by_a_killed_process(tmp_path)
    for path in (mine, old):
        os.utime(path, (1, 1))
    with open_scratch(str(tmp_path)) as folder:
        assert set(tmp_path.iterdir()) == {mine, new, folder}
