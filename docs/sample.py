"""Make docs/the-lighthouse.mp3, the sample that the README offers to hear, in Kokoro's voices.

    narrate voices install kokoro
    python docs/sample.py

The story is the one that `narrate init` brings; the same voices give the same bytes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SAMPLE = "the-lighthouse"


def main() -> None:
    """Make a project, its one story, and a copy of the file."""
    with tempfile.TemporaryDirectory() as name:
        project = Path(name) / "sample"
        for arguments in (["init", str(project)], ["--engine", "kokoro"]):
            subprocess.run(
                [sys.executable, "-m", "audiobook", *arguments],
                cwd=project if project.exists() else name,
                env={**os.environ, "PYTHONPATH": str(HERE.parent)},
                check=True,
            )
        (track,) = (project / "output" / SAMPLE).glob("*.mp3")
        shutil.copy(track, HERE / f"{SAMPLE}.mp3")


if __name__ == "__main__":
    main()
